"""Tables: the long one, the wide one of 0 and 1, and sheets of segments that people code in Excel."""

from __future__ import annotations

from fourp_nlp.exchange.tables.codebooks.reader import read_codebook_table
from fourp_nlp.exchange.tables.layouts.long_reader import read_long
from fourp_nlp.exchange.tables.layouts.long_writer import write_long
from fourp_nlp.exchange.tables.layouts.segment_sheet import read_segment_sheet, write_segment_sheet
from fourp_nlp.exchange.tables.layouts.wide_table import read_wide, write_wide
from fourp_nlp.exchange.tables.recognition import kind_of_table

__all__ = [
    "kind_of_table",
    "read_codebook_table",
    "read_long",
    "read_segment_sheet",
    "read_wide",
    "write_long",
    "write_segment_sheet",
    "write_wide",
]
