"""Visiting one site: fetching page after page within delays and limits."""

from __future__ import annotations

import asyncio
import math
import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from fourp_nlp.errors import FourpError
from fourp_nlp.websites.crawl._reply import Ask, Reply
from fourp_nlp.websites.crawl._robots import MOST_ROBOTS, Robots
from fourp_nlp.websites.crawl._sitemaps import FEW_ADDRESSES, FEW_PAGES, PLACEHOLDER, announced_by
from fourp_nlp.websites.crawl._wanted_answers import shown
from fourp_nlp.websites.crawl.archive import Archive
from fourp_nlp.websites.frontier import (
    ANOTHER_SITE,
    LONGEST,
    NO_ADDRESS,
    Frontier,
    page_key,
    tidy_url,
)
from fourp_nlp.websites.links import PageLinks, looks_like_html, refresh_to
from fourp_nlp.websites.pages.content_types import charset_of
from fourp_nlp.websites.pages.warc_records import unfolded
from fourp_nlp.websites.scope import start_url
from fourp_nlp.websites.sitemap import MAX_SITEMAP, is_sitemap

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from fourp_nlp.websites.crawl.job import CrawlJob
    from fourp_nlp.websites.frontier import Waiting
    from fourp_nlp.websites.scope import Scopes

__all__ = ["Visit", "shown"]

_TRIES = 3
_LONGEST_WAIT = 120.0
_HOPS = 10
_ROBOTS_HOPS = 5  # RFC 9309, 2.3.1.2
_BUSY = frozenset([429, 500, 502, 503, 504])
_TOO_MANY = 429
_MOVED = frozenset([301, 302, 303, 307, 308])
_AT_A_TIME = 100
_MOST_SHOWN = 80
_LIMITS = ("max_pages", "max_depth", "max_bytes", "max_seconds", "delay")


@dataclass(frozen=True)
class _Kept:
    """An answer, and its record in the WARC file."""

    ask: Ask
    reply: Reply
    record: str = ""


class Visit:
    """Collects one site.

    Requests go out one after the other, in an order that depends on the pages alone.

    Parameters
    ----------
    site : dict
        A row of the table SITES.
    scopes : Scopes
        Which URLs are the site's own.
    job : CrawlJob
        What is asked of the process.
    avoid : dict of str to str
        URLs that are not fetched, each with the reason.
    ask : callable
        Asks for a URL.
    tell : callable
        Is told of progress.
    """

    def __init__(
        self,
        site: dict[str, Any],
        scopes: Scopes,
        job: CrawlJob,
        *,
        avoid: dict[str, str],
        ask: Callable[[Ask], Awaitable[Reply]],
        tell: Callable[..., None],
    ) -> None:
        self._site, self._job, self._ask, self._tell = site, job, ask, tell
        self._avoid = avoid
        self._name = str(site["site"])
        self._frontier = Frontier(
            self._name, scopes, max_depth=int(site["max_depth"]), handouts=job.handouts
        )
        self._robots: dict[str, Robots] = {}
        self._delay = float(site["delay"])
        self._next = 0.0
        self._until = math.inf
        self._pages = 0
        self._bytes = 0
        self._cut = ""
        self._sitemaps: dict[str, int] = {}
        self._archive: Archive

    async def run(self) -> None:
        """Collect the site, and tell that it is done or that it failed."""
        job, site = self._job, self._site
        limits = {name: site[name] for name in _LIMITS}
        facts = {"http-header-user-agent": job.agent, "robots": "obey", "fourp-limits": limits}
        try:
            self._archive = Archive(Path(job.folder), self._name, facts)
        except OSError as error:
            self._tell("failed", site=self._name, reason=f"it cannot be written: {error}")
            return
        self._until = time.monotonic() + float(site["max_seconds"])
        try:
            ended = await self._collect()
            asked = {"urls": site["urls"], "handouts": job.handouts, **limits}
            record = self._archive.finish(
                ended=ended, pages=self._pages, asked=asked, sitemaps=self._sitemaps
            )
        except (OSError, FourpError) as error:
            self._tell("failed", site=self._name, reason=f"it cannot be written: {error}")
        except Exception as error:  # noqa: BLE001 - one site's fault is not that of the others
            self._tell("failed", site=self._name, reason=f"{type(error).__name__}: {error}")
        else:
            self._tell("done", **record)
        finally:
            self._archive.give_up()

    async def _collect(self) -> str:
        for url in str(self._site["urls"]).split():
            self._take_link(start_url(url), 0)
        while self._frontier:
            ended = self._limit()
            if ended:
                return ended
            waiting = self._frontier.next()
            try:
                await self._fetch(waiting)
            except OSError:
                raise
            except Exception as error:  # noqa: BLE001 - as above: one page's fault is that of one page
                reason = f"the answer cannot be dealt with ({type(error).__name__})"
                self._archive.note(waiting.url, "failed", reason=reason)
            self._tell("page", site=self._name, pages=self._pages)
            few = self._pages < FEW_PAGES
            if few and not (self._frontier or self._sitemaps or self._limit()):
                await self._look_into_sitemaps()
        return self._cut or "all"

    async def _look_into_sitemaps(self) -> None:
        """Where a site's pages lead to few others, take what its sitemaps announce, once."""
        starts = [start_url(url) for url in str(self._site["urls"]).split()]
        # The start page may have led to another host of the site.
        starts += [f"{place}/" for place in self._robots]
        listed = [
            urljoin(f"{place}/robots.txt", url)
            for place, robots in self._robots.items()
            for url in robots.sitemaps
        ]
        before = self._frontier.waiting
        announced = await announced_by(
            starts,
            listed,
            guess=(
                self._pages > 0
                and self._frontier.met < FEW_ADDRESSES
                and self._bytes >= PLACEHOLDER
            ),
            ours=self._frontier.ours_by_host,
            allowed=self._allowed_aside,
            fetch=self._sitemap,
        )
        for number, link in enumerate(announced.pages):
            self._take_link(link, 1)
            if not number % _AT_A_TIME:
                await asyncio.sleep(0)
        self._sitemaps = {
            "files": announced.files,
            "addresses": len(announced.pages),
            "new": self._frontier.waiting - before,
        }

    async def _allowed_aside(self, url: str) -> bool:
        """Say whether robots.txt lets a sitemap be asked for."""
        return (await self._robots_of(url)).allows(url)

    async def _sitemap(self, url: str) -> bytes:
        """Return what a sitemap's address answers with, by way of its redirects; kept, but no page."""
        for _ in range(_ROBOTS_HOPS + 1):
            if url in self._avoid:
                return b""
            kept = await self._answer(url, aside=MAX_SITEMAP)
            if kept is None or not kept.reply.status:
                return b""
            reply = kept.reply
            if reply.status not in _MOVED:
                content, _ = unfolded(reply.body, _coding(reply), MAX_SITEMAP)
                is_one = is_sitemap(content) or not looks_like_html(content)
                return content if reply.status == 200 and is_one else b""
            url = tidy_url(reply.header("location"), url)
            if len(url) > LONGEST or not self._frontier.ours_by_host(url):
                return b""
            if not await self._allowed_aside(url):
                return b""
        return b""

    def _at(self, url: str) -> None:
        """Tell what is worked on from now until the next pause; of a process that hangs, it is the cause."""
        self._tell("at", site=self._name, url=url)

    def _limit(self) -> str:
        """Return the limit that the next request would break."""
        if self._pages >= int(self._site["max_pages"]):
            return "max_pages"
        if self._cut == "max_bytes" or self._bytes >= int(self._site["max_bytes"]):
            return "max_bytes"
        return "max_seconds" if max(self._next, time.monotonic()) >= self._until else ""

    async def _fetch(self, waiting: Waiting) -> None:
        """Fetch a page, by way of its redirects."""
        url, chain = waiting.url, [waiting.url]
        while True:
            if url in self._avoid:
                self._archive.note(url, "failed", reason=self._avoid[url])
                return
            if not await self._allowed(url):
                return
            kept = await self._answer(url)
            if kept is None:
                return
            if kept.reply.status not in _MOVED:
                await self._take_page(url, waiting.depth, kept)
                return
            url = self._next_place(url, kept, chain)
            if not url:
                return
            chain.append(url)

    async def _robots_of(self, url: str) -> Robots:
        """Return the rules of an address's host, which are fetched first."""
        place = "{0.scheme}://{0.netloc}".format(urlsplit(url))
        if place not in self._robots:
            robots = await self._rules(f"{place}/robots.txt")
            self._robots[place] = robots
            self._delay = max(self._delay, robots.delay)
            self._next = max(self._next, time.monotonic() + robots.delay)
        return self._robots[place]

    async def _allowed(self, url: str) -> bool:
        robots = await self._robots_of(url)
        if robots.allows(url):
            return True
        if robots.reason:
            self._archive.note(url, robots.outcome, reason=robots.reason)
        else:
            self._archive.note(url, "refused", reason="robots.txt")
        return False

    async def _rules(self, url: str) -> Robots:
        """Fetch robots.txt, where redirects are followed to another host's too (RFC 9309, 2.3.1.2)."""
        for _ in range(_ROBOTS_HOPS + 1):
            if url in self._avoid:
                reason = (
                    f"robots.txt cannot be fetched ({self._avoid[url]}), so nothing may be fetched"
                )
                return Robots(0, outcome="failed", reason=reason)
            kept = await self._answer(url, aside=MOST_ROBOTS)
            if kept is None:
                return Robots(0, outcome="cut", reason="the time was over")
            reply = kept.reply
            if not reply.status:
                return Robots(0, outcome=reply.outcome, reason=_no_rules(reply))
            if reply.status not in _MOVED:
                content, _ = unfolded(reply.body, _coding(reply), self._job.max_answer)
                return Robots(reply.status, content)
            url = tidy_url(reply.header("location"), url)
            if not url.partition("?")[0].endswith("/robots.txt") or len(url) > LONGEST:
                break
        # What is no robots.txt, such as the page that says "not found", has no rules.
        return Robots(404)

    async def _answer(self, url: str, *, aside: int = 0) -> _Kept | None:
        """Ask for a URL, again after a while if the server is busy; keep and note what comes.

        `aside` is for robots.txt or a sitemap, which are kept but not noted: bytes at most; 0 for a
        page. None if a limit was reached first, and of a page also if there was none.
        """
        kept, wait = None, 0.0
        for attempt in range(_TRIES):
            self._next = max(self._next, time.monotonic() + wait)
            limit = self._limit()
            if limit:
                self._cut = limit
                break
            await asyncio.sleep(max(self._next - time.monotonic(), 0.0))
            kept = await self._once(url, aside=aside)
            reply = kept.reply
            if reply.status == _TOO_MANY:
                self._delay = min(max(2 * self._delay, 1.0), max(self._delay, _LONGEST_WAIT))
            if not (reply.again or reply.status in _BUSY):
                break
            wait = _seconds_to_wait(attempt, reply, self._job.backoff)
            if wait > _LONGEST_WAIT:
                break
        if kept is None:
            if not aside:
                self._archive.note(url, "cut", reason="a limit of the site was reached")
            return None
        if not kept.reply.status:
            self._archive.failure(url, kept.reply.reason)
            if not aside:
                self._archive.note(url, kept.reply.outcome, reason=kept.reply.reason)
                return None
        return kept

    async def _once(self, url: str, *, aside: int) -> _Kept:
        left = int(self._site["max_bytes"]) - self._bytes
        ask = Ask(
            url,
            most=MOST_ROBOTS
            if aside == MOST_ROBOTS
            else max(min(aside or self._job.max_answer, left), 1),
            # More than a second, so that a limit of time is not a server's fault.
            patience=max(min(self._job.patience, self._until - time.monotonic()), 1.0),
            anything=bool(aside),
            handouts=self._job.handouts,
        )
        reply = await self._ask(ask)
        self._at(url)
        self._next = time.monotonic() + self._delay
        if aside != MOST_ROBOTS:
            self._bytes += min(ask.received, ask.most)
        if not reply.status:
            return _Kept(ask, reply)
        record = self._archive.exchange(url, reply, truncated=ask.truncated)
        return _Kept(ask, reply, record)

    def _next_place(self, url: str, kept: _Kept, chain: list[str]) -> str:
        """Return where a redirect leads, if it may be followed; note it."""
        target = tidy_url(kept.reply.header("location"), url)
        outcome, follow = "redirected", False
        reason = f"to {target}"
        if not target:
            outcome, reason = "refused", "a redirect to nowhere"
        elif len(target) > LONGEST:
            outcome, reason = "refused", "a redirect to an address that is too long"
        elif not self._frontier.ours(target):
            outcome, reason = "refused", f"a redirect to another site: {target}"
        elif target in chain:
            outcome, reason = "refused", f"a redirect in a circle: {target}"
        elif len(chain) > _HOPS:
            outcome, reason = "refused", f"more than {_HOPS} redirects"
        # The same page by https or with www. is no other one: the way to it goes on.
        elif page_key(target) not in map(page_key, chain) and self._frontier.seen(target):
            reason += ", which was met before"
        else:
            follow = True
        self._note(url, outcome, kept, reason)
        return target if follow else ""

    async def _take_page(self, url: str, depth: int, kept: _Kept) -> None:
        """Note an answer; if it is a page, count it and follow its links."""
        ask, reply = kept.ask, kept.reply
        if reply.status != 200:
            asked = reply.header("retry-after")
            later = (
                f", and asks to wait ({shown(asked)})" if asked and reply.status in _BUSY else ""
            )
            self._note(url, "failed", kept, f"the server answered {reply.status}{later}")
        elif ask.unwanted:
            self._note(url, "refused", kept, ask.unwanted)
        elif ask.truncated == "length":
            limit, which = self._job.max_answer, "of an answer"
            if ask.most < limit:
                self._cut = "max_bytes"
                limit, which = int(self._site["max_bytes"]), "of the site"
            self._note(url, "cut", kept, f"larger than the limit {which}, {limit:,} bytes")
        elif ask.truncated:
            self._note(url, "cut", kept, "the answer broke off")
        else:
            self._pages += 1
            self._note(url, "fetched", kept)
            cut = await self._follow(url, depth, reply)
            if cut:
                self._archive.remark(url, cut)

    async def _follow(self, url: str, depth: int, reply: Reply) -> str:
        """Take a page's links, a few at a time; return why not all of them were read, if so."""
        try:
            refresh = refresh_to(reply.header("refresh"))
            if refresh:
                self._take_link(urljoin(url, refresh), depth, by_itself=True)
            content, problem = unfolded(reply.body, _coding(reply), self._job.max_answer)
            links = PageLinks(
                content,
                url,
                max_seconds=self._job.watchdog.page_seconds,
                charset=charset_of(reply.header("content-type")),
            )
            for number, link in enumerate(() if problem else links.steps()):
                if link:
                    # Where a page leads by itself is no deeper than the page.
                    by_itself = link in links.refreshes
                    self._take_link(link, depth if by_itself else depth + 1, by_itself=by_itself)
                if not link or not number % _AT_A_TIME:
                    # Other sites of this process go on meanwhile.
                    await asyncio.sleep(0)
                    self._at(url)
        except OSError:
            raise
        except Exception as error:  # noqa: BLE001 - a page is anybody's, and its fault no other page's
            return f"its links cannot be read ({type(error).__name__})"
        return links.cut

    def _take_link(self, link: str, depth: int, *, by_itself: bool = False) -> None:
        why = self._frontier.add(link, depth)
        if why == ANOTHER_SITE and by_itself:
            # As of a redirect, so that the summary can name where a site has moved.
            why = f"a redirect to another site: {tidy_url(link)}"
        if why and (depth == 0 or why not in {NO_ADDRESS, ANOTHER_SITE}):
            self._archive.note(link, "refused", reason=why)

    def _note(self, url: str, outcome: str, kept: _Kept, reason: str = "") -> None:
        self._archive.note(
            url,
            outcome,
            status=kept.reply.status,
            size=len(kept.reply.body),
            reason=reason,
            record=kept.record,
        )


def _no_rules(reply: Reply) -> str:
    if reply.outcome == "failed":
        return f"robots.txt cannot be fetched ({reply.reason}), so nothing may be fetched"
    return reply.reason


def _coding(reply: Reply) -> str:
    return reply.header("content-encoding").lower().strip()


def _seconds_to_wait(attempt: int, reply: Reply, backoff: float) -> float:
    """Return how long to wait before trying again: what the server asks for, or twice as long each time."""
    asked = reply.header("retry-after").strip()
    # Not what other scripts have for digits, nor a number that no float holds.
    if re.fullmatch(r"[0-9]+", asked):
        return float(asked) if len(asked) < 10 else math.inf
    try:
        when = parsedate_to_datetime(asked[:_MOST_SHOWN])
        return (when.replace(tzinfo=when.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError, OverflowError, IndexError):
        return backoff * float(2**attempt)
