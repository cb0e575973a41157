"""Bins of probabilities, reliability diagrams, and what a calibrated model would show in them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = [
    "equal_count_bins",
    "equal_expectation_bins",
    "probability_histogram",
    "reliability_points",
    "shares_if_calibrated",
]

Numbers = npt.NDArray[np.float64]
Outcomes = npt.NDArray[np.bool_]

_CELLS = 64  # of one bin: probabilities within a cell are drawn from their mean
_EXPECTED = 5.0  # positives that a point of a diagram should stand for
_POINTS = 10


def equal_count_bins(probabilities: Numbers, bins: int) -> npt.NDArray[np.int64]:
    """Return the bin of each segment, where bins hold equally many segments.

    Parameters
    ----------
    probabilities : numpy.ndarray of float64, shape (n,)
        Probabilities.
    bins : int
        How many bins.

    Returns
    -------
    numpy.ndarray of int64, shape (n,)
        Numbers from 0, without gaps, rising with the probability. Equal probabilities share a bin,
        so that there may be fewer and uneven bins.

    Examples
    --------
    >>> import numpy as np
    >>> equal_count_bins(np.array([0.1, 0.2, 0.3, 0.9]), 2).tolist()
    [0, 0, 1, 1]
    """
    return _cut(probabilities, np.ones(len(probabilities)), bins)


def equal_expectation_bins(probabilities: Numbers, bins: int) -> npt.NDArray[np.int64]:
    """Return the bin of each segment, where probabilities add up to the same in every bin.

    Each bin then stands for equally many expected positives. With bins of equally many segments a
    rare code would show nothing but segments that nobody would give it.

    Parameters
    ----------
    probabilities : numpy.ndarray of float64, shape (n,)
        Probabilities.
    bins : int
        How many bins.

    Returns
    -------
    numpy.ndarray of int64, shape (n,)
        As from `equal_count_bins`.

    Examples
    --------
    >>> import numpy as np
    >>> equal_expectation_bins(np.array([0.1, 0.2, 0.3, 0.6]), 2).tolist()
    [0, 0, 0, 1]
    """
    return _cut(probabilities, probabilities, bins)


def _cut(probabilities: Numbers, mass: npt.NDArray[np.float64], bins: int) -> npt.NDArray[np.int64]:
    values, place = np.unique(probabilities, return_inverse=True)
    if not len(values):
        return np.zeros(0, dtype=np.int64)
    mass_of_value = np.bincount(place, weights=mass)
    total = mass_of_value.sum()
    if not total > 0:
        return np.zeros(len(probabilities), dtype=np.int64)
    # The middle of a value's mass decides, so that a value with much mass is not pushed up.
    middle = (mass_of_value.cumsum() - mass_of_value / 2) / total
    bin_of_value = np.minimum((middle * bins).astype(np.int64), bins - 1)
    _, compact = np.unique(bin_of_value, return_inverse=True)
    return np.asarray(compact[place], dtype=np.int64)


def shares_if_calibrated(
    probabilities: Numbers, place: npt.NDArray[np.int64], *, resamples: int = 1000, seed: int = 0
) -> Numbers:
    """Return shares of outcomes as they would be if every probability were right.

    Outcomes are drawn from the probabilities themselves (consistency resampling: Bröcker, J. and
    Smith, L. A. (2007). Increasing the reliability of reliability diagrams. Weather and Forecasting
    22, 651-661), each segment by itself. Within a bin, segments of like probability are drawn
    together, from their mean.

    Parameters
    ----------
    probabilities : numpy.ndarray of float64, shape (n,)
        Probabilities.
    place : numpy.ndarray of int64, shape (n,)
        Bin of each, numbered from 0 without gaps.
    resamples : int, default 1000
        How often outcomes are drawn.
    seed : int, default 0
        Seed of the drawing.

    Returns
    -------
    numpy.ndarray of float64, shape (resamples, n_bins)
        The share of each bin in each draw.

    Examples
    --------
    >>> import numpy as np
    >>> shares = shares_if_calibrated(np.full(100, 0.3), np.zeros(100, dtype=int), resamples=200)
    >>> shares.shape, round(float(shares.mean()), 1)
    ((200, 1), 0.3)
    """
    random = np.random.default_rng(seed)
    count = np.bincount(place)
    drawn_positives = np.empty((resamples, len(count)))
    for number in range(len(count)):
        bin_probabilities = probabilities[place == number]
        cell = equal_count_bins(bin_probabilities, _CELLS)
        cell_sizes = np.bincount(cell)
        mean = np.clip(np.bincount(cell, weights=bin_probabilities) / cell_sizes, 0, 1)
        drawn_positives[:, number] = random.binomial(
            cell_sizes, mean, size=(resamples, len(cell_sizes))
        ).sum(axis=1)
    return drawn_positives / np.maximum(count, 1)


def reliability_points(
    probabilities: Numbers, outcomes: Outcomes, *, resamples: int = 1000, seed: int = 0
) -> pd.DataFrame:
    """Return the points of a reliability diagram, with where they would lie by chance.

    Parameters
    ----------
    probabilities : numpy.ndarray of float64, shape (n,)
        Probabilities of a code, or of several codes one after another.
    outcomes : numpy.ndarray of bool, shape (n,)
        Whether the segment carries the code.
    resamples : int, default 1000
        Draws for the band.
    seed : int, default 0
        Their seed.

    Returns
    -------
    pandas.DataFrame
        One row a bin of equal expected positives, at most 10 and at least 2 if probabilities differ
        enough: `low`, `high` (lowest and highest probability), `n`, `positives`,
        `mean_probability`, `share`, `band_low`, `band_high` (2.5th and 97.5th percentile of the share
        if the probabilities were right).

    Examples
    --------
    >>> import numpy as np
    >>> probabilities = np.repeat([0.2, 0.8], 50)
    >>> outcomes = np.arange(100) % 5 < np.repeat([1, 4], 50)
    >>> points = reliability_points(probabilities, outcomes).round(2)
    >>> points[["n", "mean_probability", "share"]].values.tolist()
    [[50.0, 0.2, 0.2], [50.0, 0.8, 0.8]]
    """
    bin_limit = int(np.clip(probabilities.sum() / _EXPECTED, 2, _POINTS))
    place = equal_expectation_bins(probabilities, bin_limit)
    count = np.bincount(place)
    bins = len(count)
    low, high = np.full(bins, np.inf), np.full(bins, -np.inf)
    np.minimum.at(low, place, probabilities)
    np.maximum.at(high, place, probabilities)
    drawn = shares_if_calibrated(probabilities, place, resamples=resamples, seed=seed)
    band = np.percentile(drawn, (2.5, 97.5), axis=0) if bins else np.zeros((2, 0))
    positives = np.bincount(place, weights=outcomes, minlength=bins)
    return pd.DataFrame(
        {
            "low": low,
            "high": high,
            "n": count,
            "positives": positives.astype(np.int64),
            "mean_probability": np.bincount(place, weights=probabilities) / count,
            "share": positives / count,
            "band_low": band[0],
            "band_high": band[1],
        }
    )


def probability_histogram(
    probabilities: Numbers, outcomes: Outcomes, *, bins: int = 20
) -> pd.DataFrame:
    """Return how often each range of probabilities was said, and how often rightly.

    Parameters
    ----------
    probabilities : numpy.ndarray of float64, shape (n,)
        Probabilities.
    outcomes : numpy.ndarray of bool, shape (n,)
        Whether the segment carries the code.
    bins : int, default 20
        How many ranges of equal width from 0 to 1.

    Returns
    -------
    pandas.DataFrame
        `low`, `high`, `n`, `positives`; one row a range, the upper end belonging to the next.

    Examples
    --------
    >>> import numpy as np
    >>> table = probability_histogram(np.array([0.1, 0.2, 0.9]), np.array([False, False, True]), bins=2)
    >>> table.values.tolist()
    [[0.0, 0.5, 2.0, 0.0], [0.5, 1.0, 1.0, 1.0]]
    """
    edges = np.linspace(0, 1, bins + 1)
    place = np.clip((probabilities * bins + 1e-9).astype(np.int64), 0, bins - 1)
    return pd.DataFrame(
        {
            "low": np.round(edges[:-1], 6),
            "high": np.round(edges[1:], 6),
            "n": np.bincount(place, minlength=bins),
            "positives": np.bincount(place, weights=outcomes, minlength=bins).astype(np.int64),
        }
    )
