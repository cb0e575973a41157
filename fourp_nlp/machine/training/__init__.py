"""Training: from gold codes and coded sentences to a model with its card.

Modules
-------
`model_card`: The model card: training data, settings and versions, and figures on documents left out of
    training.
`train`: Trains a model and computes out-of-fold predictions for its own documents.
`training_set`: The training set: segments of coded documents, and loose coded sentences.
"""

from __future__ import annotations

from fourp_nlp.machine.training.model_card import with_card
from fourp_nlp.machine.training.train import out_of_fold_folds, train, zero_shot_model
from fourp_nlp.machine.training.training_set import TrainingSet, training_set

__all__ = [
    "TrainingSet",
    "out_of_fold_folds",
    "train",
    "training_set",
    "with_card",
    "zero_shot_model",
]
