"""Compares cells that went through a spreadsheet with the texts that were written into them."""

from __future__ import annotations

from fourp_nlp.spreadsheets.long_quotes import cell_is_full, is_shortened, quote_cell
from fourp_nlp.spreadsheets.table_writer import CUT_MARK

__all__ = ["bare", "cell_was_cut", "says"]

_CUT = "".join(CUT_MARK.split())


def says(cell: str, stands: str) -> bool:
    """Return whether a cell is a text, or what a spreadsheet made of it.

    Parameters
    ----------
    cell : str
        What the cell says.
    stands : str
        The text that was written into it.

    Returns
    -------
    bool
        Whether both show the same: white space and control characters may differ, an apostrophe may
        stand before the text, its end may be cut where a cell was full, a long quote may be shortened
        (`quote_cell`), and a number may be written otherwise.
    """
    written = bare(stands)
    for form in (cell, cell.removeprefix("'")):
        visible = bare(form)
        if visible == written:
            return True
        if cell_is_full(form) and written.startswith(visible):
            return True
        if is_shortened(form) and visible == bare(quote_cell(stands)):
            return True
        if visible.endswith(_CUT) and written.startswith(visible.removesuffix(_CUT)):
            return True
    try:
        # A spreadsheet makes 7 of 007, and 1.5 of 1.50.
        return float(cell) == float(stands)
    except ValueError:
        return False


def cell_was_cut(cell: str) -> bool:
    """Return whether a cell ends with the mark of a text that was too long for a cell.

    Parameters
    ----------
    cell : str
        What the cell says.

    Returns
    -------
    bool
        Whether its text goes on elsewhere.
    """
    return cell.endswith(CUT_MARK.strip())


def bare(text: str) -> str:
    """Return the visible characters of a text, without white space and control characters.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        Its visible characters.
    """
    return "".join(filter(str.isprintable, "".join(text.split())))
