"""The machine coder: features of segments, the estimator that learns codes, and its saved form."""

from __future__ import annotations

from fourp_nlp.classify._estimator import CodeClassifier, build_classifier
from fourp_nlp.classify._features import (
    WORD_COLUMNS,
    Definitions,
    definition_similarity,
    document_blocks,
    embed_definitions,
    feature_blocks,
    feature_count,
    segment_features,
)
from fourp_nlp.classify._model import Examples, OutOfFold, TrainedModel, load_model, save_model
from fourp_nlp.classify._promise import Promise, promise, promise_without_each

__all__ = [
    "WORD_COLUMNS",
    "CodeClassifier",
    "Definitions",
    "Examples",
    "OutOfFold",
    "Promise",
    "TrainedModel",
    "build_classifier",
    "definition_similarity",
    "document_blocks",
    "embed_definitions",
    "feature_blocks",
    "feature_count",
    "load_model",
    "promise",
    "promise_without_each",
    "save_model",
    "segment_features",
]
