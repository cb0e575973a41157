"""Projects that other programs keep as SQLite databases: QualCoder and RQDA.

Modules
-------
`_exchange_builder`: Builds an exchange from the rows of a program's database: sources, codes, coders,
    codings, notes, cases.
`qualcoder`: Reads QualCoder's projects: folders that end in .qda, with a database data.qda inside.
`rqda`: Reads RQDA's projects: one SQLite database, .rqda.
"""

from __future__ import annotations

from fourp_nlp.exchange.databases.qualcoder import read_qualcoder
from fourp_nlp.exchange.databases.rqda import read_rqda

__all__ = ["read_qualcoder", "read_rqda"]
