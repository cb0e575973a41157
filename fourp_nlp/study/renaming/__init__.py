"""Codes and coders renamed, merged, retired and removed, in all files and the database of a project.

Modules
-------
`code_changes`: Renaming, merging and retiring codes.
`coder_changes`: Renaming and removing coders.
`_gold_rows`: Changing rows of all gold files of a project.
`planned_change`: A change to a project that is planned, shown, and then made.
"""
