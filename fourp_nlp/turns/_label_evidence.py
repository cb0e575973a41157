"""Evidence for labels: how often names recur, and whether speech follows."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from fourp_nlp.turns._lines import is_speech
from fourp_nlp.turns.passage_edges import is_only_marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fourp_nlp.turns._lines import Page
    from fourp_nlp.turns.label_candidates import Sighting

__all__ = ["Names", "changes", "has_speech", "is_form_sheet", "share_of_places"]

_LONGEST_TIME = 60


class Names(NamedTuple):
    """How often each name was seen, and in how many of these cases speech follows it."""

    times: Counter[str]
    spoken: Counter[str]
    small: frozenset[str]

    @classmethod
    def of(cls, page: Page, sightings: Iterable[Sighting]) -> Names:
        count: Counter[str] = Counter()
        spoken: Counter[str] = Counter()
        small: set[str] = set()
        for one in sightings:
            key = one.key
            count[key] += 1
            spoken[key] += has_speech(page, one)
            if one.name.islower():
                small.add(key)
        return cls(count, spoken, frozenset(small))

    def speaks(self, one: Sighting) -> bool:
        return self.speaks_by(one.key)

    def speaks_by(self, key: str) -> bool:
        return 2 * self.spoken[key] >= self.times[key]

    def all_spoken(self) -> Names:
        """Return the same where everything is known to be speech."""
        return self._replace(spoken=self.times)

    @property
    def recurring(self) -> int:
        return sum(times > 1 for times in self.times.values())

    @property
    def share_spoken(self) -> float:
        return self.spoken.total() / max(1, self.times.total())


def has_speech(page: Page, one: Sighting) -> bool:
    """Tell whether what stands behind a label, or below it, could be speech."""
    known = page.speech.get(one.line)
    if known is None or known[0] != one.end:
        known = page.speech[one.line] = (one.end, _has_speech(page, one))
    return known[1]


def _has_speech(page: Page, one: Sighting) -> bool:
    words = page.lines[one.line][one.end :].strip()
    if words and (words[0].isalpha() or len(words) > _LONGEST_TIME or not is_only_marks(words)):
        return is_speech(words) or _goes_on(page, one.line, words)
    below = page.below(one.bottom)
    if below < 0:
        return True
    return not page.is_item(below) and is_speech(page.lines[below])


def _goes_on(page: Page, line: int, words: str) -> bool:
    """Tell whether words are the first line of speech that was wrapped."""
    below = page.lines[line + 1] if line + 1 < len(page.lines) else ""
    return below[:1].islower() and is_speech(f"{words} {below}")


def changes(sightings: Sequence[Sighting]) -> float:
    """Return in how many cases the next label is another name's."""
    names = [one.key for one in sightings]
    pairs = list(pairwise(names))
    return sum(one != other for one, other in pairs) / max(1, len(pairs))


def is_form_sheet(page: Page, sightings: Sequence[Sighting]) -> bool:
    """Tell whether labels are the fields of a form: always in one order, with short values."""
    if len({one.key for one in sightings}) < 3 or Names.of(page, sightings).share_spoken >= 0.5:
        return False
    after: dict[str, Counter[str]] = {}
    keys = [one.key for one in sightings]
    for one, other in pairwise(keys):
        after.setdefault(one, Counter())[other] += 1
    usual = sum(followers.most_common(1)[0][1] for followers in after.values())
    return usual >= 0.8 * (len(keys) - 1)


def share_of_places(page: Page, number: int) -> float:
    """Return how many of the places where a turn may begin these are."""
    return number / max(1, page.places)
