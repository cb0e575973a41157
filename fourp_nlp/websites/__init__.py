"""Websites: collecting them into WARC files, and reading these as documents.

Names are looked up when they are first asked for: the process that reads web pages (``_child.py``) imports
this package too, and must not load pandas for it.

Modules
-------
`crawl/`: The crawler, which runs in a process of its own.
`pages/`: Web pages as documents: records of WARC files, their main text, what is left out.
`addresses`: Network addresses that may be requested: public ones, and those that the user names.
`collect`: Collecting the sites of a list; finished sites are skipped.
`_crawler_processes`: Managing crawling processes: handing out sites, and replacing processes that fail.
`frontier`: The links of a site that are followed: its own pages, each once, without endless traps.
`links`: The links of a page, read within limits of time, number and length.
`scope`: The site of a URL: by its host, and by its folder where sites share a host.
`sitemap`: Reading sitemaps: the addresses that a site announces, within limits.
`sites`: Reading the list of sites to collect, from CSV or YAML.
`summary`: A summary of collected sites: pages of each, and what was not fetched and why.
`tables`: The tables of websites: sites, fetched URLs, and pages as documents.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourp_nlp.lazy_imports import on_demand

if TYPE_CHECKING:
    from fourp_nlp.websites.collect import (
        Collected,
        collect_sites,
        keep_list,
        read_done,
        read_fetched,
    )
    from fourp_nlp.websites.crawl import Watchdog
    from fourp_nlp.websites.pages.documents import read_pages, site_of
    from fourp_nlp.websites.pages.foreign_warc import ImportedWarc, import_warc_files
    from fourp_nlp.websites.pages.main_text import EXTRACTION
    from fourp_nlp.websites.pages.warc_records import Answer, read_answers, whole
    from fourp_nlp.websites.sites import Limits, read_sites
    from fourp_nlp.websites.summary import summary_of_sites, why_not
    from fourp_nlp.websites.tables import PAGES, SITES

__all__ = [
    "EXTRACTION",
    "PAGES",
    "SITES",
    "Answer",
    "Collected",
    "ImportedWarc",
    "Limits",
    "Watchdog",
    "collect_sites",
    "import_warc_files",
    "keep_list",
    "read_answers",
    "read_done",
    "read_fetched",
    "read_pages",
    "read_sites",
    "site_of",
    "summary_of_sites",
    "whole",
    "why_not",
]

_HOMES = {
    "EXTRACTION": "pages.main_text",
    "PAGES": "tables",
    "SITES": "tables",
    "Answer": "pages.warc_records",
    "Collected": "collect",
    "Limits": "sites",
    "ImportedWarc": "pages.foreign_warc",
    "Watchdog": "crawl",
    "collect_sites": "collect",
    "keep_list": "collect",
    "read_answers": "pages.warc_records",
    "read_done": "collect",
    "read_fetched": "collect",
    "read_pages": "pages.documents",
    "read_sites": "sites",
    "site_of": "pages.documents",
    "summary_of_sites": "summary",
    "import_warc_files": "pages.foreign_warc",
    "whole": "pages.warc_records",
    "why_not": "summary",
}

__getattr__, __dir__ = on_demand(__name__, _HOMES)
