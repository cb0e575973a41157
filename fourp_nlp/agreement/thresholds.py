"""Thresholds: whether an interval lies below, above or across values that the user named."""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import TYPE_CHECKING

from fourp_nlp.number_format import probability

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["against_thresholds"]


_UNKNOWN: Mapping[float, float] = MappingProxyType({})


def against_thresholds(
    low: float,
    high: float,
    thresholds: Sequence[float],
    below: Mapping[float, float] = _UNKNOWN,
) -> str:
    """Say where an interval lies by some thresholds, and how probably the value lies below each.

    Parameters
    ----------
    low, high : float
        Ends of the interval; nan where there is none.
    thresholds : sequence of float
        The thresholds, in any order.
    below : mapping of float to float, optional
        For thresholds, the probability that the value of all such documents lies below (Hayes and
        Krippendorff 2007 report it of alpha). It must come from the estimate's own distribution, which
        the ends of an interval do not tell. A threshold that is not in it, or has nan, is not spoken of.

    Returns
    -------
    str
        "below 0.667", "between 0.667 and 0.8", "above 0.8" (an interval that begins at a threshold is
        above it), or "straddles 0.667" (or "straddles 0.667 and 0.8") where thresholds lie inside;
        then "below 0.8 with probability .31". Empty without an interval or a threshold.

    Examples
    --------
    >>> against_thresholds(0.7, 0.9, [0.667, 0.8])
    'straddles 0.8'
    >>> against_thresholds(0.7, 0.9, [0.667, 0.8], {0.667: 0.004, 0.8: 0.31})
    'straddles 0.8; below 0.667 with probability <.01, below 0.8 with probability .31'

    References
    ----------
    Hayes, A. F. and Krippendorff, K. (2007). Answering the call for a standard reliability measure
        for coding data. Communication Methods and Measures 1, 77-89.
    """
    if math.isnan(low) or math.isnan(high) or not thresholds:
        return ""
    ordered = sorted(set(thresholds))
    chances = [
        f"below {value:g} with probability {probability(below[value])}"
        for value in ordered
        if value in below and not math.isnan(below[value])
    ]
    return "; ".join(filter(None, [_where(low, high, ordered), ", ".join(chances)]))


def _where(low: float, high: float, ordered: Sequence[float]) -> str:
    """Say where an interval lies by thresholds in ascending order."""
    inside = [value for value in ordered if low < value <= high]
    if inside:
        return f"straddles {' and '.join(f'{value:g}' for value in inside)}"
    under = [value for value in ordered if value <= low]
    over = [value for value in ordered if value > high]
    if not under:
        return f"below {over[0]:g}"
    if not over:
        return f"above {under[-1]:g}"
    return f"between {under[-1]:g} and {over[0]:g}"
