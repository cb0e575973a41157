"""The main text of a web page, as trafilatura finds it."""

from __future__ import annotations

import logging
import re
from typing import Any

from fourp_nlp.documents import decode_markup, normalise, words_of
from fourp_nlp.errors import DocumentError, FourpError
from fourp_nlp.website._links import MAX_ATTRIBUTES, most_attributes

__all__ = ["MAX_ELEMENTS", "MAX_TEXT", "main_text"]

MAX_ELEMENTS = 200_000
"""Elements of a page; a long one has five thousand."""
MAX_TEXT = 5_000_000
"""Characters of a page's text; a book has a million."""

_ELEMENT = re.compile(r"<[A-Za-z]")
_SCRIPT = re.compile(rb"<script\b", re.IGNORECASE)
# What is announced as the page's date, and none that is guessed from its text.
_DATES = {"extensive_search": False, "original_date": True, "outputformat": "%Y-%m-%d"}


def main_text(content: bytes, url: str) -> dict[str, str]:
    """Return the main text of a page, read from its bytes, so that a wrong charset in a header does no harm.

    Parameters
    ----------
    content : bytes
        The page.
    url : str
        Its URL.

    Returns
    -------
    dict of str to str
        "title", "date" (YYYY-MM-DD) and "text" (normalised), each empty where there is none, and "empty", why
        there is no text; or "problem" alone, why the page cannot be read; or "missing" alone, a package that
        is not installed.

    Raises
    ------
    MemoryError
        If it takes more memory than there is.
    """
    try:
        import trafilatura  # noqa: PLC0415 - an extra, and slow to import
    except ImportError:
        return {"missing": "trafilatura"}
    for name in ("trafilatura", "htmldate"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        markup = decode_markup(content.replace(b"\x00", b""))
        problem = _too_much(markup)
        if problem:
            return {"problem": problem}
        # Typed as what it gives without `as_dict` or with it: this is without.
        found: Any = trafilatura.bare_extraction(
            markup,
            url=url or None,
            fast=True,
            include_comments=False,
            include_tables=True,
            with_metadata=True,
            date_extraction_params=_DATES,
        )
    except FourpError as error:
        return {"problem": error.problem}
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - a page is anybody's, and a parser's fault is that of one page
        return {"problem": f"The page cannot be read ({type(error).__name__})."}
    title, date = (_line(found.title), found.date or "") if found is not None else ("", "")
    text = normalise((found.text if found is not None else None) or _all_words(markup))
    if len(text) > MAX_TEXT:
        return {"problem": f"It has more than {MAX_TEXT:,} characters of text."}
    empty = ""
    if not text:
        by_script = _SCRIPT.search(content) is not None
        empty = (
            "It has no text of its own: a script writes it in the reader's browser."
            if by_script
            else "It has no text."
        )
    return {"title": title, "date": date, "text": text, "empty": empty}


def _too_much(markup: str) -> str:
    """Say why a page is not handed to a parser whose time grows with the square of what it is given."""
    number = 0
    for number, _ in enumerate(_ELEMENT.finditer(markup), start=1):
        if number > MAX_ELEMENTS:
            return f"It has more than {MAX_ELEMENTS:,} elements."
    if most_attributes(markup) > MAX_ATTRIBUTES:
        return f"One of its elements has more than {MAX_ATTRIBUTES:,} attributes."
    return ""


def _all_words(markup: str) -> str:
    """Return what a page says, where no main text could be told from the rest."""
    try:
        return words_of(markup)
    except DocumentError:
        return ""


def _line(text: str | None) -> str:
    return " ".join(normalise(text or "").split())
