"""Decisions: the log, undo and redo, memos, passages, and the gold files written from them.

Modules
-------
`decision_log`: Everything that was decided in the review page, about suggestions and between coders,
    as one table.
`hand_edits`: Decisions of the review page whose row of the gold file was edited by hand before they were
    written.
`memos`: Memos: what a person notes about one of their codings.
`person_codings`: Codings of one person beside those of whole segments: passages of any length, and memos.
`review_history`: What can be undone and done again, from the log.
`spans`: Codes for passages of any length, which the person chooses in the text.
`written_decisions`: Decisions of a review written into the gold files.
`written_memos`: Memos of the review page written beside codings that were given without suggestions.
"""
