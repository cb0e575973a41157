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
)
from fourp_nlp.interchange._identity import guid_of, guids_of, tidy_guid
from fourp_nlp.interchange.tables import (
    read_long,
    read_segment_sheet,
    read_wide,
    write_long,
    write_segment_sheet,
    write_wide,
)

__all__ = [
    "LOSSES",
    "MARKS",
    "MEMBERS",
    "NODES",
    "NOTES",
    "SOURCES",
    "USERS",
    "VALUES",
    "Exchange",
    "Losses",
    "guid_of",
    "guids_of",
    "read_long",
    "read_segment_sheet",
    "read_wide",
    "tidy_guid",
    "write_long",
    "write_segment_sheet",
    "write_wide",
]
