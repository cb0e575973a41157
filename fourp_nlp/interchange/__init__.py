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
    "read_argilla",
    "read_doccano",
    "read_label_studio",
    "read_prodigy",
    "read_taguette",
    "read_taguette_codebook",
    "tidy_guid",
    "write_argilla",
    "write_doccano",
    "write_label_studio",
    "write_prodigy",
    "write_taguette",
    "write_taguette_codebook",
]
