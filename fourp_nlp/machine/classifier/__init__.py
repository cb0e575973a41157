"""The classifier: features of segments, the estimator that learns codes, and the saved model.

Modules
-------
`codebook_rows`: The codebook as training data: every part of every definition is a row of the
    regression.
`_decision`: From a solved regression to probabilities and thresholds.
`estimator`: A multi-label classifier with one calibrated probability and one threshold per code.
`_feature_columns`: Which columns of a matrix of features hold what: dense features, words, and
    fine-tuned networks.
`features`: Features of segments: meaning, context, place, length and words.
`_folds`: Cross-validation: what all folds share is computed once; each fold leaves out its rows.
`inference_features`: Features of new segments for a trained model.
`_kernel`: Kernel ridge regression with exact predictions for left-out documents.
`novelty`: Novelty: how far segments and documents are from the training data.
`precision_guarantee`: Precision guarantee: the lowest threshold of each code that keeps a wanted
    precision.
`_probabilities`: Calibration of scores into probabilities, from out-of-fold scores and a prior.
`_regression`: The learned regression: the scores of segments, what they are made of, and what other
    words would change.
`saved_model`: A trained model and its files: arrays and JSON with a manifest of hashes, never a pickle.
`_score_blend`: Blends the regression's scores with the probabilities of fine-tuned networks.
`thresholds`: Thresholds from the expected precision and recall of calibrated probabilities.
"""

from __future__ import annotations

from fourp_nlp.machine.classifier.codebook_rows import CodebookRows, codebook_rows
from fourp_nlp.machine.classifier.estimator import CodeClassifier, build_classifier, reaches
from fourp_nlp.machine.classifier.features import (
    WORD_COLUMNS,
    definition_similarity,
    dense_features,
    document_blocks,
    embed_definitions,
    feature_count,
    reworded_features,
    rewording_of,
    segment_features,
    with_tuned,
)
from fourp_nlp.machine.classifier.inference_features import model_features
from fourp_nlp.machine.classifier.novelty import fit_novelty, novelty_scores
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
    "Examples",
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
    "feature_count",
    "fit_novelty",
    "guarantee_precision",
    "guarantee_without_each_document",
    "load_model",
    "model_features",
    "novelty_scores",
    "reaches",
    "reworded_features",
    "rewording_of",
    "save_model",
    "segment_features",
    "thresholds_for",
    "with_tuned",
]
