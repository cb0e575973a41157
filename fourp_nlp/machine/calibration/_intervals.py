"""Confidence intervals of calibration measures: a jackknife over documents, and a lower limit to its width.

Two intervals are computed, and the wider one is used. The first is a jackknife over documents: each document
is left out once. It uses Student's t with the number of documents that have the code, less one, as degrees of
freedom. With few or similar documents it may be too narrow. So the second treats segments as independent, as
if one more segment had been predicted entirely wrong. Its degrees of freedom are the number of positive
segments, less one. Where documents differ, the first is usually wider.

References
----------
Efron, B. and Stein, C. (1981). The jackknife estimate of variance. Annals of Statistics 9, 586-596.
Korn, E. L. and Graubard, B. I. (1999). Analysis of health surveys. Wiley: an effective size is never taken
    to be above the number of segments.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import expit, stdtrit

from fourp_nlp.machine.calibration.calibration_slope import log_odds, weighted_lines
from fourp_nlp.machine.calibration.minimum_evidence import FEW_DOCUMENTS

__all__ = ["apart_errors", "ends", "left_out_lines", "left_out_scores"]

Numbers = npt.NDArray[np.float64]
Outcomes = npt.NDArray[np.bool_]

_LEVELS = 200  # log odds are put into so many cells before lines are fitted without each document


def ends(
    value: float,
    left_out: Numbers,
    apart: float,
    *,
    documents: int,
    positives: int,
    limits: tuple[float, float] = (-np.inf, np.inf),
    confidence: float = 0.95,
) -> tuple[float, float]:
    """Return the ends of a figure's interval.

    Parameters
    ----------
    value : float
        The figure.
    left_out : numpy.ndarray of float64, shape (n_documents,)
        The figure without each document.
    apart : float
        Its standard error if segments were independent.
    documents, positives : int
        Documents that hold the code, and positive segments; of a code that most segments carry, those
        without it.
    limits : tuple of float
        The least and the greatest value that the figure can have.
    confidence : float
        Of the interval.

    Returns
    -------
    low, high : float
        nan with fewer than three documents that hold the code, and where the figure is undefined with or
        without some document.
    """
    if (
        documents < FEW_DOCUMENTS
        or positives < 2
        or not np.isfinite([value, apart, *left_out]).all()
    ):
        return float("nan"), float("nan")
    n = len(left_out)
    error = float(np.sqrt((n - 1) / n * np.sum((left_out - left_out.mean()) ** 2)))
    tail = (1 + confidence) / 2
    reach = max(
        float(stdtrit(documents - 1, tail)) * error, float(stdtrit(positives - 1, tail)) * apart
    )
    return max(limits[0], value - reach), min(limits[1], value + reach)


def left_out_scores(squares: Numbers, hits: Numbers, segments: Numbers) -> tuple[Numbers, Numbers]:
    """Return Brier scores and prevalences without each document.

    Parameters
    ----------
    squares, hits : numpy.ndarray of float64, shape (n_documents, n_codes)
        Sums over each document's segments of squared distances and of positives.
    segments : numpy.ndarray of float64, shape (n_documents,)
        Segments of each.

    Returns
    -------
    scores, prevalences : numpy.ndarray of float64, shape (n_documents, n_codes)
        nan where no segment is left.
    """
    remaining = (segments.sum() - segments)[:, None]
    remaining = np.where(remaining > 0, remaining, np.nan)
    return (squares.sum(axis=0) - squares) / remaining, (hits.sum(axis=0) - hits) / remaining


def left_out_lines(
    probabilities: Numbers, outcomes: Outcomes, group: npt.NDArray[np.int64], documents: int
) -> tuple[Numbers, Numbers]:
    """Return slope and intercept without each document, from counts in cells of like log odds.

    Parameters
    ----------
    probabilities : numpy.ndarray of float64, shape (n,)
        Probabilities.
    outcomes : numpy.ndarray of bool, shape (n,)
        Whether segments carry the code.
    group : numpy.ndarray of int64, shape (n,)
        The number of each segment's document.
    documents : int
        How many documents there are.

    Returns
    -------
    slopes, intercepts : numpy.ndarray of float64, shape (n_documents,)
        nan where there is no line.
    """
    if documents < 2 or not outcomes.any() or outcomes.all():
        return np.full(documents, np.nan), np.full(documents, np.nan)
    odds = log_odds(probabilities)
    low, wide = float(odds.min()), float(np.ptp(odds)) or 1.0
    cell = np.minimum(((odds - low) / wide * _LEVELS).astype(np.int64), _LEVELS - 1)
    used, cell = np.unique(cell, return_inverse=True)
    centre = np.bincount(cell, weights=odds) / np.bincount(cell)
    size = documents * len(used)
    key = group * len(used) + cell
    trials = np.bincount(key, minlength=size).reshape(-1, len(used)).astype(np.float64)
    hits = np.bincount(key, weights=outcomes, minlength=size).reshape(-1, len(used))
    intercepts, slopes = weighted_lines(
        centre, trials.sum(axis=0) - trials, hits.sum(axis=0) - hits
    )
    return slopes, intercepts


def apart_errors(
    probabilities: Numbers,
    outcomes: Outcomes,
    prevalence: Numbers | float,
    *,
    skill: float,
    slope: float,
    intercept: float,
) -> dict[str, float]:
    """Return the standard error of each figure if segments were independent.

    Parameters
    ----------
    probabilities : numpy.ndarray of float64, shape (n,)
        Probabilities.
    outcomes : numpy.ndarray of bool, shape (n,)
        Whether segments carry the code.
    prevalence : float or numpy.ndarray of float64, shape (n,)
        Share of positives of the code; of all codes pooled, of the code of each probability.
    skill, slope, intercept : float
        The figures.

    Returns
    -------
    dict
        Of ``brier``, ``skill``, ``slope`` and ``intercept``. The first two are as if one more segment had
        been wholly wrong: else a machine without an error would have none. Slope and intercept are by
        Fisher's information.
    """
    n = max(len(outcomes), 1)
    squares = (probabilities - outcomes) ** 2
    shares = np.broadcast_to(np.asarray(prevalence, dtype=np.float64), squares.shape)
    reference = shares * (1 - shares)
    reference_influence = (1 - 2 * shares) * (outcomes - shares) + reference
    parts = squares - (1 - skill) * reference_influence
    mean = float(squares.sum() + 1) / n
    spread = (float(np.sum(squares**2)) + 1) / n - mean**2
    reference_sum = float(reference.sum())
    fitted = expit(intercept + slope * log_odds(probabilities))
    weight = fitted * (1 - fitted)
    odds = log_odds(probabilities)
    a, b, c = (float(np.sum(weight * odds**power)) for power in (0, 1, 2))
    determinant = a * c - b * b
    is_line = bool(np.isfinite(determinant)) and determinant > 0
    return {
        "brier": float(np.sqrt(max(spread, 0.0) / n)),
        "skill": float(np.sqrt(np.sum(parts**2) + 1)) / reference_sum
        if reference_sum
        else float("nan"),
        "slope": float(np.sqrt(a / determinant)) if is_line else float("nan"),
        "intercept": float(np.sqrt(c / determinant)) if is_line else float("nan"),
    }
