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
from fourp_nlp.interchange._identity import guid_of, tidy_guid

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
    "tidy_guid",
]
