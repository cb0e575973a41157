"""What one crawling process is asked to do, and what it tells while it does it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

__all__ = ["CrawlJob"]


@dataclass(frozen=True)
class CrawlJob:
    """Some sites to collect, one after the other or a few at once.

    Attributes
    ----------
    sites : list of dict
        Rows of the table SITES.
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
    at_once : int
        Sites collected at the same time.
    driver : int
        Process that asked; when it is gone, this one ends.
    """

    sites: list[dict[str, object]]
    folder: str
    agent: str
    allowed: list[str]
    handouts: bool
    patience: float
    max_answer: int
    at_once: int
    driver: int

    def as_json(self) -> str:
        """Return it as one line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def of_json(cls, text: str) -> CrawlJob:
        """Read what `as_json` wrote."""
        return cls(**json.loads(text))
