"""Columns of gold files, and protection of cells against being read as formulas."""

from __future__ import annotations

from types import MappingProxyType

from fourp_nlp.tables import Column, Table

__all__ = [
    "CODED",
    "COLUMNS",
    "LOOKED_FOR",
    "PART",
    "READ",
    "SCOPE",
    "WHOLE",
    "guard",
    "unguard",
]

COLUMNS = ("document", "start", "end", "code", "coder", "quote")
SCOPE = "scope"
"""An optional column: whether a row speaks for its whole document or for its span alone."""

LOOKED_FOR = "looked_for"
"""An optional column: the codes that the coder looked for, if not all; ids with spaces or commas between."""

WHOLE, PART = "document", "segment"
"""What may stand in the column of scope; empty means the first."""

CODED = Table(
    "coded",
    MappingProxyType(
        {
            "coder": Column("str", "id of the coder"),
            "document": Column("str", "id of a document that the coder coded"),
            "start": Column("int64", "first code point that was read; 0 for a whole document"),
            "end": Column("int64", "one past the last; the length of a whole document"),
            "scope": Column("str", "document, or segment if no more than this span was read"),
            "quote": Column("str", "the span's text, exactly; empty for a whole document"),
            LOOKED_FOR: Column(
                "str", "ids of the codes that were looked for, with spaces; empty for all", ""
            ),
        }
    ),
)

READ = Table(
    "read",
    MappingProxyType(
        {
            **CODED.columns,
            "without": Column(
                "str",
                "ids of codes that were not looked for, such as those that were not there when it was read, "
                "with spaces between them",
            ),
            "redefined": Column(
                "str",
                "ids of codes whose definition has changed since it was read, with spaces",
                "",
            ),
        }
    ),
)
"""CODED, held to the texts and the codebook as they are now: what counts as read today."""

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
