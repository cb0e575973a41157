"""Choosing the blocks of a page that are its text, not menus, footers or notices."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fourp_nlp.documents import Block, join_blocks
from fourp_nlp.word_count import count_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fourp_nlp.documents import Page, Part

__all__ = ["Choice", "choose"]

_NEVER = frozenset(["consent", "hidden", "nav", "aloud", "comments", "noscript", "search"])
"""Parts of a page that are never its text, whoever finds it."""
_BESIDE = frozenset(["footer", "aside", "related", "share", "newsletter", "ads"])
"""Parts that are its text only where another way of finding it takes them for such."""
_NOT_COUNTED = frozenset(["consent", "hidden", "aloud", "noscript", "nav", "footer"])
"""Parts whose words do not count among those that the page shows: each page of a site has the same."""
_PROSE = 8
"""Words outside links that make a block a sentence rather than a label."""
_FEW = 40
"""Words of a page's text, below which what stands beside it is taken too if it is prose."""
_MENU_WORDS = 3.0
"""Words of a link on average, up to which a list of links is a menu."""


@dataclass(frozen=True)
class Choice:
    """The text of a page, and how much it is of what the page shows.

    Attributes
    ----------
    text : str
        Its blocks, not yet normalised.
    parts : list of Part
        The blocks that were kept.
    words, visible : int
        Words that were kept; words that a reader sees, without menus, footers and notices that ask for
        consent.
    """

    text: str
    parts: list[Part]
    words: int
    visible: int


def choose(page: Page, other_text: str = "") -> Choice:
    """Choose the blocks of a page that are its text.

    What the page marks as something else is left out: menus, footers, side bars, forms, comments, notices
    that ask for consent, what is not shown. Of the rest, all is kept but lists of links outside the main
    part; recall counts more than precision, as what a site repeats from page to page is left out later.

    `other_text` is the main text by another way of finding it; what it has beside footers and side
    bars is kept too.
    """
    regions = page.regions()
    places = [regions[part.box] for part in page.parts]
    menus = _menus(page, places)
    visible = sum(
        _words(part)
        for number, (part, place) in enumerate(zip(page.parts, places, strict=True))
        if not place & _NOT_COUNTED and number not in menus
    )
    open_ = [
        number
        for number, (part, place) in enumerate(zip(page.parts, places, strict=True))
        if part.text.strip() and not place & _NEVER
    ]
    kept = [
        number
        for number in open_
        if not _is_beside(page.parts[number], places[number])
        and number not in menus
        and _is_text(page.parts[number], places[number])
    ]
    kept = sorted({*kept, *_further_blocks(page, open_, kept, other_text)})
    words = sum(_words(page.parts[number]) for number in kept)
    if words < _FEW:
        beside = _prose_beside(page, places)
        if sum(_words(page.parts[number]) for number in beside) >= max(_FEW, 2 * words):
            kept = sorted({*kept, *beside})
    if not kept:
        kept = [
            number
            for number, place in enumerate(places)
            if "noscript" in place and not place & {"consent", "hidden"}
        ]
        kept = kept if sum(_words(page.parts[number]) for number in kept) >= _FEW else []
    chosen = [page.parts[number] for number in kept]
    text = join_blocks(Block(part.text, is_item=part.is_item) for part in chosen)
    return Choice(text, chosen, sum(map(_words, chosen)), visible)


def _words(part: Part) -> int:
    return count_words(part.text)


def _is_link(part: Part) -> bool:
    return 10 * part.linked >= 8 * len(part.text.strip()) > 0


def _is_beside(part: Part, place: frozenset[str]) -> bool:
    regions = place & _BESIDE
    if regions and regions <= {"aside", "footer"} and "article" in place:
        # What an article sets apart, such as a quotation, is its own.
        return _words(part) < _PROSE or _is_link(part)
    return bool(regions)


_SKIP = re.compile(
    r"(?:skip|jump) (?:to|navigation)|(?:aller|passer) (?:au|directement)|zum inhalt|(?:saltar|ir) al ",
    re.IGNORECASE,
)


def _is_text(part: Part, place: frozenset[str]) -> bool:
    """Return whether a block is text where it stands: no label of a form, no motto in the page's head."""
    if _is_link(part) and _SKIP.match(part.text.strip()):
        return False
    if "form" in place:
        return bool(part.level) or _words(part) >= _PROSE
    if "header" in place and not place & {"main", "article"}:
        return part.level == 1 or (_words(part) >= 2 * _PROSE and not _is_link(part))
    return True


def _menus(page: Page, places: Sequence[frozenset[str]]) -> set[int]:
    """Return the blocks that are menus: runs of short links outside the main part.

    Where the page marks no main part, a run of links below a heading or a sentence is no menu, such as a list
    of partners, if its links have more than a word or two.
    """
    marked = any("main" in place or "article" in place for place in places)
    menus: set[int] = set()
    run: list[int] = []
    for number in range(len(page.parts) + 1):
        if number < len(page.parts):
            if not page.parts[number].text.strip():
                continue
            inside = places[number] & {"main", "article"}
            if _is_link(page.parts[number]) and not inside and not page.parts[number].level:
                run.append(number)
                continue
        if run:
            menus.update(run if _is_menu(page, run, marked=marked) else ())
            run = []
    return menus


def _is_menu(page: Page, run: Sequence[int], *, marked: bool) -> bool:
    if marked:
        return True
    words = sum(_words(page.parts[number]) for number in run) / len(run)
    if len(run) < 3:
        return False
    before = next(
        (page.parts[n] for n in range(run[0] - 1, -1, -1) if page.parts[n].text.strip()), None
    )
    introduced = before is not None and (before.level > 0 or _words(before) >= 3)
    return words <= _MENU_WORDS / 2 or not introduced or (words <= _MENU_WORDS and run[0] < 8)


def _prose_beside(page: Page, places: Sequence[frozenset[str]]) -> list[int]:
    return [
        number
        for number, (part, place) in enumerate(zip(page.parts, places, strict=True))
        if not place & _NEVER and _words(part) >= _PROSE and not _is_link(part)
    ]


def _further_blocks(
    page: Page, open_: Sequence[int], kept: Sequence[int], other_text: str
) -> Iterable[int]:
    """Return the further blocks that another way of finding a text takes for it, each once."""
    also = _OtherText(other_text)
    kept_keys = {_key(page.parts[number].text) for number in kept}
    chosen = set(kept)
    return (
        number
        for number in open_
        if number not in chosen
        and _key(page.parts[number].text) not in kept_keys
        and not (_is_link(page.parts[number]) and _words(page.parts[number]) <= _MENU_WORDS)
        and also.has(page.parts[number].text)
    )


def _key(line: str) -> str:
    return " ".join(line.casefold().split())


class _OtherText:
    """What another way of finding a page's text has found, by sequences of its words."""

    _LENGTH = 4

    def __init__(self, text: str) -> None:
        self._lines = {_key(line.lstrip("-| ")) for line in text.split("\n")} if text else set()
        words = text.casefold().split()
        self._runs = {hash(tuple(words[at : at + self._LENGTH])) for at in range(len(words))}

    def has(self, text: str) -> bool:
        """Return whether most of a block is in it."""
        if not self._lines:
            return False
        words = text.casefold().split()
        if len(words) < 2 * self._LENGTH:
            return " ".join(words) in self._lines
        runs = [
            hash(tuple(words[at : at + self._LENGTH]))
            for at in range(len(words) - self._LENGTH + 1)
        ]
        return 2 * sum(run in self._runs for run in runs) >= len(runs)
