"""Finds a quote in a document: exactly, as it was typed, with words left out, or nearly."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from fourp_nlp.documents import normalise
from fourp_nlp.exchange.tables.places._letters import Letters, letters_of
from fourp_nlp.exchange.tables.places._nearest_passage import Near, Words
from fourp_nlp.spreadsheets import bare, cell_was_cut, is_shortened, quote_places

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["Found", "Passages", "WhyNot"]

WhyNot = Literal["nowhere", "twice", "two like it"]
How = Literal["as it is", "as typed", "broken off", "words left out", "near"]

_MOST = 100  # places of a quote that are told apart
_FURTHEST = 2_000  # characters between two parts of a quote
_SHORTEST_PART = 6  # letters of a quote that goes on
_MOST_PARTS = 20
_ELLIPSES = ("…", "...")
_LEFT_OUT = re.compile(
    r"\[ ?(?:…|\.{2,6}|\. \. \.) ?\]|\( ?(?:…|\.{2,6}|\. \. \.) ?\)|…|\.{3,6}|\. \. \."
)


class Found(NamedTuple):
    """The place of a quote.

    Attributes
    ----------
    start, end : int
        Its place.
    how : str
        "as it is": but for white space; "as typed": the same letters, with other punctuation; "broken off":
        the quote begins or ends with an ellipsis, and the document does not; "words left out": an ellipsis
        stands for words of the document; "near": another wording.
    likeness : float
        How like it is, 1 where its letters are the same.
    """

    start: int
    end: int
    how: How
    likeness: float = 1.0


class Passages:
    """A document's text, to look for quotes in.

    Parameters
    ----------
    text : str
        The text, normalised.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._seen = ""
        self._places: npt.NDArray[np.int64] | None = None
        self._letters: Letters | None = None
        self._words: Words | None = None

    def find(self, quote: str, within: tuple[int, int] | None = None) -> Found | WhyNot:
        """Return the place of a quote, or why it has none.

        `within` is where to look if it occurs more than once.
        """
        if cell_was_cut(quote):
            return "nowhere"
        if is_shortened(quote):
            return _only_place(quote_places(quote, self._text), "as it is", within)
        clean = normalise(quote)
        if places := self._exact_places(quote, clean) or self._visible_places(bare(clean)):
            return _only_place(places, "as it is", within)
        if not letters_of(clean):
            return "nowhere"
        if self._letters is None:
            self._letters = Letters(self._text)
        if places := self._letters.find(clean):
            place = _only_place(places, "as typed", within)
            off = not isinstance(place, str) and self._is_broken_off(clean, place)
            return place._replace(how="broken off") if off else place  # type: ignore[union-attr]
        place = self._with_words_left_out(clean, within)
        return self._near(clean) if place == "nowhere" else place

    def _is_broken_off(self, quote: str, place: Found) -> bool:
        begins, ends = (quote.lstrip("[( "), quote.rstrip("]) "))
        before = self._text[max(place.start - 2, 0) : place.start + 3]
        after = self._text[max(place.end - 3, 0) : place.end + 2]
        return (begins.startswith(_ELLIPSES) and not any(e in before for e in _ELLIPSES)) or (
            ends.endswith(_ELLIPSES) and not any(e in after for e in _ELLIPSES)
        )

    def _exact_places(self, quote: str, clean: str) -> list[tuple[int, int]]:
        forms = [quote, quote.strip(), quote.removeprefix("'"), f"'{quote}", clean]
        for form in dict.fromkeys(forms):
            if places := _all_places(self._text, form):
                return [(at, at + len(form)) for at in places]
        return []

    def _visible_places(self, visible: str) -> list[tuple[int, int]]:
        """Return the places of the visible characters of a quote, whatever the white space."""
        if self._places is None:
            seen = [not sign.isspace() and sign.isprintable() for sign in self._text]
            self._places = np.flatnonzero(seen)
            self._seen = "".join([self._text[at] for at in self._places])
        return [
            (int(self._places[at]), int(self._places[at + len(visible) - 1]) + 1)
            for at in _all_places(self._seen, visible)
        ]

    def _with_words_left_out(self, quote: str, within: tuple[int, int] | None) -> Found | WhyNot:
        """Find a quote whose parts are on both sides of an ellipsis, or that goes on."""
        parts = [part.strip() for part in _LEFT_OUT.split(quote)]
        parts = [part for part in parts if letters_of(part)]
        if len(parts) > _MOST_PARTS:
            return "nowhere"
        if self._letters is None or not parts or (len(parts) == 1 and parts[0] == quote.strip()):
            return "nowhere"
        if any(len(letters_of(part)) < _SHORTEST_PART for part in (parts[0], parts[-1])):
            return "nowhere"
        places = [self._letters.find(part) for part in parts]
        spans: dict[int, tuple[int, int]] = {}
        for start, end in places[0]:
            reached: int | None = end
            for later in places[1:]:
                ends = [
                    last
                    for first, last in later
                    if reached is not None and reached <= first <= reached + _FURTHEST
                ]
                reached = min(ends, default=None)
            if reached is not None:
                # Of several beginnings before one end, the nearest is meant.
                spans[reached] = (start, reached)
        return _only_place(sorted(spans.values()), "words left out", within)

    def _near(self, quote: str) -> Found | WhyNot:
        if self._words is None:
            self._words = Words(self._text)
        passages: list[Near] = self._words.nearest(quote)
        if not passages:
            return "nowhere"
        if len(passages) > 1:
            return "two like it"
        start, end, likeness = passages[0]
        while start and (self._text[start - 1].isalnum() or self._text[start - 1] in "'’"):
            start -= 1
        if quote.rstrip()[-1:] in ".!?" and self._text[end : end + 1] in {".", "!", "?"}:
            end += 1
        return Found(start, end, "near", likeness)


def _all_places(text: str, quote: str) -> list[int]:
    """Return the places of a quote in a text, overlapping or not; at most a hundred."""
    places: list[int] = []
    at = text.find(quote) if quote else -1
    while at >= 0 and len(places) < _MOST:
        places.append(at)
        at = text.find(quote, at + 1)
    return places


def _only_place(
    places: list[tuple[int, int]], how: How, within: tuple[int, int] | None
) -> Found | WhyNot:
    """Return the only place, of several the one within a range."""
    if not places:
        return "nowhere"
    if len(places) > 1 and within is not None:
        places = [(a, b) for a, b in places if within[0] <= a and b <= within[1]] or places
    return Found(*places[0], how) if len(places) == 1 else "twice"
