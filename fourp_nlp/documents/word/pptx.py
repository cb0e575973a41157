"""Slide decks: slide by slide, shapes from top to bottom, then the speaker's notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fourp_nlp.documents.reading import Reading, Text
from fourp_nlp.documents.tables.speaker_table import SpeakerTables
from fourp_nlp.documents.text.blocks import Block, join_blocks, separate_turns
from fourp_nlp.errors import DocumentError
from fourp_nlp.files.zip_limits import check_package

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = ["read"]

# Shapes whose tops differ by less than a quarter of an inch stand in one row.
_ROW = 228_600
_BULLETED = frozenset({"BODY", "OBJECT"})
_REPEATED = frozenset({"DATE", "FOOTER", "HEADER", "SLIDE_NUMBER"})


def read(path: Path) -> Reading:
    """Return the text of a .pptx file.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    Reading
        Titles and paragraphs apart by an empty line, bullets as ``- `` lines, the cells of a table
        as paragraphs row by row (``Name: words`` if it is one of speakers), the notes after their slide.
        Not yet normalised.

    Raises
    ------
    DocumentError
        If the file is damaged, encrypted, unsafe or not a slide deck.
    """
    check_package(path, main="ppt/", kind="PowerPoint presentation")
    from pptx import Presentation
    from pptx.exc import PythonPptxError

    try:
        deck = Presentation(str(path))
        tables = SpeakerTables()
        blocks = list(_deck(deck, tables))
        labels = tuple(tables.labels)
        text = Text(join_blocks(separate_turns(blocks, labels)), labels=labels)
        return Reading([text], remarks=tables.remarks())
    except (PythonPptxError, KeyError, ValueError, AttributeError, SyntaxError) as error:
        raise DocumentError(
            f"The presentation is damaged ({type(error).__name__}: {error}).",
            file=path,
            cure="Open it in PowerPoint and save it again.",
        ) from error


def _deck(deck: Any, tables: SpeakerTables) -> Iterator[Block]:
    for slide in deck.slides:
        title = slide.shapes.title
        if title is not None:
            yield Block(title.text_frame.text)
        others = (
            shape for shape in slide.shapes if title is None or shape.shape_id != title.shape_id
        )
        yield from _shapes(others, tables)
        if slide.has_notes_slide:
            frame = slide.notes_slide.notes_text_frame
            if frame is not None:
                yield from (Block(paragraph.text) for paragraph in frame.paragraphs)


def _shapes(shapes: Iterable[Any], tables: SpeakerTables) -> Iterator[Block]:
    for shape in sorted(shapes, key=lambda one: ((one.top or 0) // _ROW, one.left or 0)):
        kind = shape.placeholder_format.type.name if shape.is_placeholder else ""
        if kind in _REPEATED:
            continue
        if hasattr(shape, "shapes"):
            yield from _shapes(shape.shapes, tables)
        elif getattr(shape, "has_table", False):
            yield from tables.blocks(
                [
                    [
                        [Block(part.text) for part in cell.text_frame.paragraphs]
                        for cell in row.cells
                    ]
                    for row in shape.table.rows
                ]
            )
        elif shape.has_text_frame:
            for paragraph in shape.text_frame.paragraphs:
                yield Block(paragraph.text, is_item=kind in _BULLETED)
