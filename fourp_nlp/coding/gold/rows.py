"""Reading the rows of a gold file with their line numbers."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

from fourp_nlp.coding.gold.columns import COLUMNS, LOOKED_FOR, MEMO, SCOPE
from fourp_nlp.coding.gold.problems import Problem, nearest
from fourp_nlp.files.delimited import cell_reader
from fourp_nlp.files.table_limits import bounded, lines_of

__all__ = ["FileLines", "read_lines", "separator_of"]

_OPTIONAL = ("coder", SCOPE, LOOKED_FOR, MEMO)
_KNOWN = (*COLUMNS, SCOPE, LOOKED_FOR, MEMO)
_RESULTS = (".suggestions.csv", ".losses.csv")  # how `fourp suggest` and `fourp export` end names
_UNCLOSED = "Look for a quotation mark that is not closed; inside a cell it must be doubled."


class FileLines(NamedTuple):
    """The rows of a gold file as text, each with its file and line, and what is wrong with it."""

    rows: list[tuple[str | int, ...]]
    problems: list[Problem]


def read_lines(path: Path) -> FileLines:
    """Read the rows of a gold file.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    FileLines
        Rows of (file, line, document, start, end, code, coder, quote, scope, looked_for, memo), blank ones
        left out. A file without the column coder has its name there, one without the columns scope,
        looked_for or memo nothing. There are no rows if the file cannot be read or its columns are wrong.

    Raises
    ------
    UnsafeDocumentError
        If the table is larger than any table of codings.
    """
    name = str(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        return FileLines([], [Problem(name, 0, f"It cannot be read: {reason}.", "")])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        cure = "Save it again as 'CSV UTF-8'."
        return FileLines([], [Problem(name, line, "The file is not UTF-8.", cure)])
    delimiter, text, skipped = separator_of(text)
    numbered: list[tuple[int, list[str]]] = []
    line = 1 + skipped
    try:
        with cell_reader(lines_of(text), delimiter=delimiter) as reader:
            for row in bounded(reader, path):
                if any(cell.strip() for cell in row):
                    numbered.append((line, row))
                line = reader.line_num + 1 + skipped
    except csv.Error as error:
        return FileLines([], [Problem(name, line, f"The row cannot be read: {error}.", _UNCLOSED)])
    if not numbered:
        cure = f"Its first line must be: {','.join(COLUMNS)}"
        return FileLines([], [Problem(name, 0, "The file is empty.", cure)])
    if path.name.casefold().endswith(_RESULTS):
        problem = "This is a table of results, and no gold file."
        return FileLines([], [Problem(name, 0, problem, "Move it into the folder of reports.")])
    (line, header), *body = numbered
    columns = [cell.strip().lower() for cell in header]
    wrong = _wrong_columns(name, line, columns)
    return FileLines([], wrong) if wrong else _arrange(path, columns, body)


def separator_of(text: str) -> tuple[str, str, int]:
    """Return what separates the cells, the text to read, and how many lines were skipped.

    Parameters
    ----------
    text : str
        The file's text.

    Returns
    -------
    separator : str
        Comma, semicolon, tab, or what the first line names.
    text : str
        The text without such a line.
    skipped : int
        The number of lines left out.
    """
    first, _, rest = text.partition("\n")
    first = first.rstrip("\r")
    # Excel's own way of naming the separator, before the header.
    if len(first) == 5 and first.lower().startswith("sep="):
        return first[4], rest, 1
    header = next((line for line in text.splitlines() if line.strip()), "")
    n_columns = {
        separator: len(
            {cell.strip().strip('"').lower() for cell in header.split(separator)}.intersection(
                COLUMNS
            )
        )
        for separator in ",;\t"
    }
    return max(n_columns, key=lambda separator: n_columns[separator]), text, 0


def _wrong_columns(name: str, line: int, columns: list[str]) -> list[Problem]:
    """Say which columns are missing, doubled or misspelt."""
    problems = [
        Problem(
            name, line, f"The column '{column}' is there more than once.", "Delete one of them."
        )
        for column in _KNOWN
        if columns.count(column) > 1
    ]
    if {"code", "quote"} <= set(columns) and not {"start", "end"} & set(columns):
        problem = "This is a table of quotes without positions, and no gold file."
        cure = f"Move it out of this folder and import it: fourp import {Path(name).name} --coded-by NAME"
        return [*problems, Problem(name, line, problem, cure)]
    foreign = [column for column in columns if column and column not in _KNOWN]
    for column in _KNOWN:
        if column in columns:
            continue
        if column == MEMO:
            continue  # people have columns of their own for their notes
        if column in _OPTIONAL:
            meant = next(
                (name_of_other for name_of_other in foreign if column in name_of_other), ""
            )
            if not meant:
                continue
        else:
            meant = nearest(column, foreign)
        cure = f"It needs: {', '.join(COLUMNS)}."
        if meant:
            foreign.remove(meant)
            cure = f"Is it '{meant}'? Then rename that."
        problems.append(Problem(name, line, f"The column '{column}' is missing.", cure))
    return problems


def _arrange(path: Path, columns: list[str], body: list[tuple[int, list[str]]]) -> FileLines:
    """Put the cells in the order of the known columns; other columns are left out."""
    name, width = str(path), len(columns)
    places = [columns.index(column) if column in columns else -1 for column in _KNOWN]
    absent = {"coder": path.stem}
    rows: list[tuple[str | int, ...]] = []
    problems: list[Problem] = []
    for line, row in body:
        if any(cell.strip() for cell in row[width:]):
            problem = f"The row has {len(row)} cells, but there are {width} columns."
            cure = "A quote that contains the separator must be in quotation marks."
            problems.append(Problem(name, line, problem, cure))
            continue
        cells = row + [""] * (width - len(row))
        known_cells = (
            cells[at] if at >= 0 else absent.get(column, "")
            for column, at in zip(_KNOWN, places, strict=True)
        )
        rows.append((name, line, *known_cells))
    return FileLines(rows, problems)
