"""The crawler, which runs in a process of its own.

Modules
-------
`archive`: The WARC file of a site, renamed when the site is finished.
`job`: The job of a crawling process: settings, then sites, one line of JSON each.
`process`: The crawling process: it gets sites on standard input and reports progress on standard
    output.
`_reply`: A request and its answer.
`_resolver`: Resolving host names, and refusing private addresses when connecting.
`_robots`: The rules of robots.txt: allowed pages and delays.
`_site_visit`: Visiting one site: fetching page after page within delays and limits.
`_sitemaps`: Reading a site's sitemaps if its pages have few links.
`_spider`: The Scrapy spider: one request at a time, stopped when an answer is unwanted or too long.
`_wanted_answers`: Whether an answer is wanted, by its headers or its first bytes.
"""

from __future__ import annotations

from fourp_nlp.websites.crawl.archive import (
    done_file,
    fetched_file,
    part_file,
    sweep,
    warc_file,
    write_done,
)
from fourp_nlp.websites.crawl.job import CrawlJob, Neighbours, Watchdog
from fourp_nlp.websites.crawl.process import NO_MORE

__all__ = [
    "NO_MORE",
    "CrawlJob",
    "Neighbours",
    "Watchdog",
    "done_file",
    "fetched_file",
    "part_file",
    "sweep",
    "warc_file",
    "write_done",
]
