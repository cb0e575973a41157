"""Standard errors by formula, as published: they take units to be independent.

Segments of one document are not, so that intervals by document are what to report; these are for
comparison with other programs and with designs in which each unit is a document of its own.

References
----------
Fleiss, J. L., Cohen, J. and Everitt, B. S. (1969). Large sample standard errors of kappa and
    weighted kappa. Psychological Bulletin 72, 323-327.
Gwet, K. L. (2008). Computing inter-rater reliability and its variance in the presence of high
    agreement. British Journal of Mathematical and Statistical Psychology 61, 29-48.
Gwet, K. L. (2011). On the Krippendorff's alpha coefficient. Advanced Analytics, revised October 28, 2011.
Gwet, K. L. (2014). Handbook of inter-rater reliability, 4th ed. Advanced Analytics.
Gwet, K. L. (2021). Large-sample variance of Fleiss generalized kappa. Educational and
    Psychological Measurement 81, 781-790.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri, stdtrit

from fourp_nlp.agreement.coefficients import find_coefficient, select_coefficients
from fourp_nlp.agreement.formulas.label_matrix import Labels, read_labels
from fourp_nlp.agreement.formulas.weights import agreement_weights, ordered_categories
from fourp_nlp.agreement.intervals.tallies import find_patterns, tally_by_document

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from fourp_nlp.agreement.coefficients import CoefficientDefinition
    from fourp_nlp.agreement.formulas.weights import Weights
    from fourp_nlp.agreement.intervals.standard_errors import StandardError
    from fourp_nlp.agreement.intervals.tallies import Patterns, Tallies

__all__ = ["Analytic", "analytic_interval", "analytic_intervals"]

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Analytic:
    """A coefficient with its standard error by formula.

    Parameters
    ----------
    value, standard_error, low, high : float
        nan where undefined. The ends are not beyond 1.
    reason : str
        Why there is none; empty where there is.
    n_units : int
        Units that the formula counts.
    """

    value: float
    standard_error: float
    low: float
    high: float
    reason: str
    n_units: int


def analytic_interval(
    labels: npt.ArrayLike | pd.DataFrame,
    coefficient: str,
    *,
    weights: Weights = "identity",
    categories: Sequence[object] | None = None,
    confidence: float = 0.95,
) -> Analytic:
    """Return a coefficient with the interval that its published standard error gives.

    Parameters
    ----------
    labels : array_like or pandas.DataFrame, shape (n_units, n_coders)
        Labels; missing ones None or nan.
    coefficient : str
        One that has a published standard error, by its id or another name: percent, cohen_kappa,
        scott_pi, fleiss_kappa, conger_kappa, gwet_ac1 (also gwet_ac), brennan_prediger or
        krippendorff_alpha (nominal with the weights "identity", interval with "quadratic").
    weights : {"identity", "linear", "quadratic", "ordinal"}
        How much a near miss counts.
    categories : sequence, optional
        All categories in their order; see `weighted_percent`.
    confidence : float
        Of the interval.

    Returns
    -------
    Analytic
        The standard error takes units to be a random sample of infinitely many, independent of
        each other, and coders to be fixed: it is too small for segments of a few documents.

    Raises
    ------
    ValueError
        As `estimate`.

    Notes
    -----
    Cohen's kappa: Fleiss, Cohen and Everitt (1969), with the normal quantile. All others: the
    linearised variance of Gwet, of which those for AC1 (2008), Fleiss' kappa (2021) and the rest
    (2014) are cases, with the t quantile on n - 1 degrees of freedom. With n units, n' of them
    with two labels or more, and Pa_i and Pe_i a unit's part in the agreement observed and by
    chance,

        v = 1 / (n (n - 1)) sum_i (k_i - 2 (1 - k) (Pe_i - Pe) / (1 - Pe) - k)^2

    where k_i = (n / n') (Pa_i - Pe) / (1 - Pe), and 0 where a unit has fewer than two labels.
    Scott's pi is Fleiss' kappa on the units that both coded.

    Alpha (Gwet 2011, 2014) rests on the n' units with two labels or more. With r_i labels in unit i, r
    their mean, and Pa and Pe before the correction for small samples, both are ratios of means over units,
    so that a unit's parts are linearised as those of ratios,

        Pa_i = sum_k r_ik (sum_l w_kl r_il - 1) / (r (r_i - 1)) - Pa (r_i - r) / r
        Pe_i = sum_kl w_kl r_ik p_l / r - Pe (r_i - r) / r

    and v is as above with n' for n. The t quantile has as many degrees of freedom as units with any
    label less one. This is what irrCAC for R does from version 1.4 on. Its first version, and the program
    of that name for Python, put alpha's corrected Pa into Pa_i, and count units with two labels or more
    for the quantile: the two differ where numbers of labels do.

    Examples
    --------
    >>> from fourp_nlp.agreement import analytic_interval
    >>> interval = analytic_interval([[1, 1], [1, 0], [0, 0], [0, 0]], "gwet_ac1", categories=(0, 1))
    >>> round(interval.value, 3), round(interval.standard_error, 3)
    (0.529, 0.5)
    """
    return analytic_intervals(
        labels, [coefficient], weights=weights, categories=categories, confidence=confidence
    )[0]


def analytic_intervals(
    labels: npt.ArrayLike | pd.DataFrame,
    names: Sequence[str],
    *,
    weights: Weights = "identity",
    categories: Sequence[object] | None = None,
    confidence: float = 0.95,
) -> list[Analytic]:
    """Return several coefficients of the same labels, which are read once.

    Parameters
    ----------
    labels, weights, categories, confidence
        As `analytic_interval`.
    names : sequence of str
        Names of coefficients, as `analytic_interval` takes them.

    Returns
    -------
    list of Analytic
        One for each name.

    Raises
    ------
    ValueError
        As `analytic_interval`.

    Examples
    --------
    >>> from fourp_nlp.agreement import analytic_intervals
    >>> intervals = analytic_intervals([[1, 1], [1, 0], [0, 0], [0, 0]], ["percent", "scott_pi"])
    >>> [round(each.value, 3) for each in intervals]
    [0.75, 0.467]
    """
    known = select_coefficients(with_standard_error=True)
    chosen = [find_coefficient(name, known) for name in names]
    if not 0 < confidence < 1:
        raise ValueError(f"The confidence is {confidence}; it must be between 0 and 1.")
    ordered = ordered_categories(labels, categories, weights)
    pairs_only = any(definition.pairs_only for definition in chosen)
    read = read_labels(labels, ordered, n_coders=2 if pairs_only else None)
    w = agreement_weights(ordered, weights)
    sums = tally_by_document(read, np.zeros(len(read.numbers), dtype=np.int64), 1, 1.0 - w).total()
    patterns = {fewest: _units_with_labels(fewest, read) for fewest in (1, 2)}
    return [
        _analytic(definition, definition.standard_error, sums, patterns, w, confidence)
        for definition in chosen
        if definition.standard_error is not None
    ]


def _analytic(
    definition: CoefficientDefinition,
    how: StandardError,
    sums: Tallies,
    patterns: dict[int, Patterns],
    w: Numbers,
    confidence: float,
) -> Analytic:
    """Return one coefficient of tallied labels; `patterns` are of units with that many labels or more."""
    n = int(sums.paired if how.fewest_labels == 2 else sums.coded)
    value = float(definition.value_of(sums, 1.0 - w))
    if np.isnan(value):
        return Analytic(np.nan, np.nan, np.nan, np.nan, definition.why_undefined(sums), n)
    if n < 2:
        few = "one unit has no standard error"
        return Analytic(value, np.nan, np.nan, np.nan, few, n)
    error = how.error(sums, patterns[how.fewest_labels], w, value)
    tail = (1 + confidence) / 2
    if how.quantile == "normal":
        reach = float(ndtri(tail)) * error
    else:
        units = n if how.quantile == "t" else int(sums.coded)
        reach = float(stdtrit(units - 1, tail)) * error
    return Analytic(value, error, value - reach, min(1.0, value + reach), "", n)


def _units_with_labels(fewest: int, labels: Labels) -> Patterns:
    """Return the units with so many labels or more."""
    enough = labels.numbers[labels.per_unit >= fewest]
    return find_patterns(Labels(enough, labels.n_categories))
