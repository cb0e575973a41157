"""Standard errors by published formulas, which take units to be independent.

`fourp_nlp.agreement.intervals.analytic` makes intervals of them and says more.

References
----------
Fleiss, J. L., Cohen, J. and Everitt, B. S. (1969). Large sample standard errors of kappa and
    weighted kappa. Psychological Bulletin 72, 323-327.
Gwet, K. L. (2008). Computing inter-rater reliability and its variance in the presence of high
    agreement. British Journal of Mathematical and Statistical Psychology 61, 29-48.
Gwet, K. L. (2011). On the Krippendorff's alpha coefficient. Advanced Analytics, revised October 28, 2011.
Gwet, K. L. (2014). Handbook of inter-rater reliability, 4th ed. Advanced Analytics.
Gwet, K. L. (2021). Large-sample variance of Fleiss generalized kappa. Educational and
    Psychological Measurement 81, 781-790.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from fourp_nlp.agreement.intervals.tallies import Patterns, Tallies

__all__ = [
    "Chance",
    "StandardError",
    "alpha_error",
    "brennan_prediger_chance",
    "cohen_kappa_error",
    "conger_chance",
    "gwet_chance",
    "linearised",
    "no_chance",
    "shares_chance",
]

Numbers = npt.NDArray[np.float64]
Chance = Callable[["Patterns", Numbers], tuple[float, Numbers]]
"""Takes patterns of labels and weights; returns agreement by chance and each pattern's part in it."""


class StandardError(NamedTuple):
    """How the standard error of a coefficient is computed.

    Attributes
    ----------
    error : callable
        Takes the sums of all units, their patterns of labels, the weights of agreement and the value of
        the coefficient; returns the standard error.
    fewest_labels : int
        Labels that a unit must have to count: 1 or 2.
    quantile : {"t", "t_of_coded", "normal"}
        What the error is multiplied with: Student's t, with one degree of freedom less than units that
        count, or than units with any label; or the normal quantile.
    """

    error: Callable[[Tallies, Patterns, Numbers, float], float]
    fewest_labels: int = 1
    quantile: Literal["t", "t_of_coded", "normal"] = "t"


def cohen_kappa_error(sums: Tallies, patterns: Patterns, w: Numbers, kappa: float) -> float:
    """Return the standard error of Cohen's kappa with weights (Fleiss, Cohen and Everitt 1969)."""
    del patterns
    n = float(sums.paired)
    p = sums.table / n
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    chance = float(rows @ w @ columns)
    means = (w @ columns)[:, None] + rows @ w
    spread = np.sum(p * (w - means * (1 - kappa)) ** 2) - (kappa - chance * (1 - kappa)) ** 2
    return float(np.sqrt(max(spread, 0.0) / n) / (1 - chance))


def linearised(chance_of: Chance) -> Callable[[Tallies, Patterns, Numbers, float], float]:
    """Return Gwet's linearised standard error for a coefficient (Po - Pe) / (1 - Pe).

    Parameters
    ----------
    chance_of : callable
        Takes patterns and weights; returns Pe and each pattern's part in it.

    Returns
    -------
    callable
        For `StandardError.error`.
    """

    def error(sums: Tallies, patterns: Patterns, w: Numbers, value: float) -> float:
        del sums
        units, chosen = patterns.units, patterns.chosen
        n, m = float(units.sum()), chosen.sum(axis=1)
        paired = m >= 2
        pairs = np.where(paired, m * (m - 1), 1.0)
        observed = np.where(paired, (chosen * (chosen @ w - 1)).sum(axis=1) / pairs, 0.0)
        chance, parts = chance_of(patterns, w)
        counted = n / float(units[paired].sum())
        of_unit = counted * np.where(paired, observed - chance, 0.0) / (1 - chance)
        of_unit -= 2 * (1 - value) * (parts - chance) / (1 - chance)
        return float(np.sqrt(units @ (of_unit - value) ** 2 / (n * (n - 1))))

    return error


def no_chance(patterns: Patterns, w: Numbers) -> tuple[float, Numbers]:
    """Return no agreement by chance: for percent agreement."""
    del w
    return 0.0, np.zeros(len(patterns.units))


def brennan_prediger_chance(patterns: Patterns, w: Numbers) -> tuple[float, Numbers]:
    """Return the mean weight: every category is guessed as often."""
    return float(w.mean()), np.full(len(patterns.units), float(w.mean()))


def gwet_chance(patterns: Patterns, w: Numbers) -> tuple[float, Numbers]:
    """Return agreement by chance as AC1 and AC2 have it (Gwet 2008, 2014)."""
    units, chosen = patterns.units, patterns.chosen
    m, q = chosen.sum(axis=1), len(w)
    p = units @ (chosen / m[:, None]) / float(units.sum())
    factor = float(w.sum()) / (q * (q - 1))
    return factor * float(p @ (1 - p)), factor * (chosen @ (1 - p)) / m


def shares_chance(patterns: Patterns, w: Numbers) -> tuple[float, Numbers]:
    """Return agreement by chance from the categories' mean shares: Fleiss' kappa and Scott's pi."""
    units, chosen = patterns.units, patterns.chosen
    m = chosen.sum(axis=1)
    p = units @ (chosen / m[:, None]) / float(units.sum())
    return float(p @ w @ p), chosen @ w @ p / m


def conger_chance(patterns: Patterns, w: Numbers) -> tuple[float, Numbers]:
    """Return agreement by chance from each coder's own shares: Conger's kappa (Gwet 2014)."""
    units = patterns.units
    n = float(units.sum())
    active = patterns.rows[:, (patterns.rows >= 0).any(axis=0)]
    g = active.shape[1]
    chose = (active[:, :, None] == np.arange(len(w))).astype(np.float64)
    given = chose.sum(axis=2)
    per_coder = units @ given
    p = np.einsum("u,ugk->gk", units, chose) / per_coder[:, None]
    others = p.sum(axis=0) - p
    chance = float(np.sum((p @ w) * others)) / (g * (g - 1))
    part = (chose - (given - per_coder / n)[:, :, None] * p) * (n / per_coder)[:, None]
    return chance, np.einsum("ugl,lk,gk->u", part, w, others) / (g * (g - 1))


def alpha_error(sums: Tallies, patterns: Patterns, w: Numbers, value: float) -> float:
    """Return the standard error of alpha with weights (Gwet 2011, 2014)."""
    del sums, value
    units, chosen = patterns.units, patterns.chosen
    n, m = float(units.sum()), chosen.sum(axis=1)
    mean = float(units @ m) / n
    extra = (m - mean) / mean
    p = units @ chosen / (n * mean)
    raw = (chosen * (chosen @ w - 1)).sum(axis=1) / (mean * (m - 1))
    without = float(units @ raw) / n
    chance = float(p @ w @ p)
    centre = (without - chance) / (1 - chance)
    of_unit = (raw - without * extra - chance) / (1 - chance)
    parts = chosen @ w @ p / mean - chance * extra
    of_unit -= 2 * (1 - centre) * (parts - chance) / (1 - chance)
    return float(np.sqrt(units @ (of_unit - centre) ** 2 / (n * (n - 1))))
