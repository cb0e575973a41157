"""Limits of one request: memory, processor time and time by the clock."""

from __future__ import annotations

import math
from typing import NamedTuple

__all__ = ["Limits"]

_MB = 1 << 20


class Limits(NamedTuple):
    """What a process may take for one request.

    Attributes
    ----------
    memory : int
        Bytes of memory.
    seconds : float
        Seconds of the processor for a small file.
    seconds_per_mb : float
        Further seconds for each megabyte of the file.
    clock_factor, clock_extra : float
        Seconds by the clock for each of the processor, and further ones: other programs use it as well.
    """

    memory: int = 1536 * _MB
    seconds: float = 60.0
    seconds_per_mb: float = 3.0
    clock_factor: float = 2.0
    clock_extra: float = 1.0

    def of(self, size: int) -> float:
        """Return the seconds of the processor that a file of so many bytes may take."""
        return self.seconds + self.seconds_per_mb * size / _MB

    def processor(self, size: int) -> int:
        """Return these seconds as a whole number, not less."""
        return math.ceil(self.of(size))

    def clock(self, size: int) -> float:
        """Return the seconds by the clock that a file of so many bytes may take."""
        return self.clock_factor * self.processor(size) + self.clock_extra
