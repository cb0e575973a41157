"""Agreement between coders: coefficients of arrays of labels, with a reason where undefined."""

from __future__ import annotations

from fourp_nlp.agreement._alpha import krippendorff_alpha
from fourp_nlp.agreement._alt_test import EPSILON, AltTest, Verdict, alt_test, alt_test_table
from fourp_nlp.agreement._chance import percent_agreement
from fourp_nlp.agreement._choices import brennan_prediger, gwet_ac1
from fourp_nlp.agreement._kappas import cohen_kappa, conger_kappa, fleiss_kappa, scott_pi
from fourp_nlp.agreement._reference import f1, precision, recall
from fourp_nlp.agreement._result import Coefficient
from fourp_nlp.agreement._sets import krippendorff_alpha_sets, masi_distance
from fourp_nlp.agreement._table import agreement_table

__all__ = [
    "EPSILON",
    "AltTest",
    "Coefficient",
    "Verdict",
    "agreement_table",
    "alt_test",
    "alt_test_table",
    "brennan_prediger",
    "cohen_kappa",
    "conger_kappa",
    "f1",
    "fleiss_kappa",
    "gwet_ac1",
    "krippendorff_alpha",
    "krippendorff_alpha_sets",
    "masi_distance",
    "percent_agreement",
    "precision",
    "recall",
    "scott_pi",
]
