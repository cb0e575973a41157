"""The job of a crawling process: settings, then sites, one line of JSON each."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from fourp_nlp.websites.links import MAX_SECONDS

__all__ = ["CrawlJob", "Neighbours", "Watchdog"]


@dataclass(frozen=True)
class Watchdog:
    """What a crawling process may take before it is ended, whatever a page did to it.

    Attributes
    ----------
    page_seconds : float
        Seconds that reading the links of one page may take.
    silence : float
        Seconds without a sign of life.
    memory : int
        Bytes of memory that it may hold.
    """

    page_seconds: float = MAX_SECONDS
    silence: float = 60.0
    memory: int = 2 * 1024**3


@dataclass(frozen=True)
class CrawlJob:
    """How sites are collected.

    Attributes
    ----------
    folder : str
        Where WARC files go.
    agent : str
        The user agent, which names this program and whom to write to.
    allowed : list of str
        Private addresses that the user named.
    handouts : bool
        Whether PDF and office files are fetched.
    patience : float
        Seconds to wait for an answer.
    max_answer : int
        Bytes of one answer at most.
    watchdog : Watchdog
        What the process may take.
    backoff : float
        Seconds before the second try where a server is busy; twice as many before the third.
    """

    folder: str
    agent: str
    allowed: list[str]
    handouts: bool
    patience: float
    max_answer: int
    watchdog: Watchdog = Watchdog()
    backoff: float = 2.0

    def as_json(self) -> str:
        """Return it as one line of JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def of_json(cls, text: str) -> CrawlJob:
        """Read what `as_json` wrote."""
        fields = json.loads(text)
        return cls(**{**fields, "watchdog": Watchdog(**fields["watchdog"])})


@dataclass(frozen=True)
class Neighbours:
    """Sites of one host, which are collected one after the other; mostly one.

    Attributes
    ----------
    sites : list of dict
        Rows of the table SITES that are to be collected.
    all : list of (str, str)
        Ids and start URLs of all sites of these hosts, as they tell whose a URL is.
    avoid : dict of str to str
        URLs that are not fetched, because a process broke down over them, each with the reason.
    tries : int
        How often a process broke down that was at these sites.
    alone : bool
        Whether they are to have a process of their own, so that it shows whether they are the cause.
    """

    sites: list[dict[str, Any]]
    all: list[tuple[str, str]]
    avoid: dict[str, str] = field(default_factory=dict)
    tries: int = 0
    alone: bool = False

    def as_json(self) -> str:
        """Return it as one line of JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def of_json(cls, text: str) -> Neighbours:
        """Read what `as_json` wrote."""
        return cls(**json.loads(text))
