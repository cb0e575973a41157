"""Matches what people write in comments to codes: names, ids, paths and misspelt names."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CodeFinder", "Match", "folded", "labels_of", "one_line"]

_CLOSE = 0.75  # difflib's ratio below which no typing error is looked for
_SHORTEST = 5  # characters; in shorter words a changed letter makes another word
_LONG = 12  # characters from which two changed letters are a typing error


class Match(NamedTuple):
    """The code of a name: the node's number (-1: none), whether the name was misspelt, why there is none."""

    node: int
    guessed: bool = False
    why: str = ""


def one_line(text: str) -> str:
    """Return a text with single spaces for all its white space."""
    return " ".join(text.split())


def folded(text: str) -> str:
    """Return a text without case, accents, white space and punctuation."""
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(letter for letter in letters if letter.isalnum())


def labels_of(nodes: pd.DataFrame) -> list[str]:
    """Return a unique name for each code; differences in spelling do not count.

    It has one line; where several have the same name, the code's theme or else its id follows in
    brackets.
    """
    names = [
        one_line(name) or one_line(code) or "code"
        for name, code in zip(nodes["name"], nodes["code"], strict=True)
    ]
    by_guid = dict(zip(nodes["guid"], names, strict=True))
    labels = list(names)
    for bracket in (
        [by_guid.get(parent, "") for parent in nodes["parent"]],
        list(nodes["code"]),
        list(nodes["guid"]),
    ):
        seen = Counter(map(_key, labels))
        labels = [
            label if seen[_key(label)] == 1 or not context else f"{name} [{one_line(context)}]"
            for label, name, context in zip(labels, names, bracket, strict=True)
        ]
    return labels


def _key(label: str) -> str:
    return folded(label) or label


class CodeFinder:
    """Finds codes by what people write.

    Parameters
    ----------
    nodes : pandas.DataFrame
        The table NODES.
    """

    def __init__(self, nodes: pd.DataFrame) -> None:
        self.labels = labels_of(nodes)
        self.names = [one_line(name) for name in nodes["name"]]
        codes = [one_line(code) for code in nodes["code"]]
        self.codable = list(nodes["codable"])
        paths = self._paths(list(nodes["guid"]), list(nodes["parent"]))
        columns = [self.labels, self.names, codes]
        tiers = [[[text] for text in column] for column in columns]
        tiers += [[[folded(text)] for text in column] for column in columns]
        # Folding takes colons and arrows away: "Theme: code", "Theme > code" and "Theme/code" are one.
        tiers.append(
            [
                [
                    folded(text)
                    for depth in range(2, len(path) + 1)
                    for text in (" ".join(path[-depth:]), " ".join([path[-1], *path[-depth:-1]]))
                ]
                for path in paths
            ]
        )
        self.tiers = [_numbered(tier) for tier in tiers]
        self.spelt = _numbered(
            [
                [folded(text) for text in pair if len(folded(text)) >= _SHORTEST]
                for pair in zip(self.names, codes, strict=True)
            ]
        )
        self.longest = max(map(len, self.spelt), default=0) + 2
        self.known: dict[str, Match] = {}

    def _paths(self, guids: list[str], parents: list[str]) -> list[list[str]]:
        place = {guid: number for number, guid in enumerate(guids)}
        paths = []
        for number in range(len(guids)):
            path, seen, at = [self.names[number]], {number}, number
            while (above := place.get(parents[at], -1)) >= 0 and above not in seen:
                path.insert(0, self.names[above])
                seen.add(above)
                at = above
            paths.append(path)
        return paths

    def find(self, written: str, *, guess: bool = True) -> Match:
        """Return the code that a text names.

        `written` is a code's name or id, its theme before or after it, or the path to it; case,
        accents, white space and punctuation do not matter. If `guess`, a misspelt name is matched:
        with one letter left out, added, changed or swapped with its neighbour; two such in names of
        twelve letters or more.
        """
        key = f"{guess:d}{one_line(written)}"
        if key not in self.known:
            self.known[key] = self._find(one_line(written), guess=guess)
        return self.known[key]

    def _find(self, text: str, *, guess: bool) -> Match:
        key = folded(text)
        for number, tier in enumerate(self.tiers):
            search_key = text if number < 3 else key
            if search_key and (match := self._one(tier.get(search_key, []))):
                return match
        last = re.split(r"[>/\\|]", text)[-1]
        if last != text and last.strip():
            return self._find(last.strip(), guess=guess)
        return self._guess(key) if guess else Match(-1)

    def _one(self, nodes: list[int]) -> Match | None:
        if not nodes:
            return None
        applied = [node for node in nodes if self.codable[node]]
        if len(applied) == 1:
            return Match(applied[0])
        if applied:
            return Match(-1, why="several codes have this name")
        return Match(-1, why="it is a theme, which is not applied to text")

    def _guess(self, key: str) -> Match:
        if not _SHORTEST <= len(key) <= self.longest:
            return Match(-1)
        close = difflib.get_close_matches(key, list(self.spelt), n=5, cutoff=_CLOSE)
        allowed = 2 if len(key) >= _LONG else 1
        near = {
            node
            for spelt in close
            if _edits(key, spelt) <= allowed
            for node in self.spelt[spelt]
            if self.codable[node]
        }
        return Match(near.pop(), guessed=True) if len(near) == 1 else Match(-1)


def _numbered(keys: list[list[str]]) -> dict[str, list[int]]:
    numbers_by_key: defaultdict[str, list[int]] = defaultdict(list)
    for number, listed in enumerate(keys):
        for key in dict.fromkeys(listed):
            if key:
                numbers_by_key[key].append(number)
    return dict(numbers_by_key)


def _edits(first: str, second: str) -> int:
    """Return the optimal string alignment distance: letters added, left out, changed, neighbours swapped.

    Damerau, F. J. (1964). A technique for computer detection and correction of spelling errors.
    *Communications of the ACM*, 7(3), 171-176; in its restricted form, no letter is touched twice.
    """
    before: list[int] = []
    row = list(range(len(second) + 1))
    for number, letter in enumerate(first, start=1):
        following = [number]
        for at, other in enumerate(second, start=1):
            cost = min(row[at] + 1, following[-1] + 1, row[at - 1] + (letter != other))
            if number > 1 and at > 1 and letter == second[at - 2] and first[number - 2] == other:
                cost = min(cost, before[at - 2] + 1)
            following.append(cost)
        before, row = row, following
    return row[-1]
