"""Resampling documents, for intervals of coefficients that are functions of counts.

Units of one document resemble each other, so that documents, and not units, are drawn: the cluster
bootstrap with percentile intervals (Davison, A. C. and Hinkley, D. V. (1997). Bootstrap methods
and their application. Cambridge University Press, sections 3.8 and 5.3).
"""

from __future__ import annotations

from functools import lru_cache
from math import comb

import numpy as np
import numpy.typing as npt

__all__ = ["distinct_resamples", "resample_counts"]

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
    sums = np.empty((resamples, flat.shape[1]), dtype=np.float64)
    step = max(1, _BLOCK // n_documents)
    for start in range(0, resamples, step):
        size = min(step, resamples - start)
        sums[start : start + size] = _weights(generator, size, n_documents) @ flat
    return sums.reshape(resamples, *counts.shape[1:])


def distinct_resamples(
    counts: Numbers, resamples: int, seed: int
) -> tuple[Numbers, npt.NDArray[np.int64]] | None:
    """Return the counts of every corpus that can be drawn, where there are few: n documents in n draws.

    Parameters
    ----------
    counts : numpy.ndarray of float64, shape (n_documents, ...)
        Counts of each document.
    resamples : int
        How many corpora to draw.
    seed : int
        Start of the random numbers: the corpora are those of `resample_counts`.

    Returns
    -------
    counts : numpy.ndarray of float64, shape (n_distinct, ...)
        The counts of each corpus that was drawn at all.
    which : numpy.ndarray of int64, shape (resamples,)
        Which of them each draw is. None in place of both where too many can be drawn for this to pay.
    """
    n_documents = len(counts)
    if comb(2 * n_documents - 1, n_documents) * 2 > resamples:
        return None
    distinct, which = _distinct_weights(n_documents, resamples, seed)
    sums = distinct @ counts.reshape(n_documents, -1)
    return sums.reshape(len(distinct), *counts.shape[1:]), which


@lru_cache(maxsize=16)
def _distinct_weights(
    n_documents: int, resamples: int, seed: int
) -> tuple[Numbers, npt.NDArray[np.int64]]:
    weights = _weights(np.random.default_rng(seed), resamples, n_documents)
    distinct, which = np.unique(weights, axis=0, return_inverse=True)
    return distinct, which.ravel().astype(np.int64)


def _weights(generator: np.random.Generator, size: int, n_documents: int) -> Numbers:
    """Return how often each document is drawn, shape (size, n_documents)."""
    drawn = generator.integers(0, n_documents, size=(size, n_documents))
    drawn += np.arange(size)[:, None] * n_documents
    weights = np.bincount(drawn.ravel(), minlength=size * n_documents)
    return weights.reshape(size, n_documents).astype(np.float64)
