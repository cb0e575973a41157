"""REFI-QDA: projects (.qdpx) and codebooks (.qdc), as the schemas of 18 March 2019 have them."""

from __future__ import annotations

from fourp_nlp.interchange.refi._write import Dialect, write_qdc, write_qdpx

__all__ = ["Dialect", "write_qdc", "write_qdpx"]
