"""Calibration slope and intercept: logistic regression of outcomes on log odds."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

__all__ = ["CoxLine", "cox_line", "log_odds", "weighted_lines"]

Numbers = npt.NDArray[np.float64]
Outcomes = npt.NDArray[np.bool_]

_EDGE = 1e-6  # probabilities of 0 and 1 have no log odds
_STEPS = 200
_HALVINGS = 30
_CLOSE = 1e-9
_FLAT = 1e-6


class CoxLine(NamedTuple):
    """The log odds of an outcome are ``intercept + slope * log odds of the probability``.

    Attributes
    ----------
    intercept, slope : float
        0 and 1 for a calibrated machine; nan where undefined. A slope below 1: the machine is surer
        than it should be, towards both ends.
    reason : str
        Why they are undefined; empty otherwise.
    """

    intercept: float
    slope: float
    reason: str = ""


def log_odds(probabilities: Numbers) -> Numbers:
    """Return log odds, of probabilities cut at one millionth from 0 and 1."""
    return np.asarray(logit(np.clip(probabilities, _EDGE, 1 - _EDGE)), dtype=np.float64)


def cox_line(probabilities: Numbers, outcomes: Outcomes) -> CoxLine:
    """Return calibration slope and intercept.

    Maximum likelihood of a logistic regression of outcomes on log odds (Cox, D. R. (1958). Two further
    applications of a model for binary regression. Biometrika 45, 562-565). It has no finite answer
    where outcomes can be told apart by the probability without an error (Albert, A. and Anderson, J. A.
    (1984). Biometrika 71, 1-10).

    Parameters
    ----------
    probabilities : numpy.ndarray of float64, shape (n,)
        Probabilities of a code.
    outcomes : numpy.ndarray of bool, shape (n,)
        Whether the segment carries it.

    Returns
    -------
    CoxLine
        Intercept and slope, or the reason why there are none.

    Examples
    --------
    >>> import numpy as np
    >>> outcomes = np.array([True, False, False, False, True, True, True, False])
    >>> line = cox_line(np.repeat([0.25, 0.75], 4), outcomes)
    >>> round(line.slope, 6), round(abs(line.intercept), 6)
    (1.0, 0.0)
    >>> cox_line(np.array([0.1, 0.9]), np.array([True, True])).reason
    'every segment carries the code'
    """
    nan = float("nan")
    if not outcomes.any():
        return CoxLine(nan, nan, "no segment carries the code")
    if outcomes.all():
        return CoxLine(nan, nan, "every segment carries the code")
    odds = log_odds(probabilities)
    if np.ptp(odds) < 1e-9:
        return CoxLine(nan, nan, "all probabilities are equal")
    if not _overlaps(odds, np.ones(len(odds))[None], outcomes.astype(float)[None])[0]:
        return CoxLine(nan, nan, "one probability divides segments with and without the code")
    intercepts, slopes = weighted_lines(
        odds, np.ones((1, len(odds))), outcomes.astype(np.float64)[None]
    )
    if np.isnan(slopes[0]):
        return CoxLine(nan, nan, "the line was not found")
    return CoxLine(float(intercepts[0]), float(slopes[0]))


def weighted_lines(odds: Numbers, trials: Numbers, positives: Numbers) -> tuple[Numbers, Numbers]:
    """Fit many lines at once, each to the same log odds with counts of its own.

    Parameters
    ----------
    odds : numpy.ndarray of float64, shape (n,)
        Log odds.
    trials, positives : numpy.ndarray of float64, shape (n_lines, n)
        How many segments of each line have these log odds, and how many of those carry the code.

    Returns
    -------
    intercepts, slopes : numpy.ndarray of float64, shape (n_lines,)
        nan where there is no finite answer.
    """
    centre, spread = float(odds.mean()), float(odds.std()) or 1.0
    x = (odds - centre) / spread
    count = len(trials)
    # From the flat line at the prevalence every step is well conditioned; far-off log odds, as of
    # probabilities of 0 and 1, leave hardly any curvature to steer by.
    share_positive = (positives.sum(axis=1) + 0.5) / (trials.sum(axis=1) + 1)
    level, tilt = np.asarray(logit(share_positive)), np.zeros(count)
    going = _overlaps(odds, trials, positives)
    converged = np.zeros(count, dtype=bool)
    for _ in range(_STEPS):
        rows = np.flatnonzero(going)
        if not len(rows):
            break
        own_trials, own_positives = trials[rows], positives[rows]
        logits = level[rows, None] + tilt[rows, None] * x
        fitted = expit(logits)
        error = own_positives - own_trials * fitted
        weight = own_trials * fitted * (1 - fitted)
        first, second = error.sum(axis=1), error @ x
        a, b, c = weight.sum(axis=1), weight @ x, weight @ x**2
        determinant = a * c - b * b
        safe = determinant > 1e-300
        scale = np.where(safe, determinant, 1.0)
        up = np.where(safe, (c * first - b * second) / scale, np.sign(first))
        turn = np.where(safe, (a * second - b * first) / scale, np.sign(second))
        # The likelihood has one top: a step of Newton's that leads down is too long, and is halved.
        before = _likelihood(logits, own_trials, own_positives)
        share = np.ones(len(rows))
        for _ in range(_HALVINGS):
            tried = (level[rows] + share * up)[:, None] + (tilt[rows] + share * turn)[:, None] * x
            worse = _likelihood(tried, own_trials, own_positives) < before - 1e-9 * np.abs(before)
            if not worse.any():
                break
            share[worse] /= 2
        up, turn = share * up, share * turn
        level[rows] += up
        tilt[rows] += turn
        done = np.maximum(np.abs(up), np.abs(turn)) < _CLOSE * (1 + np.abs(tilt[rows]))
        # A step that was halved to nothing is no arrival: there the slope of the likelihood is 0 too.
        flat = np.maximum(np.abs(first), np.abs(second)) < _FLAT * own_trials.sum(axis=1)
        converged[rows[done & flat]] = True
        going[rows[done]] = False
    slopes = np.where(converged, tilt / spread, np.nan)
    return np.where(converged, level - slopes * centre, np.nan), slopes


def _likelihood(logits: Numbers, trials: Numbers, positives: Numbers) -> Numbers:
    """Return the logarithm of each line's likelihood."""
    terms = positives * logits - trials * np.logaddexp(0, logits)
    return np.asarray(terms.sum(axis=1))


def _overlaps(odds: Numbers, trials: Numbers, positives: Numbers) -> npt.NDArray[np.bool_]:
    """Return whether log odds of segments with and without the code overlap, line by line."""
    with_code, without = positives > 0, trials - positives > 0
    low_with = np.where(with_code, odds, np.inf).min(axis=1)
    high_with = np.where(with_code, odds, -np.inf).max(axis=1)
    low_without = np.where(without, odds, np.inf).min(axis=1)
    high_without = np.where(without, odds, -np.inf).max(axis=1)
    return np.asarray((low_with < high_without) & (high_with > low_without))
