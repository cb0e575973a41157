"""The machine coder: features of segments, the estimator that learns codes, and its saved form."""

from __future__ import annotations

from fourp_nlp.machine.classifier.codebook_rows import CodebookRows, codebook_rows
from fourp_nlp.machine.classifier.estimator import CodeClassifier, build_classifier, reaches
from fourp_nlp.machine.classifier.features import (
    WORD_COLUMNS,
    Definitions,
    definition_similarity,
    dense_features,
    document_blocks,
    embed_definitions,
    feature_blocks,
    feature_count,
    reworded_features,
    segment_features,
    with_tuned,
)
from fourp_nlp.machine.classifier.inference_features import model_features
from fourp_nlp.machine.classifier.novelty import Familiar, learn_familiar, unlikeness
from fourp_nlp.machine.classifier.precision_guarantee import Promise, promise, promise_without_each
from fourp_nlp.machine.classifier.saved_model import (
    Examples,
    OutOfFold,
    TrainedModel,
    check_place,
    load_model,
    save_model,
)
from fourp_nlp.machine.classifier.thresholds import (
    BALANCED,
    FEWER,
    MORE,
    Aim,
    expected_counts,
    thresholds_for,
)

__all__ = [
    "BALANCED",
    "FEWER",
    "MORE",
    "WORD_COLUMNS",
    "Aim",
    "CodeClassifier",
    "CodebookRows",
    "Definitions",
    "Examples",
    "Familiar",
    "OutOfFold",
    "Promise",
    "TrainedModel",
    "build_classifier",
    "check_place",
    "codebook_rows",
    "definition_similarity",
    "dense_features",
    "document_blocks",
    "embed_definitions",
    "expected_counts",
    "feature_blocks",
    "feature_count",
    "learn_familiar",
    "load_model",
    "model_features",
    "promise",
    "promise_without_each",
    "reaches",
    "reworded_features",
    "save_model",
    "segment_features",
    "thresholds_for",
    "unlikeness",
    "with_tuned",
]
