"""Reading web pages in child processes, so that a malicious page can crash only its process."""

from __future__ import annotations

from fourp_nlp.sandbox import Breakdown, Limits, Processes

__all__ = ["page_readers", "read_page_in_sandbox"]

_LIMITS = Limits(
    memory=1536 << 20, seconds=20.0, seconds_per_mb=3.0, clock_factor=4.0, clock_extra=10.0
)


def page_readers(limits: Limits = _LIMITS) -> Processes:
    """Return processes that read web pages.

    As many as there are threads that ask at once.
    """
    return Processes("fourp_nlp.websites.pages._child_process", limits, reads="web pages")


def read_page_in_sandbox(
    content: bytes, url: str, charset: str = "", *, by: Processes | None = None
) -> dict[str, str]:
    """Read a page in another process.

    `charset` is what the page's HTTP header names; empty if it names none. Returns what `main_text`
    tells; or "problem", why there is no text; or "missing", the package that is not installed.
    Raises FourpError if no process can be started.
    """
    processes = by or _readers
    try:
        answer = processes.ask({"url": url, "charset": charset}, content, size=len(content))
    except Breakdown as broken:
        return {"problem": broken.exceeded(processes.limits, len(content)) or _BROKEN}
    return _page(answer)


def _page(answer: dict[str, object]) -> dict[str, str]:
    """Return the page that an answer holds, after checking all of it: a hostile page may have made it."""
    page = {key: value for key, value in answer.items() if isinstance(value, str)}
    if len(page) == len(answer) and (
        page.keys() in ({"problem"}, {"missing"}) or (page.keys() == _WHOLE and _has_counts(page))
    ):
        return page
    return {"problem": _BROKEN}


def _has_counts(page: dict[str, str]) -> bool:
    numbers = (page["words"], page["visible"])
    return all(
        0 < len(number) < 10 and number.isdecimal() and number.isascii() for number in numbers
    )


_BROKEN = "What reads web pages broke down over it."
_WHOLE = frozenset(
    [
        "title",
        "date",
        "text",
        "empty",
        "not_found",
        "languages",
        "language",
        "words",
        "visible",
        "doubts",
    ]
)
_readers = page_readers()
