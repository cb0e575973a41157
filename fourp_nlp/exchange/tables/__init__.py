r"""Tables: the long one, the wide one of 0 and 1, and sheets of segments that people code in Excel.

Modules
-------
`codebooks/`: Codebooks kept as tables.
`layouts/`: Tables of codings in each layout: long, wide, a row a segment.
`places/`: The document and the passage of a table's row.
`code_nodes`: The codes that a table names, as the table NODES.
`code_paths`: Codes that are named with their parents: Parent > Child, Nodes\\Parent\\Child,
    Parent/Child.
`codes_in_cell`: Parses the cells of a table into codes: one, several, or none.
`coding_rows`: Reads the rows of tables of codings of many programs into one frame.
`column_heads`: Recognises the columns of a table by their heads, in several languages.
`exchange_builder`: Builds an exchange from the rows of a table: sources, coders, codings and what was
    read.
`fill_down`: Fills blank cells that repeat the cell above.
`readable_names`: Unique names of codes, documents, coders and columns.
`recognition`: Recognises the kind of a table by the heads of its columns.
`table_file`: Reads the tables of a file: CSV, or the sheets of a workbook.
`table_file_writer`: Writes tables as CSV or workbooks, within the limits of a workbook and safe from
    formulas.
`table_losses`: Lists what a table cannot hold, whatever its layout.
`workbook_sheets`: Sheets of a workbook of codings: which are read, and whether they are named after
    coders.
"""

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
