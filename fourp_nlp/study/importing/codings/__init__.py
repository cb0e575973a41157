"""Codings of another program's project: human and machine coders, compared with what is here.

Modules
-------
`coders`: Which user of another program is which coder here, and which are machines.
`codings`: Codings of another program's project as codings of documents here.
`comparison`: Codings of a file compared with those that are here: the same, new, moved, gone, or
    unclear.
`gold_files`: What people coded elsewhere, put into gold files: added, never taken away unasked.
`human_codings`: What people coded and read elsewhere: gold files, files of repeats, and the record of
    what was read.
`machine_codings`: What came back of machines' codings: recognised, counted, and decisions if somebody
    stands for them.
`moved_codings`: Which coding that is gone and which new one are one coding that was moved.
`moved_with_text`: Codings here of documents whose text is replaced, carried to where they stand in the
    new text.
"""
