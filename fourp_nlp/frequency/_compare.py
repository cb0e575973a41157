"""Two groups' prevalences compared: difference, ratio, odds ratio and Cohen's h, with intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from fourp_nlp.frequency._cells import tally
from fourp_nlp.frequency._draws import numbered, read_draws
from fourp_nlp.frequency._means import Interval
from fourp_nlp.frequency._prevalence import CENSUS, check_choice, prevalence
from fourp_nlp.frequency._score import quantile, score_interval, score_ratio_interval

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    from fourp_nlp.frequency._draws import Draws
    from fourp_nlp.frequency._estimate import Estimate, Method, Target

    Floats = NDArray[np.float64]

__all__ = ["Comparison", "Scale", "compare", "difference_of_draws"]

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
    """

    first: Estimate
    second: Estimate
    value: float
    low: float
    high: float
    scale: str
    reason: str = ""


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
        As in `prevalence`. With the target "documents" no document may have segments in both groups,
        and there is no interval where a group's coded segments are all alike.

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
    How many of a sample fall into a group is chance, and says nothing of the group: given these numbers, the
    groups' samples are independent samples in each. For "corrected" and "gold" on the corpus, difference and
    ratio have score intervals of all cells of both groups together (Mee 1984; Koopman 1984). Everything
    else is made of the groups' own intervals [1]_, on the scale itself for the difference, on
    log odds for the odds ratio, and as angles for Cohen's h [2]_.

    References
    ----------
    .. [1] Newcombe, R. G. (1998). Interval estimation for the difference between independent proportions.
       Statistics in Medicine 17(8), 873-890; in general: Zou, G. Y. and Donner, A. (2008). Statistics in
       Medicine 27(10), 1693-1702.
    .. [2] Cohen, J. (1988). Statistical Power Analysis for the Behavioral Sciences, 2nd ed., section 6.2.
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
    value = _scaled(one.value, other.value, scale)
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
    if target == "documents":
        reason = reason or _alike(one, other)
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
        if scale == "difference":
            made = difference_of_draws(*parts, machine=by_machine, confidence=confidence)
            low, high = float(made.low[0]), float(made.high[0])
        else:
            low, high = _ratio(*parts, machine=by_machine, confidence=confidence)
    else:
        low, high = _side_by_side(one_end, other_end, scale)
    return Comparison(one, other, value, low, high, scale)


def difference_of_draws(
    first: Draws, second: Draws, *, machine: bool, confidence: float
) -> Interval:
    """Return the difference of two groups' shares with its score interval, draw by draw.

    Parameters
    ----------
    first, second : Draws
        The groups' own draws, from `Draws.within`.
    machine : bool
        Whether the machine makes the cells.
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
    low, high = score_interval(weights, shares, sizes, z=quantile(confidence))
    value = one.values - other.values
    able = (first.count > 0) & (second.count > 0)
    made = (value, np.minimum(low, value), np.maximum(high, value))
    return Interval(*(np.where(able, each, np.nan) for each in made))


def _ratio(first: Draws, second: Draws, *, machine: bool, confidence: float) -> tuple[float, float]:
    one, other = (tally(each, each.machine if machine else None) for each in (first, second))
    upper = np.concatenate([one.weights, np.zeros_like(other.weights)], axis=1)
    lower = np.concatenate([np.zeros_like(one.weights), other.weights], axis=1)
    shares = np.concatenate([one.shares, other.shares], axis=1)
    sizes = np.concatenate([one.sizes, other.sizes], axis=1)
    low, high = score_ratio_interval(upper, lower, shares, sizes, z=quantile(confidence))
    return float(low[0]), float(high[0])


def _closed(estimate: Estimate) -> Estimate:
    if estimate.reason != CENSUS:
        return estimate
    return replace(estimate, low=estimate.value, high=estimate.value, reason="")


def _scaled(one: float, other: float, scale: Scale) -> float:
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


def _side_by_side(one: Estimate, other: Estimate, scale: Scale) -> tuple[float, float]:
    turned = _TURNED[scale]
    a, a_low, a_high = (turned(each) for each in (one.value, one.low, one.high))
    b, b_low, b_high = (turned(each) for each in (other.value, other.low, other.high))
    if scale == "ratio" and (math.isinf(a) or math.isinf(b)):
        return (0.0, math.inf)
    low = a - b - math.hypot(a - a_low, b_high - b)
    high = a - b + math.hypot(a_high - a, b - b_low)
    return (math.exp(low), math.exp(high)) if scale in {"ratio", "odds_ratio"} else (low, high)


def _same(share: float) -> float:
    return share


def _angle(share: float) -> float:
    return 2 * math.asin(math.sqrt(min(max(share, 0.0), 1.0)))


def _log(share: float) -> float:
    return math.log(share) if share > 0 else -math.inf


def _log_odds(share: float) -> float:
    if share <= 0:
        return -math.inf
    return math.inf if share >= 1 else math.log(share / (1 - share))


def _against(one: Estimate, other: Estimate, value: float) -> str:
    for name, each in (("first", one), ("second", other)):
        if not each.defined:
            return f"{name} group: {each.reason}"
    return "a share of 0 or 1 has no such ratio" if math.isnan(value) else ""


def _alike(one: Estimate, other: Estimate) -> str:
    """Say in which group people's codes are all alike, so that nothing tells how documents differ."""
    for name, each in (("first", one), ("second", other)):
        if each.positives in {0, each.coded}:
            which = "no" if each.positives == 0 else "every"
            return (
                f"in the {name} group {which} coded segment has the code: how its documents differ in it is "
                "not known"
            )
    return ""


_TURNED: dict[str, Callable[[float], float]] = {
    "difference": _same,
    "cohen_h": _angle,
    "ratio": _log,
    "odds_ratio": _log_odds,
}
