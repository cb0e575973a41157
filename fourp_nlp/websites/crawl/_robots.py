"""The rules of robots.txt: allowed pages and delays."""

from __future__ import annotations

import math
import re
from typing import Any

__all__ = ["MOST_ROBOTS", "Robots"]

MOST_ROBOTS = 512 * 1024
"""Bytes of it that are read; RFC 9309, 2.5, asks for at least 500 KiB."""

_TOKEN = "fourp_nlp"  # noqa: S105 - the name in the user agent, by which rules are looked up
_TOO_MANY = 429
_AGENT = re.compile(
    r"^([^\S\r\n]*+user[- ]?agent[^\S\r\n]*+(?::|(?<=\s)))([^\r\n]*+)", re.IGNORECASE | re.MULTILINE
)


class Robots:
    """The rules of one host.

    Parameters
    ----------
    status : int
        HTTP status of the answer; 0 where there was none.
    content : bytes
        The answer.
    outcome, reason : str
        What became of the request, where there was no answer.

    Attributes
    ----------
    outcome, reason : str
        What becomes of the host's pages, and why, where the rules cannot be had; empty otherwise.

    Notes
    -----
    As RFC 9309 says (2.3.1): an answer of 400 to 499 means that there are no rules; one of 500 to 599, or
    none at all, that nothing may be fetched; 429 (too many requests) is taken for the latter too.
    Crawl-delay and Request-rate are no part of the standard; they are obeyed all the same.
    """

    def __init__(
        self, status: int, content: bytes = b"", *, outcome: str = "", reason: str = ""
    ) -> None:
        self._rules: Any = None
        self.outcome, self.reason = outcome, reason
        if status >= 500 or status == _TOO_MANY:
            self.outcome = "failed"
            self.reason = (
                f"robots.txt cannot be fetched (the server answered {status}), "
                "and so nothing may be fetched"
            )
        elif 200 <= status < 300:
            from protego import Protego

            text = content[:MOST_ROBOTS].decode("utf-8-sig", "replace")
            try:
                self._rules = Protego.parse(_for_us(text))
            except Exception as error:  # noqa: BLE001 - it is anybody's; without rules, nothing is fetched
                self._unreadable(error)

    def allows(self, url: str) -> bool:
        """Say whether a URL may be fetched."""
        if self.reason:
            return False
        try:
            return self._rules is None or bool(self._rules.can_fetch(url, _TOKEN))
        except Exception as error:  # noqa: BLE001 - as above
            self._unreadable(error)
            return False

    @property
    def sitemaps(self) -> list[str]:
        """Addresses of sitemaps that are named, as they are written."""
        try:
            return [] if self._rules is None else [str(url) for url in self._rules.sitemaps]
        except Exception as error:  # noqa: BLE001 - as above
            self._unreadable(error)
            return []

    @property
    def delay(self) -> float:
        """Seconds that are asked for between two requests; 0 where none are."""
        if self._rules is None:
            return 0.0
        try:
            delay = float(self._rules.crawl_delay(_TOKEN) or 0.0)
            rate = self._rules.request_rate(_TOKEN)
            if rate is not None and rate.requests:
                delay = max(delay, rate.seconds / rate.requests)
        except OverflowError:
            return math.inf
        return 0.0 if math.isnan(delay) else delay

    def _unreadable(self, error: Exception) -> None:
        self.outcome = "failed"
        self.reason = (
            f"robots.txt cannot be read ({type(error).__name__}), so nothing may be fetched"
        )


def _for_us(text: str) -> str:
    """Return robots.txt with all agents that are somebody else as one.

    A rule below a thousand agents is kept a thousand times: half a megabyte could stand for millions.
    """
    return _AGENT.sub(lambda match: match[0] if _may_be_us(match[2]) else f"{match[1]}else", text)


def _may_be_us(agent: str) -> bool:
    name = agent.partition("#")[0].strip().lower()
    return name == "*" or (bool(name.replace("*", "")) and name.replace("*", "") in _TOKEN)
