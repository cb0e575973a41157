"""Validating rows of gold files against documents and codebook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from fourp_nlp.coding.gold.columns import LOOKED_FOR, unguard
from fourp_nlp.columns import PART, WHOLE
from fourp_nlp.spreadsheets import cell_is_full, is_shortened, quote_cell
from fourp_nlp.tables import among

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt
    import pandas as pd

__all__ = ["Checked", "Fault", "check_rows", "quote_matches"]

Fault = Literal[
    "no document",
    "unknown document",
    "no coder",
    "no code",
    "unknown code",
    "no number",
    "out of range",
    "other text",
    "repeated",
    "unknown scope",
    "no span",
    "both",
    "unknown looked for",
    "not looked for",
]


class Checked(NamedTuple):
    """Parsed rows of gold files, and their faults.

    Parameters
    ----------
    nothing : numpy.ndarray of bool, shape (n_rows,)
        Rows that only say that a document was coded.
    part : numpy.ndarray of bool, shape (n_rows,)
        Rows that speak for their span alone; without a code, they say that it was read.
    start, end : numpy.ndarray of int64, shape (n_rows,)
        The spans, -1 where there is none.
    quotes : list of str
        The quotes, as in the documents wherever they match.
    first : numpy.ndarray of int64, shape (n_rows,)
        For each row the number of the first row with its document, span, code and coder.
    faults : dict of str to numpy.ndarray of bool, shape (n_rows,)
        For each kind of fault, the rows that have it.
    """

    nothing: npt.NDArray[np.bool_]
    part: npt.NDArray[np.bool_]
    start: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]
    quotes: list[str]
    first: npt.NDArray[np.int64]
    faults: dict[Fault, npt.NDArray[np.bool_]]


def check_rows(rows: pd.DataFrame, texts: Mapping[str, str], codes: Sequence[str]) -> Checked:
    """Find what is wrong with the rows of gold files.

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows as text: document, start, end, code, coder, quote, scope and, as ids with spaces between them,
        what was looked for where the row stands.
    texts : mapping of str to str
        The documents' texts.
    codes : sequence of str
        Ids of the codes that there are.

    Returns
    -------
    Checked
        What they hold, and what is wrong with them.
    """
    no_document, no_coder, no_code = (
        (rows[name] == "").to_numpy(dtype=bool) for name in ("document", "coder", "code")
    )
    spanless = (rows["start"] == "") & (rows["end"] == "") & (rows["quote"].str.strip() == "")
    part = (rows["scope"] == PART).to_numpy(dtype=bool)
    nothing = no_code & spanless.to_numpy(dtype=bool) & ~part
    known_document = rows["document"].isin(list(texts)).to_numpy(dtype=bool)
    # Eighteen digits are the most that are sure to fit 64 bits.
    digits = rows[["start", "end"]].apply(lambda cells: cells.str.fullmatch(r"-?[0-9]{1,18}"))
    numbers = digits.all(axis=1).to_numpy(dtype=bool)
    start, end = (
        rows[name].where(numbers, "-1").to_numpy().astype(np.int64) for name in ("start", "end")
    )
    lengths = rows["document"].map({name: len(text) for name, text in texts.items()})
    inside = (start >= 0) & (start < end) & (end <= lengths.fillna(-1).to_numpy(dtype=np.float64))
    placed = known_document & numbers & inside & ~nothing

    quotes = [str(quote) for quote in rows["quote"]]
    other_text = np.zeros(len(rows), dtype=bool)
    names = rows["document"].to_numpy()
    for row in np.flatnonzero(placed):
        stands = texts[names[row]][start[row] : end[row]]
        if quote_matches(quotes[row], stands):
            quotes[row] = stands
        else:
            other_text[row] = True

    # A span may be coded in a file of whole documents and in one of drawn segments: no repetition.
    kinds = rows[["document", "code", "coder"]].assign(start=start, end=end, part=part)
    first = _first_of_kind(kinds)
    spans = kinds[["document", "coder", "start", "end"]]
    coded_spans = spans[part & ~no_code]
    both = part & no_code & among(spans, coded_spans, spans.columns.tolist())
    repeats = (
        (first < np.arange(len(rows)))
        & ((placed & ~other_text) | (nothing & known_document))
        & ~no_coder
    )
    looked_for = {cell: set(str(cell).split()) for cell in rows[LOOKED_FOR].unique()}
    strange = {cell for cell, listed in looked_for.items() if not listed <= set(codes)}
    not_looked_for = np.array(
        [
            bool(looked_for[cell]) and code not in looked_for[cell]
            for cell, code in zip(rows[LOOKED_FOR], rows["code"], strict=True)
        ],
        dtype=bool,
    )
    return Checked(
        nothing,
        part,
        start,
        end,
        quotes,
        first,
        {
            "no document": no_document,
            "unknown document": ~known_document & ~no_document,
            "no coder": no_coder,
            "no code": no_code & ~nothing & ~part,
            "unknown code": ~no_code & ~rows["code"].isin(list(codes)).to_numpy(dtype=bool),
            "no number": ~numbers & ~nothing & ~(part & spanless.to_numpy(dtype=bool)),
            "out of range": known_document & numbers & ~inside & ~nothing,
            "other text": other_text,
            "repeated": repeats,
            "unknown scope": ~rows["scope"].isin(["", WHOLE, PART]).to_numpy(dtype=bool),
            "no span": part & spanless.to_numpy(dtype=bool),
            "both": both & placed,
            "unknown looked for": rows[LOOKED_FOR].isin(strange).to_numpy(dtype=bool),
            "not looked for": not_looked_for & ~no_code,
        },
    )


def quote_matches(quote: str, stands: str) -> bool:
    """Whether a cell is the text, or became what it is on its way through a spreadsheet."""
    forms = [
        form
        for spelling in (quote, unguard(quote))
        for form in (spelling, spelling.replace("\r\n", "\n"))
    ]
    if stands in forms:
        return True
    if is_shortened(quote) and quote_cell(stands) in forms:
        return True
    return any(cell_is_full(form) and stands.startswith(form) for form in forms)


def _first_of_kind(keys: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Return for each row the number of the first one that equals it."""
    # Numbered by first appearance, so that a kind's first row is where its number first occurs.
    kinds = keys.groupby(list(keys.columns), sort=False).ngroup().to_numpy()
    _, at = np.unique(kinds, return_index=True)
    return np.asarray(at[kinds], dtype=np.int64)
