"""Calibration of scores into probabilities, from out-of-fold scores and a prior.

The log odds of a code are an intercept and two slopes: of the score, and of the score's own log odds [1]_.
Both are standardised with the mean and standard deviation of out-of-fold scores: of coded segments, and of
the parts of other codes' definitions, which are all there is before anybody has coded. Intercepts and
slopes are a common value plus a deviation for each code, shrunk towards the common value [2]_. The common
values have a prior that worked best on several sets of coded text. Without coded segments, probabilities
rest on this prior alone.

References
----------
.. [1] Platt, J. (1999). Probabilistic outputs for support vector machines. Advances in Large Margin
   Classifiers, 61-74.
.. [2] Gelman, A. and Hill, J. (2007). Data Analysis Using Regression and Multilevel/Hierarchical Models.
   Cambridge University Press.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Calibration", "Prior", "fit_calibration"]

_FLOOR, _CEILING = 0.01, 0.98  # scores are cut here before they are turned into log odds
_LEAST_SPREAD = 1e-6


class Prior(NamedTuple):
    """What is held before anybody coded: means and standard deviations of normal distributions.

    Attributes
    ----------
    intercept, slope : (float, float)
        Of the common intercept, and of the common slope of the score.
    log_odds : float
        Standard deviation of the common slope of the score's log odds; its mean is 0.
    intercepts, slopes : float
        Standard deviations of the codes' own intercepts and slopes about the common ones.
    definitions : float
        How many coded segments the definitions count for where means and spreads of scores are measured.
    """

    intercept: tuple[float, float] = (-3.2, 1.0)
    slope: tuple[float, float] = (1.1, 0.3)
    log_odds: float = 0.6
    intercepts: float = 0.7
    slopes: float = 0.15
    definitions: float = 30.0


@dataclass(frozen=True)
class Calibration:
    """How scores become probabilities.

    Attributes
    ----------
    intercepts : ndarray, shape (n_codes,)
        Log odds of a score at the centre.
    centre, spread, slopes : ndarray, shape (2, n_codes)
        Of the score (row 0) and of the score's log odds (row 1): mean, standard deviation, and what one
        standard deviation adds to the log odds of the code.
    """

    intercepts: Floats
    centre: Floats
    spread: Floats
    slopes: Floats

    def probabilities(self, scores: Floats) -> Floats:
        """Return probabilities, shape (n, n_codes), for scores of the same shape."""
        logits = self.intercepts + 0 * scores
        for number, view in enumerate((scores, _log_odds(scores))):
            logits += self.slopes[number] * (view - self.centre[number]) / self.spread[number]
        return np.asarray(expit(logits))


def fit_calibration(
    scores: Floats,
    labels: NDArray[np.bool_],
    weights: NDArray[np.float64],
    definitions: Floats,
    others: NDArray[np.bool_],
) -> Calibration:
    """Fit probabilities to scores of unseen documents.

    Parameters
    ----------
    scores : ndarray, shape (n, n_codes)
        From models that had not seen the row; there may be none.
    labels : ndarray of bool, shape (n, n_codes)
        Whether the code applies.
    weights : ndarray, shape (n, n_codes)
        Weight of each row for each code; 0 leaves it out.
    definitions : ndarray, shape (m, n_codes)
        Scores of parts of definitions, each from a model that had not seen the part; there may be none.
    others : ndarray of bool, shape (m, n_codes)
        Which of these parts are of other codes.

    Returns
    -------
    Calibration
        The curves.
    """
    prior = Prior()
    count = scores.shape[1]
    used = weights.any(axis=1)
    scores, labels, weights = scores[used], labels[used], weights[used]
    share = np.divide(
        prior.definitions * others,
        others.sum(axis=0),
        out=np.zeros(others.shape),
        where=others.any(axis=0),
    )
    measured = np.vstack([scores, definitions])
    counted = np.vstack([weights, share])
    views = np.stack([measured, _log_odds(measured)])
    total = np.maximum(counted.sum(axis=0), 1e-9)
    centre = (counted * views).sum(axis=1) / total
    spread = np.sqrt((counted * (views - centre[:, None]) ** 2).sum(axis=1) / total)
    spread = np.where(spread > _LEAST_SPREAD, spread, 1.0)
    standard = ((views - centre[:, None]) / spread[:, None])[:, : len(scores)]

    def loss(values: Floats) -> tuple[float, Floats]:
        shared, own = values[:3], values[3:].reshape(3, count)
        deviation = np.array([prior.intercepts, prior.slopes, prior.slopes])[:, None]
        around = np.array([prior.intercept[0], prior.slope[0], 0.0])
        width = np.array([prior.intercept[1], prior.slope[1], prior.log_odds])
        both = shared[:, None] + own
        logits = both[0] + both[1] * standard[0] + both[2] * standard[1]
        error = weights * (expit(logits) - labels)
        cost = (weights * (np.logaddexp(0, logits) - labels * logits)).sum()
        cost += ((own / deviation) ** 2).sum() / 2 + (((shared - around) / width) ** 2).sum() / 2
        by_code = np.stack([error, error * standard[0], error * standard[1]]).sum(axis=1)
        gradient = np.concatenate(
            [
                by_code.sum(axis=1) + (shared - around) / width**2,
                (by_code + own / deviation**2).ravel(),
            ]
        )
        return float(cost), gradient

    start = np.concatenate([[prior.intercept[0], prior.slope[0], 0.0], np.zeros(3 * count)])
    bounds = [(None, None), (0, None), (0, None), *((None, None),) * (3 * count)]
    solution = minimize(
        loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 500}
    ).x
    both = solution[:3, None] + solution[3:].reshape(3, count)
    return Calibration(both[0], centre, spread, np.maximum(both[1:], 0))


def _log_odds(scores: Floats) -> Floats:
    cut = np.clip(scores, _FLOOR, _CEILING)
    return np.log(cut / (1 - cut))
