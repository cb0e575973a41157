"""Krippendorff's alpha of sets of codes with an interval from documents drawn again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from fourp_nlp.agreement._estimate import Estimate, number_documents
from fourp_nlp.agreement._intervals import Drawing, intervals_by_document
from fourp_nlp.agreement._sets import apart, disagreement_by_unit, read_sets

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

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
        made = np.full(len(flat), np.nan)
        np.divide(flat[:, 0] * (counts.sum(axis=1) - 1), pairs, out=made, where=pairs > 0)
        return (1.0 - made)[:, None]

    value = float(alpha(sums.sum(axis=0, keepdims=True))[0, 0])
    found = intervals_by_document(of_use, alpha, drawing or Drawing())
    return Estimate(
        value,
        float(found.low[0]),
        float(found.high[0]),
        read.why_undefined(),
        found.reasons[0],
        int(read.paired.sum()),
        len(of_use),
    )
