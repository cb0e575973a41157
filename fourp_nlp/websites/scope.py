"""The site of a URL: by its host, and by its folder where sites share a host."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Scopes", "host_of", "start_url"]

_ONLY_HERE = "/*"


def host_of(url: str) -> str:
    """Return a URL's host in lower case, without ``www.`` and with a port that is not the usual one.

    Parameters
    ----------
    url : str
        Any URL.

    Returns
    -------
    str
        The host; empty if there is none.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    host = host.removeprefix("www.")
    host = f"[{host}]" if ":" in host else host
    return f"{host}:{port}" if host and port not in {None, 80, 443} else host


def start_url(written: str) -> str:
    """Return the URL that a start URL of a list is, without the ``*`` that bounds it to its folder."""
    return written.removesuffix("*") if written.endswith(_ONLY_HERE) else written


class Scopes:
    """The sites of a list, each with the hosts and folders that are its own.

    A site has the whole of its hosts. Where several sites start at one host, each has the folder of its
    start URL, and a URL belongs to the site with the longest folder that it lies in. A start URL that
    ends in ``/*`` is bounded to its folder in any case.

    Parameters
    ----------
    sites : iterable of (str, str)
        Ids and start URLs, with spaces between, as in the table SITES.
    """

    def __init__(self, sites: Iterable[tuple[str, str]]) -> None:
        starts: dict[str, list[tuple[str, str, bool]]] = {}
        for site, urls in sites:
            for written in str(urls).split():
                url = start_url(written)
                starts.setdefault(host_of(url), []).append((_folder(url), site, url != written))
        self._of_host: dict[str, list[tuple[str, str]]] = {}
        for host, places in starts.items():
            alone = len({site for _, site, _ in places}) == 1
            folders = [
                ("/" if alone and not bounded else folder, site) for folder, site, bounded in places
            ]
            self._of_host[host] = sorted(dict.fromkeys(folders), key=lambda pair: -len(pair[0]))

    def site_of(self, url: str) -> str:
        """Return the id of the site that a URL belongs to; empty if it is none of the list.

        Parameters
        ----------
        url : str
            Any URL.
        """
        folders = self._of_host.get(host_of(url))
        if not folders:
            return ""
        path = urlsplit(url).path or "/"
        inside = (site for folder, site in folders if f"{path}/".startswith(folder))
        return next(inside, "")

    def twice(self) -> list[tuple[str, str]]:
        """Return pairs of sites that start in the same folder, so that a URL could belong to either."""
        pairs = []
        for folders in self._of_host.values():
            for (one, site), (other, neighbour) in pairwise(folders):
                if one == other and site != neighbour:
                    pairs.append((site, neighbour))
        return pairs

    def hosts(self) -> dict[str, list[str]]:
        """Return the sites of every host, each once."""
        return {
            host: list(dict.fromkeys(site for _, site in folders))
            for host, folders in self._of_host.items()
        }


def _folder(url: str) -> str:
    path = urlsplit(url).path or "/"
    last = path.rpartition("/")[2]
    return path if not last else path.removesuffix(last) if "." in last else f"{path}/"
