"""Tables of web pages: data tables give a line per row, layout tables do not."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["Rows"]

_LONGEST_CELL = 15
"""Words of a cell, above which a table holds texts and no data."""


class _Text(Protocol):
    text: str


class _Cell(NamedTuple):
    first: int
    last: int
    heads: bool


class Rows:
    """Where the cells of a table stand among a page's blocks.

    Parameters
    ----------
    attributes : mapping
        Attributes of the element ``table``.
    """

    def __init__(self, attributes: Mapping[str, str]) -> None:
        self._places = attributes.get("role", "").lower() in {"presentation", "none"}
        self._rows: list[list[_Cell]] = []
        self._cell: tuple[str, int] | None = None

    def begins(self, tag: str, at: int, attributes: Mapping[str, str]) -> None:  # noqa: ARG002
        """Take note that a row or a cell begins, before the block of that number."""
        if self._cell is not None:
            self.ends(at)
        if tag == "tr" or not self._rows:
            self._rows.append([])
        if tag != "tr":
            self._cell = (tag, at)

    def ends(self, at: int) -> None:
        """Take note that a cell ends, before the block of that number."""
        if self._cell is None:
            return
        tag, first = self._cell
        self._cell = None
        if tag != "caption":
            self._rows[-1].append(_Cell(first, at, tag == "th"))

    @property
    def cells(self) -> list[list[tuple[int, int]]]:
        """Row by row, the first block of each cell and the one after its last."""
        return [[(cell.first, cell.last) for cell in row] for row in self._rows]

    def joined(self, parts: Sequence[_Text]) -> Iterator[tuple[int, int, str]]:
        """Yield each row that becomes one line: its first block, the one after its last, and its words.

        A table is data if it has two rows and two columns or more, and each cell holds one short block at
        most. In all others, which place text on the page, cells stay blocks of their own.
        """
        rows = [[cell for cell in row if cell.last > cell.first] for row in self._rows]
        rows = [row for row in rows if row]
        cells = [cell for row in rows for cell in row]
        if self._places or len(rows) < 2 or max(map(len, rows)) < 2:
            return
        if any(
            cell.last - cell.first > 1 or len(parts[cell.first].text.split()) > _LONGEST_CELL
            for cell in cells
        ):
            return
        for row in rows:
            words = [" ".join(parts[cell.first].text.split()) for cell in row]
            if len(row) < 2:
                continue
            headed = row[0].heads and not row[1].heads and not words[0].endswith(":")
            text = f"{words[0]}: {'; '.join(words[1:])}" if headed else "; ".join(words)
            yield row[0].first, row[-1].last, text
