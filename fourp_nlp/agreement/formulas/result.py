"""What a coefficient returns: its value, or the reason why it has none."""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["Coefficient", "undefined"]


@dataclass(frozen=True)
class Coefficient:
    """The value of a coefficient, or the reason why it has none.

    Parameters
    ----------
    value : float
        The coefficient, nan where it is undefined.
    reason : str
        Why it is undefined, in plain words; empty where it is defined.
    """

    value: float
    reason: str = ""

    @property
    def defined(self) -> bool:
        """Whether the coefficient has a value."""
        return not math.isnan(self.value)


def undefined(reason: str) -> Coefficient:
    """Return a coefficient without a value.

    Parameters
    ----------
    reason : str
        Why it has none.

    Returns
    -------
    Coefficient
        nan, with the reason.
    """
    return Coefficient(math.nan, reason)
