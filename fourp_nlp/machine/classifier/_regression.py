"""The learned regression: the scores of segments, what they are made of, and what other words would change.

Distances between a segment and the rows that were learned from are small differences of large numbers. In
single precision, a score would depend on the other segments in the same product of matrices, so it is
computed in double precision. For the change of a score with other words, the distance before the change is
computed once in double precision. What the changed columns add to it is small, and is computed in single
precision.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from fourp_nlp.machine.classifier._kernel import tf_idf
from fourp_nlp.machine.classifier._score_blend import blend_scores

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fourp_nlp.machine.classifier._feature_columns import FeatureColumns
    from fourp_nlp.machine.classifier._kernel import Scaling
    from fourp_nlp.machine.classifier.features import Rewording

    Floats = NDArray[np.float64]
    Floats32 = NDArray[np.float32]

__all__ = ["Regression", "gaussian_changes", "gaussian_scores"]

_BLOCK = 4096  # segments whose distances are computed at once
_ROWS = 1024  # learned rows that are unpacked at once


@dataclass(frozen=True)
class Regression:
    """What predicting needs of a solved kernel ridge regression.

    Attributes
    ----------
    columns : FeatureColumns
        What the columns of features hold.
    scaling : Scaling
        How features become rows of the kernel.
    packed : ndarray of int8, shape (m, n_dense)
        The dense features of the rows that were learned from, as a model keeps them.
    dual : ndarray of float32, shape (m, n_codes)
        Their coefficients.
    mean : ndarray, shape (n_codes,)
        What scores start from.
    word_weights : tuple of ndarray of float32, each of shape (n_words, n_codes)
        The weight of each word of the segment, then of its neighbours; empty without words.
    width : float
        How fast the Gaussian falls with squared distance.
    tuned_share : float
        Weight of what fine-tuned networks say.
    """

    columns: FeatureColumns
    scaling: Scaling
    packed: NDArray[np.int8]
    dual: Floats32
    mean: Floats
    word_weights: tuple[Floats32, ...]
    width: float
    tuned_share: float

    def scores(self, X: Any) -> Floats:
        """Return the scores that probabilities are made of, shape (n, n_codes)."""
        rows = self.scaling.rows(self.columns.dense(X), self.columns.words(X))
        scores = gaussian_scores(rows.dense, self.packed, self.scaling, self.dual, width=self.width)
        for part, weights in zip(rows.words, self.word_weights, strict=False):
            scores = scores + part @ weights
        regressed = np.asarray(scores, dtype=np.float64) + self.mean
        return blend_scores(regressed, self.columns.tuned(X), self.tuned_share)

    def own_word_scores(self, X: Any) -> Floats:
        """Return the share of the segments' own words in the scores, shape (n, n_codes)."""
        if not self.columns.n_words:
            return np.zeros((X.shape[0], self.dual.shape[1]))
        return self._of_words(self.columns.words(X)[0])

    def tuned_scores(self, X: Any) -> Floats:
        """Return what fine-tuned networks give to the scores above the mean, shape (n, n_codes)."""
        tuned = self.columns.tuned(X)
        if not self.columns.n_tuned:
            return np.zeros((len(tuned), self.dual.shape[1]))
        return np.asarray(self.tuned_share * (tuned - self.mean), dtype=np.float64)

    def changes(self, X: Any, rows: NDArray[np.int64], rewording: Rewording) -> Floats:
        """Return how much scores change with other words.

        Parameters
        ----------
        X : csr_matrix, shape (n, n_features)
            Features of segments as they are.
        rows : ndarray of int, shape (m,)
            Which of them each new wording is of.
        rewording : Rewording
            The columns that the new wordings change.

        Returns
        -------
        ndarray, shape (m, n_codes)
            The score with the new wording, less the score as it is.
        """
        dense = self.scaling.dense(self.columns.dense(X))
        changed = self.scaling.of_columns(rewording.columns).dense(rewording.dense)
        changes = gaussian_changes(
            dense,
            rows,
            rewording.columns,
            changed,
            self.packed,
            self.scaling,
            self.dual,
            width=self.width,
        )
        # What fine-tuned networks say stays as it is.
        changes *= 1 - self.tuned_share
        if not self.columns.n_words:
            return changes
        return changes + self._of_words(rewording.words) - self.own_word_scores(X)[rows]

    def _of_words(self, counts: Any) -> Floats:
        """Return what counted words of segments give to their scores, shape (n, n_codes)."""
        words = tf_idf(counts, self.scaling.idf)
        return np.asarray((1 - self.tuned_share) * (words @ self.word_weights[0]), dtype=np.float64)


def gaussian_scores(
    dense: Floats32,
    packed: NDArray[np.int8],
    scaling: Scaling,
    dual: Floats32,
    *,
    width: float,
) -> Floats:
    """Return the sum of rows' coefficients, each times the Gaussian of the distance to its row.

    All is computed in double precision, and the rows are unpacked a block at a time: as a whole they would
    take eight times the room.

    Parameters
    ----------
    dense : ndarray of float32, shape (n, n_dense)
        Segments, scaled.
    packed : ndarray of int8, shape (m, n_dense)
        Rows, as a model keeps them.
    scaling : Scaling
        What unpacks them.
    dual : ndarray of float32, shape (m, n_codes)
        Coefficients of the rows.
    width : float
        How fast the Gaussian falls with squared distance.

    Returns
    -------
    ndarray, shape (n, n_codes)
        The sums.
    """
    sums = np.zeros((len(dense), dual.shape[1]))
    segments = dense.astype(np.float64)
    squared_lengths = (segments**2).sum(axis=1)[:, None]
    rows = np.empty((_ROWS, dense.shape[1]))
    for first in range(0, len(packed), _ROWS):
        block = _unpacked(packed[first : first + _ROWS], scaling, rows)
        coefficients = dual[first : first + _ROWS].astype(np.float64)
        for start in range(0, len(segments), _BLOCK):
            at_once = slice(start, start + _BLOCK)
            sums[at_once] += (
                _likeness(segments[at_once], squared_lengths[at_once], block, width) @ coefficients
            )
    return sums


def gaussian_changes(
    dense: Floats32,
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
    changed: Floats32,
    packed: NDArray[np.int8],
    scaling: Scaling,
    dual: Floats32,
    *,
    width: float,
) -> Floats:
    """Return how much `gaussian_scores` changes if some columns of the segments change.

    A squared distance d becomes d + c, and its Gaussian exp(-w d) changes by exp(-w d) (exp(-w c) - 1).

    Parameters
    ----------
    dense : ndarray of float32, shape (n, n_dense)
        Segments as they are, scaled.
    rows : ndarray of int, shape (k,)
        Which of them each change is of.
    columns : ndarray of int, shape (n_columns,)
        The columns that change.
    changed : ndarray of float32, shape (k, n_columns)
        What they become, scaled.
    packed, scaling, dual, width
        As for `gaussian_scores`.

    Returns
    -------
    ndarray, shape (k, n_codes)
        The sums with the change, less the sums without it.
    """
    sums = np.zeros((len(rows), dual.shape[1]))
    segments = dense.astype(np.float64)
    squared_lengths = (segments**2).sum(axis=1)[:, None]
    before = dense[:, columns]
    longer = (changed.astype(np.float64) ** 2).sum(axis=1)
    longer -= (before.astype(np.float64) ** 2).sum(axis=1)[rows]
    differences = changed - before[rows]
    unpacked = np.empty((_ROWS, dense.shape[1]))
    for first in range(0, len(packed), _ROWS):
        block = _unpacked(packed[first : first + _ROWS], scaling, unpacked)
        likeness = _likeness(segments, squared_lengths, block, width).astype(np.float32)
        theirs = block[:, columns].astype(np.float32).T
        coefficients = dual[first : first + _ROWS]
        for start in range(0, len(rows), _BLOCK):
            at_once = slice(start, start + _BLOCK)
            change = differences[at_once] @ theirs
            change *= 2 * width
            change -= (width * longer[at_once, None]).astype(np.float32)
            np.exp(change, out=change)
            change -= 1
            change *= likeness[rows[at_once]]
            sums[at_once] += change @ coefficients
    return sums


def _unpacked(packed: NDArray[np.int8], scaling: Scaling, room: Floats) -> Floats:
    block = room[: len(packed)]
    block[:] = scaling.unpacked(packed)
    return block


def _likeness(segments: Floats, squared_lengths: Floats, block: Floats, width: float) -> Floats:
    """Return the Gaussian of each distance between segments and rows, shape (n, n_rows)."""
    likeness = segments @ block.T
    likeness *= -2
    likeness += squared_lengths
    likeness += np.einsum("ij,ij->i", block, block)
    np.maximum(likeness, 0, out=likeness)
    likeness *= -width
    return np.exp(likeness, out=likeness)
