"""Reading sitemaps: the addresses that a site announces, within limits."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

__all__ = ["MAX_SITEMAP", "Sitemap", "is_sitemap", "read_sitemap"]

MAX_SITEMAP = 10 * 1024 * 1024
"""Bytes of a sitemap, unpacked; what goes beyond them is not read."""

_GZIP = b"\x1f\x8b"
_HEAD = 4096
_CHUNK = 1 << 16
_LONGEST = 4_000
_MOST = 50_000
"""Addresses of one sitemap, which the protocol allows at most."""


@dataclass
class Sitemap:
    """What a sitemap says.

    Attributes
    ----------
    pages : list of str
        Addresses of pages, as they are written.
    sitemaps : list of str
        Addresses of further sitemaps.
    """

    pages: list[str] = field(default_factory=list)
    sitemaps: list[str] = field(default_factory=list)


def is_sitemap(content: bytes) -> bool:
    """Return whether contents are a sitemap in XML, packed or not, rather than a page.

    Parameters
    ----------
    content : bytes
        The contents.

    Returns
    -------
    bool
        Whether their root is that of a sitemap or of an index of sitemaps.
    """
    if not content.startswith((_GZIP, b"<", b"\xef\xbb\xbf<", b"\n", b"\r", b" ")):
        return False
    head = _unpacked(content, _HEAD)[:_HEAD].lower()
    at = min(
        (head.find(name) for name in (b"<urlset", b"<sitemapindex") if name in head), default=-1
    )
    return at >= 0 and b"<html" not in head[:at] and b"<body" not in head[:at]


def read_sitemap(content: bytes) -> Sitemap:
    """Read a sitemap in XML or of lines, packed by gzip or not.

    Parameters
    ----------
    content : bytes
        The contents.

    Returns
    -------
    Sitemap
        Its addresses, as far as it can be read: nothing that it refers to is resolved, and of a damaged
        one what comes before the damage counts.
    """
    data = _unpacked(content, MAX_SITEMAP)
    begins = data.lstrip(b"\xef\xbb\xbf \t\r\n")
    return _of_xml(data) if begins.startswith(b"<") else _of_lines(begins)


def _unpacked(content: bytes, most: int) -> bytes:
    if not content.startswith(_GZIP):
        return content[:most]
    try:
        return zlib.decompressobj(31).decompress(content, most)
    except zlib.error:
        return b""


def _of_lines(data: bytes) -> Sitemap:
    lines = data.decode("utf-8", "replace").splitlines()[:_MOST]
    stripped = [line.strip() for line in lines]
    return Sitemap([line for line in stripped if line.startswith(("http://", "https://"))])


def _of_xml(data: bytes) -> Sitemap:
    from lxml import etree  # type: ignore[import-untyped, unused-ignore]

    sitemap = Sitemap()
    parser = etree.XMLPullParser(
        events=("end",),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=True,
        remove_comments=True,
        remove_pis=True,
    )
    for at in range(0, len(data), _CHUNK):
        try:
            parser.feed(data[at : at + _CHUNK])
            for _, element in parser.read_events():
                _take(element, sitemap)
        except etree.LxmlError:
            break
        if len(sitemap.pages) + len(sitemap.sitemaps) >= _MOST:
            break
    return sitemap


def _take(element: object, sitemap: Sitemap) -> None:
    """Take an address, and let go of an entry that is over, so that memory stays bounded."""
    from lxml import etree

    if not isinstance(element, etree._Element) or not isinstance(element.tag, str):  # noqa: SLF001 - the type's only name
        return
    name = element.tag.rpartition("}")[2]
    if name in {"url", "sitemap"}:
        element.clear()
        return
    around = element.getparent()
    kind = str(around.tag).rpartition("}")[2] if around is not None else ""
    # Pictures and films have addresses of the same name, one element further in.
    if name != "loc" or kind not in {"url", "sitemap"}:
        return
    address = (element.text or "").strip()
    if address and len(address) <= _LONGEST:
        (sitemap.pages if kind == "url" else sitemap.sitemaps).append(address)
