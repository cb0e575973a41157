"""What an encoder is: it turns texts into vectors, and tells what each token gives to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["DEFAULT_ENCODER", "Encoder", "Progress", "TokenParts", "batches"]

DEFAULT_ENCODER = "all-MiniLM-L6-v2"
_TOKENS = 1024  # that one run of an encoder takes, padding counted; a longer text is run alone

Progress = Callable[[int, int], None]
"""Called with (done, total) while work goes on."""


class TokenParts(NamedTuple):
    """What each token of a text gives to the text's vectors.

    Attributes
    ----------
    spans : ndarray of int, shape (n_tokens, 2)
        Place of each token in the text, in code points; empty for the encoder's own marks.
    parts : ndarray of float32, shape (n_tokens, layers, dimensions)
        They add up to the text's vectors.
    """

    spans: NDArray[np.int64]
    parts: NDArray[np.float32]


class Encoder(Protocol):
    """What turns texts into vectors."""

    @property
    def id(self) -> str:
        """Name and hash of what decides the vectors: those of equal ids may be compared.

        Of the weights; and of tokenizer, vocabulary and settings, where these are not the ones that were
        published with the weights.
        """

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return vectors of unit length, shape (len(texts), layers, dimensions).

        The first layer is the encoder's own sentence vector. A second, if there is one, is the mean
        of its middle layer over the tokens, which keeps more of the wording.
        """

    def token_parts(self, texts: Sequence[str]) -> list[TokenParts] | None:
        """Return what each token gives to each text's vectors, or None where that is not known.

        It is known where a vector is the mean of its tokens' vectors; an encoder that reads it off
        one token only cannot tell.
        """

    def transformer(self) -> tuple[Any, Any] | None:
        """Return the tokenizer and the network below the pooling, or None where there is none.

        They are the encoder's own: whoever changes the network takes a copy.
        """


def batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Yield row numbers of texts that are run together: of like length, so that little is padding."""
    batch: list[int] = []
    for row in np.argsort(lengths, kind="stable").tolist():
        # Sorted, the last is the longest, and all are padded to it.
        if batch and (len(batch) + 1) * lengths[row] > _TOKENS:
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch
