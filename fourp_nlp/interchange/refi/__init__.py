"""REFI-QDA: projects (.qdpx) and codebooks (.qdc), as the schemas of 18 March 2019 have them."""

from __future__ import annotations

from fourp_nlp.interchange.refi._read import read_qdc, read_qdpx

__all__ = ["read_qdc", "read_qdpx"]
