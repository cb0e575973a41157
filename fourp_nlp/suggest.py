"""Suggestions: what the machine coder proposes for each segment, how surely, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.classify import TrainedModel, document_blocks, segment_features
from fourp_nlp.errors import ModelError
from fourp_nlp.tables import SUGGESTIONS, conform, empty

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["suggest"]

_QUOTE = 120  # characters of an example that are shown as a reason
_DOCUMENTS = 8192  # segments whose features are made at once, in whole documents
_BLOCK = 2048  # segments whose reasons are sought at once


def suggest(
    documents: pd.DataFrame,
    segments: pd.DataFrame,
    vectors: NDArray[np.float32],
    model: TrainedModel,
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

    Returns
    -------
    pandas.DataFrame
        Table of suggestions, n_segments times n_codes rows, segment by segment; the column
        `suggested` tells which reach their threshold.

    Raises
    ------
    ModelError
        If a training document is segmented otherwise than it was when the model learned from it,
        so that there is nothing honest to say about it.
    """
    if segments.empty:
        return empty(SUGGESTIONS)
    sha256 = segments["document"].map(documents.set_index("document")["sha256"])
    known = set(model.out_of_fold.documents) | set(model.examples.documents) - {""}
    unseen = sha256.isin(known).to_numpy()
    probabilities, alone = _ask(segments, vectors, model)
    suggested = probabilities >= model.classifier.thresholds_
    if unseen.any() and not model.out_of_fold.documents:
        # The only coded document: no model has learned without it, but the definitions have.
        probabilities[unseen] = alone[unseen]
        suggested[unseen] = alone[unseen] >= model.classifier.zero_shot_threshold
    elif unseen.any():
        _use_out_of_fold(segments, sha256, model, unseen, probabilities, suggested)

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
            "why": _reasons(vectors[:, 0], sha256.tolist(), model, suggested).ravel(),
        }
    )
    return conform(frame, SUGGESTIONS)


def _ask(
    segments: pd.DataFrame, vectors: NDArray[np.float32], model: TrainedModel
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what the model and what the definitions alone say, some documents at a time."""
    learned = np.empty((len(segments), len(model.codes)))
    alone = np.empty_like(learned)
    names, texts = segments["document"].tolist(), segments["text"].tolist()
    for first, last in document_blocks(names, _DOCUMENTS):
        features = segment_features(
            texts[first:last], vectors[first:last], names[first:last], model.definitions
        )
        learned[first:last] = model.classifier.predict_proba(features)
        alone[first:last] = model.classifier.zero_shot_proba(features)
    return learned, alone


def _use_out_of_fold(
    segments: pd.DataFrame,
    sha256: pd.Series,
    model: TrainedModel,
    trained: NDArray[np.bool_],
    probabilities: NDArray[np.float64],
    suggested: NDArray[np.bool_],
) -> None:
    """Put what was said out of fold in place of what the model says of its training documents."""
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
    rows = first[places]
    probabilities[trained] = known.probabilities[rows]
    suggested[trained] = known.suggested[rows]


def _reasons(
    vectors: NDArray[np.float32],
    sha256: list[str],
    model: TrainedModel,
    suggested: NDArray[np.bool_],
) -> NDArray[np.object_]:
    """Return, where a code is suggested, its nearest definition part or coded example."""
    reasons = np.full(suggested.shape, "", dtype=object)
    own_document = np.asarray(sha256, dtype=object)
    example_document = np.asarray(model.examples.documents, dtype=object)
    for column in range(len(model.codes)):
        rows = np.flatnonzero(suggested[:, column])
        parts = np.flatnonzero(model.definitions.part_codes == column)
        examples = np.flatnonzero(model.examples.codes == column)
        labels = [
            f"definition ({model.definitions.parts[part]}): {model.definitions.texts[part]}"
            for part in parts
        ]
        labels += [
            f"coded example ({model.examples.sources[i]}): {model.examples.texts[i]}"
            for i in examples
        ]
        reference = np.vstack([model.definitions.vectors[parts], model.examples.vectors[examples]])
        for first in range(0, len(rows), _BLOCK):
            some = rows[first : first + _BLOCK]
            cosines = vectors[some] @ reference.T
            if len(examples):
                # An example from the same document was not seen by the model that suggests here.
                same = own_document[some][:, None] == example_document[examples][None, :]
                cosines[:, len(parts) :][same] = -np.inf
            for row, nearest in zip(some, cosines.argmax(axis=1), strict=True):
                label = labels[nearest]
                reasons[row, column] = label if len(label) <= _QUOTE else label[: _QUOTE - 1] + "…"
    return reasons
