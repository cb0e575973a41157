"""What a crawling process is asked to do: first how, then sites, a line of JSON each."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["CrawlJob", "Neighbours"]


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
    """

    folder: str
    agent: str
    allowed: list[str]
    handouts: bool
    patience: float
    max_answer: int

    def as_json(self) -> str:
        """Return it as one line of JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def of_json(cls, text: str) -> CrawlJob:
        """Read what `as_json` wrote."""
        return cls(**json.loads(text))


@dataclass(frozen=True)
class Neighbours:
    """Sites of one host, which are collected one after the other; mostly one.

    Attributes
    ----------
    sites : list of dict
        Rows of the table SITES that are to be collected.
    all : list of (str, str)
        Ids and start URLs of all sites of these hosts, as they tell whose a URL is.
    """

    sites: list[dict[str, Any]]
    all: list[tuple[str, str]]

    def as_json(self) -> str:
        """Return it as one line of JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def of_json(cls, text: str) -> Neighbours:
        """Read what `as_json` wrote."""
        return cls(**json.loads(text))
