"""The runtime of PyTorch: encoders of sentence-transformers, by name or folder."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fourp_nlp.errors import EncoderError
from fourp_nlp.machine.encoder.interface import DEFAULT_ENCODER, TokenParts, batches

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

__all__ = ["TorchEncoder"]

_MIDDLE = 2 / 3  # how far up the middle layer lies: the fourth of six
_SAME = 0.999  # cosine from which the tokens' mean is the encoder's vector


class TorchEncoder:
    """An encoder that sentence-transformers loads.

    Parameters
    ----------
    name, location : str
        What it is called, and its folder or the name by which the library finds it.
    weights_sha256 : str or None
        The hash of its weights, if it is known.
    files_sha256 : str, default ""
        The hash of what lies beside the weights, if these are not the published files.
    """

    def __init__(
        self, name: str, location: str, weights_sha256: str | None, files_sha256: str = ""
    ) -> None:
        self.location = location
        self._model: Any = None
        self.id = f"{name}@{weights_sha256[:16]}" if weights_sha256 else name
        if files_sha256:
            self.id += f"+{files_sha256[:16]}"

    def _load(self) -> Any:
        # The library would otherwise report to its makers which models are loaded. It reads these variables
        # when it is imported and when it tokenises, so that they stay for the process.
        os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        if Path(self.location).exists():
            os.environ.setdefault("HF_HUB_OFFLINE", "1")
        from sentence_transformers import SentenceTransformer

        try:
            with _quiet_transformers():
                # Weights as safetensors only: the older format is a pickle, which can run code.
                model = SentenceTransformer(
                    self.location, device="cpu", model_kwargs={"use_safetensors": True}
                )
        except (OSError, ValueError, RuntimeError) as error:
            raise EncoderError(
                f"The encoder cannot be loaded: {str(error).splitlines()[0]}",
                file=self.location,
                cure="Give the folder of a sentence-transformers model with safetensors weights, "
                f"or '{DEFAULT_ENCODER}', which comes with fourp_nlp.",
            ) from error
        network = getattr(model[0], "auto_model", None)
        if network is not None:
            network.config.output_hidden_states = True
        return model.eval()

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return vectors of unit length, shape (len(texts), layers, dimensions): see `Encoder`."""
        import torch

        if self._model is None:
            self._model = self._load()
        vectors_by_row: dict[int, NDArray[np.float32]] = {}
        with torch.inference_mode():
            for rows in batches(self._lengths(texts)):
                output = self._model(dict(self._model.preprocess([texts[row] for row in rows])))
                layers = [output["sentence_embedding"]]
                middle = _middle(output)
                if middle is not None:
                    mask = output["attention_mask"].unsqueeze(-1).to(middle.dtype)
                    layers.append((middle * mask).sum(dim=1) / mask.sum(dim=1).clamp(min=1))
                normalised = torch.nn.functional.normalize(torch.stack(layers, dim=1), dim=-1)
                vectors_by_row.update(zip(rows, normalised.float().numpy(), strict=True))
        return np.stack([vectors_by_row[row] for row in range(len(texts))])

    def token_parts(self, texts: Sequence[str]) -> list[TokenParts] | None:
        """Return what each token gives to each text's vectors, if that is known: see `Encoder`."""
        import torch

        if self._model is None:
            self._model = self._load()
        if not getattr(getattr(self._model[0], "tokenizer", None), "is_fast", False):
            return None
        encoded = self._model[0].tokenizer(
            list(texts), truncation=True, max_length=self._model.max_seq_length
        )
        parts_by_row: dict[int, TokenParts] = {}
        with torch.inference_mode():
            for rows in batches([len(ids) for ids in encoded["input_ids"]]):
                output = self._model(dict(self._model.preprocess([texts[row] for row in rows])))
                tokens = output.get("token_embeddings")
                if tokens is None or tokens.shape[-1] != output["sentence_embedding"].shape[-1]:
                    return None
                middle = _middle(output)
                stacked = torch.stack([tokens] if middle is None else [tokens, middle], dim=2)
                vectors = torch.nn.functional.normalize(output["sentence_embedding"], dim=-1)
                for place, row in enumerate(rows):
                    spans = np.array(encoded.encodings[row].offsets, dtype=np.int64).reshape(-1, 2)
                    count = int(output["attention_mask"][place].sum())
                    if len(spans) != count:
                        return None
                    parts = stacked[place, :count] / count
                    norms = parts.sum(dim=0).norm(dim=-1)
                    parts_by_row[row] = TokenParts(
                        spans, (parts / norms[None, :, None]).float().numpy()
                    )
                    mean = torch.from_numpy(parts_by_row[row].parts[:, 0].sum(axis=0))
                    if float(vectors[place] @ mean) < _SAME:
                        return None
        return [parts_by_row[row] for row in range(len(texts))]

    def transformer(self) -> tuple[Any, Any] | None:
        """Return the tokenizer and the network below the pooling, or None: see `Encoder`."""
        if self._model is None:
            self._model = self._load()
        network = getattr(self._model[0], "auto_model", None)
        tokenizer = getattr(self._model[0], "tokenizer", None)
        return None if network is None or tokenizer is None else (tokenizer, network)

    def _lengths(self, texts: Sequence[str]) -> list[int]:
        """Return how many tokens each text has for the encoder; where it has none, characters."""
        tokenizer = getattr(self._model[0], "tokenizer", None)
        if not callable(tokenizer):
            return [len(text) for text in texts]
        encoded = tokenizer(list(texts), truncation=True, max_length=self._model.max_seq_length)
        return [len(ids) for ids in encoded["input_ids"]]


@contextmanager
def _quiet_transformers() -> Iterator[None]:
    """Show neither warnings nor progress bars of transformers while an encoder is loaded."""
    from transformers.utils import logging

    verbosity, progress = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if progress:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]


def _middle(output: Any) -> Any:
    """Return the tokens of the middle layer, if the encoder tells its layers."""
    hidden = output.get("all_layer_embeddings")
    if hidden is None or hidden[0].shape[-1] != output["sentence_embedding"].shape[-1]:
        return None
    return hidden[round(_MIDDLE * (len(hidden) - 1))]
