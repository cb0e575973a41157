"""Websites: collected into WARC files with provenance, and read as documents.

Names are looked up when they are first asked for: the process that reads web pages (``_child.py``) imports
this package too, and must not load pandas for it.

Modules
-------
`crawl/`: The crawler, a process of its own: an event loop of its kind can be started only once in a
    process.
`pages/`: Web pages as documents: records of WARC files, their main text, what is left out.
`addresses`: Which addresses of the network may be asked: those of the public one, and what the user
    names.
`collect`: Collecting sites: what is done is passed over, and the rest is handed to crawling processes.
`_crawler_processes`: Crawling processes: each is handed a few sites at once, and a further one whenever
    one is done.
`frontier`: Which links of a site are followed: its own pages, each once, and no trap without end.
`links`: Where a page leads: its links, read as they go by, within limits of time, number and length.
`scope`: Which site a URL belongs to: by its host, and by its folder where sites share a host.
`sitemap`: Sitemaps: the addresses that a site announces to search engines, read within limits.
`sites`: The list of sites to collect, from CSV or YAML.
`summary`: What became of sites in short: how many pages each gave, and what was not fetched, and why.
`tables`: The tables of websites: sites to collect, what was fetched, and pages as documents.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourp_nlp.lazy_imports import on_demand

if TYPE_CHECKING:
    from fourp_nlp.websites.collect import (
        SITES_FILE,
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
    from fourp_nlp.websites.pages.warc_records import MAX_PAGE, Answer, read_answers, whole
    from fourp_nlp.websites.sites import Limits, read_sites
    from fourp_nlp.websites.summary import summary_of_sites, why_not
    from fourp_nlp.websites.tables import FETCHED, PAGES, SITES

__all__ = [
    "EXTRACTION",
    "FETCHED",
    "MAX_PAGE",
    "PAGES",
    "SITES",
    "SITES_FILE",
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
    "FETCHED": "tables",
    "MAX_PAGE": "pages.warc_records",
    "PAGES": "tables",
    "SITES": "tables",
    "SITES_FILE": "collect",
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
