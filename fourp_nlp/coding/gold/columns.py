"""Columns of gold files, and protection of cells against being read as formulas."""

from __future__ import annotations

__all__ = [
    "COLUMNS",
    "LOOKED_FOR",
    "SCOPE",
    "guard",
    "unguard",
]

COLUMNS = ("document", "start", "end", "code", "coder", "quote")
SCOPE = "scope"
"""An optional column: whether a row speaks for its whole document or for its span alone."""

LOOKED_FOR = "looked_for"
"""An optional column: the codes that the coder looked for, if not all; ids with spaces or commas between."""

# What makes a spreadsheet read a cell as a formula (OWASP, "CSV injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def guard(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula.

    Parameters
    ----------
    cell : str
        What the cell should say.

    Returns
    -------
    str
        The same, with an apostrophe before it where it begins like a formula.
    """
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def unguard(cell: str) -> str:
    """Return a cell without the apostrophe that `guard` puts before it.

    Parameters
    ----------
    cell : str
        The cell as it was read.

    Returns
    -------
    str
        What it says.
    """
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell
