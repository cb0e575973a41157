"""Suggestions: a probability and a reason for every segment and code."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.errors import ModelError
from fourp_nlp.machine.attribution.reasons import reasons
from fourp_nlp.machine.classifier import (
    BALANCED,
    Aim,
    TrainedModel,
    dense_features,
    document_blocks,
    model_features,
    novelty_scores,
    reaches,
)
from fourp_nlp.tables import SUGGESTIONS, conform, empty

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fourp_nlp.machine.encoder import EmbeddingCache, Encoder, Progress

__all__ = ["score", "suggest", "suggestion_tables", "unlike_documents"]

_CANDIDATES = 3  # codes of a segment that are told, whether or not they are suggested
_DOCUMENTS = 8192  # segments whose features are made at once, in whole documents


def suggest(
    documents: pd.DataFrame,
    segments: pd.DataFrame,
    vectors: NDArray[np.float32],
    model: TrainedModel,
    encoder: Encoder | None = None,
    cache: EmbeddingCache | None = None,
    *,
    aim: Aim = BALANCED,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Return the machine's probability for every segment and code.

    A segment that people coded, of a document that the model was trained on, gets its out-of-fold
    probability. Documents are recognised by their text, whatever their names. All other segments get the
    probability of the full model.

    Parameters
    ----------
    documents : pandas.DataFrame
        Table of documents.
    segments : pandas.DataFrame
        Table of segments of these documents.
    vectors : ndarray of float32, shape (n_segments, layers, dimensions)
        The segments' embeddings, by the model's encoder.
    model : TrainedModel
        The machine coder.
    encoder : Encoder, optional
        What made the embeddings: it tells which words a segment's meaning comes from. Without it, the
        words that carried a suggestion are found by the words' own weights. A fine-tuned model needs
        it.
    cache : EmbeddingCache, optional
        Where what words give to the vectors is kept.
    aim : Aim, optional
        Whether more or fewer are to be suggested than balances precision and recall.
    progress : callable, optional
        Called with (segments done, segments in all).

    Returns
    -------
    pandas.DataFrame
        Table of suggestions, n_segments times n_codes rows, segment by segment; the column
        `suggested` tells which reach their threshold.

    Raises
    ------
    ModelError
        If a training document is segmented otherwise than it was when the model learned from it,
        so that there is nothing honest to say about it; or if it is fine-tuned and the encoder is not
        the one that it was fine-tuned from.
    """
    if segments.empty:
        return empty(SUGGESTIONS)
    stored_rows = _stored_predictions(documents, segments, model, aim)
    thresholds = np.tile(model.classifier.thresholds_for(aim), (len(segments), 1))
    probabilities, why, words = _of_full_model(
        segments, vectors, model, encoder, cache, thresholds, stored_rows.read, progress
    )
    out_of_fold = probabilities.copy()
    out_of_fold[stored_rows.known] = stored_rows.probabilities
    out_of_fold_suggested = reaches(out_of_fold, stored_rows.thresholds(thresholds))
    probabilities[stored_rows.read] = out_of_fold[stored_rows.read]
    thresholds[stored_rows.read] = stored_rows.thresholds(thresholds)[stored_rows.read]
    suggested = reaches(probabilities, thresholds)
    stored = model.out_of_fold
    for column, stored_text in ((why, stored.why), (words, stored.words)):
        column[stored_rows.read] = np.where(
            suggested[stored_rows.read], stored_text[stored_rows.rows[stored_rows.read]], ""
        )

    count = len(model.codes)
    repeated = segments.loc[segments.index.repeat(count)]
    frame = pd.DataFrame(
        {
            "document": repeated["document"].to_numpy(),
            "segment": repeated["segment"].to_numpy(),
            "start": repeated["start"].to_numpy(),
            "end": repeated["end"].to_numpy(),
            "text": repeated["text"].to_numpy(),
            "speaker": _known_of(repeated, "speaker"),
            "speaker_role": _known_of(repeated, "speaker_role"),
            "code": np.tile(np.array(model.codes, dtype=object), len(segments)),
            "theme": np.tile(np.array(model.themes, dtype=object), len(segments)),
            "probability": np.round(probabilities, 4).ravel(),
            "rank": _ranks(probabilities).ravel(),
            "threshold": np.round(thresholds, 4).ravel(),
            "suggested": suggested.ravel(),
            "accepted": False,
            "accepted_from": np.nan,
            "model": model.id,
            "out_of_fold": np.repeat(stored_rows.read, count),
            "out_of_fold_probability": np.round(out_of_fold, 4).ravel(),
            "out_of_fold_suggested": out_of_fold_suggested.ravel(),
            "why": why.ravel(),
            "words": words.ravel(),
        }
    )
    return conform(frame, SUGGESTIONS)


def _known_of(segments: pd.DataFrame, column: str) -> NDArray[np.object_] | str:
    """Return a column of segments; nothing where they have none."""
    return segments[column].to_numpy(dtype=object) if column in segments.columns else ""


def _of_full_model(
    segments: pd.DataFrame,
    vectors: NDArray[np.float32],
    model: TrainedModel,
    encoder: Encoder | None,
    cache: EmbeddingCache | None,
    thresholds: NDArray[np.float64],
    known: NDArray[np.bool_],
    progress: Progress | None,
) -> tuple[NDArray[np.float64], NDArray[np.object_], NDArray[np.object_]]:
    """Return probabilities, reasons and words, each of shape (n_segments, n_codes).

    Segments whose out-of-fold predictions are `known` get no reasons.
    """
    shape = len(segments), len(model.codes)
    probabilities = np.empty(shape)
    why, words = (np.full(shape, "", dtype=object) for _ in range(2))
    names, texts = segments["document"].tolist(), segments["text"].tolist()
    for first, last in document_blocks(names, _DOCUMENTS):
        block = slice(first, last)
        if progress:
            progress(first, len(segments))
        features = model_features(
            texts[block],
            vectors[block],
            names[block],
            model,
            encoder,
            wanted=~known[block],
        )
        scores = model.classifier.scores(features)
        probabilities[block] = model.classifier.calibrated(scores)
        block_suggested = reaches(probabilities[block], thresholds[block]) & ~known[block, None]
        block_reasons = reasons(
            texts[block],
            vectors[block],
            features,
            block_suggested,
            model.classifier,
            model.definitions,
            model.examples,
            encoder,
            cache,
            scores=scores,
        )
        for column, column_of_block in zip((why, words), block_reasons, strict=True):
            column[block][block_suggested] = column_of_block[block_suggested]
    if progress:
        progress(len(segments), len(segments))
    return probabilities, why, words


def score(
    documents: pd.DataFrame,
    segments: pd.DataFrame,
    vectors: NDArray[np.float32],
    model: TrainedModel,
    encoder: Encoder | None = None,
    *,
    aim: Aim = BALANCED,
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Return what `suggest` says of every segment and code, as arrays and without its reasons.

    Parameters
    ----------
    documents, segments, vectors, model, encoder, aim
        As for `suggest`.

    Returns
    -------
    probabilities : ndarray of float32, shape (n_segments, n_codes)
        Calibrated probabilities.
    suggested : ndarray of bool, shape (n_segments, n_codes)
        Which reach their threshold.

    Raises
    ------
    ModelError
        As `suggest` does.
    """
    shape = len(segments), len(model.codes)
    probabilities = np.empty(shape)
    if segments.empty:
        return probabilities.astype(np.float32), np.zeros(shape, dtype=bool)
    stored_rows = _stored_predictions(documents, segments, model, aim)
    thresholds = np.tile(model.classifier.thresholds_for(aim), (len(segments), 1))
    names, texts = segments["document"].tolist(), segments["text"].tolist()
    for first, last in document_blocks(names, _DOCUMENTS):
        block = slice(first, last)
        features = model_features(
            texts[block],
            vectors[block],
            names[block],
            model,
            encoder,
            wanted=~stored_rows.read[block],
        )
        probabilities[block] = model.classifier.predict_proba(features)
    is_read = stored_rows.read[stored_rows.known]
    probabilities[stored_rows.read] = stored_rows.probabilities[is_read]
    thresholds[stored_rows.read] = stored_rows.thresholds(thresholds)[stored_rows.read]
    return np.round(probabilities, 4).astype(np.float32), reaches(probabilities, thresholds)


def suggestion_tables(
    suggestions: pd.DataFrame, promises: pd.DataFrame | None = None
) -> dict[str, pd.DataFrame]:
    """Return the tables of suggestions that people get: the only place that says what is in them.

    Parameters
    ----------
    suggestions : pandas.DataFrame
        A whole table of suggestions: every code of every segment.
    promises : pandas.DataFrame, optional
        The table PROMISES, if a precision was asked for.

    Returns
    -------
    dict of str to pandas.DataFrame
        ``suggestions``: the rows that reach their threshold. ``candidates``: of the three likeliest codes of
        each segment those below it. ``promises``, if there are any. The columns of the first two are declared
        in `fourp_nlp.columns` (`Column.files`).
    """
    suggested = suggestions["suggested"].to_numpy(dtype=bool)
    likely = (suggestions["rank"] <= _CANDIDATES).to_numpy()
    tables = {
        "suggestions": suggestions.loc[suggested, SUGGESTIONS.names_in("suggestions")],
        "candidates": suggestions.loc[~suggested & likely, SUGGESTIONS.names_in("candidates")],
    }
    if promises is not None and len(promises):
        tables["promises"] = promises
    return {name: table.reset_index(drop=True) for name, table in tables.items()}


def unlike_documents(
    documents: pd.DataFrame,
    segments: pd.DataFrame,
    vectors: NDArray[np.float32],
    model: TrainedModel,
) -> pd.DataFrame:
    """Return the novelty of each document: how far it is from the training data.

    Parameters
    ----------
    documents, segments, vectors, model
        As for `suggest`.

    Returns
    -------
    pandas.DataFrame
        One row a document that the model did not learn from: ``document``; ``segments``, how many it
        has; ``unlike``, the share of them that are more unlike anything learned from than 95 in 100
        segments of training documents were that were left out; and ``outside``, whether it is more
        unlike as a whole than documents of that kind are. No rows where the model cannot tell.
    """
    nothing = pd.DataFrame(
        {"document": [], "segments": [], "unlike": [], "outside": np.zeros(0, dtype=bool)}
    )
    if segments.empty or model.familiar is None:
        return nothing
    sha256 = segments["document"].map(documents.set_index("document")["sha256"])
    new = ~sha256.isin(_known(model)).to_numpy()
    if not new.any():
        return nothing
    names, texts = segments["document"].tolist(), segments["text"].tolist()
    distances = np.zeros(len(segments))
    for first, last in document_blocks(names, _DOCUMENTS, wanted=new):
        block = slice(first, last)
        dense = dense_features(texts[block], vectors[block], names[block])
        distances[block] = novelty_scores(dense, model.classifier)
    frame = segments.loc[new, ["document"]].assign(
        distance=distances[new], unlike=distances[new] > model.familiar.bound
    )
    by_document = frame.groupby("document", sort=False).agg(
        segments=("distance", "size"), mean=("distance", "mean"), unlike=("unlike", "mean")
    )
    by_document["outside"] = by_document["mean"] > model.familiar.limit(
        by_document["segments"].to_numpy(dtype=np.int64)
    )
    return by_document.drop(columns="mean").reset_index()


def _known(model: TrainedModel) -> set[str]:
    """Return the SHA-256 of the documents that the model learned from."""
    return set(model.out_of_fold.documents) | set(model.examples.documents) - {""}


class _StoredPredictions(NamedTuple):
    """Out-of-fold predictions, stored with the model, for segments of documents that it learned from.

    Attributes
    ----------
    known, read : ndarray of bool, shape (n_segments,)
        Which segments are of such documents; and which of these people read.
    rows : ndarray of int, shape (n_segments,)
        Where each is among the stored predictions; -1 elsewhere.
    probabilities : ndarray, shape (n_known, n_codes)
        The predictions.
    fold_thresholds : ndarray, shape (n_known, n_codes)
        The thresholds of the models of the folds.
    """

    known: NDArray[np.bool_]
    read: NDArray[np.bool_]
    rows: NDArray[np.int64]
    probabilities: NDArray[np.float64]
    fold_thresholds: NDArray[np.float64]

    def thresholds(self, usual: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the threshold of every segment and code: these where they are known, else the usual."""
        thresholds = usual.copy()
        thresholds[self.known] = self.fold_thresholds
        return thresholds


def _stored_predictions(
    documents: pd.DataFrame, segments: pd.DataFrame, model: TrainedModel, aim: Aim
) -> _StoredPredictions:
    """Look up the stored out-of-fold predictions of segments."""
    stored = model.out_of_fold
    sha256 = segments["document"].map(documents.set_index("document")["sha256"])
    known = sha256.isin(set(stored.documents)).to_numpy()
    rows = np.full(len(segments), -1)
    read = np.zeros(len(segments), dtype=bool)
    if known.any():
        rows[known] = _out_of_fold_rows(segments, sha256, model, known)
        read[known] = _somebody_read(model)[rows[known]]
    fold_thresholds = model.classifier.fold_thresholds_for(aim)
    return _StoredPredictions(
        known,
        read,
        rows,
        stored.probabilities[rows[known]].astype(np.float64),
        fold_thresholds[stored.folds[rows[known]]],
    )


def _somebody_read(model: TrainedModel) -> NDArray[np.bool_]:
    """Return which of the segments with stored predictions people read."""
    read = model.out_of_fold.read
    return read if read.ndim == 1 else np.asarray(read.any(axis=1))


def _ranks(probabilities: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the place of each code among those of its segment: 1 for the likeliest."""
    order = np.argsort(-probabilities, axis=1, kind="stable")
    ranks = np.empty(probabilities.shape, dtype=np.int64)
    np.put_along_axis(ranks, order, np.arange(1, probabilities.shape[1] + 1)[None, :], axis=1)
    return ranks


def _out_of_fold_rows(
    segments: pd.DataFrame, sha256: pd.Series, model: TrainedModel, trained: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Return which stored prediction belongs to each segment of a training document."""
    stored = model.out_of_fold
    keys = pd.MultiIndex.from_arrays([stored.documents, stored.spans[:, 0], stored.spans[:, 1]])
    # Two documents with the same words have the same segments; either will do, but what was read in one of
    # them was learned.
    order = np.argsort(~_somebody_read(model), kind="stable")
    first = order[~keys[order].duplicated()]
    places_of_segments = pd.MultiIndex.from_arrays([sha256, segments["start"], segments["end"]])[
        trained
    ]
    places = keys[first].get_indexer(places_of_segments)
    if (places < 0).any():
        name = segments.loc[trained, "document"].iloc[int((places < 0).argmax())]
        raise ModelError(
            f"The model learned from '{name}' in other segments than these.",
            cure="Run `fourp train` again with this unit of coding.",
        )
    return first[places]
