"""Tables that fit a terminal: no number is broken, and columns that do not fit are named below the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["FittedTable", "fit"]

_WIDEST_WORD = 18  # of a text column: longer words are folded
_SHORT = 16  # characters of a text, such as an interval, that stays on one line
_PADDING = 2  # blanks of each column
_KEPT = frozenset({"total"})
"""Columns that say the most, wherever they are."""
_FIRST_OUT = ("AC1", "percent", "prevalence")
"""Columns that are left out before others: an interval says more than they do."""


class FittedTable(NamedTuple):
    """A table for a terminal.

    Attributes
    ----------
    names : list of str
        Its columns.
    rows : list of list of str
        Its cells.
    right : list of bool
        Which columns are numbers.
    one_line : list of bool
        Which columns are never broken.
    left_out : list of str
        Columns that do not fit.
    """

    names: list[str]
    rows: list[list[str]]
    right: list[bool]
    one_line: list[bool]
    left_out: list[str]


def fit(
    names: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[bool], width: int
) -> FittedTable:
    """Return the columns of a table that fit a terminal.

    Parameters
    ----------
    names : sequence of str, length n_columns
        The columns.
    rows : sequence of sequence of str
        The cells.
    right : sequence of bool, length n_columns
        Which columns are numbers.
    width : int
        Columns of the terminal.

    Returns
    -------
    FittedTable
        The first column and as many others as fit: figures that others say as well go first, then columns
        from the right; a column of totals is kept. The theme goes before all others where the code is there,
        and is written before the word "total" in its rows.
    """
    cells = [list(row) for row in rows]
    kept = list(range(len(names)))
    one_line = [
        is_number or all(len(row[at]) <= _SHORT for row in cells)
        for at, is_number in enumerate(right)
    ]
    least = [_least(names[at], [row[at] for row in cells], one_line=one_line[at]) for at in kept]
    left_out: list[str] = []
    if _needs(kept, least) > width and "theme" in names and "code" in names:
        theme, code = names.index("theme"), names.index("code")
        for row in cells:
            if row[code] == "total" and row[theme] != "total":
                row[code] = f"{row[theme]}: total"
        one_line[code] = False
        least[code] = _least(names[code], [row[code] for row in cells], one_line=False)
        kept.remove(theme)
        left_out.append("theme")
    while _needs(kept, least) > width and len(kept) > 2:
        candidates = [at for at in kept[1:] if names[at] not in _KEPT]
        if not candidates:
            break
        by_name = {names[at]: at for at in candidates}
        out = next((by_name[name] for name in _FIRST_OUT if name in by_name), candidates[-1])
        kept.remove(out)
        left_out.append(names[out])
    order = [name for name in names if name in left_out]
    return FittedTable(
        [names[at] for at in kept],
        [[row[at] for at in kept] for row in cells],
        [right[at] for at in kept],
        [one_line[at] for at in kept],
        order,
    )


def _least(name: str, cells: Sequence[str], *, one_line: bool) -> int:
    """Return how narrow a column can be: its head is broken at blanks, a long text at its words."""
    head = max((len(word) for word in name.split()), default=1)
    if one_line:
        return max([min(head, _WIDEST_WORD), *map(len, cells)])
    words = (len(word) for cell in cells for word in cell.split())
    return min(max([head, *words], default=1), _WIDEST_WORD)


def _needs(kept: Sequence[int], least: Sequence[int]) -> int:
    return sum(least[at] + _PADDING for at in kept) + _PADDING
