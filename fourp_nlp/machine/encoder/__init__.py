"""The encoder: sentence embeddings on this machine, cached by content.

Modules
-------
`cache`: Vectors kept in one SQLite file under the hash of encoder and text.
`embedding`: Sentence embeddings of many texts: equal ones are encoded once, known ones not at all.
`interface`: What an encoder is: it turns texts into vectors, and tells what each token gives to them.
`kept_tokens`: Token parts kept from the run of the encoder that gave the vectors, so that reasons need
    no second run.
`loading`: Encoders by name or path, each in the runtime that computes it.
`multilingual`: An encoder for sixteen languages: Google's Universal Sentence Encoder, multilingual,
    version 3.
`onnx_runtime`: ONNX Runtime: the default encoder without PyTorch, from the same weights.
`parts`: Encoders that several packages hold: joined once from the installed parts, and checked.
`torch_runtime`: The runtime of PyTorch: encoders of sentence-transformers, by name or folder.
"""

from __future__ import annotations

from fourp_nlp.machine.encoder.cache import EmbeddingCache
from fourp_nlp.machine.encoder.embedding import embed, embed_layers
from fourp_nlp.machine.encoder.interface import DEFAULT_ENCODER, Encoder, Progress, TokenParts
from fourp_nlp.machine.encoder.kept_tokens import keeping_tokens
from fourp_nlp.machine.encoder.loading import (
    DEFAULT_RUNTIME,
    DEFAULT_WEIGHTS_SHA256,
    RUNTIMES,
    encoder_of_id,
    fits_encoder,
    knows_language,
    load_encoder,
    other_runtime,
    packages_of,
    without_runtime,
)

__all__ = [
    "DEFAULT_ENCODER",
    "DEFAULT_RUNTIME",
    "DEFAULT_WEIGHTS_SHA256",
    "RUNTIMES",
    "EmbeddingCache",
    "Encoder",
    "Progress",
    "TokenParts",
    "embed",
    "embed_layers",
    "encoder_of_id",
    "fits_encoder",
    "keeping_tokens",
    "knows_language",
    "load_encoder",
    "other_runtime",
    "packages_of",
    "without_runtime",
]
