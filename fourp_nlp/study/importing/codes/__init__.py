"""Matches codes and themes of another program's project with a codebook.

Modules
-------
`_changes`: Finds changed names, descriptions, colours and places of codes and themes in a file.
`_codebook_yaml`: Adds new codes to a codebook's file, and keeps every comment and line of it.
`codes`: Matches nodes with codes, adds new codes, and finds the file's changes.
`_extended_codebook`: Extends a codebook by new codes and themes, and by changes from a file.
`_matching`: Matches nodes of another program's project with codes and themes of the codebook.
`merged_nodes`: Merges codes that a program wrote as two nodes: a category, and a code beside or in it.
`_messages`: Writes messages on how a file's codes differ from those of the codebook.
`_positions`: Finds places of codes in a file and in the codebook, and moves codes to new places.
`_project_codes`: Lists the GUIDs, ids, places and names by which a file may refer to a project's codes.
"""
