"""Calibration: whether probabilities equal observed shares; functions of arrays, without projects.

Modules
-------
`bins`: Bins of probabilities, reliability diagrams, and what a calibrated model would show in them.
`calibration_slope`: Calibration slope and intercept: logistic regression of outcomes on log odds.
`error_measures`: Measures of how far the probabilities of one code are from its outcomes.
`_intervals`: Confidence intervals of calibration measures: a jackknife over documents, and a lower
    limit to its width.
`minimum_evidence`: How many positive segments and documents a measure needs before it can be relied on.
`table`: All calibration measures of every code and of all codes pooled, with intervals.
"""

from __future__ import annotations

from fourp_nlp.machine.calibration.bins import (
    equal_count_bins,
    equal_expectation_bins,
    probability_histogram,
    reliability_points,
    shares_if_calibrated,
)
from fourp_nlp.machine.calibration.calibration_slope import cox_line
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
