"""Kernel ridge regression with exact predictions for left-out documents.

The kernel of two segments is a Gaussian of the distance between their dense features, plus the cosine of
their words and of their neighbours' words (TF-IDF). A sum of kernels is a kernel [1]_, so one regression uses
meaning and words together, and is not limited to linear functions. It learns all codes at once and has a
closed form: predictions for a left-out document follow from one matrix inverse, without training again [2]_.

References
----------
.. [1] Schölkopf, B. and Smola, A. (2002). Learning with Kernels. MIT Press, ch. 13.
.. [2] An, S., Liu, W. and Venkatesh, S. (2007). Fast cross-validation algorithms for least squares
   support vector machine and kernel ridge regression. Pattern Recognition 40(8), 2154-2162.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import scipy.sparse as sp
from scipy.linalg.lapack import spotrf, spotri

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats32 = NDArray[np.float32]

__all__ = [
    "Block",
    "Ridge",
    "Rows",
    "Scaling",
    "fit_scaling",
    "kernel",
    "optional_places",
    "solve_ridge",
    "tf_idf",
    "word_weights",
]

_BLOCK = 4096  # rows of the kernel that are made at once
_BYTE = 127  # the largest number that a byte holds
_ENTRIES = 10_000_000  # of blocks of the inverse that are solved at once


class Block(NamedTuple):
    """Dense columns that belong together.

    Attributes
    ----------
    size : int
        How many.
    weight : float
        Their weight in the likeness.
    optional : bool
        Whether a row may lack them: it holds zeros there.
    """

    size: int
    weight: float
    optional: bool = False


@dataclass(frozen=True)
class Rows:
    """Segments as the kernel sees them.

    Attributes
    ----------
    dense : ndarray of float32, shape (n, n_dense)
        Dense features, centred and scaled block by block.
    words : list of csr_matrix of float32, each of shape (n, n_words)
        TF-IDF of unit length: own words, then the neighbours'; empty without words.
    """

    dense: Floats32
    words: list[sp.csr_matrix]

    def __getitem__(self, rows: NDArray[Any] | slice) -> Rows:
        return Rows(self.dense[rows], [part[rows] for part in self.words])

    def __len__(self) -> int:
        return len(self.dense)

    def followed_by(self, others: Rows) -> Rows:
        """Return these rows and others after them."""
        return Rows(
            np.vstack([self.dense, others.dense]),
            [
                sp.vstack([first, second], format="csr")
                for first, second in zip(self.words, others.words, strict=True)
            ],
        )


@dataclass(frozen=True)
class Scaling:
    """How raw features become `Rows`.

    Attributes
    ----------
    mean, scale : ndarray of float32, shape (n_dense,)
        What is taken off the dense features, and what they are divided by.
    idf : ndarray of float32, shape (n_words,)
        Inverse document frequency of each word column; of length 0 without words.
    step : ndarray of float32, shape (n_dense,)
        What scaled features are multiples of: a byte holds each, so that a saved model is small.
    optional : tuple of (int, int)
        First and one past the last column of each block that a row may lack. A row lacks it if it holds
        nothing but zeros there, and is then treated as the mean.
    """

    mean: Floats32
    scale: Floats32
    idf: Floats32
    step: Floats32
    optional: tuple[tuple[int, int], ...] = ()

    def rows(self, dense: Floats32, words: Sequence[sp.csr_matrix]) -> Rows:
        """Return the segments as the kernel sees them."""
        return Rows(self.dense(dense), [tf_idf(part, self.idf) for part in words])

    def dense(self, features: Floats32) -> Floats32:
        """Return dense features as the kernel sees them."""
        scaled = (features - self.mean) / self.scale
        for first, last in self.optional:
            scaled[~features[:, first:last].any(axis=1), first:last] = 0
        # What a saved model keeps; rounding now makes both say the same.
        return self.unpacked(self.packed(scaled))

    def of_columns(self, columns: NDArray[np.int64]) -> Scaling:
        """Return the scaling of some dense columns alone: whole blocks, in ascending order."""
        starts = {column: place for place, column in enumerate(columns.tolist())}
        optional = tuple(
            (starts[first], starts[first] + last - first)
            for first, last in self.optional
            if first in starts
        )
        return Scaling(
            self.mean[columns], self.scale[columns], self.idf, self.step[columns], optional
        )

    def packed(self, dense: Floats32) -> NDArray[np.int8]:
        """Return scaled features as a model keeps them: a byte each."""
        return np.asarray(np.clip(np.rint(dense / self.step), -_BYTE, _BYTE).astype(np.int8))

    def unpacked(self, kept: NDArray[np.int8]) -> Floats32:
        """Return scaled features from what a model keeps."""
        return np.asarray(kept * self.step, dtype=np.float32)


def fit_scaling(
    dense: Floats32, words: Sequence[sp.csr_matrix], blocks: Sequence[Block]
) -> Scaling:
    """Return the scaling that gives each block of columns its weight, whatever its width.

    Parameters
    ----------
    dense : ndarray of float32, shape (n, n_dense)
        Dense features.
    words : sequence of csr_matrix, each of shape (n, n_words)
        Word counts; the first gives the document frequencies.
    blocks : sequence of Block
        The blocks of dense columns, in order.

    Returns
    -------
    Scaling
        With it, the rows' mean squared length is 1 over all blocks together. Rows that lack an optional
        block do not count for it; a block that all of them lack counts for nothing, whatever holds it later.
    """
    mean = np.zeros(dense.shape[1], dtype=np.float32)
    scale = np.ones(dense.shape[1], dtype=np.float32)
    total = np.sqrt(sum(spec.weight**2 for spec in blocks))
    first = 0
    for spec in blocks:
        columns = slice(first, first + spec.size)
        first += spec.size
        block = dense[:, columns]
        if spec.optional:
            block = block[block.any(axis=1)]
        if not block.size:
            if spec.optional:
                # Nothing is known of it, so it tells nothing of rows that have it either.
                scale[columns] = np.inf
            continue
        mean[columns] = block.mean(axis=0)
        spread = float(np.sqrt(((block - mean[columns]) ** 2).sum(axis=1).mean()))
        if spread > 0 and spec.weight > 0:
            scale[columns] = spread * total / spec.weight
    idf = np.zeros(0, dtype=np.float32)
    if words:
        count, columns = words[0].shape
        document_counts = np.bincount(words[0].indices, minlength=columns)
        idf = (np.log((1 + count) / (1 + document_counts)) + 1).astype(np.float32)
    optional = optional_places(blocks)
    largest = np.abs((dense - mean) / scale)
    for first, last in optional:
        largest[~dense[:, first:last].any(axis=1), first:last] = 0
    step = largest.max(axis=0, initial=0) / _BYTE
    step[~(step > 0)] = 1
    return Scaling(mean.astype(np.float32), scale, idf, step.astype(np.float32), optional)


def optional_places(blocks: Sequence[Block]) -> tuple[tuple[int, int], ...]:
    """Return the first and one past the last column of each block that a row may lack."""
    ends = np.cumsum([each.size for each in blocks]).tolist()
    return tuple(
        (end - each.size, end) for each, end in zip(blocks, ends, strict=True) if each.optional
    )


def tf_idf(counts: sp.csr_matrix, idf: Floats32) -> sp.csr_matrix:
    """Return sublinear TF-IDF of unit length, as scikit-learn's `TfidfTransformer` makes it."""
    words = sp.csr_matrix(counts, dtype=np.float32, copy=True)
    words.data = (np.log(words.data) + 1) * idf[words.indices]
    norms = np.sqrt(np.bincount(_row_of(words), weights=words.data**2, minlength=words.shape[0]))
    words.data = (words.data / np.maximum(norms, 1e-12)[_row_of(words)]).astype(np.float32)
    return words


def _row_of(matrix: sp.csr_matrix) -> NDArray[np.int64]:
    return np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))


def kernel(some: Rows, others: Rows, *, width: float, word_shares: Sequence[float]) -> Floats32:
    """Return the likeness of segments.

    Parameters
    ----------
    some, others : Rows
        Segments, n and m of them.
    width : float
        How fast the Gaussian falls with squared distance.
    word_shares : sequence of float
        Weight of each of the rows' word matrices.

    Returns
    -------
    ndarray of float32, shape (n, m)
        Their likeness.
    """
    likeness = np.empty((len(some), len(others)), dtype=np.float32)
    squared_lengths = (others.dense**2).sum(axis=1)
    for first in range(0, len(some), _BLOCK):
        part = some[slice(first, first + _BLOCK)]
        block = part.dense @ others.dense.T
        block *= -2
        block += (part.dense**2).sum(axis=1)[:, None]
        block += squared_lengths
        np.maximum(block, 0, out=block)
        block *= -width
        np.exp(block, out=block)
        for share, mine, theirs in zip(word_shares, part.words, others.words, strict=True):
            if share:
                block += np.float32(share) * (mine @ theirs.T).toarray()
        likeness[first : first + _BLOCK] = block
    return likeness


def word_weights(rows: Rows, dual: Floats32, word_shares: Sequence[float]) -> list[Floats32]:
    """Return the weight of each word for each code: the linear part of the kernel, summed up.

    Parameters
    ----------
    rows : Rows
        The segments that were learned from, n of them.
    dual : ndarray of float32, shape (n, n_codes)
        Their coefficients.
    word_shares : sequence of float
        Weight of each of the rows' word matrices.

    Returns
    -------
    list of ndarray of float32, each of shape (n_words, n_codes)
        One array a word matrix.
    """
    return [
        np.asarray(np.float32(share) * (part.T @ dual), dtype=np.float32)
        for share, part in zip(word_shares, rows.words, strict=True)
    ]


class _Taken(NamedTuple):
    """What a regression needs of rows that it never saw.

    Attributes
    ----------
    kept : ndarray of int, shape (n_kept,)
        The other rows.
    across : ndarray of float32, shape (n_gone, n)
        Their part of the inverse.
    solved : ndarray of float32, shape (n_gone, n)
        Their own block of the inverse solved against it.
    """

    kept: NDArray[np.int64]
    across: Floats32
    solved: Floats32


@dataclass(frozen=True)
class Ridge:
    """A solved kernel ridge regression.

    Attributes
    ----------
    inverse : ndarray of float32, shape (n, n)
        Inverse of the regularised kernel.
    taken : _Taken, optional
        Rows that it is to be as if it had never seen. The inverse without them is the Schur complement: what
        is across, times what is solved, less than the part of the whole inverse for the rows kept. It
        is as large again, and never written out.
    """

    inverse: Floats32
    taken: _Taken | None = None

    def dual(self, targets: Floats32) -> Floats32:
        """Return the coefficients for targets, shape (n, n_codes), less what predictions start from."""
        if self.taken is None:
            return self.inverse @ targets
        remaining, across, solved = self.taken
        padded = np.zeros((len(self.inverse), targets.shape[1]), dtype=np.float32)
        padded[remaining] = targets
        return (self.inverse @ padded - across.T @ (solved @ padded))[remaining]

    def left_out(self, targets: Floats32, groups: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return what would have been said of each group by a model that had not seen it.

        Parameters
        ----------
        targets : ndarray of float32, shape (n, n_codes)
            0 and 1, less what predictions start from.
        groups : ndarray of int, shape (n,)
            The group (document) of each row.

        Returns
        -------
        ndarray, shape (n, n_codes)
            Exact leave-one-group-out predictions, less what they start from: the residuals are the
            block of the inverse solved against the coefficients (An et al. 2007).
        """
        dual = self.dual(targets)
        predictions = np.empty(targets.shape)
        order = np.argsort(groups, kind="stable")
        starts = np.flatnonzero(np.r_[True, np.diff(groups[order]) != 0][: len(order)])
        sizes = np.diff(np.r_[starts, len(order)])
        # Groups of one size are solved at once, so many that their blocks take little memory.
        for size in np.unique(sizes).tolist():
            starts_of_size = starts[sizes == size]
            for group_starts in np.array_split(
                starts_of_size, -(-len(starts_of_size) * size * size // _ENTRIES)
            ):
                rows = order[group_starts[:, None] + np.arange(size)]
                predictions[rows] = targets[rows] - np.linalg.solve(self.blocks(rows), dual[rows])
        return predictions

    def blocks(self, rows: NDArray[np.int64]) -> Floats32:
        """Return parts of the inverse, shape (n, size, size), for n times some rows."""
        if self.taken is None:
            return self.inverse[rows[:, :, None], rows[:, None, :]]
        rows_in_whole = self.taken.kept[rows]
        across = np.moveaxis(self.taken.across[:, rows_in_whole], 0, -1)
        less = across @ np.moveaxis(self.taken.solved[:, rows_in_whole], 0, 1)
        return np.asarray(
            self.inverse[rows_in_whole[:, :, None], rows_in_whole[:, None, :]] - less,
            dtype=np.float32,
        )

    def without(self, left_out: NDArray[np.int64]) -> Ridge:
        """Return the regression on the other rows, in order, had it never seen these."""
        rows = np.arange(len(self.inverse)) if self.taken is None else self.taken.kept
        remaining = np.delete(rows, left_out)
        excluded = np.setdiff1d(np.arange(len(self.inverse)), remaining)
        across = self.inverse[excluded]
        return Ridge(
            self.inverse, _Taken(remaining, across, np.linalg.solve(across[:, excluded], across))
        )


def solve_ridge(likeness: Floats32, weights: Floats32, strength: float) -> Ridge:
    """Solve kernel ridge regression.

    Parameters
    ----------
    likeness : ndarray of float32, shape (n, n)
        From `kernel`, of rows with themselves.
    weights : ndarray of float32, shape (n,)
        How many rows each stands for.
    strength : float
        Inverse regularisation.

    Returns
    -------
    Ridge
        The solution.
    """
    regularised = likeness.copy()
    regularised[np.diag_indices_from(regularised)] += 1 / (strength * weights)
    if not len(likeness):
        return Ridge(regularised)
    # The transpose of a symmetric array lies in memory as LAPACK wants it.
    factor, failed = spotrf(regularised.T, lower=1, clean=0, overwrite_a=1)
    if failed:
        raise ValueError("The likeness of the rows is not positive definite.")
    inverse, _ = spotri(factor, lower=1, overwrite_c=1)
    for first in range(0, len(inverse), _BLOCK):
        part = slice(first, first + _BLOCK)
        inverse[: part.start, part] = inverse[part, : part.start].T
        square = inverse[part, part]
        inverse[part, part] = np.tril(square) + np.tril(square, -1).T
    return Ridge(inverse.T)  # the same, and its rows lie together
