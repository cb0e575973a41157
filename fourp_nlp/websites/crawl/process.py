"""The crawling process: it gets sites on standard input and reports progress on standard output."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import queue
import signal
import sys
import threading
from typing import Any

from fourp_nlp.websites.crawl.job import CrawlJob, Neighbours
from fourp_nlp.websites.scope import Scopes

__all__ = ["BREATH", "NO_MORE", "main"]

NO_MORE = "no more"
"""The line after which no further site comes."""

BREATH = 1.0
"""Seconds after which the process shows that it is alive; fewer for an impatient watchdog."""

_RESERVED = 4 * 1024**3


def main() -> None:
    """Collect the sites that standard input names, until it says that there are no more.

    The process ends at once when standard input does, because then whoever asked for all this is gone.
    """
    # An interruption is the driver's to deal with.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    lines = _lines()
    job = CrawlJob.of_json(lines.get())
    logging.disable(logging.CRITICAL)
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.utils.defer import deferred_from_coro

    _bound_memory(job.watchdog.memory)
    process = AsyncCrawlerProcess(_settings(job))
    # The event loop is the process's own, and so is imported only now.
    import twisted.internet.reactor

    # Its type says only what any reactor is; this one is a module with more.
    reactor: Any = twisted.internet.reactor

    async def begin() -> None:
        try:
            await _all(process, job, lines)
        finally:
            reactor.callLater(0, reactor.stop)

    breath = min(BREATH, job.watchdog.silence / 4)

    def breathe() -> None:
        _tell("alive")
        reactor.callLater(breath, breathe)

    reactor.callWhenRunning(breathe)
    reactor.callWhenRunning(lambda: deferred_from_coro(begin()))
    process.start(stop_after_crawl=False, install_signal_handlers=False)


async def _all(process: Any, job: CrawlJob, lines: queue.SimpleQueue[str]) -> None:
    from fourp_nlp.websites.crawl._spider import SiteSpider

    async def together(neighbours: Neighbours) -> None:
        scopes = Scopes(neighbours.all)
        for site in neighbours.sites:
            _tell("begin", site=site["site"])
            try:
                await process.crawl(
                    SiteSpider,
                    site=site,
                    scopes=scopes,
                    job=job,
                    avoid=neighbours.avoid,
                    tell=_tell,
                )
            except Exception as error:  # noqa: BLE001 - one site's fault is not that of the others
                _tell("failed", site=site["site"], reason=f"{type(error).__name__}: {error}")
            await asyncio.sleep(float(site["delay"]) if len(neighbours.sites) > 1 else 0)

    running: set[asyncio.Task[None]] = set()
    while (line := await asyncio.to_thread(lines.get)) != NO_MORE:
        task = asyncio.create_task(together(Neighbours.of_json(line)))
        running.add(task)
        task.add_done_callback(running.discard)
    await asyncio.gather(*running)


def _bound_memory(most: int) -> None:
    """Let what asks for far more than the process may hold fail, before the system ends something else."""
    try:
        import resource
    except ImportError:
        return
    # The driver looks at what is held; addresses that are only reserved come on top of it.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (most + _RESERVED, most + _RESERVED))


def _lines() -> queue.SimpleQueue[str]:
    """Return a queue of the lines of standard input; a thread fills it, from before anything slow begins."""
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()

    def listen() -> None:
        for line in sys.stdin:
            lines.put(line.strip())
        os._exit(1)

    threading.Thread(target=listen, daemon=True).start()
    return lines


def _tell(event: str, **facts: object) -> None:
    """Write one line of JSON; `print` would not do, as a full pipe must not cut a line in two."""
    line = json.dumps({"event": event, **facts}, ensure_ascii=False) + "\n"
    try:
        sys.stdout.buffer.write(line.encode())
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        os._exit(1)


def _settings(job: CrawlJob) -> dict[str, Any]:
    return {
        "USER_AGENT": job.agent,
        "TWISTED_DNS_RESOLVER": "fourp_nlp.websites.crawl._resolver.PublicResolver",
        "FOURP_ALLOWED": job.allowed,
        "DOWNLOAD_TIMEOUT": job.patience,
        "DNS_TIMEOUT": min(job.patience, 20),
        # Lengths and distances are the spider's and the visit's duty.
        "DOWNLOAD_MAXSIZE": 0,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_FAIL_ON_DATALOSS": False,
        "DOWNLOAD_DELAY": 0,
        "DEFAULT_REQUEST_HEADERS": {
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5",
            "Accept-Encoding": "gzip",
        },
        # What these do, the visit does itself, so that every answer is kept as it came.
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
