"""The network: a sentence encoder that reads chunks, with one output a code for each segment.

This module loads torch; it is imported where a network is really run.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

from fourp_nlp.errors import EncoderError
from fourp_nlp.machine.fine_tuning._chunks import in_batches, make_chunks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fourp_nlp.machine.encoder import Encoder
    from fourp_nlp.machine.fine_tuning._chunks import Chunks, Tokens

__all__ = ["Network", "build_network", "predict_probabilities", "put_arrays", "segments_of"]

_DROPOUT = 0.1
_BUDGET = 4096  # tokens that are read at once where nothing is learned


class Network(nn.Module):
    """A transformer that reads chunks of segments, and a linear layer on the mean of each segment.

    Parameters
    ----------
    body : torch.nn.Module
        The encoder's transformer.
    layers : int
        How many of its upper layers learn; the others and the word vectors stay as they are.
    n_codes : int
        Number of codes.
    """

    def __init__(self, body: nn.Module, layers: int, n_codes: int) -> None:
        super().__init__()
        self.body = body
        self.body.requires_grad_(requires_grad=False)
        for layer in _layers(body)[-layers:]:
            layer.requires_grad_(requires_grad=True)
        self.drop = nn.Dropout(_DROPOUT)
        self.head = nn.Linear(body.config.hidden_size, n_codes)  # type: ignore[union-attr, arg-type]
        nn.init.zeros_(self.head.weight)

    def forward(self, tokens: Tokens, rows: NDArray[np.int64]) -> torch.Tensor:
        """Return log odds of the codes, shape (n_segments, n_codes), in the order of the chunks.

        Parameters
        ----------
        tokens : Tokens
            The segments' tokens.
        rows : ndarray of int, shape (n_chunks, 2)
            First segment of each chunk and the one after its last.
        """
        ids, owner, count = _padded_tokens(tokens, rows)
        mask = torch.from_numpy((owner >= -1).astype(np.int64))
        hidden = self.body(input_ids=torch.from_numpy(ids), attention_mask=mask).last_hidden_state
        segment = torch.from_numpy(owner.ravel())
        is_token = segment >= 0
        size = hidden.shape[-1]
        means = torch.zeros(count, size).index_add(
            0, segment[is_token], hidden.reshape(-1, size)[is_token]
        )
        means = means / torch.bincount(segment[is_token], minlength=count)[:, None]
        logits: torch.Tensor = self.head(self.drop(means))
        return logits


def _padded_tokens(
    tokens: Tokens, rows: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Return tokens and the segment each belongs to (-1: a chunk's first mark; -2: padding)."""
    starts, ends = tokens.starts[rows[:, 0]], tokens.starts[rows[:, 1]]
    width = int((ends - starts).max()) + 1
    ids = np.full((len(rows), width), tokens.padding, dtype=np.int64)
    owner = np.full((len(rows), width), -2, dtype=np.int64)
    ids[:, 0], owner[:, 0] = tokens.first, -1
    before = 0
    for number, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
        first, last = rows[number].tolist()
        ids[number, 1 : end - start + 1] = tokens.ids[start:end]
        lengths = np.diff(tokens.starts[first : last + 1])
        owner[number, 1 : end - start + 1] = np.repeat(
            np.arange(before, before + last - first), lengths
        )
        before += last - first
    return ids, owner, before


def build_network(encoder: Encoder, layers: int, n_codes: int) -> tuple[Any, Network]:
    """Return an encoder's tokenizer and a network that starts from a copy of its weights.

    `layers` is how many upper layers learn. Raises EncoderError if the encoder is not a transformer
    with layers that can be told apart.
    """
    parts = encoder.transformer()
    if parts is None or not _layers(parts[1]):
        raise EncoderError(
            f"The encoder '{encoder.id}' cannot be fine-tuned: its layers are not known.",
            cure="Train without --fine-tune, or with the default encoder.",
        )
    tokenizer, body = parts
    return tokenizer, Network(deepcopy(body).float(), layers, n_codes)


def _layers(body: nn.Module) -> list[nn.Module]:
    """Return a transformer's layers from the lowest: its longest list of modules."""
    lists = [list(module) for module in body.modules() if isinstance(module, nn.ModuleList)]
    return max(lists, key=len, default=[])


def predict_probabilities(network: Network, tokens: Tokens, size: int) -> NDArray[np.float64]:
    """Return the probabilities that a network gives, from two readings with other borders.

    `size` is in tokens of a chunk. Returns the mean of the two, shape (n_segments, n_codes).
    """
    network.eval()
    count = len(tokens.lengths)
    mean_probabilities = np.zeros((count, network.head.out_features))
    with torch.inference_mode():
        for opening in (size, size // 2):
            chunks = make_chunks(tokens, size, opening=opening)
            for batch in in_batches(chunks, _BUDGET):
                rows = chunks.rows[batch]
                probabilities = torch.sigmoid(network(tokens, rows)).numpy()
                mean_probabilities[segments_of(chunks, batch)] += probabilities / 2
    return mean_probabilities


def segments_of(chunks: Chunks, batch: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the numbers of the segments of some chunks, in the order in which they are read."""
    return np.concatenate([np.arange(first, last) for first, last in chunks.rows[batch].tolist()])


def put_arrays(network: Network, arrays: dict[str, NDArray[Any]]) -> None:
    """Give a network what another has learned.

    Raises
    ------
    ValueError
        If the arrays are not those of a network of this form.
    """
    trainable = {name: value for name, value in network.named_parameters() if value.requires_grad}
    if trainable.keys() != arrays.keys() or any(
        tuple(trainable[name].shape) != arrays[name].shape for name in trainable
    ):
        raise ValueError("the fine-tuned weights are not those of this encoder")
    with torch.no_grad():
        for name, value in trainable.items():
            value.copy_(torch.from_numpy(arrays[name].astype(np.float32)))
