"""How much a disagreement counts: weights between categories that have an order.

References
----------
Cohen, J. (1968). Weighted kappa: nominal scale agreement with provision for scaled disagreement or
    partial credit. Psychological Bulletin 70, 213-220.
Gwet, K. L. (2014). Handbook of inter-rater reliability, 4th ed. Advanced Analytics.
"""

from __future__ import annotations

import numbers
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from fourp_nlp.agreement.formulas.label_matrix import as_matrix

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Weights", "agreement_weights", "ordered_categories"]

Weights = Literal["identity", "linear", "quadratic", "ordinal"]


def agreement_weights(
    categories: Sequence[object], weights: Weights = "identity"
) -> npt.NDArray[np.float64]:
    """Return how much of an agreement each pair of categories is.

    Parameters
    ----------
    categories : sequence
        All categories, in their order. Where all are numbers, linear and quadratic weights are of
        their differences; otherwise of their places 1, 2, 3, ...
    weights : {"identity", "linear", "quadratic", "ordinal"}
        "identity" for categories without an order.

    Returns
    -------
    numpy.ndarray of float64, shape (n_categories, n_categories)
        1 for the same category, 0 for those that are farthest apart (with "identity": for all
        others).

    Raises
    ------
    ValueError
        If the weights are unknown, or a category repeats itself or is not finite.

    Notes
    -----
    With x_k the number of category k, and q categories: linear 1 - abs(x_k - x_l) / (max - min),
    quadratic the same with both differences squared (Cohen 1968); ordinal 1 - M_kl / M_1q with
    M_kl = (abs(k - l) + 1) abs(k - l) / 2 for the places k and l, the number of pairs of
    categories from k to l (Gwet 2014). Ordinal weights use places alone, and so differ from
    Krippendorff's ordinal distance, which uses how often the categories between were chosen.

    Examples
    --------
    >>> from fourp_nlp.agreement import agreement_weights
    >>> agreement_weights([1, 2, 3], "linear")[0].tolist()
    [1.0, 0.5, 0.0]
    """
    if weights not in get_args(Weights):
        raise ValueError(
            f"The weights are {weights!r}; they must be one of {', '.join(get_args(Weights))}."
        )
    if len(set(categories)) != len(categories):
        raise ValueError("The categories repeat themselves.")
    q = len(categories)
    if weights == "identity" or q < 2:
        return np.eye(q)
    places = np.arange(q, dtype=np.float64)
    if weights == "ordinal":
        apart = np.abs(places[:, None] - places)
        between = apart * (apart + 1) / 2
        return np.asarray(1.0 - between / between[0, -1], dtype=np.float64)
    x = np.array(categories, dtype=np.float64) if _all_numbers(categories) else places
    if not np.isfinite(x).all():
        raise ValueError("Categories that are numbers must be finite for weights.")
    apart = np.abs(x[:, None] - x) / (x.max() - x.min())
    return np.asarray(1.0 - (apart if weights == "linear" else apart**2), dtype=np.float64)


def ordered_categories(
    labels: npt.ArrayLike | pd.DataFrame, categories: Sequence[object] | None, weights: Weights
) -> list[object]:
    """Return the categories in their order.

    Parameters
    ----------
    labels : array_like or pandas.DataFrame, shape (n_units, n_coders)
        Labels; missing ones None or nan.
    categories : sequence or None
        All categories in their order, if the caller knows them.
    weights : {"identity", "linear", "quadratic", "ordinal"}
        What they are needed for: without an order ("identity") any will do.

    Returns
    -------
    list
        The given ones, or those that occur: numbers in ascending order, others as they appear.

    Raises
    ------
    ValueError
        If an order is needed and labels are not numbers.
    """
    if categories is not None:
        return list(categories)
    found: list[object] = pd.unique(as_matrix(labels).ravel()).tolist()
    given = [each for each in found if not pd.isna(each)]  # type: ignore[call-overload]
    if _all_numbers(given):
        return sorted(given)  # type: ignore[type-var]
    if weights != "identity":
        raise ValueError(
            f"With {weights} weights the order of the categories matters; give them in their order "
            "by means of categories."
        )
    return given


def _all_numbers(categories: Sequence[object]) -> bool:
    return all(isinstance(each, numbers.Real) for each in categories)
