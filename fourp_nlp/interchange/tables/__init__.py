"""Tables: the long one, the wide one of 0 and 1, and sheets of segments that people code in Excel."""

from __future__ import annotations

from fourp_nlp.interchange.tables._codebook_table import read_codebook_table
from fourp_nlp.interchange.tables._long import read_long
from fourp_nlp.interchange.tables._long_out import write_long
from fourp_nlp.interchange.tables._recognise import kind_of_table
from fourp_nlp.interchange.tables._segment_sheet import read_segment_sheet, write_segment_sheet
from fourp_nlp.interchange.tables._wide import read_wide, write_wide

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
