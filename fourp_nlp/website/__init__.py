"""Websites: collected into WARC files with provenance, and read as documents.

Names are looked up when they are first asked for: the process that reads web pages (``_child.py``) imports
this package too, and must not load pandas for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourp_nlp.on_demand import on_demand

if TYPE_CHECKING:
    from fourp_nlp.website._collect import (
        SITES_FILE,
        Collected,
        collect_sites,
        keep_list,
        read_done,
        read_fetched,
    )
    from fourp_nlp.website._elsewhere import TakenIn, take_in
    from fourp_nlp.website._main_text import EXTRACTION
    from fourp_nlp.website._pages import read_pages, site_of
    from fourp_nlp.website._records import MAX_PAGE, Answer, read_answers, whole
    from fourp_nlp.website._sites import Limits, read_sites
    from fourp_nlp.website._summary import summary_of_sites, why_not
    from fourp_nlp.website._tables import FETCHED, PAGES, SITES
    from fourp_nlp.website.crawl import Watchdog

__all__ = [
    "EXTRACTION",
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

_HOMES = {
    "EXTRACTION": "_main_text",
    "FETCHED": "_tables",
    "MAX_PAGE": "_records",
    "PAGES": "_tables",
    "SITES": "_tables",
    "SITES_FILE": "_collect",
    "Answer": "_records",
    "Collected": "_collect",
    "Limits": "_sites",
    "TakenIn": "_elsewhere",
    "Watchdog": "crawl",
    "collect_sites": "_collect",
    "keep_list": "_collect",
    "read_answers": "_records",
    "read_done": "_collect",
    "read_fetched": "_collect",
    "read_pages": "_pages",
    "read_sites": "_sites",
    "site_of": "_pages",
    "summary_of_sites": "_summary",
    "take_in": "_elsewhere",
    "whole": "_records",
    "why_not": "_summary",
}

__getattr__, __dir__ = on_demand(__name__, _HOMES)
