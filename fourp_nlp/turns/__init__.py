"""Turns of speakers, recognised by the labels of a whole document.

Pure functions over lines and strings, for readers of documents and for segmentation alike. The form or
forms of labels that a document has are decided first (``_label_decision``), and only then what a line is.

Modules
-------
`_colon_labels`: Names before a colon that are labels.
`label_candidates`: Label candidates: everything on a line that could be a speaker's label.
`_label_decision`: Deciding which label candidates are labels, form by form over the whole document.
`_label_evidence`: Evidence for labels: how often names recur, and whether speech follows.
`_label_words`: Words that are evidence for or against a label: roles, titles, persons.
`_lines`: The lines of a document, with what each could be.
`name_columns`: Speakers' names in a column, before a tab or a wide space.
`passage_edges`: The edges of a passage that are not its text: times, notes, bullets.
`_program_notices`: Lines that transcription programs add: transcriber, date, keywords.
`recognition`: Recognising a document's turns: where each begins and who speaks.
`role_names`: Roles that usual labels of speakers tell: Interviewer, INT, Q; Participant, P1, R.
`speaker_names`: Whether words could be a speaker's name, by their spelling.
`time_stamps`: Time stamps in transcripts, as programs write them.
"""

from __future__ import annotations

from fourp_nlp.turns.label_candidates import GAP
from fourp_nlp.turns.name_columns import column_labels
from fourp_nlp.turns.passage_edges import after_notes, has_words, trim
from fourp_nlp.turns.recognition import NotTaken, Opening, recognise, turn_starts
from fourp_nlp.turns.role_names import INTERVIEWER, PARTICIPANT, role_by_name
from fourp_nlp.turns.speaker_names import Kind, kind_of
from fourp_nlp.turns.time_stamps import BRACKETED, HASHED

__all__ = [
    "BRACKETED",
    "GAP",
    "HASHED",
    "INTERVIEWER",
    "PARTICIPANT",
    "Kind",
    "NotTaken",
    "Opening",
    "after_notes",
    "column_labels",
    "has_words",
    "kind_of",
    "recognise",
    "role_by_name",
    "trim",
    "turn_starts",
]
