"""Frequencies: how often each code occurs, counted over the complete grid or estimated from a sample."""

from __future__ import annotations

from fourp_nlp.frequencies.anchoring import Anchoring, anchoring
from fourp_nlp.frequencies.comparison import Comparison, Scale, compare, figure_of
from fourp_nlp.frequencies.cooccurrence import cooccurrence, rates
from fourp_nlp.frequencies.counts import By, Unit, check_cases, count
from fourp_nlp.frequencies.document_tests import Adjustment, GroupTest, adjust_p_values, group_test
from fourp_nlp.frequencies.estimate import Estimate, Method, Target
from fourp_nlp.frequencies.estimators import CORRELATION
from fourp_nlp.frequencies.prevalence import prevalence
from fourp_nlp.frequencies.sample_size import Need, PlanMethod, segments_needed
from fourp_nlp.frequencies.wide_table import with_totals

__all__ = [
    "CORRELATION",
    "Adjustment",
    "Anchoring",
    "By",
    "Comparison",
    "Estimate",
    "GroupTest",
    "Method",
    "Need",
    "PlanMethod",
    "Scale",
    "Target",
    "Unit",
    "adjust_p_values",
    "anchoring",
    "check_cases",
    "compare",
    "cooccurrence",
    "count",
    "figure_of",
    "group_test",
    "prevalence",
    "rates",
    "segments_needed",
    "with_totals",
]
