"""Web pages: the words of the body, one line to a block."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourp_nlp.documents._blocks import Block, join_blocks
from fourp_nlp.documents._decode import read_decoded
from fourp_nlp.documents._results import refuse_result_page
from fourp_nlp.errors import DocumentError

if TYPE_CHECKING:
    from pathlib import Path

    from fourp_nlp.documents._reading import Reading

__all__ = ["read", "words_of"]

_SKIPPED = frozenset(
    [
        "script",
        "style",
        "nav",
        "noscript",
        "template",
        "head",
        "title",
        "svg",
        "math",
        "iframe",
        "object",
        "canvas",
        "select",
        "button",
        "textarea",
        "datalist",
        "audio",
        "video",
    ]
)
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "hr",
        "html",
        "li",
        "main",
        "menu",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)


def read(path: Path) -> Reading:
    """Return the text of an .html file.

    The page is read as a stream of tags, never as a tree, so that depth of nesting costs nothing.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    Reading
        The text without scripts, styles, navigation and templates; list items begin with ``- ``.
        Not yet normalised.

    Raises
    ------
    DocumentError
        If the file does not hold text, is no markup, or is a report that a command wrote.
    """
    content = read_decoded(path, markup=True)
    refuse_result_page(path, content.text)
    return content.reading(words_of(content.text, file=path))


def words_of(markup: str, *, file: object = None) -> str:
    """Return the words of a page, as `read` does.

    Parameters
    ----------
    markup : str
        The page, tags and all.
    file : object, optional
        Its path, for the error.

    Returns
    -------
    str
        Its text, not yet normalised.

    Raises
    ------
    DocumentError
        If it is no markup.
    """
    from lxml import etree  # type: ignore[import-untyped, unused-ignore]  # noqa: PLC0415 - slow

    text = markup.replace("\x00", "")
    parser = etree.HTMLParser(
        target=_Words(), encoding="utf-8", huge_tree=True, recover=True, no_network=True
    )
    try:
        return str(etree.fromstring(text.encode("utf-8", errors="replace"), parser))
    except etree.LxmlError as error:
        raise DocumentError(
            f"The page cannot be read: {error}.", file=file, cure="Save it again from a browser."
        ) from error


class _Words:
    """Collects blocks from a stream of tags; the methods are those that lxml calls."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.line: list[str] = []
        self.is_item = False
        self.preformatted = 0
        self.skipping: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:  # noqa: ARG002 - lxml's signature
        if self.skipping or tag in _SKIPPED:
            if tag in _SKIPPED:
                self.skipping.append(tag)
            return
        if tag == "br":
            self.line.append("\n")
        elif tag in _BLOCKS:
            self.flush()
            self.is_item = tag == "li" or (self.is_item and tag in {"p", "div"})
            self.preformatted += tag == "pre"

    def end(self, tag: str) -> None:
        if self.skipping:
            if tag == self.skipping[-1]:
                self.skipping.pop()
            return
        if tag in _BLOCKS:
            self.flush()
            self.is_item = False
            self.preformatted -= tag == "pre" and self.preformatted > 0

    def data(self, text: str) -> None:
        if not self.skipping:
            # Outside <pre> a line end in the source means no more than a space.
            self.line.append(text if self.preformatted else " ".join(f"|{text}|".split())[1:-1])

    def flush(self) -> None:
        text = "".join(self.line)
        self.line.clear()
        if text.strip():
            self.blocks.append(Block(text, is_item=self.is_item))
            # Only the first block of an item carries its bullet.
            self.is_item = False

    def comment(self, text: str) -> None:
        """Leave comments out."""

    def close(self) -> str:
        self.flush()
        return join_blocks(self.blocks)
