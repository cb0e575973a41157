"""Codebooks: themes and codes with their definitions, read from YAML and validated.

Modules
-------
`codebook`: Codebooks: themes and codes with their six-part definitions, read from YAML and validated.
"""

from __future__ import annotations

from fourp_nlp.codebook.codebook import (
    AppliesTo,
    Code,
    Codebook,
    Exclusion,
    Theme,
    codebook_text,
    free_id,
    in_lines,
    is_id,
    parse_codebook,
    read_codebook,
    write_codebook,
)

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
