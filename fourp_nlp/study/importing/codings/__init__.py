"""Imports codings of human and machine coders, and compares them with those of the study.

Modules
-------
`coders`: Matches users of another program with coders of the study, and recognises machines.
`codings`: Places codings of another program's project in documents of the study.
`comparison`: Compares codings of a file with those of the study: same, new, moved, gone or unclear.
`gold_files`: Adds people's codings to gold files; removes codings only if asked to.
`readings_of_file`: What the coders of an imported file have read, where the file says it and where it
    does not.
`human_codings`: Imports people's codings and readings: gold files, files of repeats, and the record of
    what was read.
`machine_codings`: Imports machines' codings: recognises suggestions, and makes decisions if somebody
    takes responsibility.
`memos`: Finds the memos on people's codings among the notes of a file.
`moved_codings`: Pairs codings that are gone with new ones: codings that were moved.
`moved_with_text`: Moves codings of documents whose text is replaced to their positions in the new text.
"""
