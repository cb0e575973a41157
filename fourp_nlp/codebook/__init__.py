"""Codebooks: themes and codes with their definitions, read from YAML and validated.

Modules
-------
`codebook`: What a codebook is: themes and codes with their six-part definitions, and the rules for each
    value.
`reader`: Reads codebooks from YAML and says, with line numbers, what is wrong in them.
`_rules`: Rules that hold between the parts of a codebook, and the line of its file where one is broken.
`text_edits`: Changing single codes in the text of a codebook, so that comments and everything else stay.
`writer`: Writes codebooks as YAML that reads back equal.
"""

from __future__ import annotations

from fourp_nlp.codebook.codebook import (
    AppliesTo,
    Code,
    Codebook,
    Exclusion,
    Theme,
    free_id,
    in_lines,
    is_id,
)
from fourp_nlp.codebook.reader import parse_codebook, read_codebook
from fourp_nlp.codebook.writer import codebook_text, write_codebook

__all__ = [
    "AppliesTo",
    "Code",
    "Codebook",
    "Exclusion",
    "Theme",
    "codebook_text",
    "free_id",
    "in_lines",
    "is_id",
    "parse_codebook",
    "read_codebook",
    "write_codebook",
]
