"""Brings documents in: files of many kinds into one table of normalised texts.

To add a kind of file, write a module ``_kind.py`` with a function ``read(path)`` that returns the
text (or a list of ids and texts, if one file holds several documents) and raises `DocumentError`,
and add its suffix to ``_registry.py``.

Names are looked up when they are first asked for: the process that reads files from outside
(``_child.py``) imports this package too, and must not load pandas for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourp_nlp.on_demand import on_demand

if TYPE_CHECKING:
    from fourp_nlp.documents._attributes import read_attributes
    from fourp_nlp.documents._batch import (
        NOTE,
        read_document,
        read_documents,
        read_file,
        stream_documents,
    )
    from fourp_nlp.documents._blocks import Block, join_blocks
    from fourp_nlp.documents._decode import Decoded, decode, decode_markup, decoded, decoded_markup
    from fourp_nlp.documents._docx_places import WordPlaces, read_word_places
    from fourp_nlp.documents._html import words_of
    from fourp_nlp.documents._html_boxes import Page, Part
    from fourp_nlp.documents._html_parts import page_of
    from fourp_nlp.documents._normalise import normalise
    from fourp_nlp.documents._places import Places, normalised_places
    from fourp_nlp.documents._registry import SUPPORTED
    from fourp_nlp.documents._survey import TableColumns

__all__ = [
    "NOTE",
    "SUPPORTED",
    "Block",
    "Decoded",
    "Page",
    "Part",
    "Places",
    "TableColumns",
    "WordPlaces",
    "decode",
    "decode_markup",
    "decoded",
    "decoded_markup",
    "join_blocks",
    "normalise",
    "normalised_places",
    "page_of",
    "read_attributes",
    "read_document",
    "read_documents",
    "read_file",
    "read_word_places",
    "stream_documents",
    "words_of",
]

_HOMES = {
    "NOTE": "_batch",
    "SUPPORTED": "_registry",
    "Decoded": "_decode",
    "Block": "_blocks",
    "Page": "_html_boxes",
    "Part": "_html_boxes",
    "Places": "_places",
    "TableColumns": "_survey",
    "WordPlaces": "_docx_places",
    "decode": "_decode",
    "decode_markup": "_decode",
    "decoded": "_decode",
    "decoded_markup": "_decode",
    "join_blocks": "_blocks",
    "normalise": "_normalise",
    "normalised_places": "_places",
    "page_of": "_html_parts",
    "read_attributes": "_attributes",
    "read_document": "_batch",
    "read_documents": "_batch",
    "read_file": "_batch",
    "read_word_places": "_docx_places",
    "stream_documents": "_batch",
    "words_of": "_html",
}

__getattr__, __dir__ = on_demand(__name__, _HOMES)
