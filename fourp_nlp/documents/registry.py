"""Which reader reads which suffix; a new format is a module and a line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from fourp_nlp.documents.pdf import reader as _pdf
from fourp_nlp.documents.tables import captions as _captions
from fourp_nlp.documents.tables import text_table as _table
from fourp_nlp.documents.text import markdown as _md
from fourp_nlp.documents.text import plain_text as _txt
from fourp_nlp.documents.web import email as _eml
from fourp_nlp.documents.web import epub as _epub
from fourp_nlp.documents.web import html as _html
from fourp_nlp.documents.word import docx as _docx
from fourp_nlp.documents.word import odt as _odt
from fourp_nlp.documents.word import pptx as _pptx
from fourp_nlp.documents.word import rtf as _rtf

if TYPE_CHECKING:
    from fourp_nlp.documents.reading import Reading
    from fourp_nlp.documents.tables.survey import TableColumns

__all__ = ["LEGACY", "PLAIN", "SUPPORTED", "TABLES", "Reader"]

Reader = Callable[[Path], "str | list[tuple[str, str]] | Reading"]
"""Reads a file into its text, or into several: each one's id inside the file, and its text; or, where
more is to be known of it, into a `Reading`."""

TABLES: Mapping[str, Callable[[Path, TableColumns | None], Reading]] = MappingProxyType(
    {
        ".csv": _table.read_delimited,
        ".tsv": _table.read_delimited,
        ".xlsx": _table.read_workbook,
    }
)
"""Suffixes of tables, of which columns may be chosen."""

SUPPORTED: Mapping[str, Reader] = MappingProxyType(
    {
        ".txt": _txt.read,
        ".text": _txt.read,
        ".md": _md.read,
        ".markdown": _md.read,
        ".docx": _docx.read,
        ".pptx": _pptx.read,
        ".pdf": _pdf.read,
        ".odt": _odt.read,
        ".rtf": _rtf.read,
        ".epub": _epub.read,
        ".eml": _eml.read,
        ".mbox": _eml.read_mailbox,
        ".html": _html.read,
        ".htm": _html.read,
        ".srt": _captions.read,
        ".vtt": _captions.read,
        ".csv": _table.read_delimited,
        ".tsv": _table.read_delimited,
        ".xlsx": _table.read_workbook,
    }
)
"""Suffix, in lower case, to the function that reads it."""

PLAIN = frozenset(
    {".txt", ".text", ".md", ".markdown", ".srt", ".vtt", ".csv", ".tsv"},
)
"""Suffixes of plain text, which unfolds into no more than it is: read without a process of its own."""

LEGACY: Mapping[str, str] = MappingProxyType(
    {
        ".doc": ".docx",
        ".dot": ".docx",
        ".docm": ".docx",
        ".wpd": ".docx",
        ".pages": ".docx",
        ".ppt": ".pptx",
        ".pps": ".pptx",
        ".pptm": ".pptx",
        ".key": ".pptx",
        ".odp": ".pptx",
        ".xls": ".xlsx",
        ".xlsm": ".xlsx",
        ".ods": ".xlsx",
        ".msg": ".eml",
        ".mobi": ".epub",
        ".azw": ".epub",
        ".azw3": ".epub",
    }
)
"""Suffix of a kind that is not read to that under which it can be saved."""
