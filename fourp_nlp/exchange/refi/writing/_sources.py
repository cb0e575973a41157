"""Writes sources with their selections and codings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from fourp_nlp.exchange.exchange import rows_of
from fourp_nlp.exchange.refi.dialects import DIALECT_STYLES, double_characters

if TYPE_CHECKING:
    import numpy.typing as npt

    from fourp_nlp.exchange.exchange import Exchange
    from fourp_nlp.exchange.refi.dialects import Dialect
    from fourp_nlp.exchange.refi.writing._notes import Notes
    from fourp_nlp.exchange.refi.writing._selections import Selection, Selections
    from fourp_nlp.exchange.refi.writing._variables import Variables
    from fourp_nlp.exchange.refi.writing._xml_writer import XmlWriter

__all__ = ["write_sources"]

_LONGEST = 255  # characters of a selection's name
_LINE_ENDS = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")


def write_sources(
    writer: XmlWriter,
    project: Exchange,
    notes: Notes,
    selections: Selections,
    variables: Variables,
    names: dict[str, str],
    dialect: Dialect,
) -> None:
    """Write sources.

    `names` has the names of sources by GUID.
    """
    if project.sources.empty:
        return
    columns = ["guid", "text", "description", "user", "made_at", "modified_by", "modified_at"]
    with writer.element("Sources"):
        for guid, text, description, *authorship in rows_of(project.sources, *columns):
            with writer.element(
                "TextSource",
                guid=writer.guid(guid),
                name=names[guid],
                plainTextPath=f"internal://{writer.guid(guid)}.txt",
                **writer.authorship(*authorship),
            ):
                writer.describe(description)
                doubles = double_characters(text, dialect)
                for place in selections.of(guid):
                    _write_selection(
                        writer,
                        place,
                        notes,
                        doubles,
                        with_name=DIALECT_STYLES[dialect].selection_names,
                    )
                notes.refer(writer, guid)
                variables.values(writer, guid)


def _write_selection(
    writer: XmlWriter,
    selection: Selection,
    notes: Notes,
    doubles: npt.NDArray[np.int64] | None,
    *,
    with_name: bool,
) -> None:
    start, end = selection.start, selection.end
    if doubles is not None:
        start += int(np.searchsorted(doubles, start))
        end += int(np.searchsorted(doubles, end))
    with writer.element(
        "PlainTextSelection",
        guid=writer.guid(selection.guid),
        name=_name(selection.quote) if with_name else "",
        startPosition=str(start),
        endPosition=str(end),
        **writer.authorship(
            selection.user, selection.made_at, selection.modified_by, selection.modified_at
        ),
    ):
        writer.describe(
            notes.description_of((coding[0] for coding in selection.codings), selection.notes)
        )
        for mark, node, user, made_at in selection.codings:
            authorship = writer.authorship(user, made_at, always_dated=False)
            with writer.element("Coding", guid=writer.guid(mark), **authorship):
                writer.empty("CodeRef", targetGUID=writer.guid(node))
                notes.refer(writer, mark)
        for note in selection.notes:
            writer.empty("NoteRef", targetGUID=writer.guid(note))


def _name(quote: str) -> str:
    """Return the name of a selection: its words in one line, cut off where they are too many."""
    most = 4 * _LONGEST
    name = _LINE_ENDS.sub(" ", quote[:most])
    whole = len(quote) <= most and len(name) <= _LONGEST
    return name if whole else name[: _LONGEST - 1] + "…"
