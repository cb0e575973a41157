"""Word documents: codings as comments on the passages, comments and highlighted text as codings.

What each function does
    `_comment_marks` puts comments into a document's tree, `_comment_parts` and `_word_file` write the parts of the
    file, `_plain_document` makes a document of a text, `_custom_xml` keeps codebook and coders in the file;
    `_comment_ranges` finds where comments stand, `_highlights` what is highlighted, `_comment_text` and `_code_matching` what a
    comment says and which code is meant.
"""

from __future__ import annotations

from fourp_nlp.exchange.word.reader import read_word
from fourp_nlp.exchange.word.writer import write_word

__all__ = ["read_word", "write_word"]
