"""The limit on the length of one file's text."""

from __future__ import annotations

__all__ = ["MAX_CHARACTERS", "MAX_PAGES"]

MAX_PAGES = 10_000
"""Pages of a PDF."""
MAX_CHARACTERS = 100_000_000
"""Characters that the texts of one file may have together, before they are normalised."""
