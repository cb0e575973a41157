"""The main text of a web page: its own blocks, and the text that trafilatura adds."""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fourp_nlp.documents import Block, decoded_markup, join_blocks, normalise, page_of
from fourp_nlp.errors import FourpError
from fourp_nlp.websites.links import MAX_ATTRIBUTES, most_attributes
from fourp_nlp.websites.pages._article_body import article_body
from fourp_nlp.websites.pages._block_choice import Choice, choose
from fourp_nlp.websites.pages._not_found import says_not_found
from fourp_nlp.word_count import count_words

if TYPE_CHECKING:
    from fourp_nlp.documents import Page

__all__ = ["EXTRACTION", "MAX_ELEMENTS", "MAX_TEXT", "main_text"]

EXTRACTION = "3"
"""Version of how texts are found: raised whenever a page's text may come out otherwise."""
MAX_ELEMENTS = 200_000
"""Elements of a page; a long one has five thousand."""
MAX_TEXT = 5_000_000
"""Characters of a page's text; a book has a million."""

_NOTHING_ELSE = 60
"""Words of a page, up to which its first block counts as a heading."""
_LARGE = 1_000_000
"""Characters of a page, above which trafilatura compares no further ways of finding its text."""
_ELEMENT = re.compile(r"<[A-Za-z]")
_SCRIPT = re.compile(rb"<script\b", re.IGNORECASE)
# What is announced as the page's date, and none that is guessed from its text.
_DATES = {"extensive_search": False, "original_date": True, "outputformat": "%Y-%m-%d"}


def main_text(content: bytes, url: str, charset: str = "") -> dict[str, str]:
    """Return the main text of a page, read from its bytes, so that a wrong charset in a header does no harm.

    Parameters
    ----------
    content : bytes
        The page.
    url : str
        Its URL.
    charset : str
        The charset that its HTTP header names; empty if it names none.

    Returns
    -------
    dict of str to str
        "title", "date" (YYYY-MM-DD) and "text" (normalised), each empty where there is none; "empty", why
        there is no text; "not_found", the words by which the page says that there is no such page;
        "languages", the language that an element declares for each line of the text, a line each;
        "language", that of the page; "words" and "visible", words of the text and of all that the page shows;
        "doubts", what is doubtful of its encoding. Or "problem" alone, why the page cannot be read; or
        "missing" alone, a package that is not installed.

    Raises
    ------
    MemoryError
        If it takes more memory than there is.
    """
    try:
        import trafilatura  # noqa: F401 - an extra, and slow to import
    except ImportError:
        return {"missing": "trafilatura"}
    try:
        decoding = decoded_markup(content.replace(b"\x00", b""), header=charset or None)
        markup = decoding.text
        problem = _too_much(markup)
        if problem:
            return {"problem": problem}
        page = page_of(markup)
        title, date, other_text = _by_trafilatura(markup, url)
    except FourpError as error:
        return {"problem": error.problem}
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - a page is anybody's, and a parser's fault is that of one page
        return {"problem": f"The page cannot be read ({type(error).__name__})."}
    choice = choose(page, other_text)
    text, languages = _written(choice)
    if not text:
        text = normalise(article_body(markup))
        languages = [""] * (text.count("\n") + 1)
        choice = replace(choice, words=count_words(text))
    if len(text) > MAX_TEXT:
        return {"problem": f"It has more than {MAX_TEXT:,} characters of text."}
    headings = [part.text for part in choice.parts if part.level in {1, 2}]
    if choice.words <= _NOTHING_ELSE:
        headings += [part.text for part in choice.parts[:1]]
    return {
        "title": title or _line(page.title),
        "date": date,
        "text": text,
        "empty": "" if text else _why_empty(page, content),
        "not_found": says_not_found(_line(page.title), headings, choice.words),
        "languages": "\n".join(languages),
        "language": page.lang,
        "words": str(choice.words),
        "visible": str(choice.visible),
        "doubts": "; ".join(decoding.doubts),
    }


def _by_trafilatura(markup: str, url: str) -> tuple[str, str, str]:
    """Return title, date and main text as trafilatura finds them; all empty where it fails."""
    import trafilatura

    for name in ("trafilatura", "htmldate"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        # Typed as what it gives without `as_dict` or with it: this is without.
        extracted: Any = trafilatura.bare_extraction(
            markup,
            url=url or None,
            fast=len(markup) > _LARGE,
            include_comments=False,
            include_tables=True,
            with_metadata=True,
            date_extraction_params=_DATES,
        )
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - the page's own blocks are there without it
        return "", "", ""
    if extracted is None:
        return "", "", ""
    return _line(extracted.title), extracted.date or "", extracted.text or ""


def _written(choice: Choice) -> tuple[str, list[str]]:
    """Return a page's text, normalised, and the language that is declared for each of its lines."""
    blocks = [(normalise(part.text), part) for part in choice.parts]
    blocks = [(text, part) for text, part in blocks if text]
    text = join_blocks(Block(text, is_item=part.is_item) for text, part in blocks)
    languages: list[str] = []
    after_item = False
    for words, part in blocks:
        if languages and not (after_item and part.is_item):
            languages.append("")
        languages += [part.lang] * (words.count("\n") + 1)
        after_item = part.is_item
    return text, languages


def _why_empty(page: Page, content: bytes) -> str:
    regions = page.regions()
    if any("consent" in regions[part.box] for part in page.parts):
        return "It has no text but a notice that asks for consent."
    if _SCRIPT.search(content) is not None:
        return "It has no text of its own: a script writes it in the reader's browser."
    return "It has no text."


def _too_much(markup: str) -> str:
    """Say why a page is not handed to a parser whose time grows with the square of what it is given."""
    number = 0
    for number, _ in enumerate(_ELEMENT.finditer(markup), start=1):
        if number > MAX_ELEMENTS:
            return f"It has more than {MAX_ELEMENTS:,} elements."
    if most_attributes(markup) > MAX_ATTRIBUTES:
        return f"One of its elements has more than {MAX_ATTRIBUTES:,} attributes."
    return ""


def _line(text: str | None) -> str:
    return " ".join(normalise(text or "").split())
