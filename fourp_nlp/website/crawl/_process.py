"""The crawling process: it collects some sites, tells of its progress on standard output, and ends."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import threading
import time
from typing import Any

from fourp_nlp.website.crawl._job import CrawlJob

__all__ = ["main"]


def _tell(event: str, **facts: object) -> None:
    """Write one line of JSON; `print` would not do, as a full pipe must not cut a line in two."""
    line = json.dumps({"event": event, **facts}, ensure_ascii=False) + "\n"
    sys.stdout.buffer.write(line.encode())
    sys.stdout.buffer.flush()


def main() -> None:
    """Collect what standard input asks for."""
    job = CrawlJob.of_json(sys.stdin.readline())
    _end_with(job.driver)
    logging.disable(logging.CRITICAL)
    from scrapy.crawler import AsyncCrawlerProcess  # noqa: PLC0415 - slow to import, and an extra
    from scrapy.utils.defer import deferred_from_coro  # noqa: PLC0415

    process = AsyncCrawlerProcess(_settings(job))
    # The event loop is the process's own, and so is imported only now.
    from twisted.internet import reactor  # noqa: PLC0415

    async def begin() -> None:
        try:
            await _all(process, job)
        finally:
            reactor.callLater(0, reactor.stop)

    reactor.callWhenRunning(lambda: deferred_from_coro(begin()))
    process.start(stop_after_crawl=False, install_signal_handlers=False)


async def _all(process: Any, job: CrawlJob) -> None:  # noqa: ANN401
    from fourp_nlp.website.crawl._spider import SiteSpider  # noqa: PLC0415

    gate = asyncio.Semaphore(max(job.at_once, 1))

    async def one(site: dict[str, object]) -> None:
        async with gate:
            _tell("begin", site=site["site"])
            try:
                await process.crawl(SiteSpider, site=site, job=job, tell=_tell)
            except Exception as error:  # noqa: BLE001 - one site's fault is not that of the others
                _tell("failed", site=site["site"], reason=f"{type(error).__name__}: {error}")

    await asyncio.gather(*(one(site) for site in job.sites))


def _settings(job: CrawlJob) -> dict[str, Any]:
    return {
        "USER_AGENT": job.agent,
        "TWISTED_DNS_RESOLVER": "fourp_nlp.website.crawl._resolver.PublicResolver",
        "FOURP_ALLOWED": job.allowed,
        "DOWNLOAD_TIMEOUT": job.patience,
        "DNS_TIMEOUT": min(job.patience, 20),
        "DOWNLOAD_MAXSIZE": job.max_answer,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_FAIL_ON_DATALOSS": False,
        "DOWNLOAD_DELAY": 0,  # the spider keeps the distance itself
        "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
        "DEFAULT_REQUEST_HEADERS": {
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5",
            "Accept-Encoding": "gzip",
        },
        # What these do, the spider does itself, so that every answer is kept as it came.
        "ROBOTSTXT_OBEY": False,
        "REDIRECT_ENABLED": False,
        "RETRY_ENABLED": False,
        "METAREFRESH_ENABLED": False,
        "COMPRESSION_ENABLED": False,
        "COOKIES_ENABLED": False,
        "HTTPPROXY_ENABLED": False,
        "REFERER_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "LOG_ENABLED": False,
        "LOG_INSTALL_ROOT_HANDLER": False,
        "EXTENSIONS": {
            "scrapy.extensions.corestats.CoreStats": None,
            "scrapy.extensions.logstats.LogStats": None,
            "scrapy.extensions.memusage.MemoryUsage": None,
            "scrapy.extensions.feedexport.FeedExporter": None,
        },
    }


def _end_with(driver: int) -> None:
    """End when the process that asked for all this is gone."""

    def watch() -> None:
        while os.getppid() == driver:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
