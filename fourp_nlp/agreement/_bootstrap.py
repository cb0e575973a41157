"""Resampling documents, for intervals of coefficients that are functions of counts.

Units of one document resemble each other, so that documents, and not units, are drawn: the cluster
bootstrap with percentile intervals (Davison, A. C. and Hinkley, D. V. (1997). Bootstrap methods
and their application. Cambridge University Press, sections 3.8 and 5.3).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["percentile_interval", "resample_counts"]

Numbers = npt.NDArray[np.float64]

# Weights (resamples x documents) that are held at once: about 32 MB.
_BLOCK = 4_000_000


def resample_counts(counts: Numbers, resamples: int, seed: int) -> Numbers:
    """Return the counts of corpora whose documents are drawn with replacement.

    Parameters
    ----------
    counts : numpy.ndarray of float64, shape (n_documents, ...)
        Counts of each document.
    resamples : int
        How many corpora to draw.
    seed : int
        Start of the random numbers: the same seed gives the same corpora.

    Returns
    -------
    numpy.ndarray of float64, shape (resamples, ...)
        The counts of each corpus, of as many documents as there are.
    """
    n_documents = len(counts)
    flat = counts.reshape(n_documents, -1)
    generator = np.random.default_rng(seed)
    made = np.empty((resamples, flat.shape[1]), dtype=np.float64)
    step = max(1, _BLOCK // n_documents)
    for start in range(0, resamples, step):
        size = min(step, resamples - start)
        drawn = generator.integers(0, n_documents, size=(size, n_documents))
        drawn += np.arange(size)[:, None] * n_documents
        weights = np.bincount(drawn.ravel(), minlength=size * n_documents)
        made[start : start + size] = weights.reshape(size, n_documents).astype(np.float64) @ flat
    return made.reshape(resamples, *counts.shape[1:])


def percentile_interval(values: Numbers) -> tuple[Numbers, Numbers]:
    """Return the 2.5th and 97.5th percentiles of resampled coefficients.

    Parameters
    ----------
    values : numpy.ndarray of float64, shape (resamples, n)
        Coefficients of each resample, nan where undefined there. Those are left out.

    Returns
    -------
    low, high : numpy.ndarray of float64, shape (n,)
        nan where fewer than half of the resamples have a value.
    """
    low, high = np.full((2, values.shape[1]), np.nan)
    enough = (~np.isnan(values)).sum(axis=0) * 2 >= max(len(values), 1)
    if enough.any():
        low[enough], high[enough] = np.nanpercentile(values[:, enough], (2.5, 97.5), axis=0)
    return low, high
