"""Projects that other programs keep as SQLite databases: QualCoder and RQDA."""

from __future__ import annotations

from fourp_nlp.exchange.databases.qualcoder import read_qualcoder
from fourp_nlp.exchange.databases.rqda import read_rqda

__all__ = ["read_qualcoder", "read_rqda"]
