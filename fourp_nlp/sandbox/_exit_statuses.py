"""Exit statuses of a child process that exceeded a limit."""

from __future__ import annotations

__all__ = ["OVER_MEMORY", "OVER_TIME"]

OVER_MEMORY, OVER_TIME = 71, 72
