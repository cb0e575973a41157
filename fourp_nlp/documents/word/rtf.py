"""Rich Text files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourp_nlp.documents.reading import Reading, Text
from fourp_nlp.documents.text.blocks import separate_turns
from fourp_nlp.documents.word._rtf_body import MAX_DEPTH, RichText
from fourp_nlp.documents.word.bold_labels import bold_labels
from fourp_nlp.errors import UnsafeDocumentError

if TYPE_CHECKING:
    from pathlib import Path

    from fourp_nlp.documents.word._rtf_paragraphs import Paragraph

__all__ = ["read"]


def read(path: Path) -> Reading:
    """Return the text of an .rtf file, without headers, footers, comments, deleted and hidden text.

    Paragraphs are lines. A footnote or text box follows the paragraph that it belongs to. A table of
    speakers and words is read as ``Name: words``; the cells of another table follow one another as
    paragraphs, row by row. Of a field its result is read.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    Reading
        The text, not yet normalised.

    Raises
    ------
    UnsafeDocumentError
        If the file is not Rich Text, or nested without end.
    """
    data = path.read_bytes()
    if not data.lstrip().startswith(b"{\\rtf"):
        raise UnsafeDocumentError(
            "This is not a Rich Text file, whatever its suffix says.",
            file=path,
            cure="Give it the suffix of its real kind, or save it again as .rtf.",
        )
    file = RichText(data)
    paragraphs = file.paragraphs()
    if file.too_deep:
        raise UnsafeDocumentError(
            f"The Rich Text has groups in more than {MAX_DEPTH:,} others.",
            file=path,
            cure="Open it in a word processor and save it as .docx.",
        )
    bold = bold_labels(one.opening for one in paragraphs if one.opening.text)
    labels = tuple(dict.fromkeys((*file.tables.labels, *bold)))
    return Reading([Text(_joined(paragraphs, labels), labels=labels)], remarks=file.remarks())


def _joined(paragraphs: list[Paragraph], labels: tuple[str, ...]) -> str:
    blocks = separate_turns([one.block for one in paragraphs], labels)
    parts: list[str] = []
    before = ""
    item_before = apart_before = False
    for block, paragraph in zip(blocks, paragraphs, strict=True):
        if before:
            if block.is_item or item_before:
                before = "\n" if block.is_item and item_before else "\n\n"
            else:
                before = "\n\n" if paragraph.apart or apart_before else "\n"
        parts.append(f"{before}- " if block.is_item and block.text.strip() else before)
        parts.append(block.text.strip() if paragraph.apart else block.text)
        before = "\n"
        item_before, apart_before = block.is_item, paragraph.apart
    return "".join(parts)
