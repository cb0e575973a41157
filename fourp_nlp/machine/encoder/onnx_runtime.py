"""ONNX Runtime: the default encoder without PyTorch, from the same weights.

The graphs (`graphs/`, written by ``scripts/build_encoder_graphs.py``) hold operations and no weights: these
are read where they lie, from the file of the encoder's package. So nothing is exported, converted or kept a
second time.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fourp_nlp.errors import EncoderError
from fourp_nlp.machine.encoder.interface import TokenParts, batches

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

__all__ = ["OnnxEncoder"]

_GRAPHS = Path(__file__).parent / "graphs"


class OnnxEncoder:
    """An encoder whose graph is run by ONNX Runtime.

    Parameters
    ----------
    name, runtime : str
        The encoder's name and what its graph is called beside it.
    folder : pathlib.Path
        Where weights, tokenizer and settings lie; they were checked.
    weights_sha256 : str
        The hash of the weights.
    """

    def __init__(self, name: str, runtime: str, folder: Path, weights_sha256: str) -> None:
        self.location = folder
        self._graph = _GRAPHS / f"{name}-{runtime}.onnx"
        self._session: Any = None
        self._tokenizer: Any = None
        self.id = f"{name}:{runtime}@{weights_sha256[:16]}"

    def _load(self) -> None:
        try:
            import onnxruntime
            from tokenizers import Tokenizer
        except ImportError as error:
            raise EncoderError(
                f"What computes the encoder cannot be loaded: {error}.",
                cure="Run: pip install onnxruntime tokenizers",
            ) from error
        onnxruntime.disable_telemetry_events()
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = _threads()
        options.enable_mem_pattern = False  # no two batches have the same shape
        # A thread that waits must not keep a processor busy.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.add_session_config_entry(
            "session.model_external_initializers_file_folder_path", str(self.location)
        )
        settings = json.loads((self.location / "sentence_bert_config.json").read_bytes())
        tokenizer = Tokenizer.from_file(str(self.location / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.enable_truncation(int(settings["max_seq_length"]))
        try:
            self._session = onnxruntime.InferenceSession(
                self._graph.read_bytes(), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # its errors have no common class
            raise EncoderError(
                f"The encoder cannot be loaded: {str(error).splitlines()[0]}",
                file=self._graph,
                cure="Run: pip install --force-reinstall fourp_nlp onnxruntime",
            ) from error
        self._tokenizer = tokenizer

    def _tokens(self, texts: Sequence[str]) -> list[Any]:
        if self._session is None:
            self._load()
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        encoded: list[Any] = self._tokenizer.encode_batch(list(texts))
        return encoded

    def _run(self, encoded: Sequence[Any], rows: Sequence[int], outputs: list[str]) -> list[Floats]:
        lengths = np.array([len(encoded[row].ids) for row in rows])
        mask = (np.arange(lengths.max()) < lengths[:, None]).astype(np.int32)
        ids = np.zeros(mask.shape, dtype=np.int32)
        ids[mask > 0] = np.concatenate([encoded[row].ids for row in rows])
        result: list[Floats] = self._session.run(outputs, {"ids": ids, "mask": mask})
        return result

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return vectors of unit length, shape (len(texts), 2, dimensions): see `Encoder`."""
        encoded = self._tokens(texts)
        vectors: Floats | None = None
        for rows in batches([len(text.ids) for text in encoded]):
            part = self._run(encoded, rows, ["vectors"])[0]
            if vectors is None:
                vectors = np.empty((len(texts), *part.shape[1:]), dtype=np.float32)
            vectors[rows] = part
        if vectors is None:
            raise ValueError("there is no text")
        return vectors

    def token_parts(self, texts: Sequence[str]) -> list[TokenParts]:
        """Return what each token gives to each text's vectors: see `Encoder`."""
        return self.encode_with_tokens(texts)[1]

    def encode_with_tokens(self, texts: Sequence[str]) -> tuple[Floats, list[TokenParts]]:
        """Return what `encode` and `token_parts` give, from one run of the graph."""
        encoded = self._tokens(texts)
        vectors_by_row: dict[int, Floats] = {}
        parts_by_row: dict[int, TokenParts] = {}
        for rows in batches([len(text.ids) for text in encoded]):
            vectors, *token_layers = self._run(encoded, rows, ["vectors", "tokens", "middle"])
            vectors_by_row |= zip(rows, vectors, strict=True)
            stacked = np.stack(token_layers, axis=2)
            for place, row in enumerate(rows):
                spans = np.array(encoded[row].offsets, dtype=np.int64).reshape(-1, 2)
                parts = stacked[place, : len(spans)] / np.float32(len(spans))
                norms = np.linalg.norm(parts.sum(axis=0), axis=-1)
                parts_by_row[row] = TokenParts(spans, parts / norms[None, :, None])
        order = range(len(texts))
        return np.stack([vectors_by_row[row] for row in order]), [
            parts_by_row[row] for row in order
        ]

    def transformer(self) -> tuple[Any, Any] | None:
        """Return the tokenizer and the network below the pooling, which PyTorch reads: see `Encoder`."""
        from fourp_nlp.machine.encoder.torch_runtime import TorchEncoder

        return TorchEncoder(self.id, str(self.location), None).transformer()


def _threads() -> int:
    """Return how many threads may compute: those that OpenMP may have, as everything else here."""
    told = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0].strip()
    if told.isdigit() and int(told):
        return int(told)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
