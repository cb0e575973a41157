"""Hard places for sentence ends (`tests/data/boundaries.txt`), and how a program does on them.

A place lies between two letters or digits that follow each other in a text; what belongs to no sentence
(speakers' labels, times, numbers of a list) is passed over. A program cuts there if it puts the two into
different sentences. So nothing depends on whether a program keeps quotation marks, spaces or labels.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PLACES = Path(__file__).resolve().parent / "data" / "boundaries.txt"
FRESH = PLACES.with_name("boundaries_fresh.txt")
LINES = {"headings", "lists", "transcripts", "wrapped lines", "lines"}
"""Kinds that are about the lines of a text; most programs are made for running text."""

_SEEMS_AN_END = re.compile(r"[.!?…]+(?:[ ]\.)*[\"'”’)\]]*(?=\s)|\n")


@dataclass
class Item:
    """A text with its places.

    Attributes
    ----------
    kind : str
        What makes it hard.
    text : str
        The text without marks.
    letters : list of int
        Positions of the letters and digits that belong to sentences.
    ends, others : set of int
        Places where a sentence ends, and where it looks so and none does: place ``n`` is behind the
        letter ``letters[n]``.
    """

    kind: str
    text: str
    letters: list[int] = field(default_factory=list)
    ends: set[int] = field(default_factory=set)
    others: set[int] = field(default_factory=set)

    @property
    def places(self) -> set[int]:
        return self.ends | self.others

    def cuts(self, spans: Iterable[tuple[int, int]]) -> set[int]:
        """Return the places where sentences with these spans are cut."""
        owner = [-1] * len(self.text)
        for number, (start, end) in enumerate(spans):
            owner[start:end] = [number] * (end - start)
        owners = [owner[position] for position in self.letters]
        return {n for n, (one, next_) in enumerate(pairwise(owners)) if one != next_}

    def around(self, place: int, width: int = 24) -> str:
        """Return the words around a place, with a bar at it."""
        at = self.letters[place] + 1
        words = f"{self.text[max(0, at - width) : at]}‖{self.text[at : at + width]}"
        return words.replace("\n", "⏎")


@dataclass
class Score:
    """How many places a program got right.

    Attributes
    ----------
    ends, others : int
        Places where a sentence ends, and where none does.
    found, false : int
        Cuts where a sentence ends, and all other cuts, also where nobody marked a place.
    right : int
        Places that are right.
    """

    ends: int = 0
    others: int = 0
    found: int = 0
    false: int = 0
    right: int = 0

    @property
    def recall(self) -> float:
        return self.found / self.ends if self.ends else float("nan")

    @property
    def precision(self) -> float:
        cuts = self.found + self.false
        return self.found / cuts if cuts else float("nan")

    @property
    def f1(self) -> float:
        total = self.ends + self.found + self.false
        return 2 * self.found / total if total else float("nan")

    @property
    def places(self) -> int:
        return self.ends + self.others

    def add(self, item: Item, cuts: set[int]) -> None:
        """Count the places of an item that was cut at these places, marked or not."""
        self.ends += len(item.ends)
        self.others += len(item.others)
        self.found += len(cuts & item.ends)
        self.false += len(cuts - item.ends)
        self.right += len(cuts & item.ends) + len(item.others - cuts)


def read_items(path: Path = PLACES) -> list[Item]:
    """Return the items of the file; a place that nobody decided is an error."""
    kind, raw = "", []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("="):
            kind = line[1:].strip()
        elif line.startswith("    "):
            words = line[4:]
            raw[-1] = (kind, raw[-1][1] + "\n" + ("" if words == "¶" else words))
        elif line and not line.startswith("#"):
            raw.append((kind, line))
    return [_item(kind, marked) for kind, marked in raw]


def _item(kind: str, marked: str) -> Item:
    item, is_free, seeming = Item(kind, ""), False, set()
    for mark in marked:
        if mark in "{}":
            is_free = mark == "{"
        elif mark in "|~":
            (item.ends if mark == "|" else item.others).add(len(item.letters) - 1)
        else:
            if mark.isalnum() and not is_free:
                item.letters.append(len(item.text))
            item.text += mark
    for seems in _SEEMS_AN_END.finditer(item.text):
        seeming.add(bisect_left(item.letters, seems.end()) - 1)
    if undecided := seeming - item.places - {-1, len(item.letters) - 1}:
        raise ValueError(f"Nobody decided: {[item.around(place) for place in undecided]}")
    if item.ends & item.others or max(item.places) >= len(item.letters) - 1:
        raise ValueError(f"Two decisions about a place, or one at the very end: {marked}")
    return item


def spans_of(text: str, sentences: Sequence[str]) -> list[tuple[int, int]]:
    """Return where sentences stand that a program gave as strings, by their letters and digits."""
    letters = [at for at, mark in enumerate(text) if mark.isalnum()]
    spans, taken = [], 0
    for sentence in sentences:
        count = sum(mark.isalnum() for mark in sentence)
        if count:
            spans.append((letters[taken], letters[taken + count - 1] + 1))
        taken += count
    if taken != len(letters):
        raise ValueError(f"The sentences are not those of the text: {text[:60]}")
    return spans
