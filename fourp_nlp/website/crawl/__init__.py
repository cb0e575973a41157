"""The crawler, a process of its own: an event loop of its kind can be started only once in a process."""

from __future__ import annotations

from fourp_nlp.website.crawl._archive import done_file, fetched_file, warc_file
from fourp_nlp.website.crawl._job import CrawlJob

__all__ = ["CrawlJob", "done_file", "fetched_file", "warc_file"]
