"""Codebooks as people keep them: tables in Excel and CSV, and Word documents, read and written as codebooks.

`fourp_nlp.exchange.tables.codebooks` reads the same tables as another program's tree of codes, for imports.

Modules
-------
`_builder`: Builds a codebook of what was read: ids, themes, parents and parts, with the place of each
    mistake.
`_cells`: Several texts in one cell or paragraph: examples, and cases in which a code is not used.
`codebook_file`: A codebook that was read, and what to know of the reading.
`_parts`: What the columns of a table and the labels of paragraphs are called.
`_rows`: A codebook as rows of a table.
`tables`: Codebooks in Excel and CSV.
`word`: Codebooks in Word: a table, or headings with paragraphs below them.
"""

from __future__ import annotations

from fourp_nlp.exchange.codebooks.codebook_file import CodebookFile
from fourp_nlp.exchange.codebooks.tables import (
    read_table_codebook,
    write_csv_codebook,
    write_excel_codebook,
)
from fourp_nlp.exchange.codebooks.word import read_word_codebook, write_word_codebook

__all__ = [
    "CodebookFile",
    "read_table_codebook",
    "read_word_codebook",
    "write_csv_codebook",
    "write_excel_codebook",
    "write_word_codebook",
]
