"""Token parts kept from the run of the encoder that gave the vectors, so that reasons need no second run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np

from fourp_nlp.machine.encoder.interface import Encoder, TokenParts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["keeping_tokens"]

_MOST = 2**26  # bytes of parts that are kept; a sentence of 25 tokens takes 38 KB


@runtime_checkable
class _InOneRun(Encoder, Protocol):
    """An encoder that gives vectors and token parts in one run."""

    def encode_with_tokens(
        self, texts: Sequence[str]
    ) -> tuple[NDArray[np.float32], list[TokenParts]]:
        """Return what `encode` and `token_parts` give."""


def keeping_tokens(encoder: Encoder, *, most: int = _MOST) -> Encoder:
    """Return an encoder that keeps the token parts of what it encodes, for `Encoder.token_parts`.

    Parameters
    ----------
    encoder : Encoder
        The encoder.
    most : int, optional
        Bytes that the parts may take. Beyond them, the texts that were encoded first are forgotten, and run
        again if they are asked for. `embed_layers` encodes the longest texts last.

    Returns
    -------
    Encoder
        Its vectors are those of the encoder. Parts are in half precision. If the encoder cannot give
        vectors and parts in one run: the encoder itself.

    Examples
    --------
    >>> from fourp_nlp.machine.encoder import load_encoder
    >>> encoder = keeping_tokens(load_encoder())
    >>> vectors = encoder.encode(["The tap drips."])
    >>> encoder.token_parts(["The tap drips."])[0].parts.shape  # six tokens, two vectors; no second run
    (6, 2, 384)
    """
    return _TokenKeeper(encoder, most) if isinstance(encoder, _InOneRun) else encoder


class _TokenKeeper:
    """An encoder, and the token parts of what it encoded last."""

    def __init__(self, encoder: _InOneRun, most: int) -> None:
        self._encoder = encoder
        self._most = most
        self._kept: dict[str, TokenParts] = {}
        self._bytes = 0

    @property
    def id(self) -> str:
        """What decides the vectors: see `Encoder`."""
        return self._encoder.id

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return vectors of unit length, shape (len(texts), layers, dimensions): see `Encoder`."""
        vectors, tokens = self._encoder.encode_with_tokens(texts)
        for text, (spans, parts) in zip(texts, tokens, strict=True):
            if text not in self._kept:
                kept = TokenParts(spans, parts.astype(np.float16))
                self._kept[text] = kept
                self._bytes += kept.parts.nbytes
        while self._bytes > self._most:
            self._bytes -= self._kept.pop(next(iter(self._kept))).parts.nbytes
        return vectors

    def token_parts(self, texts: Sequence[str]) -> list[TokenParts] | None:
        """Return what each token gives to each text's vectors: see `Encoder`."""
        unknown = list(dict.fromkeys(text for text in texts if text not in self._kept))
        computed = self._encoder.token_parts(unknown) if unknown else []
        if computed is None:
            return None
        known = self._kept | dict(zip(unknown, computed, strict=True))
        return [known[text] for text in texts]

    def transformer(self) -> tuple[Any, Any] | None:
        """Return the tokenizer and the network below the pooling: see `Encoder`."""
        return self._encoder.transformer()
