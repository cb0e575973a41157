"""Sources with their selections and codings, on a page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from fourp_nlp.exchange.exchange import rows_of
from fourp_nlp.exchange.refi.dialects import WAYS, moved_by

if TYPE_CHECKING:
    import numpy.typing as npt

    from fourp_nlp.exchange.exchange import Exchange
    from fourp_nlp.exchange.refi.origin import Dialect
    from fourp_nlp.exchange.refi.writing._notes import Notes
    from fourp_nlp.exchange.refi.writing._selections import Selection, Selections
    from fourp_nlp.exchange.refi.writing._variables import Variables
    from fourp_nlp.exchange.refi.writing._xml_writer import Page

__all__ = ["sources_out"]

_LONGEST = 255  # characters of a selection's name
_LINE_ENDS = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")


def sources_out(
    page: Page,
    project: Exchange,
    notes: Notes,
    selections: Selections,
    variables: Variables,
    names: dict[str, str],
    dialect: Dialect,
) -> None:
    """Write sources.

    Parameters
    ----------
    page : Page
        Where to.
    project : Exchange
        The project.
    notes, selections, variables
        Its notes, selections and values.
    names : dict of str to str
        Names of sources by GUID.
    dialect : str
        The dialect.
    """
    if project.sources.empty:
        return
    columns = ["guid", "text", "description", "user", "made_at", "modified_by", "modified_at"]
    with page.element("Sources"):
        for guid, text, description, *made in rows_of(project.sources, *columns):
            with page.element(
                "TextSource",
                guid=page.guid(guid),
                name=names[guid],
                plainTextPath=f"internal://{page.guid(guid)}.txt",
                **page.made(*made),
            ):
                page.described(description)
                moved = moved_by(text, dialect)
                for place in selections.of(guid):
                    _selection_out(page, place, notes, moved, named=WAYS[dialect].named)
                notes.refer(page, guid)
                variables.values(page, guid)


def _selection_out(
    page: Page,
    place: Selection,
    notes: Notes,
    moved: npt.NDArray[np.int64] | None,
    *,
    named: bool,
) -> None:
    start, end = place.start, place.end
    if moved is not None:
        start += int(np.searchsorted(moved, start))
        end += int(np.searchsorted(moved, end))
    with page.element(
        "PlainTextSelection",
        guid=page.guid(place.guid),
        name=_name(place.quote) if named else "",
        startPosition=str(start),
        endPosition=str(end),
        **page.made(place.user, place.made_at, place.modified_by, place.modified_at),
    ):
        page.described(notes.described((coding[0] for coding in place.codings), place.notes))
        for mark, node, user, made_at in place.codings:
            made = page.made(user, made_at, dated=False)
            with page.element("Coding", guid=page.guid(mark), **made):
                page.empty("CodeRef", targetGUID=page.guid(node))
                notes.refer(page, mark)
        for note in place.notes:
            page.empty("NoteRef", targetGUID=page.guid(note))


def _name(quote: str) -> str:
    """Return the name of a selection: its words in one line, cut off where they are too many."""
    most = 4 * _LONGEST
    name = _LINE_ENDS.sub(" ", quote[:most])
    whole = len(quote) <= most and len(name) <= _LONGEST
    return name if whole else name[: _LONGEST - 1] + "…"
