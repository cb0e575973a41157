"""Coding sheets: the columns of a sheet of drawn segments, and reading one that a person filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.errors import GoldError
from fourp_nlp.gold._cells import CODED, PART, unguard
from fourp_nlp.gold._problems import SHOWN, raise_all
from fourp_nlp.gold._spreadsheet import place_in, read_rows, saying, short
from fourp_nlp.spreadsheet import says
from fourp_nlp.tables import CODINGS, conform

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy.typing as npt

    from fourp_nlp.gold._problems import Problem

__all__ = ["PLACE_COLUMNS", "SHEET_NAME", "FilledSheet", "mark_columns", "read_sheet"]

PLACE_COLUMNS = ["draw", "order", "document", "start", "end", "before", "text", "after"]
"""What a sheet says of a segment; the columns to be marked and a note follow."""

SHEET_NAME = "segments"
"""Name of the sheet in a workbook."""

_NONE, _NOTE = "none", "note"
_NEEDED = ("document", "start", "end", "text")
_NO = {"0", "0.0", "no", "n", "false", "nein", "falsch", "non", "faux"}


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
    header, body = read_rows(path, SHEET_NAME)
    heads = mark_columns(codes)
    at = _columns(path, header, [*_NEEDED, *heads])
    texts = dict(zip(documents["document"], documents["text"], strict=True))
    found: list[Problem] = []
    rows: list[tuple[object, ...]] = []
    marks: list[list[bool]] = []
    first: dict[tuple[str, int, int], int] = {}
    for number, cells in body:
        say = saying(path, number, found)
        given = {name: cells[place].strip() for name, place in at.items()}
        document = given["document"]
        document = document if document in texts else unguard(document)
        place = place_in(document, given["start"], given["end"], texts, say)
        if place is None:
            continue
        stands = texts[document][place[0] : place[1]]
        if not says(cells[at["text"]], stands):
            say(
                f"The text is {short(given['text'])}, but at {place[0]} to {place[1]} "
                f"'{document}' says {short(stands)}.",
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
