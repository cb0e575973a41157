"""Text that a site repeats from page to page, kept once."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING

from fourp_nlp.word_count import count_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["ON_PAGES", "Repeated"]

ON_PAGES = 3
"""A line that stands on so many pages of a site is the site's, and none of theirs."""


class Repeated:
    """Finds the lines that a site repeats, and leaves them out after their first page.

    Lines are compared without regard to case. All pages of a site are shown to `see` first; then each
    is handed to `without`, in the same order.
    """

    def __init__(self) -> None:
        self._pages: Counter[bytes] = Counter()
        self._said: set[bytes] = set()

    def see(self, text: str) -> None:
        """Count the lines of a page, each once.

        Parameters
        ----------
        text : str
            The page's normalised text.
        """
        self._pages.update({_key(line) for line in text.split("\n") if line})

    def without(self, text: str) -> tuple[str, int]:
        """Return a page's text without what earlier pages said of what the site repeats.

        The text is normalised; a repeated line stays on the first page that has it. Returns also
        how many words were left out.
        """
        kept: list[str] = []
        left: list[str] = []
        for line in text.split("\n"):
            key = _key(line)
            if line and self._pages[key] >= ON_PAGES:
                if key in self._said:
                    left.append(line)
                    continue
                self._said.add(key)
            kept.append(line)
        if not left:
            return text, 0
        return _tidy(kept), sum(count_words(line) for line in left)


def _key(line: str) -> bytes:
    return hashlib.blake2b(line.casefold().encode(), digest_size=8).digest()


def _tidy(lines: Sequence[str] | Iterable[str]) -> str:
    """Join lines; where several empty ones have come together, one stays."""
    tidied: list[str] = []
    for line in lines:
        if line or (tidied and tidied[-1]):
            tidied.append(line)
    return "\n".join(tidied).strip("\n")
