"""Codebooks: themes and codes with their definitions, read from YAML and validated.

`read_codebook` also reads the other formats that codebooks are kept in (Excel, CSV, Word, QDC). Their readers
are in rooms above this one: the package gives the function that knows them, `fourp_nlp.read_codebook`.

Modules
-------
`codebook`: What a codebook is: themes and codes with their six-part definitions, and the rules for each
    value.
`definition_edits`: Changing definitions and adding codes in the text of a codebook, so that
    everything else stays.
`_keys`: The keys of a codebook's file that people may have meant.
`names`: Ids made from the names of codes, themes and codebooks.
`reader`: Reads codebooks from YAML and says, with line numbers, what is wrong in them.
`_rules`: Rules that hold between the parts of a codebook, and the line of its file where one is broken.
`text_edits`: Changing single codes in the text of a codebook, so that comments and everything else stay.
`undefined`: Tells which codes of a codebook have nothing but their names.
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
from fourp_nlp.codebook.names import id_from_name, new_id
from fourp_nlp.codebook.reader import (
    YAML_ENDINGS,
    parse_codebook,
    read_codebook,
    read_yaml_codebook,
)
from fourp_nlp.codebook.undefined import undefined_codes
from fourp_nlp.codebook.writer import codebook_text, write_codebook

__all__ = [
    "YAML_ENDINGS",
    "AppliesTo",
    "Code",
    "Codebook",
    "Exclusion",
    "Theme",
    "codebook_text",
    "free_id",
    "id_from_name",
    "in_lines",
    "is_id",
    "new_id",
    "parse_codebook",
    "read_codebook",
    "read_yaml_codebook",
    "undefined_codes",
    "write_codebook",
]
