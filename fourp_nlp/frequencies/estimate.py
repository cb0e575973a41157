"""An estimate: its value, interval and target, or the reason why there is none."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

__all__ = ["Estimate", "Method", "Target", "refused"]

Method = Literal[
    "gold",
    "hajek",
    "horvitz_thompson",
    "naive",
    "prediction_powered",
    "corrected",
    "adjusted_count",
]
Target = Literal["corpus", "documents", "segments"]


@dataclass(frozen=True)
class Estimate:
    """An estimate with its interval, or the reason why it has none.

    Attributes
    ----------
    value : float
        The estimate; nan where it is refused.
    low, high : float
        The interval's ends; nan where there is none.
    method : str
        The estimator.
    target : str
        What the interval is for: "corpus", the codes in these very segments; "documents",
        documents like these, of which these are a random sample; "segments", segments like these, each
        independent of the others.
    coded, positives, segments : int
        Segments that people coded, those with the code, and all segments.
    reason : str
        Why there is no value or no interval; empty otherwise.
    power : float
        Weight of the machine's probabilities, from 0 to 1, in a prediction-powered estimate; otherwise nan.
    caution : str
        Caution about the interval; empty if there is none.
    """

    value: float
    low: float
    high: float
    method: str
    target: str
    coded: int
    positives: int
    segments: int
    reason: str = ""
    power: float = math.nan
    caution: str = ""

    @property
    def defined(self) -> bool:
        """Whether there is a value."""
        return not math.isnan(self.value)

    @property
    def margin(self) -> float:
        """Half the width of the interval."""
        return (self.high - self.low) / 2


def refused(
    reason: str, method: str, target: str, *, coded: int = 0, positives: int = 0, segments: int = 0
) -> Estimate:
    """Return an estimate without a value.

    Parameters
    ----------
    reason : str
        Why there is none.
    method, target : str
        What was asked for.
    coded, positives, segments : int
        Counts, as in `Estimate`.

    Returns
    -------
    Estimate
        nan, with the reason.
    """
    return Estimate(
        math.nan, math.nan, math.nan, method, target, coded, positives, segments, reason
    )
