"""Brings documents in: files of many kinds into one table of normalised texts.

To add a kind of file, write a module ``_kind.py`` with a function ``read(path)`` that returns the
text (or a list of ids and texts, if one file holds several documents) and raises `DocumentError`,
and add its suffix to ``_registry.py``.
"""

from __future__ import annotations

from fourp_nlp.documents._attributes import read_attributes
from fourp_nlp.documents._batch import NOTE, read_document, read_documents, stream_documents
from fourp_nlp.documents._decode import decode, decode_markup
from fourp_nlp.documents._docx_places import WordPlaces, read_word_places
from fourp_nlp.documents._html import words_of
from fourp_nlp.documents._normalise import normalise
from fourp_nlp.documents._places import Places, normalised_places
from fourp_nlp.documents._registry import SUPPORTED

__all__ = [
    "NOTE",
    "SUPPORTED",
    "Places",
    "WordPlaces",
    "decode",
    "decode_markup",
    "normalise",
    "normalised_places",
    "read_attributes",
    "read_document",
    "read_documents",
    "read_word_places",
    "stream_documents",
    "words_of",
]
