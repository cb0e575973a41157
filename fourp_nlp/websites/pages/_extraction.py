"""Extracting the text of one answer: a web page or a handout."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from fourp_nlp.documents import decode_markup, normalise, read_file
from fourp_nlp.errors import INSTALL_WEB, DocumentError, FourpError, MissingExtraError
from fourp_nlp.websites.pages._isolated_reading import read_page_in_sandbox
from fourp_nlp.websites.pages.content_types import READ_AS, kind_of
from fourp_nlp.word_count import count_words

if TYPE_CHECKING:
    from fourp_nlp.websites.pages.warc_records import Answer

__all__ = ["Extracted", "Fate", "extract"]

_HTML = ("text/html", "application/xhtml+xml", "text/xml", "application/xml")


Fate = Literal["kept", "empty", "failed", "unwanted", "not_found"]


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
    fate : {"kept", "empty", "failed", "unwanted", "not_found"}
        What becomes of the page: "failed" if there ought to be a text that could not be read; "unwanted"
        if the contents were not wanted when they were fetched; "not_found" if the page says that there is
        none.
    languages : tuple of str
        The language that is declared for each line of the text; empty where none is declared.
    language : str
        The language that is declared for all of it.
    words, visible : int
        Words that were kept, and words that a page shows; 0 for handouts.
    doubts : str
        What is doubtful of its encoding; empty if nothing is.
    """

    mime: str
    title: str = ""
    date: str = ""
    text: str = ""
    problem: str = ""
    fate: Fate = "kept"
    languages: tuple[str, ...] = ()
    language: str = ""
    words: int = 0
    visible: int = 0
    doubts: str = ""


def extract(answer: Answer, scratch: Path | None = None) -> Extracted:
    """Return the main text of an answer.

    Web pages are read in a process of their own, within limits of time and memory
    (`read_page_in_sandbox`); PDF, Word, PowerPoint, OpenDocument and RTF files by the readers of documents.

    The answer has status 200; `scratch` is where temporary files are made, by default where the
    system keeps them. Nothing that an answer holds raises an error. Raises MissingExtraError if the
    extra ``web`` is not installed.
    """
    if answer.refused:
        return Extracted(answer.mime, problem=answer.problem, fate="unwanted")
    if answer.problem:
        return Extracted(answer.mime, problem=answer.problem, fate="failed")
    if not answer.content.strip():
        return Extracted(answer.mime or "text/plain", problem="The answer is empty.", fate="empty")
    mime = kind_of(answer.content, answer.mime, _name(answer))
    if mime in READ_AS:
        return _document(answer, mime, scratch)
    if mime in _HTML:
        return _page(answer, mime)
    what = mime or "unknown"
    return Extracted(mime, problem=f"It holds no text that is read here ({what}).", fate="empty")


def _page(answer: Answer, mime: str) -> Extracted:
    page = read_page_in_sandbox(answer.content, answer.url, answer.charset)
    if "missing" in page:
        raise MissingExtraError(f"Web pages are read by {page['missing']}.", cure=INSTALL_WEB)
    if "problem" in page:
        return Extracted(mime, problem=page["problem"], fate="failed")
    fate: Fate = "kept" if page["text"] else "empty"
    problem = page["empty"]
    if page["not_found"]:
        fate = "not_found"
        problem = (
            f"It says that there is no such page (“{page['not_found']}”), with the status 200."
        )
    return Extracted(
        mime,
        page["title"],
        page["date"],
        page["text"],
        problem=problem,
        fate=fate,
        languages=tuple(page["languages"].split("\n")),
        language=page["language"],
        words=int(page["words"]),
        visible=int(page["visible"]),
        doubts=page["doubts"],
    )


def _document(answer: Answer, mime: str, scratch: Path | None) -> Extracted:
    with tempfile.TemporaryDirectory(prefix=".fourp-", dir=scratch) as folder:
        path = Path(folder) / f"handout{READ_AS[mime]}"
        content = answer.content
        try:
            if mime == "text/plain" and answer.charset:
                content = decode_markup(content, header=answer.charset).encode()
            path.write_bytes(content)
            reading = read_file(path)
        except (DocumentError, FourpError) as error:
            return Extracted(mime, problem=error.problem, fate="failed")
    text = "\n\n".join(one.text for one in reading.texts)
    doubts = "; ".join(doubt.rstrip(".") for doubt in reading.doubts)
    title = _line(_name(answer))
    return Extracted(mime, title=title, text=text, words=count_words(text), doubts=doubts)


def _name(answer: Answer) -> str:
    """Return the name of a file: what its server gives it, or the end of its address."""
    return answer.name or answer.url.partition("?")[0].rstrip("/").rpartition("/")[2]


def _line(text: str | None) -> str:
    return " ".join(normalise(text or "").split())
