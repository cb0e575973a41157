"""Krippendorff's alpha of sets of codes with an interval from documents drawn again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from fourp_nlp.agreement.cautions import little_is_known
from fourp_nlp.agreement.formulas.alpha_of_sets import apart, disagreement_by_unit, read_sets
from fourp_nlp.agreement.intervals.bootstrap_estimate import (
    Estimate,
    below_minima,
    number_documents,
)
from fourp_nlp.agreement.intervals.coefficients_of_share import OfShares
from fourp_nlp.agreement.intervals.document_intervals import Drawing, intervals_by_document
from fourp_nlp.agreement.intervals.share_intervals import Shares

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from fourp_nlp.agreement.formulas.alpha_of_sets import Sets

__all__ = ["estimate_alpha_sets"]

Numbers = npt.NDArray[np.float64]


def estimate_alpha_sets(
    labels: Sequence[Sequence[Iterable[Hashable] | None]] | npt.NDArray[np.generic],
    documents: npt.ArrayLike,
    *,
    drawing: Drawing | None = None,
) -> Estimate:
    """Return Krippendorff's alpha of sets of codes (MASI) with its interval by document.

    Parameters
    ----------
    labels : nested sequence or numpy.ndarray
        As `krippendorff_alpha_sets`: cells with sets, or 0, 1 and nan of units x coders x codes.
    documents : array_like, shape (n_units,)
        Id of each unit's document.
    drawing : Drawing, optional
        How documents are drawn: by default 1000 times, for 95% intervals.

    Returns
    -------
    Estimate
        One figure for all codes together.

    Raises
    ------
    ValueError
        As `krippendorff_alpha_sets`, and if there is not one document for each unit.

    Examples
    --------
    >>> from fourp_nlp.agreement import estimate_alpha_sets
    >>> labels = [[{"hope"}, {"hope"}], [set(), {"fear"}], [set(), set()]] * 3
    >>> documents = ["a"] * 3 + ["b"] * 3 + ["c"] * 3
    >>> round(estimate_alpha_sets(labels, documents).value, 3)
    0.485
    """
    read = read_sets(labels)
    numbers = number_documents(documents, len(read.paired))[read.paired]
    n_documents = int(numbers.max()) + 1 if numbers.size else 0
    n_sets = len(read.distinct)
    given = read.numbers >= 0
    cell = np.repeat(numbers, given.sum(axis=1)) * n_sets + read.numbers[given]
    sums = np.empty((n_documents, 1 + n_sets))
    sums[:, 0] = np.bincount(numbers, weights=disagreement_by_unit(read), minlength=n_documents)
    counts = np.bincount(cell, minlength=n_documents * n_sets).astype(np.float64)
    sums[:, 1:] = counts.reshape(n_documents, n_sets)
    of_use = sums[sums[:, 1:].sum(axis=1) > 0]

    def alpha(flat: Numbers) -> Numbers:
        counts = flat[:, 1:]
        pairs = (apart(read.distinct, counts.T).T * counts).sum(axis=1)
        ratio = np.full(len(flat), np.nan)
        np.divide(flat[:, 0] * (counts.sum(axis=1) - 1), pairs, out=ratio, where=pairs > 0)
        return (1.0 - ratio)[:, None]

    value = float(alpha(sums.sum(axis=0, keepdims=True))[0, 0])
    of_shares = _sets_of_shares(read, numbers, n_documents, value)
    drawing = drawing or Drawing()
    intervals = intervals_by_document(of_use, alpha, drawing, of_shares=of_shares)
    units, held = float(of_shares.shares.whole.sum()), int(of_shares.shares.held[0])
    none = bool(intervals.reasons[0])
    return Estimate(
        value,
        float(intervals.low[0]),
        float(intervals.high[0]),
        read.why_undefined(),
        intervals.reasons[0],
        int(read.paired.sum()),
        len(of_use),
        "" if none else little_is_known(units, held, "any code"),
        below_minima(intervals, drawing),
    )


def _sets_of_shares(
    read: Sets, documents: npt.NDArray[np.int64], n_documents: int, value: float
) -> OfShares:
    """Return alpha as a function of the share of agreement among units to which anybody gave a code.

    What chance would give follows from how often a set is not empty, and moves with that share as for
    single codes (`coefficients_of_share`).
    """
    given = read.numbers >= 0
    sets = read.distinct.sum(axis=1)[np.where(given, read.numbers, 0)] * given
    coded = (sets > 0).any(axis=1)
    labels = np.maximum(given.sum(axis=1), 1)
    agreed = 1.0 - disagreement_by_unit(read) / labels
    part, whole = (
        np.bincount(documents, weights=each, minlength=n_documents)[:, None].astype(np.float64)
        for each in (np.maximum(agreed, 0.0) * coded, coded.astype(np.float64))
    )
    shares = Shares(part, whole, np.zeros(1, dtype=bool))
    seen, units = float(shares.value[0]), float(len(coded))
    often = float(whole.sum()) / max(units, 1.0)

    def not_both_empty(share: Numbers) -> Numbers:
        return np.asarray(1.0 - (1.0 - often * (1 + share) / 2) ** 2)

    counts = np.bincount(read.numbers[given], minlength=len(read.distinct)).astype(np.float64)
    n = max(float(counts.sum()), 2.0)
    expected = float(counts @ apart(read.distinct, counts)) / (n * (n - 1))
    if 1 - seen > 0 and expected > 0:
        # What was seen stays: 1 - alpha is (1 - share) times this, at that share.
        expected = (1 - seen) * often / (1 - value) if value < 1 else expected

    def at(share: Numbers) -> Numbers:
        chance = expected * not_both_empty(share) / not_both_empty(np.array(seen))
        ratio = np.full(share.shape, np.nan)
        np.divide((1 - share) * often, chance, out=ratio, where=chance > 0)
        return 1.0 - ratio

    return OfShares(shares, at)
