"""The links of a page, read within limits of time, number and length."""

from __future__ import annotations

import html
import re
import time
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from fourp_nlp.documents import decode_markup
from fourp_nlp.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "MAX_ATTRIBUTES",
    "MAX_LINKS",
    "MAX_SECONDS",
    "PageLinks",
    "looks_like_html",
    "most_attributes",
    "refresh_to",
]

MAX_LINKS = 50_000
"""Links of one page that are read."""
MAX_SECONDS = 5.0
"""Seconds that reading the links of one page may take."""
MAX_ATTRIBUTES = 1_000
"""Attributes of one tag that are looked at."""

_HEAD = 4096
_MARKUP = re.compile(
    rb"<\s*(?:!doctype|html|head|body|title|div|p|h1|article|meta)\b", re.IGNORECASE
)
_LONGEST = 4_000
"""Characters of an address that are looked at; no server takes more."""
_BREATH = 1 << 8
"""Tags after which the caller is let in."""

# A tag or a comment begins. What is no name after "<" is text.
_BEGINS = re.compile(r"<(?:(!--)|(/?)([A-Za-z][^\s/>]*+))")
# Every quantifier is possessive: what was taken is never given back, so that no input takes more than
# linear time. A quotation mark that is never closed counts as part of a name.
_REST = re.compile(
    r"""(?:[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?+)?+)*+[\s/]*+>"""
)
_ATTRIBUTE = re.compile(
    r"""[\s/]*+([^\s/>][^\s/>=]*+)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s>]*+)))?+"""
)
_RAW = ("script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes")
_CLOSES = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in _RAW}
_LINKS = {"a": "href", "area": "href", "frame": "src", "iframe": "src"}
_WANTED = frozenset([*_LINKS, "base", "meta"])
# "5; url=/home", and what browsers take as well: no word, no equals sign's spaces, a comma, quotation marks.
_REFRESH = re.compile(
    r"\s*+(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]*+)(?:\s*+[;,]\s*+|\s++)(?:url\s*+=\s*+)?+(.++)",
    re.IGNORECASE | re.DOTALL,
)


def looks_like_html(content: bytes) -> bool:
    """Return whether contents begin like a web page.

    Parameters
    ----------
    content : bytes
        The contents.

    Returns
    -------
    bool
        Whether there is a usual tag near their beginning.
    """
    return _MARKUP.search(content[:_HEAD]) is not None


class PageLinks:
    """The links of a page, in its order, each once.

    Iterate over it once; then `cut` says whether there were more.

    Parameters
    ----------
    content : bytes
        The page.
    url : str
        Its URL, to which relative links refer.
    max_links : int
        Links that are read at most.
    max_seconds : float
        Seconds that reading them may take, what is done between two links not counted.
    charset : str
        The charset that its HTTP header names; empty if it names none.

    Attributes
    ----------
    cut : str
        Why not all of them were read; empty if they were.
    refreshes : set of str
        Those to which the page leads by itself, without a click.

    Notes
    -----
    The page is read as a stream of tags, with the rules of HTML for comments, scripts and quotation
    marks; no tree is made, and of a tag no more than its first thousand attributes are looked at.
    """

    def __init__(
        self,
        content: bytes,
        url: str,
        *,
        max_links: int = MAX_LINKS,
        max_seconds: float = MAX_SECONDS,
        charset: str = "",
    ) -> None:
        self._content, self._url = content, url
        self._max_links, self._left = max_links, max_seconds
        self._seconds = max_seconds
        self._charset = charset
        self.cut = ""
        self.refreshes: set[str] = set()

    def __iter__(self) -> Iterator[str]:
        """Read the links."""
        return (link for link in self.steps() if link)

    def steps(self) -> Iterator[str]:
        """Read the links, with an empty one now and then, so that the caller can do something else."""
        began = time.monotonic()
        if not looks_like_html(self._content):
            return
        try:
            markup = decode_markup(
                self._content.replace(b"\x00", b""), header=self._charset or None
            )
        except DocumentError:
            return
        seen: set[str] = set()
        for address in self._of_tags(markup):
            link = address if address.startswith(("http://", "https://")) else ""
            if address and (not link or link in seen):
                continue
            if link and len(seen) == self._max_links:
                self.cut = f"of its links the first {self._max_links:,} were read"
                return
            if time.monotonic() - began > self._left:
                self.cut = f"its links were read for {self._seconds:g} seconds, and not all of them"
                return
            if link:
                seen.add(link)
            self._left -= time.monotonic() - began
            yield link
            began = time.monotonic()

    def _of_tags(self, markup: str) -> Iterator[str]:
        """Yield the address of every tag that has one; an empty one now and then."""
        base, based, at, number = self._url, False, 0, 0
        while tag := _BEGINS.search(markup, at):
            number += 1
            if not number % _BREATH:
                yield ""
            at, name = tag.end(), (tag[3] or "").lower()
            end = _end_of_comment(markup, at) if tag[1] else _end_of_tag(markup, at)
            if not end:
                return
            if name in _WANTED and not tag[2]:
                attributes = self._attributes(markup, at, end - 1)
                if name != "base":
                    link = _joined(base, _address(name, attributes))
                    if link and name == "meta":
                        self.refreshes.add(link)
                    yield link
                elif not based and attributes.get("href"):
                    base, based = _joined(self._url, attributes["href"]) or base, True
            if name in _CLOSES and not tag[2]:
                closing = _CLOSES[name].search(markup, end)
                if closing is None:
                    return
                end = closing.start()
            at = end

    def _attributes(self, markup: str, start: int, end: int) -> dict[str, str]:
        """Return the attributes of a tag; of several of one name, the first."""
        attributes: dict[str, str] = {}
        at = start
        for _ in range(MAX_ATTRIBUTES):
            match = _ATTRIBUTE.match(markup, at, end)
            if match is None:
                return attributes
            at = match.end()
            value = next((match[n] for n in (2, 3, 4) if match[n] is not None), "")
            # A quotation mark that is never closed.
            value = value.lstrip("\"'") if match[4] else value
            attributes.setdefault(match[1].lower(), value)
        self.cut = f"a tag has more than {MAX_ATTRIBUTES:,} attributes, which were not all read"
        return attributes


def most_attributes(markup: str) -> int:
    """Return how many attributes the tag with the most of them has; beyond the limit, one more than it.

    Parameters
    ----------
    markup : str
        The page.

    Returns
    -------
    int
        The number.
    """
    most = at = 0
    while tag := _BEGINS.search(markup, at):
        at = tag.end()
        end = _end_of_comment(markup, at) if tag[1] else _end_of_tag(markup, at)
        if not end:
            return most
        # An attribute has a character and what divides it from the next.
        if not tag[1] and end - at > 2 * MAX_ATTRIBUTES:
            most = max(most, _count(markup, at, end - 1))
        at = end
    return most


def _count(markup: str, at: int, end: int) -> int:
    for number in range(MAX_ATTRIBUTES + 1):
        match = _ATTRIBUTE.match(markup, at, end)
        if match is None:
            return number
        at = match.end()
    return MAX_ATTRIBUTES + 1


def _end_of_comment(markup: str, at: int) -> int:
    # "<!-->" is a whole comment. One that is never closed goes on to the end of the page.
    closed = markup.find("-->", at - 2)
    return closed + 3 if closed >= 0 else 0


def _end_of_tag(markup: str, at: int) -> int:
    rest = _REST.match(markup, at)
    return rest.end() if rest else markup.find(">", at) + 1


def _address(name: str, attributes: dict[str, str]) -> str:
    """Return the address that a tag leads to, as it is written; empty if it leads nowhere."""
    if name != "meta":
        return attributes.get(_LINKS[name], "")
    content = attributes.get("content", "")
    if attributes.get("http-equiv", "").strip().lower() != "refresh" or len(content) > _LONGEST:
        return ""
    return refresh_to(html.unescape(content))


def refresh_to(content: str) -> str:
    """Return where a header ``Refresh``, or an element that stands for it, leads.

    Parameters
    ----------
    content : str
        Its value, such as ``5; url=/home`` or ``0;/home``.

    Returns
    -------
    str
        The address as it is written; empty if it leads nowhere else.
    """
    match = _REFRESH.match(content[:_LONGEST])
    if match is None:
        return ""
    address = match[1].strip()
    if address[:1] in {'"', "'"}:
        return address[1:].partition(address[0])[0].strip()
    return address


def _joined(base: str, written: str) -> str:
    """Return an absolute address; empty where there is none."""
    link = written.strip()
    if not link or len(link) > _LONGEST:
        return ""
    try:
        # Numbers of thousands of digits are no characters, and Python refuses them.
        return urljoin(base, html.unescape(link).strip())
    except ValueError:
        return ""
