"""Websites: collected into WARC files with provenance, and read as documents."""

from __future__ import annotations

from fourp_nlp.website._collect import (
    SITES_FILE,
    Collected,
    collect_sites,
    keep_list,
    read_done,
    read_fetched,
)
from fourp_nlp.website._elsewhere import TakenIn, take_in
from fourp_nlp.website._pages import read_pages, site_of
from fourp_nlp.website._records import MAX_PAGE, Answer, read_answers, whole
from fourp_nlp.website._sites import Limits, read_sites
from fourp_nlp.website._summary import summary_of_sites, why_not
from fourp_nlp.website._tables import FETCHED, PAGES, SITES
from fourp_nlp.website.crawl import Watchdog

__all__ = [
    "FETCHED",
    "MAX_PAGE",
    "PAGES",
    "SITES",
    "SITES_FILE",
    "Answer",
    "Collected",
    "Limits",
    "TakenIn",
    "Watchdog",
    "collect_sites",
    "keep_list",
    "read_answers",
    "read_done",
    "read_fetched",
    "read_pages",
    "read_sites",
    "site_of",
    "summary_of_sites",
    "take_in",
    "whole",
    "why_not",
]
