"""Coding sheets: the columns of a sheet of drawn segments, and reading one that a person filled in."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.errors import DocumentError, GoldError
from fourp_nlp.gold._cells import CODED, PART, unguard
from fourp_nlp.gold._lines import separator_of
from fourp_nlp.gold._problems import SHOWN, Problem, raise_all
from fourp_nlp.tables import CODINGS, conform
from fourp_nlp.zipped import check_package

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import numpy.typing as npt

__all__ = ["PLACE_COLUMNS", "SHEET_NAME", "FilledSheet", "mark_columns", "read_sheet"]

PLACE_COLUMNS = ["draw", "order", "document", "start", "end", "before", "text", "after"]
"""What a sheet says of a segment; the columns to be marked and a note follow."""

SHEET_NAME = "segments"
"""Name of the sheet in a workbook."""

_NONE, _NOTE = "none", "note"
_NEEDED = ("document", "start", "end", "text")
_NO = {"0", "0.0", "no", "n", "false", "nein", "falsch", "non", "faux"}
_CUT = "[…cuthere:acellholdsnomore]"  # how the writer ends a cell that is full, without its spaces


class FilledSheet(NamedTuple):
    """What a person marked on a sheet.

    Attributes
    ----------
    rows : pandas.DataFrame
        One row a segment, in the order of the file: row (as a spreadsheet numbers it), draw,
        document, start, end, quote (the segment's text, exactly), note and read (whether anything
        was marked).
    marks : ndarray of bool, shape (n_rows, n_codes)
        The codes that were given.
    """

    rows: pd.DataFrame
    marks: npt.NDArray[np.bool_]

    def tables(self, coder: str, codes: Sequence[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return what was read as the tables CODINGS and CODED.

        Parameters
        ----------
        coder : str
            Who filled the sheet in.
        codes : sequence of str
            Ids of the codes, in the order of the marks.

        Returns
        -------
        codings, coded : pandas.DataFrame
            The codes given, and every segment that was read, of scope segment.
        """
        read = self.rows["read"].to_numpy(dtype=bool)
        row, column = np.nonzero(self.marks & read[:, None])
        given = self.rows.iloc[row].assign(code=np.asarray(codes, dtype=object)[column])
        coded = self.rows[read].assign(coder=coder, scope=PART)
        return conform(given.assign(coder=coder), CODINGS), conform(coded, CODED)


def mark_columns(codes: Sequence[str]) -> list[str]:
    """Return the heads of the columns to be marked: the codes, and ``none``.

    Parameters
    ----------
    codes : sequence of str
        Ids of the codes.

    Returns
    -------
    list of str
        One head a code, then none. A code whose id is the name of another column is headed
        ``code`` and its id.
    """
    taken = {*PLACE_COLUMNS, _NONE, _NOTE}
    return [*(f"code {code}" if code in taken else code for code in codes), _NONE]


def read_sheet(path: Path, documents: pd.DataFrame, codes: Sequence[str]) -> FilledSheet:
    """Read a sheet of drawn segments that a person filled in.

    Rows may stand in any order and be missing, columns may have moved, and columns of the person's own are
    passed over. Anything in a code's column is a mark but nothing, 0 and no. A row without
    any mark was not read yet.

    Parameters
    ----------
    path : pathlib.Path
        CSV or XLSX.
    documents : pandas.DataFrame
        The documents, with the columns document and text.
    codes : sequence of str
        Ids of the codes that there are.

    Returns
    -------
    FilledSheet
        Segments and marks.

    Raises
    ------
    GoldError
        If the file cannot be read, would expand without measure, or lacks a column; if a row's
        text is not what its document says at its place, a segment stands twice, or a row has both a
        code and ``none``. It names up to 20 rows.
    """
    header, body = _workbook(path) if path.suffix.lower() == ".xlsx" else _text_file(path)
    heads = mark_columns(codes)
    at = _columns(path, header, [*_NEEDED, *heads])
    texts = dict(zip(documents["document"], documents["text"], strict=True))
    found: list[Problem] = []
    rows: list[tuple[object, ...]] = []
    marks: list[list[bool]] = []
    first: dict[tuple[str, int, int], int] = {}
    for number, cells in body:
        say = _saying(path, number, found)
        given = {name: cells[place].strip() for name, place in at.items()}
        document = given["document"]
        document = document if document in texts else unguard(document)
        place = _place(document, given["start"], given["end"], texts, say)
        if place is None:
            continue
        stands = texts[document][place[0] : place[1]]
        if not _says(cells[at["text"]], stands):
            say(
                f"The text is {_short(given['text'])}, but at {place[0]} to {place[1]} "
                f"'{document}' says {_short(stands)}.",
                "Do not change text and place on a sheet. If the document has changed, draw anew.",
            )
            continue
        if (document, *place) in first:
            say(
                f"The row repeats row {first[document, *place]}.",
                "Delete one of them.",
            )
            continue
        first[document, *place] = number
        answers = [given[head].casefold() for head in heads]
        given_codes = [bool(answer) and answer not in _NO for answer in answers]
        if given_codes[-1] and any(given_codes[:-1]):
            named = heads[given_codes.index(True)]
            say(f"The row is marked both '{named}' and 'none'.", "Delete one of the marks.")
            continue
        read = any(given_codes) or any(answers[:-1])
        note = given.get(_NOTE, "")
        rows.append((number, given.get("draw", ""), document, *place, stands, note, read))
        marks.append(given_codes[:-1])
    raise_all(found[:SHOWN], len(found), what="The sheet has")
    names = ["row", "draw", "document", "start", "end", "quote", "note", "read"]
    return FilledSheet(
        pd.DataFrame(rows, columns=names), np.array(marks, dtype=bool).reshape(-1, len(codes))
    )


def _saying(path: Path, number: int, found: list[Problem]) -> Callable[[str, str], None]:
    def say(problem: str, cure: str) -> None:
        found.append(Problem(str(path), number, problem, cure, "row"))

    return say


def _text_file(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
        separator, text, skipped = separator_of(text)
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
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


def _workbook(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    import openpyxl  # noqa: PLC0415 - only sheets from a spreadsheet program need it

    try:
        check_package(path, main="xl/", kind="Excel workbook")
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        try:
            name = SHEET_NAME if SHEET_NAME in book.sheetnames else book.sheetnames[0]
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


def _with_numbers(
    path: Path, lines: list[list[str]], skipped: int
) -> tuple[list[str], list[tuple[int, list[str]]]]:
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
    return header, body


def _columns(path: Path, header: list[str], needed: list[str]) -> dict[str, int]:
    optional = [name for name in ("draw", _NOTE) if name in header]
    for name in (*needed, *optional):
        if header.count(name) == 1:
            continue
        missing = name not in header
        raise GoldError(
            f"The column '{name}' is {'missing' if missing else 'there more than once'}.",
            file=path,
            place="row 1",
            cure="Put it back from the sheet as it was written: without it, nobody can tell what was "
            "marked. If the codebook has changed since, draw anew."
            if missing
            else "Delete one of them.",
        )
    return {name: header.index(name) for name in (*needed, *optional)}


def _place(
    document: str,
    start: str,
    end: str,
    texts: Mapping[str, str],
    say: Callable[[str, str], None],
) -> tuple[int, int] | None:
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
            "Put back what the sheet said. If the document has changed, draw anew.",
        )
        return None
    return int(start), int(end)


def _says(cell: str, stands: str) -> bool:
    """Whether a cell is the text, or became what it is on its way through a spreadsheet."""
    wanted = _bare(stands)
    for form in (cell, cell.removeprefix("'")):
        said = _bare(form)
        if said == wanted:
            return True
        if said.endswith(_CUT) and wanted.startswith(said.removesuffix(_CUT)):
            return True
    try:
        # A spreadsheet makes 7 of 007, and 1.5 of 1.50.
        return float(cell) == float(stands)
    except ValueError:
        return False


def _bare(text: str) -> str:
    """Return what can be seen of a text: white space and control characters change on the way."""
    return "".join(filter(str.isprintable, "".join(text.split())))


def _short(text: str) -> str:
    return repr(text) if len(text) <= 60 else repr(text[:60]) + "..."
