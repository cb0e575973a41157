"""Coded spans aligned with segments, and codings that move when their text changes.

Modules
-------
`alignment`: Laying coded spans over segments.
`alignment_effects`: What laying freely drawn spans over segments did to them, coder by coder.
`moved_codings`: Codings of a document that has changed, put where their text stands now.
`unchanged_text`: What of a text is still the same in a later one: sentences by their hashes, without
    the earlier text.
"""
