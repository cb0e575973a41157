"""How much memory another process holds."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["memory_of"]

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
        return 0
