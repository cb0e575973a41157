"""Codes and themes of another program's project, matched with a codebook.

Modules
-------
`_changes`: What a file says otherwise of codes and themes that are here: names, descriptions, colours,
    places.
`_codebook_yaml`: New codes written into a codebook's file, with every comment and line that is there.
`codes`: Which node of another program's project is which code here, codes that are new, and what is
    otherwise.
`_extended_codebook`: The codebook as it will be: with new codes and themes, and with what is otherwise
    in a file.
`_matching`: Which nodes of another program's project are which codes and themes here.
`merged_nodes`: Codes that came as two nodes: a category, and a code beside or in it.
`_messages`: Sentences on what a file's codes are, and are not, beside ours.
`_positions`: Where codes stand in a file and in the codebook, and the codebook with codes in new
    places.
`_project_codes`: The codes and themes of a project as a file may call them: by identity, id, place and
    name.
"""
