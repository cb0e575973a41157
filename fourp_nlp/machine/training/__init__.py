"""Training: from gold codes and coded sentences to a model that knows what it has not seen."""

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
