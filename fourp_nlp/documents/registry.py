"""The file formats of documents: a new one is a module that reads it, and a line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

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

__all__ = ["FORMATS", "LEGACY", "PLAIN", "SUPPORTED", "TABLES", "Format", "Reader"]

Reader = Callable[[Path], "str | list[tuple[str, str]] | Reading"]
"""Reads a file into its text, or into several: each one's id inside the file, and its text; or, where
more is to be known of it, into a `Reading`."""


class Format(NamedTuple):
    """A file format that documents are read from.

    Attributes
    ----------
    suffixes : tuple of str
        In lower case; files are known by them.
    read : callable
        Reads a file; of a table, with the columns that were chosen.
    is_plain : bool
        Whether it is plain text, which unfolds into no more than it is: read without a process of its own.
    has_columns : bool
        Whether it is a table, of which columns may be chosen.
    """

    suffixes: tuple[str, ...]
    read: Callable[..., Any]
    is_plain: bool = False
    has_columns: bool = False


FORMATS = (
    Format((".txt", ".text"), _txt.read, is_plain=True),
    Format((".md", ".markdown"), _md.read, is_plain=True),
    Format((".docx",), _docx.read),
    Format((".pptx",), _pptx.read),
    Format((".pdf",), _pdf.read),
    Format((".odt",), _odt.read),
    Format((".rtf",), _rtf.read),
    Format((".epub",), _epub.read),
    Format((".eml",), _eml.read),
    Format((".mbox",), _eml.read_mailbox),
    Format((".html", ".htm"), _html.read),
    Format((".srt", ".vtt"), _captions.read, is_plain=True),
    Format((".csv", ".tsv"), _table.read_delimited, is_plain=True, has_columns=True),
    Format((".xlsx",), _table.read_workbook, has_columns=True),
)
"""Every format that is read; a further one is a line here."""

SUPPORTED: Mapping[str, Reader] = MappingProxyType(
    {suffix: form.read for form in FORMATS for suffix in form.suffixes}
)
"""Suffix, in lower case, to the function that reads it."""

TABLES: Mapping[str, Callable[[Path, TableColumns | None], Reading]] = MappingProxyType(
    {suffix: form.read for form in FORMATS if form.has_columns for suffix in form.suffixes}
)
"""Suffixes of tables, of which columns may be chosen."""

PLAIN = frozenset(suffix for form in FORMATS if form.is_plain for suffix in form.suffixes)
"""Suffixes of plain text."""

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
