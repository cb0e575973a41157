"""Krippendorff's alphas for unitizing: coders mark spans of their own choice in a text, with codes.

References
----------
Krippendorff, K., Mathet, Y., Bouvry, S. and Widlocher, A. (2016). On the reliability of unitizing
    textual continua: further developments. Quality & Quantity 50, 2347-2364.
Krippendorff, K. (2019). Content analysis: an introduction to its methodology, 4th ed. Sage.
    Section 12.6.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from fourp_nlp.agreement.intervals.coefficients_of_share import OfShares, interleave
from fourp_nlp.agreement.intervals.document_intervals import Drawing, intervals_by_document
from fourp_nlp.agreement.intervals.share_intervals import Shares

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

__all__ = ["Spans", "Unitizing", "unitizing_alpha_of_code", "unitizing_alphas"]

Numbers = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

_ALL_GAPS = "no coder marked anything"
_NO_GAPS = "all coders marked everything, with one code"
_NO_MEETING = "no two coders marked the same text"
_ONE_CODE = "coders who marked the same text all used one code"
_NO_PAIR = "no document was read by two coders or more"


class Spans(NamedTuple):
    """Spans that coders marked, all arrays of the same length.

    Parameters
    ----------
    document : numpy.ndarray of int64
        Number of the document, from 0.
    coder : numpy.ndarray of int64
        Number of the coder, from 0.
    start, end : numpy.ndarray of int64
        Positions in the document's text: the first character, and the one after the last.
    code : numpy.ndarray
        The code.
    """

    document: npt.ArrayLike
    coder: npt.ArrayLike
    start: npt.ArrayLike
    end: npt.ArrayLike
    code: npt.ArrayLike


@dataclass(frozen=True)
class Unitizing:
    """The four alphas for unitizing, each with an interval by document.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per coefficient, with the columns coefficient ("u_alpha", "u_alpha_binary", "cu_alpha" or
        "ku_alpha"), code (that of ku_alpha, "" otherwise), value, low, high, coverage (the share of the text,
        of ku_alpha of the code's text, on which it rests), reason and no_interval.
    n_documents : int
        Documents that two coders or more read.
    length : int
        Length of their texts together.
    """

    table: pd.DataFrame
    n_documents: int
    length: int


class _Sums(NamedTuple):
    """Sums of each document: coincidences, and squared lengths of units, whole and where they overlap."""

    met: Numbers
    own: Numbers
    own_met: Numbers

    def flat(self) -> Numbers:
        n = len(self.met)
        return np.concatenate([each.reshape(n, -1) for each in self], axis=1)


def unitizing_alphas(
    spans: Spans,
    lengths: npt.ArrayLike,
    n_coders: int,
    *,
    codes: Sequence[Hashable] | None = None,
    read: npt.ArrayLike | None = None,
    drawing: Drawing | None = None,
) -> Unitizing:
    """Return Krippendorff's four alphas for unitizing, of any number of coders.

    Parameters
    ----------
    spans : Spans
        What the coders marked. Spans of one coder may touch, but not overlap: see
        `unitizing_alpha_of_code` for codes that do.
    lengths : array_like of int, shape (n_documents,)
        Length of each document's text.
    n_coders : int
        How many coders there are.
    codes : sequence, optional
        The codes for ku_alpha, in order. By default those that occur.
    read : array_like of bool, shape (n_documents, n_coders), optional
        Which coder read which document, by default all. A document that fewer than two read is
        left out.
    drawing : Drawing, optional
        How documents are resampled: by default 1000 times, for 95% intervals.

    Returns
    -------
    Unitizing
        u_alpha: do coders mark and code the same text the same way? u_alpha_binary: do they mark the same
        text, whatever the code? cu_alpha: do they give the same code to text that both marked? ku_alpha: the
        same for one code. Each has a reason if it is undefined.

    Raises
    ------
    ValueError
        If a span lies outside its document, is empty, overlaps with another of the same coder, or
        belongs to no coder or to one who did not read the document; or if lengths do not fit.

    Notes
    -----
    All documents form one continuum, one after the other. Units do not cross their ends, and only the total
    length of gaps counts. So the order of documents has no effect, and all sums below are sums over
    documents.

    With L a length, m coders, c and k codes or the gap (0), the observed coincidences are

        l_ck = sum over pairs of coders i, j and their segments g of c, h of k of
               L(S_ig and S_jh) / (m - 1)

    and those expected if units (not characters) are paired at random

        e_ck = l.. (l_c. l_.k - [c = k] s_c) / (l..^2 - sum_c s_c)

    where s_c is the sum of L(S_ig)^2 over units of code c: a unit cannot be paired with itself. A gap is not
    a unit, and s_0 is the length of all gaps. Then u_alpha = 1 - (l.. - sum_c l_cc) / (l.. - sum_c e_cc), and
    u_alpha_binary = 1 - l_0k / e_0k, summed over codes k.

    cu_alpha is the same on the coincidences l*_ck of codes alone, without gaps; there s*_c is the
    sum of L*(S_ig)^2, and L*(S_ig) is the unit's part of l*_c.: its length of overlap with other coders'
    units, over m - 1. ku_alpha = 1 - (e*_.k / l*_.k) (l*_.k - l*_kk) / (e*_.k - e*_kk). For more than two
    coders, other programs use another s*; this one gives the published 0.724 (see docs/agreement.md).

    For documents that not all coders read, m is the number of coders of that document. This is our extension,
    in analogy to missing labels in alpha.

    Examples
    --------
    >>> from fourp_nlp.agreement import Spans, unitizing_alphas
    >>> spans = Spans([0, 0], [0, 1], [10, 12], [20, 20], ["hope", "hope"])
    >>> table = unitizing_alphas(spans, [100], 2).table
    >>> table["coefficient"].tolist()
    ['u_alpha', 'u_alpha_binary', 'cu_alpha', 'ku_alpha']
    """
    drawing = drawing or Drawing()
    arrays, known, lengths_of, readers = _read(spans, lengths, n_coders, codes, read)
    _refuse_overlaps(arrays)
    sums = _sums(arrays, lengths_of, readers, len(known) + 1)
    used = readers.sum(axis=1) >= 2
    table = pd.DataFrame(
        _estimates(sums, used, known, drawing, _mean_length(arrays)), columns=list(_COLUMNS)
    )
    return Unitizing(table, int(used.sum()), int(lengths_of[used].sum()))


def unitizing_alpha_of_code(
    spans: Spans,
    lengths: npt.ArrayLike,
    n_coders: int,
    *,
    codes: Sequence[Hashable] | None = None,
    read: npt.ArrayLike | None = None,
    drawing: Drawing | None = None,
) -> pd.DataFrame:
    """Return alpha for unitizing for each code separately: its spans against all other text.

    Parameters
    ----------
    spans : Spans
        What the coders marked. Spans of different codes may overlap; overlapping spans of one coder and code
        are merged.
    lengths, n_coders, codes, read, drawing
        As `unitizing_alphas`.

    Returns
    -------
    pandas.DataFrame
        One row a code: code, value, low, high, coverage (the share of labels that are the code's:
        the mean over coders of the share of text), reason and no_interval.

    Raises
    ------
    ValueError
        As `unitizing_alphas`, but for overlaps.

    Notes
    -----
    This is u_alpha of `unitizing_alphas` with only one code, so it equals u_alpha_binary.

    Examples
    --------
    >>> from fourp_nlp.agreement import Spans, unitizing_alpha_of_code
    >>> spans = Spans([0, 0], [0, 1], [10, 12], [20, 20], ["hope", "hope"])
    >>> unitizing_alpha_of_code(spans, [100], 2)["value"].round(3).tolist()
    [0.879]
    """
    drawing = drawing or Drawing()
    arrays, known, lengths_of, readers = _read(spans, lengths, n_coders, codes, read)
    used = readers.sum(axis=1) >= 2
    rows = []
    for number, code in enumerate(known, start=1):
        chosen = _Arrays(*(each[arrays.code == number] for each in arrays))
        united = _united(chosen._replace(code=np.ones_like(chosen.code)))
        sums = _sums(united, lengths_of, readers, 2)
        row = next(_estimates(sums, used, [code], drawing, _mean_length(united)))
        met = sums.met[used].sum(axis=0)
        row["coverage"] = float(met[1].sum() / met.sum()) if met.sum() > 0 else np.nan
        rows.append({"code": code, **{name: row[name] for name in _COLUMNS[2:]}})
    return pd.DataFrame(rows, columns=["code", *_COLUMNS[2:]])


class _Arrays(NamedTuple):
    document: Whole
    coder: Whole
    start: Whole
    end: Whole
    code: Whole


_COLUMNS = ("coefficient", "code", "value", "low", "high", "coverage", "reason", "no_interval")


def _read(
    spans: Spans,
    lengths: npt.ArrayLike,
    n_coders: int,
    codes: Sequence[Hashable] | None,
    read: npt.ArrayLike | None,
) -> tuple[_Arrays, list[Hashable], Whole, npt.NDArray[np.bool_]]:
    """Return the spans as numbers (codes from 1), the codes, the lengths, and who read which document."""
    lengths_of = np.asarray(lengths, dtype=np.int64)
    shape = (len(lengths_of), n_coders)
    readers = np.ones(shape, dtype=bool) if read is None else np.asarray(read)
    if readers.shape != shape or readers.dtype != np.bool_:
        raise ValueError(f"read must hold True and False, and be of shape {shape}.")
    if (lengths_of < 0).any():
        raise ValueError("A document cannot be shorter than nothing.")
    document, coder, start, end = (np.asarray(each, dtype=np.int64) for each in spans[:4])
    names = pd.Series(np.asarray(spans.code), dtype=object)
    if len({len(document), len(coder), len(start), len(end), len(names)}) != 1:
        raise ValueError("Spans must be arrays of the same length.")
    if codes is None:
        numbers, known_codes = pd.factorize(names)
        known: list[Hashable] = list(known_codes)
    else:
        known = list(codes)
        numbers = pd.Index(known, dtype=object).get_indexer(pd.Index(names, dtype=object))
    arrays = _Arrays(document, coder, start, end, np.asarray(numbers, dtype=np.int64) + 1)
    if (arrays.code == 0).any():
        raise ValueError("A span has a code that is none of the codes.")
    if ((document < 0) | (document >= shape[0]) | (coder < 0) | (coder >= n_coders)).any():
        raise ValueError("A span belongs to no document or to no coder.")
    if ((start < 0) | (end <= start) | (end > lengths_of[document])).any():
        raise ValueError("A span is empty or lies outside its document.")
    if not readers[document, coder].all():
        raise ValueError("A coder marked a span in a document that they did not read.")
    return arrays, known, lengths_of, readers


def _mean_length(arrays: _Arrays) -> float:
    return float((arrays.end - arrays.start).mean()) if len(arrays.start) else 1.0


def _sorted(arrays: _Arrays) -> _Arrays:
    order = np.lexsort((arrays.start, arrays.document, arrays.coder))
    return _Arrays(*(each[order] for each in arrays))


def _refuse_overlaps(arrays: _Arrays) -> None:
    ordered = _sorted(arrays)
    same = (ordered.document[1:] == ordered.document[:-1]) & (
        ordered.coder[1:] == ordered.coder[:-1]
    )
    clash = np.flatnonzero(same & (ordered.start[1:] < ordered.end[:-1]))
    if clash.size:
        at = int(clash[0]) + 1
        raise ValueError(
            f"Coder {ordered.coder[at]} marked overlapping spans in document {ordered.document[at]}, at "
            f"{ordered.start[at]}: these coefficients are of text cut into pieces. Use "
            "unitizing_alpha_of_code for codes that overlap."
        )


def _united(arrays: _Arrays) -> _Arrays:
    """Return the spans, with overlapping spans of one coder merged."""
    ordered = _sorted(arrays)
    if not len(ordered.start):
        return ordered
    place = ordered.coder * (ordered.document.max() + 1) + ordered.document
    # Shifted so far apart that no span of one place reaches another, ends can be run through once.
    shift = place * (ordered.end.max() + 1)
    reached = np.maximum.accumulate(ordered.end + shift)
    first = np.concatenate([[True], ordered.start[1:] + shift[1:] >= reached[:-1]])
    last = np.append(np.flatnonzero(first)[1:] - 1, len(first) - 1)
    return _Arrays(
        ordered.document[first],
        ordered.coder[first],
        ordered.start[first],
        (reached - shift)[last],
        ordered.code[first],
    )


def _sums(arrays: _Arrays, lengths: Whole, readers: npt.NDArray[np.bool_], n_kinds: int) -> _Sums:
    """Return the sums of each document; kind 0 is the gap."""
    n_documents, n_coders = readers.shape
    others = np.maximum(readers.sum(axis=1) - 1, 1).astype(np.float64)
    offset = np.concatenate([[0], np.cumsum(lengths)])
    ordered = _sorted(arrays)
    start, end = ordered.start + offset[ordered.document], ordered.end + offset[ordered.document]
    cuts = np.unique(np.concatenate([offset, start, end]))
    size = np.diff(cuts).astype(np.float64)
    document = np.searchsorted(offset, cuts[:-1], side="right") - 1
    unit = np.full((len(size), n_coders), -1, dtype=np.int64)
    for coder in range(n_coders):
        mine = np.flatnonzero(ordered.coder == coder)
        if mine.size:
            at = np.searchsorted(start[mine], cuts[:-1], side="right") - 1
            inside = (at >= 0) & (cuts[:-1] < end[mine][at])
            unit[inside, coder] = mine[at[inside]]
    code = np.zeros(unit.shape, dtype=np.int64)
    code[unit >= 0] = ordered.code[unit[unit >= 0]]
    met = np.zeros(n_documents * n_kinds * n_kinds)
    meets = np.zeros(len(ordered.start))
    for one in range(n_coders):
        for other in range(n_coders):
            if one == other:
                continue
            both = readers[document, one] & readers[document, other]
            weight = (size / others[document])[both]
            cell = (document[both] * n_kinds + code[both, one]) * n_kinds + code[both, other]
            met += np.bincount(cell, weights=weight, minlength=len(met))
            marked = both & (unit[:, one] >= 0) & (unit[:, other] >= 0)
            meets += np.bincount(
                unit[marked, one],
                weights=(size / others[document])[marked],
                minlength=len(meets),
            )
    gaps = np.zeros(n_documents)
    for coder in range(n_coders):
        empty = (unit[:, coder] < 0) & readers[document, coder]
        gaps += np.bincount(document[empty], weights=size[empty], minlength=n_documents)
    cell = ordered.document * n_kinds + ordered.code
    width = n_documents * n_kinds
    whole, part = (
        np.bincount(cell, weights=each**2, minlength=width)
        .astype(np.float64)
        .reshape(n_documents, n_kinds)
        for each in (ordered.end - ordered.start, meets)
    )
    whole[:, 0] = gaps
    return _Sums(met.reshape(n_documents, n_kinds, n_kinds), whole, part)


def _split(flat: Numbers, n_kinds: int) -> _Sums:
    square = n_kinds * n_kinds
    return _Sums(
        flat[..., :square].reshape(*flat.shape[:-1], n_kinds, n_kinds),
        flat[..., square : square + n_kinds],
        flat[..., square + n_kinds :],
    )


def _divided(part: Numbers, whole: Numbers) -> Numbers:
    ratio = np.full(np.broadcast(part, whole).shape, np.nan)
    # What should be nothing can be a rounding error of sums of squares.
    np.divide(part, whole, out=ratio, where=whole > 1e-9)
    return ratio


def _expected(met: Numbers, squares: Numbers) -> tuple[Numbers, Numbers]:
    """Return the diagonal and the margins of the expected coincidences, shape (..., kinds)."""
    margins = met.sum(axis=-1)
    total = margins.sum(axis=-1, keepdims=True)
    scale = _divided(total, total**2 - squares.sum(axis=-1, keepdims=True))
    return scale * (margins**2 - squares), scale * (margins * total - squares)


def _alphas(flat: Numbers, n_kinds: int) -> Numbers:
    """Return u, binary, cu and each ku, shape (..., 3 + n_codes)."""
    sums = _split(flat, n_kinds)
    total = sums.met.sum(axis=(-1, -2))
    agree = np.einsum("...kk->...", sums.met)
    diagonal, margins = _expected(sums.met, sums.own)
    u = 1 - _divided(total - agree, total - diagonal.sum(axis=-1))
    binary = 1 - _divided(sums.met[..., 0, 1:].sum(axis=-1), margins[..., 0] - diagonal[..., 0])
    inner = sums.met[..., 1:, 1:]
    met = inner.sum(axis=-1)
    agreed = np.einsum("...kk->...k", inner)
    diagonal, margins = _expected(inner, sums.own_met[..., 1:])
    cu = 1 - _divided(
        met.sum(axis=-1) - agreed.sum(axis=-1), met.sum(axis=-1) - diagonal.sum(axis=-1)
    )
    ku = 1 - _divided(margins * (met - agreed), met * (margins - diagonal))
    return np.concatenate([np.stack([u, binary, cu], axis=-1), ku], axis=-1)


_PIECES = 3.0
_GAP_AND_CODES, _MARKED, _CODES = 0, 1, 2  # u_alpha, u_alpha_binary, cu_alpha: their places


def _of_shares(flat: Numbers, n_kinds: int, length: float) -> OfShares:
    """Return the coefficients as functions of shares of agreement, as for segments.

    The share of u_alpha is the length of text that coders marked alike, over the length that any coder
    marked. That of u_alpha_binary is the length that all coders marked, over the same. That of cu_alpha and
    ku_alpha is the length with the same code, over the length that two coders marked. Text of the length of a
    mean span counts as three units, because the overlap of two spans varies less than a yes or no.
    """
    by_document = _split(flat, n_kinds).met / max(length / _PIECES, 1.0)
    total = flat.sum(axis=0)
    each = []
    for at in range(2 + n_kinds):
        changing, agreed = _changing(at, n_kinds)
        parts = (by_document * agreed).sum(axis=(-1, -2)) / 2
        whole = (by_document * changing).sum(axis=(-1, -2)) / 2
        shares = Shares(parts[:, None], whole[:, None], np.zeros(1, dtype=bool))
        each.append(OfShares(shares, partial(_alpha_at, total, n_kinds, at)))
    return interleave(each)


def _changing(at: int, n_kinds: int) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return the coincidences that change with a coefficient's share, and which of them are agreement."""
    code = np.arange(n_kinds) > 0
    inner = code[:, None] & code
    diagonal = np.eye(n_kinds, dtype=bool)
    if at == _GAP_AND_CODES:
        changing = code[:, None] | code
        return changing, changing & diagonal
    if at == _MARKED:
        return code[:, None] | code, inner
    if at == _CODES:
        return inner, inner & diagonal
    is_code = np.arange(n_kinds) == at - _CODES
    changing = inner & (is_code[:, None] | is_code)
    return changing, changing & diagonal


def _alpha_at(total: Numbers, n_kinds: int, at: int, share: Numbers) -> Numbers:
    """Return a coefficient for another value of its share, shape (..., 1)."""
    changing, agreed = _changing(at, n_kinds)
    met = _split(total, n_kinds).met
    margins = met.sum(axis=-1)
    guess = np.outer(margins, margins)
    whole = float(met[changing].sum())
    spread = np.zeros((2, n_kinds, n_kinds))
    for way, cells in enumerate((changing & ~agreed, agreed)):
        held = np.where(cells, met, 0.0)
        chosen = held if held.sum() > 0 else np.where(cells, guess, 0.0)
        spread[way] = chosen / chosen.sum() if chosen.sum() > 0 else 0.0
    exact = share[..., None]
    coincidences = np.where(changing, 0.0, met) + whole * (
        exact * spread[1] + (1 - exact) * spread[0]
    )
    flat = np.broadcast_to(total, (*share.shape[:-1], len(total))).copy()
    flat[..., : n_kinds * n_kinds] = coincidences.reshape(*share.shape[:-1], n_kinds * n_kinds)
    return _alphas(flat, n_kinds)[..., [at]]


def _estimates(
    sums: _Sums,
    used: npt.NDArray[np.bool_],
    known: list[Hashable],
    drawing: Drawing,
    length: float,
) -> Iterator[dict[str, Any]]:
    """Yield a row for each coefficient: u_alpha first, then those of all codes, then that of each."""
    n_kinds = len(known) + 1
    flat = sums.flat()[used]

    def alphas(each: Numbers) -> Numbers:
        return _alphas(each, n_kinds)

    whole = _split(flat.sum(axis=0), n_kinds)
    values = alphas(flat.sum(axis=0))
    of_shares = _of_shares(flat, n_kinds, length)
    intervals = intervals_by_document(flat, alphas, drawing, of_shares=of_shares)
    names = ["u_alpha", "u_alpha_binary", "cu_alpha", *["ku_alpha"] * len(known)]
    total, inner = whole.met.sum(), whole.met[1:, 1:]
    of_code = whole.met.sum(axis=1)[1:]
    inner_share = float(inner.sum() / total) if total > 0 else np.nan
    coverage = [1.0, 1.0, inner_share, *_divided(inner.sum(axis=1), of_code)]
    for at, name in enumerate(names):
        undefined = bool(np.isnan(values[at]))
        yield {
            "coefficient": name,
            "code": known[at - 3] if at >= 3 else "",
            "value": float(values[at]),
            "low": float(intervals.low[at]),
            "high": float(intervals.high[at]),
            "coverage": float(coverage[at]),
            "reason": _why(name, whole, at - 2) if undefined else "",
            "no_interval": intervals.reasons[at],
        }


def _why(name: str, whole: _Sums, code: int) -> str:
    """Return why a coefficient is undefined."""
    total, gaps = float(whole.met.sum()), float(whole.met[0].sum())
    if total == 0:
        return _NO_PAIR
    if gaps == total:
        return _ALL_GAPS
    if name == "u_alpha":
        return _NO_GAPS
    if name == "u_alpha_binary":
        return "all coders marked everything" if gaps == 0 else _NO_PAIR
    inner = whole.met[1:, 1:]
    if inner.sum() == 0 or (name == "ku_alpha" and inner[code - 1].sum() == 0):
        return _NO_MEETING if name == "cu_alpha" else "no span of the code met another coder's span"
    return _ONE_CODE
