"""Web pages as text: the words of the body, a line per block."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourp_nlp.documents.reading import Reading, Text
from fourp_nlp.documents.result_files import refuse_result_page
from fourp_nlp.documents.text.blocks import Block, join_blocks
from fourp_nlp.documents.text.decoding import read_decoded
from fourp_nlp.documents.web.html_blocks import page_of
from fourp_nlp.documents.word.bold_labels import Opening, bold_labels
from fourp_nlp.word_count import count_words

if TYPE_CHECKING:
    from pathlib import Path

    from fourp_nlp.documents.web.html_boxes import Page

__all__ = ["read", "words_of"]

_LEFT_OUT = {
    "consent": "notices that ask for consent",
    "hidden": "what the page does not show",
    "nav": "menus",
    "aloud": "words for screen readers alone",
    "noscript": "words for browsers without scripts",
}
"""Parts of a page that are none of its text, in words."""


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
        The text without scripts, styles, templates, menus, notices that ask for consent, and what is not
        shown, of which the remarks say how much it is; panes that unfold are in it. List items begin with
        ``- ``. Not yet normalised.

    Raises
    ------
    DocumentError
        If the file does not hold text, is no markup, or is a report that a command wrote.
    """
    content = read_decoded(path, markup=True)
    refuse_result_page(path, content.text)
    page = page_of(content.text, file=path)
    text, left = _words(page)
    remarks = page.remarks + [
        f"{words:,} word{'' if words == 1 else 's'} left out: {_LEFT_OUT[region]}"
        for region, words in left.items()
        if words
    ]
    bold = bold_labels(
        Opening(words, part.bold, is_heading=part.level > 0)
        for part in page.parts
        if (words := part.text.strip())
    )
    labels = tuple(dict.fromkeys((*page.labels, *bold)))
    return content.reading(Reading([Text(text, labels=labels)], remarks=remarks))


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
    return _words(page_of(markup, file=file))[0]


def _words(page: Page) -> tuple[str, dict[str, int]]:
    """Return the words of a page, and how many were left out of each part that is none of its text."""
    regions = page.regions()
    left = dict.fromkeys(_LEFT_OUT, 0)
    blocks: list[Block] = []
    for part in page.parts:
        out = next((name for name in _LEFT_OUT if name in regions[part.box]), "")
        if out:
            left[out] += count_words(part.text)
        else:
            blocks.append(Block(part.text, is_item=part.is_item))
    return join_blocks(blocks), left
