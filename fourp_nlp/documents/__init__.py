"""Reading documents: files of many formats into one table of normalised texts.

To add a kind of file, write a module ``_kind.py`` with a function ``read(path)`` that returns the
text (or a list of ids and texts, if one file holds several documents) and raises `DocumentError`,
and add its suffix to ``_registry.py``.

Names are looked up when they are first asked for: the process that reads files from outside
(``_child.py``) imports this package too, and must not load pandas for it.

Modules
-------
`pdf/`: PDF files.
`tables/`: Tables of texts, tables of speakers, and captions.
`text/`: Plain text: encodings, Markdown, blocks.
`web/`: Web pages, e-mail and e-books.
`word/`: Word-processor files and slides: docx, odt, rtf, pptx.
`attributes`: Attributes of documents, as the researcher lists them in ``documents.csv``.
`batch`: Reading many files: one that cannot be read is reported, and the others are read.
`_child_process`: The child process that reads files: ``python -m fourp_nlp.documents._child_process
    MEMORY``.
`files`: Finding the documents of a folder, and their ids.
`_isolated_reading`: Reading files in child processes, so that a malicious file can crash only its
    process.
`languages`: Languages of documents: their names, and which one a text is in.
`limits`: The limit on the length of one file's text.
`normalisation`: Normalising text: all offsets refer to the normalised text.
`offset_map`: Mapping spans between a text and its normalised form.
`_one_file`: Reading one file into its texts; every failure becomes an error with its cure.
`reading`: The reading of a file: its texts, speakers, doubts and remarks.
`registry`: The file formats of documents: a new one is a module that reads it, and a line here.
`result_files`: Result files of this program in the folder of documents, which are not documents.
`speaker_attributes`: Roles and attributes of speakers, as the researcher lists them in ``speakers.csv``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourp_nlp.lazy_imports import on_demand

if TYPE_CHECKING:
    from fourp_nlp.documents.attributes import read_attributes
    from fourp_nlp.documents.batch import (
        NOTE,
        read_document,
        read_documents,
        read_file,
        stream_documents,
    )
    from fourp_nlp.documents.normalisation import normalise
    from fourp_nlp.documents.offset_map import Places, normalised_places
    from fourp_nlp.documents.registry import SUPPORTED
    from fourp_nlp.documents.speaker_attributes import read_speakers
    from fourp_nlp.documents.tables.survey import TableColumns
    from fourp_nlp.documents.text.blocks import Block, join_blocks
    from fourp_nlp.documents.text.decoding import (
        decode_markup,
        decoded,
        decoded_markup,
    )
    from fourp_nlp.documents.web.html import words_of
    from fourp_nlp.documents.web.html_blocks import page_of
    from fourp_nlp.documents.web.html_boxes import Page, Part
    from fourp_nlp.documents.word.docx import OutlinePart, read_outline
    from fourp_nlp.documents.word.docx_places import WordPlaces, read_word_places

__all__ = [
    "NOTE",
    "SUPPORTED",
    "Block",
    "OutlinePart",
    "Page",
    "Part",
    "Places",
    "TableColumns",
    "WordPlaces",
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
    "read_outline",
    "read_speakers",
    "read_word_places",
    "stream_documents",
    "words_of",
]

_HOMES = {
    "NOTE": "batch",
    "SUPPORTED": "registry",
    "Block": "text.blocks",
    "OutlinePart": "word.docx",
    "Page": "web.html_boxes",
    "Part": "web.html_boxes",
    "Places": "offset_map",
    "TableColumns": "tables.survey",
    "WordPlaces": "word.docx_places",
    "decode_markup": "text.decoding",
    "decoded": "text.decoding",
    "decoded_markup": "text.decoding",
    "join_blocks": "text.blocks",
    "normalise": "normalisation",
    "normalised_places": "offset_map",
    "page_of": "web.html_blocks",
    "read_attributes": "attributes",
    "read_document": "batch",
    "read_documents": "batch",
    "read_file": "batch",
    "read_outline": "word.docx",
    "read_speakers": "speaker_attributes",
    "read_word_places": "word.docx_places",
    "stream_documents": "batch",
    "words_of": "web.html",
}

__getattr__, __dir__ = on_demand(__name__, _HOMES)
