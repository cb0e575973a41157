"""Projects that other programs keep as SQLite databases: QualCoder and RQDA.

Modules
-------
`_exchange_builder`: Rows of a database made into an exchange: sources with their texts, codes, coders,
    codings, notes.
`qualcoder`: QualCoder's projects: folders that end in .qda, with a database data.qda inside.
`rqda`: RQDA's projects: one SQLite database, .rqda.
`_sqlite_reader`: SQLite databases of other programs: opened for reading alone, and never trusted.
"""

from __future__ import annotations

from fourp_nlp.exchange.databases.qualcoder import read_qualcoder
from fourp_nlp.exchange.databases.rqda import read_rqda

__all__ = ["read_qualcoder", "read_rqda"]
