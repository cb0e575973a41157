"""Taguette: tables of highlights, sheets, and project files.

Modules
-------
`highlights`: Taguette: tables of highlights, and its codebook.
`_project`: Taguette's project files: SQLite databases with documents in HTML and places in bytes of
    their text.
`_sheets`: Sheets of Taguette: CSV and XLSX, read as texts and written so that no cell is a formula.
"""
