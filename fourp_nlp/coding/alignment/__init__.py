"""What aligning codings with segments changes, and codings that move when their text changes.

Modules
-------
`alignment_effects`: Effects of aligning spans with segments, counted coder by coder.
`moved_codings`: Moving codings to the new positions of their text in a changed document.
`unchanged_text`: Finding the sentences of a text that are unchanged in a later version, by their
    hashes.
"""
