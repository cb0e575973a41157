"""The lines of a document, with what each could be."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from fourp_nlp.turns.passage_edges import BULLET, after_marks, is_only_marks
from fourp_nlp.turns.time_stamps import MARK, are_running, seconds_of

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ENDS", "Page", "is_speech"]

ENDS = frozenset('.!?…。！？؟۔।”"’»)]}—–-:;：*')
"""What the last character of a whole sentence, or of one that was cut off, may be."""

_SPEECH_ENDS = frozenset('.!?…。！？؟۔।”"’»)]—–')
_DIGIT = re.compile(r"\d")
_LONGEST_TIME = 60
_MOST_ASKED = 200
_READ_FOR_WORDS = 1_000_000
_DASHES = (" – ", " — ", " - ", " | ", " → ", " -> ")
_FEWEST_DASHES = 4


def is_speech(words: str) -> bool:
    """Tell whether words could be somebody's speech: a sentence, or more than seven words."""
    if not words:
        return True
    if words[-1] in _SPEECH_ENDS or len(words.split(None, 8)) > 7:
        return True
    return any(mark in words for mark in "?？؟。")


class Page:
    """A document by its lines.

    Parameters
    ----------
    lines : sequence of str
        The lines, without white space at their ends.

    Attributes
    ----------
    lines : list of str
        The same.
    begins : list of int
        Where the words of each line begin, behind notes and times.
    is_time : list of bool
        Whether a line is times alone.
    is_timed : bool
        Whether the document's lines begin with times, one after the other.
    speech : dict of int to tuple of (int, bool)
        For lines that were asked about: whether what stands behind a place could be speech.
    filled, blocks : int
        How many lines are not empty, and how many of them follow an empty one.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = list(lines)
        self.is_timed = self._timed()
        self.begins = [0] * len(self.lines)
        self.is_time = [False] * len(self.lines)
        self._stamped = [False] * len(self.lines)
        self.filled = 0
        self.blocks = 0
        self._asked: dict[str, bool] = {}
        self.speech: dict[int, tuple[int, bool]] = {}
        before = ""
        for place, line in enumerate(self.lines):
            if line:
                self.filled += 1
                self.blocks += not before
                if not line[0].isalpha():
                    begin = after_marks(line, 0, len(line), timed=self.is_timed)
                    self.begins[place] = begin
                    if begin:
                        head = line[:begin]
                        self._stamped[place] = _DIGIT.search(head) is not None
                    if begin == len(line) or (len(line) <= _LONGEST_TIME and is_only_marks(line)):
                        self.is_time[place] = _DIGIT.search(line) is not None
                        self.begins[place] = len(line) if self.is_time[place] else begin
            before = line

    @cached_property
    def places(self) -> int:
        """In how many places a turn may begin."""
        if self.blocks >= 4:
            return self.blocks
        if not self.width:
            return self.filled
        return sum(self.is_regular(place) for place, line in enumerate(self.lines) if line)

    @cached_property
    def text(self) -> str:
        """The lines as one text."""
        return "\n".join(self.lines)

    @cached_property
    def dashes(self) -> tuple[str, ...]:
        """The signs between a name and words that the document has often enough."""
        return tuple(sign for sign in _DASHES if self.text.count(sign) >= _FEWEST_DASHES)

    @cached_property
    def has_wide_colons(self) -> bool:
        """Whether there is a colon of Chinese or Japanese writing."""
        return "：" in self.text

    def lines_with(self, words: Sequence[str], longest: int) -> list[int]:
        """Return the lines up to some length that hold any of some words, given in small letters."""
        places = [at for at, line in enumerate(self.lines) if line and len(line) <= longest]
        lines = [self.lines[at].lower() for at in places]
        text = "\n".join(lines)
        starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
        numbers: set[int] = set()
        for word in words:
            at = text.find(word)
            while at >= 0:
                number = bisect_right(starts, at) - 1
                numbers.add(places[number])
                at = text.find(word, starts[number + 1])
        return sorted(numbers)

    def _timed(self) -> bool:
        times = [
            seconds_of(mark.group())
            for line in self.lines
            if line and line[0].isdigit() and (mark := MARK.match(line))
        ]
        filled = sum(1 for line in self.lines if line)
        return len(times) >= 3 and len(times) >= 0.25 * filled and are_running(times)

    def is_stamped(self, place: int) -> bool:
        """Tell whether a line begins with a time, or stands under a line of times alone."""
        return self._stamped[place] or (place > 0 and self.is_time[place - 1])

    def follows_empty(self, place: int) -> bool:
        """Tell whether a line is the first of all, or stands under an empty one."""
        return place == 0 or not self.lines[place - 1]

    def is_regular(self, place: int) -> bool:
        """Tell whether a line is where a turn may begin, and not within a wrapped sentence."""
        if self.follows_empty(place) or self.is_time[place - 1]:
            return True
        before = self.lines[place - 1]
        return before[-1] in ENDS or not self.width or len(before) < 0.75 * self.width

    @cached_property
    def width(self) -> int:
        """How wide the lines are where sentences are wrapped at a margin; 0 where they are not."""
        pairs = [(one, other) for one, other in pairwise(self.lines) if one and other]
        goes_on = [len(one) for one, other in pairs if one[-1] not in ENDS and other[0].islower()]
        if len(goes_on) < max(3, 0.15 * len(pairs)):
            return 0
        widths = sorted(goes_on)
        return widths[len(widths) // 2]

    def below(self, place: int) -> int:
        """Return the next line that is not empty, at most one empty line below; -1 if there is none."""
        for other in (place + 1, place + 2):
            if other < len(self.lines) and self.lines[other]:
                return other
        return -1

    def has_small(self, words: Sequence[str]) -> bool:
        """Tell whether all of these words are also written in small letters somewhere.

        A name is not, and "housing" in a text about it is.
        """
        return bool(words) and all(self._small(word) for word in words)

    def _small(self, word: str) -> bool:
        if word not in self._asked:
            if len(self._asked) >= _MOST_ASKED:
                return True
            self._asked[word] = self._finds(word)
        return self._asked[word]

    def _finds(self, word: str) -> bool:
        if not word[:1].islower():
            return False
        at = self.text.find(f" {word}", 0, _READ_FOR_WORDS)
        while at >= 0:
            after = self.text[at + 1 + len(word) : at + 2 + len(word)]
            if not after.isalnum():
                return True
            at = self.text.find(f" {word}", at + 1, _READ_FOR_WORDS)
        return False

    def is_item(self, place: int) -> bool:
        """Tell whether a line is an item of a list."""
        return BULLET.match(self.lines[place], self.begins[place]) is not None
