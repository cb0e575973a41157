"""Bold beginnings of paragraphs in Word documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fourp_nlp.documents.web.xml import local
from fourp_nlp.documents.word.bold_labels import LONGEST_LABEL, Opening

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fourp_nlp.documents.text.blocks import Block
    from fourp_nlp.documents.word._docx_styles import Styles

__all__ = ["openings_of"]


def openings_of(blocks: list[Block], styles: Styles) -> Iterator[Opening]:
    """Yield how each paragraph begins that is not empty."""
    for block in blocks:
        text = block.text.strip()
        if text:
            yield Opening(text, _bold_length(block, styles), _is_heading(block, styles))


def _bold_length(block: Block, styles: Styles) -> int:
    """Return how many characters at the beginning of a paragraph are bold."""
    text = ""
    for piece in block.pieces:
        run = piece.element.getparent() if piece.element is not None else None
        if run is None or local(run) != "r" or len(text) > 2 * LONGEST_LABEL:
            break
        if piece.text.strip() and not styles.toggled(run, _paragraph_of(run), "b"):
            break
        text += piece.text
    return len(text.strip())


def _is_heading(block: Block, styles: Styles) -> bool:
    element = next((one.element for one in block.pieces if one.element is not None), None)
    paragraph = _paragraph_of(element) if element is not None else None
    return paragraph is not None and styles.role(paragraph) == "heading"


def _paragraph_of(element: Any) -> Any:
    return next((above for above in element.iterancestors() if local(above) == "p"), None)
