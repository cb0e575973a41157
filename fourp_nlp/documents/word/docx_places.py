"""The place in a Word document of each character of its text."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fourp_nlp.documents.text.blocks import align_blocks
from fourp_nlp.documents.web.xml import parse
from fourp_nlp.documents.word.docx import blocks_of
from fourp_nlp.errors import DocumentError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fourp_nlp.documents.text.blocks import AlignedBlock, Block

__all__ = ["WordPlaces", "read_word_places"]


@dataclass(frozen=True)
class WordPlaces:
    """The text of a Word document and the elements that it was read from, piece by piece.

    Piece ``i`` is ``text[starts[i] : ends[i]]``; it was read from ``elements[i]``, where it begins at
    character ``skipped[i]`` of what that element says. Characters of the text in no piece, such as the empty
    lines between paragraphs and the marks before list items, stand in no element.

    Attributes
    ----------
    text : str
        The text as the reader of Word documents returns it, not yet normalised.
    opened : docx.document.Document
        The file as python-docx opened it: its parts and relationships.
    blocks : list of Block
        The paragraphs as they were read, empty ones too.
    laid : list of AlignedBlock
        Where the paragraphs that have a text stand in it.
    elements : list of lxml.etree._Element
        ``t``, ``tab``, ``br``, ``cr``, ``ptab``, ``noBreakHyphen``, ``sym`` or ``symEx``, in the order of
        the text, n of them; of the document's own tree or, in a foot- or endnote, of another.
    starts, ends, skipped : numpy.ndarray of int64, shape (n,)
        Places in the text, ascending, and in what the element says, in code points.
    path : pathlib.Path
        The file.
    """

    text: str
    opened: Any
    blocks: list[Block]
    laid: list[AlignedBlock]
    elements: list[Any]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    skipped: NDArray[np.int64]
    path: Path

    def parts(self, kind: str) -> list[tuple[str, Any]]:
        """Return the parts of the file that its main part refers to; what lies outside is never opened.

        Parameters
        ----------
        kind : str
            How the kind of relationship ends, such as ``comments``.

        Returns
        -------
        list of tuple of str and lxml.etree._Element
            The name of each part and its root. One that is no XML is left out.
        """
        parts = []
        for relation in self.opened.part.rels.values():
            if relation.is_external or not relation.reltype.endswith(f"/{kind}"):
                continue
            name = str(relation.target_part.partname)
            with suppress(DocumentError):
                root = parse(relation.target_part.blob, file=self.path, place=name)
                parts.append((name, root))
        return parts


def read_word_places(path: str | Path) -> WordPlaces:
    """Read a .docx file so that the place of each character is known.

    Parameters
    ----------
    path : str or pathlib.Path
        The file.

    Returns
    -------
    WordPlaces
        Its text, the same that is read for the corpus before it is normalised, and where it stands.

    Raises
    ------
    DocumentError
        If the file is damaged, encrypted, unsafe or not a Word document.
    """
    content = blocks_of(Path(path))
    text, places = align_blocks(content.blocks)
    elements: list[Any] = []
    rows: list[tuple[int, int, int]] = []
    for block, start, skipped, length in places:
        at = 0
        for piece in block.pieces:
            first, last = max(at, skipped), min(at + len(piece.text), skipped + length)
            if first < last and piece.element is not None:
                elements.append(piece.element)
                inside = piece.skipped + first - at
                rows.append((start + first - skipped, start + last - skipped, inside))
            at += len(piece.text)
    numbers = np.array(rows, dtype=np.int64).reshape(-1, 3)
    starts, ends, cut = numbers.T
    return WordPlaces(
        text, content.opened, content.blocks, places, elements, starts, ends, cut, Path(path)
    )
