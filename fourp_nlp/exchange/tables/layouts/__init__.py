"""Tables of codings in each layout: long, wide, a row a segment.

Modules
-------
`further_sheets`: The further sheets of a workbook: one for the codebook, one for facts about documents.
`grid_reader`: Reading tables with a row a segment and a column a code: what stands in the cells.
`long_reader`: Reading a long table: one row a coding, as this program or another one writes it.
`long_writer`: Writing the long table: one row a coding.
`_segment_alignment`: Aligns codings with segments, coder by coder, for tables with a row a segment.
`segment_sheet`: Sheets of all segments for people who code in Excel.
`wide_table`: The wide table: one row a segment and coder, one column a code, 0 and 1 in its cells.
"""
