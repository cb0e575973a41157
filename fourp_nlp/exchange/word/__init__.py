"""Word documents: codings are written as comments; comments and highlighted text are read as codings.

Modules
-------
`_code_matching`: Matches what people write in comments to codes: names, ids, paths and misspelt names.
`_comment_marks`: Inserts the marks of comments into a Word document, splitting runs where a comment
    begins or ends.
`_comment_parts`: Reads and writes the parts of a Word document that hold its comments.
`_comment_ranges`: Finds the passages of a Word document's comments.
`_comment_text`: The text of comments: writes and parses codes, a machine's probability and reason, and
    notes.
`_custom_xml`: The hidden custom XML part of exported Word files, which holds source, codebook and
    coders.
`_document_text`: The text of a Word document, and the offsets of its passages and paragraphs in it.
`_exchange_builder`: Builds an exchange from what was read in Word documents: sources, coders, codings,
    notes and codes.
`_highlights`: Finds highlighted and shaded passages of a Word document.
`_markup_names`: Names of Word's markup.
`_plain_document`: Makes a Word document from a text, and reads the text back to the character.
`reader`: Reads the comments and the highlighted text of Word documents as codings.
`_word_file`: Writes Word files: a new one from a text, or a copy of an original with comments added.
`writer`: Writes codings as comments into Word documents.
"""

from __future__ import annotations

from fourp_nlp.exchange.word.reader import read_word
from fourp_nlp.exchange.word.writer import write_word

__all__ = ["read_word", "write_word"]
