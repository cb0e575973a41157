"""The coefficients of two coders and one code as functions of the two-by-two table.

Each takes and returns arrays, so that a thousand resampled tables cost one call. An undefined
coefficient is nan. The formulas are those of the general functions, which the tests hold them to.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["FORMULAS", "TwoByTwo", "f1_of", "precision_of", "prevalence_of", "recall_of"]

Numbers = npt.NDArray[np.float64]


class TwoByTwo(NamedTuple):
    """Counts of units, all four of one shape.

    Parameters
    ----------
    both, only_a, only_b, neither : numpy.ndarray of float64
        Units that both coders, only the first, only the second, and neither gave the code.
    """

    both: Numbers
    only_a: Numbers
    only_b: Numbers
    neither: Numbers

    @property
    def n(self) -> Numbers:
        """How many units were compared."""
        return self.both + self.only_a + self.only_b + self.neither

    @property
    def ones(self) -> Numbers:
        """How often the code was given, by the two coders together."""
        return 2 * self.both + self.only_a + self.only_b

    @property
    def zeros(self) -> Numbers:
        """How often the code was withheld, by the two coders together."""
        return 2 * self.neither + self.only_a + self.only_b


def _share(part: Numbers, whole: Numbers) -> Numbers:
    """Return part / whole, nan where the whole is nothing."""
    made = np.full(np.broadcast(part, whole).shape, np.nan)
    np.divide(part, whole, out=made, where=whole > 0)
    return made


def _percent(table: TwoByTwo) -> Numbers:
    return _share(table.both + table.neither, table.n)


def _cohen_kappa(table: TwoByTwo) -> Numbers:
    # (Po - Pe) / (1 - Pe), both multiplied by n squared.
    a, b, n = table.both + table.only_a, table.both + table.only_b, table.n
    chance = a * b + (n - a) * (n - b)
    return _share((table.both + table.neither) * n - chance, n * n - chance)


def _krippendorff_alpha(table: TwoByTwo) -> Numbers:
    # Of N = 2n labels: Do = 2 (only_a + only_b) / N, De = 2 ones zeros / (N (N - 1)).
    disagreement = (2 * table.n - 1) * (table.only_a + table.only_b)
    return 1.0 - _share(disagreement, table.ones * table.zeros)


def _gwet_ac1(table: TwoByTwo) -> Numbers:
    share = _share(table.ones, 2 * table.n)
    chance = 2 * share * (1 - share)
    return (_percent(table) - chance) / (1 - chance)


def precision_of(table: TwoByTwo) -> Numbers:
    """Return the share of the second coder's codes that the first coder gave as well."""
    return _share(table.both, table.both + table.only_b)


def recall_of(table: TwoByTwo) -> Numbers:
    """Return the share of the first coder's codes that the second coder gave as well."""
    return _share(table.both, table.both + table.only_a)


def f1_of(table: TwoByTwo) -> Numbers:
    """Return the harmonic mean of precision and recall; 0 where only one coder used the code."""
    return _share(2 * table.both, table.ones)


def prevalence_of(table: TwoByTwo) -> Numbers:
    """Return the mean of the two coders' shares of units with the code."""
    return _share(table.ones, 2 * table.n)


FORMULAS: Mapping[str, Callable[[TwoByTwo], Numbers]] = MappingProxyType(
    {
        "percent": _percent,
        "cohen_kappa": _cohen_kappa,
        "krippendorff_alpha": _krippendorff_alpha,
        "gwet_ac1": _gwet_ac1,
        "precision": precision_of,
        "recall": recall_of,
        "f1": f1_of,
    }
)
