"""Word documents: paragraphs, lists, tables, text boxes and notes in reading order.

python-docx opens the file and knows its parts and styles. Its paragraphs leave out notes, text boxes
and what a reviewer inserted, so the text is taken from its element tree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fourp_nlp.documents.reading import Reading, Text
from fourp_nlp.documents.text.blocks import join_blocks, separate_turns
from fourp_nlp.documents.web.xml import parse
from fourp_nlp.documents.word._docx_body import Body
from fourp_nlp.documents.word._docx_labels import openings_of
from fourp_nlp.documents.word._docx_styles import Styles
from fourp_nlp.documents.word.bold_labels import bold_labels
from fourp_nlp.errors import DocumentError
from fourp_nlp.files.zip_limits import check_package

if TYPE_CHECKING:
    from pathlib import Path

    from fourp_nlp.documents.text.blocks import Block

__all__ = ["WordBlocks", "blocks_of", "read"]

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@dataclass(frozen=True)
class WordBlocks:
    """What was read of a Word document.

    Attributes
    ----------
    opened : docx.document.Document
        The file as python-docx opened it.
    blocks : list of Block
        The paragraphs in reading order, empty ones too, each with its pieces. A piece is what one element
        says: the text of a ``t``, a ``sym``, the white space or hyphen of a ``tab``, ``br`` or the like.
    labels : tuple of str
        The speakers that columns of names or bold type mark.
    doubts, remarks : list of str
        What to know of the reading, a line each.
    """

    opened: Any
    blocks: list[Block]
    labels: tuple[str, ...]
    doubts: list[str]
    remarks: list[str]


def read(path: Path) -> Reading:
    """Return the text of a .docx file, without headers, footers, comments, deleted and hidden text.

    A footnote or text box follows the paragraph that it belongs to. A table of speakers and words is
    read as ``Name: words``; the cells of another table follow one another as paragraphs, row by row. A
    table of contents is left out.

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
    DocumentError
        If the file is damaged, encrypted, unsafe or not a Word document.
    """
    content = blocks_of(path)
    text = Text(join_blocks(content.blocks), labels=content.labels)
    return Reading([text], content.doubts, content.remarks)


def blocks_of(path: Path) -> WordBlocks:
    """Return a .docx file opened, and the blocks that its text is joined from.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    WordBlocks
        The blocks, and what to know of them.

    Raises
    ------
    DocumentError
        If the file is damaged, encrypted, unsafe or not a Word document.
    """
    check_package(path, main="word/", kind="Word document")
    from docx import Document
    from docx.opc.exceptions import OpcError
    from lxml.etree import XMLSyntaxError  # type: ignore[import-untyped, unused-ignore]

    try:
        opened = Document(str(path))
        styles = Styles(opened)
        notes = {kind: _notes(opened, kind, path) for kind in ("footnote", "endnote")}
        body = Body(styles=styles, notes=notes)
        blocks = list(body.blocks(opened.element))
        bold = bold_labels(openings_of(blocks, styles))
        labels = tuple(dict.fromkeys((*body.tables.labels, *bold)))
        blocks = separate_turns(blocks, labels)
        return WordBlocks(opened, blocks, labels, body.doubts(), body.remarks())
    except (OpcError, XMLSyntaxError, KeyError, ValueError, AttributeError) as error:
        raise DocumentError(
            f"The Word document is damaged ({type(error).__name__}: {error}).",
            file=path,
            cure="Open it in Word and save it again.",
        ) from error


def _notes(opened: Any, kind: str, path: Path) -> dict[str, Any]:
    """Return the foot- or endnotes by id; python-docx opens their part but does not read it."""
    for relation in opened.part.rels.values():
        if not relation.is_external and relation.reltype.endswith(f"/{kind}s"):
            part = relation.target_part
            root = parse(part.blob, file=path, place=str(part.partname))
            # Separators are notes too, told apart by their type.
            return {
                str(note.get(f"{_W}id")): note
                for note in root
                if note.get(f"{_W}type") in {None, "normal"}
            }
    return {}
