"""A web page as a stream of tags into its blocks of text, each with where on the page it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fourp_nlp.documents._html_marks import (
    CONSENT_BUTTON,
    CONSENT_WORDS,
    PRIVACY_WORDS,
    controlled,
    is_consent,
    is_dialog,
    is_hidden,
    is_notice,
    is_panel,
    is_switch,
    region_of,
    tokens_of,
)
from fourp_nlp.documents._html_tables import Rows
from fourp_nlp.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Box", "Page", "Part", "page_of"]

_SKIPPED = frozenset(
    """audio canvas datalist head iframe math object optgroup option script select style svg template textarea
    title video""".split()  # noqa: SIM905 - a list of names is read more easily so
)
_BLOCKS = frozenset(
    """address article aside blockquote body button caption center dd details dialog dir div dl dt fieldset
    figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav noframes
    noscript ol p pre search section summary table tbody td tfoot th thead tr ul""".split()  # noqa: SIM905 - as above
)
_HEADINGS = {
    "h1": 1,
    "h2": 2,
    "h3": 3,
    "h4": 4,
    "h5": 5,
    "h6": 6,
    "summary": 4,
    "legend": 5,
    "dt": 5,
}
_FORMS = frozenset(["input", "textarea", "select"])
_MANY_WORDS = 25
"""Words outside links from which what is hidden without a sign of an accordion is a text that unfolds."""
_NOTICE_WORDS = 600
"""Words of a notice at most that is known by its words and buttons alone."""
_LOOKED_AT = 5_000
"""Characters of a block that are searched for words of a notice."""
_LANG = "lang"
_XML_LANG = "xml:lang"


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
    """

    text: str
    box: int
    is_item: bool = False
    level: int = 0
    linked: int = 0
    lang: str = ""


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
    consent, notice, dialog, hidden, panel : bool
        What its attributes say.
    ids : str
        Its id, by which a switch may show it.
    main, article, title : bool
        Whether the page's main part, an article or a heading of the first level is in it.
    buttons, inputs : int
        Buttons in it that answer a request for consent; fields of forms.
    words, plain : int
        Words in it; those outside links.
    asks, privacy : int
        Blocks that speak of cookies; of privacy and consent.
    """

    parent: int
    region: str = ""
    by_name: bool = False
    consent: bool = False
    notice: bool = False
    dialog: bool = False
    hidden: bool = False
    panel: bool = False
    ids: str = ""
    main: bool = False
    article: bool = False
    title: bool = False
    buttons: int = 0
    inputs: int = 0
    words: int = 0
    plain: int = 0
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
    """

    parts: list[Part] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=lambda: [Box(-1)])
    title: str = ""
    lang: str = ""

    def regions(self) -> list[frozenset[str]]:
        """Return for each box the regions that it lies in.

        A notice that asks for consent is "consent"; what is not shown and no pane that unfolds, "hidden".
        """
        made: list[frozenset[str]] = []
        all_plain = max(self.boxes[0].plain, 1)
        for box in self.boxes:
            around = made[box.parent] if box.parent >= 0 else frozenset[str]()
            own = [box.region] if box.region and _believed(box, all_plain) else []
            if _asks_for_consent(box):
                own.append("consent")
            if box.hidden and not _unfolds(box, around):
                own.append("hidden")
            made.append(around.union(own) if own else around)
        return made


def _believed(box: Box, all_plain: int) -> bool:
    """Return whether a box is the part of the page that its tag or names say."""
    if box.region in {"main", "article", "noscript", "aloud"}:
        return True
    # An element that was never closed, or that is named after the layout, holds the page itself.
    if box.main or (box.title and box.region not in {"header", "form", "search"}):
        return box.region == "header"
    return not (box.by_name and box.plain > all_plain / 2 and box.region != "comments")


def _asks_for_consent(box: Box) -> bool:
    if box.main:
        return False
    if box.consent:
        return box.asks + box.privacy + box.buttons > 0
    return (
        box.notice
        and box.asks > 0
        and box.words <= _NOTICE_WORDS
        and (box.dialog or box.buttons > 0)
    )


def _unfolds(box: Box, around: frozenset[str]) -> bool:
    if around & {"nav", "consent", "form", "search", "share", "newsletter", "hidden"}:
        return False
    if box.region in {"nav", "form", "search", "aloud"} or box.inputs > 0:
        return False
    if box.panel:
        return True
    return box.plain >= _MANY_WORDS and 2 * box.plain > box.words


def page_of(markup: str, *, file: object = None) -> Page:
    """Read a page as a stream of tags, never as a tree, so that depth of nesting costs nothing.

    Parameters
    ----------
    markup : str
        The page, tags and all.
    file : object, optional
        Its path, for the error.

    Returns
    -------
    Page
        Its blocks, not yet normalised.

    Raises
    ------
    DocumentError
        If it is no markup.
    """
    from lxml import etree  # type: ignore[import-untyped, unused-ignore]  # noqa: PLC0415 - slow

    text = markup.replace("\x00", "")
    parser = etree.HTMLParser(
        target=_Reader(), encoding="utf-8", huge_tree=True, recover=True, no_network=True
    )
    try:
        page: Page = etree.fromstring(text.encode("utf-8", errors="replace"), parser)
    except etree.LxmlError as error:
        raise DocumentError(
            f"The page cannot be read: {error}.", file=file, cure="Save it again from a browser."
        ) from error
    return page


class _Reader:
    """Collects blocks from a stream of tags; the methods are those that lxml calls."""

    def __init__(self) -> None:
        self.page = Page()
        self.line: list[str] = []
        self.linked = 0
        self.is_item = False
        self.level = 0
        self.preformatted = 0
        self.skipping: list[str] = []
        self.in_title = False
        self.in_link = 0
        self.after_link = False
        self.boxes = [0]
        self.open: list[tuple[str, bool, bool]] = []
        self.langs: list[str] = [""]
        self.button: str | None = None
        self.shown: set[str] = set()
        self.tables: list[Rows] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self.skipping or tag in _SKIPPED:
            if tag in _SKIPPED:
                if tag in _FORMS and not self.skipping:
                    self.page.boxes[self.boxes[-1]].inputs += 1
                self.skipping.append(tag)
                self.in_title = tag == "title" and not self.page.title
            return
        if tag == "input":
            self._input(attributes)
            return
        if tag == "br":
            self.line.append("\n")
            return
        if tag == "a":
            if self.after_link and self.line and not self.line[-1][-1:].isspace():
                # Two links side by side are drawn apart, whatever stands between them in the source.
                self.line.append(" ")
            self.in_link += 1
        if tag in _BLOCKS:
            self.flush()
            self._block(tag)
        self._enter(tag, attributes)
        self.after_link = False

    def end(self, tag: str) -> None:
        if self.skipping:
            if tag == self.skipping[-1]:
                self.skipping.pop()
                self.in_title = False
            return
        if tag == "a":
            self.in_link = max(self.in_link - 1, 0)
            self.after_link = True
        if tag in _BLOCKS:
            if tag == "button":
                self._button_ends()
            self.flush()
            self.is_item, self.level = False, 0
            self.preformatted -= tag == "pre" and self.preformatted > 0
            if self.tables:
                self._cell_ends(tag)
        self._leave(tag)

    def data(self, text: str) -> None:
        if self.in_title:
            self.page.title += text
        if self.skipping:
            return
        # Outside <pre> a line end in the source means no more than a space.
        words = text if self.preformatted else " ".join(f"|{text}|".split())[1:-1]
        self.line.append(words)
        if words.strip():
            self.after_link = False
            if self.in_link:
                self.linked += len(words.strip())

    def comment(self, text: str) -> None:
        """Leave comments out."""

    def close(self) -> Page:
        self.flush()
        page = self.page
        for box in page.boxes:
            box.panel = box.panel or (bool(box.ids) and box.ids in self.shown)
        # A box stands after the one that it is in: backwards, each hands on what is whole.
        for at in range(len(page.boxes) - 1, 0, -1):
            box = page.boxes[at]
            around = page.boxes[box.parent]
            around.main |= box.main or box.region == "main"
            around.article |= box.article or box.region == "article"
            around.title |= box.title
            around.buttons += box.buttons
            around.inputs += box.inputs
            around.words += box.words
            around.plain += box.plain
            around.asks += box.asks
            around.privacy += box.privacy
        return page

    def flush(self) -> None:
        text = "".join(self.line)
        self.line.clear()
        linked, self.linked = self.linked, 0
        if not text.strip():
            return
        if self.button is not None:
            self.button += text
            return
        pieces = [text] if self.preformatted else _paragraphs(text)
        for piece in pieces:
            self._put(piece, linked if len(pieces) == 1 else 0)
        # Only the first block of an item carries its bullet.
        self.is_item = False

    def _put(self, text: str, linked: int) -> None:
        number = self.boxes[-1]
        part = Part(text, number, self.is_item, self.level, linked, self.langs[-1])
        self.is_item = False
        self.page.parts.append(part)
        box = self.page.boxes[number]
        words = len(text.split())
        box.words += words
        # Where half of it is linked or more, it leads elsewhere.
        box.plain += words if 2 * linked < len(text) else 0
        box.asks += CONSENT_WORDS.search(text[:_LOOKED_AT]) is not None
        box.privacy += PRIVACY_WORDS.search(text[:_LOOKED_AT]) is not None
        if 2 * linked >= len(text) and len(text) < 60 and CONSENT_BUTTON.match(text):
            box.buttons += 1
        if self.level == 1:
            box.title = True

    def _input(self, attributes: Mapping[str, str]) -> None:
        kind = attributes.get("type", "").lower()
        box = self.page.boxes[self.boxes[-1]]
        if kind in {"submit", "button"}:
            box.buttons += CONSENT_BUTTON.match(attributes.get("value", "")[:60]) is not None
        elif kind != "hidden":
            box.inputs += 1

    def _block(self, tag: str) -> None:
        self.is_item = tag == "li" or (self.is_item and tag in {"p", "div"})
        if tag in _HEADINGS:
            self.level = _HEADINGS[tag]
        self.preformatted += tag == "pre"

    def _enter(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Put an element on the stack, with a box and a language where it has one."""
        names = tokens_of(attributes) if attributes else []
        boxed = False
        if tag in {"html", "body"}:
            self.page.lang = self.page.lang or _language(attributes)
        else:
            if attributes:
                self.shown.update(controlled(tag, attributes))
            if tag == "button":
                # Words of a form or a menu, unless they are the heading of what unfolds.
                self.button = None if is_switch(names, attributes) or self.level else ""
                self.level = self.level or (5 if self.button is None else 0)
            elif tag in _BLOCKS or "-" in tag or (attributes and is_hidden(names, attributes)):
                boxed = self._box(tag, names, attributes)
        if boxed and tag not in _BLOCKS and "-" in tag:
            self.flush()
        said = _language(attributes) if attributes and tag not in {"html", "body"} else ""
        if said:
            self.langs.append(said)
        self.open.append((tag, boxed, bool(said)))
        if tag == "table":
            self.tables.append(Rows(attributes))
        elif self.tables and tag in {"td", "th", "tr", "caption"}:
            self.tables[-1].begins(tag, len(self.page.parts), attributes)

    def _box(self, tag: str, names: list[str], attributes: Mapping[str, str]) -> bool:
        region, by_name = region_of(tag, names, attributes)
        hidden = bool(attributes) and is_hidden(names, attributes)
        plain = not attributes and not region
        if plain and tag not in {"div", "section", "ul", "ol", "details", "dialog", "li", "td"}:
            return False
        made = Box(
            self.boxes[-1],
            region,
            by_name,
            consent=bool(attributes) and is_consent(tag, names, attributes),
            notice=is_notice(tag, names, attributes),
            dialog=is_dialog(tag, attributes),
            hidden=hidden,
            ids=attributes.get("id", "")[:200],
        )
        if hidden:
            # What unfolds may be named as such itself, or stand in what is.
            made.panel = is_panel(names, attributes) or any(
                self.page.boxes[number].panel for number in self.boxes[-3:]
            )
        elif attributes:
            made.panel = is_panel(names, attributes)
        self.page.boxes.append(made)
        self.boxes.append(len(self.page.boxes) - 1)
        return True

    def _leave(self, tag: str) -> None:
        for at in range(len(self.open) - 1, -1, -1):
            if self.open[at][0] == tag:
                break
        else:
            return
        for _, boxed, said in self.open[at:]:
            if boxed:
                self.flush()
                self.boxes.pop()
            if said:
                self.langs.pop()
        del self.open[at:]

    def _button_ends(self) -> None:
        self.flush()
        if self.button is not None:
            words = " ".join(self.button.split())
            if words and len(words) < 60 and CONSENT_BUTTON.match(words):
                self.page.boxes[self.boxes[-1]].buttons += 1
            self.button = None

    def _cell_ends(self, tag: str) -> None:
        if tag in {"td", "th", "caption"}:
            self.tables[-1].ends(len(self.page.parts))
        elif tag == "table":
            for first, last, words in self.tables.pop().joined(self.page.parts):
                linked = sum(part.linked for part in self.page.parts[first:last])
                one = self.page.parts[first]
                one.text, one.linked = words, linked
                for part in self.page.parts[first + 1 : last]:
                    part.text = ""


def _paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text in which two line breaks make one."""
    made: list[str] = []
    lines: list[str] = []
    for line in text.split("\n"):
        if line.strip():
            lines.append(line)
        elif lines:
            made.append("\n".join(lines))
            lines = []
    if lines:
        made.append("\n".join(lines))
    return made


def _language(attributes: Mapping[str, Any]) -> str:
    """Return the language that an element declares, as two letters."""
    said = str(attributes.get(_LANG) or attributes.get(_XML_LANG) or "")[:40]
    code = said.replace("_", "-").partition("-")[0].strip().lower()
    return code if len(code) == 2 and code.isascii() and code.isalpha() else ""
