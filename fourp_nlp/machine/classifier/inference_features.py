"""Features of new segments for a trained model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fourp_nlp.errors import ModelError
from fourp_nlp.machine.classifier.features import segment_features, with_tuned
from fourp_nlp.machine.encoder import fits_encoder
from fourp_nlp.machine.fine_tuning import tuned_probabilities

if TYPE_CHECKING:
    from collections.abc import Sequence

    import scipy.sparse as sp
    from numpy.typing import NDArray

    from fourp_nlp.machine.classifier.saved_model import TrainedModel
    from fourp_nlp.machine.encoder import Encoder

__all__ = ["model_features"]


def model_features(
    texts: Sequence[str],
    vectors: NDArray[np.float32],
    documents: Sequence[str],
    model: TrainedModel,
    encoder: Encoder | None,
    *,
    wanted: NDArray[np.bool_] | None = None,
) -> sp.csr_matrix:
    """Return segments as a model's classifier takes them.

    Parameters
    ----------
    texts : sequence of str, length n
        The segments, in reading order within each document.
    vectors : ndarray of float32, shape (n, layers, dimensions)
        Their embeddings, by the model's encoder.
    documents : sequence of str, length n
        The document of each; a document's segments stand together.
    model : TrainedModel
        The model.
    encoder : Encoder or None
        What made the embeddings. A fine-tuned model's networks start from it.
    wanted : ndarray of bool, shape (n,), optional
        Segments whose answer will be used; documents without any are not read by fine-tuned
        networks. Default: all.

    Returns
    -------
    csr_matrix, shape (n, n_features)
        From `segment_features`, and what fine-tuned networks say, if the model has any.

    Raises
    ------
    ModelError
        If the model is fine-tuned and the encoder is missing or another.

    Examples
    --------
    >>> from fourp_nlp.machine.classifier import load_model
    >>> from fourp_nlp.machine.encoder import embed_layers, load_encoder
    >>> from fourp_nlp.machine.shipped_model import shipped_model
    >>> model, texts = load_model(shipped_model()), ["Police officers were trained."]
    >>> vectors = embed_layers(texts, load_encoder())
    >>> features = model_features(texts, vectors, ["a"], model, load_encoder())
    >>> model.classifier.predict_proba(features).shape == (1, len(model.codes))
    True
    """
    features = segment_features(texts, vectors, documents)
    if model.tuned is None:
        return features
    if encoder is None or not fits_encoder(model.encoder_id, encoder.id):
        raise ModelError(
            f"The model '{model.name}' is fine-tuned from '{model.encoder_id}', which is not at hand.",
            cure="Use that encoder, or train again with `fourp train`.",
        )
    names = np.asarray(documents, dtype=object)
    rows = np.arange(len(names))
    if wanted is not None:
        rows = np.flatnonzero(np.isin(names.astype(str), np.unique(names[wanted].astype(str))))
    tuned = np.zeros((len(names), len(model.codes)))
    try:
        tuned[rows] = tuned_probabilities(
            model.tuned, [texts[row] for row in rows.tolist()], names[rows].tolist(), encoder
        )
    except ValueError as error:
        raise ModelError(
            f"The model '{model.name}' cannot be used: {error}.",
            cure="Train it again with `fourp train --fine-tune`.",
        ) from error
    return with_tuned(features, tuned)
