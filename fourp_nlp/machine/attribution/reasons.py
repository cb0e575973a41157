"""Reasons for suggestions: the nearest example or definition, the parts of the score, the main words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fourp_nlp.machine.attribution.word_attribution import score_shares, strongest, word_effects

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import scipy.sparse as sp
    from numpy.typing import NDArray

    from fourp_nlp.machine.attribution.word_attribution import Shares
    from fourp_nlp.machine.classifier.estimator import CodeClassifier
    from fourp_nlp.machine.classifier.features import Definitions
    from fourp_nlp.machine.classifier.saved_model import Examples
    from fourp_nlp.machine.encoder import EmbeddingCache, Encoder

    Texts = NDArray[np.object_]

__all__ = ["WORDS_BETWEEN", "reasons"]

WORDS_BETWEEN = "; "
"""What stands between the words of the column `words`; no word holds it."""

_QUOTE = 120  # characters of an example that are shown
_ALIKE = 1e-5  # cosines that differ by no more are equal
_CANCELLED = 3  # times the whole, from which on a part is not told as a share of it
_SLIGHT = 0.5  # of the whole: smaller parts are not told there
_BLOCK = 2048  # segments whose nearest example is sought at once


def reasons(
    texts: Sequence[str],
    vectors: NDArray[np.float32],
    features: sp.csr_matrix,
    suggested: NDArray[np.bool_],
    classifier: CodeClassifier,
    definitions: Definitions,
    examples: Examples,
    encoder: Encoder | None,
    cache: EmbeddingCache | None = None,
    *,
    scores: NDArray[np.float64] | None = None,
) -> tuple[Texts, Texts]:
    """Return why codes are suggested, and which words carried them.

    Parameters
    ----------
    texts : sequence of str, length n
        The segments.
    vectors : ndarray of float32, shape (n, layers, dimensions)
        Their embeddings.
    features : csr_matrix, shape (n, n_features)
        Their features, from `segment_features`.
    suggested : ndarray of bool, shape (n, n_codes)
        Where a reason is wanted.
    classifier : CodeClassifier
        What suggested them.
    definitions : Definitions
        The codebook's parts.
    examples : Examples
        What that classifier learned from.
    encoder : Encoder or None
        What embedded the segments.
    cache : EmbeddingCache, optional
        Where what words give to the vectors is kept.
    scores : ndarray, shape (n, n_codes), optional
        The segments' scores, where they are known already.

    Returns
    -------
    why, words : ndarray of str, shape (n, n_codes)
        A sentence; and a few words, strongest first, with `WORDS_BETWEEN` between them. Empty where
        nothing is suggested.
    """
    why = np.full(suggested.shape, "", dtype=object)
    words = why.copy()
    rows = np.flatnonzero(suggested.any(axis=1))
    if not len(rows):
        return why, words
    row_suggested, segment_vectors = suggested[rows], vectors[rows]
    effects = word_effects(
        [texts[row] for row in rows.tolist()],
        segment_vectors,
        features[rows],
        classifier,
        encoder,
        cache=cache,
    )
    shares = None
    if classifier.learned_.any():
        shares = score_shares(
            features[rows],
            classifier.scores(features[rows]) if scores is None else scores[rows],
            classifier,
            layers=vectors.shape[1],
            dimensions=vectors.shape[2],
        )
    quoted = bool(len(examples.codes))
    nearest = _nearest(segment_vectors[:, 0], row_suggested, definitions, examples)
    for place, column in zip(*np.nonzero(row_suggested), strict=True):
        label = nearest[place, column]
        why[rows[place], column] = label + (
            _made_of(shares, place, column, quoted=quoted) if shares else ""
        )
        words[rows[place], column] = WORDS_BETWEEN.join(strongest(effects[place], column))
    return why, words


def _made_of(shares: Shares, row: int, column: int, *, quoted: bool) -> str:
    """Say what a score is made of, in hundredths of what it has above the code's base rate.

    If the model keeps no coded examples, the nearest may have been one: that is said, too.
    """
    unquoted = "" if quoted else "; the model keeps no coded examples"
    parts = {
        "meaning": shares.meaning,
        "own words": shares.words,
        "neighbours": shares.neighbours,
        "fine-tuning": shares.tuned,
    }
    if not shares.tuned.any():
        del parts["fine-tuning"]
    amounts = np.array([part[row, column] for part in parts.values()])
    if not amounts.sum() > 0:  # nan, too: a code that was not learned
        return f" [{unquoted.removeprefix('; ')}]" if unquoted else ""
    shares_of_score = dict(zip(parts, (amounts / amounts.sum()).tolist(), strict=True))
    lost = "; without its neighbours it would not be suggested" if shares.lost[row, column] else ""
    return f" [score: {_in_words(shares_of_score)}{lost}{unquoted}]"


def _in_words(shares: Mapping[str, float]) -> str:
    """Return what a score is made of: percentages, or what is for and against where they nearly cancel."""
    if max(map(abs, shares.values())) < _CANCELLED:
        return ", ".join(
            f"{name} {share:.0%}".replace("-", "−").replace("−0%", "0%")
            for name, share in shares.items()
        )
    in_favour = " and ".join(name for name, share in shares.items() if share > _SLIGHT)
    against = " and ".join(name for name, share in shares.items() if share < -_SLIGHT)
    return f"{in_favour} in favour, {against} against, nearly equal"


def _nearest(
    vectors: NDArray[np.float32],
    suggested: NDArray[np.bool_],
    definitions: Definitions,
    examples: Examples | None,
) -> Texts:
    """Return, where a code is suggested, its nearest definition part or coded example."""
    nearest = np.full(suggested.shape, "", dtype=object)
    for column in range(suggested.shape[1]):
        rows = np.flatnonzero(suggested[:, column])
        parts = np.flatnonzero(definitions.part_codes == column)
        labels = [_definition(definitions.parts[i], definitions.texts[i]) for i in parts]
        reference = definitions.vectors[parts]
        if examples is not None:
            coded = np.flatnonzero(examples.codes == column)
            labels += [f"coded example ({examples.sources[i]}): {examples.texts[i]}" for i in coded]
            reference = np.vstack([reference, examples.vectors[coded]])
        for first in range(0, len(rows), _BLOCK):
            block = rows[first : first + _BLOCK]
            similarity = vectors[block] @ reference.T
            # Of texts that are equally near, the first, whatever the last digits say on this processor.
            places = (similarity >= similarity.max(axis=1, keepdims=True) - _ALIKE).argmax(axis=1)
            nearest[block, column] = [_short(labels[place]) for place in places]
    return nearest


def _definition(part: str, text: str) -> str:
    return f"definition ({part}): {text}" if text else f"definition ({part}, which is not kept)"


def _short(label: str) -> str:
    return label if len(label) <= _QUOTE else label[: _QUOTE - 1] + "…"
