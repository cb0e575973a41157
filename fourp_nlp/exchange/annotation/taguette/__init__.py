"""Taguette: tables of highlights, sheets, and project files.

Modules
-------
`highlights`: Taguette: tables of highlights, and its codebook.
`_project_reader`: Reads Taguette's project files: SQLite databases with documents in HTML and offsets
    in bytes of their text.
`_project_writer`: Writes project files that Taguette imports.
`_sheets`: Sheets of Taguette: CSV and XLSX, read as texts and written so that no cell is a formula.
"""
