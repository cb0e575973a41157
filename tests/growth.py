"""Work that must grow no faster than its input, told without a limit in seconds: a slow machine is slow twice."""

from __future__ import annotations

import gc
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

TIMES = 8
"""How much larger the large input is. Work that grows with its square takes 64 times as long."""
ALLOWED = 4 * TIMES
ATTEMPTS = 3
LEAST = 2e-3
"""Seconds below which a clock says little."""


def growth(work: Callable[[int], object], size: int) -> float:
    """Return how many times as long work takes on an input of a size as on an eighth of it.

    Parameters
    ----------
    work : callable
        Is handed a size.
    size : int
        The larger size.

    Returns
    -------
    float
        The least of some attempts, in processor time; at most `ALLOWED` if the work grows in proportion.
    """
    least = float("inf")
    for _ in range(ATTEMPTS):
        small, large = (_seconds(work, n) for n in (size // TIMES, size))
        least = min(least, large / max(small, LEAST))
        if least <= ALLOWED:
            break
    return least


def _seconds(work: Callable[[int], object], size: int) -> float:
    # What other tests left in memory is looked through now and then, in the middle of this work.
    gc.disable()
    try:
        start = time.process_time()
        work(size)
        return time.process_time() - start
    finally:
        gc.enable()


def assert_linear(work: Callable[[int], object], size: int) -> None:
    """Fail if work takes much longer on a larger input than in proportion to its size."""
    times = growth(work, size)
    assert times <= ALLOWED, f"{TIMES} times the input takes {times:.0f} times as long"
