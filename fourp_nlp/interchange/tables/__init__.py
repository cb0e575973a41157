"""Tables: the long one, the wide one of 0 and 1, and sheets of segments that people code in Excel."""

from __future__ import annotations

from fourp_nlp.interchange.tables._long import read_long, write_long

__all__ = ["read_long", "write_long"]
