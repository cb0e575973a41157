"""Exchange with other programs: every format is read into an `Exchange`, and written from one."""

from __future__ import annotations

from fourp_nlp.interchange._exchange import (
    LOSSES,
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
from fourp_nlp.interchange._formats import FORMATS, Format, format_of
from fourp_nlp.interchange._identity import guid_of, guids_of, tidy_guid
from fourp_nlp.interchange._tree import codebook_to_nodes, nodes_to_codebook
from fourp_nlp.interchange._writing import Written, written
from fourp_nlp.interchange.annotation import (
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
from fourp_nlp.interchange.refi import DIALECTS, read_qdc, read_qdpx, write_qdc, write_qdpx
from fourp_nlp.interchange.tables import (
    read_long,
    read_segment_sheet,
    read_wide,
    write_long,
    write_segment_sheet,
    write_wide,
)
from fourp_nlp.interchange.word import read_word, write_word

__all__ = [
    "DIALECTS",
    "FORMATS",
    "LOSSES",
    "MARKS",
    "MEMBERS",
    "NODES",
    "NOTES",
    "SELECTIONS",
    "SOURCES",
    "USERS",
    "VALUES",
    "Exchange",
    "Format",
    "Losses",
    "Written",
    "codebook_to_nodes",
    "format_of",
    "guid_of",
    "guids_of",
    "nodes_to_codebook",
    "read_argilla",
    "read_doccano",
    "read_label_studio",
    "read_long",
    "read_prodigy",
    "read_qdc",
    "read_qdpx",
    "read_segment_sheet",
    "read_taguette",
    "read_taguette_codebook",
    "read_wide",
    "read_word",
    "rows_of",
    "tidy_guid",
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
