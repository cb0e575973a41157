"""The machine coder: features of segments, the estimator that learns codes, and its saved form."""

from __future__ import annotations

from fourp_nlp.classify._asked import model_features
from fourp_nlp.classify._carried import (
    WordEffects,
    score_shares,
    strongest,
    without_words,
    word_effects,
)
from fourp_nlp.classify._codebook_rows import CodebookRows, codebook_rows
from fourp_nlp.classify._estimator import CodeClassifier, build_classifier, reaches
from fourp_nlp.classify._familiar import Familiar, learn_familiar, unlikeness
from fourp_nlp.classify._features import (
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
from fourp_nlp.classify._how_many import (
    BALANCED,
    FEWER,
    MORE,
    Aim,
    expected_counts,
    thresholds_for,
)
from fourp_nlp.classify._model import (
    Examples,
    OutOfFold,
    TrainedModel,
    check_place,
    load_model,
    save_model,
)
from fourp_nlp.classify._promise import Promise, promise, promise_without_each
from fourp_nlp.classify._reasons import WORDS_BETWEEN, reasons

__all__ = [
    "BALANCED",
    "FEWER",
    "MORE",
    "WORDS_BETWEEN",
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
    "WordEffects",
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
    "reasons",
    "reworded_features",
    "save_model",
    "score_shares",
    "segment_features",
    "strongest",
    "thresholds_for",
    "unlikeness",
    "with_tuned",
    "without_words",
    "word_effects",
]
