"""Websites: collected into WARC files with provenance, and read as documents."""

from __future__ import annotations

from fourp_nlp.website._pages import read_pages, site_of
from fourp_nlp.website._records import MAX_PAGE, Answer, read_answers, whole
from fourp_nlp.website._sites import Limits, read_sites
from fourp_nlp.website._tables import FETCHED, PAGES, SITES

__all__ = [
    "FETCHED",
    "MAX_PAGE",
    "PAGES",
    "SITES",
    "Answer",
    "Limits",
    "read_answers",
    "read_pages",
    "read_sites",
    "site_of",
    "whole",
]
