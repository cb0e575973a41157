"""Measures of how far the probabilities of one code are from its outcomes.

Every function takes probabilities and outcomes of the same n segments, and gives nan where its figure
is undefined.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fourp_nlp.machine.calibration.bins import equal_count_bins

__all__ = ["brier_score", "brier_skill", "calibration_error", "debiased_calibration_error"]

Numbers = npt.NDArray[np.float64]
Outcomes = npt.NDArray[np.bool_]


def brier_score(probabilities: Numbers, outcomes: Outcomes) -> float:
    """Return the mean squared distance of probabilities from outcomes: 0 is best.

    Brier, G. W. (1950). Verification of forecasts expressed in terms of probability. Monthly Weather
    Review 78, 1-3; here over one of the two classes, half of what he wrote.

    Parameters
    ----------
    probabilities : numpy.ndarray of float64, shape (n,)
        Probabilities of the code.
    outcomes : numpy.ndarray of bool, shape (n,)
        Whether a segment carries it.

    Returns
    -------
    float
        From 0 to 1.

    Examples
    --------
    >>> import numpy as np
    >>> round(brier_score(np.array([0.8, 0.2]), np.array([True, False])), 2)
    0.04
    """
    if not len(probabilities):
        return float("nan")
    return float(np.mean((probabilities - outcomes) ** 2))


def brier_skill(probabilities: Numbers, outcomes: Outcomes) -> float:
    """Return the Brier skill score against always predicting the prevalence.

    Parameters
    ----------
    probabilities : numpy.ndarray of float64, shape (n,)
        Probabilities of the code.
    outcomes : numpy.ndarray of bool, shape (n,)
        Whether a segment carries it.

    Returns
    -------
    float
        1 is perfect, 0 no better than the prevalence of these segments, below 0 worse; undefined if
        all outcomes are equal.

    Examples
    --------
    >>> import numpy as np
    >>> outcomes = np.array([True, False, False, False])
    >>> round(brier_skill(np.array([0.7, 0.1, 0.1, 0.1]), outcomes), 2)
    0.84
    >>> brier_skill(np.full(4, 0.25), outcomes)  # the prevalence itself
    0.0
    """
    if not len(outcomes):
        return float("nan")
    prevalence = float(np.mean(outcomes))
    reference = prevalence * (1 - prevalence)
    return 1 - brier_score(probabilities, outcomes) / reference if reference else float("nan")


def calibration_error(probabilities: Numbers, outcomes: Outcomes, *, bins: int = 10) -> float:
    """Return the expected calibration error over bins of equally many segments.

    The mean, over bins, of the distance between mean probability and share of outcomes, each bin
    weighted by its segments (Naeini, M. P., Cooper, G. F. and Hauskrecht, M. (2015). Obtaining well
    calibrated probabilities using Bayesian binning. AAAI, 2901-2907). It is too large on small
    samples: even a perfect machine has some; `shares_if_calibrated` tells how much.

    Parameters
    ----------
    probabilities : numpy.ndarray of float64, shape (n,)
        Probabilities of the code.
    outcomes : numpy.ndarray of bool, shape (n,)
        Whether a segment carries it.
    bins : int, default 10
        How many bins; fewer where probabilities tie.

    Returns
    -------
    float
        From 0 to 1.

    Examples
    --------
    >>> import numpy as np
    >>> probabilities = np.array([0.1, 0.1, 0.9, 0.9])
    >>> round(calibration_error(probabilities, np.array([False, False, True, True]), bins=2), 2)
    0.1
    """
    if not len(probabilities):
        return float("nan")
    count, expected, observed = _binned(probabilities, outcomes, bins)
    return float(np.abs(expected - observed).sum() / count.sum())


def debiased_calibration_error(
    probabilities: Numbers, outcomes: Outcomes, *, bins: int = 10
) -> float:
    """Return the root mean squared calibration error, less what chance adds to it.

    From each bin's squared distance the variance of its share of outcomes is taken off (Kumar, A.,
    Liang, P. S. and Ma, T. (2019). Verified uncertainty calibration. NeurIPS 32, definition 5.1). Bins
    of one segment, whose variance is unknown, are left out.

    Parameters
    ----------
    probabilities : numpy.ndarray of float64, shape (n,)
        Probabilities of the code.
    outcomes : numpy.ndarray of bool, shape (n,)
        Whether a segment carries it.
    bins : int, default 10
        How many bins of equally many segments; fewer where probabilities tie.

    Returns
    -------
    float
        From 0 to 1; 0 where no more is seen than chance would give.

    Examples
    --------
    >>> import numpy as np
    >>> probabilities = np.repeat([0.25, 0.75], 4)
    >>> outcomes = np.array([True, False, False, False, True, True, True, False])
    >>> debiased_calibration_error(probabilities, outcomes, bins=2)
    0.0
    """
    if not len(probabilities):
        return float("nan")
    count, expected, observed = _binned(probabilities, outcomes, bins)
    several = count > 1
    if not several.any():
        return float("nan")
    count, mean, share = (
        count[several],
        expected[several] / count[several],
        observed[several] / count[several],
    )
    squared = (mean - share) ** 2 - share * (1 - share) / (count - 1)
    return float(np.sqrt(max((count * squared).sum() / count.sum(), 0.0)))


def _binned(
    probabilities: Numbers, outcomes: Outcomes, bins: int
) -> tuple[Numbers, Numbers, Numbers]:
    """Return segments, summed probabilities and outcomes of each bin that holds any."""
    place = equal_count_bins(probabilities, bins)
    count = np.bincount(place).astype(np.float64)
    expected = np.bincount(place, weights=probabilities).astype(np.float64)
    observed = np.bincount(place, weights=outcomes).astype(np.float64)
    return count, expected, observed
