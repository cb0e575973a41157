"""How often a code occurs: estimates from machine codes of all segments and people's codes of a sample."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict, get_args

import numpy as np

from fourp_nlp.frequencies._coded_samples import read_draws
from fourp_nlp.frequencies._probability_strata import tally
from fourp_nlp.frequencies.estimate import Estimate, Method, Target, refused
from fourp_nlp.frequencies.estimators import (
    CORRELATION,
    SPEAK,
    Interval,
    adjusted_count,
    by_cells,
    carriers,
    for_documents,
    hajek,
    held_to_counts,
    horvitz_thompson,
    prediction_powered,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from fourp_nlp.frequencies._coded_samples import Draws

    Floats = NDArray[np.float64]

__all__ = ["CENSUS", "MACHINE_COUNT", "check_choice", "prevalence"]

CENSUS = "every segment is coded: this is a count, without sampling error"
MACHINE_COUNT = "the machine's count: it is not based on a sample, so it has no interval"
SUPPOSED = (
    "fewer than two documents in effect have the code: the interval assumes a correlation of "
    f"{CORRELATION} within documents"
)

_TARGETS: dict[str, tuple[str, ...]] = {
    "gold": ("corpus", "documents"),
    "corrected": ("corpus", "documents"),
    "prediction_powered": ("corpus", "segments"),
}


class _Counts(TypedDict):
    coded: int
    positives: int
    segments: int


def prevalence(
    gold: ArrayLike,
    inclusion: ArrayLike,
    *,
    machine: ArrayLike | None = None,
    suggested: ArrayLike | None = None,
    documents: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    within: ArrayLike | None = None,
    method: Method = "corrected",
    target: Target = "corpus",
    confidence: float = 0.95,
    power: float | None = None,
) -> Estimate:
    """Estimate the share of segments that carry a code.

    Parameters
    ----------
    gold : array_like, shape (N,)
        1 where people gave the code, 0 where they read the segment and did not, nan where it was not read.
    inclusion : array_like, shape (N,)
        Inclusion probability of each segment that was read, from the draw; nan for segments picked on
        purpose, 1 for segments that were certain to be read.
    machine : array_like, shape (N,), optional
        The machine's probabilities, or its suggestions as 0 and 1, for all segments. For segments of
        documents that the machine learned from they must be out of fold (`out_of_fold` in the table
        SUGGESTIONS): in-sample probabilities look better than they are.
    suggested : array_like, shape (N,), optional
        Its suggestions as 0 and 1, for "naive" and "adjusted_count"; by default `machine`.
    documents, strata : array_like, shape (N,), optional
        Document and stratum of each segment.
    within : array_like of bool, shape (N,), optional
        A domain, such as a group; by default all segments.
    method : str
        * "corrected": post-stratified by the machine, with a score interval. The recommended one.
        * "gold": the human sample only, with a score interval (Wilson's).
        * "hajek", "horvitz_thompson": the human sample only, with Wald's interval.
        * "prediction_powered": PPI++ with Wald's interval.
        * "adjusted_count": the machine's share, adjusted for sensitivity and specificity.
        * "naive": the machine's share as it is, without an interval: it is not based on a sample.
    target : {"corpus", "documents", "segments"}
        What the interval is for; see `Estimate`. "documents" for "gold" and "corrected", "segments" for
        "prediction_powered".
    confidence : float, default 0.95
        Of the interval.
    power : float, optional
        For "prediction_powered": weight of the machine's probabilities; tuned by default.

    Returns
    -------
    Estimate
        The share, or the reason why it is refused. For the target "corpus" the value and the ends are at
        least the number of segments coded with the code, and at most all segments except those read and not
        coded. Segments that were certain to be read are counted; the sample represents only the others.

    Raises
    ------
    ValueError
        If lengths do not fit, a value is out of range, something needed is not given, or the method has no
        such target.

    Notes
    -----
    Formulas, assumptions and coverage are in docs/frequencies.md.

    Examples
    --------
    >>> from fourp_nlp.frequencies import prevalence
    >>> gold = [1, 0, 0, 0, 1] * 4 + [float("nan")] * 80
    >>> inclusion = [0.2] * 100
    >>> round(prevalence(gold, inclusion, method="gold").value, 2)
    0.4
    """
    check_choice(method, target)
    if method == "naive":
        gold, inclusion = np.asarray(gold, dtype=np.float64), np.asarray(inclusion)
    draws, reason = read_draws(
        gold,
        inclusion,
        machine=machine,
        documents=documents,
        strata=strata,
        within=within,
    )
    counts = _Counts(
        coded=int(draws.count[0]), positives=int(draws.positives[0]), segments=draws.size
    )
    if reason and not (method == "naive" and draws.size):
        return refused(reason, method, target, **counts)
    if method in {"corrected", "prediction_powered"} and draws.machine is None:
        raise ValueError(f"The method {method} needs the machine's probabilities.")
    if target == "documents" and draws.documents is None:
        raise ValueError("The target documents needs the documents.")
    predictions = np.zeros(0)
    if method in {"naive", "adjusted_count"}:
        predictions = _suggested(draws, suggested, within, method)
    if method == "naive":
        share = float(np.mean(predictions))
        return Estimate(share, np.nan, np.nan, method, target, **counts, reason=MACHINE_COUNT)
    if counts["coded"] == counts["segments"] and target == "corpus":
        share = counts["positives"] / counts["segments"]
        return Estimate(share, np.nan, np.nan, method, target, **counts, reason=CENSUS)
    by_chance = counts["coded"] - int(draws.certain.sum())
    if by_chance < 2 and method in {"hajek", "horvitz_thompson", "prediction_powered"}:
        return refused("one segment drawn at random has no variance", method, target, **counts)
    return _estimated(draws, predictions, method, target, confidence, power, counts)


def _estimated(
    draws: Draws,
    predictions: Floats,
    method: Method,
    target: Target,
    confidence: float,
    power: float | None,
    counts: _Counts,
) -> Estimate:
    trusted, reason, caution = np.nan, "", ""
    if method in {"gold", "corrected"}:
        machine = method == "corrected"
        interval = by_cells(draws, machine=machine, confidence=confidence)
        if target == "documents":
            counted = tally(draws, draws.machine if machine else None)
            interval = for_documents(draws, interval, counted, confidence=confidence)
            if np.isnan(interval.low[0]):
                reason = "one document does not show how documents differ"
            elif carriers(draws)[0] < SPEAK:
                caution = SUPPOSED
    elif method == "prediction_powered":
        if target == "segments" and counts["coded"] == counts["segments"]:
            return refused("every segment is coded: no other is left", method, target, **counts)
        if target == "segments" and np.ptp(draws.probability[draws.present]) > 1e-9:
            unequal = "the target segments needs equal inclusion probabilities"
            return refused(unequal, method, target, **counts)
        interval, lam = prediction_powered(draws, confidence=confidence, target=target, power=power)
        trusted = float(lam[0])
    elif method == "adjusted_count":
        interval = adjusted_count(draws, predictions, confidence=confidence)
        if np.isnan(interval.value[0]):
            return refused(_why_not_adjusted(draws, predictions), method, target, **counts)
    else:
        one = hajek if method == "hajek" else horvitz_thompson
        interval = one(draws, confidence=confidence)
    if target == "corpus":
        interval = held_to_counts(draws, interval)
    return Estimate(
        *_only(interval), method, target, **counts, reason=reason, power=trusted, caution=caution
    )


def _why_not_adjusted(draws: Draws, suggested: Floats) -> str:
    rest, suggested = draws.rest(), suggested[~draws.sure]
    gold = rest.gold[0][rest.present[0]] == 1
    if gold.all() or not gold.any():
        return "people's codes are all alike: sensitivity or specificity is unknown"
    suggested_coded, weight = (
        suggested[rest.rows[0][rest.present[0]]],
        rest.weight[0][rest.present[0]],
    )
    shares = [np.average(suggested_coded[each], weights=weight[each]) for each in (gold, ~gold)]
    if shares[0] <= shares[1]:
        return "sensitivity and specificity sum to 1 or less: the machine's suggestions are uninformative"
    return "sensitivity and specificity are too uncertain: the interval contains half of all shares or more"


def check_choice(method: str, target: str) -> None:
    """Refuse an unknown method or target, or one that does not fit the other.

    Parameters
    ----------
    method, target : str
        What was asked for.

    Raises
    ------
    ValueError
        If the choice is not possible.
    """
    for name, value, known in (("method", method, Method), ("target", target, Target)):
        if value not in get_args(known):
            raise ValueError(
                f"The {name} is {value!r}; it must be one of {', '.join(get_args(known))}."
            )
    if target not in _TARGETS.get(method, ("corpus",)):
        raise ValueError(f"The method {method} has no interval for the target {target}.")


def _suggested(
    draws: Draws, suggested: ArrayLike | None, within: ArrayLike | None, method: str
) -> Floats:
    if suggested is None:
        if draws.machine is None:
            raise ValueError(f"The method {method} needs the machine's suggestions.")
        predictions = draws.machine
    else:
        predictions = np.asarray(suggested, dtype=np.float64)
        predictions = predictions if within is None else predictions[np.asarray(within, dtype=bool)]
        if predictions.shape != (draws.size,):
            raise ValueError(
                f"Suggestions are of shape {predictions.shape}, for {draws.size} segments."
            )
    if method == "adjusted_count" and not np.isin(predictions, (0.0, 1.0)).all():
        raise ValueError("The method adjusted_count needs suggestions of 0 and 1.")
    return predictions


def _only(interval: Interval) -> tuple[float, float, float]:
    return float(interval.value[0]), float(interval.low[0]), float(interval.high[0])
