"""References of cells in a workbook, and cells that are merged over several rows."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any

import numpy as np

from fourp_nlp.errors import UnsafeDocumentError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["cell_place", "column_number", "merged_down", "rows_with_merged_cells"]

_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
# Of cells that are filled because others were merged over them, and of merged ranges.
_MOST_FILLED, _MOST_RANGES = 5_000_000, 1_000_000


def cell_place(reference: str) -> tuple[int, int]:
    """Return the row (from 1) and the column (from 0) of a cell such as B2.

    Raises
    ------
    ValueError
        If there is no such cell.
    """
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise ValueError(f"there is no cell {reference[:20]}")
    return int(match[2]), column_number(match[1])


@functools.cache
def column_number(letters: str) -> int:
    """Return the number of a column, from 0.

    Raises
    ------
    ValueError
        If no column has these letters.
    """
    if not (0 < len(letters) <= 3 and letters.isascii() and letters.isalpha()):
        raise ValueError(f"there is no column {letters[:9]}")
    column = 0
    for letter in letters.upper():
        column = 26 * column + ord(letter) - 64
    return column - 1


def merged_down(reference: str) -> list[tuple[int, int, int]]:
    """Return the column, the first and the last row of a merged range such as A2:B3.

    Only its first column counts: what was merged over several columns is the cell of one of them.

    There is one place, or none if the range has one row. Raises ValueError if it is no range.
    """
    first, colon, last = reference.partition(":")
    top, column = cell_place(first)
    bottom, _ = cell_place(last) if colon else (top, column)
    return [(column, top, bottom)] if bottom > top else []


def rows_with_merged_cells(
    rows: list[tuple[int, list[Any]]],
    merged: Iterable[tuple[int, int, int]],
    sheet: str,
    file: object,
) -> list[tuple[int, list[Any]]]:
    """Put what stands in merged cells into each of their rows.

    `rows` are those that hold a cell, by their numbers, in order, and are changed in place;
    `merged` has the column, first and last row of merged cells. A cell that says something itself
    stays as it is. Raises UnsafeDocumentError if there are more merged cells than a table of people
    has.
    """
    numbers = np.array([number for number, _ in rows], dtype=np.int64)
    filled = 0
    for at, (column, top, bottom) in enumerate(merged):
        first, after = (int(place) for place in np.searchsorted(numbers, [top, bottom + 1]))
        filled += after - first
        if filled > _MOST_FILLED or at >= _MOST_RANGES:
            raise UnsafeDocumentError(
                f"The sheet '{sheet}' has more merged cells than a table of people has.",
                file=file,
                cure="Undo the merging of cells, or save the sheet as CSV.",
            )
        if first == after or numbers[first] != top or column >= len(rows[first][1]):
            continue
        value = rows[first][1][column]
        for _, cells in rows[first + 1 : after] if value is not None else ():
            cells.extend([None] * (column + 1 - len(cells)))
            if cells[column] is None:
                cells[column] = value
    return rows
