"""Word documents: paragraphs, lists, tables, text boxes and notes in reading order.

python-docx opens the file and knows its parts and styles. Its paragraphs leave out notes, text boxes
and what a reviewer inserted, so the text is taken from its element tree.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

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
    from collections.abc import Iterator
    from pathlib import Path

    from fourp_nlp.documents.text.blocks import Block

__all__ = ["OutlinePart", "WordBlocks", "blocks_of", "read", "read_outline"]

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


class OutlinePart(NamedTuple):
    """A heading, a paragraph or a table of a Word document.

    Attributes
    ----------
    text : str
        What a heading or paragraph says; empty for a table.
    level : int or None
        The level of a heading from 1 on, 0 for the title of the document, None for other text.
    is_item : bool
        Whether it is an item of a list.
    rows : tuple of tuple of str
        The cells of a table. Of cells that are merged over several rows, the first one has the text.
    """

    text: str
    level: int | None = None
    is_item: bool = False
    rows: tuple[tuple[str, ...], ...] = ()


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
    with _opened(path) as (opened, body):
        blocks = list(body.blocks(opened.element))
        bold = bold_labels(openings_of(blocks, body.styles))
        labels = tuple(dict.fromkeys((*body.tables.labels, *bold)))
        blocks = separate_turns(blocks, labels)
        return WordBlocks(opened, blocks, labels, body.doubts(), body.remarks())


def read_outline(path: Path) -> tuple[list[OutlinePart], list[str]]:
    """Return the headings, paragraphs and tables of a .docx file.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    parts : list of OutlinePart
        In reading order, without empty paragraphs. What is left out is what `read` leaves out.
    remarks : list of str
        What was left out, a line each.

    Raises
    ------
    DocumentError
        If the file is damaged, encrypted, unsafe or not a Word document.
    """
    with _opened(path) as (opened, body):
        parts = []
        for element, rows in body.outline(opened.element):
            if element is None:
                cells = tuple(
                    tuple("\n".join(block.text for block in cell) for cell in row) for row in rows
                )
                parts.append(OutlinePart("", rows=cells))
                continue
            (first, *after) = rows[0][0]
            level = body.styles.level(element)
            parts.append(OutlinePart(first.text, level, first.is_item and level is None))
            parts += [OutlinePart(block.text) for block in after]
        filled = [part for part in parts if part.rows or part.text.strip()]
        return filled, [*body.doubts(), *body.remarks()]


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Any, Body]]:
    """Hand out a checked file, opened, and what reads its body; damage is raised as one kind of error."""
    check_package(path, main="word/", kind="Word document")
    from docx import Document
    from docx.opc.exceptions import OpcError
    from lxml.etree import XMLSyntaxError  # type: ignore[import-untyped, unused-ignore]

    try:
        opened = Document(str(path))
        notes = {kind: _notes(opened, kind, path) for kind in ("footnote", "endnote")}
        yield opened, Body(styles=Styles(opened), notes=notes)
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
