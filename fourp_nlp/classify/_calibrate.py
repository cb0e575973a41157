"""Scores into probabilities, and probabilities into thresholds, from what was said of unseen documents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Calibration", "choose_thresholds", "fit_calibration"]

_FLOOR, _CEILING = 0.002, 0.98  # scores are cut here before they are turned into log odds
_KINSHIP = 0.3  # standard deviation of the codes' slopes about their common one
_GRID = np.round(np.arange(0.05, 0.96, 0.01), 2)  # thresholds tried
_TRUST = 10.0  # positives at which a code's own threshold weighs as much as the common one
_RESAMPLES = 50


@dataclass(frozen=True)
class Calibration:
    """How scores become probabilities.

    Attributes
    ----------
    centre, slopes, intercepts : ndarray, shape (n_codes,)
        The log odds of a code are ``intercept + slope * (log odds of the score - centre)``.
    """

    centre: Floats
    slopes: Floats
    intercepts: Floats

    def probabilities(self, scores: Floats) -> Floats:
        """Return probabilities, shape (n, n_codes), for scores of the same shape."""
        return np.asarray(expit(self.intercepts + self.slopes * (_log_odds(scores) - self.centre)))


def _log_odds(scores: Floats) -> Floats:
    cut = np.clip(scores, _FLOOR, _CEILING)
    return np.log(cut / (1 - cut))


def fit_calibration(
    scores: Floats, labels: NDArray[np.bool_], weights: NDArray[np.float64]
) -> Calibration:
    """Fit probabilities to scores of unseen documents.

    A logistic curve a code (Platt 1999), all codes at once: slopes are drawn towards a common one,
    so that a code with few positives borrows from the others (Gelman & Hill 2007, ch. 13).

    Parameters
    ----------
    scores : ndarray, shape (n, n_codes)
        From models that had not seen the row.
    labels : ndarray of bool, shape (n, n_codes)
        Whether the code applies.
    weights : ndarray, shape (n, n_codes)
        Weight of each row for each code; 0 leaves it out.

    Returns
    -------
    Calibration
        The curves.
    """
    count = scores.shape[1]
    odds = _log_odds(scores)
    total = np.maximum(weights.sum(axis=0), 1e-9)
    centre = (weights * odds).sum(axis=0) / total
    spread = float(np.sqrt((weights * (odds - centre) ** 2).sum() / weights.sum())) or 1.0
    standard = (odds - centre) / spread
    positive = (weights * labels).sum(axis=0)
    rate = (positive + 0.5) / (total + 1)

    def loss(values: Floats) -> tuple[float, Floats]:
        common, own, intercepts = values[0], values[1 : count + 1], values[count + 1 :]
        logits = intercepts + (common + own) * standard
        error = weights * (expit(logits) - labels)
        cost = (weights * (np.logaddexp(0, logits) - labels * logits)).sum()
        cost += (own**2).sum() / (2 * _KINSHIP**2) + 0.005 * common**2
        by_slope = (error * standard).sum(axis=0)
        gradient = np.concatenate(
            [[by_slope.sum() + 0.01 * common], by_slope + own / _KINSHIP**2, error.sum(axis=0)]
        )
        return float(cost), gradient

    start = np.concatenate([[1.0], np.zeros(count), np.log(rate / (1 - rate))])
    found = minimize(loss, start, jac=True, method="L-BFGS-B").x
    slopes = np.maximum(found[0] + found[1 : count + 1], 0) / spread
    return Calibration(centre, slopes, found[count + 1 :])


def choose_thresholds(
    probabilities: Floats,
    labels: NDArray[np.bool_],
    weights: NDArray[np.float64],
    groups: NDArray[np.int64],
    *,
    seed: int,
) -> Floats:
    """Return, per code, the probability from which suggesting it gives the best F1.

    The best threshold of one sample is a jumpy thing. It is found on many resamples of whole
    documents and averaged (bagging, Breiman 1996), and drawn towards the threshold that serves all
    codes best where a code has few positives.

    Parameters
    ----------
    probabilities : ndarray, shape (n, n_codes)
        Of rows as models said that had not seen them.
    labels : ndarray of bool, shape (n, n_codes)
        Whether the code applies.
    weights : ndarray, shape (n, n_codes)
        Weight of each row for each code; 0 leaves it out.
    groups : ndarray of int, shape (n,)
        The document of each row, numbered from 0.
    seed : int
        Seed of the resampling.

    Returns
    -------
    ndarray, shape (n_codes,)
        Thresholds, from 0.05 to 0.95.
    """
    documents = int(groups.max()) + 1 if len(groups) else 0
    count = probabilities.shape[1]
    # Counts by document, threshold and code; a resample of documents is then a weighted sum.
    place = np.searchsorted(_GRID, probabilities + 1e-9, side="right")
    shape = (documents, len(_GRID) + 1, count)
    cell = (groups[:, None] * shape[1] + place) * count + np.arange(count)
    size = int(np.prod(shape))
    said = np.bincount(cell.ravel(), weights=weights.ravel(), minlength=size).reshape(shape)
    right = np.bincount(cell.ravel(), weights=(weights * labels).ravel(), minlength=size)
    right = right.reshape(shape)
    # A probability is at or above threshold t when it lies in any later cell.
    said = said[:, ::-1].cumsum(axis=1)[:, ::-1][:, 1:]
    every = right.sum(axis=1)
    right = right[:, ::-1].cumsum(axis=1)[:, ::-1][:, 1:]
    random = np.random.default_rng(seed)
    times = random.multinomial(documents, np.full(documents, 1 / documents), size=_RESAMPLES)
    times = np.vstack([np.ones(documents), times])
    both = 2 * np.einsum("bd,dtc->btc", times, right)
    either = np.einsum("bd,dtc->btc", times, said) + (times @ every)[:, None, :]
    f1 = np.divide(both, either, out=np.zeros_like(both), where=either > 0)
    common = _GRID[f1[0].mean(axis=1).argmax()]
    own = _GRID[f1[1:].argmax(axis=1)].mean(axis=0)
    positives = every.sum(axis=0)
    trust = positives / (positives + _TRUST)
    return np.asarray(trust * own + (1 - trust) * common)
