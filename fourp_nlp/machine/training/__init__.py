"""Training: from gold codes and coded sentences to a model that knows what it has not seen.

Modules
-------
`model_card`: The model's card: what it learned from, with what, and how it did on documents it had not
    seen.
`train`: Training: the model, and what it says of its own documents without having seen them.
`training_set`: The training set: coded documents and loose coded sentences, side by side.
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
