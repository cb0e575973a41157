r"""Tables: the long one, the wide one of 0 and 1, and sheets of segments that people code in Excel.

Modules
-------
`codebooks/`: Codebooks kept as tables.
`layouts/`: Tables of codings in each layout: long, wide, a row a segment.
`places/`: Which document and which passage a table's row is about.
`code_nodes`: The codes that a table names, gathered into the table NODES.
`code_paths`: Codes that are named with what they stand below: Parent > Child, Nodes\\Parent\\Child,
    Parent/Child.
`codes_in_cell`: Which codes a cell names: one, several, or none.
`coding_rows`: The rows of tables of codings in one frame, whichever program wrote them.
`column_heads`: Which column of a table is which, whatever people call it.
`exchange_builder`: Builds an exchange from the rows of a table: sources, coders, codings and what was
    read.
`fill_down`: Cells that were left blank below another one that counts for them as well.
`readable_names`: Unique names of codes, documents, coders and columns.
`recognition`: Which kind of table a file is, by the heads of its columns.
`table_file`: A table as a file: which kind it is, its cells when it is read, and what a workbook cannot
    hold.
`table_file_writer`: Tables into files: what a workbook cannot hold, and texts that a spreadsheet would
    take for formulas.
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
