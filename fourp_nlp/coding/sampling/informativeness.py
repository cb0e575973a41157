"""Scores for active learning: uncertainty and disagreement, code by code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

__all__ = ["disagreement", "highest_in_turn", "nearness"]

_SMALLEST = 1e-6  # keeps the log-odds of a probability of 0 or 1 finite
_BLOCK = 65_536  # rows at once: what is made in between stays small


def nearness(probabilities: ArrayLike, thresholds: ArrayLike) -> Floats:
    """Return how near each probability is to its code's threshold (uncertainty sampling [1]_).

    Parameters
    ----------
    probabilities : array_like, shape (n_segments, n_codes)
        The machine's probabilities.
    thresholds : array_like, shape (n_codes,)
        The probability from which each code is suggested.

    Returns
    -------
    ndarray, shape (n_segments, n_codes)
        ``-|logit(p) - logit(t)|``: 0 at the threshold, and the lower the surer the machine is either
        way. On log-odds, 0.02 and 0.04 are as far apart as 0.48 and 0.65, so that codes with
        low thresholds are measured like others.

    References
    ----------
    .. [1] Lewis, D. D. and Gale, W. A. (1994). A sequential algorithm for training text classifiers.
       SIGIR '94, 3-12. There the point of doubt is 0.5; here it is the threshold of the code.
    """
    thresholds_as_logits = _logit(np.asarray(thresholds, dtype=np.float64))
    scores = np.array(probabilities, dtype=np.float64)
    for first in range(0, len(scores), _BLOCK):
        some = scores[first : first + _BLOCK]
        scores[first : first + _BLOCK] = -np.abs(_logit(some) - thresholds_as_logits)
    return scores


def disagreement(
    one: ArrayLike, other: ArrayLike, one_threshold: ArrayLike, other_threshold: ArrayLike
) -> Floats:
    """Return how far two views of the machine part (query by committee [1]_).

    Parameters
    ----------
    one, other : array_like, shape (n_segments, n_codes)
        Two views' probabilities, such as what was learned and what the definitions alone say.
    one_threshold, other_threshold : array_like, shape (n_codes,) or ()
        From where each view suggests a code.

    Returns
    -------
    ndarray, shape (n_segments, n_codes)
        The Jensen-Shannon divergence in bits, from 0 to 1: the mean Kullback-Leibler divergence of the
        members of a committee of two to their mean [2]_. Each view's log-odds are first counted from its
        threshold, because the definitions' probabilities are rough: a view that says
        0.3 to everything disagrees with nobody by that alone.

    References
    ----------
    .. [1] Seung, H. S., Opper, M. and Sompolinsky, H. (1992). Query by committee. COLT '92, 287-294.
    .. [2] McCallum, A. and Nigam, K. (1998). Employing EM and pool-based active learning for text
       classification. ICML '98, 350-358.
    """
    first_view, second_view = np.asarray(one), np.asarray(other)
    first_zero = _logit(np.asarray(one_threshold, dtype=np.float64))
    second_zero = _logit(np.asarray(other_threshold, dtype=np.float64))
    divergence = np.zeros(first_view.shape)
    for first in range(0, len(divergence), _BLOCK):
        rows = slice(first, first + _BLOCK)
        p = _sigmoid(_logit(first_view[rows].astype(np.float64)) - first_zero)
        q = _sigmoid(_logit(second_view[rows].astype(np.float64)) - second_zero)
        divergence[rows] = np.maximum(_entropy((p + q) / 2) - (_entropy(p) + _entropy(q)) / 2, 0)
    return divergence


def highest_in_turn(
    scores: NDArray[np.float64],
    count: int,
    *,
    allowed: NDArray[np.bool_] | None = None,
    alike: NDArray[np.int64] | None = None,
) -> NDArray[np.int64]:
    """Return the segments with the highest scores, the codes choosing in turn.

    Taking the highest scores of all codes together would give everything to a few codes with many
    doubtful segments. So each code in turn takes the best segment left for it, and a rare
    code has as many turns as a common one.

    Parameters
    ----------
    scores : ndarray, shape (n_segments, n_codes)
        A score for each code; a code whose scores are all alike has no turn.
    count : int
        How many segments are wanted.
    allowed : ndarray of bool, shape (n_segments,), optional
        Which segments may be taken; by default all.
    alike : ndarray of int, shape (n_segments,), optional
        Segments with equal numbers have the same words; one of them is enough.

    Returns
    -------
    ndarray of int, shape (at most count,)
        Row numbers, best first.
    """
    rows = np.arange(len(scores)) if allowed is None else np.flatnonzero(allowed)
    if alike is not None:
        # Of equal words, the segment that any code wants most.
        best = np.concatenate(
            [scores[rows[at : at + _BLOCK]].max(axis=1) for at in range(0, len(rows), _BLOCK)]
            or [np.zeros(0)]
        )
        rows = rows[np.argsort(-best, kind="stable")]
        rows = np.sort(rows[np.unique(alike[rows], return_index=True)[1]])
    count = min(count, len(rows))
    queues = []
    for column in range(scores.shape[1]):
        values = scores[rows, column]
        if count and values.max() > values.min():
            # So many of a code's best are sure to be enough, whatever the others take.
            some = np.argpartition(-values, count - 1)[:count]
            queues.append((values[some].max(), rows[some[np.lexsort((some, -values[some]))]]))
    if not queues:
        return np.zeros(0, dtype=np.int64)
    ordered = [queue for _, queue in sorted(queues, key=lambda each: -each[0])]
    # Read row by row, the queues side by side are the order of the turns.
    turns = np.stack(ordered, axis=1).ravel()
    first_turns = np.sort(np.unique(turns, return_index=True)[1])
    chosen: NDArray[np.int64] = turns[first_turns][:count].astype(np.int64)
    return chosen


def _logit(probability: Floats) -> Floats:
    clipped = np.clip(probability, _SMALLEST, 1 - _SMALLEST)
    return np.asarray(np.log(clipped) - np.log1p(-clipped))


def _sigmoid(logit: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-logit)))


def _entropy(probability: Floats) -> Floats:
    p = np.clip(probability, _SMALLEST, 1 - _SMALLEST)
    return np.asarray(-(p * np.log2(p) + (1 - p) * np.log2(1 - p)))
