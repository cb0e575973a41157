"""Chunks: runs of neighbouring segments that the encoder reads at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Integers = NDArray[np.int64]

__all__ = ["Chunks", "Tokens", "in_batches", "make_chunks", "tokenise"]

_LONGEST = 128  # tokens of a segment that are read
_AT_ONCE = 4096  # texts that are tokenised at once


@dataclass(frozen=True)
class Tokens:
    """The tokens of segments, one after the other.

    Attributes
    ----------
    ids : ndarray of int, shape (n_tokens,)
        The encoder's numbers of the tokens. Each segment ends with a separator, which counts as its
        own.
    starts : ndarray of int, shape (n_segments + 1,)
        Where each segment begins; the last entry is the number of tokens.
    documents : ndarray of int, shape (n_segments,)
        Number of each segment's document.
    first : int
        The token that a chunk begins with.
    padding : int
        The token that fills up short chunks.
    """

    ids: Integers
    starts: Integers
    documents: Integers
    first: int
    padding: int

    @property
    def lengths(self) -> Integers:
        """Tokens of each segment, shape (n_segments,)."""
        return np.diff(self.starts)


@dataclass(frozen=True)
class Chunks:
    """Runs of neighbouring segments of one document.

    Attributes
    ----------
    rows : ndarray of int, shape (n_chunks, 2)
        First segment of each chunk, and the one after its last.
    lengths : ndarray of int, shape (n_chunks,)
        Tokens of each, the first mark included.
    """

    rows: Integers
    lengths: Integers


def tokenise(texts: Sequence[str], documents: Sequence[str], tokenizer: Any) -> Tokens:
    """Return the tokens of segments.

    Texts are in reading order, a document's together. A segment has at most 128 tokens.
    """
    first = tokenizer.cls_token_id if tokenizer.cls_token_id is not None else tokenizer.bos_token_id
    last = tokenizer.sep_token_id if tokenizer.sep_token_id is not None else tokenizer.eos_token_id
    parts: list[Integers] = []
    for begin in range(0, len(texts), _AT_ONCE):
        token_ids = tokenizer(
            list(texts[begin : begin + _AT_ONCE]), add_special_tokens=False, verbose=False
        )["input_ids"]
        parts += [np.array([*ids[: _LONGEST - 1], last], dtype=np.int64) for ids in token_ids]
    lengths = np.array([len(part) for part in parts], dtype=np.int64)
    names = np.asarray(documents, dtype=object)
    changes = np.r_[False, names[1:] != names[:-1]] if len(names) else np.zeros(0, dtype=bool)
    return Tokens(
        ids=np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64),
        starts=np.r_[0, lengths.cumsum()],
        documents=changes.cumsum().astype(np.int64),
        first=int(first),
        padding=int(tokenizer.pad_token_id or 0),
    )


def make_chunks(
    tokens: Tokens, size: int, *, opening: int | np.random.Generator | None = None
) -> Chunks:
    """Fill chunks with segments, in order; none goes from one document to the next.

    A chunk may have `size` tokens; a segment that is longer is a chunk of its own. A document's
    first chunk may have `opening` tokens: with another number the borders fall elsewhere. A
    generator draws it for each document, from a quarter of `size` on.
    """
    rows: list[tuple[int, int]] = []
    lengths = tokens.lengths
    ends = np.r_[np.flatnonzero(np.diff(tokens.documents)) + 1, len(lengths)]
    first = 0
    for end in ends.tolist() if len(lengths) else []:
        if isinstance(opening, np.random.Generator):
            room = int(opening.integers(size // 4, size + 1))
        else:
            room = size if opening is None else opening
        total = lengths[first:end].cumsum()
        start = 0
        while first + start < end:
            begun = int(total[start - 1]) if start else 0
            # One token is the chunk's first mark.
            stop = int(np.searchsorted(total, begun + room - 1, side="right"))
            stop = max(stop, start + 1)
            rows.append((first + start, first + stop))
            start, room = stop, size
        first = end
    bounds = np.array(rows, dtype=np.int64).reshape(-1, 2)
    return Chunks(bounds, tokens.starts[bounds[:, 1]] - tokens.starts[bounds[:, 0]] + 1)


def in_batches(chunks: Chunks, budget: int) -> list[Integers]:
    """Return chunks of like length in batches, shortest first.

    `budget` is how many tokens a batch may have, padding included; a longer chunk is a batch of its
    own.
    """
    batches: list[Integers] = []
    order = np.argsort(chunks.lengths, kind="stable")
    lengths = chunks.lengths[order]
    start = 0
    while start < len(order):
        counts = np.arange(1, len(order) - start + 1)
        fits = int((counts * lengths[start:] <= budget).sum())
        stop = start + max(fits, 1)
        batches.append(order[start:stop])
        start = stop
    return batches
