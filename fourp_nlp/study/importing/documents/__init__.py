"""Matches documents of another program's project with those of a study.

Modules
-------
`attributes`: Writes variables and cases of another program's project to documents.csv, and keeps every
    cell of it.
`documents`: Matches sources of another program's project with documents of the study.
`file_names`: Makes file names that every system accepts, from names of sources and coders.
"""
