"""Which segments people should code next: choices over arrays, with their inclusion probabilities.

Only what is drawn at random has an inclusion probability, and it is exact. The other choices look for
segments that the machine would learn most from; what they pick stands for nothing but itself.
"""

from __future__ import annotations

from fourp_nlp.sampling._arms import half_within
from fourp_nlp.sampling._chance import (
    Allocation,
    Sample,
    random_sample,
    stratified_sample,
    stratum_chances,
    stratum_counts,
)
from fourp_nlp.sampling._pick import Pick, Strategy, mixed_counts, pick_segments
from fourp_nlp.sampling._spread import spread_out
from fourp_nlp.sampling._views import disagreement, most_first, nearness

__all__ = [
    "Allocation",
    "Pick",
    "Sample",
    "Strategy",
    "disagreement",
    "half_within",
    "mixed_counts",
    "most_first",
    "nearness",
    "pick_segments",
    "random_sample",
    "spread_out",
    "stratified_sample",
    "stratum_chances",
    "stratum_counts",
]
