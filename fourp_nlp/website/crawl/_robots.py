"""What robots.txt says: which pages a site keeps to itself, and how long to wait between two."""

from __future__ import annotations

from typing import Any

__all__ = ["MOST_ROBOTS", "Robots"]

MOST_ROBOTS = 512 * 1024
"""Bytes of it that are read; RFC 9309, 2.5, asks for at least 500 KiB."""


class Robots:
    """The rules of one host.

    Parameters
    ----------
    status : int
        HTTP status of the answer; 0 where there was none.
    content : bytes
        The answer.
    agent : str
        The user agent whose rules are read.

    Notes
    -----
    As RFC 9309 says (2.3.1): an answer of 400 to 499 means that there are no rules; one of 500 to 599, or
    none at all, that nothing may be fetched. Crawl-delay is no part of the standard; it is obeyed all the
    same.
    """

    def __init__(self, status: int, content: bytes, agent: str) -> None:
        self._rules: Any = None
        self._agent = agent
        self.unreachable = status == 0 or status >= 500
        if 200 <= status < 300:
            from protego import Protego  # noqa: PLC0415 - an extra

            self._rules = Protego.parse(content[:MOST_ROBOTS].decode("utf-8-sig", "replace"))

    def allows(self, url: str) -> bool:
        """Say whether a URL may be fetched."""
        if self.unreachable:
            return False
        return self._rules is None or bool(self._rules.can_fetch(url, self._agent))

    @property
    def delay(self) -> float:
        """Seconds that are asked for between two requests; 0 where none are."""
        asked = None if self._rules is None else self._rules.crawl_delay(self._agent)
        return float(asked or 0.0)
