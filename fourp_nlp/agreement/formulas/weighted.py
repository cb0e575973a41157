"""Coefficients in which a near miss counts as part of an agreement, for any number of coders.

All are 1 - Do / De with disagreements weighted by 1 - w_kl, w_kl as in `agreement_weights`; with
the weights "identity" they are the coefficients without weights. Labels may be missing.

References
----------
Cohen, J. (1968). Weighted kappa: nominal scale agreement with provision for scaled disagreement or
    partial credit. Psychological Bulletin 70, 213-220.
Gwet, K. L. (2014). Handbook of inter-rater reliability, 4th ed. Advanced Analytics.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from fourp_nlp.agreement.coefficients import find_coefficient
from fourp_nlp.agreement.formulas.label_matrix import read_labels
from fourp_nlp.agreement.formulas.result import Coefficient, undefined
from fourp_nlp.agreement.formulas.weights import agreement_weights, ordered_categories
from fourp_nlp.agreement.intervals.tallies import tally_by_document

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from fourp_nlp.agreement.formulas.weights import Weights

__all__ = [
    "gwet_ac2",
    "weighted_brennan_prediger",
    "weighted_cohen_kappa",
    "weighted_conger_kappa",
    "weighted_fleiss_kappa",
    "weighted_percent",
]


def _weighted(
    name: str,
    labels: npt.ArrayLike | pd.DataFrame,
    weights: Weights,
    categories: Sequence[object] | None,
) -> Coefficient:
    known = ordered_categories(labels, categories, weights)
    definition = find_coefficient(name)
    read = read_labels(labels, known, n_coders=2 if definition.pairs_only else None)
    disagreements = 1.0 - agreement_weights(known, weights)
    documents = np.zeros(len(read.numbers), dtype=np.int64)
    sums = tally_by_document(read, documents, 1, disagreements).total()
    value = float(definition.value_of(sums, disagreements))
    return undefined(definition.why_undefined(sums)) if np.isnan(value) else Coefficient(value)


def weighted_percent(
    labels: npt.ArrayLike | pd.DataFrame,
    *,
    weights: Weights = "linear",
    categories: Sequence[object] | None = None,
) -> Coefficient:
    """Return the weighted share of agreement, with no allowance for chance.

    Parameters
    ----------
    labels : array_like or pandas.DataFrame, shape (n_units, n_coders)
        Labels; missing ones None or nan.
    weights : {"identity", "linear", "quadratic", "ordinal"}
        How much a near miss counts.
    categories : sequence, optional
        All categories in their order. By default those that occur, if they are numbers. What is
        left out changes the weights: give the whole scale.

    Returns
    -------
    Coefficient
        From 0 to 1. Undefined where no unit has two labels.

    Raises
    ------
    ValueError
        If `labels` is not a matrix, a label is none of the categories, or an order is needed and
        not known.

    Notes
    -----
    Gwet (2014): the mean over units with two labels or more of the mean weight of their pairs.

    Examples
    --------
    >>> from fourp_nlp.agreement import weighted_percent
    >>> round(weighted_percent([[1, 2], [2, 2], [3, 3], [1, 1]]).value, 3)
    0.875
    """
    return _weighted("percent", labels, weights, categories)


def weighted_cohen_kappa(
    labels: npt.ArrayLike | pd.DataFrame,
    *,
    weights: Weights = "linear",
    categories: Sequence[object] | None = None,
) -> Coefficient:
    """Return Cohen's weighted kappa of two coders.

    Parameters
    ----------
    labels : array_like or pandas.DataFrame, shape (n_units, 2)
        Labels; missing ones None or nan. Units that one coder left out do not count.
    weights : {"identity", "linear", "quadratic", "ordinal"}
        How much a near miss counts.
    categories : sequence, optional
        All categories in their order; see `weighted_percent`.

    Returns
    -------
    Coefficient
        At most 1, 0 at chance. Undefined as `cohen_kappa`.

    Raises
    ------
    ValueError
        As `weighted_percent`, and if there are not exactly two coders.

    Notes
    -----
    Cohen (1968): 1 - sum d_kl p_kl / sum d_kl p_k. p_.l with d_kl = 1 - w_kl.

    Examples
    --------
    >>> from fourp_nlp.agreement import weighted_cohen_kappa
    >>> round(weighted_cohen_kappa([[1, 2], [2, 2], [3, 3], [1, 1]]).value, 3)
    0.714
    """
    return _weighted("cohen_kappa", labels, weights, categories)


def weighted_fleiss_kappa(
    labels: npt.ArrayLike | pd.DataFrame,
    *,
    weights: Weights = "linear",
    categories: Sequence[object] | None = None,
) -> Coefficient:
    """Return Fleiss' kappa with weights, of any number of coders.

    Parameters
    ----------
    labels : array_like or pandas.DataFrame, shape (n_units, n_coders)
        Labels; missing ones None or nan.
    weights : {"identity", "linear", "quadratic", "ordinal"}
        How much a near miss counts.
    categories : sequence, optional
        All categories in their order; see `weighted_percent`.

    Returns
    -------
    Coefficient
        At most 1, 0 at chance. Undefined as `fleiss_kappa`.

    Raises
    ------
    ValueError
        As `weighted_percent`.

    Notes
    -----
    Gwet (2014): Pe = sum_kl w_kl p_k p_l, p_k as in `fleiss_kappa`.

    Examples
    --------
    >>> from fourp_nlp.agreement import weighted_fleiss_kappa
    >>> round(weighted_fleiss_kappa([[1, 2], [2, 2], [3, 3], [1, 1]]).value, 3)
    0.704
    """
    return _weighted("fleiss_kappa", labels, weights, categories)


def weighted_conger_kappa(
    labels: npt.ArrayLike | pd.DataFrame,
    *,
    weights: Weights = "linear",
    categories: Sequence[object] | None = None,
) -> Coefficient:
    """Return Conger's kappa with weights, of any number of coders.

    Parameters
    ----------
    labels : array_like or pandas.DataFrame, shape (n_units, n_coders)
        Labels; missing ones None or nan.
    weights : {"identity", "linear", "quadratic", "ordinal"}
        How much a near miss counts.
    categories : sequence, optional
        All categories in their order; see `weighted_percent`.

    Returns
    -------
    Coefficient
        At most 1, 0 at chance. Undefined as `conger_kappa`.

    Raises
    ------
    ValueError
        As `weighted_percent`.

    Notes
    -----
    Gwet (2014): Pe = the mean over pairs of coders g, h of sum_kl w_kl p_gk p_hl, p_gk as in
    `conger_kappa`.

    Examples
    --------
    >>> from fourp_nlp.agreement import weighted_conger_kappa
    >>> round(weighted_conger_kappa([[1, 2], [2, 2], [3, 3], [1, 1]]).value, 3)
    0.714
    """
    return _weighted("conger_kappa", labels, weights, categories)


def gwet_ac2(
    labels: npt.ArrayLike | pd.DataFrame,
    *,
    weights: Weights = "linear",
    categories: Sequence[object] | None = None,
) -> Coefficient:
    """Return Gwet's AC2 of any number of coders; with the weights "identity" it is AC1.

    Parameters
    ----------
    labels : array_like or pandas.DataFrame, shape (n_units, n_coders)
        Labels; missing ones None or nan.
    weights : {"identity", "linear", "quadratic", "ordinal"}
        How much a near miss counts.
    categories : sequence, optional
        All categories in their order; see `weighted_percent`.

    Returns
    -------
    Coefficient
        At most 1, 0 at chance. Undefined as `gwet_ac1`.

    Raises
    ------
    ValueError
        As `weighted_percent`.

    Notes
    -----
    Gwet (2014): Pe = T sum_k p_k (1 - p_k) / (q (q - 1)), with T the sum of all weights and p_k as
    in `fleiss_kappa`.

    Examples
    --------
    >>> from fourp_nlp.agreement import gwet_ac2
    >>> round(gwet_ac2([[1, 2], [2, 2], [3, 3], [1, 1]]).value, 3)
    0.724
    """
    return _weighted("gwet_ac1", labels, weights, categories)


def weighted_brennan_prediger(
    labels: npt.ArrayLike | pd.DataFrame,
    *,
    weights: Weights = "linear",
    categories: Sequence[object] | None = None,
) -> Coefficient:
    """Return the coefficient of Brennan and Prediger with weights, of any number of coders.

    Parameters
    ----------
    labels : array_like or pandas.DataFrame, shape (n_units, n_coders)
        Labels; missing ones None or nan.
    weights : {"identity", "linear", "quadratic", "ordinal"}
        How much a near miss counts.
    categories : sequence, optional
        All categories in their order; see `weighted_percent`.

    Returns
    -------
    Coefficient
        At most 1, 0 at chance. Undefined as `brennan_prediger`.

    Raises
    ------
    ValueError
        As `weighted_percent`.

    Notes
    -----
    Gwet (2014): Pe = sum_kl w_kl / q^2 for q categories.

    Examples
    --------
    >>> from fourp_nlp.agreement import weighted_brennan_prediger
    >>> round(weighted_brennan_prediger([[1, 2], [2, 2], [3, 3], [1, 1]]).value, 3)
    0.719
    """
    return _weighted("brennan_prediger", labels, weights, categories)
