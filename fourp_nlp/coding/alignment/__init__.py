"""What aligning codings with segments changes, and codings that move when their text changes.

Modules
-------
`alignment_effects`: Effects of aligning spans with segments, counted coder by coder.
`moved_codings`: Finding codings in a changed document whose earlier text was not kept.
`small_edits`: Telling small edits of a text (typos, case, names, fillers) from changes of what it says.
`text_changes`: Finding where passages of a text stand in a later version of it, and whether that is
    certain.
`unchanged_text`: Finding the sentences of a text that are unchanged in a later version, by their
    hashes.
"""
