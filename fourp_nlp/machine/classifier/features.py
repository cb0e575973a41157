"""Features of segments: meaning, context, place, length and words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import scipy.sparse as sp

from fourp_nlp.machine.classifier._kernel import Block
from fourp_nlp.machine.encoder import EmbeddingCache, Encoder, embed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from fourp_nlp.codebook import Codebook

__all__ = [
    "WORD_COLUMNS",
    "Definitions",
    "Rewording",
    "definition_similarity",
    "dense_features",
    "document_blocks",
    "embed_definitions",
    "feature_blocks",
    "feature_count",
    "reworded_features",
    "rewording_of",
    "segment_features",
    "with_tuned",
    "without_neighbours",
    "word_counts",
]

WORD_COLUMNS = 2**15
"""Number of columns that words and pairs of words are hashed into."""

_CONTEXT_WEIGHTS = {1: 1.0, 2: 0.5}  # a neighbour's weight by its distance in segments
_SHORTEST = (
    20  # segments from which a place in a document means something: a twentieth is one of them
)
_PLACE = 4  # columns of the place


@dataclass(frozen=True)
class Definitions:
    """The parts of a codebook's definitions with their vectors.

    Attributes
    ----------
    codes : list of str
        Code ids, in the codebook's order.
    part_codes : ndarray of int, shape (n_parts,)
        The code of each part, as an index into `codes`.
    parts : list of str
        What each part is, e.g. ``short definition``.
    texts : list of str
        The parts' texts.
    vectors : ndarray of float32, shape (n_parts, dimensions)
        Their embeddings, of unit length.
    """

    codes: list[str]
    part_codes: NDArray[np.int64]
    parts: list[str]
    texts: list[str]
    vectors: NDArray[np.float32]

    def without_quotes(self) -> Definitions:
        """Return the same without the texts of examples, which may be people's words."""
        texts = [
            "" if part.startswith("example ") else text
            for part, text in zip(self.parts, self.texts, strict=True)
        ]
        return replace(self, texts=texts)


def embed_definitions(
    codebook: Codebook, encoder: Encoder, *, cache: EmbeddingCache | None = None
) -> Definitions:
    """Return the embedded parts of a codebook's definitions.

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
    Definitions
        Every part of every code that says when the code applies.

    Examples
    --------
    >>> from fourp_nlp.codebook import Code, Codebook
    >>> from fourp_nlp.machine.encoder import load_encoder
    >>> water = Code(id="water", name="Water", short_definition="Hoses and taps.")
    >>> definitions = embed_definitions(Codebook(id="plots", codes=[water]), load_encoder())
    >>> definitions.parts, definitions.vectors.shape
    (['name', 'short definition'], (2, 384))
    """
    rows = [
        (number, part, text)
        for number, code in enumerate(codebook.all_codes)
        for part, text in code.parts()
    ]
    texts = [text for _, _, text in rows]
    return Definitions(
        codes=codebook.code_ids,
        part_codes=np.array([number for number, _, _ in rows], dtype=np.int64),
        parts=[part for _, part, _ in rows],
        texts=texts,
        vectors=embed(texts, encoder, cache=cache),
    )


def definition_similarity(
    vectors: NDArray[np.float32], definitions: Definitions
) -> NDArray[np.float32]:
    """Return each segment's cosine to the nearest part of each code's definition.

    Parameters
    ----------
    vectors : ndarray, shape (n_segments, dimensions)
        Unit vectors of the segments.
    definitions : Definitions
        The codebook's parts.

    Returns
    -------
    ndarray of float32, shape (n_segments, n_codes)
        Cosines, from -1 to 1.

    Examples
    --------
    >>> from fourp_nlp.codebook import Code, Codebook
    >>> from fourp_nlp.machine.encoder import embed, load_encoder
    >>> codes = [Code(id="water", name="Water"), Code(id="seeds", name="Seeds")]
    >>> definitions = embed_definitions(Codebook(id="plots", codes=codes), load_encoder())
    >>> vectors = embed(["The tap drips into the barrel."], load_encoder())
    >>> int(definition_similarity(vectors, definitions).argmax())
    0
    """
    cosines = vectors @ definitions.vectors.T
    return np.column_stack(
        [
            cosines[:, definitions.part_codes == code].max(axis=1)
            for code in range(len(definitions.codes))
        ]
    ).astype(np.float32)


def segment_features(
    texts: Sequence[str],
    vectors: NDArray[np.float32],
    documents: Sequence[str],
    *,
    placed: Sequence[bool] | None = None,
) -> sp.csr_matrix:
    """Return the features that `CodeClassifier` takes.

    Parameters
    ----------
    texts : sequence of str, length n
        The segments, in reading order within each document.
    vectors : ndarray of float32, shape (n, layers, dimensions)
        Their embeddings, from `embed_layers`.
    documents : sequence of str, length n
        The document of each; a document's segments stand together.
    placed : sequence of bool, length n, optional
        Whether a segment has a true place in a whole document; loose coded sentences have none. Nor has
        any segment of a document with fewer than 20.

    Returns
    -------
    scipy.sparse.csr_matrix of float32, shape (n, (layers + 1) * dimensions + 5 + 2 * WORD_COLUMNS)
        In this order: own vector, mean vector of the neighbours, further layers of the own vector, place,
        length, counts of words and pairs of words, hashed, and the same of the segments before and
        after. Neighbours or place that a segment does not have are zeros.

    Examples
    --------
    >>> import numpy as np
    >>> vectors = np.zeros((2, 1, 4), dtype=np.float32)  # two segments, one layer, four dimensions
    >>> features = segment_features(["A tap.", "A hose."], vectors, ["a", "a"])
    >>> features.shape == (2, feature_count(1, 4))
    True
    """
    names = np.asarray(documents, dtype=object)
    words = word_counts(texts)
    dense = dense_features(texts, vectors, documents, placed=placed)
    return sp.hstack(
        [sp.csr_matrix(dense), words, _adjacent(names) @ words], format="csr", dtype=np.float32
    )


def dense_features(
    texts: Sequence[str],
    vectors: NDArray[np.float32],
    documents: Sequence[str],
    *,
    placed: Sequence[bool] | None = None,
) -> NDArray[np.float32]:
    """Return the columns of `segment_features` before the words; it takes the same.

    Examples
    --------
    >>> import numpy as np
    >>> vectors = np.ones((2, 1, 4), dtype=np.float32)
    >>> dense_features(["A tap.", "A hose."], vectors, ["a", "b"]).shape
    (2, 13)
    """
    names = np.asarray(documents, dtype=object)
    return np.hstack(
        [
            vectors[:, 0],
            _neighbours(vectors[:, 0], names),
            vectors[:, 1:].reshape(len(vectors), -1),
            _place(names, placed),
            _length(texts)[:, None],
        ]
    ).astype(np.float32)


def with_tuned(features: sp.csr_matrix, tuned: NDArray[np.float64]) -> sp.csr_matrix:
    """Return features with what fine-tuned networks say, shape (n, n_codes), as further columns.

    Examples
    --------
    >>> import numpy as np
    >>> import scipy.sparse as sp
    >>> with_tuned(sp.csr_matrix((2, 5)), np.array([[0.1, 0.9], [0.2, 0.8]])).shape
    (2, 7)
    """
    return sp.hstack([features, sp.csr_matrix(tuned)], format="csr", dtype=np.float32)


def word_counts(texts: Sequence[str]) -> sp.csr_matrix:
    """Return counts of words and pairs of words, hashed: shape (n, WORD_COLUMNS).

    Examples
    --------
    >>> int(word_counts(["the tap, the hose"]).sum())  # four words, three pairs
    7
    """
    from sklearn.feature_extraction.text import HashingVectorizer

    return HashingVectorizer(
        n_features=WORD_COLUMNS,
        ngram_range=(1, 2),
        alternate_sign=False,
        norm=None,
        dtype=np.float32,
    ).transform(texts)


class Rewording(NamedTuple):
    """What other words change in the features of segments: their own vectors, length and words.

    Attributes
    ----------
    columns : ndarray of int, shape (n_columns,)
        The dense columns that change, in ascending order.
    dense : ndarray of float32, shape (m, n_columns)
        What these columns become.
    words : csr_matrix, shape (m, WORD_COLUMNS)
        Counts of the new words.
    """

    columns: NDArray[np.int64]
    dense: NDArray[np.float32]
    words: sp.csr_matrix


def rewording_of(texts: Sequence[str], vectors: NDArray[np.float32]) -> Rewording:
    """Return what new wordings of segments change in their features.

    Parameters
    ----------
    texts : sequence of str, length m
        The new wordings.
    vectors : ndarray of float32, shape (m, layers, dimensions)
        Their embeddings.

    Returns
    -------
    Rewording
        Neighbours and place stay those of the segment.

    Examples
    --------
    >>> import numpy as np
    >>> rewording_of(["A tap."], np.ones((1, 2, 4), dtype=np.float32)).columns.tolist()
    [0, 1, 2, 3, 8, 9, 10, 11, 16]
    """
    layers, size = vectors.shape[1:]
    further = 2 * size + np.arange((layers - 1) * size)
    length = 2 * size + len(further) + _PLACE
    return Rewording(
        np.concatenate([np.arange(size), further, [length]]),
        np.hstack([vectors.reshape(len(vectors), -1), _length(texts)[:, None]]).astype(np.float32),
        word_counts(texts),
    )


def reworded_features(
    features: sp.csr_matrix, rows: NDArray[np.int64], rewording: Rewording
) -> sp.csr_matrix:
    """Return the features that segments would have with other words, all else being as it is.

    Parameters
    ----------
    features : csr_matrix, shape (n, n_features)
        From `segment_features`.
    rows : ndarray of int, shape (m,)
        The segment that each new wording is of.
    rewording : Rewording
        What the new wordings change.

    Returns
    -------
    csr_matrix, shape (m, n_features)
        Neighbours and place are those of the segment.

    Examples
    --------
    >>> import numpy as np
    >>> vectors = np.ones((1, 1, 4), dtype=np.float32)
    >>> features = segment_features(["A tap drips."], vectors, ["a"])
    >>> changed = reworded_features(features, np.array([0]), rewording_of(["A tap."], vectors))
    >>> features.nnz > changed.nnz
    True
    """
    words_from = int(rewording.columns[-1]) + 1
    dense = features[rows][:, :words_from].toarray()
    dense[:, rewording.columns] = rewording.dense
    return sp.hstack(
        [
            sp.csr_matrix(dense),
            rewording.words,
            features[rows][:, words_from + WORD_COLUMNS :],  # what further columns say stays
        ],
        format="csr",
        dtype=np.float32,
    )


def without_neighbours(features: sp.csr_matrix, *, layers: int, dimensions: int) -> sp.csr_matrix:
    """Return the features that segments would have without neighbours.

    Parameters
    ----------
    features : csr_matrix, shape (n, n_features)
        From `segment_features`.
    layers, dimensions : int
        Vectors of each text, and their length.

    Returns
    -------
    csr_matrix, shape (n, n_features)
        The neighbours' vector and words are zeros.
    """
    words_from = feature_count(layers, dimensions) - 2 * WORD_COLUMNS
    dense = features[:, :words_from].toarray()
    dense[:, dimensions : 2 * dimensions] = 0
    return sp.hstack(
        [
            sp.csr_matrix(dense),
            features[:, words_from : words_from + WORD_COLUMNS],
            sp.csr_matrix((features.shape[0], WORD_COLUMNS), dtype=np.float32),
            features[:, words_from + 2 * WORD_COLUMNS :],
        ],
        format="csr",
        dtype=np.float32,
    )


def document_blocks(
    documents: Sequence[str], most: int, *, wanted: NDArray[np.bool_] | None = None
) -> list[tuple[int, int]]:
    """Cut rows into blocks of whole documents, so that features of many fit into memory.

    Parameters
    ----------
    documents : sequence of str, length n
        The document of each row; a document's rows stand together.
    most : int
        Rows that a block may have; a longer document is a block of its own.
    wanted : ndarray of bool, shape (n,), optional
        Documents without a wanted row are left out. By default all are wanted.

    Returns
    -------
    list of (int, int)
        First row of each block and the one after its last.

    Examples
    --------
    >>> document_blocks(["a", "a", "b", "c", "c"], 3)
    [(0, 3), (3, 5)]
    """
    names = np.asarray(documents, dtype=object)
    if not len(names):
        return []
    starts = np.flatnonzero(np.r_[True, names[1:] != names[:-1]])
    ends = np.r_[starts[1:], len(names)]
    if wanted is not None:
        needed = np.logical_or.reduceat(wanted, starts)
        starts, ends = starts[needed], ends[needed]
    blocks: list[tuple[int, int]] = []
    for first, last in zip(starts.tolist(), ends.tolist(), strict=True):
        if blocks and blocks[-1][1] == first and last - blocks[-1][0] <= most:
            blocks[-1] = (blocks[-1][0], last)
        else:
            blocks.append((first, last))
    return blocks


def feature_count(layers: int, dimensions: int) -> int:
    """Return the number of columns of `segment_features`.

    Examples
    --------
    >>> feature_count(2, 384) - 2 * WORD_COLUMNS  # three vectors, place and length
    1157
    """
    return sum(block.size for block in feature_blocks(layers, dimensions)) + 2 * WORD_COLUMNS


def feature_blocks(layers: int, dimensions: int) -> tuple[Block, ...]:
    """Return the blocks of the dense columns of `segment_features`, in order.

    Parameters
    ----------
    layers : int
        Vectors of each text.
    dimensions : int
        Length of a vector.

    Returns
    -------
    tuple of Block
        Own vector, neighbours, further layers, place, length.

    Examples
    --------
    >>> [block.size for block in feature_blocks(2, 384)]
    [384, 384, 384, 4, 1]
    """
    return (
        Block(dimensions, 1.0),
        Block(dimensions, 0.7, optional=True),
        *((Block(dimensions, 0.8),) * (layers - 1)),
        Block(_PLACE, 0.4, optional=True),
        Block(1, 0.3, optional=True),
    )


def _adjacent(documents: NDArray[np.object_]) -> sp.csr_matrix:
    """Return a matrix that adds up the rows before and after, within the same document."""
    count = len(documents)
    first = np.flatnonzero(documents[1:] == documents[:-1]) if count else np.zeros(0, dtype=int)
    ones = np.ones(len(first), dtype=np.float32)
    after = sp.csr_matrix((ones, (first, first + 1)), shape=(count, count))
    return after + after.T


def _neighbours(
    vectors: NDArray[np.float32], documents: NDArray[np.object_]
) -> NDArray[np.float32]:
    """Return the weighted mean of the vectors before and after, within the same document."""
    total = np.zeros_like(vectors)
    for distance, weight in _CONTEXT_WEIGHTS.items():
        if len(vectors) <= distance:
            continue
        same = (documents[distance:] == documents[:-distance])[:, None]
        total[distance:] += weight * same * vectors[:-distance]
        total[:-distance] += weight * same * vectors[distance:]
    return total / np.float32(2 * sum(_CONTEXT_WEIGHTS.values()))


def _place(documents: NDArray[np.object_], placed: Sequence[bool] | None) -> NDArray[np.float32]:
    """Return relative position, its square, and the first and last twentieth; zeros where unknown."""
    count = len(documents)
    if not count:
        return np.zeros((0, _PLACE), dtype=np.float32)
    changes = np.flatnonzero(np.r_[True, documents[1:] != documents[:-1]])
    lengths = np.diff(np.r_[changes, count])
    size = np.repeat(lengths, lengths)
    position = (np.arange(count) - np.repeat(changes, lengths)) / np.maximum(size - 1, 1)
    has_place = size >= _SHORTEST
    if placed is not None:
        has_place &= np.asarray(placed, dtype=bool)
    columns = np.column_stack([position, position**2, position < 0.05, position > 0.95])
    return np.where(has_place[:, None], columns, 0).astype(np.float32)


def _length(texts: Sequence[str]) -> NDArray[np.float64]:
    return np.minimum(np.array([len(text) for text in texts], dtype=float) / 200, 3)
