"""Random assignment of segments to two arms, within documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["half_within"]


def half_within(documents: ArrayLike, random: np.random.Generator) -> NDArray[np.bool_]:
    """Draw half of the segments of every document.

    Parameters
    ----------
    documents : array_like, shape (n,)
        Document of each segment.
    random : numpy.random.Generator
        The source of chance.

    Returns
    -------
    ndarray of bool, shape (n,)
        Half of all, rounded up or down by chance, and so in each document. Given how many a document
        has, each choice of its segments is as likely as any other: arms may be shuffled within documents.
    """
    _, place = np.unique(np.asarray(documents).astype(str), return_inverse=True)
    # Documents one after the other in random order, each one's segments in random order too.
    turn = random.permutation(int(place.max(initial=0)) + 1)
    order = np.lexsort((random.random(len(place)), turn[place]))
    in_arm = np.zeros(len(place), dtype=bool)
    in_arm[order[int(random.integers(2)) :: 2]] = True
    return in_arm
