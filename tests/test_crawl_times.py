"""When a site is asked: delays, tries and the limit of time, on a clock that the tests move."""

import asyncio
import selectors
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest

pytest.importorskip("scrapy")
pytest.importorskip("warcio")

from fourp_nlp.websites.crawl import CrawlJob, _site_visit
from fourp_nlp.websites.crawl._reply import Reply
from fourp_nlp.websites.scope import Scopes

HOME = "http://valley.example/"


class _Skipping(selectors.SelectSelector):
    """Waits for nothing: the time that a loop would wait is over at once."""

    now = 0.0

    def select(self, timeout=None):
        self.now += max(timeout or 0.0, 0.0)
        return super().select(0)


class SkippingLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock jumps to the next thing that is due."""

    def __init__(self):
        self._clock = _Skipping()
        super().__init__(self._clock)

    def time(self):
        return self._clock.now


def page(*links):
    body = "".join(f"<a href='{link}'>link</a>" for link in links)
    body = f"<html><body>{body}</body></html>"
    return 0.0, Reply(status=200, headers=[("Content-Type", "text/html")], body=body.encode())


def plain(text):
    return 0.0, Reply(status=200, headers=[("Content-Type", "text/plain")], body=text.encode())


def busy(status=503, **headers):
    return 0.0, Reply(status=status, headers=list(headers.items()))


def visit(folder, monkeypatch, answers, **limits):
    """Collect a site whose paths answer with these, one after the other; return what was told, and asked when."""
    loop = SkippingLoop()
    monkeypatch.setattr(_site_visit, "time", SimpleNamespace(monotonic=loop.time))
    asked, told = [], {}

    async def ask(ask):
        path = "/" + ask.url.removeprefix(HOME)
        waiting = answers.get(path, [(0.0, Reply(status=404))])
        seconds, reply = waiting[min(sum(path == one for one, _ in asked), len(waiting) - 1)]
        asked.append((path, loop.time()))
        await asyncio.sleep(min(seconds, ask.patience))
        if seconds > ask.patience:
            return Reply(outcome="failed", reason="no answer", again=True)
        ask.received = len(reply.body)
        return reply

    row = {"site": "valley", "urls": HOME, "max_pages": 50, "max_depth": 6, "max_bytes": 1 << 24}
    row |= {"max_seconds": 3600, "delay": 0.0} | limits
    job = CrawlJob(str(folder), "fourp_nlp/test", [], False, 30.0, 1 << 20)
    one = _site_visit.Visit(
        row,
        Scopes([("valley", HOME)]),
        job,
        avoid={},
        ask=ask,
        tell=lambda event, **facts: told.setdefault(event, facts),
    )
    try:
        loop.run_until_complete(one.run())
        return told["done"], asked, loop.time()
    finally:
        loop.close()


def gaps(asked):
    return [after - before for (_, before), (_, after) in pairwise(asked)]


def test_the_delay_of_robots_txt_lies_between_any_two_requests(tmp_path, monkeypatch):
    answers = {
        "/robots.txt": [plain("User-agent: *\nCrawl-delay: 7\n")],
        "/": [page("/a", "/b")],
        "/a": [page()],
        "/b": [page()],
    }
    _, asked, _ = visit(tmp_path, monkeypatch, answers, delay=2.0)
    assert [path for path, _ in asked] == ["/robots.txt", "/", "/a", "/b"]
    assert gaps(asked) == pytest.approx([7, 7, 7])


def test_a_longer_delay_of_the_list_wins_over_robots_txt(tmp_path, monkeypatch):
    answers = {"/robots.txt": [plain("User-agent: *\nCrawl-delay: 7\n")], "/": [page()]}
    _, asked, _ = visit(tmp_path, monkeypatch, answers, delay=9.0)
    assert gaps(asked) == pytest.approx([9])


def test_a_delay_counts_from_the_answer_of_a_slow_server(tmp_path, monkeypatch):
    slow = (5.0, page("/a")[1])
    _, asked, _ = visit(tmp_path, monkeypatch, {"/": [slow], "/a": [page()]}, delay=2.0)
    assert gaps(asked) == pytest.approx([2, 7])


def test_a_busy_server_is_asked_three_times_ever_later(tmp_path, monkeypatch):
    done, asked, _ = visit(tmp_path, monkeypatch, {"/": [busy()]})
    assert [path for path, _ in asked] == ["/robots.txt", "/", "/", "/"]
    assert gaps(asked) == pytest.approx([0, 2, 4])
    assert done["pages"] == 0


def test_a_server_that_names_the_seconds_is_asked_after_these(tmp_path, monkeypatch):
    later = busy(429, **{"Retry-After": "50"})
    done, asked, _ = visit(tmp_path, monkeypatch, {"/": [later, page("/a")], "/a": [page()]})
    assert [path for path, _ in asked] == ["/robots.txt", "/", "/", "/a"]
    # A server that was asked too often is asked more slowly from then on.
    assert gaps(asked) == pytest.approx([0, 50, 1])
    assert done["pages"] == 2


def test_a_server_that_does_not_answer_is_tried_three_times_for_as_long_as_patience_lasts(
    tmp_path, monkeypatch
):
    never = (1e9, Reply())
    done, asked, _ = visit(tmp_path, monkeypatch, {"/": [page("/never")], "/never": [never]})
    assert [path for path, _ in asked] == ["/robots.txt", "/", "/never", "/never", "/never"]
    assert gaps(asked)[2:] == pytest.approx([30 + 2, 30 + 4])
    assert done["outcomes"] == {"failed": 1, "fetched": 1}


def test_the_limit_of_time_ends_a_site_that_asks_for_long_waits_at_once(tmp_path, monkeypatch):
    answers = {"/robots.txt": [plain("User-agent: *\nCrawl-delay: 86400\n")], "/": [page()]}
    done, asked, ended = visit(tmp_path, monkeypatch, answers)
    assert [path for path, _ in asked] == ["/robots.txt"]
    assert (done["ended"], ended) == ("max_seconds", 0.0)


def test_a_page_that_is_slower_than_the_time_left_ends_the_site_in_time(tmp_path, monkeypatch):
    answers = {"/": [page("/slow", "/next")], "/slow": [(600.0, page()[1])], "/next": [page()]}
    done, asked, ended = visit(tmp_path, monkeypatch, answers, max_seconds=20)
    assert [path for path, _ in asked] == ["/robots.txt", "/", "/slow"]
    assert (done["ended"], done["pages"], ended) == ("max_seconds", 1, 20.0)
    assert Path(tmp_path / "valley.warc.gz").is_file()
