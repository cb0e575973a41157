"""Reviewing suggestions, and settling differences: what a person sees, decides, and takes back.

Modules
-------
`review_session`: One person's review of a study: decisions, undo and redo, and what is open.
`review_state`: What one person has decided about each code of each segment, as arrays.
`code_queue`: Candidates of a code over all documents, one after the other: which there are, in which
    order, how many.
`queue_filters`: What a queue of candidates is asked for, and what it answers.
`codebook_session`: The codebook changed in the review page: planned, shown, made and taken back, as the
    commands do it.
`learning`: Training the machine while a person decides: in a process of its own, compared with what
    there was before.
`_learning_process`: The process that trains beside a review.
`decisions/`: Decisions: the log, undo and redo, memos, passages, and the gold files written from them.
`draws/`: Draws that a person codes in the review page without suggestions.
`differences/`: Differences between coders, settled in the review page.
`results/`: Results beside the text: the numbers, and the passages behind each.
"""
