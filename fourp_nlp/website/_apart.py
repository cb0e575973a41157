"""Has web pages read in a process of its own, which a page can end without ending anything else."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import fourp_nlp
from fourp_nlp.errors import FourpError
from fourp_nlp.website._memory import memory_of

__all__ = ["PAGE_LIMITS", "PageLimits", "PageReader", "page_apart"]

_LOOK = 0.1
_LONGEST_START = 180.0
_MOST_PAGES = 1_000
"""Pages that one process reads: then another takes its place."""
_MOST_ANSWER = 1 << 30


@dataclass(frozen=True)
class PageLimits:
    """What reading one page may take.

    Attributes
    ----------
    seconds : float
        Seconds of the processor for a small page; by the clock, four times as many.
    seconds_per_mb : float
        Further seconds for each megabyte.
    memory : int
        Bytes of memory.
    """

    seconds: float = 20.0
    seconds_per_mb: float = 3.0
    memory: int = 1536 << 20

    def of(self, size: int) -> float:
        """Return the seconds that a page of so many bytes may take."""
        return self.seconds + self.seconds_per_mb * size / (1 << 20)


PAGE_LIMITS = PageLimits()
"""What is allowed where nothing else is said."""


class PageReader:
    """Reads pages, one after the other, in another process; it is started when the first page comes.

    Parameters
    ----------
    limits : PageLimits
        What reading one page may take.
    """

    def __init__(self, limits: PageLimits = PAGE_LIMITS) -> None:
        self.limits = limits
        self._lock = threading.Lock()
        self._child: _Child | None = None
        self._owner = os.getpid()

    def read(self, content: bytes, url: str) -> dict[str, str]:
        """Read a page.

        Parameters
        ----------
        content : bytes
            The page.
        url : str
            Its URL.

        Returns
        -------
        dict of str to str
            "title", "date" and "text" of the page; or "problem", why there is none; or "missing", the package
            that is not installed.

        Raises
        ------
        FourpError
            If no process can be started.
        """
        with self._lock:
            if self._owner != os.getpid():
                # This process was forked: the reader is that of the other one.
                self._child, self._owner = None, os.getpid()
            child = self._child or _Child(self.limits)
            self._child = None
            try:
                answer = child.read(content, url)
            except BaseException:
                child.end()
                raise
            if child.alive and child.pages < _MOST_PAGES:
                self._child = child
            else:
                child.end()
            return answer

    def close(self) -> None:
        """End the process."""
        child, self._child = self._child, None
        if child is not None and self._owner == os.getpid():
            child.end()


class _Child:
    """One process that reads pages."""

    def __init__(self, limits: PageLimits) -> None:
        self.limits = limits
        self.pages = 0
        self.alive = True
        home = str(Path(fourp_nlp.__file__).parent.parent)
        folders = [home, *(folder for folder in sys.path if Path(folder).is_absolute())]
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own module, no shell
                [sys.executable, "-P", "-m", "fourp_nlp.website._child", str(limits.memory)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(dict.fromkeys(folders))},
                start_new_session=True,
            )
        except OSError as error:
            raise FourpError(
                f"The process that reads web pages cannot be started: {error}."
            ) from error
        self._answers: queue.SimpleQueue[dict[str, str] | None] = queue.SimpleQueue()
        threading.Thread(
            target=_listen, args=(self._process.stdout, self._answers), daemon=True
        ).start()
        try:
            ready = self._answers.get(timeout=_LONGEST_START)
        except queue.Empty:
            ready = None
        if ready is None:
            self.end()
            raise FourpError(
                "The process that reads web pages ended before it began.",
                cure=f"Look what it says: {sys.executable} -m fourp_nlp.website._child 0",
            )

    def read(self, content: bytes, url: str) -> dict[str, str]:
        """Have a page read; afterwards `alive` says whether the process can read another."""
        self.pages += 1
        seconds = self.limits.of(len(content))
        head = {"size": len(content), "url": url, "seconds": seconds}
        with contextlib.suppress(OSError):
            # Nobody reads what is written here while the answer is being written: it fits no pipe.
            into = self._process.stdin
            assert into is not None  # noqa: S101 - for the type checker
            into.write(json.dumps(head).encode() + b"\n")
            into.write(content)
            into.flush()
        until = time.monotonic() + 4 * seconds + 10
        while True:
            try:
                answer = self._answers.get(timeout=_LOOK)
            except queue.Empty:
                if memory_of(self._process.pid) > self.limits.memory:
                    return self._over(self._too_much())
                if time.monotonic() > until:
                    return self._over(self._too_long(seconds))
                continue
            if answer is None:
                status = self._process.wait()
                known = {
                    -getattr(signal, "SIGXCPU", 24): self._too_long(seconds),
                    71: self._too_much(),
                }
                why = known.get(status, "What reads web pages broke down over it.")
                return self._over(why)
            if answer.get("problem") == "memory":
                return self._over(self._too_much())
            return answer

    def _over(self, problem: str) -> dict[str, str]:
        self.alive = False
        return {"problem": problem}

    def _too_much(self) -> str:
        return f"Reading it takes more than {self.limits.memory >> 20:,} MB of memory."

    def _too_long(self, seconds: float) -> str:
        return f"Reading it takes more than {seconds:,.0f} seconds."

    def end(self) -> None:
        """End the process."""
        self.alive = False
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()


def page_apart(content: bytes, url: str) -> dict[str, str]:
    """Read a page in another process, within the usual limits.

    Parameters
    ----------
    content : bytes
        The page.
    url : str
        Its URL.

    Returns
    -------
    dict of str to str
        As `PageReader.read`.

    Raises
    ------
    FourpError
        If no process can be started.
    """
    return _reader.read(content, url)


def _listen(stream: IO[bytes] | None, answers: queue.SimpleQueue[dict[str, str] | None]) -> None:
    """Hand on the answers of a process, a line of JSON each, until it ends; then None."""
    with contextlib.suppress(OSError, ValueError, MemoryError, RecursionError):
        while stream is not None and (line := stream.readline(_MOST_ANSWER)):
            told: Any = json.loads(line)
            if not isinstance(told, dict) or not all(isinstance(v, str) for v in told.values()):
                break
            answers.put(told)
    answers.put(None)


_reader = PageReader()
atexit.register(_reader.close)
