"""Reviewing a document with its suggestions: what a person sees, decides, and takes back.

Modules
-------
`review_session`: One person's review of a study: decisions, undo and redo, and what is open.
`review_state`: What one person has decided about each code of each segment, as arrays.
`review_history`: What can be undone and done again, from the log.
`learning`: Training the machine while a person decides: in a process of its own, compared with what
    there was before.
`_learning_process`: The process that trains beside a review.
`written_decisions`: Decisions of a review written into the gold files.
"""
