"""The Scrapy spider: one request at a time, stopped when an answer is unwanted or too long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import scrapy
from scrapy import signals
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    StopDownload,
)

from fourp_nlp.websites.addresses import may_ask, networks
from fourp_nlp.websites.crawl._reply import Ask, Reply
from fourp_nlp.websites.crawl._resolver import refused
from fourp_nlp.websites.crawl._site_visit import Visit
from fourp_nlp.websites.crawl._wanted_answers import ENOUGH, by_contents, by_headers
from fourp_nlp.websites.pages.content_types import file_name_of, media_type_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from fourp_nlp.websites.crawl.job import CrawlJob
    from fourp_nlp.websites.scope import Scopes

__all__ = ["SiteSpider"]


class SiteSpider(scrapy.Spider):  # type: ignore[misc, unused-ignore] # scrapy's types are not read here
    """Fetches one site for a `Visit`, which decides what is asked for.

    Scrapy's own queue is not used: of requests that are under way a limit would be overshot.
    """

    name = "site"

    def __init__(
        self,
        site: dict[str, Any],
        scopes: Scopes,
        job: CrawlJob,
        avoid: dict[str, str],
        tell: Callable[..., None],
    ) -> None:
        super().__init__()
        self._allowed = networks(job.allowed)
        self._visit = Visit(site, scopes, job, avoid=avoid, ask=self.ask, tell=tell)

    @classmethod
    def from_crawler(cls, crawler: Any, *args: Any, **options: Any) -> SiteSpider:
        """Make it, and have it told of an answer while it comes."""
        spider: SiteSpider = super().from_crawler(crawler, *args, **options)
        crawler.signals.connect(spider.look_at_headers, signal=signals.headers_received)
        crawler.signals.connect(spider.look_at_length, signal=signals.bytes_received)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """Collect the site; nothing is handed to Scrapy's own queue."""
        await self._visit.run()
        return
        yield  # makes this a generator, as Scrapy wants it

    def look_at_headers(
        self,
        headers: Any,
        body_length: int | None,
        request: Any,
        **_: Any,
    ) -> None:
        """Stop an answer that is no text, or too long by its own words, before its contents come."""
        ask: Ask = request.meta["ask"]
        ask.mime = media_type_of(_header(headers, b"Content-Type"))
        ask.name = file_name_of(_header(headers, b"Content-Disposition"))
        ask.coding = _header(headers, b"Content-Encoding").lower().strip()
        if not ask.anything:
            ask.verdict, why = by_headers(ask.mime, ask.name, handouts=ask.handouts)
            if ask.verdict == "refuse":
                _stop(ask, why)
        if not ask.anything and (body_length or 0) > ask.most:
            ask.truncated = "length"
            raise StopDownload(fail=False)

    def look_at_length(self, data: bytes, request: Any, **_: Any) -> None:
        """Stop an answer that goes on and on."""
        ask: Ask = request.meta["ask"]
        ask.received += len(data)
        if ask.verdict == "look":
            ask.head += data[: ENOUGH - len(ask.head)]
            ask.verdict, why = by_contents(
                ask.head, ask.mime, ask.name, handouts=ask.handouts, coding=ask.coding
            )
            if ask.verdict == "refuse":
                _stop(ask, why)
        if ask.received > ask.most:
            ask.truncated = "length"
            raise StopDownload(fail=False)

    async def ask(self, ask: Ask) -> Reply:
        """Ask for a URL, and return what came of it; no error is raised.

        What came is counted in the request.
        """
        request = scrapy.Request(
            ask.url, meta={"ask": ask, "download_timeout": ask.patience}, dont_filter=True
        )
        try:
            response = await self.crawler.engine.download_async(request)
        except Exception as error:  # noqa: BLE001 - whatever the network says
            return self._why(ask, error)
        address = str(response.ip_address or "")
        if address and not may_ask(address, self._allowed):
            return Reply(outcome="refused", reason=_private(ask.url, address))
        if "dataloss" in response.flags:
            ask.truncated = "disconnect"
        elif ask.verdict in {"look", "take"} and not ask.truncated and ask.head:
            # All of it is there now, and says for certain what it is.
            _, ask.unwanted = by_contents(
                response.body,
                ask.mime,
                ask.name,
                handouts=ask.handouts,
                coding=ask.coding,
                whole=True,
            )
            if ask.unwanted:
                # As if it had been stopped: a small answer is no more wanted than a large one.
                ask.truncated = "unspecified"
        return Reply(
            status=response.status,
            protocol=response.protocol or "HTTP/1.1",
            headers=_pairs(response),
            body=b"" if ask.unwanted else response.body[: ask.most],
            request=[("Host", urlsplit(request.url).netloc), *_pairs(request)],
            address=address,
        )

    def _why(self, ask: Ask, error: Exception) -> Reply:
        host = urlsplit(ask.url).hostname or ""
        if isinstance(error, CannotResolveHostError):
            if host in refused:
                return Reply(outcome="refused", reason=_private(ask.url, refused[host]))
            reason = "there is no such host"
        elif isinstance(error, DownloadTimeoutError):
            reason = f"no answer within {ask.patience:g} seconds"
        elif isinstance(error, DownloadConnectionRefusedError):
            reason = "the server refuses connections"
        else:
            reason = f"no answer that can be read ({type(error).__name__})"
        return Reply(outcome="failed", reason=reason, again=True)


def _stop(ask: Ask, why: str) -> None:
    """Stop an answer that is not wanted."""
    ask.unwanted = why
    ask.truncated = "unspecified"
    raise StopDownload(fail=False)


def _header(headers: Any, name: bytes) -> str:
    return (headers.get(name) or b"").decode("latin-1")


def _private(url: str, address: str) -> str:
    host = urlsplit(url).hostname or ""
    leads = address if host == address else f"{host} leads to {address}"
    return f"a private address ({leads})"


def _pairs(message: Any) -> list[tuple[str, str]]:
    return [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in message.headers.items()
        for value in values
    ]
