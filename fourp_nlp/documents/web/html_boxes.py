"""The blocks of a page and the boxes around them: which are the page's text."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

__all__ = ["Box", "Page", "Part"]

_MANY_WORDS = 25
"""Words outside links from which what is hidden without a sign of an accordion is a text that unfolds."""
_NOTICE_WORDS = 600
"""Words of a notice at most that is known by its words and buttons alone."""
_FEW_WORDS = 150
"""Words of a notice at most that nothing but its buttons shows to be one."""
_MANY_SENTENCES = 4
"""Blocks of sentences from which an element holds a page's text rather than what its tag says."""
_LEAST_SHARE = 3
"""Of so many sentences of a notice with buttons, one at least speaks of cookies or privacy."""
_WITH_LITTLE_TEXT = frozenset(["nav", "search", "share"])
"""Parts that hold links and fields: one with sentences is named after something else."""


@dataclass(slots=True)
class Part:
    """A block of text: a paragraph, a heading, a list item, a row or a cell of a table.

    Attributes
    ----------
    text : str
        Its words.
    box : int
        The innermost box that it stands in.
    is_item : bool
        Whether it is a list item.
    level : int
        Of a heading, 1 to 6; 0 for other blocks.
    linked : int
        Its characters within links.
    lang : str
        The language that an element around it declares, the page itself not counted; empty if none does.
    bold : int
        How many of its first characters are bold.
    """

    text: str
    box: int
    is_item: bool = False
    level: int = 0
    linked: int = 0
    lang: str = ""
    bold: int = 0


@dataclass(slots=True)
class Box:
    """An element that holds blocks.

    Attributes
    ----------
    parent : int
        Its parent's number; -1 for the page itself.
    region : str
        Which part of the page it is, as `region_of` says.
    by_name : bool
        Whether its names alone say so.
    consent : int
        Whether it is named as a notice that asks for consent, as `is_consent` says.
    notice, dialog, hidden, panel : bool
        What its attributes say.
    below : bool
        Whether it stands right below what a reader clicks on.
    ids : str
        Its id, by which a switch may show it.
    main, article, title : bool
        Whether the page's main part, an article or a heading of the first level is in it.
    buttons, links, inputs : int
        Buttons in it that answer a request for consent; links that do; fields of forms.
    words, plain, prose : int
        Words in it; those outside links; blocks of them that are long enough for a sentence.
    asks, privacy : int
        Blocks that speak of cookies; of privacy and consent.
    """

    parent: int
    region: str = ""
    by_name: bool = False
    consent: int = 0
    notice: bool = False
    dialog: bool = False
    hidden: bool = False
    panel: bool = False
    below: bool = False
    ids: str = ""
    main: bool = False
    article: bool = False
    title: bool = False
    buttons: int = 0
    links: int = 0
    inputs: int = 0
    words: int = 0
    plain: int = 0
    prose: int = 0
    asks: int = 0
    privacy: int = 0


@dataclass
class Page:
    """The blocks of a page and the boxes that they stand in.

    Attributes
    ----------
    parts : list of Part
        Blocks in the order of the page.
    boxes : list of Box
        Boxes; each stands after the one that it is in.
    title : str
        What the element ``title`` says.
    lang : str
        The language that the page declares for itself.
    labels : list of str
        Speakers of a table whose rows are turns.
    remarks : list of str
        What to know of such tables.
    """

    parts: list[Part] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=lambda: [Box(-1)])
    title: str = ""
    lang: str = ""
    labels: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def regions(self) -> list[frozenset[str]]:
        """Return for each box the regions that it lies in.

        A notice that asks for consent is "consent"; what is not shown and no pane that unfolds, "hidden".
        """
        regions_by_box: list[frozenset[str]] = []
        all_plain = max(self.boxes[0].plain, 1)
        misnamed = self._misnamed(all_plain)
        for box in self.boxes:
            around = regions_by_box[box.parent] if box.parent >= 0 else frozenset[str]()
            own_regions = []
            if box.region and _believed(box) and not (box.by_name and box.region in misnamed):
                own_regions.append(box.region)
            if _asks_for_consent(box, around):
                own_regions.append("consent")
            if box.hidden and not _unfolds(box, around, all_plain):
                own_regions.append("hidden")
            regions_by_box.append(around.union(own_regions) if own_regions else around)
        return regions_by_box

    def _misnamed(self, all_plain: int) -> set[str]:
        """Return the regions whose names stand for something else here, as they hold half of the page."""
        held: Counter[str] = Counter()
        within: list[frozenset[str]] = []
        for box in self.boxes:
            around = within[box.parent] if box.parent >= 0 else frozenset[str]()
            if box.region and box.by_name and box.region not in around:
                around |= {box.region}
                held[box.region] += box.plain if _believed(box) else 0
            within.append(around)
        return {name for name, plain in held.items() if 2 * plain > all_plain} - {"comments"}


def _believed(box: Box) -> bool:
    """Return whether a box is the part of the page that its tag or names say."""
    if box.region in {"main", "article", "noscript", "aloud"}:
        return True
    # An element that was never closed, or that is named after the layout, holds the page itself.
    if box.main or (box.title and box.region not in {"header", "search"}):
        return box.region == "header"
    if box.region == "form":
        # Some programs put a form around the whole page.
        return box.prose < _MANY_SENTENCES
    sentences = box.prose > 0 if box.by_name else box.prose >= _MANY_SENTENCES
    if box.region in _WITH_LITTLE_TEXT and sentences and 2 * box.plain > box.words:
        return False
    newsletters = box.region == "newsletter" and not box.inputs and box.plain >= _MANY_WORDS
    return not (box.by_name and newsletters)


def _asks_for_consent(box: Box, around: frozenset[str]) -> bool:
    pressed = box.buttons + box.links
    if box.main or box.parent < 0 or not box.asks + box.privacy + pressed:
        return False
    if box.consent == 2:
        return not (box.title and box.article)
    if box.consent == 1:
        # A page may be named after a notice that stands beside it ("cookie-bar-visible").
        share = _LEAST_SHARE if pressed else 2
        named = share * (box.asks + box.privacy) >= box.prose
        return named and not (box.title or box.article)
    # Of two sentences, one at least must speak of it.
    if not box.asks or 2 * box.asks < box.prose:
        return False
    if box.notice and box.words <= _NOTICE_WORDS:
        return box.dialog or pressed > 0
    # Without any name, a few words with buttons under them, outside the page's main part.
    few = box.buttons > 0 and box.words <= _FEW_WORDS and not (box.title or box.article)
    return few and not around & {"main", "article"}


def _unfolds(box: Box, around: frozenset[str], all_plain: int) -> bool:
    if box.main or box.title or 2 * box.plain > all_plain:
        # The page itself, until a script shows it.
        return not around & {"nav", "consent"}
    if around & {"nav", "consent", "form", "search", "share", "newsletter", "hidden"}:
        return False
    if box.region in {"nav", "form", "search", "aloud"} or box.inputs > 0:
        return False
    if box.panel and not (box.dialog or box.notice):
        return True
    return (box.below or box.plain >= _MANY_WORDS) and 2 * box.plain > box.words
