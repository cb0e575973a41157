"""Coding sheets and decision sheets as they come back from people.

Modules
-------
`coding_sheet`: Coding sheets: the columns of a sheet of drawn segments, and reading one that a person
    filled in.
`decision_sheet`: Reading people's decisions about codes, as they come back from a spreadsheet.
`_sheet_rows`: Reading a sheet that comes back from a spreadsheet: its rows, and whether they say what
    stands there.
"""
