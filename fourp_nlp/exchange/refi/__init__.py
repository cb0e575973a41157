"""REFI-QDA: projects (.qdpx) and codebooks (.qdc), as the schemas of 18 March 2019 have them."""

from __future__ import annotations

from fourp_nlp.exchange.refi.origin import DIALECTS, Dialect
from fourp_nlp.exchange.refi.reading.reader import read_qdc, read_qdpx
from fourp_nlp.exchange.refi.writing.writer import write_qdc, write_qdpx

__all__ = ["DIALECTS", "Dialect", "read_qdc", "read_qdpx", "write_qdc", "write_qdpx"]
