"""Draws that a person codes in the review page without suggestions.

Modules
-------
`draw_queues`: Draws that a person codes in the review page, and the segments whose suggestions are hidden
    meanwhile.
`draw_session`: One person codes drawn segments without suggestions: answers, undo and redo, and their import.
`drawn_answers`: What a person answered about the segments of a draw, from the log of answers.
"""
