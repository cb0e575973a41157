"""Fine-tuning: the encoder's upper layers learn the codes from sentences in their context.

Modules
-------
`_chunks`: Chunks: runs of neighbouring segments that the encoder reads at once.
`fit`: Fine-tunes one network a fold, so that every segment gets an out-of-fold prediction.
`_network`: The network: a sentence encoder that reads chunks, with one output a code for each segment.
`tuned_model`: Fine-tuned networks: their saved weights, and their predictions for new segments.
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
