"""Crawling processes: each is handed a few sites at once, and a further one whenever one is done."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections import deque
from typing import TYPE_CHECKING, Any, TypeAlias

from fourp_nlp.errors import FourpError
from fourp_nlp.website.crawl import NO_MORE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from fourp_nlp.website.crawl import CrawlJob, Neighbours

__all__ = ["feed"]

_AT_ONCE = 16
"""Hosts that one process is at at the same time."""
_IN_ALL = 200
"""Hosts that one process is handed in all: then another takes its place, so that memory stays bounded."""


_Events: TypeAlias = "queue.Queue[tuple[_Crawler, dict[str, Any] | None]]"


class _Crawler:
    """One crawling process, and what it is at.

    Its standard input stays open as long as this process lives: when it closes, the crawler ends.
    """

    def __init__(self, job: CrawlJob, events: _Events, lock: int) -> None:
        self.at: dict[str, Neighbours] = {}
        self.given = 0
        self._left: dict[int, int] = {}
        self._said = tempfile.TemporaryFile(dir=job.folder)  # noqa: SIM115 - `close` does
        self._process = subprocess.Popen(
            [sys.executable, "-m", "fourp_nlp.website.crawl"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            text=True,
            encoding="utf-8",
            # The folder is kept until the last of its crawlers is gone.
            pass_fds=(lock,) if os.name == "posix" else (),
        )
        self._events = events
        threading.Thread(target=self._listen, daemon=True).start()
        self._write(job.as_json())

    @property
    def free(self) -> bool:
        """Whether it can be handed another host."""
        return self.given < _IN_ALL and len(self._left) < _AT_ONCE

    def give(self, neighbours: Neighbours) -> None:
        """Hand it the sites of a host."""
        self.given += 1
        self._left[id(neighbours)] = len(neighbours.sites)
        self.at.update((str(site["site"]), neighbours) for site in neighbours.sites)
        self._write(neighbours.as_json())

    def over(self, site: str) -> None:
        """Take note that it is done with a site."""
        neighbours = self.at.pop(site, None)
        if neighbours is not None:
            self._left[id(neighbours)] -= 1
            if not self._left[id(neighbours)]:
                del self._left[id(neighbours)]

    def no_more(self) -> None:
        """Let it end when it is done with what it is at."""
        self.given = _IN_ALL
        self._write(NO_MORE)

    def kill(self) -> None:
        """End it, whatever it is at."""
        self._process.kill()
        self._process.wait()

    def last_words(self) -> str:
        """Return the last line that it wrote when it broke down."""
        self._said.seek(0, 2)
        self._said.seek(max(self._said.tell() - 4096, 0))
        lines = self._said.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else ""

    def close(self) -> None:
        """Close its pipes."""
        for stream in (self._process.stdin, self._process.stdout, self._said):
            if stream is not None:
                try:
                    stream.close()
                except OSError:
                    continue

    def _write(self, line: str) -> None:
        into = self._process.stdin
        if into is None:
            raise FourpError("A crawling process could not be started.")
        try:
            into.write(f"{line}\n")
            into.flush()
        except OSError:
            # It is gone; the thread that listens will say so.
            return

    def _listen(self) -> None:
        for line in self._process.stdout or ():
            try:
                self._events.put((self, json.loads(line)))
            except ValueError:
                continue
        self._process.wait()
        self._events.put((self, None))


def feed(
    groups: Iterable[Neighbours], job: CrawlJob, processes: int, *, lock: int
) -> Iterator[dict[str, Any]]:
    """Have sites collected by other processes.

    A process that breaks down takes only the sites with it that it was at; another takes its place.

    Parameters
    ----------
    groups : iterable of Neighbours
        The sites, those of one host together.
    job : CrawlJob
        How they are collected.
    processes : int
        Processes at the same time.
    lock : int
        Number of the open file that keeps the folder.

    Yields
    ------
    dict
        What the processes tell: "event", "site", and more.
    """
    events: _Events = queue.Queue()

    def start() -> _Crawler:
        return _Crawler(job, events, lock)

    waiting = deque(groups)
    running: list[_Crawler] = []
    try:
        while waiting or running:
            _hand_out(waiting, running, start, processes)
            crawler, event = events.get()
            if event is not None:
                if event["event"] in {"done", "failed"}:
                    crawler.over(str(event["site"]))
                yield event
                continue
            running.remove(crawler)
            words = crawler.last_words()
            for site in crawler.at:
                why = (
                    f"the crawling process ended before it was done{f' ({words})' if words else ''}"
                )
                yield {"event": "failed", "site": site, "reason": f"{why}; run the command again"}
            crawler.close()
    finally:
        for crawler in running:
            crawler.kill()
            crawler.close()


def _hand_out(
    waiting: deque[Neighbours],
    running: list[_Crawler],
    start: Callable[[], _Crawler],
    processes: int,
) -> None:
    """Hand waiting sites to processes that have room, and start what is missing of these."""
    while waiting:
        taking = [crawler for crawler in running if crawler.given < _IN_ALL]
        # No more processes than hosts.
        if len(taking) < max(processes, 1) and len(taking) < len(waiting) + sum(
            bool(crawler.at) for crawler in taking
        ):
            running.append(start())
            taking.append(running[-1])
        room = [crawler for crawler in taking if crawler.free]
        if not room:
            break
        min(room, key=lambda crawler: len(crawler.at)).give(waiting.popleft())
        for crawler in taking:
            if crawler.given == _IN_ALL:
                crawler.no_more()
    if not waiting:
        for crawler in running:
            if crawler.given < _IN_ALL:
                crawler.no_more()
