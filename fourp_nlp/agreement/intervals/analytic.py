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
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri, stdtrit

from fourp_nlp.agreement.formulas.label_matrix import Labels, read_labels
from fourp_nlp.agreement.formulas.weights import agreement_weights, ordered_categories
from fourp_nlp.agreement.intervals.count_formulas import FORMULAS, OF_TWO, why_undefined
from fourp_nlp.agreement.intervals.tallies import find_patterns, tally_by_document

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from fourp_nlp.agreement.formulas.weights import Weights
    from fourp_nlp.agreement.intervals.count_formulas import Name
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
    coefficient: Name | Literal["krippendorff_alpha"],
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
        percent, cohen_kappa, scott_pi, fleiss_kappa, conger_kappa, gwet_ac, brennan_prediger or
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
    """
    return analytic_intervals(
        labels, [coefficient], weights=weights, categories=categories, confidence=confidence
    )[0]


def analytic_intervals(
    labels: npt.ArrayLike | pd.DataFrame,
    coefficients: Sequence[Name | Literal["krippendorff_alpha"]],
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
    coefficients : sequence of str
        Names, as `analytic_interval` takes them.

    Returns
    -------
    list of Analytic
        One for each name.

    Raises
    ------
    ValueError
        As `analytic_interval`.
    """
    for coefficient in coefficients:
        if coefficient not in FORMULAS and coefficient != "krippendorff_alpha":
            raise ValueError(
                f"The coefficient is {coefficient!r}; it must be one of "
                f"{', '.join(FORMULAS)}, krippendorff_alpha."
            )
    if not 0 < confidence < 1:
        raise ValueError(f"The confidence is {confidence}; it must be between 0 and 1.")
    known = ordered_categories(labels, categories, weights)
    read = read_labels(labels, known, n_coders=2 if OF_TWO & {*coefficients} else None)
    w = agreement_weights(known, weights)
    sums = tally_by_document(read, np.zeros(len(read.numbers), dtype=np.int64), 1, 1.0 - w).total()
    counted = {fewest: _counted(fewest, read) for fewest in (1, 2)}
    return [_of(name, sums, counted, w, confidence) for name in coefficients]


def _of(
    coefficient: str,
    sums: Tallies,
    counted: dict[int, Patterns],
    w: Numbers,
    confidence: float,
) -> Analytic:
    """Return one coefficient of tallied labels; `counted` are units with that many labels or more."""
    of_pairs = coefficient in {*OF_TWO, "krippendorff_alpha"}
    n = int(sums.paired if of_pairs else sums.coded)
    if coefficient == "krippendorff_alpha":
        value = _weighted_alpha(sums.coincidences, w)
    else:
        value = float(FORMULAS[coefficient](sums, 1.0 - w))
    if np.isnan(value):
        nothing = why_undefined(coefficient, sums)
        return Analytic(np.nan, np.nan, np.nan, np.nan, nothing, n)
    if n < 2:
        few = "one unit has no standard error"
        return Analytic(value, np.nan, np.nan, np.nan, few, n)
    if coefficient == "cohen_kappa":
        error = _of_cohen(sums.table / n, w, value, n)
        reach = float(ndtri((1 + confidence) / 2)) * error
    else:
        error = _linearised(coefficient, counted[2 if of_pairs else 1], w, value)
        units = int(sums.coded) if coefficient == "krippendorff_alpha" else n
        reach = float(stdtrit(units - 1, (1 + confidence) / 2)) * error
    return Analytic(value, error, value - reach, min(1.0, value + reach), "", n)


def _of_cohen(p: Numbers, w: Numbers, kappa: float, n: int) -> float:
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    chance = float(rows @ w @ columns)
    means = (w @ columns)[:, None] + rows @ w
    spread = np.sum(p * (w - means * (1 - kappa)) ** 2) - (kappa - chance * (1 - kappa)) ** 2
    return float(np.sqrt(max(spread, 0.0) / n) / (1 - chance))


def _weighted_alpha(coincidences: Numbers, w: Numbers) -> float:
    met = coincidences.sum(axis=1)
    expected = float(met @ (1.0 - w) @ met)
    if expected == 0:
        return float("nan")
    return float(1.0 - (met.sum() - 1) * np.sum(coincidences * (1.0 - w)) / expected)


def _counted(fewest: int, labels: Labels) -> Patterns:
    """Return the units with so many labels or more."""
    kept = labels.numbers[labels.per_unit >= fewest]
    return find_patterns(Labels(kept, labels.n_categories))


def _linearised(coefficient: str, patterns: Patterns, w: Numbers, value: float) -> float:
    """Return the standard error from each unit's part in the coefficient."""
    if coefficient == "krippendorff_alpha":
        return _of_alpha(patterns, w)
    units, chosen = patterns.units, patterns.chosen
    n, m = float(units.sum()), chosen.sum(axis=1)
    paired = m >= 2
    pairs = np.where(paired, m * (m - 1), 1.0)
    observed = np.where(paired, (chosen * (chosen @ w - 1)).sum(axis=1) / pairs, 0.0)
    if coefficient == "percent":
        chance, parts = 0.0, np.zeros(len(units))
    elif coefficient == "brennan_prediger":
        chance, parts = float(w.mean()), np.full(len(units), float(w.mean()))
    elif coefficient == "gwet_ac":
        q, p = len(w), units @ (chosen / m[:, None]) / n
        factor = float(w.sum()) / (q * (q - 1))
        chance, parts = factor * float(p @ (1 - p)), factor * (chosen @ (1 - p)) / m
    elif coefficient == "conger_kappa":
        chance, parts = _chance_of_conger(patterns, w)
    else:
        p = units @ (chosen / m[:, None]) / n
        chance, parts = float(p @ w @ p), chosen @ w @ p / m
    own = n / float(units[paired].sum()) * np.where(paired, observed - chance, 0.0) / (1 - chance)
    own -= 2 * (1 - value) * (parts - chance) / (1 - chance)
    return float(np.sqrt(units @ (own - value) ** 2 / (n * (n - 1))))


def _chance_of_conger(patterns: Patterns, w: Numbers) -> tuple[float, Numbers]:
    """Return agreement by chance and each pattern's part in it (Gwet 2014)."""
    units = patterns.units
    n = float(units.sum())
    active = patterns.rows[:, (patterns.rows >= 0).any(axis=0)]
    g = active.shape[1]
    chose = (active[:, :, None] == np.arange(len(w))).astype(np.float64)
    given = chose.sum(axis=2)
    per_coder = units @ given
    p = np.einsum("u,ugk->gk", units, chose) / per_coder[:, None]
    others = p.sum(axis=0) - p
    chance = float(np.sum((p @ w) * others)) / (g * (g - 1))
    part = (chose - (given - per_coder / n)[:, :, None] * p) * (n / per_coder)[:, None]
    return chance, np.einsum("ugl,lk,gk->u", part, w, others) / (g * (g - 1))


def _of_alpha(patterns: Patterns, w: Numbers) -> float:
    """Return the standard error of alpha with weights (Gwet 2011, 2014)."""
    units, chosen = patterns.units, patterns.chosen
    n, m = float(units.sum()), chosen.sum(axis=1)
    mean = float(units @ m) / n
    extra = (m - mean) / mean
    p = units @ chosen / (n * mean)
    raw = (chosen * (chosen @ w - 1)).sum(axis=1) / (mean * (m - 1))
    without = float(units @ raw) / n
    chance = float(p @ w @ p)
    centre = (without - chance) / (1 - chance)
    own = (raw - without * extra - chance) / (1 - chance)
    parts = chosen @ w @ p / mean - chance * extra
    own -= 2 * (1 - centre) * (parts - chance) / (1 - chance)
    return float(np.sqrt(units @ (own - centre) ** 2 / (n * (n - 1))))
