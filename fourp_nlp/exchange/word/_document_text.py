"""The text of a Word document, and the offsets of its passages and paragraphs in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fourp_nlp.documents import normalised_places
from fourp_nlp.exchange.word._custom_xml import text_hash
from fourp_nlp.exchange.word._plain_document import Pieces, exact_pieces

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from fourp_nlp.documents import Places, WordPlaces
    from fourp_nlp.exchange.exchange import Losses
    from fourp_nlp.exchange.word._custom_xml import EmbeddedProject

__all__ = ["DocumentText", "document_text"]


@dataclass
class DocumentText:
    """A document's text, and how spans of its pieces map to it."""

    text: str
    pieces: Pieces
    normal: Places | None
    blocks: tuple[NDArray[np.int64], NDArray[np.int64]]  # starts and ends in the text, ascending

    def spans(
        self, starts: Sequence[int], ends: Sequence[int]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        first, last = np.array(starts, dtype=np.int64), np.array(ends, dtype=np.int64)
        return self.normal.to_normalised(first, last) if self.normal is not None else (first, last)

    def paragraph(self, place: int) -> tuple[int, int]:
        """Return the paragraph that a place of the text is in or after."""
        starts, ends = self.blocks
        if not len(starts):
            return -1, -1
        at = max(int(np.searchsorted(starts, place, side="right")) - 1, 0)
        return int(starts[at]), int(ends[at])


def document_text(
    places: WordPlaces, embedded: EmbeddedProject | None, document: str, losses: Losses
) -> DocumentText:
    """Return the text of a document.

    It is the text that the file was made of, if nobody changed it; else the text as it is read for
    the corpus. `embedded` is the hidden part of a file that this program wrote; `losses` gets a
    document whose text was changed since.
    """
    pieces = Pieces(places.text, places.elements, places.starts, places.ends, places.skipped)
    if embedded is not None and embedded.exact:
        exact = exact_pieces(places)
        if text_hash(exact.text) == embedded.sha256:
            starts, ends = _paragraphs(exact.text)
            return DocumentText(exact.text, exact, None, (starts, ends))
    normal = normalised_places(places.text)
    if embedded is not None and text_hash(normal.text) != embedded.sha256:
        losses.add(
            "documents with another text than they were written with",
            "The text was changed, by a person or by a program that saved it; codings are at their places in "
            "the present text.",
            [document],
        )
    starts = np.array([one.start for one in places.laid], dtype=np.int64)
    lengths = np.array([one.length for one in places.laid], dtype=np.int64)
    blocks = normal.to_normalised(starts, starts + lengths)
    return DocumentText(normal.text, pieces, normal, blocks)


def _paragraphs(text: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    lengths = np.array([len(one) for one in text.split("\n\n")], dtype=np.int64)
    ends = np.cumsum(lengths + 2) - 2
    return ends - lengths, ends
