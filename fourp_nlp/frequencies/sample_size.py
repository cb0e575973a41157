"""How many segments people must code at random for a wanted margin, from what is known so far."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from fourp_nlp.frequencies._coded_samples import read_draws
from fourp_nlp.frequencies._probability_strata import CELLS, FEWEST, expected_best, tally
from fourp_nlp.frequencies._score_intervals import quantile, score_interval

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from fourp_nlp.frequencies._coded_samples import Draws

    Floats = NDArray[np.float64]

__all__ = ["Need", "PlanMethod", "expected_margin", "segments_needed"]

PlanMethod = Literal["gold", "corrected"]


@dataclass(frozen=True)
class Need:
    """How many segments people must code.

    Attributes
    ----------
    total : int
        Coded segments in all: those that were certain to be read, and random ones, including those that are
        coded already. All segments, if fewer cannot give the margin.
    more : int
        How many of these are still to be coded.
    margin : float
        Half the width of the interval expected then; 0 if all are coded.
    now : float
        The same with the present codings; nan if there are none.
    prevalence : float
        The share that the plan assumes.
    method : str
        "gold" or "corrected".
    reason : str
        Why there is no plan; empty otherwise.
    """

    total: int
    more: int
    margin: float
    now: float
    prevalence: float
    method: str
    reason: str = ""


def segments_needed(
    machine: ArrayLike,
    margin: float,
    *,
    gold: ArrayLike | None = None,
    inclusion: ArrayLike | None = None,
    method: PlanMethod = "corrected",
    confidence: float = 0.95,
) -> Need:
    """Return how many segments must be coded at random until a code's interval is narrow enough.

    Parameters
    ----------
    machine : array_like, shape (N,)
        The machine's calibrated probabilities, out of fold where it learned from a document.
    margin : float
        The wanted half width, as a share: 0.02 for two percentage points.
    gold, inclusion : array_like, shape (N,), optional
        People's codes so far, as in `prevalence`; by default the plan relies on the machine's probabilities.
    method : {"corrected", "gold"}
        How the prevalence will be estimated.
    confidence : float, default 0.95
        Of the interval.

    Returns
    -------
    Need
        The smallest number whose expected margin is at most `margin`. About half of the samples of this size
        have a slightly wider interval: the plan is an expectation, not a guarantee.

    Raises
    ------
    ValueError
        If the margin is not between 0 and 0.5, the method is unknown, or lengths do not fit.

    Notes
    -----
    The planned interval is computed from the expected counts: in each cell n W_g segments, of which the share
    q_g has the code. q is the machine's mean probability there; with a pilot, its probabilities are first
    multiplied, in each of the pilot's cells, by (people's share + 2 observations of the machine's) over the
    machine's; and the prevalence is taken to be no less than (k + 1) / (n + 2), because a pilot without the
    code does not show that there is none (Laplace's rule of succession).

    Examples
    --------
    >>> from fourp_nlp.frequencies import segments_needed
    >>> 0 < segments_needed([0.1] * 1000, 0.05).total < 1000
    True
    """
    if method not in get_args(PlanMethod):
        raise ValueError(
            f"The method is {method!r}; it must be one of {', '.join(get_args(PlanMethod))}."
        )
    if not 0 < margin < 0.5:
        raise ValueError(f"The margin is {margin}; it must lie between 0 and 0.5.")
    predictions = np.asarray(machine, dtype=np.float64)
    size = len(predictions)
    codes = np.full(size, np.nan) if gold is None else np.asarray(gold, dtype=np.float64)
    chance = np.full(size, np.nan) if inclusion is None else np.asarray(inclusion)
    draws, reason = read_draws(codes, chance, machine=predictions)
    known = draws.sure
    everything = bool(size) and bool(known.all())
    if everything:
        share = float(draws.positives[0] / size)
        return Need(size, 0, 0.0, 0.0, share, method)
    if not size or (reason and int(draws.count[0]) > known.sum()):
        return Need(0, 0, math.nan, math.nan, math.nan, method, reason)
    # Of what was sure to be read all is known: the sample is of the rest, and so is its error.
    draws, predictions = draws.rest(), predictions[~known]
    rest, coded = len(predictions), int(draws.count[0])
    likely = _believed(predictions, draws) if coded else predictions
    of_cells = predictions if method == "corrected" else None

    def at(number: int) -> float:
        margin = expected_margin(likely, number, machine=of_cells, confidence=confidence)
        return margin * rest / size

    low, high = max(coded, 1), rest
    while low < high:
        middle = (low + high) // 2
        if at(middle) <= margin:
            high = middle
        else:
            low = middle + 1
    now = at(coded) if coded else math.nan
    positives = float(np.nansum(codes[known]))
    share = (positives + float(likely.sum())) / size
    return Need(int(known.sum()) + low, low - coded, at(low), now, share, method)


def expected_margin(
    likely: Floats, coded: int, *, machine: Floats | None, confidence: float = 0.95
) -> float:
    """Return half the expected width of the interval for a number of random segments.

    Parameters
    ----------
    likely : ndarray, shape (N,)
        The best available probability of the code in each segment.
    coded : int
        How many of them are coded, of a simple random sample.
    machine : ndarray, shape (N,), or None
        Probabilities that define the cells; None for the human sample only.
    confidence : float, default 0.95
        Of the interval.

    Returns
    -------
    float
        0 if all segments are coded.
    """
    size = len(likely)
    if coded >= size:
        return 0.0
    cells = np.zeros(size, dtype=np.int64)
    if machine is not None:
        cells = expected_best(machine, float(coded), CELLS)
    held = np.bincount(cells).astype(np.float64)
    share = np.bincount(cells, weights=likely) / held
    # Cells that a sample of this size will mostly miss are counted with the next below.
    while len(held) > 1 and (coded * held[-1] / size) < FEWEST:
        both = held[-2] + held[-1]
        share = np.append(share[:-2], (share[-2] * held[-2] + share[-1] * held[-1]) / both)
        held = np.append(held[:-2], both)
    number = coded / size * (held - 1) / np.maximum(1 - coded / size, 1e-12)
    with np.errstate(divide="ignore"):
        # Of a share f that is coded: 1 / size ** 2 times (1 - 2 f) / (1 - f), as in `tally`.
        third = (1 - 2 * coded / size) * (1 - coded / size) / (coded / size * held) ** 2
    low, high = score_interval(
        held / size,
        share,
        np.where(held > 1, number, np.inf),
        z=quantile(confidence),
        thirds=np.where(held > 1, third, 0.0),
    )
    return float(high - low) / 2


def _believed(predictions: Floats, draws: Draws) -> Floats:
    """Return the machine's probabilities, corrected by a pilot's shares in its cells."""
    counted = tally(draws, predictions)
    place = counted.joined[0][counted.cells]
    length = counted.weights.shape[1]
    held = np.maximum(np.bincount(place, minlength=length), 1)
    mean = np.bincount(place, weights=predictions, minlength=length) / held
    number = np.bincount(place[draws.rows[0]], minlength=length)
    share = (number * counted.shares[0] + 2 * mean) / (number + 2)
    factor = np.divide(share, mean, out=np.zeros(length), where=mean > 0)
    believed = predictions * factor[place]
    # Where nothing was expected there is nothing to multiply.
    believed = np.where(mean[place] > 0, believed, share[place])
    least = float((draws.positives[0] + 1) / (draws.count[0] + 2))
    if believed.mean() < least:
        believed = (
            believed * (least / believed.mean())
            if believed.any()
            else np.full(len(believed), least)
        )
    return np.asarray(np.clip(believed, 0, 1))
