"""Fine-tuned networks: their saved weights, and their predictions for new segments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fourp_nlp.machine.fine_tuning._chunks import tokenise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from fourp_nlp.machine.encoder import Encoder

__all__ = ["Tuned", "load_tuned", "save_tuned", "tuned_probabilities"]


@dataclass(frozen=True)
class Tuned:
    """Networks that were fine-tuned, each on another part of the documents.

    Attributes
    ----------
    networks : list of dict of ndarray
        Weights of each, by name, in half precision: the layers that learned, and the outputs.
    layers : int
        How many upper layers learned.
    chunk : int
        Tokens that they read at once.
    n_codes : int
        Number of codes.
    """

    networks: list[dict[str, NDArray[np.float16]]]
    layers: int
    chunk: int
    n_codes: int


def save_tuned(tuned: Tuned) -> dict[str, NDArray[np.generic]]:
    """Return everything as arrays under names, as `load_tuned` takes it."""
    arrays: dict[str, NDArray[np.generic]] = {
        f"{number}.{name}": value
        for number, network in enumerate(tuned.networks)
        for name, value in network.items()
    }
    arrays["shape"] = np.array([len(tuned.networks), tuned.layers, tuned.chunk, tuned.n_codes])
    return arrays


def load_tuned(arrays: dict[str, NDArray[np.generic]]) -> Tuned:
    """Return what `save_tuned` wrote.

    Raises
    ------
    KeyError, ValueError
        If it is something else.
    """
    count, layers, chunk, n_codes = (int(value) for value in arrays["shape"])
    networks: list[dict[str, NDArray[np.float16]]] = [{} for _ in range(count)]
    for key, value in arrays.items():
        number, _, name = key.partition(".")
        if name:
            networks[int(number)][name] = value.astype(np.float16)
    return Tuned(networks, layers, chunk, n_codes)


def tuned_probabilities(
    tuned: Tuned,
    texts: Sequence[str],
    documents: Sequence[str],
    encoder: Encoder,
) -> NDArray[np.float64]:
    """Return what the networks say of segments of documents that none of them learned from.

    Parameters
    ----------
    tuned : Tuned
        The networks.
    texts : sequence of str, length n
        The segments, in reading order within each document.
    documents : sequence of str, length n
        The document of each; a document's segments stand together.
    encoder : Encoder
        What they were fine-tuned from.

    Returns
    -------
    ndarray, shape (n, n_codes)
        Mean of their probabilities.

    Raises
    ------
    EncoderError
        If the encoder cannot be fine-tuned.
    ValueError
        If the weights are not those of this encoder.
    """
    mean_probabilities = np.zeros((len(texts), tuned.n_codes))
    if not len(texts):
        return mean_probabilities
    from fourp_nlp.machine.fine_tuning._network import (
        build_network,
        predict_probabilities,
        put_arrays,
    )

    tokenizer, network = build_network(encoder, tuned.layers, tuned.n_codes)
    tokens = tokenise(texts, documents, tokenizer)
    for weights in tuned.networks:
        put_arrays(network, dict(weights))
        mean_probabilities += predict_probabilities(network, tokens, tuned.chunk) / len(
            tuned.networks
        )
    return mean_probabilities
