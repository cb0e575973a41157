"""Reading a site's sitemaps if its pages have few links."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fourp_nlp.websites.frontier import LONGEST, page_key, tidy_url
from fourp_nlp.websites.sitemap import read_sitemap

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

__all__ = ["FEW_ADDRESSES", "FEW_PAGES", "PLACEHOLDER", "Announced", "announced_by"]

FEW_PAGES = 10
"""Pages of a site, below which its sitemaps are asked for."""
_MOST_FILES = 20
"""Sitemaps of a site that are read."""
FEW_ADDRESSES = 20
"""Addresses of a site's own that its pages lead to, below which its usual sitemap is asked for."""
PLACEHOLDER = 500
"""Bytes of a site's pages, below which there is nothing but a placeholder, and no sitemap to be expected."""
_USUAL = "/sitemap.xml"


class Announced:
    """What the sitemaps of a site announce.

    Attributes
    ----------
    files : int
        Sitemaps that were read.
    pages : list of str
        Addresses in them, in their order.
    """

    def __init__(self) -> None:
        self.files = 0
        self.pages: list[str] = []


async def announced_by(
    starts: Sequence[str],
    listed: Sequence[str],
    *,
    guess: bool,
    ours: Callable[[str], bool],
    allowed: Callable[[str], Awaitable[bool]],
    fetch: Callable[[str], Awaitable[bytes]],
) -> Announced:
    """Read the sitemaps of a site.

    `starts` are addresses on the site's hosts, `listed` the sitemaps that robots.txt names; if
    `guess`, each host for which it names none is asked for the usual one. `ours` and `allowed` say
    whether an address belongs to the site's hosts, and whether robots.txt lets it be asked for;
    `fetch` returns what an address answers with, nothing if it gives no sitemap.
    """
    announced = Announced()
    usual = (
        ()
        if not guess
        else ["{0.scheme}://{0.netloc}".format(urlsplit(start)) + _USUAL for start in starts]
    )
    waiting = deque(tidy_url(url) for url in dict.fromkeys([*listed] or usual))
    seen: set[str] = set()
    while waiting and announced.files < _MOST_FILES:
        url = waiting.popleft()
        if not url or len(url) > LONGEST or page_key(url) in seen or not ours(url):
            continue
        seen.add(page_key(url))
        if not await allowed(url):
            continue
        content = await fetch(url)
        if not content:
            continue
        sitemap = read_sitemap(content)
        announced.files += bool(sitemap.pages or sitemap.sitemaps)
        announced.pages += sitemap.pages
        waiting.extend(tidy_url(further, url) for further in sitemap.sitemaps)
    return announced
