"""Contributions of each word of a text to the text's vectors, from one run of the encoder, cached.

Contributions depend on text and encoder alone, and each training needs most of those of the one before, so
they are cached. What tokens and words give is rounded to half precision whether or not it was kept, so that
results are the same.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from fourp_nlp.machine.encoder import EmbeddingCache, Encoder, TokenParts

    Spans = Sequence[Sequence[tuple[int, int]]]

__all__ = ["word_parts"]


def word_parts(
    texts: Sequence[str],
    places: Sequence[Spans],
    encoder: Encoder,
    cache: EmbeddingCache | None = None,
) -> NDArray[np.float32] | None:
    """Return what each word gives to the vectors of its text.

    Parameters
    ----------
    texts : sequence of str, length n
        The texts; equal ones, and known ones, are not run through the encoder again.
    places : sequence, length n
        For each text its words, for each word its places, as (start, end) in code points.
    encoder : Encoder
        What embeds the texts.
    cache : EmbeddingCache, optional
        Where the parts of words are kept.

    Returns
    -------
    ndarray of float32, shape (n_words, layers * dimensions), or None
        Text by text and word by word, the sum of the word's tokens; 0 for a word behind the end of what the
        encoder reads. None if the encoder cannot tell its tokens apart, or there is no word.
    """
    keys = [
        hashlib.sha256(f"{encoder.id}\0{text}\0{spans}".encode("utf-8", "replace")).digest()
        for text, spans in zip(texts, places, strict=True)
    ]
    row_by_key = {key: row for row, key in enumerate(keys) if places[row]}
    if not row_by_key:
        return None
    parts_by_key = cache.get(list(row_by_key)) if cache else {}
    missing = [key for key in row_by_key if key not in parts_by_key]
    if missing:
        tokens = encoder.token_parts([texts[row_by_key[key]] for key in missing])
        if tokens is None:
            return None
        computed = [
            _of_words(token_parts, places[row_by_key[key]])
            for key, token_parts in zip(missing, tokens, strict=True)
        ]
        parts_by_key.update(zip(missing, computed, strict=True))
        if cache:
            cache.put(missing, computed)
    return np.concatenate([parts_by_key[key] for key in keys if key in row_by_key]).astype(
        np.float32
    )


def _of_words(tokens: TokenParts, places: Spans) -> NDArray[np.float16]:
    """Return the sum of each word's tokens, shape (n_words, layers * dimensions)."""
    word = np.repeat(np.arange(len(places)), [len(spans) for spans in places])
    first, last = np.array([span for spans in places for span in spans]).T[:, :, None]
    starts, ends = tokens.spans.T[:, None]
    holds = np.zeros((len(places), len(tokens.spans)), dtype=np.float32)
    # A word that stands twice holds the tokens of both places; a token that two places share, once.
    np.maximum.at(holds, word, (starts < last) & (ends > first))
    parts = tokens.parts.astype(np.float16).reshape(len(tokens.parts), -1)
    return (holds @ parts.astype(np.float32)).astype(np.float16)
