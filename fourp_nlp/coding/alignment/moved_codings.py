"""Moving codings to the new positions of their text in a changed document."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fourp_nlp.coding.alignment.unchanged_text import matching_pieces, text_pieces
from fourp_nlp.coding.gold.columns import unguard
from fourp_nlp.coding.gold.rows import separator_of
from fourp_nlp.coding.gold.validation import quote_matches
from fourp_nlp.files.delimited import cell_reader
from fourp_nlp.files.table_limits import lines_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy.typing as npt

    from fourp_nlp.coding.alignment.unchanged_text import Pieces
    from fourp_nlp.coding.gold.reading_record import ReadRecord

__all__ = ["Moved", "move_rows"]

_NEEDED = ("document", "start", "end", "quote")


class Moved(NamedTuple):
    """A gold file with its codings at the present positions of their text.

    Attributes
    ----------
    content : bytes or None
        What the file holds; None if it stays as it is.
    moved : int
        Rows that were given another place.
    lost : list of (int, str)
        Lines of rows whose text is not in the document any more, or in several places; and what they quote.
    """

    content: bytes | None
    moved: int
    lost: list[tuple[int, str]]


def move_rows(path: Path, texts: Mapping[str, str], record: ReadRecord) -> Moved:
    """Move the codings of a gold file to the present positions of their text in changed documents.

    A coding moves with the sentences around it, as far as the record of what was read tells where those
    stood; or else to the one place where its quote stands. A row whose quote stands at its place stays.

    Parameters
    ----------
    path : pathlib.Path
        The gold file.
    texts : mapping of str to str
        The texts of the documents.
    record : ReadRecord
        The record of what was read.

    Returns
    -------
    Moved
        The file with other numbers under start and end; all other cells are as they were. A file that cannot
        be read stays as it is: `read_gold` says what is wrong with it.
    """
    nothing = Moved(None, 0, [])
    try:
        data = path.read_bytes()
        content = data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return nothing
    delimiter, text, skipped = separator_of(content)
    rows: list[list[str]] = []
    lines, line = [], 1 + skipped
    try:
        with cell_reader(lines_of(text), delimiter=delimiter) as reader:
            for row in reader:
                rows.append(row)
                lines.append(line)
                line = reader.line_num + 1 + skipped
    except csv.Error:
        return nothing
    header = next((at for at, row in enumerate(rows) if any(cell.strip() for cell in row)), None)
    if header is None:
        return nothing
    names = [cell.strip().lower() for cell in rows[header]]
    if any(names.count(name) != 1 for name in _NEEDED):
        return nothing
    at = {name: names.index(name) for name in _NEEDED}
    shifts = _Shifts(texts, record)
    moved, lost = 0, []
    for number, row in enumerate(rows[header + 1 :], header + 1):
        if len(row) < len(names):
            continue
        name, first, last, quote = (row[at[column]] for column in _NEEDED)
        name = name.strip()
        name = name if name in texts else unguard(name)
        if name not in texts or not (first.strip().isdecimal() and last.strip().isdecimal()):
            continue
        start, end = int(first), int(last)
        if not quote.strip() or quote_matches(quote, texts[name][start:end]):
            continue
        place = shifts.place(name, start, end, quote)
        if place is None:
            lost.append((lines[number], quote))
            continue
        row[at["start"]], row[at["end"]] = map(str, place)
        moved += 1
    if not moved:
        return Moved(None, 0, lost)
    out = io.StringIO(newline="")
    ending = "\r\n" if "\r\n" in text else "\n"
    csv.writer(out, delimiter=delimiter, lineterminator=ending).writerows(rows)
    before = content[: content.index("\n") + 1] if skipped else ""
    mark = "\ufeff" if data.startswith(b"\xef\xbb\xbf") else ""
    return Moved((mark + before + out.getvalue()).encode(), moved, lost)


class _Shifts:
    """Present positions of the texts that were read, computed once for each document."""

    def __init__(self, texts: Mapping[str, str], record: ReadRecord) -> None:
        self._texts, self._record = texts, record
        self._cut: dict[str, Pieces] = {}
        self._known: dict[str, list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]] = {}

    def place(self, name: str, start: int, end: int, quote: str) -> tuple[int, int] | None:
        """Return the present position of a coding; None if it is uncertain."""
        text = self._texts[name]
        for before, now in self._of(name):
            piece = int(np.searchsorted(before, start, side="right")) - 1
            if piece >= 0 and now[piece] >= 0:
                by = int(now[piece] - before[piece])
                if quote_matches(quote, text[start + by : end + by]):
                    return start + by, end + by
        for form in dict.fromkeys((quote, unguard(quote), quote.replace("\r\n", "\n"))):
            start_of_quote = text.find(form)
            if start_of_quote >= 0 and text.find(form, start_of_quote + 1) < 0:
                return start_of_quote, start_of_quote + len(form)
        return None

    def _of(self, name: str) -> list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
        """Return, for each text that somebody read, where its pieces began and begin now, or -1."""
        if name not in self._known:
            entries = self._record.entries
            whole_readings = entries[
                (entries["document"] == name) & (entries["scope"] == "document")
            ]
            shifts = []
            for sha in dict.fromkeys(whole_readings["text"]):
                earlier = self._record.texts[sha]
                pieces = self._cut.setdefault(name, text_pieces(self._texts[name]))
                same = matching_pieces(earlier.pieces, pieces)
                now = np.full(len(earlier.pieces), -1, dtype=np.int64)
                now[same[same >= 0]] = pieces.start[same >= 0]
                shifts.append((np.array(earlier.starts, dtype=np.int64), now))
            self._known[name] = shifts
        return self._known[name]
