"""Which codes a coder looked for, where a gold file or a sheet says so."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.coding.gold.columns import LOOKED_FOR

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    import numpy.typing as npt

__all__ = [
    "codes_in_cell",
    "codings_not_looked_for",
    "looked_for_of_places",
    "not_looked_for",
    "spread_lists_of_files",
]

_BETWEEN = re.compile(r"[\s,;|]+")
_SPAN = ["coder", "document", "start", "end"]


def codes_in_cell(cell: str) -> list[str]:
    """Return the ids of codes that a cell lists, with spaces, commas or semicolons between them.

    Parameters
    ----------
    cell : str
        The cell.

    Returns
    -------
    list of str
        Each once, in order.
    """
    return list(dict.fromkeys(code for code in _BETWEEN.split(cell) if code))


def spread_lists_of_files(rows: pd.DataFrame) -> pd.DataFrame:
    """Apply rows that list the codes looked for in a whole file to the other rows of the file.

    Such a row has a cell in the column looked_for, and no document, span, code or quote. What it says
    fills the empty cells of the coder's other rows in the same file.

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of gold files as text.

    Returns
    -------
    pandas.DataFrame
        The other rows, with a fresh index.
    """
    says = (rows[LOOKED_FOR] != "").to_numpy(dtype=bool)
    if not says.any():
        return rows
    empty = (rows[["document", "start", "end", "code"]] == "").all(axis=1)
    empty &= rows["quote"].astype("str").str.strip() == ""
    alone = says & empty.to_numpy(dtype=bool)
    other_rows = rows[~alone].reset_index(drop=True)
    if not alone.any() or other_rows.empty:
        return other_rows
    by_file = rows[alone].groupby(["file", "coder"])[LOOKED_FOR].agg(" ".join)
    cells_of_file = pd.Series(
        by_file.reindex(pd.MultiIndex.from_frame(other_rows[["file", "coder"]]))
        .fillna("")
        .to_numpy()
    )
    cells = other_rows[LOOKED_FOR].where(other_rows[LOOKED_FOR] != "", cells_of_file)
    return other_rows.assign(**{LOOKED_FOR: cells})


def looked_for_of_places(rows: pd.DataFrame, part: npt.NDArray[np.bool_]) -> pd.Series:
    """Return the codes that were looked for at the position of each row.

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows with file, coder, document, start, end and looked_for.
    part : ndarray of bool, shape (n_rows,)
        Which rows speak for their span alone; the others speak for their document.

    Returns
    -------
    pandas.Series of str
        Ids with spaces between them, in alphabetical order; empty for all codes. The rows of a document (or
        span) in one file speak together: those with an empty cell say what the others say. Where the files
        of a coder differ, all that was looked for by any of them was.
    """
    if not (rows[LOOKED_FOR] != "").any():
        return pd.Series("", index=rows.index, dtype="str")
    place = rows[["coder", "document"]].assign(
        start=rows["start"].where(part, -1), end=rows["end"].where(part, -1), part=part
    )
    key = place.groupby(list(place.columns), sort=False).ngroup()
    of_file = rows.assign(place=key).groupby(["place", "file"], sort=False)[LOOKED_FOR]
    joined: dict[int, str] = {}
    for number, cells in (
        of_file.agg(" ".join).reset_index()[["place", LOOKED_FOR]].itertuples(index=False)
    ):
        codes = codes_in_cell(cells)
        before = joined.get(number)
        if not codes or before == "":
            joined[number] = ""
        else:
            joined[number] = " ".join(sorted({*codes, *(before or "").split()}))
    return key.map(joined).astype("str")


def not_looked_for(looked_for: Iterable[str], codes: Sequence[str]) -> dict[str, str]:
    """Return, for lists of codes that were looked for, those that were not.

    Parameters
    ----------
    looked_for : iterable of str
        Lists, with spaces; empty for all codes.
    codes : sequence of str
        Ids of the codes that there are.

    Returns
    -------
    dict of str to str
        For each list the other codes, with spaces, in the order of `codes`.
    """

    def others(listed: Collection[str]) -> str:
        return " ".join(code for code in codes if code not in listed) if listed else ""

    return {cell: others(set(cell.split())) for cell in dict.fromkeys(looked_for)}


def codings_not_looked_for(codings: pd.DataFrame, coded: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Return which codings are of a span that was read again, with a code that was not looked for then.

    Parameters
    ----------
    codings : pandas.DataFrame
        The table CODINGS.
    coded : pandas.DataFrame
        The table CODED: spans, with the codes that were looked for in them.

    Returns
    -------
    ndarray of bool, shape (n_codings,)
        These say nothing against what was read again.
    """
    some = coded[coded[LOOKED_FOR] != ""].drop_duplicates(_SPAN).set_index(_SPAN)[LOOKED_FOR]
    cells = some.reindex(pd.MultiIndex.from_frame(codings[_SPAN])).fillna("")
    codes_of_cell = {cell: set(cell.split()) for cell in cells.unique()}
    return np.array(
        [
            bool(cell) and code not in codes_of_cell[cell]
            for cell, code in zip(cells, codings["code"], strict=True)
        ],
        dtype=bool,
    )
