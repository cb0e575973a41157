"""Near-duplicate pages, by their shared word sequences."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

__all__ = ["ALIKE", "WINDOW", "first_alike"]

ALIKE = 0.9
"""Jaccard index of two pages' word sequences from which they count as the same page."""

WINDOW = 2000
"""Pages that are compared with each other at once; of a larger site, those fetched near each other."""

_WORDS = 5
_FEATURES = 2**24
_BLOCK = 250
_LONGEST = 1_000_000


def first_alike(texts: Sequence[str]) -> npt.NDArray[np.int64]:
    """Return for each page the first page that is nearly the same.

    Parameters
    ----------
    texts : sequence of str, length n_pages
        Normalised texts of one site's pages.

    Returns
    -------
    numpy.ndarray of int64, shape (n_pages,)
        Index of the page that it is folded into; its own where there is none.

    Notes
    -----
    Pages are compared by their sets of five-word sequences (w-shingling): two are nearly the same if the
    Jaccard index of their sets is at least `ALIKE`. It is reckoned exactly, up to collisions among
    2**24 hash values. A page shorter than five words is one sequence, and so is one of more than a
    million characters, which is the same as another only if all of it is.

    References
    ----------
    Broder, A. Z. (1997). On the resemblance and containment of documents. Proceedings of Compression and
    Complexity of Sequences, 21-29.
    """
    first = np.arange(len(texts))
    for start in range(0, len(texts), WINDOW):
        part = _first_alike(texts[start : start + WINDOW])
        first[start : start + len(part)] = part + start
    return first


def _first_alike(texts: Sequence[str]) -> npt.NDArray[np.int64]:
    from sklearn.feature_extraction.text import HashingVectorizer

    first = np.arange(len(texts))
    if len(texts) < 2:
        return first
    hashing = HashingVectorizer(
        n_features=_FEATURES, analyzer=_sequences, binary=True, norm=None, alternate_sign=False
    )
    sets = hashing.transform(texts).astype(np.float32)
    sizes = np.asarray(sets.sum(axis=1)).ravel()
    turned = sets.T.tocsc()
    for begin in range(0, len(texts), _BLOCK):
        common = (sets[begin : begin + _BLOCK] @ turned).tocoo()
        row, column = common.row + begin, common.col
        union = sizes[row] + sizes[column] - common.data
        near = (column < row) & (common.data >= ALIKE * union)
        np.minimum.at(first, row[near], column[near])
    # What is folded into a page that is itself folded belongs to the first of them.
    while (first != first[first]).any():
        first = first[first]
    return first


def _sequences(text: str) -> list[str]:
    if len(text) > _LONGEST:
        return [hashlib.sha256(text.casefold().encode("utf-8", "replace")).hexdigest()]
    words = text.casefold().split()
    if len(words) <= _WORDS:
        return [" ".join(words)]
    return [" ".join(words[at : at + _WORDS]) for at in range(len(words) - _WORDS + 1)]
