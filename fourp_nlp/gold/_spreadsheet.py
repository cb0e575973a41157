"""Reading a sheet that comes back from a spreadsheet: its rows, and whether they say what stands there."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, NamedTuple

from fourp_nlp.delimited import cell_reader
from fourp_nlp.errors import DocumentError, GoldError
from fourp_nlp.gold._cells import unguard
from fourp_nlp.gold._lines import separator_of
from fourp_nlp.gold._problems import Problem
from fourp_nlp.zipped import check_package

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

__all__ = ["SheetRows", "place_in", "read_rows", "saying", "short"]


class SheetRows(NamedTuple):
    """The cells of a sheet as text.

    Attributes
    ----------
    header : list of str
        The names of the columns, in lower case.
    body : list of (int, list of str)
        Every row that is not blank, with its number as a spreadsheet counts.
    """

    header: list[str]
    body: list[tuple[int, list[str]]]


def read_rows(path: Path, sheet: str) -> SheetRows:
    """Read a sheet's cells.

    Parameters
    ----------
    path : pathlib.Path
        CSV (UTF-8; comma, semicolon or tab) or XLSX.
    sheet : str
        Which sheet of a workbook; the first if there is none of this name.

    Returns
    -------
    SheetRows
        Header and rows.

    Raises
    ------
    GoldError
        If the file cannot be read, would expand without measure, or has no header.
    """
    return _workbook(path, sheet) if path.suffix.lower() == ".xlsx" else _text_file(path)


def saying(path: Path, number: int, found: list[Problem]) -> Callable[[str, str], None]:
    """Return what adds a problem and its cure, at one row of a sheet, to those found."""

    def say(problem: str, cure: str) -> None:
        found.append(Problem(str(path), number, problem, cure, "row"))

    return say


def _text_file(path: Path) -> SheetRows:
    try:
        text = path.read_bytes().decode("utf-8-sig")
        separator, text, skipped = separator_of(text)
        with cell_reader(io.StringIO(text, newline=""), delimiter=separator) as reader:
            lines = list(reader)
    except OSError as error:
        raise GoldError(f"It cannot be read: {error.strerror or error}.", file=path) from error
    except UnicodeDecodeError as error:
        raise GoldError(
            "The file is not UTF-8.", file=path, cure="Save it as 'CSV UTF-8', or as XLSX."
        ) from error
    except csv.Error as error:
        raise GoldError(
            f"The table cannot be read: {error}.", file=path, cure="Save it again as XLSX."
        ) from error
    return _with_numbers(path, lines, skipped)


def _workbook(path: Path, sheet: str) -> SheetRows:
    import openpyxl  # noqa: PLC0415 - only sheets from a spreadsheet program need it

    try:
        check_package(path, main="xl/", kind="Excel workbook")
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        try:
            name = sheet if sheet in book.sheetnames else book.sheetnames[0]
            lines = [
                [_cell(value) for value in row] for row in book[name].iter_rows(values_only=True)
            ]
        finally:
            book.close()
    except OSError as error:
        raise GoldError(f"It cannot be read: {error.strerror or error}.", file=path) from error
    except DocumentError as error:
        raise GoldError(error.problem, file=path, place=error.place, cure=error.cure) from error
    except Exception as error:
        raise GoldError(
            "It cannot be read as an Excel workbook.",
            file=path,
            cure="Open it in a spreadsheet program and save it again as XLSX.",
        ) from error
    return _with_numbers(path, lines, 0)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _with_numbers(path: Path, lines: list[list[str]], skipped: int) -> SheetRows:
    """Return the head, and every row that is not blank with its number in a spreadsheet."""
    if not lines or not any(cell.strip() for cell in lines[0]):
        raise GoldError(
            "Its first row does not hold the names of the columns.",
            file=path,
            cure="Put the sheet's own first row back.",
        )
    header = [unguard(cell.strip()).casefold() for cell in lines[0]]
    width = len(header)
    body = [
        (number, (row + [""] * width)[:width])
        for number, row in enumerate(lines[1:], start=2 + skipped)
        if any(cell.strip() for cell in row)
    ]
    return SheetRows(header, body)


def place_in(
    document: str,
    start: str,
    end: str,
    texts: Mapping[str, str],
    say: Callable[[str, str], None],
    *,
    anew: str = "draw anew",
) -> tuple[int, int] | None:
    """Return the span that a row names, or say why there is none, and what to do `anew`."""
    if document not in texts:
        say(f"There is no document '{document}'.", "Do not change that cell, or delete the row.")
        return None
    if not (start.isdecimal() and end.isdecimal() and len(start) < 18 and len(end) < 18):
        say(
            f"Start and end are '{start}' and '{end}', but must be whole numbers.",
            "Put back what the sheet said, or delete the row.",
        )
        return None
    if not 0 <= int(start) < int(end) <= len(texts[document]):
        say(
            f"The span {start} to {end} is not in '{document}', which has {len(texts[document])} "
            "characters.",
            f"Put back what the sheet said. If the document has changed, {anew}.",
        )
        return None
    return int(start), int(end)


def short(text: str) -> str:
    """Return a text as a message quotes it."""
    return repr(text) if len(text) <= 60 else repr(text[:60]) + "..."
