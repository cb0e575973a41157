"""A request and its answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fourp_nlp.websites.crawl._wanted_answers import Verdict

__all__ = ["Ask", "Reply"]


@dataclass
class Ask:
    """A request, with what bounds its answer.

    Attributes
    ----------
    url : str
        What is asked for.
    most : int
        Bytes of the answer that are kept.
    patience : float
        Seconds to wait for all of it.
    anything : bool
        Whether an answer of any media type is wanted, as of robots.txt.
    handouts : bool
        Whether handouts are wanted.
    received : int
        Bytes of the contents that came.
    truncated : str
        Why the answer was stopped, as WARC-Truncated has it; empty if it was not.
    unwanted : str
        Why the contents were not wanted; empty if they were.
    mime, name, coding : str
        What the headers say of them: media type, file name, content coding.
    verdict : {"take", "look", "refuse"}
        Whether they are wanted; "look" as long as their first bytes are to decide.
    head : bytes
        These first bytes, where they decide.
    """

    url: str
    most: int
    patience: float
    anything: bool = False
    handouts: bool = False
    received: int = 0
    truncated: str = ""
    unwanted: str = ""
    mime: str = ""
    name: str = ""
    coding: str = ""
    verdict: Verdict = "take"
    head: bytes = b""


@dataclass(frozen=True)
class Reply:
    """An answer, or why there is none.

    Attributes
    ----------
    status : int
        HTTP status; 0 if there was no answer.
    protocol : str
        Such as "HTTP/1.1".
    headers : list of (str, str)
        As they came.
    body : bytes
        The contents, still packed if they were.
    request : list of (str, str)
        Headers of the request.
    address : str
        IP address that answered.
    outcome, reason : str
        Where there was no answer: "failed" or "refused", and why.
    again : bool
        Whether it is worth another try.
    """

    status: int = 0
    protocol: str = "HTTP/1.1"
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    request: list[tuple[str, str]] = field(default_factory=list)
    address: str = ""
    outcome: str = ""
    reason: str = ""
    again: bool = False

    def header(self, name: str) -> str:
        """Return the first header of a name; empty if there is none."""
        return next((value for key, value in self.headers if key.lower() == name), "")
