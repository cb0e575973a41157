"""PDF files: lines joined into paragraphs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from fourp_nlp.documents._limits import MAX_CHARACTERS, MAX_PAGES
from fourp_nlp.errors import DocumentError, UnsafeDocumentError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["join_lines", "read"]

_PAGE_NUMBER = re.compile(
    r"^[\s\-–—|·]*(?:page\s*)?\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?[\s\-–—|·]*$", re.IGNORECASE
)
# PDFium marks a hyphen at the end of a line with one of these.
_MARKED_HYPHEN = re.compile("[\ufffe\x02]\r?\n?")
_ENDS = re.compile(r"[.!?…:;][\"'”’)\]]*$")
_STARTS_ANEW = re.compile(
    r"^(?:[•‣▪●○■–—*-]\s|\d{1,3}[.)]\s|[a-z]\)\s|\[?\(?\d{1,2}:\d{2}|[A-Z][\w.'’() -]{0,40}:\s)"
)
_BULLET_ALONE = re.compile(r"^[•‣▪●○■*-]$")


def read(path: Path) -> str:
    """Return the text of a PDF file.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    str
        The text: wrapped lines joined into paragraphs, words divided at a line's end put together,
        page numbers that stand alone left out. Not yet normalised.

    Raises
    ------
    DocumentError
        If the file is encrypted, damaged, or has pages but no text.
    """
    import pypdfium2 as pdfium  # noqa: PLC0415 - slow to import

    with path.open("rb") as stream:
        if b"%PDF-" not in stream.read(1024):
            raise UnsafeDocumentError(
                "This is not a PDF file, whatever its suffix says.",
                file=path,
                cure="Give it the suffix of its real kind, or get a fresh copy.",
            )
    try:
        document = pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise DocumentError(
                "The PDF is password-protected.", file=path, cure="Save it without the password."
            ) from error
        raise DocumentError(
            "The PDF is cut off or damaged.",
            file=path,
            cure="Get a fresh copy, or print it to PDF again.",
        ) from error
    try:
        pages = _pages(document, path)
    except pdfium.PdfiumError as error:
        raise DocumentError(
            f"A page of the PDF is damaged ({error}).",
            file=path,
            cure="Print it to PDF again from its own program.",
        ) from error
    finally:
        document.close()
    text = join_lines(pages)
    if not text.strip():
        raise DocumentError(
            f"The PDF has {len(pages)} page(s) but no text: it is probably scanned.",
            file=path,
            cure="Run OCR (text recognition) on it first.",
        )
    return text


def _pages(document: Any, path: Path) -> list[list[str]]:  # noqa: ANN401 - pypdfium2 is not typed for us
    """Return the lines of all pages, as far as there may be so many."""
    number = len(document)
    if number > MAX_PAGES:
        raise UnsafeDocumentError(
            f"The PDF says that it has {number:,} pages; the limit is {MAX_PAGES:,}.",
            file=path,
            cure="Split it.",
        )
    pages = []
    characters = 0
    for at in range(number):
        pages.append(_page(document, at))
        characters += sum(map(len, pages[-1]))
        if characters > MAX_CHARACTERS:
            raise UnsafeDocumentError(
                f"The PDF has more than {MAX_CHARACTERS:,} characters of text.",
                file=path,
                place=f"page {at + 1:,}",
                cure="Split it.",
            )
    return pages


def _page(document: object, number: int) -> list[str]:
    page = document[number]  # type: ignore[index]
    words = page.get_textpage()
    try:
        text = str(words.get_text_range())
    finally:
        words.close()
        page.close()
    lines = [line.strip() for line in _MARKED_HYPHEN.sub("-\n", text).splitlines()]
    lines = [line for line in lines if line]
    for place in (-1, 0):
        if lines and _PAGE_NUMBER.match(lines[place]):
            del lines[place]
    return lines


def join_lines(pages: list[list[str]]) -> str:
    """Join the lines of pages into paragraphs.

    A line is the last of its paragraph if it is clearly shorter than the page's lines and does not
    run on in lower case, or if the next one begins with a bullet, a time or a speaker's label.

    Parameters
    ----------
    pages : list of list of str
        The lines of each page, without empty ones.

    Returns
    -------
    str
        Paragraphs with an empty line between them.
    """
    paragraphs: list[list[str]] = []
    goes_on = False
    for lines in pages:
        lengths = sorted(len(line) for line in lines)
        full = 0.75 * lengths[int(0.9 * (len(lengths) - 1))] if lengths else 0.0
        for line in lines:
            runs_on = line[:1].islower() and bool(paragraphs) and not _is_end(paragraphs[-1][-1])
            if paragraphs and not _STARTS_ANEW.match(line) and (goes_on or runs_on):
                paragraphs[-1].append(line)
            else:
                paragraphs.append([line])
            goes_on = len(line) >= full or bool(_BULLET_ALONE.match(line))
    return "\n\n".join("".join(_unwrapped(paragraph)) for paragraph in paragraphs)


def _is_end(line: str) -> bool:
    return _ENDS.search(line[-8:]) is not None


def _unwrapped(lines: list[str]) -> Iterator[str]:
    """Yield the lines with what belongs between them: nothing where a word was divided."""
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        divided = len(line) > 2 and line.endswith("-") and line[-2].islower()
        if divided and following[:1].islower():
            # A word with a hyphen inside already, such as "face-to-" face, keeps this one too.
            word = line.rsplit(maxsplit=1)[-1]
            yield line if "-" in word[:-1] else line[:-1]
        elif divided:
            yield line
        else:
            yield f"{line} " if following else line
