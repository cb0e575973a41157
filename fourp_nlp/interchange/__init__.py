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
from fourp_nlp.interchange._identity import guid_of, tidy_guid
from fourp_nlp.interchange._tree import codebook_to_nodes, nodes_to_codebook
from fourp_nlp.interchange._writing import Written, contents_of, written
from fourp_nlp.interchange.refi import read_qdc, read_qdpx, write_qdc, write_qdpx

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
    "nodes_to_codebook",
    "read_qdc",
    "read_qdpx",
    "rows_of",
    "tidy_guid",
    "write_qdc",
    "write_qdpx",
    "written",
]
