"""Attribution of scores: to single words, and to meaning, words, neighbours and fine-tuning.

A word matters if the score falls without it: the word is removed and the segment is scored again (erasure,
Li et al. 2016 [1]_). For the word features this is exact. The text is not embedded again, which would take
one run of the encoder for each word. Instead the word's tokens are left out of the mean that is the text's
vector: one run serves all words and codes of a segment. `scripts/measure_reasons.py` measures the
difference.

Meaning, own words and neighbours add up exactly. The score of the segment without neighbours, less the base
rate, is own words plus meaning. The rest of the score is due to the neighbours. Fine-tuned networks are a
fourth part, which is not divided further: words are attributed to the rest of the score.

References
----------
.. [1] Li, J., Monroe, W. and Jurafsky, D. (2016). Understanding neural networks through representation
   erasure. arXiv:1612.08220.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fourp_nlp.machine.attribution._word_contributions import word_parts
from fourp_nlp.machine.classifier.estimator import reaches
from fourp_nlp.machine.classifier.features import rewording_of, without_neighbours

if TYPE_CHECKING:
    from collections.abc import Sequence

    import scipy.sparse as sp
    from numpy.typing import NDArray

    from fourp_nlp.machine.classifier.estimator import CodeClassifier
    from fourp_nlp.machine.encoder import EmbeddingCache, Encoder

    Floats = NDArray[np.float64]

__all__ = ["Shares", "WordEffects", "score_shares", "strongest", "without_words", "word_effects"]

_CHARACTERS = 2**16  # of the segments whose words are taken out at once
_MOST = 4  # words that are named
_LEAST = 0.25  # a word that does less than this share of what the strongest does is not named
_WORD = re.compile(r"\b\w\w+\b")  # as the word counts see words

# Words that join other words; what is left when an apostrophe splits a word counts among them.
_JOINING = frozenset(
    """
    about above after again against all also although am among an and another any are aren around
    as at be because been before being below between both but by can cannot could couldn did didn
    do does doesn doing don down during each either else ever every few for from further had hadn
    has hasn have haven having he her here hers herself him himself his how however if in into is
    isn it its itself just ll may me might mine more most much must my myself neither no nor not
    now of off on once one only onto or other our ours ourselves out over own per quite rather re
    same shall she should shouldn since so some such than that the their theirs them themselves
    then there therefore these they this those though through thus to too under until up upon us
    ve very was wasn we were weren what when where whether which while who whom whose why will
    with within without won would wouldn yet you your yours yourself yourselves
    """.split()  # noqa: SIM905 - a list of 190 quoted words is no easier to read
)


@dataclass(frozen=True)
class WordEffects:
    """How much a segment's score falls without each of its words.

    Attributes
    ----------
    words : list of str, length n_words
        The words that say something, each once, as they first stand in the text.
    falls : ndarray, shape (n_words, n_codes)
        By how much the score of each code falls when all places of the word are gone.
    """

    words: list[str]
    falls: Floats


@dataclass(frozen=True)
class Shares:
    """What the scores above the base rate are made of; the four add up to them.

    Attributes
    ----------
    words, meaning, neighbours : ndarray, shape (n, n_codes)
        From the segment's own words; from its own meaning, length and place; and from the segments
        before and after.
    tuned : ndarray, shape (n, n_codes)
        From fine-tuned networks, which read the segment between its neighbours; 0 without them.
    lost : ndarray of bool, shape (n, n_codes)
        Whether the code's probability would be below its threshold between neighbours that tell
        nothing, whatever fine-tuned networks say.
    """

    words: Floats
    meaning: Floats
    neighbours: Floats
    tuned: Floats
    lost: NDArray[np.bool_]


def word_effects(
    texts: Sequence[str],
    vectors: NDArray[np.float32],
    features: sp.csr_matrix,
    classifier: CodeClassifier,
    encoder: Encoder | None,
    *,
    cache: EmbeddingCache | None = None,
) -> list[WordEffects]:
    """Return how much each segment's score falls without each of its words.

    Parameters
    ----------
    texts : sequence of str, length n
        The segments.
    vectors : ndarray of float32, shape (n, layers, dimensions)
        Their embeddings.
    features : csr_matrix, shape (n, n_features)
        Their features, from `segment_features`.
    classifier : CodeClassifier
        What scored them.
    encoder : Encoder or None
        What embedded them. Without it, or if it cannot tell its tokens apart, meaning is held to stay
        as it is, and words have what their own weights give.
    cache : EmbeddingCache, optional
        Where what words give to the vectors is kept.

    Returns
    -------
    list of WordEffects, length n
        Words that only join others are left out.
    """
    effects: dict[int, WordEffects] = {}
    for block in _blocks(texts):
        block_texts = [texts[row] for row in block]
        places = [_places(text) for text in block_texts]
        rows = np.repeat(np.arange(len(block)), [len(spans_by_word) for spans_by_word in places])
        falls = np.zeros((0, classifier.n_codes_))
        if len(rows):
            rest = vectors[block][rows]
            parts = word_parts(block_texts, places, encoder, cache) if encoder else None
            rewording = rewording_of(
                [
                    _cut(text, spans)
                    for text, spans_by_word in zip(block_texts, places, strict=True)
                    for spans in spans_by_word
                ],
                rest if parts is None else _without(rest, parts.reshape(rest.shape)),
            )
            falls = -classifier.score_changes(features[block], rows, rewording)
        ends = np.cumsum([len(spans_by_word) for spans_by_word in places])[:-1]
        for row, text, spans_by_word, part in zip(
            block, block_texts, places, np.split(falls, ends), strict=True
        ):
            effects[row] = WordEffects([text[slice(*spans[0])] for spans in spans_by_word], part)
    return [effects[row] for row in range(len(texts))]


def strongest(effects: WordEffects, code: int) -> list[str]:
    """Return the few words that carried a code, strongest first; none if none did."""
    falls = effects.falls[:, code]
    order = np.argsort(-falls, kind="stable")[:_MOST]
    return [
        effects.words[place]
        for place in order
        # Rounded: processors add in other orders, and the last digits differ.
        if falls[place] > 0 and round(float(falls[place] / falls[order[0]]), 3) >= _LEAST
    ]


def score_shares(
    features: sp.csr_matrix,
    scores: Floats,
    classifier: CodeClassifier,
    *,
    layers: int,
    dimensions: int,
) -> Shares:
    """Return what the scores above the base rate are made of.

    Parameters
    ----------
    features : csr_matrix, shape (n, n_features)
        From `segment_features`.
    scores : ndarray, shape (n, n_codes)
        What `CodeClassifier.scores` gives for them.
    classifier : CodeClassifier
        What scored them.
    layers, dimensions : int
        Vectors of each text, and their length.

    Returns
    -------
    Shares
        In units of the regression's score, in which 0 is "does not apply" and 1 "applies".
    """
    isolated = without_neighbours(features, layers=layers, dimensions=dimensions)
    isolated_scores = classifier.scores(isolated)
    by_itself = isolated_scores - classifier.mean_
    words = classifier.own_word_scores(features)
    tuned = classifier.tuned_scores(features)
    return Shares(
        words,
        by_itself - words - tuned,
        scores - isolated_scores,
        tuned,
        ~reaches(classifier.calibrated(isolated_scores), classifier.thresholds_),
    )


def without_words(text: str, words: Sequence[str]) -> str:
    """Return a text without some words, wherever they stand and in whatever case."""
    removed = {word.lower() for word in words}
    spans = [match.span() for match in _WORD.finditer(text) if match.group().lower() in removed]
    return _cut(text, spans)


def _blocks(texts: Sequence[str]) -> list[list[int]]:
    """Cut texts, by number, into blocks of like length, which an encoder runs with little padding."""
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    order = np.argsort(lengths, kind="stable")
    block = (np.cumsum(lengths[order]) - 1) // _CHARACTERS
    return [part.tolist() for part in np.split(order, np.flatnonzero(np.diff(block)) + 1)]


def _places(text: str) -> list[list[tuple[int, int]]]:
    """Return the places of each word that says something, words in the order of the text."""
    spans_by_word: dict[str, list[tuple[int, int]]] = {}
    for match in _WORD.finditer(text):
        word = match.group().lower()
        if word not in _JOINING:
            spans_by_word.setdefault(word, []).append(match.span())
    return list(spans_by_word.values())


def _cut(text: str, spans: Sequence[tuple[int, int]]) -> str:
    ends = [0, *(end for _, end in spans)]
    starts = [*(start for start, _ in spans), len(text)]
    remainder = "".join(text[end:start] for end, start in zip(ends, starts, strict=True))
    return " ".join(remainder.split())


def _without(vectors: NDArray[np.float32], parts: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return texts' vectors without a part of each, of unit length; as they are if nothing is left."""
    rest = vectors - parts
    length = np.linalg.norm(rest, axis=-1, keepdims=True)
    return np.where(length > 0, rest / np.maximum(length, 1e-12), vectors).astype(np.float32)
