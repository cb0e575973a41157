"""What people have read: the record of texts, codes and definitions, and what still holds when they change.

Modules
-------
`carried_record`: The record of what was read, after codings were carried along with a changed text.
`kept_texts`: The texts that the positions of codings belong to, kept beside the gold files.
`reading_record`: The record of what was read: which text each coder read, for which codes, by which
    definitions.
`readings`: What counts as read now: gold files compared with the record of what was read.
`record_file`: The file of the record of what was read: JSON beside the gold files.
`undecided`: Codings whose passage changed, and of which nobody has decided yet where they belong.
"""
