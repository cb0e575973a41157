"""Tables (csv, tsv, xlsx) with one column of text."""

from __future__ import annotations

import csv
import warnings
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from fourp_nlp.cells import Room, bounded, lines_of
from fourp_nlp.delimited import cell_reader
from fourp_nlp.documents._decode import Decoded, read_decoded
from fourp_nlp.documents._results import refuse_result_table
from fourp_nlp.errors import DocumentError
from fourp_nlp.zipped import check_package

if TYPE_CHECKING:
    from pathlib import Path

    from fourp_nlp.documents._reading import Reading

__all__ = ["decoded_rows", "read_delimited", "read_workbook", "rows_of"]

_TEXT = (
    "text", "transcript", "content", "sentence", "utterance", "response", "answer", "comment",
    "statement", "quote", "verbatim", "body", "message", "note", "notes",
)  # fmt: skip
_DOCUMENT = ("document", "document_id", "document id", "doc", "doc_id")
_SPEAKER = ("speaker", "speaker name", "speaker_name")
_DELIMITERS = (",", ";", "\t", "|")
_LONG = 40

Row = Sequence[str]


def read_delimited(path: Path) -> Reading:
    """Return the texts of a .csv or .tsv file.

    Parameters
    ----------
    path : pathlib.Path
        The file; commas, semicolons, tabs and bars are recognised from its first line.

    Returns
    -------
    Reading
        Each document's id inside the file (empty if the file is one document) and its text, a
        paragraph for each row, not yet normalised; and what is doubtful about the file's encoding.

    Raises
    ------
    DocumentError
        If there is no row, or no single column of text.
    """
    content, rows = decoded_rows(path)
    return content.reading(_texts(path, [[row for _, row in rows]]))


def read_workbook(path: Path) -> list[tuple[str, str]]:
    """Return the texts of an .xlsx file; sheets follow one another.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    list of tuple of str
        As `read_delimited`.

    Raises
    ------
    DocumentError
        If the file is damaged, encrypted or unsafe, or no sheet has a column of text.
    """
    check_package(path, main="xl/", kind="Excel workbook", most_tags=None)
    import openpyxl  # noqa: PLC0415 - slow to import

    try:
        with warnings.catch_warnings():
            # Unknown styles and the like; nothing that a reader of text could act upon.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(path, read_only=True, data_only=True)
            try:
                room = Room(path)
                sheets = [_sheet_rows(sheet, room) for sheet in book.worksheets]
            finally:
                book.close()
    except (KeyError, ValueError, TypeError, AttributeError, SyntaxError, IndexError) as error:
        raise DocumentError(
            f"The workbook is damaged ({type(error).__name__}: {error}).",
            file=path,
            cure="Open it in Excel and save it again.",
        ) from error
    return _texts(path, [rows for rows in sheets if rows])


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


def _texts(path: Path, tables: list[list[list[str]]]) -> list[tuple[str, str]]:
    tables = [table for table in tables if table]
    if not tables:
        raise DocumentError("The table has no rows.", file=path, cure="Fill it, or take it away.")
    paragraphs: dict[str, list[str]] = {}
    found = False
    for table in tables:
        header = [cell.strip() for cell in table[0]]
        refuse_result_table(path, header)
        body = table[1:]
        column = _text_column(header, body)
        if column is None and len(header) == 1 and len(header[0]) >= _LONG:
            # One column whose first cell is a sentence has no header.
            column, body = 0, table
        if column is None:
            continue
        found = True
        for document, text in _rows(header, body, column):
            paragraphs.setdefault(document, []).append(text)
    if not found:
        columns = ", ".join(cell.strip()[:40] or "(no name)" for cell in tables[0][0][:20])
        raise DocumentError(
            f"No single column holds text. Its columns are: {columns}.",
            file=path,
            cure="Name the column with the text 'text'.",
        )
    return [(document, "\n\n".join(texts)) for document, texts in paragraphs.items()]


def _rows(header: list[str], body: list[list[str]], column: int) -> Iterator[tuple[str, str]]:
    documents = _named(header, _DOCUMENT, but=column)
    speakers = _named(header, _SPEAKER, but=column)
    for row in body:
        text = _cell(row, column)
        if not text:
            continue
        speaker = _cell(row, speakers)
        yield _cell(row, documents), f"{speaker}: {text}" if speaker else text


def _cell(row: Row, column: int | None) -> str:
    return "" if column is None or column >= len(row) else row[column].strip()


def _named(header: list[str], names: Sequence[str], *, but: int | None = None) -> int | None:
    lowered = [cell.casefold() for cell in header]
    for name in names:
        for wanted in (name, f"{name}s"):
            if wanted in lowered and lowered.index(wanted) != but:
                return lowered.index(wanted)
    return None


def _text_column(header: list[str], body: list[list[str]]) -> int | None:
    """Return the column with a known name, else the only one that holds running text."""
    column = _named(header, _TEXT)
    if column is not None:
        return column
    textual = []
    for place in range(len(header)):
        cells = [cell for row in body[:1000] if (cell := _cell(row, place))]
        words = sum(len(cell[:1000].split()) for cell in cells)
        if cells and words / len(cells) >= 4:
            textual.append(place)
    return textual[0] if len(textual) == 1 else None
