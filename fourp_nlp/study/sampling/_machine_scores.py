"""Scores for active learning: how uncertain the machine is about each segment, code by code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fourp_nlp.coding.sampling import disagreement, nearness
from fourp_nlp.errors import ProjectError
from fourp_nlp.machine.classifier import document_blocks, model_features
from fourp_nlp.machine.encoder import EmbeddingCache, embed_layers, load_encoder
from fourp_nlp.machine.training import zero_shot_model
from fourp_nlp.study.machine.training import encoder_name

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fourp_nlp.coding.sampling import Strategy
    from fourp_nlp.machine.classifier import TrainedModel
    from fourp_nlp.study.reading.corpus import Watch
    from fourp_nlp.study.study import Study

__all__ = ["machine_scores"]

_BLOCK = 8192  # segments looked at at once, rounded up to whole documents


def machine_scores(
    study: Study, by: Strategy, code: str, eligible: NDArray[np.bool_], watch: Watch
) -> NDArray[np.float64]:
    """Return how informative each segment would be for the machine, code by code.

    `code` is one code; all if empty. Documents without any segment that can be drawn (`eligible`,
    shape (n_segments,)) are not scored. Scores have shape (n_segments, n_codes), higher for
    segments to be coded first. Raises ProjectError if the strategy is disagreement and the model
    learned none of the codes.
    """
    definitions = zero_shot_model(
        study.codebook,
        load_encoder(encoder_name(study.project)),
        unit=study.project.settings.unit,
        cache=EmbeddingCache(study.project.cache),
    )
    models = (study.model, definitions)
    return _scores(by, _views(study, models, eligible, watch), models, code)


def _views(
    study: Study,
    models: tuple[TrainedModel, TrainedModel],
    eligible: NDArray[np.bool_],
    watch: Watch,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the probabilities of the model and of the definitions, for documents with eligible segments.

    The model's own probabilities are used, not those out of fold: nothing is measured here, and a person
    can resolve only the doubts that the model has now.
    """
    project, corpus = study.project, study.corpus
    segments = corpus.segments
    model, definitions = models
    learned = np.zeros((len(segments), len(model.codes)), dtype=np.float32)
    by_definitions = np.zeros_like(learned)
    blocks = document_blocks(segments["document"].tolist(), _BLOCK, wanted=eligible)
    encoder, cache = load_encoder(encoder_name(project)), EmbeddingCache(project.cache)
    tell = watch("looking")
    for number, (first, last) in enumerate(blocks):
        tell(number, len(blocks))
        part = segments.iloc[first:last]
        texts = part["text"].tolist()
        vectors = embed_layers(texts, encoder, cache=cache)
        features = model_features(texts, vectors, part["document"].tolist(), model, encoder)
        learned[first:last] = model.classifier.predict_proba(features)
        by_definitions[first:last] = definitions.classifier.predict_proba(features)
    tell(len(blocks), len(blocks))
    return learned, by_definitions


def _scores(
    by: Strategy,
    views: tuple[NDArray[np.float32], NDArray[np.float32]],
    models: tuple[TrainedModel, TrainedModel],
    code: str,
) -> NDArray[np.float64]:
    model, definitions = models
    columns = np.array([model.codes.index(code)]) if code else np.arange(len(model.codes))
    thresholds = model.classifier.thresholds_
    if by != "disagreement":
        return nearness(views[0][:, columns], thresholds[columns])
    columns = columns[model.classifier.learned_[columns]]
    if not len(columns):
        raise ProjectError(
            "The machine has one view only: "
            + (f"'{code}' was" if code else "no code was")
            + (" not" if code else "")
            + " learned from coded text yet, so that nothing parts from the definitions.",
            cure="Code segments drawn with --by mixed first, and run `fourp train`.",
        )
    learned, by_definitions = (view[:, columns] for view in views)
    return disagreement(
        learned, by_definitions, thresholds[columns], definitions.classifier.thresholds_[columns]
    )
