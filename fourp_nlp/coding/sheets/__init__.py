"""Coding sheets and decision sheets as they come back from people.

Modules
-------
`coding_sheet`: Coding sheets: their columns, and reading a sheet that a person filled in.
`decision_sheet`: Decision sheets: reading people's decisions about codes.
`moved_sheet`: Sheets of codings whose passage changed: their columns, and the decisions that come back.
`split_sheet`: Sheets of codings whose code is split: the decisions that come back.
`_sheet_rows`: Reading the rows of a sheet, and comparing them with the documents.
"""
