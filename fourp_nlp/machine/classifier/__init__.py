"""The machine coder: features of segments, the estimator that learns codes, and its saved form.

Modules
-------
`codebook_rows`: The codebook as text to learn from: every part of every definition is a row of the
    regression.
`_decision`: From a solved regression to probabilities and thresholds: everything that a code's decision
    needs.
`estimator`: A multi-label classifier with one calibrated probability and one threshold per code.
`features`: Features of segments: meaning, context, place, length and words.
`_folds`: What is fitted is the same for all folds but for the rows that each leaves out.
`inference_features`: The features that a trained model asks for.
`_kernel`: Likeness of segments, and ridge regression on it with exact answers for left-out documents.
`novelty`: How unlike everything learned from a text is, and when a document lies outside what the model
    knows.
`precision_guarantee`: From which probability on a code's suggestions keep a wanted precision, and how
    surely.
`_probabilities`: Scores into probabilities, from what was said of unseen documents and what is known
    beforehand.
`saved_model`: A trained model and its saved form: arrays and JSON under a manifest of hashes, never a
    pickle.
`_score_blend`: Mixing the regression's scores with what fine-tuned networks say.
`thresholds`: How many to suggest: thresholds from what is to be expected of calibrated probabilities.
"""

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
from fourp_nlp.machine.classifier.novelty import Novelty, fit_novelty, novelty_scores
from fourp_nlp.machine.classifier.precision_guarantee import (
    PrecisionGuarantee,
    guarantee_precision,
    guarantee_without_each_document,
)
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
    "Novelty",
    "OutOfFold",
    "PrecisionGuarantee",
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
    "fit_novelty",
    "guarantee_precision",
    "guarantee_without_each_document",
    "load_model",
    "model_features",
    "novelty_scores",
    "reaches",
    "reworded_features",
    "save_model",
    "segment_features",
    "thresholds_for",
    "with_tuned",
]
