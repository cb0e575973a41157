"""Calibration: whether probabilities mean what they say; figures of arrays that know nothing of projects.

Modules
-------
`bins`: Segments put into bins by their probability, and what a calibrated machine would show in them.
`calibration_slope`: The line that would set log odds right: its slope and intercept.
`error_measures`: How far probabilities lie from what happened, each figure of one code's segments.
`_intervals`: How far a figure of calibration may be off: by document, and never surer than its
    positives allow.
`minimum_evidence`: How much coded text a figure must rest on before it is more than a hint.
`table`: All figures of calibration for every code and for all codes pooled, with intervals.
"""

from __future__ import annotations

from fourp_nlp.machine.calibration.bins import (
    equal_count_bins,
    equal_expectation_bins,
    probability_histogram,
    reliability_points,
    shares_if_calibrated,
)
from fourp_nlp.machine.calibration.calibration_slope import CoxLine, cox_line
from fourp_nlp.machine.calibration.error_measures import (
    brier_score,
    brier_skill,
    calibration_error,
    debiased_calibration_error,
)
from fourp_nlp.machine.calibration.minimum_evidence import (
    FEW_DOCUMENTS,
    FEW_POSITIVES,
    is_uncertain,
)
from fourp_nlp.machine.calibration.table import BINS, calibration_table

__all__ = [
    "BINS",
    "FEW_DOCUMENTS",
    "FEW_POSITIVES",
    "CoxLine",
    "brier_score",
    "brier_skill",
    "calibration_error",
    "calibration_table",
    "cox_line",
    "debiased_calibration_error",
    "equal_count_bins",
    "equal_expectation_bins",
    "is_uncertain",
    "probability_histogram",
    "reliability_points",
    "shares_if_calibrated",
]
