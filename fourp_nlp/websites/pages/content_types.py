"""The media type of an answer: by its bytes, its file name, then its header."""

from __future__ import annotations

import re
from urllib.parse import unquote

from fourp_nlp.websites.links import looks_like_html

__all__ = [
    "HANDOUT_KINDS",
    "READ_AS",
    "TELLS_NOTHING",
    "charset_of",
    "file_name_of",
    "kind_of",
    "media_type_of",
]

_OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX = f"{_OFFICE}wordprocessingml.document"
PPTX = f"{_OFFICE}presentationml.presentation"
ODT = "application/vnd.oasis.opendocument.text"

READ_AS = {
    "application/pdf": ".pdf",
    "application/rtf": ".rtf",
    DOCX: ".docx",
    PPTX: ".pptx",
    ODT: ".odt",
    "text/plain": ".txt",
}
"""Media types that are read as documents, and the suffix that each gets."""

HANDOUT_KINDS = frozenset(
    [
        *(mime for mime in READ_AS if mime != "text/plain"),
        "application/msword",
        "application/vnd.ms-powerpoint",
        "application/x-ole-storage",
        "application/vnd.oasis.opendocument.presentation",
    ]
)
"""Media types of handouts."""

TELLS_NOTHING = frozenset(
    """application/octet-stream binary/octet-stream application/octetstream application/binary
    application/unknown application/x-unknown unknown/unknown application/force-download
    application/x-force-download application/download application/x-download application/x-octet-stream
    application/save application/file application/x-msdownload application/acrobat application/x-pdf
    applications/vnd.pdf application/vnd.pdf text/pdf text/x-pdf application/x-rtf text/rtf text/richtext
    application/doc application/vnd.ms-office application/zip application/x-zip application/x-zip-compressed
    multipart/x-zip application/x-tika-ooxml""".split()  # noqa: SIM905 - names are read more easily so
)
"""Media types that servers give to handouts of any kind: only the bytes tell what these are."""

_HEAD = 4096
_ZIP = b"PK\x03\x04"
_SIGNATURES = (
    (b"%PDF", "application/pdf"),
    (b"\x89PNG", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"RIFF", "application/octet-stream"),
    (b"\x1f\x8b", "application/gzip"),
    (b"\xd0\xcf\x11\xe0", "application/x-ole-storage"),
    (b"{\\rtf", "application/rtf"),
)
_IN_ZIP = (
    (b"word/", DOCX),
    (b"ppt/", PPTX),
    (b"xl/", f"{_OFFICE}spreadsheetml.sheet"),
    (b"opendocument.text", ODT),
    (b"opendocument.presentation", "application/vnd.oasis.opendocument.presentation"),
)
_BY_NAME = {
    "pdf": "application/pdf",
    "rtf": "application/rtf",
    "docx": DOCX,
    "pptx": PPTX,
    "odt": ODT,
    "doc": "application/msword",
    "ppt": "application/vnd.ms-powerpoint",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "htm": "text/html",
    "html": "text/html",
    "xhtml": "text/html",
    "txt": "text/plain",
    "md": "text/plain",
}
_SPACE = b" \t\r\n\x0c\x00"
_PDF_WITHIN = 1024
"""Bytes within which a PDF file may begin; the standard's implementation notes allow as many."""

_CHARSET = re.compile(r"charset\s{0,9}=\s{0,9}[\"']?([A-Za-z0-9_.:+-]{1,40})", re.IGNORECASE)
_EXTENDED = re.compile(
    r"filename\*\s{0,9}=\s{0,9}([A-Za-z0-9_-]{0,40})'[^']{0,40}'([^;\s]{1,1000})", re.IGNORECASE
)
_PLAIN = re.compile(
    r"filename\s{0,9}=\s{0,9}(?:\"([^\"]{1,1000})\"|([^;\s][^;]{0,1000}))", re.IGNORECASE
)


def media_type_of(header: str) -> str:
    """Return the media type of a header Content-Type, in lower case, without parameters."""
    return header.partition(";")[0].partition(",")[0].strip().lower()


def charset_of(header: str) -> str:
    """Return the charset of a header Content-Type; empty if it names none."""
    match = _CHARSET.search(header[:2_000])
    return match[1] if match else ""


def file_name_of(header: str) -> str:
    """Return the file name of a header Content-Disposition, without folders; empty if it has none."""
    header = header[:4_000]
    match = _EXTENDED.search(header)
    name = ""
    if match:
        try:
            name = unquote(match[2], encoding=match[1] or "utf-8", errors="replace")
        except LookupError:
            name = unquote(match[2])
    elif match := _PLAIN.search(header):
        name = unquote((match[1] or match[2] or "").strip())
    name = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    return "".join(filter(str.isprintable, name)).strip()[:200]


def kind_of(content: bytes, declared: str = "", name: str = "") -> str:
    """Return the media type of contents.

    Parameters
    ----------
    content : bytes
        The contents, or as much of their beginning as there is.
    declared : str
        The media type that the server gives.
    name : str
        The file's name, from Content-Disposition or the address.

    Returns
    -------
    str
        The media type by the bytes themselves; what the name and then the server say only where the bytes are
        text that could be anything.
    """
    mime = _by_bytes(content)
    if mime:
        return mime
    by_name = _BY_NAME.get(name.rpartition(".")[2].lower(), "") if "." in name else ""
    if by_name.startswith("text/"):
        return by_name
    if declared in TELLS_NOTHING or declared in HANDOUT_KINDS:
        # Its bytes are none of such a file's: it is text, if it is anything.
        return "text/plain"
    return declared or "text/plain"


def _by_bytes(content: bytes) -> str:
    """Return the media type that the bytes themselves show; empty for text."""
    head = content[:_HEAD]
    begins = head.lstrip(_SPACE).removeprefix(b"\xef\xbb\xbf").lstrip(_SPACE)
    known = next((mime for signature, mime in _SIGNATURES if begins.startswith(signature)), "")
    if known:
        return known
    if begins.startswith(_ZIP):
        inside = content[:65536] + content[-65536:]
        return next((mime for mark, mime in _IN_ZIP if mark in inside), "application/zip")
    if looks_like_html(head):
        return "text/html"
    if b"%PDF-" in head[:_PDF_WITHIN]:
        return "application/pdf"
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    return "application/octet-stream" if b"\x00" in head and not wide else ""
