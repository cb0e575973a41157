"""Exports a study to other programs.

Modules
-------
`coding_dates`: Finds the day of a coding in the record of what was read: gold files have no dates.
`exchange_extras`: Reads and writes the exchange extras: what an imported project has and a study has no
    place for.
`export`: Builds the exchange of a study: the tables that every format is written from.
`exported_file`: Writes a study as a file of another program, with a table of what the format cannot hold.
`facts`: Collects variables, cases, sets and notes for an export.
`memos`: Collects memos on codings for an export: each is a note on its coding.
`texts`: Collects texts for an export: imported texts as they were, others normalised.
"""
