"""Makes a Word document from a text, and reads the text back to the character.

An empty line ends a paragraph and a single line end is a line break in it, so that Word shows paragraphs
and the reader of the corpus finds the same text in it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from fourp_nlp.exchange.word._markup_names import NAMESPACES, W

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fourp_nlp.documents import WordPlaces

__all__ = ["Pieces", "exact_pieces", "plain_document"]

_PARTS = re.compile("[\n\t]|[^\n\t]+")
_ONE = {"\n": f"{W}br", "\t": f"{W}tab"}
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
# A4 with margins of 2.5 cm, in twentieths of a point.
_PAGE = {"w": "11906", "h": "16838"}
_MARGINS = {
    "top": "1417",
    "right": "1417",
    "bottom": "1417",
    "left": "1417",
    "header": "708",
    "footer": "708",
    "gutter": "0",
}


@dataclass(frozen=True)
class Pieces:
    """A text and the elements that it stands in, piece by piece.

    Attributes
    ----------
    text : str
        The text.
    elements : list of lxml.etree._Element
        The elements, n of them, in the order of the text.
    starts, ends, skipped : numpy.ndarray of int64, shape (n,)
        ``text[starts[i] : ends[i]]`` stands in element ``i`` from its character ``skipped[i]``.
    """

    text: str
    elements: list[Any]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    skipped: NDArray[np.int64]


def plain_document(text: str) -> tuple[Any, Pieces]:
    r"""Make the main part of a Word document of a text.

    The text has characters that XML can hold. Returns the part's root, and where each character of
    the text stands in it.
    """
    from lxml import etree  # type: ignore[import-untyped, unused-ignore]

    root = etree.Element(f"{W}document", nsmap={"w": NAMESPACES["w"]})
    body = etree.SubElement(root, f"{W}body")
    elements: list[Any] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for paragraph in text.split("\n\n"):
        paragraph_element = etree.SubElement(body, f"{W}p")
        if _runs_right_to_left(paragraph):
            etree.SubElement(etree.SubElement(paragraph_element, f"{W}pPr"), f"{W}bidi")
        run = etree.SubElement(paragraph_element, f"{W}r") if paragraph else None
        for part in _PARTS.findall(paragraph):
            element = etree.SubElement(run, _ONE.get(part, f"{W}t"))
            if part not in _ONE:
                element.text = part
                element.set(_SPACE, "preserve")
            elements.append(element)
            starts.append(at)
            at += len(part)
            ends.append(at)
        at += 2
    section = etree.SubElement(body, f"{W}sectPr")
    etree.SubElement(section, f"{W}pgSz", {f"{W}{key}": value for key, value in _PAGE.items()})
    etree.SubElement(section, f"{W}pgMar", {f"{W}{key}": value for key, value in _MARGINS.items()})
    first, last = np.array(starts, dtype=np.int64), np.array(ends, dtype=np.int64)
    return root, Pieces(text, elements, first, last, np.zeros(len(first), dtype=np.int64))


def _runs_right_to_left(text: str) -> bool:
    """Say whether the first letter with a direction runs right to left (Unicode Annex 9, rules P2, P3)."""
    if text.isascii():
        return False
    directions = (unicodedata.bidirectional(letter) for letter in text)
    return next((one for one in directions if one in {"L", "R", "AL"}), "L") != "L"


def exact_pieces(places: WordPlaces) -> Pieces:
    """Read the text that a document was made of by `plain_document`.

    It has its tabs, its spaces and all its empty lines. Any other document has a text in this sense
    too, but not the one that is read for the corpus.
    """
    parts: list[str] = []
    rows: list[tuple[int, int]] = []
    elements: list[Any] = []
    at = 0
    for number, block in enumerate(places.blocks):
        if number:
            parts.append("\n\n")
            at += 2
        for piece in block.pieces:
            if piece.element is None:
                parts.append(piece.text)
                at += len(piece.text)
                continue
            text = "\t" if piece.element.tag == _ONE["\t"] else piece.text
            parts.append(text)
            if text:
                elements.append(piece.element)
                rows.append((at, at + len(text)))
            at += len(text)
    numbers = np.array(rows, dtype=np.int64).reshape(-1, 2)
    skipped = np.zeros(len(rows), dtype=np.int64)
    return Pieces("".join(parts), elements, numbers[:, 0], numbers[:, 1], skipped)
