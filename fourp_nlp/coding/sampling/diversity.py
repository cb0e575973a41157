"""Diverse segments: far from each other and from segments that are coded already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["spread_out"]

_BLOCK = 1024  # rows of a table of distances that is made at once


def spread_out(
    vectors: NDArray[np.float32],
    count: int,
    random: np.random.Generator,
    *,
    centres: NDArray[np.float32] | None = None,
) -> NDArray[np.int64]:
    """Choose rows that spread over a space of vectors (k-means++ seeding [1]_).

    Each row is chosen with a probability proportional to the square of its distance to the nearest row
    chosen before it, or to what is coded already. Taking the farthest row each time (k-center greedy
    [2]_) spreads further, but finds page numbers and broken lines first: the odd ones lie farthest.

    Parameters
    ----------
    vectors : ndarray of float32, shape (n, dimensions)
        Vectors of unit length.
    count : int
        How many rows are wanted.
    random : numpy.random.Generator
        The source of chance.
    centres : ndarray of float32, shape (n_centres, dimensions), optional
        Vectors of what is coded already.

    Returns
    -------
    ndarray of int, shape (at most count,)
        Row numbers in the order in which they were chosen. Fewer than wanted if the rest lie exactly
        on those.

    References
    ----------
    .. [1] Arthur, D. and Vassilvitskii, S. (2007). k-means++: the advantages of careful seeding.
       SODA '07, 1027-1035.
    .. [2] Sener, O. and Savarese, S. (2018). Active learning for convolutional neural networks: a
       core-set approach. ICLR 2018.
    """
    distance = np.full(len(vectors), 2.0)
    if centres is not None and len(centres):
        for first in range(0, len(vectors), _BLOCK):
            block = vectors[first : first + _BLOCK]
            for begin in range(0, len(centres), 8 * _BLOCK):
                near = (block @ centres[begin : begin + 8 * _BLOCK].T).max(axis=1)
                part = distance[first : first + _BLOCK]
                np.minimum(part, 2 - 2 * near.astype(np.float64), out=part)
    # Below this, rounding is all that is left between two equal vectors.
    distance[distance < 1e-5] = 0
    chosen: list[int] = []
    while len(chosen) < count:
        reached = np.cumsum(distance)
        if not len(reached) or reached[-1] <= 0:
            break
        row = int(np.searchsorted(reached, random.random() * reached[-1], side="right"))
        chosen.append(row)
        gap = 2 - 2 * (vectors @ vectors[row]).astype(np.float64)
        gap[gap < 1e-5] = 0
        gap[row] = 0
        np.minimum(distance, gap, out=distance)
    return np.array(chosen, dtype=np.int64)
