"""Annotation programs: Taguette, Label Studio, doccano, Prodigy and Argilla, each in a module of its own.

Modules
-------
`taguette/`: Taguette: tables of highlights, sheets, and project files.
`argilla`: Argilla: records as its client (version 2) writes them with ``to_json``, and the settings of
    their dataset.
`coder_selection`: Chooses the coders whose answers are written where a file cannot tell coders apart.
`_coding_offsets`: Converts the offsets of codings to code points, by what they quote or by where words
    begin and end.
`doccano`: doccano: its JSONL of sequence labelling, with and without relations, and of text
    classification.
`exchange_builder`: Builds an exchange from records: their texts, and the codings, notes and variables
    on them.
`json_records`: Reads records from untrusted JSON files, one at a time, and writes them.
`label_names`: Labels of codes for annotation programs, and the codes of labels.
`_label_studio_reader`: Reads Label Studio's JSON of tasks, JSON-MIN and CSV.
`_label_studio_writer`: Writes tasks for Label Studio, and the labelling configuration of their project.
`prodigy`: Prodigy: the JSONL that its command ``db-out`` writes and its recipes take.
`recognition`: Recognises the annotation program that wrote a file by the fields of its first records.
`_row_parts`: The field `read_in_part`: which parts of a row each coder read.
`row_writer`: Divides an exchange into rows for annotation programs: documents, or segments of them.
`_table_records`: Reads tables that annotation programs export as the records of their JSON.
"""

from __future__ import annotations

from fourp_nlp.exchange.annotation._label_studio_reader import read_label_studio
from fourp_nlp.exchange.annotation._label_studio_writer import write_label_studio
from fourp_nlp.exchange.annotation.argilla import read_argilla, write_argilla
from fourp_nlp.exchange.annotation.doccano import read_doccano, write_doccano
from fourp_nlp.exchange.annotation.prodigy import read_prodigy, write_prodigy
from fourp_nlp.exchange.annotation.recognition import kind_of_records
from fourp_nlp.exchange.annotation.taguette.highlights import (
    read_taguette,
    read_taguette_codebook,
    write_taguette,
    write_taguette_codebook,
)

__all__ = [
    "kind_of_records",
    "read_argilla",
    "read_doccano",
    "read_label_studio",
    "read_prodigy",
    "read_taguette",
    "read_taguette_codebook",
    "write_argilla",
    "write_doccano",
    "write_label_studio",
    "write_prodigy",
    "write_taguette",
    "write_taguette_codebook",
]
