"""Reviewing suggestions, and settling differences: what a person sees, decides, and takes back.

Modules
-------
`draw_queues`: Draws that a person codes in the review page, and the segments whose suggestions are hidden
    meanwhile.
`draw_session`: One person codes drawn segments without suggestions: answers, undo and redo, and their import.
`drawn_answers`: What a person answered about the segments of a draw, from the log of answers.
`codebook_session`: The codebook changed in the review page: planned, shown, made and taken back, as the
    commands do it.
`decision_log`: Everything that was decided in the review page, about suggestions and between coders,
    as one table.
`code_queue`: Candidates of a code over all documents, one after the other: which there are, in which
    order, how many.
`queue_filters`: What a queue of candidates is asked for, and what it answers.
`difference_session`: Settling differences between coders: decisions, comments, undo and redo, and the
    settled coding.
`difference_state`: What chosen coders differ about: which codes, on which segments, and how often.
`result_figures`: The results of a study for the person who reviews it: tables, and the passages behind
    each number.
`result_passages`: The passages behind a number, as they are shown: text, neighbours, speaker, and who gave
    which code.
`result_session`: Results beside the text: the figures of now, made anew when files, codebook or draws have
    changed.
`review_session`: One person's review of a study: decisions, undo and redo, and what is open.
`review_state`: What one person has decided about each code of each segment, as arrays.
`review_history`: What can be undone and done again, from the log.
`learning`: Training the machine while a person decides: in a process of its own, compared with what
    there was before.
`_learning_process`: The process that trains beside a review.
`memos`: Memos: what a person notes about one of their codings.
`person_codings`: Codings of one person beside those of whole segments: passages of any length, and memos.
`spans`: Codes for passages of any length, which the person chooses in the text.
`written_decisions`: Decisions of a review written into the gold files.
`written_memos`: Memos of the review page written beside codings that were given without suggestions.
"""
