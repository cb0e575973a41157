"""Krippendorff's alpha on a units x coders matrix of labels.

References
----------
Krippendorff, K. (2004). Content analysis: an introduction to its methodology, 2nd ed. Sage.
    Chapter 11.
Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability. University of Pennsylvania,
    repository.upenn.edu/asc_papers/43.
Hayes, A. F. and Krippendorff, K. (2007). Answering the call for a standard reliability measure
    for coding data. Communication Methods and Measures 1, 77-89.
"""

from __future__ import annotations

from itertools import combinations
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from fourp_nlp.agreement.formulas.chance_agreement import ALL_THE_SAME, agreeing_pairs
from fourp_nlp.agreement.formulas.label_matrix import Labels, as_matrix, read_labels
from fourp_nlp.agreement.formulas.result import Coefficient, undefined

__all__ = ["Level", "krippendorff_alpha"]

Level = Literal["nominal", "ordinal", "interval", "ratio"]


def krippendorff_alpha(
    labels: npt.ArrayLike | pd.DataFrame, *, level: Level = "nominal"
) -> Coefficient:
    """Return Krippendorff's alpha of any number of coders.

    Parameters
    ----------
    labels : array_like or pandas.DataFrame, shape (n_units, n_coders)
        Labels; missing ones None or nan. For all levels but "nominal" they must be numbers.
    level : {"nominal", "ordinal", "interval", "ratio"}
        What the labels are: names, ranks, measurements on a scale with equal steps, or such
        measurements from a true zero.

    Returns
    -------
    Coefficient
        At most 1, 0 at chance. Undefined where no unit has two labels, or all labels of such
        units are the same.

    Raises
    ------
    ValueError
        If `labels` is not a matrix, the level is unknown, or the level needs numbers (for "ratio":
        none below 0) and a label is none.

    See Also
    --------
    krippendorff_alpha_sets : for labels that are sets of codes.

    Notes
    -----
    Krippendorff (2011): 1 - Do / De. Only labels of units with two labels or more count; there
    are n of them, n_c of category c. A unit with m labels adds the sum over its ordered pairs of
    labels of d(c, k) / (m - 1) to n Do; De is the sum over all ordered pairs of the n labels of
    d(c, k) / (n (n - 1)), without replacement: hence its correction for small samples.

    The difference d(c, k) is 0 or 1 for nominal labels and (c - k)^2 for interval ones. For
    ordinal labels it is (sum of n_g for g from c to k - (n_c + n_k) / 2)^2. As that sum is the
    difference of the two categories' mean ranks, ordinal alpha is interval alpha of the ranks,
    and no coincidence matrix is needed for any of the three. For ratio labels, none of them below
    0, it is ((c - k) / (c + k))^2.

    Examples
    --------
    >>> from fourp_nlp.agreement import krippendorff_alpha
    >>> round(krippendorff_alpha([[1, 1], [1, 0], [0, 0], [0, 0]]).value, 3)
    0.533
    """
    if level not in get_args(Level):
        raise ValueError(f"The level is {level!r}; it must be one of {', '.join(get_args(Level))}.")
    if level == "nominal":
        return _nominal(_pairable(read_labels(labels)))
    return _numeric(as_matrix(labels), level)


def _pairable(labels: Labels) -> Labels:
    return Labels(labels.numbers[labels.per_unit >= 2], labels.n_categories)


def _nominal(labels: Labels) -> Coefficient:
    if len(labels.numbers) == 0:
        return undefined(labels.no_pair)
    if labels.only_one_category():
        return undefined(ALL_THE_SAME)
    m = labels.per_unit
    disagreeing = m * (m - 1) - 2 * agreeing_pairs(labels)
    counts = np.bincount(labels.numbers[labels.present], minlength=labels.n_categories).astype(
        np.float64
    )
    n = float(counts.sum())
    observed = float(np.sum(disagreeing / (m - 1)))
    expected = float(n**2 - np.sum(counts**2)) / (n - 1)
    return Coefficient(1.0 - observed / expected)


def _numeric(matrix: npt.NDArray[np.generic], level: Level) -> Coefficient:
    try:
        values = np.where(pd.isna(matrix), np.nan, matrix).astype(np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"Labels of the level {level} must be numbers: {error}.") from error
    if np.isinf(values).any():
        raise ValueError(f"Labels of the level {level} must be finite numbers.")
    per_unit = (~np.isnan(values)).sum(axis=1)
    values = values[per_unit >= 2]
    m = per_unit[per_unit >= 2]
    if len(values) == 0:
        return undefined(Labels(np.empty((0, matrix.shape[1]), np.int64), 0).no_pair)
    present = ~np.isnan(values)
    if values[present].min() == values[present].max():
        return undefined(ALL_THE_SAME)
    if level == "ratio":
        return _ratio(values, m)
    if level == "ordinal":
        _, position, counts = np.unique(values[present], return_inverse=True, return_counts=True)
        values[present] = (np.cumsum(counts) - counts / 2)[position]
    n = int(m.sum())
    # A sum of squared differences over all pairs of k numbers is 2 k times their squared
    # deviations from the mean.
    means = np.nansum(values, axis=1, keepdims=True) / m[:, None]
    within = np.nansum((values - means) ** 2, axis=1)
    observed = float(np.sum(2 * m * within / (m - 1)))
    flat = values[present]
    expected = float(2 * n * np.sum((flat - flat.mean()) ** 2) / (n - 1))
    return Coefficient(1.0 - observed / expected)


def _ratio(values: npt.NDArray[np.float64], m: npt.NDArray[np.int64]) -> Coefficient:
    flat = values[~np.isnan(values)]
    if flat.min() < 0:
        raise ValueError("Labels of the level ratio cannot be below 0.")
    observed = 0.0
    for one, other in combinations(values.T, 2):
        apart = np.nan_to_num(_ratio_distance(one, other))
        observed += float(np.sum(2 * apart / (m - 1)))
    known, counts = np.unique(flat, return_counts=True)
    expected = 0.0
    for value, count in zip(known, counts, strict=True):
        expected += float(count * np.sum(counts * _ratio_distance(known, value)))
    return Coefficient(1.0 - observed * (len(flat) - 1) / expected)


def _ratio_distance(
    one: npt.NDArray[np.float64], other: npt.NDArray[np.float64] | float
) -> npt.NDArray[np.float64]:
    together = one + other
    return np.asarray(((one - other) / np.where(together == 0, 1.0, together)) ** 2)
