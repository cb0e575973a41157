"""Tables (csv, tsv, xlsx) with columns of text."""

from __future__ import annotations

import csv
import warnings
from typing import TYPE_CHECKING

from fourp_nlp.documents.tables.survey import texts_of_tables
from fourp_nlp.documents.text.decoding import Decoded, read_decoded
from fourp_nlp.errors import DocumentError
from fourp_nlp.files.delimited import cell_reader
from fourp_nlp.files.table_limits import Room, bounded, lines_of
from fourp_nlp.files.zip_limits import check_package

if TYPE_CHECKING:
    from pathlib import Path

    from fourp_nlp.documents.reading import Reading
    from fourp_nlp.documents.tables.survey import TableColumns

__all__ = ["decoded_rows", "read_delimited", "read_workbook", "rows_of"]

_DELIMITERS = (",", ";", "\t", "|")


def read_delimited(path: Path, columns: TableColumns | None = None) -> Reading:
    """Return the texts of a .csv or .tsv file.

    Parameters
    ----------
    path : pathlib.Path
        The file; commas, semicolons, tabs and bars are recognised from its first line.
    columns : TableColumns, optional
        Which columns are read. Default: one with a known name, otherwise those with running text.

    Returns
    -------
    Reading
        Each document's id inside the file (empty if the file is one document) and its text, a
        paragraph for each row, not yet normalised; and what is doubtful about the file's encoding.

    Raises
    ------
    DocumentError
        If there is no row, or no column of text.
    """
    content, rows = decoded_rows(path)
    return content.reading(texts_of_tables(path, [("", [row for _, row in rows])], columns))


def read_workbook(path: Path, columns: TableColumns | None = None) -> Reading:
    """Return the texts of an .xlsx file; sheets follow one another.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    columns : TableColumns, optional
        As for `read_delimited`.

    Returns
    -------
    Reading
        As `read_delimited`.

    Raises
    ------
    DocumentError
        If the file is damaged, encrypted or unsafe, or no sheet has a column of text.
    """
    check_package(path, main="xl/", kind="Excel workbook", most_tags=None)
    import openpyxl

    try:
        with warnings.catch_warnings():
            # Unknown styles and the like; nothing that a reader of text could act upon.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(path, read_only=True, data_only=True)
            try:
                room = Room(path)
                sheets = [(sheet.title, _sheet_rows(sheet, room)) for sheet in book.worksheets]
            finally:
                book.close()
    except (KeyError, ValueError, TypeError, AttributeError, SyntaxError, IndexError) as error:
        raise DocumentError(
            f"The workbook is damaged ({type(error).__name__}: {error}).",
            file=path,
            cure="Open it in Excel and save it again.",
        ) from error
    return texts_of_tables(path, sheets, columns)


def rows_of(path: Path) -> list[tuple[int, list[str]]]:
    """Return the rows of a delimited file as they stand, blank ones left out.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    list of tuple of (int, list of str)
        The line on which each row begins, from 1, and its cells; the header is among them.

    Raises
    ------
    DocumentError
        If the file is not text or cannot be split into cells.
    """
    return decoded_rows(path)[1]


def decoded_rows(path: Path) -> tuple[Decoded, list[tuple[int, list[str]]]]:
    """Return the rows of a delimited file, as `rows_of` does, with what is doubtful about its encoding.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    content : Decoded
        Its text.
    rows : list of tuple of (int, list of str)
        The rows.

    Raises
    ------
    DocumentError
        If the file is not text or cannot be split into cells.
    """
    content = read_decoded(path)
    text = content.text
    first = text[:10_000].split("\n", 1)[0]
    delimiter = "\t" if path.suffix.lower() == ".tsv" else max(_DELIMITERS, key=first.count)
    rows: list[tuple[int, list[str]]] = []
    line = 1
    try:
        with cell_reader(lines_of(text), delimiter=delimiter, strict=False) as reader:
            for row in bounded(reader, path):
                if any(cell.strip() for cell in row):
                    rows.append((line, row))
                line = reader.line_num + 1
    except csv.Error as error:
        raise DocumentError(
            f"The table cannot be split into cells ({error}).",
            file=path,
            cure="Save it again as CSV in UTF-8.",
        ) from error
    return content, rows


def _sheet_rows(sheet: object, room: Room) -> list[list[str]]:
    if not hasattr(sheet, "iter_rows"):
        return []
    # The size that a sheet claims can be a billion empty cells; without it only real ones are read.
    if hasattr(sheet, "reset_dimensions"):
        sheet.reset_dimensions()
    rows = []
    for row in sheet.iter_rows(values_only=True):
        room.take(len(row))
        cells = ["" if value is None else str(value) for value in row]
        if any(cell.strip() for cell in cells):
            rows.append(cells)
    return rows
