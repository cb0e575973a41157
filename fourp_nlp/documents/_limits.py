"""How much one file may take to be read: memory, time, pages and text."""

from __future__ import annotations

import math
from typing import NamedTuple

__all__ = ["LIMITS", "MAX_CHARACTERS", "MAX_PAGES", "Limits"]

MAX_PAGES = 10_000
"""Pages of a PDF."""
MAX_CHARACTERS = 100_000_000
"""Characters that the texts of one file may have together, before they are normalised."""

_MB = 1 << 20


class Limits(NamedTuple):
    """What the process that reads one file may take.

    Attributes
    ----------
    memory : int
        Bytes of memory.
    seconds : float
        Seconds of the processor for a small file.
    seconds_per_mb : float
        Further seconds for each megabyte of the file.
    """

    memory: int = 1536 * _MB
    seconds: float = 60.0
    seconds_per_mb: float = 3.0

    def processor(self, size: int) -> int:
        """Return the seconds of the processor that a file of so many bytes may take."""
        return math.ceil(self.seconds + self.seconds_per_mb * size / _MB)

    def clock(self, size: int) -> float:
        """Return the seconds by the clock: more than of the processor, which others use as well."""
        return 2.0 * self.processor(size) + 1.0


LIMITS = Limits()
"""What is allowed where nothing else is said."""
