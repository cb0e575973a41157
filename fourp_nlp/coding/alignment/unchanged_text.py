"""Finding the sentences of a text that are unchanged in a later version, by their hashes."""

from __future__ import annotations

import hashlib
import re
from difflib import SequenceMatcher
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

__all__ = ["Pieces", "matching_pieces", "sha256_of", "text_pieces", "unchanged_stretches"]

_DIGITS = 16  # of a piece's hash: 64 bits tell the sentences of a project apart

# Not the segmenter's sentences: those change with its version, and what was read must not.
_BETWEEN = re.compile(r"[.!?…。！？][\"'”’»)\]]*(\s+)")


class Pieces(NamedTuple):
    """A text cut after sentences and lines.

    Attributes
    ----------
    hashes : list of str, length n
        A hash of each piece, without the white space around it.
    start, end : numpy.ndarray of int64, shape (n,)
        Where each stands; together they cover all but white space.
    """

    hashes: list[str]
    start: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]


def sha256_of(text: str) -> str:
    """Return the SHA-256 of a text, in hexadecimal."""
    # A text may hold half a pair of surrogates, which UTF-8 has no bytes for.
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def text_pieces(text: str) -> Pieces:
    """Cut a text into pieces that can be found again in a later version.

    Parameters
    ----------
    text : str
        The text.

    Returns
    -------
    Pieces
        Sentences, as far as punctuation tells, none longer than a line.
    """
    hashes: list[str] = []
    spans: list[tuple[int, int]] = []
    at = 0
    for line in text.split("\n"):
        cuts = [0, *(match.end() for match in _BETWEEN.finditer(line)), len(line)]
        for begin, end in pairwise(cuts):
            part = line[begin:end]
            words = part.strip()
            if words:
                first = at + begin + len(part) - len(part.lstrip())
                hashes.append(sha256_of(words)[:_DIGITS])
                spans.append((first, first + len(words)))
        at += len(line) + 1
    places = np.array(spans, dtype=np.int64).reshape(-1, 2)
    return Pieces(hashes, places[:, 0], places[:, 1])


def matching_pieces(before: Sequence[str], now: Pieces) -> npt.NDArray[np.int64]:
    """Return which piece of an earlier text each piece is, -1 for those that are not surely the same.

    Parameters
    ----------
    before : sequence of str
        Hashes of the earlier text's pieces.
    now : Pieces
        The later text's pieces.

    Returns
    -------
    numpy.ndarray of int64, shape (n,)
        Numbers of the earlier pieces, rising where they are not -1.
    """
    old, new = list(before), now.hashes
    shorter = min(len(old), len(new))
    same_at_start = 0
    while same_at_start < shorter and old[same_at_start] == new[same_at_start]:
        same_at_start += 1
    same_at_end = 0
    while same_at_end < shorter - same_at_start and old[-1 - same_at_end] == new[-1 - same_at_end]:
        same_at_end += 1
    place = np.full(len(new), -1, dtype=np.int64)
    place[:same_at_start] = np.arange(same_at_start)
    place[len(new) - same_at_end :] = np.arange(len(old) - same_at_end, len(old))
    # Where a sentence stands very often, it counts as changed unless its neighbours are the same.
    middle = SequenceMatcher(
        None,
        old[same_at_start : len(old) - same_at_end],
        new[same_at_start : len(new) - same_at_end],
    )
    for at, to, size in middle.get_matching_blocks():
        place[same_at_start + to : same_at_start + to + size] = np.arange(
            same_at_start + at, same_at_start + at + size
        )
    return place


def unchanged_stretches(before: Sequence[str], now: Pieces) -> npt.NDArray[np.int64]:
    """Return the parts of a text that also occur in an earlier version, in the same order.

    Parameters
    ----------
    before, now
        As in `matching_pieces`.

    Returns
    -------
    numpy.ndarray of int64, shape (n_stretches, 2)
        Start and end of each stretch. Pieces are of one stretch if they were neighbours before as
        well, so that what spans two stretches was never read as it stands.
    """
    place = matching_pieces(before, now)
    same = np.flatnonzero(place >= 0)
    if not len(same):
        return np.zeros((0, 2), dtype=np.int64)
    broken = np.flatnonzero((np.diff(same) != 1) | (np.diff(place[same]) != 1)) + 1
    first, last = same[np.r_[0, broken]], same[np.r_[broken - 1, len(same) - 1]]
    return np.column_stack([now.start[first], now.end[last]])
