"""Limits on the size of tables, checked while rows are read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fourp_nlp.errors import UnsafeDocumentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["MAX_CELLS", "Room", "bounded", "lines_of"]

MAX_CELLS = 20_000_000
"""Cells of a table, the empty ones among them."""

_MAX_BYTES = 1 << 30
_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+\Z")
# What Python holds for a row, for a cell in it, and for a text of two characters and more beside them.
_ROW, _CELL, _TEXT = 150, 8, 49


class Room:
    """How much the rows of a table may still hold.

    Parameters
    ----------
    file : object
        The file, for the error.
    """

    def __init__(self, file: object) -> None:
        self._file = file
        self._cells = self._bytes = 0

    def take(self, cells: int, characters: int = 0) -> None:
        """Note a row.

        Parameters
        ----------
        cells : int
            Its cells.
        characters : int
            Their characters.

        Raises
        ------
        UnsafeDocumentError
            If there is no room for it.
        """
        self._cells += cells
        self._bytes += _ROW + _CELL * cells + _TEXT * min(cells, characters // 2) + characters
        if self._cells > MAX_CELLS:
            raise UnsafeDocumentError(
                f"The table spans more than {MAX_CELLS:,} cells, the empty ones among them.",
                file=self._file,
                cure="Delete cells far from the table, or divide it.",
            )
        if self._bytes > _MAX_BYTES:
            raise UnsafeDocumentError(
                f"The table takes more than {_MAX_BYTES >> 20:,} MB of memory.",
                file=self._file,
                cure="Divide it.",
            )


def bounded(rows: Iterable[list[str]], file: object) -> Iterator[list[str]]:
    """Yield rows as long as there is room for them.

    Parameters
    ----------
    rows : iterable of list of str
        The cells of each row.
    file : object
        The file, for the error.

    Yields
    ------
    list of str
        The rows.

    Raises
    ------
    UnsafeDocumentError
        If the table is too large.
    """
    room = Room(file)
    for row in rows:
        room.take(len(row), sum(map(len, row)))
        yield row


def lines_of(text: str) -> Iterator[str]:
    r"""Yield a text's lines for the csv module, as a file opened with ``newline=""`` would.

    Parameters
    ----------
    text : str
        The text; ``io.StringIO`` would hold it a second time, with four bytes a character.

    Yields
    ------
    str
        Each line with its end: ``\n``, ``\r\n`` or ``\r``.
    """
    for match in _LINE.finditer(text):
        yield match[0]
