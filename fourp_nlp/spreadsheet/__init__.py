"""Tables as files for a spreadsheet, and the workbooks that people fill in."""

from __future__ import annotations

from fourp_nlp.spreadsheet._tables import (
    CUT_MARK,
    cell_is_formula,
    cell_text,
    write_csv,
    write_xlsx,
)
from fourp_nlp.spreadsheet._workbook import OpenBook, open_book, write_plain, write_text

__all__ = [
    "CUT_MARK",
    "OpenBook",
    "cell_is_formula",
    "cell_text",
    "open_book",
    "write_csv",
    "write_plain",
    "write_text",
    "write_xlsx",
]
