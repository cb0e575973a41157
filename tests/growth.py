"""Work that must grow no faster than its input, told without a limit in seconds: a slow machine is slow twice."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

TIMES = 8
"""How much larger the large input is. Work that grows with its square takes 64 times as long."""
ALLOWED = 4 * TIMES
ATTEMPTS = 3


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
        least = min(least, large / max(small, 1e-3))
        if least <= ALLOWED:
            break
    return least


def _seconds(work: Callable[[int], object], size: int) -> float:
    start = time.process_time()
    work(size)
    return time.process_time() - start


def assert_linear(work: Callable[[int], object], size: int) -> None:
    """Fail if work takes much longer on a larger input than in proportion to its size."""
    times = growth(work, size)
    assert times <= ALLOWED, f"{TIMES} times the input takes {times:.0f} times as long"
