"""The coefficients that take chance from how many categories there were to choose from.

Both have the form (Po - Pe) / (1 - Pe), and depend on categories that no coder chose.

References
----------
Bennett, E. M., Alpert, R. and Goldstein, A. C. (1954). Communications through limited-response
    questioning. Public Opinion Quarterly 18, 303-308.
Brennan, R. L. and Prediger, D. J. (1981). Coefficient kappa: some uses, misuses, and
    alternatives. Educational and Psychological Measurement 41, 687-699.
Byrt, T., Bishop, J. and Carlin, J. B. (1993). Bias, prevalence and kappa. Journal of Clinical
    Epidemiology 46, 423-429.
Gwet, K. L. (2008). Computing inter-rater reliability and its variance in the presence of high
    agreement. British Journal of Mathematical and Statistical Psychology 61, 29-48.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from fourp_nlp.agreement.formulas.chance_agreement import (
    beyond_chance,
    mean_shares,
    observed_agreement,
)
from fourp_nlp.agreement.formulas.label_matrix import read_labels
from fourp_nlp.agreement.formulas.result import Coefficient, undefined

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

__all__ = ["ONE_CATEGORY", "brennan_prediger", "gwet_ac1"]

ONE_CATEGORY = "only one category is known, so that there was nothing to choose between"


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

    Examples
    --------
    >>> from fourp_nlp.agreement import gwet_ac1
    >>> round(gwet_ac1([[1, 1], [1, 0], [0, 0], [0, 0]], categories=(0, 1)).value, 3)
    0.529
    """
    read = read_labels(labels, categories)
    observed = observed_agreement(read)
    if observed is None:
        return undefined(read.no_pair)
    if read.n_categories < 2:
        return undefined(ONE_CATEGORY)
    shares = mean_shares(read)
    return beyond_chance(observed, float(np.sum(shares * (1.0 - shares))) / (read.n_categories - 1))


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
    Pe = 1 / q for q categories, whatever their shares. Of two categories it is 2 Po - 1, the PABAK
    (prevalence-adjusted bias-adjusted kappa) of Byrt, Bishop and Carlin (1993).

    Examples
    --------
    >>> from fourp_nlp.agreement import brennan_prediger
    >>> round(brennan_prediger([[1, 1], [1, 0], [0, 0], [0, 0]], categories=(0, 1)).value, 3)
    0.5
    """
    read = read_labels(labels, categories)
    observed = observed_agreement(read)
    if observed is None:
        return undefined(read.no_pair)
    if read.n_categories < 2:
        return undefined(ONE_CATEGORY)
    return beyond_chance(observed, 1.0 / read.n_categories)
