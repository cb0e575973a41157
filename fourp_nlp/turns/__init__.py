"""Who says what: turns of speakers, recognised by what a whole document has of them.

Pure functions over lines and strings, for readers of documents and for segmentation alike. The form or
forms of labels that a document has are decided first (``_label_decision``), and only then what a line is.

Modules
-------
`_colon_labels`: Which names before a colon are labels.
`label_candidates`: What on a line could be a speaker's label, form by form; whether it is one is
    decided elsewhere.
`_label_decision`: Which sightings are labels: decided by what recurs in the whole document, form by
    form.
`_label_evidence`: What recurs among sightings: how often each name, whether speech follows it, who
    takes turns.
`_label_words`: Words that speak for or against a label: roles, titles, persons, and what begins no
    speech.
`_lines`: The lines of a document, and what each of them could be.
`name_columns`: Names in a column of plain text: a tab or a wide space stands behind them, and no colon.
`passage_edges`: What stands at the edge of a passage and is no part of it: times, transcriber's notes,
    bullets.
`_program_notices`: What transcription programs write around the words: who transcribed, when, with
    which keywords.
`recognition`: Recognising a document's turns: where each begins, who speaks, and which lines are
    nobody's words.
`speaker_names`: Whether a few words could be the name of a speaker, by their spelling alone.
`time_stamps`: Times that stand in a transcript: how programs write them, and where the words behind
    them begin.
"""

from __future__ import annotations

from fourp_nlp.turns.label_candidates import GAP, Form
from fourp_nlp.turns.name_columns import column_labels
from fourp_nlp.turns.passage_edges import has_words, trim
from fourp_nlp.turns.recognition import NotTaken, Opening, Turns, recognise, turn_starts
from fourp_nlp.turns.speaker_names import Kind, kind_of
from fourp_nlp.turns.time_stamps import BRACKETED, HASHED

__all__ = [
    "BRACKETED",
    "GAP",
    "HASHED",
    "Form",
    "Kind",
    "NotTaken",
    "Opening",
    "Turns",
    "column_labels",
    "has_words",
    "kind_of",
    "recognise",
    "trim",
    "turn_starts",
]
