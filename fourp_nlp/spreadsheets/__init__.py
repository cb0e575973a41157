"""CSV files and workbooks: safe for spreadsheets, filled in by people, and read again.

Names are looked up when they are first asked for: a crawling process writes a table, and must not load pandas
for it.

Modules
-------
`guarded_rows`: Writes rows of plain values as a CSV file that Excel opens correctly and safely, without
    pandas.
`long_quotes`: Shortens quotes that are too long for a cell, so that they can still be checked against
    the text.
`marking_sheet`: Writes sheets to be marked: a row for each text, a column for each question, an x where
    it applies.
`_merged_cells`: References of cells in a workbook, and cells that are merged over several rows.
`returned_cells`: Compares cells that went through a spreadsheet with the texts that were written into
    them.
`table_writer`: Writes CSV and XLSX files that Excel opens correctly and safely.
`workbook_formats`: Formats of the workbooks that people fill in, and texts that stay texts.
`workbook_reader`: Reads Excel workbooks that people edited: the exact cells, and comments.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourp_nlp.lazy_imports import on_demand

if TYPE_CHECKING:
    from fourp_nlp.spreadsheets.guarded_rows import cell_is_formula, write_rows
    from fourp_nlp.spreadsheets.long_quotes import (
        cell_is_full,
        is_shortened,
        quote_cell,
        quote_places,
    )
    from fourp_nlp.spreadsheets.marking_sheet import (
        MARK,
        SUGGESTED,
        set_up_printing,
        write_marking_sheet,
    )
    from fourp_nlp.spreadsheets.returned_cells import bare, cell_was_cut, says
    from fourp_nlp.spreadsheets.table_writer import (
        CUT_MARK,
        cell_text,
        cut_cells,
        cut_texts,
        unguarded,
        write_csv,
        write_xlsx,
    )
    from fourp_nlp.spreadsheets.workbook_formats import open_book, write_plain, write_text
    from fourp_nlp.spreadsheets.workbook_reader import Book, cell_as_text, read_book

__all__ = [
    "CUT_MARK",
    "MARK",
    "SUGGESTED",
    "Book",
    "bare",
    "cell_as_text",
    "cell_is_formula",
    "cell_is_full",
    "cell_text",
    "cell_was_cut",
    "cut_cells",
    "cut_texts",
    "is_shortened",
    "open_book",
    "quote_cell",
    "quote_places",
    "read_book",
    "says",
    "set_up_printing",
    "unguarded",
    "write_csv",
    "write_marking_sheet",
    "write_plain",
    "write_rows",
    "write_text",
    "write_xlsx",
]

_HOMES = {
    "Book": "workbook_reader",
    "CUT_MARK": "table_writer",
    "MARK": "marking_sheet",
    "SUGGESTED": "marking_sheet",
    "bare": "returned_cells",
    "cell_as_text": "workbook_reader",
    "cell_is_formula": "guarded_rows",
    "cell_is_full": "long_quotes",
    "cell_text": "table_writer",
    "cell_was_cut": "returned_cells",
    "cut_cells": "table_writer",
    "cut_texts": "table_writer",
    "is_shortened": "long_quotes",
    "open_book": "workbook_formats",
    "quote_cell": "long_quotes",
    "quote_places": "long_quotes",
    "read_book": "workbook_reader",
    "says": "returned_cells",
    "set_up_printing": "marking_sheet",
    "unguarded": "table_writer",
    "write_csv": "table_writer",
    "write_marking_sheet": "marking_sheet",
    "write_plain": "workbook_formats",
    "write_rows": "guarded_rows",
    "write_text": "workbook_formats",
    "write_xlsx": "table_writer",
}

__getattr__, __dir__ = on_demand(__name__, _HOMES)
