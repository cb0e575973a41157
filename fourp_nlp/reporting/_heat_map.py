"""The colours of a heat map of rates."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["STEPS", "heat_bounds", "heat_step", "legend"]

STEPS = 6
"""Colours besides that of nought. They grow darker in one hue, so that they can be told apart by people who
see few colours, and on paper without any."""

_MANTISSAS = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)
_SKEWED = 5  # times the median that the top is, from which steps double


def heat_bounds(rates: Iterable[float]) -> list[float]:
    """Return the rates at which a darker colour begins.

    `rates` are all counts for a thousand words, nan where there is no word. Bounds are STEPS - 1
    round numbers, rising in equal steps from nought; or doubling where rates are skewed, for then a
    few sites with few words would leave all the others pale. A twentieth of the rates above nought
    are in the darkest colour at least.
    """
    above = np.array([rate for rate in rates if rate > 0 and math.isfinite(rate)])
    top = float(np.quantile(above, 0.95)) if len(above) else 1.0
    skewed = len(above) > 0 and top > _SKEWED * float(np.median(above))
    doublings = np.array([2.0**at for at in range(STEPS - 1)])
    steps = doublings if skewed else np.arange(1.0, STEPS)
    unit = _round_below(top / float(steps[-1]))
    return [float(f"{unit * step:.6g}") for step in steps.tolist()]


def _round_below(value: float) -> float:
    """Return the greatest round number that is no more than a value."""
    power = 10.0 ** math.floor(math.log10(value))
    fitting = [mantissa for mantissa in _MANTISSAS if mantissa * power <= value * (1 + 1e-9)]
    return (fitting[-1] if fitting else 1.0) * power


def heat_step(rate: float, bounds: Sequence[float]) -> int:
    """Return the colour of a rate.

    `rate` is a count for a thousand words. 0 for nought, else 1 to STEPS; -1 for nan.
    """
    if math.isnan(rate):
        return -1
    return 0 if rate <= 0 else 1 + sum(rate >= bound for bound in bounds)


def legend(bounds: Sequence[float]) -> list[tuple[int, str]]:
    """Return each colour with what it stands for.

    A colour is a number; what it stands for is such as "0.5 to 1".
    """
    written = [f"{bound:.10g}" for bound in bounds]
    between = [f"{low} to {high}" for low, high in pairwise(written)]
    words = ["0", f"below {written[0]}", *between, f"{written[-1]} and more"]
    return list(enumerate(words))
