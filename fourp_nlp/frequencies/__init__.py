"""Frequencies: how often each code occurs, counted over the complete grid or estimated from a sample.

Modules
-------
`anchoring`: Do suggestions sway the people who see them? Agreement with the machine, shown and blind.
`_coded_samples`: Partly coded segments: what people coded of a probability sample, one draw or many at
    once.
`comparison`: Two groups' prevalences compared: difference, ratio, odds ratio and Cohen's h, with
    intervals.
`cooccurrence`: Which codes occur together, and how often codes occur for so many words.
`counts`: Counting codes by case, document or group.
`document_tests`: Do groups of documents differ in a code? Tests that hand out whole documents, and many
    tests at once.
`estimate`: What an estimate is: its value and interval, what it is of, or the reason why there is none.
`estimators`: Estimators of a prevalence over one draw or many at once: values and ends of intervals.
`prevalence`: How often a code occurs: estimates from machine codes on everything and people's codes on
    a sample.
`_probability_strata`: Cells of segments of which the machine says much the same, and people's codes
    counted in them.
`sample_size`: How many segments people must code at random for a wanted margin, from what is known so
    far.
`_score_intervals`: Score intervals and tests for weighted sums of shares, over arrays.
`wide_table`: The table of frequencies as a reader wants it: codes down, cases across, with totals.
"""

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
