"""The coefficients as functions of sums over units.

Each takes sums of any number of corpora and returns a value for each, nan where it is undefined:
a thousand resampled corpora cost one call. All are 1 - Do / De, disagreement observed over
disagreement to be expected by chance, which is (Po - Pe) / (1 - Pe) without its rounding. Sources
stand with the functions for single matrices; with weights all are those of Gwet (2014).
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from fourp_nlp.agreement.formulas.chance_agreement import ALL_THE_SAME
from fourp_nlp.agreement.formulas.label_matrix import NO_PAIR, NO_PAIR_OF_TWO
from fourp_nlp.agreement.formulas.uniform_chance import ONE_CATEGORY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fourp_nlp.agreement.formulas.alpha import Level
    from fourp_nlp.agreement.intervals.tallies import Tallies

__all__ = ["FORMULAS", "OF_TWO", "Name", "alpha_of", "why_undefined"]

Numbers = npt.NDArray[np.float64]

Name = Literal[
    "percent",
    "cohen_kappa",
    "scott_pi",
    "fleiss_kappa",
    "conger_kappa",
    "gwet_ac",
    "brennan_prediger",
]
OF_TWO: frozenset[str] = frozenset({"cohen_kappa", "scott_pi"})


def _share(part: Numbers, whole: Numbers) -> Numbers:
    """Return part / whole, nan where the whole is nothing."""
    made = np.full(np.broadcast(part, whole).shape, np.nan)
    np.divide(part, whole, out=made, where=whole > 0)
    return made


def _between(first: Numbers, disagreements: Numbers, second: Numbers) -> Numbers:
    """Return the disagreement of two distributions over categories, shape (...)."""
    return np.asarray(((first @ disagreements) * second).sum(axis=-1), dtype=np.float64)


def _percent(sums: Tallies, disagreements: Numbers) -> Numbers:
    del disagreements
    return 1.0 - _share(sums.disagreement, sums.paired)


def _fleiss_kappa(sums: Tallies, disagreements: Numbers) -> Numbers:
    p = _share(sums.shares, sums.coded[..., None])
    observed = _share(sums.disagreement, sums.paired)
    return np.asarray(1.0 - _share(observed, _between(p, disagreements, p)), dtype=np.float64)


def _conger_kappa(sums: Tallies, disagreements: Numbers) -> Numbers:
    per_coder = sums.labels.sum(axis=-1)
    p = np.nan_to_num(_share(sums.labels, per_coder[..., None]))
    g = (per_coder > 0).sum(axis=-1)
    together = p.sum(axis=-2)
    own = _between(p, disagreements, p).sum(axis=-1)
    expected = _share(_between(together, disagreements, together) - own, g * (g - 1.0))
    return 1.0 - _share(_share(sums.disagreement, sums.paired), expected)


def _of_table(sums: Tallies, disagreements: Numbers, *, pooled: bool) -> Numbers:
    n = sums.table.sum(axis=(-1, -2))
    observed = (sums.table * disagreements).sum(axis=(-1, -2))
    first, second = sums.table.sum(axis=-1), sums.table.sum(axis=-2)
    if pooled:
        first = second = (first + second) / 2
    return 1.0 - _share(observed * n, _between(first, disagreements, second))


def _cohen_kappa(sums: Tallies, disagreements: Numbers) -> Numbers:
    return _of_table(sums, disagreements, pooled=False)


def _scott_pi(sums: Tallies, disagreements: Numbers) -> Numbers:
    return _of_table(sums, disagreements, pooled=True)


def _gwet_ac(sums: Tallies, disagreements: Numbers) -> Numbers:
    q = sums.n_categories
    if q < 2:
        return np.full(sums.paired.shape, np.nan)
    p = _share(sums.shares, sums.coded[..., None])
    weights = q * q - disagreements.sum()
    chance = weights / (q * (q - 1)) * (p * (1 - p)).sum(axis=-1)
    observed = _share(sums.disagreement, sums.paired)
    return np.asarray(1.0 - observed / (1.0 - chance), dtype=np.float64)


def _brennan_prediger(sums: Tallies, disagreements: Numbers) -> Numbers:
    if sums.n_categories < 2:
        return np.full(sums.paired.shape, np.nan)
    observed = _share(sums.disagreement, sums.paired)
    return np.asarray(1.0 - observed / disagreements.mean(), dtype=np.float64)


FORMULAS: Mapping[str, Callable[[Tallies, Numbers], Numbers]] = MappingProxyType(
    {
        "percent": _percent,
        "cohen_kappa": _cohen_kappa,
        "scott_pi": _scott_pi,
        "fleiss_kappa": _fleiss_kappa,
        "conger_kappa": _conger_kappa,
        "gwet_ac": _gwet_ac,
        "brennan_prediger": _brennan_prediger,
    }
)


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
    n = met.sum(axis=-1)
    if level == "ordinal":
        ranks = np.cumsum(met, axis=-1) - met / 2
        apart = (ranks[..., :, None] - ranks[..., None, :]) ** 2
    elif level == "interval":
        apart = (values[:, None] - values) ** 2
    elif level == "ratio":
        apart = np.nan_to_num(_share(np.abs(values[:, None] - values), values[:, None] + values))
        apart **= 2
    else:
        apart = 1.0 - np.eye(coincidences.shape[-1])
    observed = (coincidences * apart).sum(axis=(-1, -2))
    expected = (met[..., :, None] * met[..., None, :] * apart).sum(axis=(-1, -2))
    return 1.0 - _share((n - 1) * observed, expected)


def why_undefined(name: str, sums: Tallies) -> str:
    """Say why a coefficient of one corpus is undefined.

    Parameters
    ----------
    name : str
        Name of the coefficient.
    sums : Tallies
        The sums of one corpus, shape (width,).

    Returns
    -------
    str
        The reason, in plain words.
    """
    if float(sums.paired) == 0:
        return NO_PAIR_OF_TWO if sums.n_coders == 2 else NO_PAIR
    if name in {"gwet_ac", "brennan_prediger"}:
        return ONE_CATEGORY
    return ALL_THE_SAME
