"""Reads selections: which codings and notes are on each, who made it, and when."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from fourp_nlp.exchange.exchange import SELECTIONS
from fourp_nlp.exchange.identity import guid_of, guids_of
from fourp_nlp.exchange.refi.reading.qde_elements import SelectionElement
from fourp_nlp.exchange.refi.xml_dates import utc
from fourp_nlp.tables import conform, empty

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from fourp_nlp.exchange.refi.reading.qde_elements import QdeContents, TextHolder
    from fourp_nlp.exchange.refi.reading.users import Guids

__all__ = ["MarksAndNotes", "add_selections", "author_guids", "authorship"]


class MarksAndNotes(NamedTuple):
    """Codings and notes with their selections.

    Attributes
    ----------
    marks, notes : pandas.DataFrame
        The tables MARKS and NOTES.
    selections : pandas.DataFrame
        The table SELECTIONS, without those that this program made, and would make again.
    """

    marks: pd.DataFrame
    notes: pd.DataFrame
    selections: pd.DataFrame


def add_selections(
    qde: QdeContents,
    marks: pd.DataFrame,
    mark_row: NDArray[np.int64],
    notes: pd.DataFrame,
    guids: Guids,
) -> MarksAndNotes:
    """Add to codings and notes on which selection each is.

    `mark_row` is the row in `marks` of each element Coding, shape (codings,), -1 where it has no
    place.
    """
    selection_guids = [guids.normalise(selection.guid) for selection in qde.selections]
    of_marks = [""] * len(marks)
    for element in qde.codings:
        if element.selection is not None and (row := int(mark_row[element.row])) >= 0:
            of_marks[row] = selection_guids[element.selection.row]
    marks = marks.assign(selection=_foreign_selections(of_marks, marks))
    selection_of_note = _selections_of_notes(qde, selection_guids, guids)
    is_passage = notes["start"] >= 0
    of_notes = notes["guid"].map(defaultdict(str, selection_of_note)).where(is_passage, "")
    our_guids = guids_of("selection", ["note"] * len(notes), notes["guid"])
    notes = notes.assign(selection=of_notes.where(of_notes != our_guids, ""))
    used = {*marks["selection"], *notes["selection"]} - {""}
    first = {
        selection_guids[element.row]: element
        for element in reversed(qde.selections)
        if selection_guids[element.row] in used
    }
    # In the order of the project.
    guids_in_order = dict.fromkeys(guid for guid in selection_guids if guid in first)
    if not guids_in_order:
        return MarksAndNotes(marks, notes, empty(SELECTIONS))
    authorships = authorship([first[guid] for guid in guids_in_order], guids)
    return MarksAndNotes(
        marks, notes, conform(authorships.assign(guid=list(guids_in_order)), SELECTIONS)
    )


def _foreign_selections(selections: list[str], marks: pd.DataFrame) -> list[str]:
    """Return the selections of codings; empty where this program would make the same."""
    singles = guids_of("selection", marks["guid"])
    commons = guids_of("selection", marks["source"], marks["start"], marks["end"])
    return [
        "" if guid in {single, common} else guid
        for guid, single, common in zip(selections, singles, commons, strict=True)
    ]


def _selections_of_notes(
    qde: QdeContents, selection_guids: list[str], guids: Guids
) -> dict[str, str]:
    """Return the selection of each note that a selection refers to, or that its description is."""
    selection_of_note: dict[str, str] = {}
    for parent, written in qde.references:
        if isinstance(parent, SelectionElement):
            selection_of_note.setdefault(guids.normalise(written), selection_guids[parent.row])
    for number, selection in enumerate(qde.selections):
        if selection.description.strip():
            selection_of_note.setdefault(
                guid_of("foreign", "note", selection.guid, number), selection_guids[number]
            )
    return selection_of_note


def authorship(elements: list[SelectionElement] | list[TextHolder], guids: Guids) -> pd.DataFrame:
    """Return who made elements and who changed them last, and when.

    Columns are user, made_at, modified_by and modified_at, in the order of the elements.
    """
    return pd.DataFrame(
        {
            "user": [guids.normalise(element.user) for element in elements],
            "made_at": utc([element.made_at for element in elements]),
            "modified_by": [guids.normalise(element.modified_by) for element in elements],
            "modified_at": utc([element.modified_at for element in elements]),
        },
        dtype="object",
    )


def author_guids(qde: QdeContents, guids: Guids) -> list[str]:
    """Return GUIDs of all who made or changed a source, selection or note, normalised.

    One may be empty.
    """
    authors = [
        guids.normalise(user)
        for elements in (qde.sources, qde.selections, qde.notes)
        for element in elements
        for user in (element.user, element.modified_by)
    ]
    return [*dict.fromkeys(authors)]
