"""The links of a site that are followed: its own pages, each once, without endless traps."""

from __future__ import annotations

import re
from collections import Counter, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

from fourp_nlp.websites.scope import host_of

if TYPE_CHECKING:
    from fourp_nlp.websites.scope import Scopes

__all__ = [
    "ANOTHER_SITE",
    "HANDOUTS",
    "LONGEST",
    "NO_ADDRESS",
    "NO_PAGES",
    "Frontier",
    "Waiting",
    "page_key",
    "tidy_url",
]

LONGEST = 2000
"""Characters of an address that is asked for."""
_DEEPEST = 15
_SAME_FOLDER = 3
_SAME_PATH = 100
"""Pages that one path may have by different questions (``?month=1``, ``?month=2``…)."""
_MOST_LINKS = 100_000
"""Links of a site that are looked at."""

ANOTHER_SITE = "another site"
NO_ADDRESS = "no web address"

_SESSION = re.compile(
    r"^(?:sid|session_?id|phpsessid|jsessionid|aspsessionid\w*|cfid|cftoken|utm_\w+|fbclid|gclid|mc_[ce]id)$",
    re.IGNORECASE,
)
_IN_PATH = re.compile(r";(?:jsessionid|sid|phpsessid)=[^/?;]*", re.IGNORECASE)
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_PLAIN = "%/:@!$&'()*+,;=~?[]|"
NO_PAGES = frozenset(
    """7z aac apk avi avif bmp bz2 css csv dmg eps exe flv gif gz ico ics iso jpeg jpg js json m4a m4v mid mov
    mp3 mp4 mpeg mpg msi ogg ogv otf png ps rar rss svg swf tar tgz tif tiff ttf wav webm webp wma wmv woff
    woff2 xls xlsx xml zip""".split()  # noqa: SIM905 - a list of endings is read more easily so
)
"""Endings of what holds no text that is read here."""
HANDOUTS = frozenset(["pdf", "doc", "docx", "ppt", "pptx", "odt", "odp", "rtf"])
"""Endings of handouts, which are fetched only when asked for."""


@dataclass(frozen=True)
class Waiting:
    """A URL to fetch.

    Attributes
    ----------
    url : str
        The URL, tidied.
    depth : int
        Links from a start URL.
    """

    url: str
    depth: int


class Frontier:
    """The URLs of one site that wait to be fetched, breadth first.

    Parameters
    ----------
    site : str
        Id of the site.
    scopes : Scopes
        Which URLs are its own.
    max_depth : int
        Links from a start URL at most.
    handouts : bool
        Whether PDF and office files are fetched.
    """

    def __init__(self, site: str, scopes: Scopes, *, max_depth: int, handouts: bool) -> None:
        self._site, self._scopes = site, scopes
        self._hosts = {host for host, sites in scopes.hosts().items() if site in sites}
        self._max_depth = max_depth
        self._handouts = handouts
        self._seen: set[str] = set()
        self._waiting: deque[Waiting] = deque()
        self._of_path: Counter[str] = Counter()

    def __bool__(self) -> bool:
        """Say whether anything waits."""
        return bool(self._waiting)

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._waiting)

    @property
    def met(self) -> int:
        """How many addresses of the site were met, whether they are followed or not."""
        return len(self._seen)

    def next(self) -> Waiting:
        """Return what is to be fetched next."""
        return self._waiting.popleft()

    def ours(self, url: str) -> bool:
        """Say whether a URL is the site's own; www. or not makes no difference."""
        return self._scopes.site_of(url) == self._site

    def ours_by_host(self, url: str) -> bool:
        """Say whether a URL lies on a host of the site, in whatever folder."""
        return host_of(url) in self._hosts

    def seen(self, url: str) -> bool:
        """Say whether a URL was met before, and note it: each is fetched once."""
        known = page_key(url) in self._seen
        self._seen.add(page_key(url))
        return known

    def add(self, url: str, depth: int) -> str:
        """Take a link, or say why not.

        Parameters
        ----------
        url : str
            The link, absolute.
        depth : int
            Links from a start URL.

        Returns
        -------
        str
            Why it is not followed; empty if it is, or if it was met before.
        """
        tidy = tidy_url(url)
        if not tidy:
            return NO_ADDRESS
        if not self.ours(tidy):
            return ANOTHER_SITE
        if page_key(tidy) in self._seen:
            return ""
        if len(self._seen) >= _MOST_LINKS:
            return "a trap: links without end"
        refused = self._why_not(tidy, depth)
        if not refused:
            self._waiting.append(Waiting(tidy, depth))
            self._of_path[_path(tidy)] += 1
        self._seen.add(page_key(tidy))
        return refused

    def _why_not(self, url: str, depth: int) -> str:
        path = urlsplit(url).path
        folders = [part for part in path.split("/") if part]
        ending = path.rpartition("/")[2].rpartition(".")[2].lower() if "." in path else ""
        nested = Counter(folders).most_common(1)
        rules = (
            (depth > self._max_depth, "deeper than the limit"),
            (len(url) > LONGEST or len(folders) > _DEEPEST, "a trap: the address is too long"),
            (bool(nested) and nested[0][1] > _SAME_FOLDER, "a trap: a folder inside itself"),
            (self._of_path[_path(url)] >= _SAME_PATH, "a trap: one page with endless questions"),
            (ending in NO_PAGES, "no page by its name"),
            (ending in HANDOUTS and not self._handouts, "a handout, which was not asked for"),
        )
        return next((why for applies, why in rules if applies), "")


def tidy_url(url: str, base: str = "") -> str:
    """Return a URL in one form: without fragment, session numbers and marks of advertising.

    Parameters
    ----------
    url : str
        A link as it stands in a page.
    base : str
        URL of the page, for a link that is relative.

    Returns
    -------
    str
        The URL; empty if it leads to no web page.
    """
    try:
        parts = urlsplit(urljoin(base, url.strip()) if base else url.strip())
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode("ascii") if parts.hostname else ""
    except (ValueError, UnicodeError):
        return ""
    if parts.scheme not in {"http", "https"} or not host or parts.username or parts.password:
        return ""
    usual = {"http": 80, "https": 443}[parts.scheme]
    where = f"[{host}]" if ":" in host else host
    where = where if port in {None, usual} else f"{where}:{port}"
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    kept = [pair for pair in pairs if not _SESSION.match(pair[0])]
    # A question without session numbers stays as it was written.
    asked = parts.query if len(kept) == len(pairs) else urlencode(kept, errors="replace")
    # Joined to the root, so that folders of two dots are gone (RFC 3986, 5.2.4).
    path = f"/{_IN_PATH.sub('', parts.path).lstrip('/')}"
    path = urlsplit(urljoin("http://host/", path)).path or "/"
    return urlunsplit((parts.scheme, where, _quoted(path), _quoted(asked), ""))


def _quoted(text: str) -> str:
    """Return a path or question with each character written in one way alone."""
    return _ESCAPE.sub(lambda match: match[0].upper(), quote(text, safe=_PLAIN, errors="replace"))


def _path(url: str) -> str:
    return f"{host_of(url)}{urlsplit(url).path}"


def page_key(url: str) -> str:
    """Return what is one page: http or https, www. or not."""
    return f"{_path(url)}?{urlsplit(url).query}"
