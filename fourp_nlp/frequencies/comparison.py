"""Two groups' prevalences compared: difference, ratio, odds ratio and Cohen's h, with intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from fourp_nlp.frequencies._coded_samples import numbered, read_draws
from fourp_nlp.frequencies._probability_strata import tally
from fourp_nlp.frequencies._score_intervals import quantile, score_interval, score_ratio_interval
from fourp_nlp.frequencies.estimators import Interval, within_reach
from fourp_nlp.frequencies.prevalence import CENSUS, check_choice, prevalence

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    from fourp_nlp.frequencies._coded_samples import Draws
    from fourp_nlp.frequencies.estimate import Estimate, Method, Target

    Floats = NDArray[np.float64]

__all__ = [
    "Comparison",
    "Scale",
    "compare",
    "difference_of_draws",
    "figure_of",
    "ratio_of_draws",
    "side_by_side",
]

Scale = Literal["difference", "ratio", "odds_ratio", "cohen_h"]


@dataclass(frozen=True)
class Comparison:
    """Two groups compared.

    Attributes
    ----------
    first, second : Estimate
        Of each group.
    value, low, high : float
        First against second: "difference" is first less second, "ratio" first over second, "odds_ratio"
        the same of odds, "cohen_h" 2 arcsin(sqrt(first)) - 2 arcsin(sqrt(second)). nan where
        refused.
    scale : str
        Which of those.
    reason : str
        Why there is no value or no interval; empty otherwise.
    caution : str
        Caution about the interval, such as that it has no upper bound.
    """

    first: Estimate
    second: Estimate
    value: float
    low: float
    high: float
    scale: str
    reason: str = ""
    caution: str = ""


def compare(
    gold: ArrayLike,
    inclusion: ArrayLike,
    first: ArrayLike,
    second: ArrayLike,
    *,
    machine: ArrayLike | None = None,
    suggested: ArrayLike | None = None,
    documents: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    scale: Scale = "difference",
    method: Method = "corrected",
    target: Target = "corpus",
    confidence: float = 0.95,
) -> Comparison:
    """Compare how often a code occurs in two groups of segments.

    Parameters
    ----------
    gold, inclusion, machine, suggested, documents, strata
        As in `prevalence`.
    first, second : array_like of bool, shape (N,)
        The segments of each group; none may be in both.
    scale : {"difference", "ratio", "odds_ratio", "cohen_h"}
        What is compared.
    method, target, confidence
        As in `prevalence`. With the target "documents" no document may have segments in both groups.
        The method "naive" compares two counts, and has no interval.

    Returns
    -------
    Comparison
        The figure with its interval, or the reason why it is refused.

    Raises
    ------
    ValueError
        As in `prevalence`; or if groups overlap.

    Notes
    -----
    The number of sampled segments in each group is random and gives no information about the group. Given
    these numbers, the groups' samples are independent. For "corrected" and "gold" on the corpus, difference
    and ratio have score intervals of all cells of both groups together (Mee 1984; Koopman 1984), corrected
    for skewness, and at least as wide as the nearest whole numbers of segments on either side of the groups'
    estimates; no end is beyond what the counts allow. All other intervals are computed from the groups' own
    intervals [1]_: for the ratio all r whose difference p1 - r p2 may be 0 [3]_, on log odds for the odds
    ratio, and as angles for Cohen's h [2]_. A ratio's upper end is infinite if the share of the second group
    may be 0.

    References
    ----------
    .. [1] Newcombe, R. G. (1998). Interval estimation for the difference between independent proportions.
       Statistics in Medicine 17(8), 873-890; in general: Zou, G. Y. and Donner, A. (2008). Statistics in
       Medicine 27(10), 1693-1702.
    .. [2] Cohen, J. (1988). Statistical Power Analysis for the Behavioral Sciences, 2nd ed., section 6.2.
    .. [3] Donner, A. and Zou, G. Y. (2012). Closed-form confidence intervals for functions of the normal mean
       and standard deviation. Statistical Methods in Medical Research 21(4), 347-359.

    Examples
    --------
    >>> from fourp_nlp.frequencies import compare
    >>> gold = [1, 0, 0, 0, 1] * 4 + [float("nan")] * 80
    >>> first = [True, False] * 50
    >>> comparison = compare(gold, [0.2] * 100, first, [not each for each in first], method="gold")
    >>> comparison.low <= comparison.high
    True
    """
    check_choice(method, target)
    if scale not in get_args(Scale):
        raise ValueError(f"The scale is {scale!r}; it must be one of {', '.join(get_args(Scale))}.")
    masks = [np.asarray(each, dtype=bool) for each in (first, second)]
    if (masks[0] & masks[1]).any():
        raise ValueError("The groups have segments in common.")
    estimates = [
        prevalence(
            gold,
            inclusion,
            machine=machine,
            suggested=suggested,
            documents=documents,
            strata=strata,
            within=mask,
            method=method,
            target=target,
            confidence=confidence,
        )
        for mask in masks
    ]
    one, other = estimates
    value = figure_of(one.value, other.value, scale)
    against = _against(one, other, value)
    if target == "documents" and documents is not None:
        numbers = numbered(documents)
        if np.intersect1d(numbers[masks[0]], numbers[masks[1]]).size:
            against = against or "a document has segments in both groups"
    if against:
        return Comparison(one, other, math.nan, math.nan, math.nan, scale, against)
    if one.reason == CENSUS and other.reason == CENSUS:
        return Comparison(one, other, value, math.nan, math.nan, scale, CENSUS)
    # A group that is coded whole has no error: its ends are its value.
    one_end, other_end = (_closed(each) for each in estimates)
    reason = one_end.reason or other_end.reason
    if reason:
        return Comparison(one, other, value, math.nan, math.nan, scale, reason)
    if method in {"gold", "corrected"} and target == "corpus" and scale in {"difference", "ratio"}:
        parts = [
            read_draws(
                gold, inclusion, machine=machine, documents=documents, strata=strata, within=mask
            )[0]
            for mask in masks
        ]
        by_machine = method == "corrected"
        of_draws = difference_of_draws if scale == "difference" else ratio_of_draws
        interval = of_draws(*parts, machine=by_machine, confidence=confidence)
        low, high = float(interval.low[0]), float(interval.high[0])
    else:
        low, high = side_by_side(one_end, other_end, scale)
    # But for rounding they are on either side of the value.
    low, high = min(low, value), max(high, value)
    return Comparison(
        one, other, value, low, high, scale, caution=_caution(one, other, value, high)
    )


def _caution(one: Estimate, other: Estimate, value: float, high: float) -> str:
    cautions = [
        f"{name} group: {each.caution}"
        for name, each in (("first", one), ("second", other))
        if each.caution
    ]
    if math.isinf(value):
        cautions.append("nothing was found in the second group: the ratio to it has no upper bound")
    elif math.isinf(high):
        cautions.append("no upper bound: the second group may have none")
    return "; ".join(cautions)


def difference_of_draws(
    first: Draws, second: Draws, *, machine: bool, confidence: float
) -> Interval:
    """Return the difference of two groups' shares with its score interval, draw by draw.

    Parameters
    ----------
    first, second : Draws
        The groups' own draws, from `Draws.within`.
    machine : bool
        Whether the machine's probabilities define the cells.
    confidence : float
        Such as 0.95.

    Returns
    -------
    Interval
        nan where a group has no coded segment.
    """
    one, other = (tally(each, each.machine if machine else None) for each in (first, second))
    weights = np.concatenate([one.weights, -other.weights], axis=1)
    shares = np.concatenate([one.shares, other.shares], axis=1)
    sizes = np.concatenate([one.sizes, other.sizes], axis=1)
    thirds = np.concatenate([one.thirds, other.thirds], axis=1)
    low, high = score_interval(weights, shares, sizes, z=quantile(confidence), thirds=thirds)
    value = one.values - other.values
    able = (first.count > 0) & (second.count > 0)
    below, above = _beside(first, one.values)
    other_below, other_above = _beside(second, other.values)
    low, high = np.minimum(low, below - other_above), np.maximum(high, above - other_below)
    least, most = within_reach(first)
    other_least, other_most = within_reach(second)
    low, high = np.maximum(low, least - other_most), np.minimum(high, most - other_least)
    ends = (value, np.minimum(low, value), np.maximum(high, value))
    return Interval(*(np.where(able, each, np.nan) for each in ends))


def ratio_of_draws(first: Draws, second: Draws, *, machine: bool, confidence: float) -> Interval:
    """Return the ratio of two groups' shares with its score interval, draw by draw.

    Parameters
    ----------
    first, second : Draws
        The groups' own draws, from `Draws.within`.
    machine : bool
        Whether the machine's probabilities define the cells.
    confidence : float
        Such as 0.95.

    Returns
    -------
    Interval
        nan where a group has no coded segment, or both have a share of 0.
    """
    one, other = (tally(each, each.machine if machine else None) for each in (first, second))
    upper = np.concatenate([one.weights, np.zeros_like(other.weights)], axis=1)
    lower = np.concatenate([np.zeros_like(one.weights), other.weights], axis=1)
    shares = np.concatenate([one.shares, other.shares], axis=1)
    sizes = np.concatenate([one.sizes, other.sizes], axis=1)
    thirds = np.concatenate([one.thirds, other.thirds], axis=1)
    low, high = score_ratio_interval(
        upper, lower, shares, sizes, z=quantile(confidence), thirds=thirds
    )
    able = (first.count > 0) & (second.count > 0) & ((one.values > 0) | (other.values > 0))
    below, above = _beside(first, one.values)
    other_below, other_above = _beside(second, other.values)
    least, most = within_reach(first)
    other_least, other_most = within_reach(second)
    value = _over(one.values, other.values)
    low = np.maximum(np.minimum(low, _over(below, other_above)), _over(least, other_most))
    high = np.minimum(np.maximum(high, _over(above, other_below)), _over(most, other_least))
    ends = (value, np.minimum(low, value), np.maximum(high, value))
    return Interval(*(np.where(able, each, np.nan) for each in ends))


def _over(above: Floats, below: Floats) -> Floats:
    """Return a ratio; infinite if the denominator is 0."""
    ratio = np.divide(above, below, out=np.full(above.shape, np.inf), where=below > 0)
    return np.asarray(ratio, dtype=np.float64)


def _beside(draws: Draws, value: Floats) -> tuple[Floats, Floats]:
    """Return the shares of the whole numbers of segments next to an estimate, within the counts."""
    least, most = within_reach(draws)
    held = value * draws.size
    low = np.maximum(np.floor(held + 1e-7) / draws.size, least)
    high = np.minimum(np.ceil(held - 1e-7) / draws.size, most)
    return np.minimum(low, value), np.maximum(high, value)


def _closed(estimate: Estimate) -> Estimate:
    if estimate.reason != CENSUS:
        return estimate
    return replace(estimate, low=estimate.value, high=estimate.value, reason="")


def figure_of(one: float, other: float, scale: Scale) -> float:
    """Return the comparison of two shares on a scale.

    Parameters
    ----------
    one, other : float
        Shares of the first and the second group.
    scale : str
        As in `compare`.

    Returns
    -------
    float
        nan if undefined; infinite for a ratio to 0.

    Examples
    --------
    >>> from fourp_nlp.frequencies import figure_of
    >>> round(figure_of(0.3, 0.1, "ratio"), 2)
    3.0
    """
    if math.isnan(one) or math.isnan(other):
        return math.nan
    if scale == "difference":
        return one - other
    if scale == "cohen_h":
        return _angle(one) - _angle(other)
    if scale == "ratio":
        return one / other if other > 0 else (math.inf if one > 0 else math.nan)
    if {one, other} & {0.0, 1.0}:
        return math.nan
    return math.exp(_log_odds(one) - _log_odds(other))


def side_by_side(one: Estimate, other: Estimate, scale: Scale) -> tuple[float, float]:
    """Return the interval of a comparison from those of its groups: their half widths are squared and added.

    Parameters
    ----------
    one, other : Estimate
        Of the first and the second group, with their intervals.
    scale : str
        As in `compare`.

    Returns
    -------
    low, high : float
        The ends; infinite where there is no bound.
    """
    if scale == "ratio":
        return _ratio_side_by_side(one, other)
    turned = _TURNED[scale]
    a, a_low, a_high = (turned(each) for each in (one.value, one.low, one.high))
    b, b_low, b_high = (turned(each) for each in (other.value, other.low, other.high))
    low = a - b - math.hypot(a - a_low, b_high - b)
    high = a - b + math.hypot(a_high - a, b - b_low)
    return (math.exp(low), math.exp(high)) if scale == "odds_ratio" else (low, high)


def _ratio_side_by_side(one: Estimate, other: Estimate) -> tuple[float, float]:
    """Return the r for which the interval of p1 - r p2 contains 0; infinity if there is no bound."""
    a, b = one.value, other.value
    below = one.low * (2 * a - one.low), other.high * (2 * b - other.high)
    above = one.high * (2 * a - one.high), other.low * (2 * b - other.low)
    # Each end is a root of r^2 x2 - 2 a b r + x1 = 0: the smaller below, the larger above.
    divisor = a * b + math.sqrt(max(a * a * b * b - below[0] * below[1], 0.0))
    low = below[0] / divisor if divisor > 0 else 0.0
    root = a * b + math.sqrt(max(a * a * b * b - above[0] * above[1], 0.0))
    high = root / above[1] if above[1] > 0 else math.inf
    value = a / b if b > 0 else math.inf
    return max(min(low, value), 0.0), max(high, value)


def _same(share: float) -> float:
    return share


def _angle(share: float) -> float:
    return 2 * math.asin(math.sqrt(min(max(share, 0.0), 1.0)))


def _log_odds(share: float) -> float:
    if share <= 0:
        return -math.inf
    return math.inf if share >= 1 else math.log(share / (1 - share))


def _against(one: Estimate, other: Estimate, value: float) -> str:
    for name, each in (("first", one), ("second", other)):
        if not each.defined:
            return f"{name} group: {each.reason}"
    return "a share of 0 or 1 has no such ratio" if math.isnan(value) else ""


_TURNED: dict[str, Callable[[float], float]] = {
    "difference": _same,
    "cohen_h": _angle,
    "odds_ratio": _log_odds,
}
