"""Finds the passage most similar to a quote that a text does not contain."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Integers = npt.NDArray[np.int64]

__all__ = ["LIKE", "Near", "Words"]

LIKE = 0.9
"""How like a quote a passage must be: the share of letters that both have in the same order."""

_WORD = re.compile(r"\w+")
_FEWEST_WORDS, _FEWEST_LETTERS = 3, 12
_LONGEST = 4_000  # characters of a quote: comparing takes the square of it
# Words of a quote and places of them that are looked at, the rarest first.
_MOST_PLACES = 4_000
_MOST_WINDOWS = 12
_STEP = 3  # words by which the edges of a passage are moved to fit


class Near(NamedTuple):
    """A passage that is like a quote."""

    start: int
    end: int
    likeness: float


class Words:
    """The words of a text and where they stand.

    Parameters
    ----------
    text : str
        The text.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        spans = [match.span() for match in _WORD.finditer(text)]
        self._spans: Integers = np.array(spans, dtype=np.int64).reshape(-1, 2)
        self._words = [text[start:end].casefold() for start, end in spans]
        self._places: dict[str, list[int]] = {}
        for at, word in enumerate(self._words):
            self._places.setdefault(word, []).append(at)

    def nearest(self, quote: str) -> list[Near]:
        """Return the passages that are like a quote, the most alike first.

        The time that it takes does not grow with the text: only where rare words of the quote stand in its
        order is anything compared.

        Passages do not overlap; each is at least as like as `LIKE`, and numbers in it are the same
        as in the quote. There is none for a quote of few letters.
        """
        quote_words = [word.casefold() for word in _WORD.findall(quote[: _LONGEST + 1])]
        quote_text = " ".join(quote_words)
        if len(quote_words) < _FEWEST_WORDS or not _FEWEST_LETTERS <= len(quote_text) <= _LONGEST:
            return []
        passages: list[Near] = []
        for first, last in self._windows(quote_words):
            near = self._best(quote_words, quote_text, first, last)
            if near is not None and not any(
                near.start < passage.end and passage.start < near.end for passage in passages
            ):
                passages.append(near)
        return sorted(passages, key=lambda passage: -passage.likeness)

    def _windows(self, quote_words: list[str]) -> list[tuple[int, int]]:
        """Return stretches of words in which many of the wanted ones stand in their order."""
        lists = sorted(
            ((at, self._places.get(word, [])) for at, word in enumerate(quote_words)),
            key=lambda pair: len(pair[1]),
        )
        begins: list[Integers] = []
        looked_at = 0
        for at, places in lists:
            if not places:
                continue
            if begins and looked_at + len(places) > _MOST_PLACES:
                break
            looked_at += len(places)
            begins.append(np.array(places[:_MOST_PLACES], dtype=np.int64) - at)
        if not begins:
            return []
        # Words that were left out or put in shift what comes behind them.
        width = max(4, len(quote_words) // 4)
        boxes, votes = np.unique(np.concatenate(begins) // width, return_counts=True)
        together = votes.copy()
        beside = np.flatnonzero(np.diff(boxes) == 1)
        together[beside] += votes[beside + 1]
        order = np.argsort(-together, kind="stable")[:_MOST_WINDOWS]
        return [
            (
                max(int(boxes[at]) * width - width, 0),
                min((int(boxes[at]) + 2) * width + len(quote_words) + width, len(self._words)),
            )
            for at in order
        ]

    def _best(self, quote_words: list[str], quote_text: str, first: int, last: int) -> Near | None:
        """Return the passage within a stretch of words that is most like the quote, if it is like it."""
        from rapidfuzz import fuzz

        words = self._words[first:last]
        around = " ".join(words)
        match = fuzz.partial_ratio_alignment(quote_text, around)
        if match is None or match.score < 100 * (LIKE - 0.15):
            return None
        if len(around) < len(quote_text):
            begin, until = 0, len(words)
        else:
            ends = np.cumsum([len(word) + 1 for word in words])
            begin = int(np.searchsorted(ends, match.dest_start, side="right"))
            until = int(np.searchsorted(ends, match.dest_end, side="left")) + 1
        best, place = self._fitted(quote_text, words, begin, until)
        if best < LIKE:
            return None
        start, end = first + place[0], first + place[1]
        if _numbers(quote_words) != _numbers(self._words[start:end]):
            return None
        return Near(int(self._spans[start, 0]), int(self._spans[end - 1, 1]), best)

    @staticmethod
    def _fitted(
        quote_text: str, words: list[str], begin: int, until: int
    ) -> tuple[float, tuple[int, int]]:
        """Move the edges of a passage to where it is most like the quote."""
        from rapidfuzz.distance import Indel

        best, place = 0.0, (begin, until)
        for start in range(max(begin - _STEP, 0), min(begin + _STEP + 1, len(words))):
            for end in range(max(until - _STEP, start + 1), min(until + _STEP, len(words)) + 1):
                likeness = Indel.normalized_similarity(quote_text, " ".join(words[start:end]))
                if likeness > best:
                    best, place = likeness, (start, end)
        return best, place


def _numbers(words: list[str]) -> list[str]:
    return [word for word in words if word.isdigit()]
