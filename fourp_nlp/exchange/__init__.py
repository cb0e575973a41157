"""Exchange with other programs: every format is read into an `Exchange`, and written from one.

Modules
-------
`annotation/`: Annotation programs: Taguette, Label Studio, doccano, Prodigy and Argilla, each in a
    module of its own.
`codebooks/`: Codebooks as people keep them, in tables and Word documents, read and written as codebooks.
`databases/`: Projects that other programs keep as SQLite databases: QualCoder and RQDA.
`refi/`: REFI-QDA: projects (.qdpx) and codebooks (.qdc), as the schemas of 18 March 2019 have them.
`tables/`: Tables: the long one, the wide one of 0 and 1, and sheets of segments that people code in
    Excel.
`word/`: Word documents: codings are written as comments; comments and highlighted text are read as
    codings.
`code_definition`: Writes a definition in six parts as the one description of a code in other programs,
    and reads it.
`code_tree_reader`: Converts trees of nodes of other programs to codebooks.
`code_tree_writer`: Converts codebooks to trees of nodes, and restores imported names, places and
    folders.
`exchange`: The tables into which every format is read, and from which it is written.
`formats`: The registry of formats: how each is recognised, and the functions that read and write it.
`identity`: GUIDs that are the same at every export, so that edited things are recognised at import.
`offset_units`: Offsets in a text, counted in code points, UTF-16 code units or bytes, and converted
    between them.
`own_notes`: Notes that this program writes about a project, and recognises by their form.
`sqlite_reader`: Reads SQLite databases of other programs: read-only, within limits, and only from plain
    tables.
`writing`: Writes an exchange in a format, and reports its contents and losses.
`written_contents`: Counts what a writer puts into its file.
"""

from __future__ import annotations

from fourp_nlp.exchange.annotation import (
    read_argilla,
    read_doccano,
    read_label_studio,
    read_prodigy,
    read_taguette,
    read_taguette_codebook,
    write_argilla,
    write_doccano,
    write_label_studio,
    write_prodigy,
    write_taguette,
    write_taguette_codebook,
)
from fourp_nlp.exchange.code_tree_reader import nodes_to_codebook
from fourp_nlp.exchange.code_tree_writer import codebook_to_nodes
from fourp_nlp.exchange.databases import read_qualcoder, read_rqda
from fourp_nlp.exchange.exchange import (
    MARKS,
    MEMBERS,
    NODES,
    NOTES,
    SELECTIONS,
    SOURCES,
    USERS,
    VALUES,
    Exchange,
    Losses,
    rows_of,
)
from fourp_nlp.exchange.formats import FORMATS, Format, format_of
from fourp_nlp.exchange.identity import guid_of, guids_of, normalise_guid
from fourp_nlp.exchange.own_notes import (
    CODEBOOK,
    MEMO,
    NOTICE,
    added_name,
    codebook_note,
    decision_note,
    note_text,
    read_codebook_note,
    read_decision_note,
    text_without_note,
)
from fourp_nlp.exchange.refi import DIALECTS, read_qdc, read_qdpx, write_qdc, write_qdpx
from fourp_nlp.exchange.tables import (
    read_codebook_table,
    read_long,
    read_segment_sheet,
    read_wide,
    write_long,
    write_segment_sheet,
    write_wide,
)
from fourp_nlp.exchange.word import read_word, write_word
from fourp_nlp.exchange.writing import Written, written

__all__ = [
    "CODEBOOK",
    "DIALECTS",
    "FORMATS",
    "MARKS",
    "MEMBERS",
    "MEMO",
    "NODES",
    "NOTES",
    "NOTICE",
    "SELECTIONS",
    "SOURCES",
    "USERS",
    "VALUES",
    "Exchange",
    "Format",
    "Losses",
    "Written",
    "added_name",
    "codebook_note",
    "codebook_to_nodes",
    "decision_note",
    "format_of",
    "guid_of",
    "guids_of",
    "nodes_to_codebook",
    "normalise_guid",
    "note_text",
    "read_argilla",
    "read_codebook_note",
    "read_codebook_table",
    "read_decision_note",
    "read_doccano",
    "read_label_studio",
    "read_long",
    "read_prodigy",
    "read_qdc",
    "read_qdpx",
    "read_qualcoder",
    "read_rqda",
    "read_segment_sheet",
    "read_taguette",
    "read_taguette_codebook",
    "read_wide",
    "read_word",
    "rows_of",
    "text_without_note",
    "write_argilla",
    "write_doccano",
    "write_label_studio",
    "write_long",
    "write_prodigy",
    "write_qdc",
    "write_qdpx",
    "write_segment_sheet",
    "write_taguette",
    "write_taguette_codebook",
    "write_wide",
    "write_word",
    "written",
]
