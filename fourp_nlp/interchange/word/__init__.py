"""Word documents: codings as comments on the passages, comments and highlighted text as codings.

What each function does
    `_anchors` puts comments into a document's tree, `_comments` and `_package` write the parts of the
    file, `_plain` makes a document of a text, `_carried` keeps codebook and coders in the file;
    `_ranges` finds where comments stand, `_colours` what is highlighted, `_wording` and `_match` what a
    comment says and which code is meant.
"""

from __future__ import annotations

from fourp_nlp.interchange.word._read import read_word
from fourp_nlp.interchange.word._write import write_word

__all__ = ["read_word", "write_word"]
