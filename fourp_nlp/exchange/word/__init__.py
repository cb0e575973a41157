"""Word documents: codings are written as comments; comments and highlighted text are read as codings.

Modules
-------
`_code_matching`: Which code is meant by what somebody wrote in a comment.
`_comment_marks`: Puts the marks of comments into the tree of a Word document, splitting runs where they
    begin or end.
`_comment_parts`: The parts of a Word document that hold its comments, written and read.
`_comment_ranges`: Where in a document's text comments stand.
`_comment_text`: What a comment says: a code, a machine's probability and reason, or a note.
`_custom_xml`: What a Word file of ours carries besides what is seen, as a part of its own: source,
    codebook, coders.
`_highlights`: Highlighted and shaded text of a Word document.
`_markup_names`: Names of Word's markup.
`_plain_document`: A Word document made of a text, and the text of such a document, to the character.
`reader`: Comments and highlighted text of Word documents as codings.
`_word_file`: Word files: a new one of a text, or a copy of an original with comments added.
`writer`: Codings as comments in Word documents.
"""

from __future__ import annotations

from fourp_nlp.exchange.word.reader import read_word
from fourp_nlp.exchange.word.writer import write_word

__all__ = ["read_word", "write_word"]
