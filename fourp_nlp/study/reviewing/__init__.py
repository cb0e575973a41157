"""Reviewing suggestions, and settling differences: what a person sees, decides, and takes back.

Modules
-------
`decision_log`: Everything that was decided in the review page, about suggestions and between coders,
    as one table.
`difference_session`: Settling differences between coders: decisions, comments, undo and redo, and the
    settled coding.
`difference_state`: What chosen coders differ about: which codes, on which segments, and how often.
`review_session`: One person's review of a study: decisions, undo and redo, and what is open.
`review_state`: What one person has decided about each code of each segment, as arrays.
`review_history`: What can be undone and done again, from the log.
`written_decisions`: Decisions of a review written into the gold files.
"""
