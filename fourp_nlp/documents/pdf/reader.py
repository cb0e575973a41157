"""Reading PDF files: margins are left out, and lines joined into paragraphs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fourp_nlp.documents.limits import MAX_CHARACTERS, MAX_PAGES
from fourp_nlp.documents.pdf._lines import lines_of
from fourp_nlp.documents.pdf._margins import without_margins
from fourp_nlp.documents.pdf._paragraphs import paragraphs_of
from fourp_nlp.documents.pdf._tables import rows_of
from fourp_nlp.documents.reading import Reading, Text
from fourp_nlp.documents.tables.speaker_table import SpeakerTables
from fourp_nlp.errors import DocumentError, UnsafeDocumentError

if TYPE_CHECKING:
    from pathlib import Path

    from fourp_nlp.documents.pdf._lines import Page

__all__ = ["read"]


def read(path: Path) -> Reading:
    """Return the text of a PDF file.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    Reading
        The text, not yet normalised: wrapped lines joined into paragraphs, words divided at a line's end
        put together; running heads, footers, numbers of pages and of lines left out.

    Raises
    ------
    DocumentError
        If the file is encrypted, damaged, or has pages but no text.
    """
    import pypdfium2 as pdfium

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
    if not any(page.lines for page in pages):
        raise DocumentError(
            f"The PDF has {len(pages)} page(s) but no text: it is probably scanned.",
            file=path,
            cure="Run OCR (text recognition) on it first.",
        )
    kept, margins = without_margins(pages)
    tables = SpeakerTables()
    paragraphs, bold = paragraphs_of(rows_of(kept, tables), frozenset(tables.labels))
    labels = tuple(dict.fromkeys((*tables.labels, *bold)))
    text = Text("\n\n".join(paragraphs), labels=labels)
    return Reading([text], remarks=[*margins.remarks(), *tables.remarks()])


def _pages(document: Any, path: Path) -> list[Page]:
    """Return the lines of all pages, as far as there may be so many."""
    number = len(document)
    if number > MAX_PAGES:
        raise UnsafeDocumentError(
            f"The PDF says that it has {number:,} pages; the limit is {MAX_PAGES:,}.",
            file=path,
            cure="Split it.",
        )
    pages: list[Page] = []
    characters = 0
    for at in range(number):
        page = document[at]
        try:
            pages.append(lines_of(page, pages[-1] if pages else None))
        finally:
            page.close()
        characters += sum(len(line.text) for line in pages[-1].lines)
        if characters > MAX_CHARACTERS:
            raise UnsafeDocumentError(
                f"The PDF has more than {MAX_CHARACTERS:,} characters of text.",
                file=path,
                place=f"page {at + 1:,}",
                cure="Split it.",
            )
    return pages
