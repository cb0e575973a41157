"""The agreement of many pairs of coders on every code, all pairs at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from fourp_nlp.agreement.cautions import (
    beside_interval,
    counts_told,
    documents_with_code,
    little_is_known,
)
from fourp_nlp.agreement.formulas.indices import shares_of
from fourp_nlp.agreement.intervals.bootstrap_estimate import number_documents
from fourp_nlp.agreement.intervals.coefficients_of_share import carried_coefficients
from fourp_nlp.agreement.intervals.document_intervals import (
    Drawing,
    Intervals,
    intervals_by_document,
    no_intervals,
)
from fourp_nlp.agreement.intervals.tallies import Patterns, Tallies, features_of
from fourp_nlp.agreement.many_coders import (
    APART,
    COEFFICIENTS,
    KINDS,
    below_of,
    caution_of,
    reason_of,
    values_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fourp_nlp.agreement.many_coders import Units

__all__ = ["agreement_of_pairs"]

Numbers = npt.NDArray[np.float64]

_TWO = 2
# No label, 0 and 1 of the first coder, beside each of the second.
_PATTERNS = np.array([(one, other) for one in (-1, 0, 1) for other in (-1, 0, 1)], dtype=np.int64)
_NAMES = list(COEFFICIENTS)
# Resampled sums and coefficients that are held at once: about 100 MB.
_BLOCK = 2_000_000


class _Measured(NamedTuple):
    """Sums of all documents, coefficients and their intervals, of each pair and code."""

    whole: Numbers
    value: Numbers
    low: Numbers
    high: Numbers
    reasons: npt.NDArray[np.object_]
    below: npt.NDArray[np.object_]
    n_documents: npt.NDArray[np.int64]
    held: npt.NDArray[np.int64]


def agreement_of_pairs(
    labels: Numbers,
    codes: Sequence[str],
    documents: npt.ArrayLike,
    *,
    units: Units = "all",
    drawing: Drawing | None = None,
) -> pd.DataFrame:
    """Return what `agreement_of_codes` returns of two coders, for many pairs of coders at once.

    Parameters
    ----------
    labels : numpy.ndarray of float64, shape (n_pairs, n_units, 2, n_codes)
        1 where a coder gave the code, 0 where not, nan where the coder did not look for it, and in units that
        are none of this pair's.
    codes : sequence of str, length n_codes
        Ids of the codes.
    documents : array_like, shape (n_units,)
        Id of each unit's document.
    units : {"all", "any_code", "this_code"}
        Which units of each pair.
    drawing : Drawing, optional
        How documents are drawn.

    Returns
    -------
    pandas.DataFrame
        The columns of `agreement_of_codes`, and before them pair: the number of the pair, from 0. Values and
        intervals are the same to the last digits.

    Notes
    -----
    A pair's documents are those in which one of the two has any label. Pairs with the same documents draw
    the same ones, so that their sums are drawn together.
    """
    drawing = drawing or Drawing()
    drawing.check()
    n_pairs, n_units, _, n_codes = labels.shape
    numbers = number_documents(documents, n_units)
    n_documents = int(numbers.max()) + 1 if numbers.size else 0
    sums = _sums(labels, numbers, n_documents, units)
    used = np.asarray((Tallies(sums, _TWO, _TWO).coded > 0).any(axis=2)).T
    shape = (n_pairs, n_codes)
    made = _Measured(
        sums.sum(axis=0),
        np.full((*shape, len(_NAMES)), np.nan),
        np.full((*shape, len(_NAMES)), np.nan),
        np.full((*shape, len(_NAMES)), np.nan),
        np.full((*shape, len(_NAMES)), "", dtype=object),
        np.full((*shape, len(_NAMES)), "", dtype=object),
        (Tallies(sums, _TWO, _TWO).paired > 0).sum(axis=0),
        documents_with_code(Tallies(sums, _TWO, _TWO)),
    )
    made.value[:] = values_of(Tallies(made.whole, _TWO, _TWO), _NAMES)
    made.below.fill((np.nan,) * len(drawing.minima))
    for of_group, mask in _alike(used, n_codes, drawing.resamples):
        own = sums[mask][:, of_group]
        found = _drawn(own, made.n_documents[of_group], made.value[of_group], drawing)
        wide = (len(of_group), n_codes, len(_NAMES))
        made.low[of_group], made.high[of_group] = found.low.reshape(wide), found.high.reshape(wide)
        made.reasons[of_group] = np.array(found.reasons, dtype=object).reshape(wide)
        if found.below is not None:
            for at, place in enumerate(np.ndindex(wide)):
                chances = below_of(_NAMES[place[-1]], found, at, drawing.minima)
                made.below[(of_group[place[0]], *place[1:])] = chances
    return _table(made, codes, units)


def _sums(
    labels: Numbers, documents: npt.NDArray[np.int64], n_documents: int, units: Units
) -> Numbers:
    """Return the sums of each document, shape (n_documents, n_pairs, n_codes, width)."""
    n_pairs, _, _, n_codes = labels.shape
    given = np.where(np.isnan(labels), -1.0, labels).astype(np.int8)
    coded = (given == 1).any(axis=2)
    if units == "any_code":
        coded = np.broadcast_to(coded.any(axis=2, keepdims=True), coded.shape)
    pattern = (given[:, :, 0] + 1) * 3 + given[:, :, 1] + 1
    if units != "all":
        pattern = np.where(coded, pattern, 0)
    column = np.arange(n_pairs * n_codes).reshape(n_pairs, 1, n_codes)
    at = (documents[None, :, None] * (n_pairs * n_codes) + column) * len(_PATTERNS) + pattern
    size = n_documents * n_pairs * n_codes * len(_PATTERNS)
    counts = np.bincount(at.ravel(), minlength=size).astype(np.float64)
    features = features_of(Patterns(_PATTERNS, np.empty(0, dtype=np.int64), _TWO), _TWO, APART)
    return np.asarray(counts.reshape(n_documents, n_pairs, n_codes, len(_PATTERNS)) @ features)


def _alike(
    used: npt.NDArray[np.bool_], n_codes: int, resamples: int
) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]]:
    """Yield pairs with the same documents, as many as can be drawn at once, and which these are."""
    masks, which = np.unique(used, axis=0, return_inverse=True)
    step = max(1, _BLOCK // max(1, n_codes * len(_NAMES) * max(1, resamples)))
    for number, mask in enumerate(masks):
        pairs = np.flatnonzero(which.ravel() == number)
        for start in range(0, len(pairs), step):
            yield pairs[start : start + step], mask


def _drawn(
    sums: Numbers, n_documents: npt.NDArray[np.int64], values: Numbers, drawing: Drawing
) -> Intervals:
    def coefficients(flat: Numbers) -> Numbers:
        made = values_of(Tallies(flat, _TWO, _TWO), _NAMES)
        return made.reshape(len(made), -1)

    if not sums.size:
        return no_intervals(n_documents.size * len(_NAMES), "")
    counted = np.repeat(n_documents.ravel(), len(_NAMES))
    flat = sums.reshape(len(sums), -1, sums.shape[-1])
    carried = carried_coefficients(
        Tallies(flat, _TWO, _TWO), _NAMES, values.reshape(-1, len(_NAMES))
    )
    return intervals_by_document(sums, coefficients, drawing, counted=counted, carried=carried)


def _table(made: _Measured, codes: Sequence[str], units: Units) -> pd.DataFrame:
    n_pairs, n_codes, n_names = made.value.shape
    sums = Tallies(made.whole, _TWO, _TWO)
    shares = shares_of(sums)
    known = ~np.isnan(shares)
    number = known.sum(axis=2)
    mean = np.where(known, shares, 0.0).sum(axis=2) / np.maximum(number, 1)
    mean = np.where(number > 0, mean, np.nan)
    bias = 2.0 * shares.std(axis=2, ddof=1) / np.sqrt(float(_TWO))
    reasons = np.full(made.value.shape, "", dtype=object)
    for pair, code, name in np.argwhere(np.isnan(made.value)):
        one = Tallies(made.whole[pair, code], _TWO, _TWO)
        reasons[pair, code, name] = reason_of(_NAMES[name], one, units)

    met = sums.table
    given = np.stack(
        [
            met[..., 1, 1],
            met[..., 1, 0] + met[..., 0, 1],
            met[..., 1, :].sum(-1),
            met[..., 1].sum(-1),
        ],
        axis=-1,
    ).reshape(-1, 4)
    told = [counts_told(each) for each in given]
    little = [
        little_is_known(each["both"] + each["some"], int(held))
        for each, held in zip(told, made.held.ravel(), strict=True)
    ]
    cautions = [
        caution_of(name, units) if reason else beside_interval(caution_of(name, units), says, name)
        for (says, name), reason in zip(
            ((says, name) for says in little for name in _NAMES), made.reasons.ravel(), strict=True
        )
    ]

    def spread(of_codes: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
        return np.repeat(of_codes.ravel(), n_names)

    return pd.DataFrame(
        {
            "pair": np.repeat(np.arange(n_pairs), n_codes * n_names),
            "units": units,
            "code": np.tile(np.repeat(np.asarray(codes, dtype=object), n_names), n_pairs),
            "coefficient": np.tile(np.asarray(_NAMES, dtype=object), n_pairs * n_codes),
            "value": made.value.ravel(),
            "low": made.low.ravel(),
            "high": made.high.ravel(),
            "n_units": spread(sums.paired.astype(np.int64)),
            "n_documents": spread(made.n_documents),
            "n_coders": spread(number),
            "both": np.repeat([each["both"] for each in told], n_names),
            "some": np.repeat([each["some"] for each in told], n_names),
            "codings": np.repeat(
                np.array([each["codings"] for each in told], dtype=object), n_names
            ),
            "prevalence": spread(mean),
            "prevalence_index": spread(2.0 * mean - 1.0),
            "bias_index": spread(bias),
            "reason": reasons.ravel(),
            "no_interval": made.reasons.ravel(),
            "caution": cautions,
            "below": made.below.ravel(),
        }
    ).astype({"pair": "int64", **KINDS})
