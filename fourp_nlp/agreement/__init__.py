"""Agreement between coders: coefficients of arrays of labels, with a reason where undefined.

Modules
-------
`formulas/`: Agreement coefficients as functions of label matrices and counts.
`intervals/`: Confidence intervals of agreement coefficients.
`alternative_annotator`: The alternative annotator test: whether a machine may take the place of one of
    several people.
`cautions`: Cautions and numbers of codings beside coefficients: what they rest on, and when that is
    little.
`coefficients`: The registry of agreement coefficients: one record each, from which everything else
    about them is derived.
`confusion`: Confused codes: where one coder gave one code and another coder gave a different one in its
    place.
`item_table`: Coefficients, intervals and cautions of many items at once, from sums by document, as a
    table.
`levels`: Labels of codes, of themes, and of all codes pooled, for each choice of units.
`macro_f1`: The macro-F1: the mean of the codes' F1, with an interval.
`many_coders`: The agreement of any number of coders on every code, with intervals by document.
`many_pairs`: The agreement of many pairs of coders on every code, all pairs at once.
`paradox`: Why kappa and AC1 differ, in words: prevalence, bias, or disagreement about the rarer answer.
`rho`: Shaffer's rho: how often coders who agree too little reach an observed kappa by chance.
`thresholds`: Thresholds: whether an interval lies below, above or across values that the user named.
`two_coders`: The agreement of two coders on every code, every theme and overall: the short table of
    pairs.
`unitizing`: Krippendorff's alphas for unitizing: coders mark spans of their own choice in a text, with
    codes.
"""

from __future__ import annotations

from fourp_nlp.agreement.alternative_annotator import (
    EPSILON,
    AltTest,
    Verdict,
    alt_test,
    alt_test_table,
)
from fourp_nlp.agreement.coefficients import (
    COEFFICIENTS,
    CoefficientDefinition,
    chance_corrected_ids,
    find_coefficient,
    known_coefficient,
    select_coefficients,
    shown_coefficients,
)
from fourp_nlp.agreement.formulas.alpha import krippendorff_alpha
from fourp_nlp.agreement.formulas.alpha_of_sets import krippendorff_alpha_sets, masi_distance
from fourp_nlp.agreement.formulas.chance_agreement import percent_agreement
from fourp_nlp.agreement.formulas.indices import bias_index, prevalence_index
from fourp_nlp.agreement.formulas.marginal_chance import (
    cohen_kappa,
    conger_kappa,
    fleiss_kappa,
    scott_pi,
)
from fourp_nlp.agreement.formulas.reference_coder import f1, precision, recall
from fourp_nlp.agreement.formulas.result import Coefficient
from fourp_nlp.agreement.formulas.uniform_chance import brennan_prediger, gwet_ac1
from fourp_nlp.agreement.formulas.weighted import (
    gwet_ac2,
    weighted_brennan_prediger,
    weighted_cohen_kappa,
    weighted_conger_kappa,
    weighted_fleiss_kappa,
    weighted_percent,
)
from fourp_nlp.agreement.formulas.weights import agreement_weights
from fourp_nlp.agreement.intervals.analytic import Analytic, analytic_interval, analytic_intervals
from fourp_nlp.agreement.intervals.bootstrap_estimate import Estimate, estimate, estimate_alpha
from fourp_nlp.agreement.intervals.bootstrap_sets import estimate_alpha_sets
from fourp_nlp.agreement.intervals.document_intervals import Drawing
from fourp_nlp.agreement.intervals.share_intervals import wilson
from fourp_nlp.agreement.many_coders import agreement_of_codes
from fourp_nlp.agreement.many_pairs import agreement_of_pairs
from fourp_nlp.agreement.paradox import PARADOX_OF, kappa_paradox
from fourp_nlp.agreement.rho import Rho, shaffer_rho, shaffer_rho_of
from fourp_nlp.agreement.thresholds import against_thresholds
from fourp_nlp.agreement.two_coders import agreement_table, pair_table
from fourp_nlp.agreement.unitizing import (
    Spans,
    Unitizing,
    unitizing_alpha_of_code,
    unitizing_alphas,
)

__all__ = [
    "COEFFICIENTS",
    "EPSILON",
    "PARADOX_OF",
    "AltTest",
    "Analytic",
    "Coefficient",
    "CoefficientDefinition",
    "Drawing",
    "Estimate",
    "Rho",
    "Spans",
    "Unitizing",
    "Verdict",
    "against_thresholds",
    "agreement_of_codes",
    "agreement_of_pairs",
    "agreement_table",
    "agreement_weights",
    "alt_test",
    "alt_test_table",
    "analytic_interval",
    "analytic_intervals",
    "bias_index",
    "brennan_prediger",
    "chance_corrected_ids",
    "cohen_kappa",
    "conger_kappa",
    "estimate",
    "estimate_alpha",
    "estimate_alpha_sets",
    "f1",
    "find_coefficient",
    "fleiss_kappa",
    "gwet_ac1",
    "gwet_ac2",
    "kappa_paradox",
    "known_coefficient",
    "krippendorff_alpha",
    "krippendorff_alpha_sets",
    "masi_distance",
    "pair_table",
    "percent_agreement",
    "precision",
    "prevalence_index",
    "recall",
    "scott_pi",
    "select_coefficients",
    "shaffer_rho",
    "shaffer_rho_of",
    "shown_coefficients",
    "unitizing_alpha_of_code",
    "unitizing_alphas",
    "weighted_brennan_prediger",
    "weighted_cohen_kappa",
    "weighted_conger_kappa",
    "weighted_fleiss_kappa",
    "weighted_percent",
    "wilson",
]
