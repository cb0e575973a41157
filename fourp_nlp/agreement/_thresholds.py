"""Where an interval lies by values that somebody named; no word on what is good."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["against_thresholds"]


def against_thresholds(low: float, high: float, thresholds: Sequence[float]) -> str:
    """Say where an interval lies by some thresholds.

    Parameters
    ----------
    low, high : float
        Ends of the interval; nan where there is none.
    thresholds : sequence of float
        The thresholds, in any order.

    Returns
    -------
    str
        "below 0.667", "between 0.667 and 0.8", "above 0.8" (an interval that begins at a threshold is
        above it), or "straddles 0.667" (or "straddles 0.667 and 0.8") where thresholds lie inside.
        Empty without an interval or a threshold.

    Examples
    --------
    >>> against_thresholds(0.7, 0.9, [0.667, 0.8])
    'straddles 0.8'
    """
    if math.isnan(low) or math.isnan(high) or not thresholds:
        return ""
    ordered = sorted(set(thresholds))
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
