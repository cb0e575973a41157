"""Whether an answer is wanted, by its headers or its first bytes."""

from __future__ import annotations

import zlib
from typing import Literal

from fourp_nlp.websites.frontier import HANDOUTS, NO_PAGES
from fourp_nlp.websites.pages.content_types import HANDOUT_KINDS, TELLS_NOTHING, kind_of

__all__ = ["ENOUGH", "NOT_ASKED_FOR", "Verdict", "by_contents", "by_headers", "shown"]

Verdict = Literal["take", "look", "refuse"]

NOT_ASKED_FOR = "a handout, which was not asked for"
ENOUGH = 4096
"""Bytes of contents by which it is decided what they are."""

_TEXTS = ("text/html", "application/xhtml+xml", "text/plain", "text/xml", "application/xml")
_HANDOUTS = (
    "application/pdf",
    "application/rtf",
    "application/msword",
    "application/vnd.ms-powerpoint",
    "application/vnd.openxmlformats-officedocument.wordprocessingml",
    "application/vnd.openxmlformats-officedocument.presentationml",
    "application/vnd.oasis.opendocument",
)
_MOST_SHOWN = 80


def by_headers(mime: str, name: str, *, handouts: bool) -> tuple[Verdict, str]:
    """Decide by what a server says of an answer.

    `mime` is its media type, in lower case; `name` is the file name of its header
    Content-Disposition, empty if there is none; `handouts` says whether handouts are wanted. The
    verdict is "look" where the headers say nothing of what it is: its first bytes decide. The
    reason says why it is refused; it is empty if it is not.
    """
    if mime in _TEXTS:
        return "take", ""
    if mime.startswith(_HANDOUTS):
        return ("take", "") if handouts else ("refuse", NOT_ASKED_FOR)
    if mime and mime not in TELLS_NOTHING:
        return "refuse", f"no text ({shown(mime)})"
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if ending in NO_PAGES:
        return "refuse", f"no page by its name ({shown(name)})"
    if ending in HANDOUTS and not handouts:
        return "refuse", NOT_ASKED_FOR
    return "look", ""


def by_contents(
    head: bytes, mime: str, name: str, *, handouts: bool, coding: str = "", whole: bool = False
) -> tuple[Verdict, str]:
    """Decide by the first bytes of an answer of which the headers say nothing.

    `head` is the first bytes, as they came, or all if `whole`; `coding` is what the header
    Content-Encoding says. The rest is as for `by_headers`; the verdict is "look" where more bytes
    are needed.
    """
    if not whole and len(head) < ENOUGH:
        return "look", ""
    kind = kind_of(_unpacked(head, coding), mime, name)
    if kind == "application/zip" and not whole and handouts:
        # What is in it may be named further on.
        return "take", ""
    if kind in HANDOUT_KINDS:
        return ("take", "") if handouts else ("refuse", NOT_ASKED_FOR)
    if kind in _TEXTS:
        return "take", ""
    return "refuse", f"no text ({shown(kind)})"


def _unpacked(head: bytes, coding: str) -> bytes:
    if coding not in {"gzip", "x-gzip", "deflate"}:
        return head
    try:
        return zlib.decompressobj(47).decompress(head, ENOUGH)
    except zlib.error:
        return head


def shown(text: str) -> str:
    """Return what a server says as a table may show it: without control characters, and not at length."""
    clean = " ".join("".join(filter(str.isprintable, text.replace("\t", " "))).split())
    return clean if len(clean) <= _MOST_SHOWN else f"{clean[:_MOST_SHOWN]}…"
