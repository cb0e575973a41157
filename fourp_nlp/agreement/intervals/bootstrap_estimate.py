"""One coefficient with an interval from documents drawn again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from fourp_nlp.agreement.coefficients import find_coefficient, select_coefficients
from fourp_nlp.agreement.formulas.alpha import krippendorff_alpha
from fourp_nlp.agreement.formulas.label_matrix import as_matrix, read_labels
from fourp_nlp.agreement.formulas.weights import agreement_weights, ordered_categories
from fourp_nlp.agreement.intervals.count_formulas import alpha_of
from fourp_nlp.agreement.intervals.document_intervals import (
    Drawing,
    intervals_by_document,
    intervals_by_unit,
)
from fourp_nlp.agreement.intervals.tallies import Tallies, tally_by_document

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fourp_nlp.agreement.formulas.alpha import Level
    from fourp_nlp.agreement.formulas.weights import Weights
    from fourp_nlp.agreement.intervals.coefficients_of_share import FromShare
    from fourp_nlp.agreement.intervals.document_intervals import Intervals

__all__ = ["Estimate", "below_minima", "estimate", "estimate_alpha", "number_documents"]

Numbers = npt.NDArray[np.float64]

# Coincidences of more categories than this take more memory than drawing units takes time.
_MOST_CATEGORIES = 64


@dataclass(frozen=True)
class Estimate:
    """A coefficient with its interval, or the reasons why there is none.

    Parameters
    ----------
    value, low, high : float
        The coefficient and the ends of its interval, nan where there is none.
    reason : str
        Why the value is undefined; empty where it is defined.
    no_interval : str
        Why there is no interval; empty where there is one.
    n_units : int
        Units with two labels or more.
    n_documents : int
        Documents with any such unit.
    caution : str
        Whether little is known of it (of sets); empty otherwise.
    below : tuple of float
        The probability that the coefficient lies below each of `Drawing.minima`; nan without an interval.
    """

    value: float
    low: float
    high: float
    reason: str
    no_interval: str
    n_units: int
    n_documents: int
    caution: str = ""
    below: tuple[float, ...] = ()


def number_documents(documents: npt.ArrayLike, n_units: int) -> npt.NDArray[np.int64]:
    """Return each unit's document as a number from 0 with no gaps.

    Parameters
    ----------
    documents : array_like, shape (n_units,)
        Ids of documents.
    n_units : int
        How many units there are.

    Returns
    -------
    numpy.ndarray of int64, shape (n_units,)
        In order of first appearance.

    Raises
    ------
    ValueError
        If there is not one id, that is not missing, for each unit.
    """
    ids = np.asarray(documents)
    if ids.shape != (n_units,):
        raise ValueError("There must be one document for each unit.")
    numbers = np.asarray(pd.factorize(ids)[0], dtype=np.int64)
    if (numbers < 0).any():
        raise ValueError("A unit has no document.")
    return numbers


def estimate(
    labels: npt.ArrayLike | pd.DataFrame,
    documents: npt.ArrayLike,
    coefficient: str,
    *,
    weights: Weights = "identity",
    categories: Sequence[object] | None = None,
    drawing: Drawing | None = None,
) -> Estimate:
    """Return a coefficient of any number of coders with its interval by document.

    Parameters
    ----------
    labels : array_like or pandas.DataFrame, shape (n_units, n_coders)
        Labels; missing ones None or nan.
    documents : array_like, shape (n_units,)
        Id of each unit's document.
    coefficient : str
        One of labels of any categories, by its id or another name: percent, cohen_kappa, scott_pi,
        fleiss_kappa, conger_kappa, krippendorff_alpha, gwet_ac1 (also gwet_ac) or brennan_prediger.
    weights : {"identity", "linear", "quadratic", "ordinal"}
        How much a near miss counts.
    categories : sequence, optional
        All categories in their order; see `weighted_percent`.
    drawing : Drawing, optional
        How documents are drawn: by default 1000 times, for 95% intervals.

    Returns
    -------
    Estimate
        Value and interval. A document without any label is not drawn.

    Raises
    ------
    ValueError
        If the coefficient, the weights or the drawing are unknown, lengths do not fit, or the
        labels are refused by `weighted_percent`.

    See Also
    --------
    estimate_alpha : the same for Krippendorff's alpha.

    Examples
    --------
    >>> from fourp_nlp.agreement import estimate
    >>> labels = [[1, 1], [1, 0], [0, 0], [0, 0]] * 3
    >>> documents = ["a"] * 4 + ["b"] * 4 + ["c"] * 4
    >>> kappa = estimate(labels, documents, "cohen_kappa")
    >>> round(kappa.value, 3), kappa.low < kappa.value < kappa.high
    (0.5, True)
    """
    definition = find_coefficient(coefficient, select_coefficients(binary=False))
    known = ordered_categories(labels, categories, weights)
    read = read_labels(labels, known, n_coders=2 if definition.pairs_only else None)
    disagreements = 1.0 - agreement_weights(known, weights)
    numbers = number_documents(documents, len(read.numbers))
    n_documents = int(numbers.max()) + 1 if numbers.size else 0
    sums = tally_by_document(read, numbers, n_documents, disagreements)

    def value_of(flat: Numbers) -> Numbers:
        tallies = Tallies(flat, read.n_coders, len(known))
        return definition.value_of(tallies, disagreements)[..., None]

    from_share = definition.from_share if weights == "identity" else None
    reason = definition.why_undefined(sums.total())
    return _estimate(sums, value_of, from_share, reason, drawing or Drawing())


def estimate_alpha(
    labels: npt.ArrayLike | pd.DataFrame,
    documents: npt.ArrayLike,
    *,
    level: Level = "nominal",
    drawing: Drawing | None = None,
) -> Estimate:
    """Return Krippendorff's alpha with its interval by document.

    Parameters
    ----------
    labels : array_like or pandas.DataFrame, shape (n_units, n_coders)
        Labels; missing ones None or nan. For all levels but "nominal" they must be numbers.
    documents : array_like, shape (n_units,)
        Id of each unit's document.
    level : {"nominal", "ordinal", "interval", "ratio"}
        What the labels are.
    drawing : Drawing, optional
        How documents are drawn: by default 1000 times, for 95% intervals.

    Returns
    -------
    Estimate
        Value and interval. The bootstrap of Hayes and Krippendorff (2007) draws pairs of labels
        instead, as if they were independent, and is not used.

    Raises
    ------
    ValueError
        As `krippendorff_alpha`, and if lengths do not fit.

    Examples
    --------
    >>> from fourp_nlp.agreement import estimate_alpha
    >>> labels = [[1, 1], [1, 0], [0, 0], [0, 0]] * 3
    >>> documents = ["a"] * 4 + ["b"] * 4 + ["c"] * 4
    >>> alpha = estimate_alpha(labels, documents)
    >>> round(alpha.value, 3), alpha.n_documents
    (0.489, 3)
    """
    drawing = drawing or Drawing()
    whole = krippendorff_alpha(labels, level=level)
    matrix = as_matrix(labels)
    known = ordered_categories(matrix, None, "identity")
    read = read_labels(matrix, known)
    numbers = number_documents(documents, len(read.numbers))
    n_documents = int(numbers.max()) + 1 if numbers.size else 0
    if len(known) > _MOST_CATEGORIES:
        return _of_units(matrix, read.per_unit >= 2, numbers, level, drawing)
    sums = tally_by_document(read, numbers, n_documents, 1.0 - np.eye(len(known)))
    values = np.array(range(len(known)) if level == "nominal" else known, dtype=np.float64)

    def value_of(flat: Numbers) -> Numbers:
        met = Tallies(flat, read.n_coders, len(known)).coincidences
        return alpha_of(met, values, level)[..., None]

    from_share = find_coefficient("krippendorff_alpha").from_share if level == "nominal" else None
    return _estimate(sums, value_of, from_share, whole.reason, drawing)


def _estimate(
    sums: Tallies,
    value_of: Callable[[Numbers], Numbers],
    from_share: FromShare | None,
    reason: str,
    drawing: Drawing,
) -> Estimate:
    drawn = sums.flat[sums.coded > 0]
    value = float(value_of(sums.flat.sum(axis=0))[0])
    n_documents = int((sums.paired > 0).sum())
    of_shares = None
    if from_share and sums.n_categories:
        by_document = Tallies(drawn[:, None], sums.n_coders, sums.n_categories)
        of_shares = from_share(by_document, by_document.total(), np.array([value]))
    intervals = intervals_by_document(
        drawn, value_of, drawing, counted=np.array([n_documents]), of_shares=of_shares
    )
    return Estimate(
        value,
        float(intervals.low[0]),
        float(intervals.high[0]),
        reason if np.isnan(value) else "",
        intervals.reasons[0],
        int(sums.paired.sum()),
        n_documents,
        below=below_minima(intervals, drawing),
    )


def below_minima(intervals: Intervals, drawing: Drawing) -> tuple[float, ...]:
    """Return the probabilities that the first coefficient lies below minima, nan where there are none."""
    if intervals.below is None:
        return (float("nan"),) * len(drawing.minima)
    return tuple(intervals.below[0].tolist())


def _of_units(
    matrix: npt.NDArray[np.generic],
    paired: npt.NDArray[np.bool_],
    numbers: npt.NDArray[np.int64],
    level: Level,
    drawing: Drawing,
) -> Estimate:
    chosen = matrix[paired]
    documents = np.asarray(pd.factorize(numbers[paired])[0], dtype=np.int64)

    def value_of(places: npt.NDArray[np.int64]) -> Numbers:
        return np.array([krippendorff_alpha(chosen[places], level=level).value])

    whole = krippendorff_alpha(chosen, level=level)
    intervals = intervals_by_unit(value_of, documents, drawing)
    return Estimate(
        whole.value,
        float(intervals.low[0]),
        float(intervals.high[0]),
        whole.reason,
        intervals.reasons[0],
        len(chosen),
        int(documents.max()) + 1 if documents.size else 0,
    )
