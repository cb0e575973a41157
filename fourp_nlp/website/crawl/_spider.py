"""One site, fetched page after page: polite, bounded, and everything kept."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, ClassVar

import scrapy
from scrapy import signals
from scrapy.exceptions import DownloadCancelledError, StopDownload
from twisted.internet.error import DNSLookupError

from fourp_nlp.website._extract import links_of
from fourp_nlp.website._frontier import Frontier, Waiting, tidy_url
from fourp_nlp.website._records import unfolded
from fourp_nlp.website.crawl._archive import Archive
from fourp_nlp.website.crawl._resolver import RefusedAddressError
from fourp_nlp.website.crawl._robots import MOST_ROBOTS, Robots

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from fourp_nlp.website.crawl._job import CrawlJob

__all__ = ["SiteSpider"]

_TRIES = 3
_BACKOFF = 2.0
_LONGEST_WAIT = 60.0
_HOPS = 10
_TEXTS = ("text/html", "application/xhtml+xml", "text/plain", "text/xml", "application/xml", "")
_BUSY = frozenset([429, 500, 502, 503, 504])
_MOVED = frozenset([301, 302, 303, 307, 308])
_HANDOUT_TYPES = (
    "application/pdf",
    "application/rtf",
    "application/msword",
    "application/vnd.openxmlformats-officedocument",
    "application/vnd.oasis.opendocument",
    "application/octet-stream",
)


class SiteSpider(scrapy.Spider):  # type: ignore[misc] # scrapy's types are not read here
    """Fetches one site.

    Requests go out one after the other, in an order that depends on the pages alone. The spider keeps its own
    queue, because limits are then exact: none is overshot by requests that are under way.
    """

    name = "site"
    custom_settings: ClassVar[dict[str, Any]] = {}

    def __init__(self, site: dict[str, Any], job: CrawlJob, tell: Callable[..., None]) -> None:
        super().__init__()
        self._site, self._job, self._tell = site, job, tell
        self._robots: dict[str, Robots] = {}
        self._delay = float(site["delay"])
        self._last = 0.0
        self._pages = 0
        self._refused: set[tuple[str, str]] = set()

    @classmethod
    def from_crawler(cls, crawler: Any, *args: Any, **options: Any) -> SiteSpider:  # noqa: ANN401
        """Make it, and have it told of headers before the contents come."""
        made: SiteSpider = super().from_crawler(crawler, *args, **options)
        crawler.signals.connect(made.look_at_headers, signal=signals.headers_received)
        crawler.signals.connect(made.look_at_length, signal=signals.bytes_received)
        return made

    def look_at_headers(self, headers: Any, request: Any, **_: Any) -> None:  # noqa: ANN401
        """Stop an answer that is no text before its contents are sent."""
        mime = (
            (headers.get(b"Content-Type") or b"")
            .decode("latin-1")
            .partition(";")[0]
            .strip()
            .lower()
        )
        if request.meta.get("robots") or mime in _TEXTS:
            return
        if self._job.handouts and mime.startswith(_HANDOUT_TYPES):
            return
        request.meta["unwanted"] = mime
        raise StopDownload(fail=False)

    def look_at_length(self, data: bytes, request: Any, **_: Any) -> None:  # noqa: ANN401
        """Stop a robots.txt that goes on and on: no more of it is read."""
        if request.meta.get("robots"):
            request.meta["length"] = request.meta.get("length", 0) + len(data)
            if request.meta["length"] > MOST_ROBOTS:
                raise StopDownload(fail=False)

    async def start(self) -> AsyncIterator[Any]:
        """Fetch the site; nothing is handed to Scrapy's own queue."""
        from pathlib import Path  # noqa: PLC0415

        site, job = self._site, self._job
        limits = {
            name: site[name] for name in ("max_pages", "max_depth", "max_bytes", "max_seconds")
        }
        facts = {"http-header-user-agent": job.agent, "robots": "obey", "fourp-limits": limits}
        self._archive = Archive(Path(job.folder), str(site["site"]), facts)
        self._frontier = Frontier(
            str(site["urls"]).split(), max_depth=int(site["max_depth"]), handouts=job.handouts
        )
        self._until = time.monotonic() + float(site["max_seconds"])
        try:
            ended = await self._collect()
            told = self._archive.finish(ended)
            self._tell("done", **told)
        except OSError as error:
            self._archive.give_up()
            self._tell("failed", site=site["site"], reason=f"it cannot be written: {error}")
        except Exception as error:  # noqa: BLE001 - one site's fault is not that of the others
            self._archive.give_up()
            self._tell("failed", site=site["site"], reason=f"{type(error).__name__}: {error}")
        return
        yield  # makes this a generator, as Scrapy wants it

    async def _collect(self) -> str:
        while self._frontier:
            limit = self._limit()
            if limit:
                return limit
            waiting = self._frontier.next()
            await self._fetch(waiting)
            self._tell("page", site=self._site["site"], pages=self._pages)
        return "all"

    def _limit(self) -> str:
        if self._pages >= int(self._site["max_pages"]):
            return "max_pages"
        if self._archive.bytes >= int(self._site["max_bytes"]):
            return "max_bytes"
        return "max_seconds" if time.monotonic() >= self._until else ""

    async def _fetch(self, waiting: Waiting) -> None:
        """Fetch a page, by way of its redirects."""
        url = waiting.url
        for _ in range(_HOPS):
            if not await self._allowed(url):
                return
            response = await self._answer(url)
            if response is None:
                return
            if response.status not in _MOVED:
                self._take(url, waiting.depth, response)
                return
            url = self._next_place(url, response)
            if not url:
                return
        self._archive.note(waiting.url, "refused", reason=f"more than {_HOPS} redirects")

    async def _allowed(self, url: str) -> bool:
        host = url.partition("://")[2].partition("/")[0]
        if host not in self._robots:
            # Until the answer is there, so that robots.txt is not itself asked about.
            scheme = url.partition("://")[0]
            place = f"{scheme}://{host}/robots.txt"
            response = await self._answer(place, robots=True)
            content = b""
            if response is not None:
                content, _ = unfolded(response.body, _coding(response), self._job.max_answer)
            status = 0 if response is None else response.status
            # Of a redirect that leads away there are no rules (RFC 9309, 2.3.1.2).
            status = 404 if status in _MOVED else status
            self._robots[host] = Robots(status, content, self._job.agent)
            self._delay = max(self._delay, self._robots[host].delay)
        robots = self._robots[host]
        if robots.allows(url):
            return True
        why = (
            "robots.txt cannot be had, and so nothing may be fetched"
            if robots.unreachable
            else "robots.txt"
        )
        self._archive.note(url, "refused", reason=why)
        return False

    async def _answer(self, url: str, *, robots: bool = False) -> Any:  # noqa: ANN401
        """Ask for a URL, again after a while if the server is busy, and keep what comes."""
        reason, outcome, response = "", "", None
        for attempt in range(_TRIES):
            await self._pause()
            request = scrapy.Request(
                url,
                meta={"robots": robots, "download_maxsize": 0 if robots else self._most()},
                dont_filter=True,
            )
            response = None
            try:
                response = await self.crawler.engine.download_async(request)
            except RefusedAddressError as error:
                reason, outcome = f"{error}: a private address", "refused"
            except DNSLookupError:
                reason, outcome = "there is no such host", "failed"
            except DownloadCancelledError as error:
                reason, outcome = f"larger than the limit ({error})", "cut"
            except Exception as error:  # noqa: BLE001 - whatever the network says
                reason, outcome = f"no answer ({type(error).__name__})", "again"
            if response is not None:
                self._keep(url, request, response)
                reason, outcome = f"the server answered {response.status}", "again"
                if response.status not in _BUSY:
                    break
            if outcome != "again" or attempt == _TRIES - 1 or self._limit():
                break
            await asyncio.sleep(_wait(attempt, response))
        if response is None:
            self._archive.failure(url, reason)
        if not robots and (response is None or response.status not in _MOVED):
            self._note(url, response, "failed" if outcome == "again" else outcome, reason)
        return response

    def _note(self, url: str, response: Any, outcome: str, reason: str) -> None:  # noqa: ANN401
        """Note what became of a URL in the end."""
        if response is None:
            self._archive.note(url, outcome, reason=reason)
            return
        unwanted = response.meta.get("unwanted")
        if unwanted:
            outcome, reason = "refused", f"no text ({unwanted})"
        elif response.status == 200:
            broken = "dataloss" in response.flags
            outcome, reason = ("cut", "the answer broke off") if broken else ("fetched", "")
        record, size = response.meta["record"], len(response.body)
        self._archive.note(
            url, outcome, status=response.status, size=size, reason=reason, record=record
        )

    async def _pause(self) -> None:
        """Keep the distance between two requests."""
        left = self._last + self._delay - time.monotonic()
        if left > 0:
            await asyncio.sleep(min(left, max(self._until - time.monotonic(), 0)))
        self._last = time.monotonic()

    def _most(self) -> int:
        """Bytes that the next answer may have."""
        left = int(self._site["max_bytes"]) - self._archive.bytes
        return max(min(self._job.max_answer, left), 1)

    def _keep(self, url: str, request: Any, response: Any) -> None:  # noqa: ANN401
        path = "/" + url.partition("://")[2].partition("/")[2]
        truncated = "disconnect" if "dataloss" in response.flags else ""
        if request.meta.get("unwanted"):
            truncated = "unspecified"
        response.meta["record"] = self._archive.exchange(
            url,
            request=(f"GET {path} HTTP/1.1", _headers(request)),
            status=f"{response.status} {_reason(response.status)}",
            headers=[pair for pair in _headers(response) if pair[0].lower() != "transfer-encoding"],
            body=response.body,
            address=str(response.ip_address or ""),
            truncated=truncated,
        )

    def _next_place(self, url: str, response: Any) -> str:  # noqa: ANN401
        """Return where a redirect leads, if it may be followed."""
        where = (response.headers.get(b"Location") or b"").decode("utf-8", "replace")
        target = tidy_url(where, url) if where else ""
        told = {"status": response.status, "record": response.meta["record"]}
        if not target:
            self._archive.note(url, "refused", reason="a redirect to nowhere", **told)
        elif not self._frontier.ours(target):
            self._archive.note(
                url, "refused", reason=f"a redirect to another site: {target}", **told
            )
            target = ""
        elif self._frontier.seen(target):
            self._archive.note(
                url, "redirected", reason=f"to {target}, which was met before", **told
            )
            target = ""
        else:
            self._archive.note(url, "redirected", reason=f"to {target}", **told)
        return target

    def _take(self, url: str, depth: int, response: Any) -> None:  # noqa: ANN401
        """Count a page, and follow its links."""
        if response.status != 200 or response.meta.get("unwanted"):
            return
        self._pages += 1
        content, problem = unfolded(response.body, _coding(response), self._job.max_answer)
        if problem:
            return
        for link in links_of(content, url):
            why = self._frontier.add(link, depth + 1)
            if (
                why
                and why not in {"no web address", "another site"}
                and (link, why) not in self._refused
            ):
                self._refused.add((link, why))
                self._archive.note(link, "refused", reason=why)


def _headers(message: Any) -> list[tuple[str, str]]:  # noqa: ANN401
    return [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in message.headers.items()
        for value in values
    ]


def _coding(response: Any) -> str:  # noqa: ANN401
    return (response.headers.get(b"Content-Encoding") or b"").decode("latin-1").lower().strip()


def _reason(status: int) -> str:
    from http import HTTPStatus  # noqa: PLC0415

    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def _wait(attempt: int, response: Any) -> float:  # noqa: ANN401
    """Return how long to wait before trying again: what the server asks for, or twice as long each time."""
    asked = b"" if response is None else response.headers.get(b"Retry-After") or b""
    wait = float(asked) if asked.isdigit() else _BACKOFF * 2**attempt
    return min(wait, _LONGEST_WAIT)
