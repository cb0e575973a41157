"""Projects that other programs keep as SQLite databases: QualCoder and RQDA."""

from __future__ import annotations

from fourp_nlp.interchange.databases._qualcoder import read_qualcoder
from fourp_nlp.interchange.databases._rqda import read_rqda

__all__ = ["read_qualcoder", "read_rqda"]
