"""The codebook as training data: every part of every definition is a row of the regression.

Before anybody has coded, definitions are all that is known of a code. They are weighted rows beside coded
segments, so their influence falls as more is coded. Weights were chosen on four unrelated sets of coded text
(`docs/measured.md`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from fourp_nlp.machine.classifier.features import WORD_COLUMNS, word_counts
from fourp_nlp.machine.encoder import EmbeddingCache, Encoder, embed_layers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fourp_nlp.codebook import Code, Codebook

__all__ = ["CodebookRows", "codebook_rows"]

_NAME = 0.3
_DEFINITION = 1.0
_EXAMPLE = 2.0
_EXCLUSION = 0.35
_SENTENCE = 0.5  # a sentence of a part, beside the whole part, has this share of the part's weight
_SHORTEST = 15  # characters of a sentence that is a row of its own
_ENDS = re.compile(r"(?<=[.;:])\s+")


@dataclass(frozen=True)
class CodebookRows:
    """Parts of definitions, as the classifier takes them.

    Attributes
    ----------
    features : csr_matrix of float32, shape (n, n_features)
        Columns as from `segment_features`; neighbours, place and length are unknown.
    codes : ndarray of int64, shape (n,)
        The code that each row speaks for, as an index into the codebook's codes.
    weights : ndarray of float32, shape (n,)
        How many coded segments each is worth.
    """

    features: sp.csr_matrix
    codes: NDArray[np.int64]
    weights: NDArray[np.float32]

    def with_columns(self, count: int) -> CodebookRows:
        """Return the same with so many further columns of zeros."""
        empty = sp.csr_matrix((len(self.codes), count), dtype=np.float32)
        return CodebookRows(
            sp.hstack([self.features, empty], format="csr", dtype=np.float32),
            self.codes,
            self.weights,
        )


def codebook_rows(
    codebook: Codebook, encoder: Encoder, *, cache: EmbeddingCache | None = None
) -> CodebookRows:
    """Return the rows that a codebook gives.

    Parameters
    ----------
    codebook : Codebook
        The codebook.
    encoder : Encoder
        What embeds its parts.
    cache : EmbeddingCache, optional
        Where vectors are kept.

    Returns
    -------
    CodebookRows
        Name, definitions, when to use and examples speak for their code; of longer parts each sentence
        once more by itself. "When not to use" speaks for the code to use instead, if one is named.

    Examples
    --------
    >>> from fourp_nlp.codebook import Code, Codebook
    >>> from fourp_nlp.machine.encoder import load_encoder
    >>> water = Code(id="water", name="Water", short_definition="Hoses and taps.")
    >>> rows = codebook_rows(Codebook(id="plots", codes=[water]), load_encoder())
    >>> rows.codes.tolist()  # the name, and the short definition
    [0, 0]
    """
    rows = []
    for number, code in enumerate(codebook.all_codes):
        rows += [(number, text, weight) for text, weight in _parts(code)]
        for exclusion in code.when_not_to_use:
            if exclusion.use:
                instead = codebook.code_ids.index(exclusion.use)
                rows += [
                    (instead, text, weight) for text, weight in _split(exclusion.when, _EXCLUSION)
                ]
    texts = [text for _, text, _ in rows]
    vectors = embed_layers(texts, encoder, cache=cache)
    count, layers, dimensions = vectors.shape
    dense = np.zeros((count, (layers + 1) * dimensions + 5), dtype=np.float32)
    dense[:, :dimensions] = vectors[:, 0]
    dense[:, 2 * dimensions : (layers + 1) * dimensions] = vectors[:, 1:].reshape(count, -1)
    features = sp.hstack(
        [
            sp.csr_matrix(dense),
            word_counts(texts),
            sp.csr_matrix((count, WORD_COLUMNS), dtype=np.float32),
        ],
        format="csr",
        dtype=np.float32,
    )
    return CodebookRows(
        features=features,
        codes=np.array([number for number, _, _ in rows], dtype=np.int64),
        weights=np.array([weight for _, _, weight in rows], dtype=np.float32),
    )


def _parts(code: Code) -> list[tuple[str, float]]:
    parts = [(code.name, _NAME)]
    parts += [(code.short_definition, _DEFINITION)] if code.short_definition else []
    for text in (code.full_definition, code.when_to_use):
        parts += _split(" ".join(text.split()), _DEFINITION) if text else []
    return parts + [(text, _EXAMPLE) for text in code.examples]


def _split(text: str, weight: float) -> list[tuple[str, float]]:
    """Return a part, and each of its sentences if it has several."""
    sentences = [sentence for sentence in _ENDS.split(text) if len(sentence) > _SHORTEST]
    if len(sentences) < 2:
        return [(text, weight)]
    return [(text, weight), *((sentence, weight * _SENTENCE) for sentence in sentences)]
