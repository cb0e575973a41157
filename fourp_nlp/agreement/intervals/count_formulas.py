"""The coefficients as functions of sums over units.

Each takes the sums (`Tallies`) of any number of corpora and the disagreements of categories, and
returns a value for each corpus, nan where it is undefined: a thousand resampled corpora cost one
call. Those that correct for chance are 1 - Do / De, disagreement observed over disagreement
expected by chance, which is (Po - Pe) / (1 - Pe) without its rounding error. The functions of
single matrices name the sources; with weights all are those of Gwet (2014).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from fourp_nlp.agreement.formulas.alpha import Level
    from fourp_nlp.agreement.intervals.tallies import Tallies

__all__ = [
    "alpha_of",
    "brennan_prediger_of",
    "cohen_kappa_of",
    "conger_kappa_of",
    "fleiss_kappa_of",
    "gwet_ac_of",
    "krippendorff_alpha_of",
    "negative_agreement_of",
    "percent_of",
    "positive_agreement_of",
    "precision_of",
    "recall_of",
    "scott_pi_of",
    "share_of",
]

Numbers = npt.NDArray[np.float64]


def share_of(part: Numbers, whole: Numbers) -> Numbers:
    """Return part / whole, nan where the whole is nothing."""
    shares = np.full(np.broadcast(part, whole).shape, np.nan)
    np.divide(part, whole, out=shares, where=whole > 0)
    return shares


def _between(first: Numbers, disagreements: Numbers, second: Numbers) -> Numbers:
    """Return the disagreement of two distributions over categories, shape (...)."""
    return np.asarray(((first @ disagreements) * second).sum(axis=-1), dtype=np.float64)


def percent_of(sums: Tallies, disagreements: Numbers) -> Numbers:
    """Return the share of agreement, with no allowance for chance."""
    del disagreements
    return 1.0 - share_of(sums.disagreement, sums.paired)


def fleiss_kappa_of(sums: Tallies, disagreements: Numbers) -> Numbers:
    """Return Fleiss' kappa."""
    p = share_of(sums.shares, sums.coded[..., None])
    observed = share_of(sums.disagreement, sums.paired)
    return np.asarray(1.0 - share_of(observed, _between(p, disagreements, p)), dtype=np.float64)


def conger_kappa_of(sums: Tallies, disagreements: Numbers) -> Numbers:
    """Return Conger's kappa."""
    per_coder = sums.labels.sum(axis=-1)
    p = np.nan_to_num(share_of(sums.labels, per_coder[..., None]))
    g = (per_coder > 0).sum(axis=-1)
    pooled = p.sum(axis=-2)
    same_coder = _between(p, disagreements, p).sum(axis=-1)
    expected = share_of(_between(pooled, disagreements, pooled) - same_coder, g * (g - 1.0))
    return 1.0 - share_of(share_of(sums.disagreement, sums.paired), expected)


def _of_table(sums: Tallies, disagreements: Numbers, *, pooled: bool) -> Numbers:
    n = sums.table.sum(axis=(-1, -2))
    observed = (sums.table * disagreements).sum(axis=(-1, -2))
    first, second = sums.table.sum(axis=-1), sums.table.sum(axis=-2)
    if pooled:
        first = second = (first + second) / 2
    return 1.0 - share_of(observed * n, _between(first, disagreements, second))


def cohen_kappa_of(sums: Tallies, disagreements: Numbers) -> Numbers:
    """Return Cohen's kappa, of two coders."""
    return _of_table(sums, disagreements, pooled=False)


def scott_pi_of(sums: Tallies, disagreements: Numbers) -> Numbers:
    """Return Scott's pi, of two coders."""
    return _of_table(sums, disagreements, pooled=True)


def gwet_ac_of(sums: Tallies, disagreements: Numbers) -> Numbers:
    """Return Gwet's AC1, with weights AC2."""
    q = sums.n_categories
    if q < 2:
        return np.full(sums.paired.shape, np.nan)
    p = share_of(sums.shares, sums.coded[..., None])
    weights = q * q - disagreements.sum()
    chance = weights / (q * (q - 1)) * (p * (1 - p)).sum(axis=-1)
    observed = share_of(sums.disagreement, sums.paired)
    return np.asarray(1.0 - observed / (1.0 - chance), dtype=np.float64)


def brennan_prediger_of(sums: Tallies, disagreements: Numbers) -> Numbers:
    """Return the coefficient of Brennan and Prediger."""
    if sums.n_categories < 2:
        return np.full(sums.paired.shape, np.nan)
    observed = share_of(sums.disagreement, sums.paired)
    return np.asarray(1.0 - observed / disagreements.mean(), dtype=np.float64)


def krippendorff_alpha_of(sums: Tallies, disagreements: Numbers) -> Numbers:
    """Return Krippendorff's alpha of categories without an order, or with weights."""
    return _alpha(sums.coincidences, disagreements)


def positive_agreement_of(sums: Tallies, disagreements: Numbers) -> Numbers:
    """Return how often a coder's code is met by another coder's; of two coders this is F1.

    Parameters
    ----------
    sums : Tallies
        Of the two categories 0 (the code is absent) and 1.
    disagreements : numpy.ndarray of float64, shape (2, 2)
        Not used.

    Returns
    -------
    numpy.ndarray of float64, shape (...)
        From 0 to 1; nan if no coder gave the code to a unit with two labels.

    Notes
    -----
    Cicchetti and Feinstein (1990): 2 a / (2 a + b + c), which is F1. For more coders, of
    Krippendorff's coincidences, o_11 / n_1: the share of the code's labels that a label drawn from
    the same unit's others repeats.
    """
    del disagreements
    return _specific_agreement(sums, 1)


def negative_agreement_of(sums: Tallies, disagreements: Numbers) -> Numbers:
    """Return `positive_agreement_of` of the category 0: how often the code's absence is met by another's."""
    del disagreements
    return _specific_agreement(sums, 0)


def _specific_agreement(sums: Tallies, category: int) -> Numbers:
    coincidences = sums.coincidences[..., category, :]
    return share_of(coincidences[..., category], coincidences.sum(axis=-1))


def precision_of(sums: Tallies, disagreements: Numbers) -> Numbers:
    """Return the share of the second coder's codes that the first coder gave as well."""
    del disagreements
    return share_of(sums.table[..., 1, 1], sums.table[..., :, 1].sum(axis=-1))


def recall_of(sums: Tallies, disagreements: Numbers) -> Numbers:
    """Return the share of the first coder's codes that the second coder gave as well."""
    del disagreements
    return share_of(sums.table[..., 1, 1], sums.table[..., 1, :].sum(axis=-1))


def alpha_of(coincidences: Numbers, values: Numbers, level: Level = "nominal") -> Numbers:
    """Return Krippendorff's alpha of coincidences.

    Parameters
    ----------
    coincidences : numpy.ndarray of float64, shape (..., q, q)
        How often categories met within units, each unit's pairs over m - 1.
    values : numpy.ndarray of float64, shape (q,)
        The categories as numbers, ascending; of use for all levels but "nominal".
    level : {"nominal", "ordinal", "interval", "ratio"}
        What the categories are.

    Returns
    -------
    numpy.ndarray of float64, shape (...)
        nan where no label has a partner, or all those are the same.
    """
    met = coincidences.sum(axis=-1)
    if level == "ordinal":
        ranks = np.cumsum(met, axis=-1) - met / 2
        distances = (ranks[..., :, None] - ranks[..., None, :]) ** 2
    elif level == "interval":
        distances = (values[:, None] - values) ** 2
    elif level == "ratio":
        distances = np.abs(values[:, None] - values)
        distances = np.nan_to_num(share_of(distances, values[:, None] + values)) ** 2
    else:
        distances = 1.0 - np.eye(coincidences.shape[-1])
    return _alpha(coincidences, distances)


def _alpha(coincidences: Numbers, distances: Numbers) -> Numbers:
    met = coincidences.sum(axis=-1)
    n = met.sum(axis=-1)
    observed = (coincidences * distances).sum(axis=(-1, -2))
    expected = (met[..., :, None] * met[..., None, :] * distances).sum(axis=(-1, -2))
    return np.asarray(1.0 - share_of((n - 1) * observed, expected), dtype=np.float64)
