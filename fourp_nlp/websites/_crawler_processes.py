"""Managing crawling processes: handing out sites, and replacing processes that fail."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from fourp_nlp.errors import FourpError
from fourp_nlp.sandbox import memory_of
from fourp_nlp.websites.crawl import NO_MORE, part_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from fourp_nlp.websites.crawl import CrawlJob, Neighbours

__all__ = ["feed"]

_AT_ONCE = 16
"""Hosts that one process is at at the same time."""
_IN_ALL = 200
"""Hosts that one process is handed in all: then another takes its place, so that memory stays bounded."""
_START = 180.0
"""Seconds that a process may take to start."""
_LOOK = 0.5
"""Seconds after which processes are looked at."""
_TRIES = 4
"""Processes that may break down over the sites of a host, before these are given up."""

_Events: TypeAlias = "queue.Queue[tuple[_Crawler, dict[str, Any] | None]]"


class _Crawler:
    """One crawling process, and what it is at.

    Its standard input stays open as long as this process lives: when it closes, the crawler ends.
    """

    def __init__(self, job: CrawlJob, events: _Events, lock: int) -> None:
        self.at: dict[str, Neighbours] = {}
        self.given = 0
        self.page = ("", "")
        """Site and URL that it worked on last."""
        self.ended_for = ""
        """Why it was ended, if it was."""
        self._job = job
        self._heard = time.monotonic()
        self._patience = _START
        self._left: dict[int, int] = {}
        self._said = tempfile.TemporaryFile(dir=job.folder)  # noqa: SIM115 - `close` does
        self._process = subprocess.Popen(
            [sys.executable, "-m", "fourp_nlp.websites.crawl"],
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

    def hear(self, event: dict[str, Any]) -> bool:
        """Take a sign of life; return whether it is anybody else's business."""
        self._heard = time.monotonic()
        self._patience = self._job.watchdog.silence
        if event["event"] == "at":
            self.page = (str(event["site"]), str(event["url"]))
        return event["event"] not in {"at", "alive"}

    def look(self) -> None:
        """End it if it hangs or holds too much memory."""
        if self.ended_for:
            return
        watchdog = self._job.watchdog
        if memory_of(self._process.pid) > watchdog.memory:
            self.ended_for = f"it took more than {watchdog.memory >> 20:,} MB of memory"
        elif time.monotonic() - self._heard > self._patience:
            self.ended_for = f"it gave no sign of life for {self._patience:g} seconds"
        if self.ended_for:
            self._process.kill()

    def sweep(self) -> None:
        """Remove what it left half written."""
        for site in self.at:
            part_file(Path(self._job.folder), site, self._process.pid).unlink(missing_ok=True)

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

    A process that breaks down, hangs or takes too much memory is replaced, and the sites that it was at are
    begun anew: without the page that it broke down over, where that is known; else each in a process of its
    own, so that it takes only the one with it that is the cause.

    `groups` has the sites of one host together; `lock` is the number of the open file that keeps
    the folder. Yields what the processes tell: "event", "site", and more.
    """
    events: _Events = queue.Queue()

    def start() -> _Crawler:
        return _Crawler(job, events, lock)

    waiting = deque(groups)
    running: list[_Crawler] = []
    try:
        while waiting or running:
            _hand_out(waiting, running, start, processes)
            try:
                crawler, event = events.get(timeout=_LOOK)
            except queue.Empty:
                for each in running:
                    each.look()
                continue
            if event is not None:
                if event["event"] in {"done", "failed"}:
                    crawler.over(str(event["site"]))
                if crawler.hear(event):
                    yield event
                for each in running:
                    each.look()
                continue
            running.remove(crawler)
            crawler.sweep()
            for again, failed in _after(crawler):
                waiting.extend(again)
                yield from failed
            crawler.close()
    finally:
        for crawler in running:
            crawler.kill()
            crawler.close()


def _after(crawler: _Crawler) -> Iterator[tuple[list[Neighbours], list[dict[str, Any]]]]:
    """Say what becomes of the sites that a process was at when it ended: another try, or none."""
    words = crawler.last_words()
    why = crawler.ended_for or f"it broke down{f' ({words})' if words else ''}"
    site, url = crawler.page
    groups = list({id(group): group for group in crawler.at.values()}.values())
    hung = crawler.ended_for.startswith("it gave")
    for group in groups:
        left = [row for row in group.sites if str(row["site"]) in crawler.at]
        names = [str(row["site"]) for row in left]
        mine = url and site in names and url not in group.avoid and (hung or len(groups) == 1)
        over = f" over {url}" if url and site in names else ""
        if group.tries + 1 >= _TRIES or (group.alone and not mine):
            reason = f"the crawling process was lost{over}: {why}; run the command again"
            yield [], [{"event": "failed", "site": name, "reason": reason} for name in names]
            continue
        avoid = dict(group.avoid)
        if mine:
            avoid[url] = f"the crawling process was lost over this page: {why}"
        # Without the page that is the cause, they may share a process again.
        alone = group.alone or not hung
        yield [replace(group, sites=left, avoid=avoid, tries=group.tries + 1, alone=alone)], []


def _hand_out(
    waiting: deque[Neighbours],
    running: list[_Crawler],
    start: Callable[[], _Crawler],
    processes: int,
) -> None:
    """Hand waiting sites to processes that have room, and start what is missing of these."""
    while waiting:
        if waiting[0].alone:
            if sum(bool(crawler.at) for crawler in running) >= max(processes, 1):
                break
            running.append(start())
            running[-1].give(waiting.popleft())
            running[-1].no_more()
            continue
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
