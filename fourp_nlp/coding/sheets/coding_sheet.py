"""Coding sheets: their columns, and reading a sheet that a person filled in."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.coding.gold.codes_looked_for import codes_in_cell
from fourp_nlp.coding.gold.columns import LOOKED_FOR
from fourp_nlp.coding.gold.problems import SHOWN, raise_all
from fourp_nlp.coding.sheets._sheet_rows import (
    SheetRows,
    problem_collector,
    read_rows,
    text_of_row,
)
from fourp_nlp.columns import PART
from fourp_nlp.errors import GoldError
from fourp_nlp.tables import CODED, CODINGS, conform

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import numpy.typing as npt

    from fourp_nlp.coding.gold.problems import Problem

__all__ = [
    "CANNOT_APPLY",
    "PLACE_COLUMNS",
    "SHEET_NAME",
    "SPEAKER_COLUMNS",
    "FilledSheet",
    "SheetRows",
    "filled_sheet",
    "mark_columns",
    "place_columns",
    "read_sheet",
]

PLACE_COLUMNS = ["draw", "order", "document", "start", "end", "before", "text", "after"]
"""What a sheet says of a segment; the columns to be marked and a note follow."""

SPEAKER_COLUMNS = ("speaker", "speaker_role")
"""What a sheet says of a segment besides, if anybody speaks, and if any role is set."""

SHEET_NAME = "segments"
"""Name of the sheet in a workbook."""

_NONE, _NOTE = "none", "note"
_NEEDED = ("document", "start", "end", "text")
_NO = {"0", "0.0", "no", "n", "false", "nein", "falsch", "non", "faux"}

CANNOT_APPLY = "n/a"
"""What stands in a cell of a code that cannot apply to the segment; it is no answer."""


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
    looked_for : ndarray of bool, shape (n_rows, n_codes)
        The codes that the sheet asked for in each row.
    notes : list of str
        Sentences for the reader: on codes that came or went after the sheet was written.
    """

    rows: pd.DataFrame
    marks: npt.NDArray[np.bool_]
    looked_for: npt.NDArray[np.bool_]
    notes: list[str]

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
            The codes given, and every segment that was read, of scope segment, with the codes that were
            looked for in it, if not all.
        """
        read = self.rows["read"].to_numpy(dtype=bool)
        row, column = np.nonzero(self.marks & read[:, None])
        given_rows = self.rows.iloc[row].assign(code=np.asarray(codes, dtype=object)[column])
        names = np.asarray(codes, dtype=object)
        cells = [
            "" if looked_for_in_row.all() else " ".join(names[looked_for_in_row])
            for looked_for_in_row in self.looked_for[read]
        ]
        coded = self.rows[read].assign(coder=coder, scope=PART, looked_for=cells)
        return conform(given_rows.assign(coder=coder), CODINGS), conform(coded, CODED)

    def marked_tables(
        self, coder: str, codes: Sequence[str], path: Path
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return the tables CODINGS and CODED of a sheet on which at least one row is marked.

        Parameters
        ----------
        coder : str
            Who filled the sheet in.
        codes : sequence of str
            Ids of the codes, in the order of the marks.
        path : pathlib.Path
            The sheet, for the message.

        Returns
        -------
        codings, coded : pandas.DataFrame
            As of `tables`.

        Raises
        ------
        GoldError
            If no row is marked.
        """
        codings, coded = self.tables(coder, codes)
        if coded.empty:
            raise GoldError(
                "No row of the sheet is marked.",
                file=path,
                cure="Put an x under each code that applies, or under none, and save the file.",
            )
        return codings, coded


def place_columns(sheet: pd.DataFrame) -> list[str]:
    """Return the columns of a sheet before those to be marked: `PLACE_COLUMNS`, and who speaks if it says so.

    Parameters
    ----------
    sheet : pandas.DataFrame
        The sheet.

    Returns
    -------
    list of str
        The speaker stands before the context.
    """
    at = PLACE_COLUMNS.index("before")
    named = [name for name in SPEAKER_COLUMNS if name in sheet.columns]
    return [*PLACE_COLUMNS[:at], *named, *PLACE_COLUMNS[at:]]


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
    used_names = {*PLACE_COLUMNS, *SPEAKER_COLUMNS, _NONE, _NOTE}
    return [*(f"code {code}" if code in used_names else code for code in codes), _NONE]


def read_sheet(
    path: Path,
    documents: pd.DataFrame,
    codes: Sequence[str],
    drawn: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> FilledSheet:
    """Read a sheet of drawn segments that a person filled in.

    Rows may stand in any order and be missing, columns may have moved, and columns of the person's own are
    passed over. Anything in a code's column is a mark but nothing, 0 and no. A row without
    any mark was not read yet.

    A sheet asks for the codes that there were when it was written, as far as `drawn` knows. A code that came
    later was looked for if the sheet has a column for it in which something is said, be it no, in any row of
    the draw. A sheet may have a column looked_for, which lists the codes that it asks for.

    Parameters
    ----------
    path : pathlib.Path
        CSV or XLSX.
    documents : pandas.DataFrame
        The documents, with the columns document and text.
    codes : sequence of str
        Ids of the codes that there are.
    drawn : mapping of str to sequence of str, optional
        For each draw, ids of the codes that there were then. A row of another draw was read for all codes.

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
    return filled_sheet(path, read_rows(path, SHEET_NAME), documents, codes, drawn)


def filled_sheet(
    path: Path,
    cells: SheetRows,
    documents: pd.DataFrame,
    codes: Sequence[str],
    drawn: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> FilledSheet:
    """Return what a person marked, from the cells of a sheet.

    Parameters
    ----------
    path : pathlib.Path
        What messages call the sheet.
    cells : SheetRows
        Its cells as text.
    documents, codes, drawn
        As for `read_sheet`.

    Returns
    -------
    FilledSheet
        Segments and marks.

    Raises
    ------
    GoldError
        As for `read_sheet`.
    """
    header, body = cells
    header = _present_heads(header, codes)
    mark_names = mark_columns(codes)
    sheet_codes = _Asked(header, body, codes, drawn)
    at = _columns(path, header, [*_NEEDED, *sheet_codes.needed, _NONE], sheet_codes.optional)
    texts = dict(zip(documents["document"], documents["text"], strict=True))
    problems: list[Problem] = []
    rows: list[tuple[object, ...]] = []
    marks: list[list[bool]] = []
    looked_for_cells: list[str] = []
    first: dict[tuple[str, int, int], int] = {}
    for number, row in body:
        say = problem_collector(path, number, problems)
        cell_by_column = {name: row[place].strip() for name, place in at.items()}
        segment = text_of_row(row, at, texts, say)
        if segment is None:
            continue
        place = segment[:3]
        if place in first:
            say(f"The row repeats row {first[place]}.", "Delete one of them.")
            continue
        first[place] = number
        answers = [cell_by_column.get(head, "").casefold() for head in mark_names]
        answers = ["" if answer == CANNOT_APPLY else answer for answer in answers]
        given_codes = [bool(answer) and answer not in _NO for answer in answers]
        marks_of_removed = [
            cell_by_column[head].casefold() for head in sheet_codes.gone if cell_by_column.get(head)
        ]
        if given_codes[-1] and any(given_codes[:-1]):
            named = mark_names[given_codes.index(True)]
            say(f"The row is marked both '{named}' and 'none'.", "Delete one of the marks.")
            continue
        answered = any(given_codes) or any(answers[:-1]) or any(marks_of_removed)
        sheet_codes.heard(
            cell_by_column.get("draw", ""),
            answers[:-1],
            sum(mark not in _NO for mark in marks_of_removed),
        )
        looked_for_cells.append(cell_by_column.get(LOOKED_FOR, ""))
        note = cell_by_column.get(_NOTE, "")
        rows.append((number, cell_by_column.get("draw", ""), *segment, note, answered))
        marks.append(given_codes[:-1])
    raise_all(problems[:SHOWN], len(problems), what="The sheet has")
    names = ["row", "draw", "document", "start", "end", "quote", "note", "read"]
    table = pd.DataFrame(rows, columns=names)
    given_marks = np.array(marks, dtype=bool).reshape(-1, len(codes))
    looked_for = np.array(
        [
            sheet_codes.of_row(str(draw), cell)
            for draw, cell in zip(table["draw"], looked_for_cells, strict=True)
        ],
        dtype=bool,
    ).reshape(-1, len(codes))
    return FilledSheet(table, given_marks, looked_for | given_marks, sheet_codes.notes())


def _present_heads(header: list[str], codes: Sequence[str]) -> list[str]:
    """Return the heads of a sheet as they are written now.

    Sheets did not say who speaks in earlier versions: a column called so is that of a code with this id.
    """
    heads = dict(zip(codes, mark_columns(codes)[:-1], strict=True))
    old = {
        code: heads[code]
        for code in SPEAKER_COLUMNS
        if code in heads and heads[code] not in header and code in header
    }
    return [old.get(name, name) for name in header]


class _Asked:
    """Codes that a sheet asks for: those of the codebook when it was drawn, and those that were added.

    Parameters
    ----------
    header : list of str
        The heads of the sheet's columns.
    body : list of (int, list of str)
        Its rows.
    codes : sequence of str
        Ids of the codes that there are.
    drawn : mapping of str to sequence of str
        For each draw the codes that there were.
    """

    def __init__(
        self,
        header: list[str],
        body: list[tuple[int, list[str]]],
        codes: Sequence[str],
        drawn: Mapping[str, Sequence[str]],
    ) -> None:
        self.codes = list(codes)
        self.head_of = dict(zip(codes, mark_columns(codes)[:-1], strict=True))
        place = header.index("draw") if header.count("draw") == 1 else -1
        draws = dict.fromkeys(row[place].strip() if place >= 0 else "" for _, row in body)
        self.drawn = {name: list(drawn[name]) for name in draws if name in drawn}
        list_column = header.index(LOOKED_FOR) if header.count(LOOKED_FOR) == 1 else -1
        listed = {
            code for _, row in body if list_column >= 0 for code in codes_in_cell(row[list_column])
        }
        self.listed = listed
        everything = len(self.drawn) < len(draws) or not draws
        codes_of_draws = {code for codes_of_draw in self.drawn.values() for code in codes_of_draw}
        asked_codes = [
            code
            for code in codes
            if (code in listed if list_column >= 0 else everything or code in codes_of_draws)
        ]
        self.needed = [self.head_of[code] for code in asked_codes]
        late = [code for code in codes if code not in asked_codes and self.head_of[code] in header]
        removed_codes = [code for code in codes_of_draws if code not in set(codes)]
        column_of_removed = dict(zip(removed_codes, mark_columns(removed_codes)[:-1], strict=True))
        self.gone = [
            column
            for column in column_of_removed.values()
            if column in header and column not in self.needed
        ]
        self.optional = [*(self.head_of[code] for code in late), *self.gone]
        self.optional += [name for name in ("draw", _NOTE, LOOKED_FOR) if name in header]
        self.has = {code for code in codes if self.head_of[code] in {*self.needed, *self.optional}}
        self.answered: dict[str, set[str]] = {name: set() for name in self.drawn}
        self.lost = 0

    def heard(self, draw: str, answers: Sequence[str], lost: int) -> None:
        """Record the codes that a row answers, and its number of marks for removed codes."""
        if draw in self.answered:
            self.answered[draw].update(
                code for code, answer in zip(self.codes, answers, strict=True) if answer
            )
        self.lost += lost

    def of_row(self, draw: str, cell: str) -> list[bool]:
        """Return which codes were looked for in a row of a draw."""
        if cell:
            asked_codes = set(codes_in_cell(cell))
        elif draw in self.drawn:
            asked_codes = {*self.drawn[draw], *self.answered[draw]}
        else:
            asked_codes = set(self.codes)
        return [code in asked_codes and code in self.has for code in self.codes]

    def notes(self) -> list[str]:
        """Say what came and went after the sheet was drawn."""
        sentences = []
        for draw, codes_of_draw in self.drawn.items():
            late = [code for code in self.codes if code not in {*codes_of_draw, *self.listed}]
            heard = [code for code in late if code in self.answered[draw]]
            silent = [code for code in late if code in self.has and code not in heard]
            absent = [code for code in late if code not in self.has]
            if heard:
                sentences.append(
                    f"{_listed(heard)} was added to the codebook after {draw} was drawn, and the sheet says "
                    "something of it: its rows count as read for it."
                )
            if silent:
                sentences.append(
                    f"{_listed(silent)} was added to the codebook after {draw} was drawn, and no row of the "
                    "sheet says anything in that column: its rows count as unread for it. Write 0 where it "
                    "does not apply, if it was looked for."
                )
            if absent:
                sentences.append(
                    f"{_listed(absent)} was added to the codebook after {draw} was drawn, and the sheet "
                    "has no column for it: its rows count as unread for it."
                )
        if self.lost:
            sentences.append(
                f"{self.lost} mark{'' if self.lost == 1 else 's'} of codes that are not in the codebook any "
                f"more ({', '.join(self.gone)}) {'is' if self.lost == 1 else 'are'} left out."
            )
        return sentences


def _listed(codes: Sequence[str]) -> str:
    return ", ".join(f"'{code}'" for code in codes)


def _columns(
    path: Path, header: list[str], needed: list[str], optional: list[str]
) -> dict[str, int]:
    for name in (*needed, *optional):
        if header.count(name) == 1:
            continue
        missing = name not in header
        raise GoldError(
            f"The column '{name}' is {'missing' if missing else 'there more than once'}.",
            file=path,
            place="row 1",
            cure="Restore it from the original sheet: without it, the marks cannot be read. If the codebook "
            "has changed since, draw again."
            if missing
            else "Delete one of them.",
        )
    return {name: header.index(name) for name in (*needed, *optional)}
