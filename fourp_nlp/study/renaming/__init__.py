"""Codes and coders renamed, merged, split, retired and removed, in all files and the database of a project.

Modules
-------
`code_changes`: Renaming, merging and retiring codes.
`splitting`: Splitting a code: a person decides what each of its codings becomes.
`_code_change`: How ids of codes change in rows of gold files, in what was read, in decisions and in draws.
`coder_changes`: Renaming and removing coders.
`_gold_rows`: Changing rows of all gold files of a project.
`planned_change`: A change to a project that is planned, shown, and then made.
"""
