"""Sheets of Taguette: CSV and XLSX, read as texts and written so that no cell is a formula."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.errors import DocumentError, ExchangeError, UnsafeDocumentError, UnsafeExchangeError
from fourp_nlp.files.delimited import cell_reader
from fourp_nlp.files.table_limits import bounded, lines_of
from fourp_nlp.spreadsheets import cell_as_text, cut_texts, read_book, write_csv, write_xlsx

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from fourp_nlp.exchange.exchange import Losses

__all__ = ["read_sheet", "write_sheet"]

MAX_BYTES = 256 * 1024**2
_CUT = "they are too long for a cell of Excel: they are cut and marked"
_AGAIN = "Export it from Taguette again."


def read_sheet(path: str | os.PathLike[str], *, needed: Sequence[str], what: str) -> pd.DataFrame:
    """Return the rows of a sheet as texts.

    The file is CSV in UTF-8, or XLSX, of which the first sheet is read. The `needed` columns must
    be there; `what` the sheet should be is for the error. Columns have lower-case names, and the
    column ``line`` has each row's number.

    Raises ExchangeError if the file cannot be read or has not these columns; UnsafeExchangeError if
    it is beyond the limits, or not what it says.
    """
    file = Path(path)
    try:
        if file.stat().st_size > MAX_BYTES:
            raise UnsafeExchangeError(
                f"The file is larger than {MAX_BYTES // 1024**2} MB.",
                file=file,
                cure="Export it in parts.",
            )
        rows = _workbook(file) if file.suffix.lower() == ".xlsx" else _delimited(file)
    except UnsafeDocumentError as error:
        raise UnsafeExchangeError(
            error.problem, file=file, place=error.place, cure=error.cure
        ) from error
    except DocumentError as error:
        raise ExchangeError(error.problem, file=file, place=error.place, cure=error.cure) from error
    except OSError as error:
        raise ExchangeError(f"It cannot be read: {error.strerror or error}.", file=file) from error
    if not rows:
        raise ExchangeError("The file is empty.", file=file, cure=_AGAIN)
    header = [cell.strip().casefold() for cell in rows[0][1]]
    missing = [name for name in needed if name not in header]
    if missing:
        raise ExchangeError(
            f"This is not {what}: it lacks the column(s) {', '.join(missing)}.",
            file=file,
            place="row 1",
            cure=f"Its columns must be {', '.join(needed)}; it has {', '.join(header)[:200]}.",
        )
    body = [(line, *(row + [""] * len(header))[: len(header)]) for line, row in rows[1:]]
    frame = pd.DataFrame(body, columns=["line", *header])
    return frame.loc[:, ~frame.columns.duplicated()]


def _delimited(file: Path) -> list[tuple[int, list[str]]]:
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ExchangeError(
            "The file is not UTF-8.",
            file=file,
            place=f"byte {error.start}",
            cure="Do not open and save it in a spreadsheet before it is read; or use the XLSX.",
        ) from error
    first = text[:10_000].split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    rows: list[tuple[int, list[str]]] = []
    line = 1
    try:
        with cell_reader(lines_of(text), delimiter=delimiter) as reader:
            for row in bounded(reader, file):
                if any(cell.strip() for cell in row):
                    rows.append((line, row))
                line = reader.line_num + 1
    except csv.Error as error:
        raise ExchangeError(
            f"The table cannot be split into cells: {error}.", file=file, cure=_AGAIN
        ) from error
    return rows


def _workbook(file: Path) -> list[tuple[int, list[str]]]:
    book = read_book(file)
    if not book.names:
        raise ExchangeError("The workbook has no sheet of cells.", file=file, cure=_AGAIN)
    rows = (
        (line, [cell_as_text(value) for value in row])
        for line, row in book.sheet(book.names[0]).rows
    )
    return [(line, cells) for line, cells in rows if any(cells)]


def write_sheet(
    frame: pd.DataFrame, path: str | os.PathLike[str], losses: Losses, *, sheet: str
) -> None:
    """Write a frame of texts and numbers as CSV or XLSX, by the suffix.

    `losses` gets texts that are too long for a cell. Raises FourpError if the file cannot be
    written.
    """
    if Path(path).suffix.lower() == ".xlsx":
        for column in frame.columns:
            cut = cut_texts(frame[column])
            losses.add(f"ends of texts in the column '{column}'", _CUT, cut)
        write_xlsx({sheet: frame}, path)
    else:
        write_csv(frame, path)
