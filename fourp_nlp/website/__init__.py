"""Websites: collected into WARC files with provenance, and read as documents."""

from __future__ import annotations

from fourp_nlp.website._tables import FETCHED, PAGES, SITES

__all__ = ["FETCHED", "PAGES", "SITES"]
