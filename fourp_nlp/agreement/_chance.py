"""Agreement, and agreement beyond chance, on a units x coders matrix of labels.

All coefficients here but the first have the form (Po - Pe) / (1 - Pe): agreement observed, less
the agreement to be expected by chance, as a share of the most that could be reached beyond it.
They differ in what they take chance to be.

Where labels are missing, Po is the mean over the units with two labels or more of the share of
pairs of coders who agree on the unit (Gwet 2014, section 2.5).

References
----------
Bennett, E. M., Alpert, R. and Goldstein, A. C. (1954). Communications through limited-response
    questioning. Public Opinion Quarterly 18, 303-308.
Brennan, R. L. and Prediger, D. J. (1981). Coefficient kappa: some uses, misuses, and
    alternatives. Educational and Psychological Measurement 41, 687-699.
Cohen, J. (1960). A coefficient of agreement for nominal scales. Educational and Psychological
    Measurement 20, 37-46.
Conger, A. J. (1980). Integration and generalization of kappas for multiple raters.
    Psychological Bulletin 88, 322-328.
Fleiss, J. L. (1971). Measuring nominal scale agreement among many raters. Psychological
    Bulletin 76, 378-382.
Gwet, K. L. (2008). Computing inter-rater reliability and its variance in the presence of high
    agreement. British Journal of Mathematical and Statistical Psychology 61, 29-48.
Gwet, K. L. (2014). Handbook of inter-rater reliability, 4th ed. Advanced Analytics.
Scott, W. A. (1955). Reliability of content analysis: the case of nominal scale coding. Public
    Opinion Quarterly 19, 321-325.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from fourp_nlp.agreement._labels import Labels, read_labels
from fourp_nlp.agreement._result import Coefficient, undefined

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

__all__ = [
    "brennan_prediger",
    "cohen_kappa",
    "conger_kappa",
    "fleiss_kappa",
    "gwet_ac1",
    "percent_agreement",
    "scott_pi",
]

ALL_THE_SAME = "all labels are the same, so that chance alone would give perfect agreement as well"
ONE_CATEGORY = "only one category is known, so that there was nothing to choose between"


def _observed(labels: Labels) -> float | None:
    """Return the mean share of agreeing pairs of coders, None where no unit has a pair."""
    numbers, per_unit = labels.numbers, labels.per_unit
    agreeing = np.zeros(len(numbers), dtype=np.int64)
    for one, other in combinations(range(labels.n_coders), 2):
        agreeing += (numbers[:, one] == numbers[:, other]) & (numbers[:, one] >= 0)
    paired = per_unit >= 2
    if not paired.any():
        return None
    m = per_unit[paired]
    return float(np.mean(agreeing[paired] / (m * (m - 1) / 2)))


def _shares(labels: Labels) -> npt.NDArray[np.float64]:
    """Return each category's mean share of the labels of a unit, shape (n_categories,)."""
    present, per_unit = labels.present, labels.per_unit
    weights = np.repeat(1.0 / np.maximum(per_unit, 1), labels.n_coders).reshape(present.shape)
    sums = np.bincount(
        labels.numbers[present], weights=weights[present], minlength=labels.n_categories
    )
    return np.asarray(sums / max(int((per_unit > 0).sum()), 1), dtype=np.float64)


def _beyond(observed: float, chance: float) -> Coefficient:
    return Coefficient((observed - chance) / (1.0 - chance))


def _both_coded(labels: npt.ArrayLike | pd.DataFrame) -> Labels:
    """Return the units of two coders to which both gave a label."""
    read = read_labels(labels, n_coders=2)
    return Labels(read.numbers[read.per_unit == 2], read.n_categories)


def percent_agreement(labels: npt.ArrayLike | pd.DataFrame) -> Coefficient:
    """Return the share of agreement, with no allowance for chance.

    Parameters
    ----------
    labels : array_like or pandas.DataFrame, shape (n_units, n_coders)
        Labels of any hashable kind; missing ones None or nan.

    Returns
    -------
    Coefficient
        From 0 to 1: the mean over units of the share of pairs of coders with the same label.
        Undefined where no unit has two labels.

    Raises
    ------
    ValueError
        If `labels` is not a matrix.

    Notes
    -----
    For two coders, units with equal labels / units that both coded. For more coders and missing
    labels, Gwet (2014), section 2.5: with r_ik coders who gave unit i category k, and r_i coders
    who gave it any, the mean over the units with r_i > 1 of sum_k r_ik (r_ik - 1) / r_i (r_i - 1).
    """
    read = read_labels(labels)
    observed = _observed(read)
    return undefined(read.no_pair) if observed is None else Coefficient(observed)


def cohen_kappa(labels: npt.ArrayLike | pd.DataFrame) -> Coefficient:
    """Return Cohen's kappa of two coders.

    Parameters
    ----------
    labels : array_like or pandas.DataFrame, shape (n_units, 2)
        Labels of any hashable kind; missing ones None or nan.

    Returns
    -------
    Coefficient
        At most 1, 0 at chance. Undefined where no unit was coded by both, or both gave one and
        the same label to every unit.

    Raises
    ------
    ValueError
        If there are not exactly two coders.

    Notes
    -----
    Cohen (1960): Pe = sum_k p_Ak p_Bk, with p_Ak the share of category k in the labels of coder A.
    Each coder keeps their own shares, so that coders with different shares cannot reach 1. Units
    that only one of them coded are left out. Units are taken to be independent and categories
    nominal. Rare codes depress it (Feinstein and Cicchetti 1990): read it beside the prevalence.
    """
    read = _both_coded(labels)
    observed = _observed(read)
    if observed is None:
        return undefined(read.no_pair)
    if read.only_one_category():
        return undefined(ALL_THE_SAME)
    first, second = (
        np.bincount(read.numbers[:, coder], minlength=read.n_categories) / len(read.numbers)
        for coder in (0, 1)
    )
    return _beyond(observed, float(first @ second))


def scott_pi(labels: npt.ArrayLike | pd.DataFrame) -> Coefficient:
    """Return Scott's pi of two coders.

    Parameters
    ----------
    labels : array_like or pandas.DataFrame, shape (n_units, 2)
        Labels of any hashable kind; missing ones None or nan.

    Returns
    -------
    Coefficient
        At most 1, 0 at chance. Undefined where no unit was coded by both, or both gave one and
        the same label to every unit.

    Raises
    ------
    ValueError
        If there are not exactly two coders.

    Notes
    -----
    Scott (1955): Pe = sum_k p_k^2, with p_k the share of category k in the labels of both coders
    together: both are taken to draw from one and the same distribution. Units that only one of
    them coded are left out.
    """
    read = _both_coded(labels)
    observed = _observed(read)
    if observed is None:
        return undefined(read.no_pair)
    if read.only_one_category():
        return undefined(ALL_THE_SAME)
    return _beyond(observed, float(np.sum(_shares(read) ** 2)))


def fleiss_kappa(labels: npt.ArrayLike | pd.DataFrame) -> Coefficient:
    """Return Fleiss' kappa of any number of coders.

    Parameters
    ----------
    labels : array_like or pandas.DataFrame, shape (n_units, n_coders)
        Labels of any hashable kind; missing ones None or nan.

    Returns
    -------
    Coefficient
        At most 1, 0 at chance. Undefined where no unit has two labels, or all labels are the
        same.

    Raises
    ------
    ValueError
        If `labels` is not a matrix.

    Notes
    -----
    Fleiss (1971): Pe = sum_k p_k^2, with p_k the mean over units of category k's share of the
    unit's labels. It is Scott's pi for more coders. Where labels are missing, the generalisation
    of Gwet (2014), section 2.5: p_k over all units with a label, Po over those with two or more.
    """
    read = read_labels(labels)
    observed = _observed(read)
    if observed is None:
        return undefined(read.no_pair)
    if read.only_one_category():
        return undefined(ALL_THE_SAME)
    return _beyond(observed, float(np.sum(_shares(read) ** 2)))


def conger_kappa(labels: npt.ArrayLike | pd.DataFrame) -> Coefficient:
    """Return Conger's kappa of any number of coders: Cohen's kappa generalised.

    Parameters
    ----------
    labels : array_like or pandas.DataFrame, shape (n_units, n_coders)
        Labels of any hashable kind; missing ones None or nan.

    Returns
    -------
    Coefficient
        At most 1, 0 at chance. Undefined where no unit has two labels, or all labels are the
        same.

    Raises
    ------
    ValueError
        If `labels` is not a matrix.

    Notes
    -----
    Conger (1980): Pe = the mean over pairs of coders g, h of sum_k p_gk p_hk, with p_gk the share
    of category k in the labels of coder g. Where labels are missing, p_gk is taken over all labels
    of coder g (Gwet 2014, section 2.5), whereas `cohen_kappa` leaves out units that only one coder
    coded; without missing labels the two are equal for two coders. A coder without any label is
    left out.
    """
    read = read_labels(labels)
    observed = _observed(read)
    if observed is None:
        return undefined(read.no_pair)
    if read.only_one_category():
        return undefined(ALL_THE_SAME)
    active = read.numbers[:, read.present.any(axis=0)]
    shares = np.stack(
        [
            np.bincount(column[column >= 0], minlength=read.n_categories) / (column >= 0).sum()
            for column in active.T
        ]
    )
    g = len(shares)
    # The sum over pairs g != h is the square of the sum less the squares.
    over_pairs = float(np.sum(shares.sum(axis=0) ** 2) - np.sum(shares**2))
    return _beyond(observed, over_pairs / (g * (g - 1)))


def gwet_ac1(
    labels: npt.ArrayLike | pd.DataFrame, *, categories: Sequence[object] | None = None
) -> Coefficient:
    """Return Gwet's AC1 of any number of coders.

    Parameters
    ----------
    labels : array_like or pandas.DataFrame, shape (n_units, n_coders)
        Labels of any hashable kind; missing ones None or nan.
    categories : sequence, optional
        All categories that a coder could have chosen, e.g. ``(0, 1)``. By default those that
        occur, which changes the value where one was never chosen.

    Returns
    -------
    Coefficient
        At most 1, 0 at chance. Undefined where no unit has two labels, or only one category is
        known.

    Raises
    ------
    ValueError
        If `labels` is not a matrix, or a label is none of the categories.

    Notes
    -----
    Gwet (2008): Pe = sum_k p_k (1 - p_k) / (q - 1) for q categories, p_k as in `fleiss_kappa`.
    Only units that are hard to code are taken to be labelled at random, so that it stays high
    where a category is rare and nearly everything agrees. Given both categories of a code that
    nobody used, it is 1.
    """
    read = read_labels(labels, categories)
    observed = _observed(read)
    if observed is None:
        return undefined(read.no_pair)
    if read.n_categories < 2:
        return undefined(ONE_CATEGORY)
    shares = _shares(read)
    return _beyond(observed, float(np.sum(shares * (1.0 - shares))) / (read.n_categories - 1))


def brennan_prediger(
    labels: npt.ArrayLike | pd.DataFrame, *, categories: Sequence[object] | None = None
) -> Coefficient:
    """Return the coefficient of Brennan and Prediger, for any number of coders.

    Parameters
    ----------
    labels : array_like or pandas.DataFrame, shape (n_units, n_coders)
        Labels of any hashable kind; missing ones None or nan.
    categories : sequence, optional
        All categories that a coder could have chosen, e.g. ``(0, 1)``. By default those that
        occur, which changes the value where one was never chosen.

    Returns
    -------
    Coefficient
        At most 1, 0 at chance. Undefined where no unit has two labels, or only one category is
        known.

    Raises
    ------
    ValueError
        If `labels` is not a matrix, or a label is none of the categories.

    Notes
    -----
    Brennan and Prediger (1981), and for two coders the S of Bennett, Alpert and Goldstein (1954):
    Pe = 1 / q for q categories, whatever their shares.
    """
    read = read_labels(labels, categories)
    observed = _observed(read)
    if observed is None:
        return undefined(read.no_pair)
    if read.n_categories < 2:
        return undefined(ONE_CATEGORY)
    return _beyond(observed, 1.0 / read.n_categories)
