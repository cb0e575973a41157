"""Codebooks in Excel and CSV."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.errors import CodebookError, ExchangeError
from fourp_nlp.exchange.codebooks._builder import build_codebook
from fourp_nlp.exchange.codebooks._parts import title_of
from fourp_nlp.exchange.codebooks._rows import (
    Table,
    codebook_rows,
    column_letters,
    is_head,
    is_sure_head,
    source_of,
)
from fourp_nlp.exchange.tables.table_file import read_tables
from fourp_nlp.spreadsheets import cell_is_formula, open_book, write_csv, write_plain

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    from fourp_nlp.codebook import Codebook
    from fourp_nlp.exchange.codebooks.codebook_file import CodebookFile
    from fourp_nlp.exchange.tables.table_file import TableFile, TableFiles

__all__ = ["read_table_codebook", "write_csv_codebook", "write_excel_codebook"]

_SHEET = "Codes"


def read_table_codebook(path: str | os.PathLike[str]) -> CodebookFile:
    """Read a codebook from a workbook or a CSV file.

    Columns are recognised by their heads in English, French, German and Spanish; `docs/codebook.md` lists
    them.

    Parameters
    ----------
    path : str or os.PathLike
        XLSX, or CSV with commas, semicolons, tabs or bars. Of a workbook, all sheets with a column of codes
        are read, without hidden ones if one is visible.

    Returns
    -------
    CodebookFile
        The codebook, and what to know of the reading.

    Raises
    ------
    CodebookError
        If the file cannot be read or has no column of codes, or a cell is wrong; with the sheets and cells.
    """
    file = Path(path)
    try:
        files = read_tables(file, _SHEET, is_sure_head)
        if not is_sure_head(files.tables[0].header):
            files = read_tables(file, _SHEET, is_head)
    except ExchangeError as error:
        raise CodebookError(error.problem, file=file, place=error.place, cure=error.cure) from error
    remarks = files.remarks
    losses = [
        f"The sheet '{name}' was not read: it has no column of codes." for name in files.passed
    ]
    files, hidden = _visible(files)
    losses += [f"The hidden sheet '{name}' was not read." for name in hidden]
    if files.book is not None:
        if files.passed or hidden or len(files.tables) > 1:
            named = ", ".join(f"'{table.sheet}'" for table in files.tables)
            several = "sheets" if len(files.tables) > 1 else "sheet"
            remarks.append(f"The codes were read from the {several} {named}.")
        for table in files.tables:
            _check_calculated(table)
            remarks += _hidden_columns(table)
    source = source_of(file, [_table_of(table) for table in files.tables])
    source.remarks[:0] = remarks
    source.losses[:0] = losses
    above = [text for table in files.tables for text in table.above]
    if above:
        if len(above) == 1 and "title" not in source.facts:
            source.facts = {"title": title_of(above[0]), **source.facts}
        else:
            listed = ", ".join(f"'{text[:40]}'" for text in above[:5])
            source.losses.append(f"What stands above the heads was not read: {listed}.")
    return build_codebook(source)


def _visible(files: TableFiles) -> tuple[TableFiles, list[str]]:
    """Return the tables on visible sheets, if there are any, and the names of the hidden ones."""
    if files.book is None:
        return files, []
    hidden = [table.sheet for table in files.tables if table.sheet in files.book.hidden]
    if not hidden or len(hidden) == len(files.tables):
        return files, []
    visible = [table for table in files.tables if table.sheet not in hidden]
    return files._replace(tables=visible), hidden


def _table_of(table: TableFile) -> Table:
    width = max([len(table.header), *(len(row) for row in table.rows)])
    return Table(table.header, [table.texts(at) for at in range(width)], _placer(table))


def _placer(table: TableFile) -> Callable[[int, int], str]:
    numbers = table.numbers.tolist()
    sheet = f'sheet "{table.sheet}", ' if table.sheet else ""

    def place(row: int, column: int) -> str:
        if row < 0:
            return f"{sheet}column {column_letters(column)}"
        return f"{sheet}cell {column_letters(column)}{numbers[row]}"

    return place


def _check_calculated(table: TableFile) -> None:
    """Refuse a table with formulas that were never calculated, whose cells would count as empty."""
    cells = table.book.uncalculated.get(table.sheet, []) if table.book is not None else []
    if cells:
        raise CodebookError(
            "The file does not hold what the formulas of these cells give.",
            file=table.path,
            place=f'sheet "{table.sheet}", cell{"s" if len(cells) > 1 else ""} {", ".join(cells[:5])}',
            cure="Open it in a spreadsheet program and save it again.",
        )


def _hidden_columns(table: TableFile) -> list[str]:
    """Tell of hidden columns, which are read like others."""
    if table.book is None:
        return []
    ranges = table.book.hidden_columns(table.sheet)
    hidden = [
        f"'{head}' ({column_letters(at)})"
        for at, head in enumerate(table.header)
        if head and any(first <= at <= last for first, last in ranges)
    ]
    if not hidden:
        return []
    return [f"Hidden columns are read like others: {', '.join(hidden)}."]


def _frame(codebook: Codebook) -> pd.DataFrame:
    header, rows = codebook_rows(codebook)
    return pd.DataFrame(rows, columns=header, dtype=object)


def write_excel_codebook(codebook: Codebook, path: str | os.PathLike[str]) -> None:
    """Write a codebook as a workbook with a row for each code.

    Parameters
    ----------
    codebook : Codebook
        The codebook.
    path : str or os.PathLike
        The file. Its cells are texts: none becomes a formula.

    Raises
    ------
    FourpError
        If it cannot be written.
    """
    with open_book(path) as (book, formats):
        write_plain(book.add_worksheet(_SHEET), _frame(codebook), formats)


def write_csv_codebook(codebook: Codebook, path: str | os.PathLike[str]) -> None:
    """Write a codebook as a CSV file with a row for each code, for Excel.

    Parameters
    ----------
    codebook : Codebook
        The codebook.
    path : str or os.PathLike
        The file. A text that a spreadsheet would take for a formula has an apostrophe in front.

    Raises
    ------
    FourpError
        If it cannot be written.
    """
    frame = _frame(codebook)
    write_csv(frame.map(_kept_apostrophe), path)


def _kept_apostrophe(text: str) -> str:
    """Return a cell whose first apostrophe is not taken for the one that marks a text."""
    return f"'{text}" if text.startswith("'") and cell_is_formula(text.lstrip("'")) else text
