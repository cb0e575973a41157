"""Reading the rows of a sheet, and comparing them with the documents."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, NamedTuple

from fourp_nlp.coding.gold.columns import unguard
from fourp_nlp.coding.gold.problems import Problem
from fourp_nlp.coding.gold.rows import separator_of
from fourp_nlp.errors import DocumentError, GoldError
from fourp_nlp.files.delimited import cell_reader
from fourp_nlp.files.table_limits import bounded, lines_of
from fourp_nlp.spreadsheets import cell_as_text, read_book, says

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

__all__ = ["SheetRows", "problem_collector", "read_rows", "text_of_row"]


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

    CSV (UTF-8; comma, semicolon or tab) or XLSX: the sheet of this name, or else the first. Raises
    GoldError if the file cannot be read, would expand without measure, or has no header.
    """
    return _workbook(path, sheet) if path.suffix.lower() == ".xlsx" else _text_file(path)


def problem_collector(
    path: Path, number: int, problems: list[Problem]
) -> Callable[[str, str], None]:
    """Return a function that adds a problem and its cure at one row of a sheet."""

    def say(problem: str, cure: str) -> None:
        problems.append(Problem(str(path), number, problem, cure, "row"))

    return say


def _text_file(path: Path) -> SheetRows:
    try:
        text = path.read_bytes().decode("utf-8-sig")
        separator, text, skipped = separator_of(text)
        with cell_reader(lines_of(text), delimiter=separator) as reader:
            lines = list(bounded(reader, path))
    except OSError as error:
        raise GoldError(f"It cannot be read: {error.strerror or error}.", file=path) from error
    except UnicodeDecodeError as error:
        raise GoldError(
            "The file is not UTF-8.", file=path, cure="Save it as 'CSV UTF-8', or as XLSX."
        ) from error
    except DocumentError as error:
        raise GoldError(error.problem, file=path, place=error.place, cure=error.cure) from error
    except csv.Error as error:
        raise GoldError(
            f"The table cannot be read: {error}.", file=path, cure="Save it again as XLSX."
        ) from error
    return _with_head(path, list(enumerate(lines, 1 + skipped)), 1 + skipped)


def _workbook(path: Path, sheet: str) -> SheetRows:
    try:
        book = read_book(path)
        names = [sheet, *book.names]
        name = next((name for name in names if name in book.names), None)
        rows = [] if name is None else book.sheet(name).rows
    except OSError as error:
        raise GoldError(f"It cannot be read: {error.strerror or error}.", file=path) from error
    except DocumentError as error:
        raise GoldError(error.problem, file=path, place=error.place, cure=error.cure) from error
    return _with_head(
        path, [(number, [cell_as_text(value) for value in row]) for number, row in rows]
    )


def _with_head(path: Path, rows: list[tuple[int, list[str]]], first: int = 1) -> SheetRows:
    """Return the header from the first row, and every row that is not blank."""
    if not rows or rows[0][0] != first or not any(cell.strip() for cell in rows[0][1]):
        raise GoldError(
            "Its first row does not hold the names of the columns.",
            file=path,
            cure="Put the sheet's own first row back.",
        )
    header = [unguard(cell.strip()).casefold() for cell in rows[0][1]]
    width = len(header)
    body = [
        (number, (row + [""] * width)[:width])
        for number, row in rows[1:]
        if any(cell.strip() for cell in row)
    ]
    return SheetRows(header, body)


def _place_in(
    document: str,
    start: str,
    end: str,
    texts: Mapping[str, str],
    say: Callable[[str, str], None],
    *,
    anew: str = "draw anew",
) -> tuple[int, int] | None:
    """Return the span of a row, or report why it has none."""
    if document not in texts:
        say(f"There is no document '{document}'.", "Do not change that cell, or delete the row.")
        return None
    if not (start.isdecimal() and end.isdecimal() and len(start) < 18 and len(end) < 18):
        say(
            f"Start and end are '{start}' and '{end}', but must be whole numbers.",
            "Restore the original cell, or delete the row.",
        )
        return None
    if not 0 <= int(start) < int(end) <= len(texts[document]):
        say(
            f"The span {start} to {end} is not in '{document}', which has {len(texts[document])} "
            "characters.",
            f"Restore the original cell. If the document has changed, {anew}.",
        )
        return None
    return int(start), int(end)


def text_of_row(
    cells: Sequence[str],
    at: Mapping[str, int],
    texts: Mapping[str, str],
    say: Callable[[str, str], None],
    *,
    anew: str = "draw anew",
) -> tuple[str, int, int, str] | None:
    """Return document, start, end and text of the segment of a row, or report why it has none.

    `at` has the numbers of the columns document, start, end and, optionally, text; `say` is given a
    problem and its cure; `anew` says what to do if the document has changed.
    """
    document = cells[at["document"]].strip()
    document = document if document in texts else unguard(document)
    start, end = (unguard(cells[at[name]].strip()) for name in ("start", "end"))
    place = _place_in(document, start, end, texts, say, anew=anew)
    if place is None:
        return None
    text = texts[document][place[0] : place[1]]
    if "text" in at and not says(cells[at["text"]], text):
        say(
            f"The text is {_short(cells[at['text']].strip())}, but at {place[0]} to {place[1]} "
            f"'{document}' says {_short(text)}.",
            f"Do not change text and place on a sheet. If the document has changed, {anew}.",
        )
        return None
    return document, *place, text


def _short(text: str) -> str:
    """Return a text as a message quotes it."""
    return repr(text) if len(text) <= 60 else repr(text[:60]) + "..."
