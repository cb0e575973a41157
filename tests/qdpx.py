"""Small REFI-QDA projects, written by hand as other programs write them."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<Project xmlns="urn:QDA-XML:project:1.0" name="p" origin="test">'

USER_A = "aaaaaaaa-0000-4000-8000-000000000001"
USER_B = "aaaaaaaa-0000-4000-8000-000000000002"
WATER = "cccccccc-0000-4000-8000-000000000001"
SEEDS = "cccccccc-0000-4000-8000-000000000002"
USERS = f'<Users><User guid="{USER_A}" name="Anna"/><User guid="{USER_B}" name="Ben"/></Users>'
CODES = (
    f'<CodeBook><Codes><Code guid="{WATER}" name="Water" isCodable="true"/>'
    f'<Code guid="{SEEDS}" name="Seeds" isCodable="true"/></Codes></CodeBook>'
)


def guid(number: int, kind: str = "5") -> str:
    """A GUID of a source (5), selection (6), coding (7), note (8) or set (9)."""
    return f"{kind * 8}-0000-4000-8000-{number:012d}"


def coding(
    number: int, code: str = WATER, user: str | None = USER_A, *, inside: str = "", **more: str
) -> str:
    """An element Coding."""
    said = "".join(f" {name}={quoteattr(value)}" for name, value in more.items())
    author = "" if user is None else f' creatingUser="{user}"'
    return (
        f'<Coding guid="{guid(number, "7")}"{author}{said}>'
        f'<CodeRef targetGUID="{code}"/>{inside}</Coding>'
    )


def selection(
    number: int, start: object, end: object, name: str | None, inside: str = "", **more: str
) -> str:
    """An element PlainTextSelection."""
    title = "" if name is None else f" name={quoteattr(name)}"
    said = "".join(f" {key}={quoteattr(value)}" for key, value in more.items())
    return (
        f'<PlainTextSelection guid="{guid(number, "6")}"{title} startPosition="{start}" '
        f'endPosition="{end}"{said}>{inside}</PlainTextSelection>'
    )


def source(number: int, inside: str = "", *, name: str | None = None, **more: str) -> str:
    """An element TextSource, whose file is `sources/<its GUID>.txt` unless `plainTextPath` says otherwise."""
    more.setdefault("plainTextPath", f"internal://{guid(number)}.txt")
    said = "".join(f" {key}={quoteattr(value)}" for key, value in more.items() if value)
    title = f"document {number}" if name is None else name
    return f'<TextSource guid="{guid(number)}" name={quoteattr(title)}{said}>{inside}</TextSource>'


def project(
    sources: str = "", *, codes: str = CODES, users: str = USERS, before: str = "", after: str = ""
) -> str:
    """The XML of a project."""
    return f"{HEAD}{users}{codes}{before}<Sources>{sources}</Sources>{after}</Project>"


def pack(
    path: Path,
    xml: str | bytes,
    texts: Mapping[int | str, str | bytes] | None = None,
    *,
    qde: str = "project.qde",
    method: int = zipfile.ZIP_DEFLATED,
) -> Path:
    """Write a .qdpx; a number as the name of a text means the file of that source."""
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr(qde, xml)
        for name, text in (texts or {}).items():
            held = f"sources/{guid(name)}.txt" if isinstance(name, int) else name
            archive.writestr(held, text.encode() if isinstance(text, str) else text)
    return path
