"""Agreement observed, and what the coefficients that correct it for chance are made of.

Reference: Gwet, K. L. (2014). Handbook of inter-rater reliability, 4th ed. Advanced Analytics.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from fourp_nlp.agreement.formulas.label_matrix import Labels, read_labels
from fourp_nlp.agreement.formulas.result import Coefficient, undefined

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "ALL_THE_SAME",
    "agreeing_pairs",
    "beyond_chance",
    "mean_shares",
    "observed_agreement",
    "percent_agreement",
]

ALL_THE_SAME = "all labels are the same, so that chance alone would give perfect agreement as well"


def agreeing_pairs(labels: Labels) -> npt.NDArray[np.int64]:
    """Return how many pairs of coders gave each unit the same label, shape (n_units,)."""
    numbers = labels.numbers
    agreeing = np.zeros(len(numbers), dtype=np.int64)
    for one, other in combinations(range(labels.n_coders), 2):
        agreeing += (numbers[:, one] == numbers[:, other]) & (numbers[:, one] >= 0)
    return agreeing


def observed_agreement(labels: Labels) -> float | None:
    """Return the mean share of agreeing pairs of coders, None where no unit has a pair."""
    paired = labels.per_unit >= 2
    if not paired.any():
        return None
    m = labels.per_unit[paired]
    return float(np.mean(agreeing_pairs(labels)[paired] / (m * (m - 1) / 2)))


def mean_shares(labels: Labels) -> npt.NDArray[np.float64]:
    """Return each category's mean share of the labels of a unit, shape (n_categories,)."""
    present, per_unit = labels.present, labels.per_unit
    weights = np.repeat(1.0 / np.maximum(per_unit, 1), labels.n_coders).reshape(present.shape)
    sums = np.bincount(
        labels.numbers[present], weights=weights[present], minlength=labels.n_categories
    )
    return np.asarray(sums / max(int((per_unit > 0).sum()), 1), dtype=np.float64)


def beyond_chance(observed: float, chance: float) -> Coefficient:
    """Return (Po - Pe) / (1 - Pe)."""
    return Coefficient((observed - chance) / (1.0 - chance))


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
    labels, Gwet (2014): with r_ik coders who gave unit i category k, and r_i coders
    who gave it any, the mean over the units with r_i > 1 of sum_k r_ik (r_ik - 1) / r_i (r_i - 1).

    Examples
    --------
    >>> from fourp_nlp.agreement import percent_agreement
    >>> round(percent_agreement([[1, 1], [1, 0], [0, 0], [0, 0]]).value, 3)
    0.75
    """
    read = read_labels(labels)
    observed = observed_agreement(read)
    return undefined(read.no_pair) if observed is None else Coefficient(observed)
