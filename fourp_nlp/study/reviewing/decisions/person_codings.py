"""Codings of one person beside those of whole segments: passages of any length, and memos."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from fourp_nlp.coding.gold.assisted import EARLIER, FINISHED
from fourp_nlp.study.reading.assisted import assisted_decisions

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from fourp_nlp.study.study import Study

__all__ = ["Passage", "PersonCodings", "Place", "read_person_codings"]

_SPAN = ["document", "start", "end"]
Place = tuple[str, int, int, str]
"""Document, start, end and code of a coding."""


class Passage(NamedTuple):
    """A coding whose place is no segment, as the page shows it.

    Attributes
    ----------
    start, end : int
        Its first code point in the document, and one past its last.
    code : str
        Id of the code.
    earlier : bool
        Whether the person gave the code without seeing suggestions. The page does not change it.
    memo : str
        The memo on it; empty if there is none.
    """

    start: int
    end: int
    code: str
    earlier: bool
    memo: str


@dataclass
class PersonCodings:
    """Passages and memos of one person.

    Attributes
    ----------
    spans : dict of str to set of (int, int, str)
        By document: start, end and code of passages that the person chose in the page.
    earlier : dict of str to set of (int, int, str)
        The same for codings that were given without suggestions, whether or not their place is a segment.
    memos : dict of Place to str
        The memo of each coding that has one.
    segments : frozenset of (str, int, int)
        Places of the segments.
    """

    spans: dict[str, set[tuple[int, int, str]]] = field(default_factory=dict)
    earlier: dict[str, set[tuple[int, int, str]]] = field(default_factory=dict)
    memos: dict[Place, str] = field(default_factory=dict)
    segments: frozenset[tuple[str, int, int]] = frozenset()

    def is_span(self, place: Place) -> bool:
        """Whether the person chose this passage for this code."""
        return place[1:] in self.spans.get(place[0], ())

    def is_earlier(self, place: Place) -> bool:
        """Whether the person coded exactly this without seeing suggestions."""
        return place[1:] in self.earlier.get(place[0], ())

    def passages(self, document: str) -> list[Passage]:
        """Return the codings of a document whose place is no segment, in the order of the text."""
        chosen = [(*each, False) for each in self.spans.get(document, ())]
        chosen += [
            (*each, True)
            for each in self.earlier.get(document, ())
            if (document, each[0], each[1]) not in self.segments
            and each not in self.spans.get(document, ())
        ]
        return [
            Passage(start, end, code, earlier, self.memos.get((document, start, end, code), ""))
            for start, end, code, earlier in sorted(chosen)
        ]

    def put(self, place: Place, *, value: int, memo: str, origin: str) -> None:
        """Follow an entry of the log about a passage, or about a memo on an earlier coding."""
        if origin == EARLIER:
            if self.is_earlier(place):
                self.note(place, memo)
            return
        of_document = self.spans.setdefault(place[0], set())
        if value == 1:
            of_document.add(place[1:])
        else:
            of_document.discard(place[1:])
        self.note(place, memo if value == 1 else "")

    def note(self, place: Place, memo: str) -> None:
        """Keep the memo of a coding; an empty one is none."""
        if memo:
            self.memos[place] = memo
        else:
            self.memos.pop(place, None)


def read_person_codings(study: Study, coder: str) -> PersonCodings:
    """Return what the gold files say of a person's passages and memos.

    Parameters
    ----------
    study : Study
        The study.
    coder : str
        The person; somebody new has none.

    Returns
    -------
    PersonCodings
        Codings of the review page at places that are no segments any more are passages, too.
    """
    segments = frozenset(_places(study.segments))
    person = PersonCodings(segments=segments)
    blind = study.coded_blind().gold.codings
    blind = blind[blind["coder"] == coder]
    for document, start, end, code, memo in _rows(blind):
        person.earlier.setdefault(document, set()).add((start, end, code))
        person.note((document, start, end, code), memo)
    decided = assisted_decisions(study)
    given = decided[
        (decided["coder"] == coder) & decided["accepted"] & (decided["origin"] != FINISHED)
    ]
    for document, start, end, code, memo in _rows(given):
        place = (document, start, end, code)
        if (document, start, end) not in segments:
            person.spans.setdefault(document, set()).add((start, end, code))
        if not person.is_earlier(place):
            person.note(place, memo)
    return person


def _places(table: pd.DataFrame) -> Iterator[tuple[str, int, int]]:
    return zip(*(table[name].tolist() for name in _SPAN), strict=True)


def _rows(codings: pd.DataFrame) -> Iterator[tuple[str, int, int, str, str]]:
    return zip(*(codings[name].tolist() for name in (*_SPAN, "code", "memo")), strict=True)
