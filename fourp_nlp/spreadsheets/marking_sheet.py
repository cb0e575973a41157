"""Writes sheets to be marked: a row for each text, a column for each question, an x where it applies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourp_nlp.spreadsheets.table_writer import cell_text
from fourp_nlp.spreadsheets.workbook_formats import write_text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import pandas as pd
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

__all__ = ["MARK", "SUGGESTED", "set_up_printing", "write_marking_sheet"]

MARK = "x"
"""What people put where something applies."""

SUGGESTED = "the machine suggests"
"""Head of the column of suggestions, where a sheet shows them; no code has an id with a space."""

_WIDTH = 14
_A4 = 9
_LOWEST, _TALLEST, _OF_A_LETTER = 48.0, 170.0, 7.0  # points, of a row of turned heads


def write_marking_sheet(
    page: Worksheet,
    sheet: pd.DataFrame,
    marks: Collection[str],
    formats: dict[str, Format],
    *,
    widths: Mapping[str, float],
    aside: Collection[str] = (),
    frozen: int = 0,
    spare: int = 0,
    turned: bool = False,
) -> None:
    """Write a sheet to be marked.

    Parameters
    ----------
    page : Worksheet
        An empty sheet.
    sheet : pandas.DataFrame
        Whole numbers and texts; in the columns to be marked, `MARK` where there is a mark already.
    marks : collection of str
        The columns to be marked; each of their cells offers an x.
    formats : dict of str to Format
        Formats by name.
    widths : mapping of str to float
        How many characters wide each column is, 14 where nothing is said.
    aside : collection of str
        Columns in grey: what is there to find one's way.
    frozen : int
        How many columns stay in sight.
    spare : int
        For how many rows below the last one an x is offered too.
    turned : bool, default False
        Whether the heads over the columns to be marked are turned, so that the columns can be narrow.
    """
    if turned:
        longest = max((len(str(name)) for name in marks), default=0)
        page.set_row(0, min(_TALLEST, max(_LOWEST, _OF_A_LETTER * longest)))
    for at, name in enumerate(sheet.columns):
        marked = name in marks
        page.set_column(at, at, widths.get(name, _WIDTH), formats["mark"] if marked else None)
        head = formats["turned head" if marked and turned else "head"]
        page.write_string(0, at, cell_text(str(name)), head)
        style = "aside" if name in aside else ""
        for row, value in enumerate(sheet[name].tolist(), start=1):
            if marked:
                page.write(row, at, value or None, formats["mark"])
            elif isinstance(value, int):
                page.write_number(row, at, value, formats["aside"])
            elif value:
                write_text(page, row, at, str(value), formats, style=style)
        if marked and len(sheet):
            choice = {"validate": "list", "source": [MARK], "show_error": False}
            page.data_validation(1, at, len(sheet) + spare, at, choice)
    page.freeze_panes(1, frozen)
    page.autofilter(0, 0, max(len(sheet), 1), sheet.shape[1] - 1)


def set_up_printing(page: Worksheet) -> None:
    """Have a sheet printed across, all columns on a page, its head on every page, pages numbered.

    Parameters
    ----------
    page : Worksheet
        The sheet.
    """
    page.set_landscape()
    page.set_paper(_A4)
    page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.set_footer("&L&F, &A&R&P / &N")
