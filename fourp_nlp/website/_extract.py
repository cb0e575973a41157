"""The main text of one answer: a web page, or a handout in another format."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fourp_nlp.documents import normalise, read_document
from fourp_nlp.errors import DocumentError, FourpError, MissingExtraError
from fourp_nlp.website._apart import page_apart
from fourp_nlp.website._links import looks_like_html

if TYPE_CHECKING:
    from fourp_nlp.website._records import Answer

__all__ = ["Extracted", "extract"]

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
_OFFICE = "application/vnd.openxmlformats-officedocument."
_IN_ZIP = (
    (b"word/", f"{_OFFICE}wordprocessingml.document"),
    (b"ppt/", f"{_OFFICE}presentationml.presentation"),
    (b"xl/", f"{_OFFICE}spreadsheetml.sheet"),
    (b"opendocument.text", "application/vnd.oasis.opendocument.text"),
)
_SUFFIX = {
    "application/pdf": ".pdf",
    "application/rtf": ".rtf",
    f"{_OFFICE}wordprocessingml.document": ".docx",
    f"{_OFFICE}presentationml.presentation": ".pptx",
    "application/vnd.oasis.opendocument.text": ".odt",
    "text/plain": ".txt",
}
_HTML = ("text/html", "application/xhtml+xml", "text/xml", "application/xml")
_WEB = "Install what reads websites: pip install 'fourp_nlp[web]'"


@dataclass(frozen=True)
class Extracted:
    """What was found in an answer.

    Attributes
    ----------
    mime : str
        Media type by the bytes themselves.
    title, date, text : str
        Title, date of publication (YYYY-MM-DD) and normalised main text; empty where there is none.
    problem : str
        Why there is no text; empty where there is.
    damaged : bool
        Whether the answer ought to have a text that could not be read.
    """

    mime: str
    title: str = ""
    date: str = ""
    text: str = ""
    problem: str = ""
    damaged: bool = False


def extract(answer: Answer, scratch: Path | None = None) -> Extracted:
    """Return the main text of an answer.

    Web pages are read in a process of their own, within limits of time and memory (`page_apart`); PDF,
    Word, PowerPoint, OpenDocument and RTF files by the readers of documents.

    Parameters
    ----------
    answer : Answer
        An answer with status 200.
    scratch : pathlib.Path, optional
        Where temporary files are made; by default where the system keeps them.

    Returns
    -------
    Extracted
        The text, or why there is none; nothing that an answer holds raises an error.

    Raises
    ------
    MissingExtraError
        If the extra ``web`` is not installed.
    """
    if answer.problem:
        return Extracted(answer.mime, problem=answer.problem, damaged=True)
    mime = _mime(answer)
    if not answer.content.strip():
        return Extracted(mime, problem="The answer is empty.")
    if mime in _SUFFIX:
        return _document(answer, mime, scratch)
    if mime in _HTML:
        return _page(answer, mime)
    return Extracted(mime, problem=f"It holds no text that is read here ({mime or 'unknown'}).")


def _mime(answer: Answer) -> str:
    head = answer.content[:_HEAD]
    for signature, mime in _SIGNATURES:
        if head.startswith(signature):
            return mime
    if head.startswith(_ZIP):
        inside = answer.content[:65536] + answer.content[-65536:]
        return next((mime for mark, mime in _IN_ZIP if mark in inside), "application/zip")
    if looks_like_html(head):
        return "text/html"
    if b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "application/octet-stream"
    return answer.mime or "text/plain"


def _page(answer: Answer, mime: str) -> Extracted:
    told = page_apart(answer.content, answer.url)
    if "missing" in told:
        raise MissingExtraError(f"Web pages are read by {told['missing']}.", cure=_WEB)
    if "problem" in told:
        return Extracted(mime, problem=told["problem"], damaged=True)
    return Extracted(mime, told["title"], told["date"], told["text"], problem=told["empty"])


def _document(answer: Answer, mime: str, scratch: Path | None) -> Extracted:
    with tempfile.TemporaryDirectory(prefix=".fourp-", dir=scratch) as folder:
        path = Path(folder) / f"handout{_SUFFIX[mime]}"
        path.write_bytes(answer.content)
        try:
            text = read_document(path)
        except (DocumentError, FourpError) as error:
            return Extracted(mime, problem=error.problem, damaged=True)
    name = answer.url.partition("?")[0].rstrip("/").rpartition("/")[2]
    return Extracted(mime, title=_line(name), text=text)


def _line(text: str | None) -> str:
    return " ".join(normalise(text or "").split())
