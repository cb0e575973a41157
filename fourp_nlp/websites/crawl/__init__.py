"""The crawler, a process of its own: an event loop of its kind can be started only once in a process.

Modules
-------
`archive`: The WARC file of a site: written under a temporary name, and renamed when the site is done.
`job`: What a crawling process is asked to do: first how, then sites, a line of JSON each.
`process`: The crawling process: it is handed sites, tells of its progress on standard output, and ends.
`_reply`: What came of one request.
`_resolver`: Names into addresses: what is private is refused at the moment of connecting, whoever named
    it.
`_robots`: What robots.txt says: which pages a site keeps to itself, and how long to wait between two.
`_site_visit`: One site, fetched page after page: polite, bounded, and everything kept.
`_sitemaps`: The sitemaps of one site, followed where its pages have few links: files of addresses,
    within limits.
`_spider`: Scrapy's part in it: one request after the other, each answer stopped where it leads too far.
`_wanted_answers`: Whether an answer is wanted: by its headers, and where these say nothing, by its
    first bytes.
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
