"""Selections as the other program has them: which codings and notes are on each, who made it, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from fourp_nlp.exchange.exchange import SELECTIONS
from fourp_nlp.exchange.identity import guid_of, guids_of
from fourp_nlp.exchange.refi.reading.qde_elements import Selection
from fourp_nlp.exchange.refi.xml_dates import utc
from fourp_nlp.tables import conform, empty

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from fourp_nlp.exchange.refi.reading.qde_elements import Found, Holder
    from fourp_nlp.exchange.refi.reading.users import Guids

__all__ = ["Passages", "made_by", "passages_here", "stamped"]


class Passages(NamedTuple):
    """Codings and notes with their selections.

    Attributes
    ----------
    marks, notes : pandas.DataFrame
        The tables MARKS and NOTES.
    selections : pandas.DataFrame
        The table SELECTIONS, without those that this program made: it makes the same again.
    """

    marks: pd.DataFrame
    notes: pd.DataFrame
    selections: pd.DataFrame


def passages_here(
    found: Found,
    marks: pd.DataFrame,
    mark_of: NDArray[np.int64],
    notes: pd.DataFrame,
    guids: Guids,
) -> Passages:
    """Say on which selection each coding and each note is.

    Parameters
    ----------
    found : Found
        The project.
    marks, notes : pandas.DataFrame
        The tables MARKS and NOTES.
    mark_of : numpy.ndarray
        Row in `marks` of each element Coding, -1 where it has no place, shape (codings,), int64.
    guids : Guids
        Spellings.

    Returns
    -------
    Passages
        Both tables with their selections, and the selections.
    """
    own = [guids.tidy(selection.guid) for selection in found.selections]
    on_mark = [""] * len(marks)
    for one in found.applied:
        if one.selection is not None and (row := int(mark_of[one.row])) >= 0:
            on_mark[row] = own[one.selection.row]
    marks = marks.assign(selection=_foreign(on_mark, marks))
    noted = _of_notes(found, own, guids)
    stretch = notes["start"] >= 0
    on_note = notes["guid"].map(noted).where(stretch, "").fillna("")
    ours = guids_of("selection", ["note"] * len(notes), notes["guid"])
    notes = notes.assign(selection=on_note.where(on_note != ours, ""))
    used = {*marks["selection"], *notes["selection"]} - {""}
    first = {own[one.row]: one for one in reversed(found.selections) if own[one.row] in used}
    # In the order of the project.
    listed = dict.fromkeys(guid for guid in own if guid in first)
    if not listed:
        return Passages(marks, notes, empty(SELECTIONS))
    stamps = stamped([first[guid] for guid in listed], guids)
    return Passages(marks, notes, conform(stamps.assign(guid=list(listed)), SELECTIONS))


def _foreign(selections: list[str], marks: pd.DataFrame) -> list[str]:
    """Return the selections of codings; empty where this program would make the same."""
    alone = guids_of("selection", marks["guid"])
    shared = guids_of("selection", marks["source"], marks["start"], marks["end"])
    return [
        "" if guid in {one, all_} else guid
        for guid, one, all_ in zip(selections, alone, shared, strict=True)
    ]


def _of_notes(found: Found, own: list[str], guids: Guids) -> dict[str, str]:
    """Return the selection of each note that a selection refers to, or that its description is."""
    made: dict[str, str] = {}
    for about, written in found.references:
        if isinstance(about, Selection):
            made.setdefault(guids.tidy(written), own[about.row])
    for number, selection in enumerate(found.selections):
        if selection.description.strip():
            made.setdefault(guid_of("foreign", "note", selection.guid, number), own[number])
    return made


def stamped(things: list[Selection] | list[Holder], guids: Guids) -> pd.DataFrame:
    """Return who made things and who changed them last, and when.

    Parameters
    ----------
    things : list of Selection or Holder
        The things.
    guids : Guids
        Spellings.

    Returns
    -------
    pandas.DataFrame
        Columns user, made_at, modified_by and modified_at, in the order of the things.
    """
    return pd.DataFrame(
        {
            "user": [guids.tidy(one.user) for one in things],
            "made_at": utc([one.made_at for one in things]),
            "modified_by": [guids.tidy(one.modified_by) for one in things],
            "modified_at": utc([one.modified_at for one in things]),
        },
        dtype="object",
    )


def made_by(found: Found, guids: Guids) -> list[str]:
    """Return identities of all who made or changed a source, selection or note, in one spelling.

    Parameters
    ----------
    found : Found
        The project.
    guids : Guids
        Spellings.

    Returns
    -------
    list of str
        Identities, some of them empty or more than once.
    """
    made = [
        guids.tidy(user)
        for things in (found.sources, found.selections, found.notes)
        for one in things
        for user in (one.user, one.modified_by)
    ]
    return [*dict.fromkeys(made)]
