"""Tables of codings in each layout: long, wide, a row a segment.

Modules
-------
`further_sheets`: The further sheets of a workbook: one for the codebook, one for facts about documents.
`grid_reader`: Reads tables with a row for each segment and a column for each code.
`long_reader`: Reads long tables of any program: one row for each coding.
`long_writer`: Writes the long table: one row for each coding.
`_segment_alignment`: Aligns codings with segments, coder by coder, for tables with a row a segment.
`segment_sheet`: Sheets of all segments for coding in Excel: writes and reads them.
`wide_table`: The wide table: a row for each segment and coder, a column for each code, with 0 and 1.
"""
