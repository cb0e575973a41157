"""Thresholds from the expected precision and recall of calibrated probabilities.

If probabilities are right, the sum of those above a threshold is the expected number of correct
suggestions, and the sum of all is the expected number of codings. Expected precision, recall and F1 of
every threshold follow without counting positives [1]_. Such a threshold is stable with few positives, and
also uses segments that nobody read.

References
----------
.. [1] Lipton, Z., Elkan, C. and Naryanaswamy, B. (2014). Optimal thresholding of classifiers to maximize F1
   measure. ECML PKDD, 225-239.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["BALANCED", "BINS", "FEWER", "MORE", "Aim", "expected_counts", "thresholds_for"]

BINS = 200
"""Number of classes of probability that are counted, of equal width."""


@dataclass(frozen=True)
class Aim:
    """What thresholds are chosen for.

    Attributes
    ----------
    beta : float, default 1
        How much more recall is worth than precision: thresholds maximise the expected F-beta.
    recall : float, optional
        Instead: the expected share of codings that are suggested, from 0 to 1.
    """

    beta: float = 1.0
    recall: float | None = None

    @property
    def words(self) -> str:
        """The aim in words."""
        if self.recall is not None:
            return f"a recall of {self.recall:g}"
        return f"the highest expected F{self.beta:g}"


BALANCED = Aim()
MORE = Aim(beta=2.0)
FEWER = Aim(beta=0.5)


def expected_counts(
    probabilities: Floats, weights: NDArray[np.float64] | None = None
) -> NDArray[np.float32]:
    """Return how many segments have which probability, code by code.

    Parameters
    ----------
    probabilities : ndarray, shape (n, n_codes)
        Calibrated probabilities.
    weights : ndarray, shape (n, n_codes), optional
        How many segments each stands for. Default: one.

    Returns
    -------
    ndarray of float32, shape (n_codes, BINS)
        Numbers, from the lowest probabilities to the highest.

    Examples
    --------
    >>> import numpy as np
    >>> counts = expected_counts(np.array([[0.1, 0.9], [0.1, 0.2]]))
    >>> counts.shape, int(counts[0].max()), float(counts.sum())
    ((2, 200), 2, 4.0)
    """
    count = probabilities.shape[1]
    place = np.minimum((probabilities * BINS).astype(np.int64), BINS - 1)
    cell = np.arange(count) * BINS + place
    totals = np.bincount(
        cell.ravel(), None if weights is None else weights.ravel(), minlength=count * BINS
    )
    return totals.reshape(count, BINS).astype(np.float32)


def thresholds_for(counts: NDArray[np.float32], aim: Aim = BALANCED) -> Floats:
    """Return the threshold of each code.

    Parameters
    ----------
    counts : ndarray, shape (n_codes, BINS)
        From `expected_counts`.
    aim : Aim
        What they are for.

    Returns
    -------
    ndarray, shape (n_codes,)
        Probabilities, multiples of 1 / BINS.

    Examples
    --------
    >>> import numpy as np
    >>> counts = expected_counts(np.repeat([0.05, 0.45, 0.95], [90, 10, 10])[:, None])
    >>> [float(thresholds_for(counts, aim)[0]) for aim in (FEWER, BALANCED, MORE)]
    [0.95, 0.45, 0.45]
    """
    segment_counts = np.asarray(counts, dtype=np.float64)
    edges = np.arange(BINS) / BINS
    expected_positives = segment_counts * (edges + 0.5 / BINS)
    # Of all that lies at or above each edge.
    suggested = segment_counts[:, ::-1].cumsum(axis=1)[:, ::-1]
    true_positives = expected_positives[:, ::-1].cumsum(axis=1)[:, ::-1]
    all_positives = np.maximum(true_positives[:, :1], 1e-12)
    if aim.recall is not None:
        enough = true_positives >= aim.recall * all_positives
        last = BINS - 1 - enough[:, ::-1].argmax(axis=1)
        return np.asarray(edges[np.where(enough.any(axis=1), last, 0)])
    square = aim.beta**2
    score = (1 + square) * true_positives / np.maximum(suggested + square * all_positives, 1e-12)
    # Of equal ones the highest: where nothing lies between, nothing is suggested too easily.
    return np.asarray(edges[BINS - 1 - score[:, ::-1].argmax(axis=1)])
