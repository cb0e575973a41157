"""Tables as files for a spreadsheet, the workbooks that people fill in, and reading them back.

Modules
-------
`long_quotes`: Quotes that are longer than a cell can be: written so that they can still be held to the
    text.
`marking_sheet`: A sheet on which people mark what applies: a row a text, a column a question, an x
    where it does.
`_merged_cells`: Cells of a workbook by their names, and cells that were merged over several rows.
`returned_cells`: Texts that went through a spreadsheet: whether a cell still says what was written into
    it.
`table_writer`: Tables as files for a spreadsheet: CSV and XLSX that Excel opens rightly and safely.
`workbook_formats`: What the workbooks that people fill in have in common: formats, and texts that stay
    texts.
`workbook_reader`: Reading an Excel workbook as it comes back from people: its cells, exactly, and its
    comments.
"""

from __future__ import annotations

from fourp_nlp.spreadsheets.long_quotes import cell_is_full, is_shortened, quote_cell, quote_places
from fourp_nlp.spreadsheets.marking_sheet import MARK, SUGGESTED, set_up_printing, write_marking
from fourp_nlp.spreadsheets.returned_cells import bare, cell_was_cut, says
from fourp_nlp.spreadsheets.table_writer import (
    CUT_MARK,
    cell_is_formula,
    cell_text,
    cut_cells,
    cut_texts,
    write_csv,
    write_xlsx,
)
from fourp_nlp.spreadsheets.workbook_formats import OpenBook, open_book, write_plain, write_text
from fourp_nlp.spreadsheets.workbook_reader import Book, Comment, Sheet, cell_words, read_book

__all__ = [
    "CUT_MARK",
    "MARK",
    "SUGGESTED",
    "Book",
    "Comment",
    "OpenBook",
    "Sheet",
    "bare",
    "cell_is_formula",
    "cell_is_full",
    "cell_text",
    "cell_was_cut",
    "cell_words",
    "cut_cells",
    "cut_texts",
    "is_shortened",
    "open_book",
    "quote_cell",
    "quote_places",
    "read_book",
    "says",
    "set_up_printing",
    "write_csv",
    "write_marking",
    "write_plain",
    "write_text",
    "write_xlsx",
]
