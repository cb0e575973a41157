"""Reads the tables of a file: CSV, or the sheets of a workbook."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fourp_nlp.documents import decoded
from fourp_nlp.errors import DocumentError, ExchangeError, UnsafeDocumentError, UnsafeExchangeError
from fourp_nlp.files.delimited import cell_reader
from fourp_nlp.files.table_limits import bounded, lines_of
from fourp_nlp.spreadsheets import cell_as_text, cell_is_formula, read_book

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Collection, Iterable, Sequence

    import numpy.typing as npt

    from fourp_nlp.exchange.exchange import Losses
    from fourp_nlp.spreadsheets import Book

__all__ = [
    "TableFile",
    "TableFiles",
    "is_workbook",
    "read_tables",
]

_BOOKS = (".xlsx", ".xlsm")
_TEXTS = (".csv", ".tsv", ".tab", ".txt")
_OTHER = {
    ".xls": "an old Excel workbook (97-2003)",
    ".xlsb": "a binary Excel workbook",
    ".ods": "an OpenDocument table",
    ".numbers": "a Numbers table",
}
_SEPARATORS = ",;\t|"
_HEAD_WITHIN = 20  # rows above the head that a title may take
_MOST_CELLS = 50_000_000


class TableFile(NamedTuple):
    """A table as it was read.

    Attributes
    ----------
    path : pathlib.Path
        The file.
    header : list of str
        Heads of the columns, without white space at their ends.
    numbers : ndarray of int64, shape (n_rows,)
        Number of each row below the head, as a spreadsheet counts.
    rows : list of list
        Their cells; a row may be shorter than the head.
    book : Book or None
        The workbook, if it is one.
    sheet : str
        Which of its sheets the table is on; empty for a text file.
    remarks : tuple of str
        What the user should know about the file, as sentences.
    above : tuple of str
        What the cells above the head say, such as a title.
    """

    path: Path
    header: list[str]
    numbers: npt.NDArray[np.int64]
    rows: list[list[object]]
    book: Book | None
    sheet: str
    remarks: tuple[str, ...]
    above: tuple[str, ...] = ()

    def texts(self, at: int | None) -> list[str]:
        """Return a column's cells as texts, without the apostrophe that kept them from being formulas.

        Parameters
        ----------
        at : int or None
            The column's place; None for one that is not there.

        Returns
        -------
        list of str, length n_rows
            What the cells say.
        """
        if at is None:
            return [""] * len(self.rows)
        cells = [row[at] if at < len(row) else "" for row in self.rows]
        if self.book is None:
            return [_unguarded(cell) if cell[:1] == "'" else cell for cell in cells]  # type: ignore[index, arg-type, misc]
        return [cell if isinstance(cell, str) else cell_as_text(cell) for cell in cells]  # type: ignore[arg-type]


def is_workbook(path: str | os.PathLike[str]) -> bool:
    """Return whether a file's name says that it is a workbook, and not a text file.

    Parameters
    ----------
    path : str or os.PathLike
        The file.

    Returns
    -------
    bool
        Whether it is.

    Raises
    ------
    ExchangeError
        If its name says neither.
    """
    suffix = Path(path).suffix.lower()
    if suffix in _BOOKS:
        return True
    if suffix in _TEXTS:
        return False
    what = _OTHER.get(suffix)
    raise ExchangeError(
        f"This is {what}, which is not read."
        if what
        else f"'{suffix}' is not the ending of a table.",
        file=path,
        cure="Save it as .xlsx or .csv." if what else "Tables end in .csv, .tsv or .xlsx.",
    )


class TableFiles(NamedTuple):
    """The tables of a file: one, or one for each sheet of a workbook that has the head.

    Attributes
    ----------
    tables : list of TableFile
        At least one.
    passed : list of str
        Names of sheets with cells that were not read.
    """

    tables: list[TableFile]
    passed: list[str]

    @property
    def book(self) -> Book | None:
        """The workbook, if it is one."""
        return self.tables[0].book

    @property
    def remarks(self) -> list[str]:
        """What the user should know about the file, as sentences."""
        return list(self.tables[0].remarks)

    def rows_named(self, table: TableFile) -> list[object]:
        """Return what messages call a table's rows: numbers, with the sheet if there are several."""
        numbers = table.numbers.tolist()
        if len(self.tables) == 1:
            return list(numbers)
        return [f"{number} of sheet '{table.sheet}'" for number in numbers]

    def add_unread_sheets(self, losses: Losses) -> None:
        """Tell which sheets were not read."""
        losses.add("sheets", "they are not tables of this kind, and were not read", self.passed)


def read_tables(
    path: str | os.PathLike[str],
    sheet: str,
    is_head: Callable[[list[str]], bool],
    *,
    beside: Collection[str] = (),
) -> TableFiles:
    """Read a table, or all tables of one kind in a workbook.

    Parameters
    ----------
    path : str or os.PathLike
        CSV (comma, semicolon, tab or bar; UTF-8, UTF-16 or what Windows writes) or XLSX.
    sheet : str
        Name of the sheet of a workbook that comes first.
    is_head : callable
        Whether the cells of a row are the head that is looked for.
    beside : collection of str
        Names of sheets that are read separately.

    Returns
    -------
    TableFiles
        The tables. The head of each is the first row, among the first twenty, that `is_head` knows. If it
        knows none: the first sheet with its first row that is not blank.

    Raises
    ------
    ExchangeError
        If it cannot be read, is damaged or empty.
    UnsafeExchangeError
        If it would expand beyond the limits, or does not match its ending.
    """
    file = Path(path)
    try:
        if is_workbook(file):
            book = read_book(file)
            sheets = _sheets(book, sheet, beside)
            chosen = [(name, rows) for name, rows in sheets if _head_at(rows, is_head) is not None]
            chosen = chosen or sheets[:1]
            names = {name for name, _ in chosen}
            passed = [name for name, _ in sheets if name not in names]
            tables = [_table(file, rows, is_head, book, name) for name, rows in chosen]
        else:
            text_rows, remarks = _of_text(file, is_head)
            rows = _not_blank(text_rows)
            tables = [_table(file, rows, is_head, None, "", remarks)] if rows else []
            passed = []
    except OSError as error:
        raise ExchangeError(f"It cannot be read: {error.strerror or error}.", file=file) from error
    except UnsafeDocumentError as error:
        raise UnsafeExchangeError(
            error.problem, file=file, place=error.place, cure=error.cure
        ) from error
    except DocumentError as error:
        raise ExchangeError(error.problem, file=file, place=error.place, cure=error.cure) from error
    if not tables:
        raise ExchangeError(
            "The table is empty.", file=file, cure="Its first row must name its columns."
        )
    if sum(len(table.rows) * len(table.header) for table in tables) > _MOST_CELLS:
        raise UnsafeExchangeError(
            f"The table spans more than {_MOST_CELLS:,} cells.",
            file=file,
            cure="Delete columns that are not needed, or divide the table.",
        )
    return TableFiles(tables, passed)


def _sheets(
    book: Book, first: str, beside: Collection[str]
) -> list[tuple[str, list[tuple[int, list[object]]]]]:
    """Return the sheets that hold something, and their rows."""
    if not book.names:
        raise DocumentError("The workbook has no sheet of cells.", cure="Save it as XLSX anew.")
    names = sorted(book.names, key=lambda name: name != first)
    sheets = [(name, _not_blank(book.sheet(name).rows)) for name in names if name not in beside]
    return [(name, rows) for name, rows in sheets if rows]


def _not_blank(rows: Iterable[tuple[int, Sequence[object]]]) -> list[tuple[int, list[object]]]:
    return [
        (number, list(cells)) for number, cells in rows if any(not _blank(cell) for cell in cells)
    ]


def _head_at(
    rows: list[tuple[int, list[object]]], is_head: Callable[[list[str]], bool]
) -> int | None:
    """Return which of the first rows is the head; None if none is."""
    heads = (_head(cells) for _, cells in rows[:_HEAD_WITHIN])
    return next((at for at, cells in enumerate(heads) if is_head(cells)), None)


def _table(
    file: Path,
    rows: list[tuple[int, list[object]]],
    is_head: Callable[[list[str]], bool],
    book: Book | None,
    name: str,
    remarks: tuple[str, ...] = (),
) -> TableFile:
    at = _head_at(rows, is_head) or 0
    body = rows[at + 1 :]
    return TableFile(
        file,
        _head(rows[at][1]),
        np.array([number for number, _ in body], dtype=np.int64),
        [cells for _, cells in body],
        book,
        name,
        remarks,
        tuple(text for _, cells in rows[:at] for text in _head(cells) if text),
    )


def _unguarded(text: str) -> str:
    return text[1:] if text.startswith("'") and cell_is_formula(text.lstrip("'")) else text


def _blank(cell: object) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _head(cells: Sequence[object]) -> list[str]:
    heads = [_unguarded(" ".join(cell_as_text(cell).split())) for cell in cells]  # type: ignore[arg-type]
    while heads and not heads[-1]:
        heads.pop()
    return heads


def _of_text(
    path: Path, is_head: Callable[[list[str]], bool]
) -> tuple[list[tuple[int, list[object]]], tuple[str, ...]]:
    text, remarks = _decoded(path)
    first, _, rest = text.partition("\n")
    first = first.rstrip("\r")
    skipped = 0
    # Excel's own way of naming the separator, before the head.
    if len(first) == 5 and first.lower().startswith("sep="):
        separator, text, skipped = first[4], rest, 1
    else:
        separator = _separator(text, is_head)
    rows: list[tuple[int, list[object]]] = []
    line = skipped
    try:
        with cell_reader(lines_of(text), delimiter=separator) as reader:
            for number, row in enumerate(bounded(reader, path), 1 + skipped):
                rows.append((number, list[object](row)))
                line = reader.line_num + skipped
    except csv.Error as error:
        raise DocumentError(
            f"The table cannot be split into cells: {error}.",
            place=f"line {line + 1}",
            cure="Look for a quotation mark that is not closed; inside a cell it must be doubled.",
        ) from error
    return rows, remarks


def _decoded(path: Path) -> tuple[str, tuple[str, ...]]:
    content = decoded(path.read_bytes(), file=path)
    remarks = [
        f"The file is {doubt}" if doubt.startswith("read ") else doubt for doubt in content.doubts
    ]
    if content.encoding.startswith("utf-16"):
        remarks.insert(0, "The file is UTF-16, as Excel's 'Unicode text' is.")
    remarks = [f"{remark[:1].upper()}{remark[1:]}" for remark in (*remarks, *content.remarks)]
    return content.text.removeprefix("\ufeff"), tuple(remarks)


def _separator(text: str, is_head: Callable[[list[str]], bool]) -> str:
    """Return what stands between the cells: what makes a head, else what divides the first row most."""
    lines = [line for line in text[:100_000].splitlines() if line.strip()][:_HEAD_WITHIN]
    best = (False, 0)
    best_separator = ","
    for separator in _SEPARATORS:
        heads = []
        for line in lines:
            with cell_reader([line], delimiter=separator, strict=False) as reader:
                heads.append(next(reader))
        known = any(is_head([cell.strip() for cell in head]) for head in heads)
        rank = (known, max((len(head) for head in heads), default=0))
        if rank > best:
            best, best_separator = rank, separator
    return best_separator
