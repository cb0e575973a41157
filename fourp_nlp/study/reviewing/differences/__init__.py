"""Differences between coders, settled in the review page.

Modules
-------
`difference_session`: Settling differences between coders: decisions, comments, undo and redo, and the
    settled coding.
`difference_state`: What chosen coders differ about: which codes, on which segments, and how often.
"""
