"""Frequencies: how often each code occurs, counted over the complete grid or estimated from a sample."""

from __future__ import annotations

from fourp_nlp.frequency._anchoring import Anchoring, anchoring
from fourp_nlp.frequency._by_document import (
    Adjustment,
    GroupTest,
    adjust_p_values,
    group_test,
)
from fourp_nlp.frequency._compare import Comparison, Scale, compare, figure_of
from fourp_nlp.frequency._count import By, Unit, check_cases, count
from fourp_nlp.frequency._estimate import Estimate, Method, Target
from fourp_nlp.frequency._means import CORRELATION
from fourp_nlp.frequency._plan import Need, PlanMethod, segments_needed
from fourp_nlp.frequency._prevalence import prevalence
from fourp_nlp.frequency._together import cooccurrence, rates
from fourp_nlp.frequency._wide import with_totals

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
