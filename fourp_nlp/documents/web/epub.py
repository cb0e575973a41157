"""E-books (EPUB): chapters in reading order, each read as a web page."""

from __future__ import annotations

import re
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote

from fourp_nlp.documents.reading import Reading, Text
from fourp_nlp.documents.text.decoding import decoded_markup
from fourp_nlp.documents.web.html import words_of
from fourp_nlp.documents.web.xml import local, parse
from fourp_nlp.errors import DocumentError
from fourp_nlp.files.zip_limits import check_package, read_member

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["read"]

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_PAGES = frozenset({"application/xhtml+xml", "text/html", "application/x-dtbook+xml"})
# XHTML may close a tag in itself; a reader of HTML takes what follows for its content.
_CLOSED = re.compile(
    r"<(script|style|title|textarea|iframe|a|b|i|em|strong|span|p|div|td|th|li|h[1-6])"
    r"(\s[^<>]{0,2000})?/>",
    re.IGNORECASE,
)
_FRESH = "Get a fresh copy, or convert it with Calibre."


class _Item(NamedTuple):
    """A file of the book: where it is, its media type and what it is for."""

    path: str
    kind: str
    properties: str


def read(path: Path) -> Reading:
    """Return the text of an .epub file, chapter by chapter, without its table of contents and pictures.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    Reading
        The text, not yet normalised; its author is its speaker.

    Raises
    ------
    DocumentError
        If the file is damaged or protected (DRM), or is no e-book.
    UnsafeDocumentError
        If it would expand too far, or is no container of an e-book.
    """
    members = check_package(path, main=_CONTAINER, kind="book in EPUB")
    book = _package(path, members)
    package = parse(read_member(path, book), file=path, place=book)
    items = {
        element.get("id", ""): _Item(
            normpath(join(dirname(book), unquote(element.get("href", "").partition("#")[0]))),
            element.get("media-type", ""),
            element.get("properties", ""),
        )
        for element in _each(package, "item")
    }
    spine = [items.get(element.get("idref", "")) for element in _each(package, "itemref")]
    chapters = [item for item in spine if item is not None and _is_text(item)]
    _refuse_protected(path, members, {item.path for item in chapters})
    texts: list[str] = []
    doubts: dict[str, None] = {}
    missing = []
    for item in chapters:
        if item.path not in members:
            missing.append(item.path)
            continue
        page = decoded_markup(read_member(path, item.path), file=path)
        doubts |= dict.fromkeys(f"{item.path}: {doubt}" for doubt in page.doubts)
        words = words_of(_CLOSED.sub(r"<\1\2></\1>", page.text), file=path)
        if words.strip():
            texts.append(words)
    if not texts:
        raise DocumentError(
            "The e-book has no text, perhaps pictures of pages alone.",
            file=path,
            cure="Ask for a copy with text, or recognise its pages with an OCR program.",
        )
    if missing:
        doubts[f"chapters are missing in the file: {', '.join(missing[:5])}"] = None
    remarks = [f"{len(texts)} chapters read; table of contents and pictures left out."]
    author = next((_words(element) for element in _each(package, "creator")), "")
    date = next((_words(element) for element in _each(package, "date")), "")
    attributes = {"speaker": author, "date": date[:10], "kind": "e-book"}
    return Reading([Text("\n\n".join(texts), attributes=attributes)], list(doubts), remarks)


def _package(path: Path, members: frozenset[str]) -> str:
    """Return the name of the member that lists the chapters."""
    container = parse(read_member(path, _CONTAINER), file=path, place=_CONTAINER)
    for element in _each(container, "rootfile"):
        name = str(normpath(element.get("full-path", "")))
        if name in members:
            return name
    raise DocumentError("The e-book does not say where its chapters are.", file=path, cure=_FRESH)


def _each(root: Any, name: str) -> Iterator[Any]:
    return (element for element in root.iter() if local(element) == name)


def _words(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def _is_text(item: _Item) -> bool:
    return item.kind in _PAGES and "nav" not in item.properties.split()


def _refuse_protected(path: Path, members: frozenset[str], chapters: set[str]) -> None:
    """Refuse a book whose chapters are encrypted; that fonts are is usual, and does no harm."""
    if _ENCRYPTION not in members:
        return
    listed = parse(read_member(path, _ENCRYPTION), file=path, place=_ENCRYPTION)
    protected = {
        normpath(unquote(element.get("URI", ""))) for element in _each(listed, "CipherReference")
    }
    if protected & chapters:
        raise DocumentError(
            "The e-book is protected against copying (DRM).",
            file=path,
            cure="Ask the publisher for a copy that may be read by programs.",
        )
