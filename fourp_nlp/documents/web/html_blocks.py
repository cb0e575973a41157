"""A web page's stream of tags into blocks of text, each with its place on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fourp_nlp.documents.tables.speaker_table import SpeakerTables, speaker_columns
from fourp_nlp.documents.text.blocks import Block
from fourp_nlp.documents.web._html_attributes import (
    CONSENT_BUTTON,
    CONSENT_WORDS,
    PRIVACY_WORDS,
    controlled,
    is_bold,
    is_consent,
    is_dialog,
    is_hidden,
    is_notice,
    is_panel,
    is_switch,
    region_of,
    tokens_of,
)
from fourp_nlp.documents.web._html_tables import Rows
from fourp_nlp.documents.web.html_boxes import Box, Page, Part
from fourp_nlp.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["page_of"]

_SKIPPED = frozenset(
    """audio canvas datalist iframe math object optgroup option script select style svg template textarea
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
_SECTIONS = frozenset(["article", "aside", "blockquote", "main", "section"])
_FORMS = frozenset(["input", "textarea", "select"])
_SENTENCE = 8
"""Words from which a block may be a sentence."""
_LOOKED_AT = 5_000
"""Characters of a block that are searched for words of a notice."""
_BOLD = frozenset(["b", "strong"])
_LANG = "lang"
_XML_LANG = "xml:lang"


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
    from lxml import etree  # type: ignore[import-untyped, unused-ignore]

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
        self.open: list[tuple[str, bool, bool, bool]] = []
        self.in_bold = 0
        self.bold: list[str] = []
        """What the block that is being read has in bold before anything else."""
        self.bold_ends = False
        self.langs: list[str] = [""]
        self.button: str | None = None
        self.shown: set[str] = set()
        self.tables: list[Rows] = []
        self.speakers = SpeakerTables()
        self.sections = 0
        self.unsaid = (-1, "")
        """Words of a button that were left out, and before which block."""
        self.switch = -2
        """The block that holds the words of the switch that was met last."""

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
        if self.in_bold and not self.bold_ends:
            self.bold.append(words)
        if words.strip():
            self.bold_ends = not self.in_bold
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
            around.links += box.links
            around.inputs += box.inputs
            around.words += box.words
            around.plain += box.plain
            around.prose += box.prose
            around.asks += box.asks
            around.privacy += box.privacy
        return page

    def flush(self) -> None:
        text, bold = "".join(self.line), len("".join(self.bold).strip())
        self.line.clear()
        self.bold.clear()
        self.bold_ends = False
        linked, self.linked = self.linked, 0
        if not text.strip():
            return
        if self.button is not None:
            self.button += text
            return
        pieces = [text] if self.preformatted else _paragraphs(text)
        for at, piece in enumerate(pieces):
            self._put(piece, linked if len(pieces) == 1 else 0, bold=0 if at else bold)
        # Only the first block of an item carries its bullet.
        self.is_item = False

    def _put_heading(self, words: str) -> None:
        """Put down the words of a button that are the heading of what it unfolds."""
        self.switch = len(self.page.parts)
        level, self.level = self.level, 5
        self._put(words, 0)
        self.level = level

    def _put(self, text: str, linked: int, *, bold: int = 0) -> None:
        number = self.boxes[-1]
        part = Part(text, number, self.is_item, self.level, linked, self.langs[-1], bold)
        self.is_item = False
        self.page.parts.append(part)
        box = self.page.boxes[number]
        words = len(text.split())
        box.words += words
        # Where half of it is linked or more, it leads elsewhere.
        box.plain += words if 2 * linked < len(text) else 0
        box.prose += words >= _SENTENCE and 2 * linked < len(text)
        box.asks += CONSENT_WORDS.search(text[:_LOOKED_AT]) is not None
        box.privacy += PRIVACY_WORDS.search(text[:_LOOKED_AT]) is not None
        if 2 * linked >= len(text) and len(text) < 60 and CONSENT_BUTTON.match(text):
            box.links += 1
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
            switch = bool(attributes) and is_switch(names, attributes)
            if attributes:
                self.shown.update(controlled(tag, attributes))
            clicked = switch or (tag != "button" and "onclick" in attributes)
            if clicked and not is_hidden(names, attributes):
                self.switch = len(self.page.parts)
            if tag == "button":
                # Words of a form or a menu, unless they are the heading of what unfolds.
                self.button = None if switch or self.level else ""
                self.level = self.level or (5 if self.button is None else 0)
            elif tag in _BLOCKS or "-" in tag or (attributes and is_hidden(names, attributes)):
                if tag not in _BLOCKS:
                    self.flush()
                boxed = self._box(tag, names, attributes)
        language = _language(attributes) if attributes and tag not in {"html", "body"} else ""
        if language:
            self.langs.append(language)
        bold = tag in _BOLD or bool(attributes and is_bold(attributes))
        self.in_bold += bold
        self.open.append((tag, boxed, bool(language), bold))
        self.sections += tag in _SECTIONS
        if tag == "table":
            self.tables.append(Rows(attributes))
        elif self.tables and tag in {"td", "th", "tr", "caption"}:
            self.tables[-1].begins(tag, len(self.page.parts), attributes)

    def _box(self, tag: str, names: list[str], attributes: Mapping[str, str]) -> bool:
        region, by_name = region_of(tag, names, attributes)
        if region == "header" and not by_name and self.sections:
            # The head of a section, and not of the page.
            region = ""
        hidden = bool(attributes) and is_hidden(names, attributes)
        plain = not attributes and not region and "-" not in tag
        if plain and tag not in {"div", "section", "ul", "ol", "details", "dialog", "li", "td"}:
            return False
        box = Box(
            self.boxes[-1],
            region,
            by_name,
            consent=is_consent(tag, names, attributes) if attributes else 0,
            notice=is_notice(tag, names, attributes),
            dialog=is_dialog(tag, attributes),
            hidden=hidden,
            ids=attributes.get("id", "")[:200],
        )
        if hidden and self.unsaid[0] == len(self.page.parts) and self.unsaid[1]:
            self._put_heading(self.unsaid[1])
            self.unsaid = (-1, "")
        if hidden:
            # What unfolds may be named as such itself, or stand in what is.
            box.panel = is_panel(names, attributes) or any(
                self.page.boxes[number].panel for number in self.boxes[-3:]
            )
            box.below = len(self.page.parts) - self.switch in {0, 1}
        elif attributes:
            box.panel = is_panel(names, attributes)
        self.page.boxes.append(box)
        self.boxes.append(len(self.page.boxes) - 1)
        return True

    def _leave(self, tag: str) -> None:
        for at in range(len(self.open) - 1, -1, -1):
            if self.open[at][0] == tag:
                break
        else:
            return
        for name, boxed, has_language, bold in self.open[at:]:
            self.sections -= name in _SECTIONS
            self.in_bold -= bold
            if boxed:
                self.flush()
                self.boxes.pop()
            if has_language:
                self.langs.pop()
        del self.open[at:]

    def _button_ends(self) -> None:
        self.flush()
        if self.button is not None:
            words = " ".join(self.button.split())
            self.button = None
            if words and len(words) < 60 and CONSENT_BUTTON.match(words):
                self.page.boxes[self.boxes[-1]].buttons += 1
            elif words.endswith("?"):
                self._put_heading(words)
            else:
                self.unsaid = (len(self.page.parts), words)

    def _cell_ends(self, tag: str) -> None:
        if tag in {"td", "th", "caption"}:
            self.tables[-1].ends(len(self.page.parts))
        elif tag == "table":
            self._table_ends(self.tables.pop())

    def _table_ends(self, table: Rows) -> None:
        parts = self.page.parts
        rows = [row for row in table.cells if row]
        texts = [["\n".join(part.text for part in parts[a:b]) for a, b in row] for row in rows]
        if len(rows) > 1 and speaker_columns(texts) is not None:
            first, last = rows[0][0][0], rows[-1][-1][1]
            box, lang = parts[first].box, parts[first].lang
            blocks = self.speakers.blocks(
                [
                    [[Block(part.text, part.is_item) for part in parts[a:b]] for a, b in row]
                    for row in rows
                ]
            )
            parts[first:last] = [Part(one.text, box, one.is_item, lang=lang) for one in blocks]
            self.page.labels = list(self.speakers.labels)
            self.page.remarks = self.speakers.remarks()
        else:
            for first, last, words in table.joined(parts):
                linked = sum(part.linked for part in parts[first:last])
                parts[first].text, parts[first].linked = words, linked
                for part in parts[first + 1 : last]:
                    part.text = ""


def _paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text in which two line breaks make one."""
    paragraphs: list[str] = []
    lines: list[str] = []
    for line in text.split("\n"):
        if line.strip():
            lines.append(line)
        elif lines:
            paragraphs.append("\n".join(lines))
            lines = []
    if lines:
        paragraphs.append("\n".join(lines))
    return paragraphs


def _language(attributes: Mapping[str, Any]) -> str:
    """Return the language that an element declares, as two letters."""
    declared = str(attributes.get(_LANG) or attributes.get(_XML_LANG) or "")[:40]
    code = declared.replace("_", "-").partition("-")[0].strip().lower()
    return code if len(code) == 2 and code.isascii() and code.isalpha() else ""
