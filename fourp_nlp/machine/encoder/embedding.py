"""Sentence embeddings of many texts: equal ones are encoded once, known ones not at all."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from fourp_nlp.machine.encoder.cache import EmbeddingCache
    from fourp_nlp.machine.encoder.interface import Encoder, Progress

__all__ = ["embed", "embed_layers"]

_BLOCK = 1024  # texts between two writes to the cache: little is lost when a run is interrupted


def embed(
    texts: Sequence[str],
    encoder: Encoder,
    *,
    cache: EmbeddingCache | None = None,
    progress: Progress | None = None,
) -> NDArray[np.float32]:
    """Return the sentence vector of each text: the first layer of `embed_layers`.

    Parameters
    ----------
    texts : sequence of str
        The texts.
    encoder : Encoder
        What encodes them.
    cache : EmbeddingCache, optional
        Where vectors are looked up and kept.
    progress : callable, optional
        Called with (texts done, texts in all).

    Returns
    -------
    numpy.ndarray of float32, shape (len(texts), dimensions)
        Vectors of unit length, in the order of the texts.
    """
    return embed_layers(texts, encoder, cache=cache, progress=progress)[:, 0]


def embed_layers(
    texts: Sequence[str],
    encoder: Encoder,
    *,
    cache: EmbeddingCache | None = None,
    progress: Progress | None = None,
) -> NDArray[np.float32]:
    """Return the vectors of each text; equal texts are encoded once, known ones not at all.

    Parameters
    ----------
    texts : sequence of str
        The texts.
    encoder : Encoder
        What encodes them.
    cache : EmbeddingCache, optional
        Where vectors are looked up and kept.
    progress : callable, optional
        Called with (texts done, texts in all).

    Returns
    -------
    numpy.ndarray of float32, shape (len(texts), layers, dimensions)
        Vectors of unit length, in the order of the texts. The first layer is the sentence vector;
        the second, if the encoder has layers, keeps more of the wording.
    """
    keys = [
        hashlib.sha256(f"{encoder.id}\0{text}".encode("utf-8", "replace")).digest()
        for text in texts
    ]
    unique = dict(zip(keys, texts, strict=True))
    vectors_by_key = cache.get(list(unique)) if cache else {}
    missing = [key for key in unique if key not in vectors_by_key]
    done = len(unique) - len(missing)
    if progress and texts:
        progress(done, len(unique))
    # Sorted by length, a batch holds texts of like length, and little is spent on padding.
    missing.sort(key=lambda key: len(unique[key]))
    for first in range(0, len(missing), _BLOCK):
        block = missing[first : first + _BLOCK]
        vectors = encoder.encode([unique[key] for key in block])
        vectors_by_key.update(zip(block, vectors, strict=True))
        if cache:
            cache.put(block, vectors)
        done += len(block)
        if progress:
            progress(done, len(unique))
    if not texts:
        return np.zeros((0, *encoder.encode(["."]).shape[1:]), dtype=np.float32)
    return np.stack([vectors_by_key[key] for key in keys])
