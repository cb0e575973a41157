"""Columns of gold files, and protection of cells against being read as formulas."""

from __future__ import annotations

from fourp_nlp.control_characters import printable

__all__ = [
    "COLUMNS",
    "LOOKED_FOR",
    "MEMO",
    "SCOPE",
    "guard",
    "guard_memo",
    "tidy_memo",
    "unguard",
    "unguard_memo",
]

COLUMNS = ("document", "start", "end", "code", "coder", "quote")
SCOPE = "scope"
"""An optional column: whether a row speaks for its whole document or for its span alone."""

LOOKED_FOR = "looked_for"
"""An optional column: the codes that the coder looked for, if not all; ids with spaces or commas between."""

MEMO = "memo"
"""An optional column: what the coder noted about the coding."""

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


def tidy_memo(text: str) -> str:
    """Return a memo as gold files hold it.

    Parameters
    ----------
    text : str
        What somebody wrote.

    Returns
    -------
    str
        The text with line ends as newlines, without white space at its ends and without characters that
        other programs' files cannot hold.
    """
    return printable(text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def guard_memo(memo: str) -> str:
    """Return a memo as a cell that no spreadsheet takes for a formula.

    Parameters
    ----------
    memo : str
        Any text: unlike other cells, it may itself begin with an apostrophe.

    Returns
    -------
    str
        The cell; `unguard_memo` returns the memo.
    """
    return f"'{memo}" if memo.lstrip("'").startswith(_FORMULA) else memo


def unguard_memo(cell: str) -> str:
    """Return the memo that a cell holds.

    Parameters
    ----------
    cell : str
        The cell as it was read.

    Returns
    -------
    str
        The memo.
    """
    text = tidy_memo(cell)
    guarded = text.startswith("'") and text.lstrip("'").startswith(_FORMULA)
    return text[1:] if guarded else text
