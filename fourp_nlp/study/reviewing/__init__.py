"""Reviewing a document with its suggestions: what a person sees, decides, and takes back.

Modules
-------
`review_session`: One person's review of a study: decisions, undo and redo, and what is open.
`review_state`: What one person has decided about each code of each segment, as arrays.
`review_history`: What can be undone and done again, from the log.
`written_decisions`: Decisions of a review written into the gold files.
"""
