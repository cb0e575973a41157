"""Frequencies: how often each code occurs, counted over the complete grid or estimated from a sample.

Modules
-------
`anchoring`: Do suggestions influence coders? Agreement with the machine, with its suggestions shown and
    without.
`_coded_samples`: Partly coded segments: people's codes of a probability sample, one draw or many at once.
`comparison`: Two groups' prevalences compared: difference, ratio, odds ratio and Cohen's h, with
    intervals.
`cooccurrence`: Co-occurrence of codes in segments, and rates of codes per 1,000 words.
`counts`: Counts of codes by case, document or group.
`document_tests`: Permutation tests of groups of documents, and adjustment of p-values for many codes.
`estimate`: An estimate: its value, interval and target, or the reason why there is none.
`estimators`: Estimators of a prevalence over one draw or many at once: values and ends of intervals.
`prevalence`: How often a code occurs: estimates from machine codes of all segments and people's codes of
    a sample.
`_probability_strata`: Cells of segments with similar machine probabilities, and people's codes counted in
    them.
`sample_size`: How many segments people must code at random for a wanted margin, from what is known so
    far.
`_score_intervals`: Score intervals and tests for weighted sums of shares, over arrays.
`wide_table`: The wide table of frequencies: a row per code, a column per case, with totals.
"""

from __future__ import annotations

from fourp_nlp.frequencies.anchoring import Anchoring, anchoring
from fourp_nlp.frequencies.comparison import Comparison, Scale, compare, figure_of
from fourp_nlp.frequencies.cooccurrence import cooccurrence, rates
from fourp_nlp.frequencies.counts import By, Unit, check_cases, count, occurrences
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
    "occurrences",
    "prevalence",
    "rates",
    "segments_needed",
    "with_totals",
]
