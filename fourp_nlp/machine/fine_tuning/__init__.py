"""Fine-tuning: the encoder's upper layers learn the codes from sentences read in their context.

Modules
-------
`_chunks`: Laying segments out in chunks: runs of neighbouring segments that the encoder reads at once.
`fit`: Learning: each network on all folds but one, so that every segment is judged by one that never
    saw it.
`_network`: The network: a sentence encoder that reads chunks, and one output a code for each segment in
    them.
`tuned_model`: What fine-tuning leaves behind: the weights of a few networks, and what they say of new
    segments.
"""

from __future__ import annotations

from fourp_nlp.machine.fine_tuning.fit import Recipe, fine_tune
from fourp_nlp.machine.fine_tuning.tuned_model import (
    Tuned,
    load_tuned,
    save_tuned,
    tuned_probabilities,
)

__all__ = ["Recipe", "Tuned", "fine_tune", "load_tuned", "save_tuned", "tuned_probabilities"]
