"""Reads and writes the parts of a Word document that hold its comments."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from fourp_nlp.exchange.word._markup_names import MARKUP, NAMESPACES, W14, W15, W

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fourp_nlp.documents import WordPlaces

__all__ = ["Comment", "ReadComment", "add_comments", "comments_of", "word_date"]

_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_PARTS = re.compile("\t|[^\t]+")
_WORD = re.compile(r"[^\W_]+")
# Word takes identities of paragraphs up to here (Open Specifications, MS-DOCX, ST_LongHexNumber of paraId).
_FIRST_ID, _LAST_ID = 0x10000000, 0x7FFFFFFF
_UNSEEN = frozenset(f"{W}{name}" for name in ("del", "moveFrom", "pPr", "rPr"))


class Comment(NamedTuple):
    """A comment to be written; its date is as Word writes it, and `answers` is -1 where it answers none."""

    number: int
    author: str
    date: str
    lines: list[str]
    answers: int = -1


class ReadComment(NamedTuple):
    """A comment that was read, and the id of the comment that it answers; each text may be empty."""

    number: str
    author: str
    made_at: str
    text: str
    answers: str
    resolved: bool


def word_date(written: str) -> tuple[str, bool]:
    """Return a date and time as Word writes it, and whether it is the same moment.

    `written` is ISO 8601; without a zone it is UTC. The date is in UTC, to the second, with Z;
    empty where it cannot be read.
    """
    if not written:
        return "", True
    try:
        moment = datetime.fromisoformat(written)
        moment = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return "", False
    return f"{moment.replace(tzinfo=None, microsecond=0).isoformat()}Z", not moment.microsecond


def add_comments(
    comments: Iterable[Comment],
    *,
    into: Any = None,
    threads: Any = None,
    taken: Iterable[str] = (),
) -> tuple[Any, Any]:
    """Add comments to the part that holds them, and answers to the part that tells what they answer.

    `comments` has each before its answers; `into` and `threads` are the roots of the two parts
    where the document has them; `taken` are ids of paragraphs that are in use. Returns both roots;
    `threads` is None if there is no answer.
    """
    from lxml import etree  # type: ignore[import-untyped, unused-ignore]

    listed = list(comments)
    spoken = {comment.answers for comment in listed} - {-1}
    into = _with_prefixes(into, f"{W}comments", ("w14",))
    if spoken:
        threads = _with_prefixes(threads, f"{W15}commentsEx", ("w15",))
    used = {int(one, 16) for one in taken if re.fullmatch("[0-9A-Fa-f]{8}", one)}
    identities: dict[int, str] = {}
    free = _FIRST_ID
    for comment in listed:
        element = etree.SubElement(into, f"{W}comment")
        element.set(f"{W}id", str(comment.number))
        element.set(f"{W}author", comment.author)
        if comment.date:
            element.set(f"{W}date", comment.date)
        element.set(f"{W}initials", "".join(word[0] for word in _WORD.findall(comment.author))[:9])
        for line in comment.lines or [""]:
            paragraph = etree.SubElement(element, f"{W}p")
            run = etree.SubElement(paragraph, f"{W}r")
            for part in _PARTS.findall(line):
                if part == "\t":
                    etree.SubElement(run, f"{W}tab")
                else:
                    text = etree.SubElement(run, f"{W}t")
                    text.text = part
                    text.set(_SPACE, "preserve")
        if comment.number in spoken or comment.answers >= 0:
            while free in used:
                free += 1
            identities[comment.number] = f"{min(free, _LAST_ID):08X}"
            free += 1
            paragraph.set(f"{W14}paraId", identities[comment.number])
            entry = etree.SubElement(threads, f"{W15}commentEx")
            entry.set(f"{W15}paraId", identities[comment.number])
            if comment.answers >= 0:
                entry.set(f"{W15}paraIdParent", identities[comment.answers])
            entry.set(f"{W15}done", "0")
    return into, threads


def _with_prefixes(root: Any, tag: str, newer: tuple[str, ...]) -> Any:
    """Return a root that knows the prefixes of newer Words and lets older ones pass over them."""
    from lxml import etree  # type: ignore[import-untyped, unused-ignore]

    known = dict(root.nsmap) if root is not None else {}
    # A file may call a namespace anything; what is called by these names already stays.
    added = {key: NAMESPACES[key] for key in ("w", "mc", *newer) if key not in known}
    renewed = etree.Element(tag, nsmap=known | added)
    ignorable: list[str] = []
    if root is not None:
        renewed.attrib.update(root.attrib)
        renewed.extend(list(root))
        ignorable = (root.get(f"{MARKUP}Ignorable") or "").split()
    prefixes = {space: prefix for prefix, space in renewed.nsmap.items() if prefix}
    ignorable += [
        prefix
        for key in newer
        if (prefix := prefixes.get(NAMESPACES[key])) and prefix not in ignorable
    ]
    renewed.set(f"{MARKUP}Ignorable", " ".join(ignorable))
    return renewed


def comments_of(places: WordPlaces) -> list[ReadComment]:
    """Read the comments of a document.

    They are in the order of the part that holds them. Word notes the local time without its zone,
    as if it were UTC; where it notes UTC besides, as newer ones do, that is taken.
    """
    moments = _moments(places)
    parents, resolved = _threads(places)
    comments: list[tuple[ReadComment, str]] = []
    by_paragraph: dict[str, str] = {}
    for _, root in places.parts("comments"):
        for comment in root.iter(f"{W}comment"):
            paragraphs = list(comment.iter(f"{W}p"))
            identities = [str(item.get(f"{W14}paraId") or "").upper() for item in paragraphs]
            number = str(comment.get(f"{W}id") or "")
            by_paragraph.update(dict.fromkeys(filter(None, identities), number))
            last = identities[-1] if identities else ""
            made_at, _ = word_date(str(moments.get(last) or comment.get(f"{W}date") or ""))
            text = "\n".join(_said(paragraph) for paragraph in paragraphs)
            author = str(comment.get(f"{W}author") or "")
            done = any(identity in resolved for identity in identities)
            comments.append((ReadComment(number, author, made_at, text, "", done), last))
    answers = {identity: by_paragraph.get(parent, "") for identity, parent in parents.items()}
    return [item._replace(answers=answers.get(last, "")) for item, last in comments]


def _said(paragraph: Any) -> str:
    parts: list[str] = []
    for element in paragraph:
        if element.tag == f"{W}t":
            parts.append(element.text or "")
        elif element.tag == f"{W}tab":
            parts.append("\t")
        elif element.tag in {f"{W}br", f"{W}cr"}:
            parts.append("\n")
        elif element.tag == f"{W}noBreakHyphen":
            parts.append("-")
        elif element.tag not in _UNSEEN:
            parts.append(_said(element))
    return "".join(parts)


def _threads(places: WordPlaces) -> tuple[dict[str, str], set[str]]:
    """Return, by identity of a comment's last paragraph, what it answers, and which are resolved."""
    parents: dict[str, str] = {}
    resolved: set[str] = set()
    for _, root in places.parts("commentsExtended"):
        for entry in root.iter(f"{W15}commentEx"):
            identity = str(entry.get(f"{W15}paraId") or "").upper()
            parent = str(entry.get(f"{W15}paraIdParent") or "").upper()
            if parent and parent != identity:
                parents[identity] = parent
            if entry.get(f"{W15}done") in {"1", "true", "on"}:
                resolved.add(identity)
    return parents, resolved


def _moments(places: WordPlaces) -> dict[str, str]:
    """Return, by identity of a comment's last paragraph, when it was made in UTC."""
    durable: dict[str, str] = {}
    for _, root in places.parts("commentsIds"):
        for entry in root:
            attributes = {
                str(key).rpartition("}")[2]: str(value) for key, value in entry.attrib.items()
            }
            durable[attributes.get("durableId", "").upper()] = attributes.get("paraId", "").upper()
    moments: dict[str, str] = {}
    for _, root in places.parts("commentsExtensible"):
        for entry in root:
            attributes = {
                str(key).rpartition("}")[2]: str(value) for key, value in entry.attrib.items()
            }
            paragraph = durable.get(attributes.get("durableId", "").upper())
            if paragraph and attributes.get("dateUtc"):
                moments[paragraph] = attributes["dateUtc"]
    return moments
