"""Calibration: whether probabilities mean what they say; figures of arrays that know nothing of projects."""

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
