"""Fine-tuning: the encoder's upper layers learn the codes from sentences read in their context."""

from __future__ import annotations

from fourp_nlp.machine.fine_tuning.fit import Recipe, fine_tune
from fourp_nlp.machine.fine_tuning.tuned_model import (
    Tuned,
    load_tuned,
    save_tuned,
    tuned_probabilities,
)

__all__ = ["Recipe", "Tuned", "fine_tune", "load_tuned", "save_tuned", "tuned_probabilities"]
