"""Limits that a child process sets for itself: by the system, or watched by a thread."""

from __future__ import annotations

import os
import threading
import time
from contextlib import suppress

from fourp_nlp.sandbox._exit_statuses import OVER_MEMORY, OVER_TIME
from fourp_nlp.sandbox.process_memory import peak

try:
    import resource
except ImportError:  # Windows has none
    resource = None  # type: ignore[assignment]

__all__ = ["Watch", "limit_memory", "limit_processor"]

_EACH = 0.25
_MOST_IDLE = 120.0
# Addresses are reserved without being used; the limit on what is written to counts.
_ADDRESSES = 2 << 30


class Watch:
    """A thread that ends this process: alone, idle too long, or beyond a limit that the system lacks.

    Parameters
    ----------
    memory : int
        Bytes that it may hold; 0 for any number.
    """

    def __init__(self, memory: int) -> None:
        self._memory = memory
        self._parent = os.getppid()
        self._until = time.monotonic() + _MOST_IDLE
        self._busy = False
        threading.Thread(target=self._run, daemon=True).start()

    def works(self, seconds: float) -> None:
        """Note that a request is being answered, for so many seconds at most."""
        self._until = time.monotonic() + seconds
        self._busy = True

    def rests(self) -> None:
        """Note that no request is being answered."""
        self._busy = False
        self._until = time.monotonic() + _MOST_IDLE

    def _run(self) -> None:
        while True:
            time.sleep(_EACH)
            if os.getppid() != self._parent:
                os._exit(0)
            if time.monotonic() > self._until:
                os._exit(OVER_TIME if self._busy else 0)
            if self._busy and self._memory and peak() > self._memory:
                os._exit(OVER_MEMORY)


def limit_memory(memory: int) -> None:
    """Have the system refuse this process more memory, even where Python has no say.

    Parameters
    ----------
    memory : int
        Bytes that it may hold; 0 for any number.
    """
    if resource is None:
        return
    if not memory:
        return
    for name, most in (
        ("RLIMIT_DATA", memory),
        ("RLIMIT_AS", memory + _ADDRESSES),
        ("RLIMIT_CORE", 0),
    ):
        _limit(getattr(resource, name), most)


def limit_processor(seconds: float) -> None:
    """Have the system end this process when it computes too long, even where Python has no say.

    Parameters
    ----------
    seconds : float
        Seconds of the processor from now on; the system rounds them up.
    """
    if resource is None:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = int(used.ru_utime + used.ru_stime + seconds) + 1
    # The first limit alone: the last one could not be raised for the next request.
    _limit(resource.RLIMIT_CPU, most, last=resource.getrlimit(resource.RLIMIT_CPU)[1])


def _limit(kind: int, most: int, *, last: int | None = None) -> None:
    # Where the system or whoever runs it allows less, that holds; where it knows no such limit, the
    # others do.
    with suppress(OSError, ValueError):
        allowed = resource.getrlimit(kind)[1]
        if allowed != resource.RLIM_INFINITY:
            most = min(most, allowed)
        resource.setrlimit(kind, (most, most if last is None else last))
