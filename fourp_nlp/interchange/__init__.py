"""Exchange with other programs: every format is read into an `Exchange`, and written from one."""

from __future__ import annotations

from fourp_nlp.interchange._exchange import (
    LOSSES,
    MARKS,
    MEMBERS,
    NODES,
    NOTES,
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
from fourp_nlp.interchange._writing import Written, contents_of, written
from fourp_nlp.interchange.refi import write_qdc, write_qdpx
from fourp_nlp.interchange.tables import (
    read_long,
    read_segment_sheet,
    read_wide,
    write_long,
    write_segment_sheet,
    write_wide,
)

__all__ = [
    "FORMATS",
    "LOSSES",
    "MARKS",
    "MEMBERS",
    "NODES",
    "NOTES",
    "SOURCES",
    "USERS",
    "VALUES",
    "Exchange",
    "Format",
    "Losses",
    "Written",
    "codebook_to_nodes",
    "contents_of",
    "format_of",
    "guid_of",
    "guids_of",
    "nodes_to_codebook",
    "read_long",
    "read_segment_sheet",
    "read_wide",
    "rows_of",
    "tidy_guid",
    "write_long",
    "write_qdc",
    "write_qdpx",
    "write_segment_sheet",
    "write_wide",
    "written",
]
