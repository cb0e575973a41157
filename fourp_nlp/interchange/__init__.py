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
from fourp_nlp.interchange.word import read_word, write_word

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
    "read_word",
    "tidy_guid",
    "write_word",
]
