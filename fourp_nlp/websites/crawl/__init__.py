"""The crawler, a process of its own: an event loop of its kind can be started only once in a process."""

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
