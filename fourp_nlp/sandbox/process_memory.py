"""Measuring the memory of a process."""

from __future__ import annotations

import os
import sys
from pathlib import Path

try:
    import resource
except ImportError:  # Windows has none
    resource = None  # type: ignore[assignment]

__all__ = ["memory_of", "most_resident", "peak"]

_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 0


def memory_of(process: int) -> int:
    """Return the bytes of memory that a process holds.

    Parameters
    ----------
    process : int
        Its number.

    Returns
    -------
    int
        0 where the system does not tell.
    """
    try:
        return int(Path(f"/proc/{process}/statm").read_bytes().split()[1]) * _PAGE
    except (OSError, ValueError, IndexError):
        return 0 if sys.platform == "linux" else _memory_elsewhere(process)


def peak() -> int:
    """Return the most memory that this process has held, in bytes; 0 where the system does not tell."""
    # Where there is no /proc. Linux would count what the process held that this one was started from.
    return most_resident() if sys.platform == "darwin" else _high_water()


def most_resident() -> int:
    """Return the most memory that the system counts for this process, in bytes; 0 where it does not."""
    if resource is None:
        return 0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def _memory_elsewhere(process: int) -> int:
    try:
        import psutil  # type: ignore[import-untyped, unused-ignore]

        return int(psutil.Process(process).memory_info().rss)
    except Exception:  # noqa: BLE001 - not installed, or the process has just ended
        return 0


def _high_water() -> int:
    try:
        with open("/proc/self/status", "rb") as status:  # noqa: PTH123 - several times a second
            line = next((line for line in status if line.startswith(b"VmHWM:")), b"x 0")
    except OSError:
        return 0
    return int(line.split()[1]) * 1024
