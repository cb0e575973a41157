"""Which segments people should code next: choices over arrays, with their inclusion probabilities.

Only what is drawn at random has an inclusion probability, and it is exact. The other choices look for
segments that the machine would learn most from; what they pick stands for nothing but itself.

Modules
-------
`arms`: Random assignment of segments to two arms, within documents.
`diversity`: Diverse segments: far from each other and from segments that are coded already.
`draws`: A draw of segments as it is recorded: its facts, the drawn segments, and the sheet that shows
    them.
`informativeness`: Scores for active learning: uncertainty and disagreement, code by code.
`probability_samples`: Probability samples: every segment has a known probability of being drawn.
`strategies`: Sampling strategies by name: which segments a draw picks, in which order, with which
    probability.
"""

from __future__ import annotations

from fourp_nlp.coding.sampling.arms import half_within
from fourp_nlp.coding.sampling.diversity import spread_out
from fourp_nlp.coding.sampling.informativeness import disagreement, highest_in_turn, nearness
from fourp_nlp.coding.sampling.probability_samples import (
    Allocation,
    chances_of_equal_strata,
    random_sample,
    stratified_sample,
    stratum_chances,
    stratum_counts,
)
from fourp_nlp.coding.sampling.strategies import Strategy, mixed_counts, pick_segments

__all__ = [
    "Allocation",
    "Strategy",
    "chances_of_equal_strata",
    "disagreement",
    "half_within",
    "highest_in_turn",
    "mixed_counts",
    "nearness",
    "pick_segments",
    "random_sample",
    "spread_out",
    "stratified_sample",
    "stratum_chances",
    "stratum_counts",
]
