"""The coefficients that take chance from the shares in which the categories were used.

All have the form (Po - Pe) / (1 - Pe): agreement observed, less the agreement to be expected by
chance, as a share of the most that could be reached beyond it. They differ in what they take
chance to be. Where labels are missing, Po is that of `percent_agreement`.

References
----------
Cohen, J. (1960). A coefficient of agreement for nominal scales. Educational and Psychological
    Measurement 20, 37-46.
Conger, A. J. (1980). Integration and generalization of kappas for multiple raters.
    Psychological Bulletin 88, 322-328.
Feinstein, A. R. and Cicchetti, D. V. (1990). High agreement but low kappa: I. The problems of two
    paradoxes. Journal of Clinical Epidemiology 43, 543-549.
Fleiss, J. L. (1971). Measuring nominal scale agreement among many raters. Psychological
    Bulletin 76, 378-382.
Gwet, K. L. (2014). Handbook of inter-rater reliability, 4th ed. Advanced Analytics.
Scott, W. A. (1955). Reliability of content analysis: the case of nominal scale coding. Public
    Opinion Quarterly 19, 321-325.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from fourp_nlp.agreement.formulas.chance_agreement import (
    ALL_THE_SAME,
    beyond_chance,
    mean_shares,
    observed_agreement,
)
from fourp_nlp.agreement.formulas.label_matrix import Labels, read_labels
from fourp_nlp.agreement.formulas.result import Coefficient, undefined

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["cohen_kappa", "conger_kappa", "fleiss_kappa", "scott_pi"]


def _both_coded(labels: npt.ArrayLike | pd.DataFrame) -> Labels:
    """Return the units of two coders to which both gave a label."""
    read = read_labels(labels, n_coders=2)
    return Labels(read.numbers[read.per_unit == 2], read.n_categories)


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

    Examples
    --------
    >>> from fourp_nlp.agreement import cohen_kappa
    >>> round(cohen_kappa([[1, 1], [1, 0], [0, 0], [0, 0]]).value, 3)
    0.5
    """
    read = _both_coded(labels)
    observed = observed_agreement(read)
    if observed is None:
        return undefined(read.no_pair)
    if read.only_one_category():
        return undefined(ALL_THE_SAME)
    first, second = (
        np.bincount(read.numbers[:, coder], minlength=read.n_categories) / len(read.numbers)
        for coder in (0, 1)
    )
    return beyond_chance(observed, float(first @ second))


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

    Examples
    --------
    >>> from fourp_nlp.agreement import scott_pi
    >>> round(scott_pi([[1, 1], [1, 0], [0, 0], [0, 0]]).value, 3)
    0.467
    """
    read = _both_coded(labels)
    observed = observed_agreement(read)
    if observed is None:
        return undefined(read.no_pair)
    if read.only_one_category():
        return undefined(ALL_THE_SAME)
    return beyond_chance(observed, float(np.sum(mean_shares(read) ** 2)))


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
    of Gwet (2014): p_k over all units with a label, Po over those with two or more.

    Examples
    --------
    >>> from fourp_nlp.agreement import fleiss_kappa
    >>> round(fleiss_kappa([[1, 1, 1], [1, 0, 1], [0, 0, 0], [0, 0, 0]]).value, 3)
    0.657
    """
    read = read_labels(labels)
    observed = observed_agreement(read)
    if observed is None:
        return undefined(read.no_pair)
    if read.only_one_category():
        return undefined(ALL_THE_SAME)
    return beyond_chance(observed, float(np.sum(mean_shares(read) ** 2)))


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
    of coder g (Gwet 2014), whereas `cohen_kappa` leaves out units that only one coder
    coded; without missing labels the two are equal for two coders. A coder without any label is
    left out.

    Examples
    --------
    >>> from fourp_nlp.agreement import conger_kappa
    >>> round(conger_kappa([[1, 1, 1], [1, 0, 1], [0, 0, 0], [0, 0, 0]]).value, 3)
    0.667
    """
    read = read_labels(labels)
    observed = observed_agreement(read)
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
    return beyond_chance(observed, over_pairs / (g * (g - 1)))
