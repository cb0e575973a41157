"""Suggestions: what the machine coder proposes for each segment, how surely, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.classify import (
    TrainedModel,
    dense_features,
    document_blocks,
    model_features,
    reasons,
    unlikeness,
)
from fourp_nlp.errors import ModelError
from fourp_nlp.tables import SUGGESTIONS, conform, empty

if TYPE_CHECKING:
    import scipy.sparse as sp
    from numpy.typing import NDArray

    from fourp_nlp.embed import EmbeddingCache, Encoder, Progress

__all__ = ["score", "suggest", "unlike_documents"]

_DOCUMENTS = 8192  # segments whose features are made at once, in whole documents


def suggest(
    documents: pd.DataFrame,
    segments: pd.DataFrame,
    vectors: NDArray[np.float32],
    model: TrainedModel,
    encoder: Encoder | None = None,
    cache: EmbeddingCache | None = None,
    *,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Return the machine's probability for every segment and code.

    A document that the model was trained on gets what a model said that had not seen it; this is
    recognised by the document's words, whatever its name. If it learned from one document only, that
    document gets what the definitions alone say.

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
    sha256 = segments["document"].map(documents.set_index("document")["sha256"])
    unseen = sha256.isin(_known(model)).to_numpy()
    shape = len(segments), len(model.codes)
    probabilities, suggested = np.empty(shape), np.zeros(shape, dtype=bool)
    why, words = (np.full(shape, "", dtype=object) for _ in range(2))
    # The only coded document: no model has learned without it, but the definitions have.
    alone = unseen & (not model.out_of_fold.documents)
    names, texts = segments["document"].tolist(), segments["text"].tolist()
    for first, last in document_blocks(names, _DOCUMENTS):
        block = slice(first, last)
        if progress:
            progress(first, len(segments))
        features = model_features(
            texts[block], vectors[block], names[block], model, encoder, wanted=~unseen[block]
        )
        by_model, by_definition = _ask(features, model, alone[block], probabilities[block])
        suggested[block] = by_model | by_definition
        asked = zip((by_model & ~unseen[block, None], by_definition), (False, True), strict=True)
        for given, only_definitions in asked:
            told = reasons(
                texts[block],
                vectors[block],
                features,
                given,
                model.classifier,
                model.definitions,
                None if only_definitions else model.examples,
                encoder,
                cache,
            )
            why[block][given], words[block][given] = told[0][given], told[1][given]
    if progress:
        progress(len(segments), len(segments))
    if unseen.any() and model.out_of_fold.documents:
        rows = _out_of_fold_rows(segments, sha256, model, unseen)
        probabilities[unseen] = model.out_of_fold.probabilities[rows]
        suggested[unseen] = model.out_of_fold.suggested[rows]
        why[unseen] = model.out_of_fold.why[rows]
        words[unseen] = model.out_of_fold.words[rows]

    count = len(model.codes)
    repeated = segments.loc[segments.index.repeat(count)]
    frame = pd.DataFrame(
        {
            "document": repeated["document"].to_numpy(),
            "segment": repeated["segment"].to_numpy(),
            "start": repeated["start"].to_numpy(),
            "end": repeated["end"].to_numpy(),
            "text": repeated["text"].to_numpy(),
            "code": np.tile(np.array(model.codes, dtype=object), len(segments)),
            "theme": np.tile(np.array(model.themes, dtype=object), len(segments)),
            "probability": np.round(probabilities, 4).ravel(),
            "threshold": np.tile(np.round(model.classifier.thresholds_, 4), len(segments)),
            "suggested": suggested.ravel(),
            "accepted": False,
            "accepted_from": np.nan,
            "model": model.id,
            "out_of_fold": np.repeat(unseen, count),
            "why": why.ravel(),
            "words": words.ravel(),
        }
    )
    return conform(frame, SUGGESTIONS)


def score(
    documents: pd.DataFrame,
    segments: pd.DataFrame,
    vectors: NDArray[np.float32],
    model: TrainedModel,
    encoder: Encoder | None = None,
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Return what `suggest` says of every segment and code, as arrays and without its reasons.

    Parameters
    ----------
    documents, segments, vectors, model, encoder
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
    probabilities, suggested = np.empty(shape), np.zeros(shape, dtype=bool)
    if segments.empty:
        return probabilities.astype(np.float32), suggested
    sha256 = segments["document"].map(documents.set_index("document")["sha256"])
    unseen = sha256.isin(_known(model)).to_numpy()
    alone = unseen & (not model.out_of_fold.documents)
    names, texts = segments["document"].tolist(), segments["text"].tolist()
    for first, last in document_blocks(names, _DOCUMENTS):
        block = slice(first, last)
        features = model_features(
            texts[block], vectors[block], names[block], model, encoder, wanted=~unseen[block]
        )
        by_model, by_definition = _ask(features, model, alone[block], probabilities[block])
        suggested[block] = by_model | by_definition
    if unseen.any() and model.out_of_fold.documents:
        rows = _out_of_fold_rows(segments, sha256, model, unseen)
        probabilities[unseen] = model.out_of_fold.probabilities[rows]
        suggested[unseen] = model.out_of_fold.suggested[rows]
    return np.round(probabilities, 4).astype(np.float32), suggested


def unlike_documents(
    documents: pd.DataFrame,
    segments: pd.DataFrame,
    vectors: NDArray[np.float32],
    model: TrainedModel,
) -> pd.DataFrame:
    """Return how unlike everything learned from each document is.

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
    made = pd.DataFrame(
        {"document": [], "segments": [], "unlike": [], "outside": np.zeros(0, dtype=bool)}
    )
    if segments.empty or model.familiar is None:
        return made
    sha256 = segments["document"].map(documents.set_index("document")["sha256"])
    new = ~sha256.isin(_known(model)).to_numpy()
    if not new.any():
        return made
    names, texts = segments["document"].tolist(), segments["text"].tolist()
    distances = np.zeros(len(segments))
    for first, last in document_blocks(names, _DOCUMENTS, wanted=new):
        block = slice(first, last)
        dense = dense_features(texts[block], vectors[block], names[block], model.definitions)
        distances[block] = unlikeness(dense, model.classifier)
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


def _ask(
    features: sp.csr_matrix,
    model: TrainedModel,
    alone: NDArray[np.bool_],
    probabilities: NDArray[np.float64],
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Fill in probabilities; return what the model suggests and what the definitions alone do."""
    classifier = model.classifier
    probabilities[:] = classifier.predict_proba(features)
    by_model = (probabilities >= classifier.thresholds_) & ~alone[:, None]
    by_definition = np.zeros_like(by_model)
    if alone.any():
        probabilities[alone] = classifier.zero_shot_proba(features)[alone]
        by_definition[alone] = probabilities[alone] >= classifier.zero_shot_threshold
    return by_model, by_definition


def _out_of_fold_rows(
    segments: pd.DataFrame, sha256: pd.Series, model: TrainedModel, trained: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Return where what was said out of fold of each segment of a training document stands."""
    known = model.out_of_fold
    keys = pd.MultiIndex.from_arrays([known.documents, known.spans[:, 0], known.spans[:, 1]])
    # Two documents with the same words have the same segments; either will do.
    first = np.flatnonzero(~keys.duplicated())
    wanted = pd.MultiIndex.from_arrays([sha256, segments["start"], segments["end"]])[trained]
    places = keys[first].get_indexer(wanted)
    if (places < 0).any():
        name = segments.loc[trained, "document"].iloc[int((places < 0).argmax())]
        raise ModelError(
            f"The model learned from '{name}' in other segments than these.",
            cure="Run `fourp train` again with this unit of coding.",
        )
    return first[places]
