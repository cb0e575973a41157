"""One child process, as its parent sees it."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import fourp_nlp
from fourp_nlp.errors import FourpError
from fourp_nlp.sandbox._exit_statuses import OVER_MEMORY, OVER_TIME
from fourp_nlp.sandbox._messages import receive, send
from fourp_nlp.sandbox.process_memory import memory_of

if TYPE_CHECKING:
    from fourp_nlp.sandbox.request_limits import Limits

__all__ = ["Breakdown", "Process", "environment"]

_LONGEST_START = 180.0
_LONGEST_END = 5.0
_MOST_ANSWER = 1 << 30
# A process that breaks down this near its limit did so for want of memory.
_NEAR = 0.8
# So often that what grows fast is seen near its limit before it breaks down.
_LOOK = 0.02
_UNTIL_STATUS = 1.0


class Breakdown(Exception):  # noqa: N818 - whoever asks makes an error of it that names what was read
    """A process broke down over a request, or went beyond a limit.

    Parameters
    ----------
    over : {"memory", "time", ""}
        The limit; empty if it is not known that there was one.
    how : str
        How it ended, where there was no limit: a signal or a status.
    """

    def __init__(self, over: Literal["memory", "time", ""], how: str = "") -> None:
        self.over = over
        self.how = how
        super().__init__(over or how)

    def exceeded(self, limits: Limits, size: int) -> str:
        """Return which limit was exceeded, as a sentence for people; empty if none is known.

        Parameters
        ----------
        limits : Limits
            What one request may take.
        size : int
            Bytes of what was read.

        Returns
        -------
        str
            The sentence.
        """
        match self.over:
            case "memory":
                return f"Reading it takes more than {limits.memory >> 20:,} MB of memory."
            case "time":
                return f"Reading it takes longer than {limits.processor(size):,} seconds."
            case _:
                return ""


class Process:
    """One process that answers requests; started when it is made.

    Parameters
    ----------
    module : str
        What it runs; it calls `serve`.
    limits : Limits
        What one request may take.
    reads : str
        What it reads, in the plural, for messages.

    Raises
    ------
    FourpError
        If it cannot be started.
    """

    def __init__(self, module: str, limits: Limits, *, reads: str) -> None:
        self.requests = 0
        self._limits = limits
        self._peak = self._inherited = 0
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own module, no shell
                [sys.executable, "-P", "-m", module, str(limits.memory)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                env=environment(),
                **_alone(),
            )
        except (OSError, ValueError) as error:
            raise _cannot_start(module, reads, str(error)) from error
        assert self._process.stdin is not None  # noqa: S101 - for the type checker
        assert self._process.stdout is not None  # noqa: S101
        self._asks = self._process.stdin.fileno()
        self._answers: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._threads = [_thread(_listen, self._process.stdout.fileno(), self._answers)]
        try:
            ready = self._answers.get(timeout=_LONGEST_START)
        except queue.Empty:
            ready = None
        except BaseException:
            self.end()
            raise
        if ready is None or not isinstance(ready.get("ready"), int):
            raise _cannot_start(module, reads, f"it ended with {self.end()}")
        self._inherited = ready["ready"]

    def ask(self, request: dict[str, Any], content: bytes, size: int) -> dict[str, Any]:
        """Have a request answered; a process that breaks down over it has been cleared away.

        Parameters
        ----------
        request : dict
            What JSON can hold.
        content : bytes
            What goes with it.
        size : int
            Bytes of what is to be read.

        Returns
        -------
        dict
            What `serve` tells.

        Raises
        ------
        Breakdown
            If there is no answer.
        """
        self.requests += 1
        clock = self._limits.clock(size)
        order = {
            "request": request,
            "processor": self._limits.of(size),
            "clock": clock,
        }
        # A process that stands still reads no more than fits into a pipe: the clock is for that, too.
        speaker = _thread(_say, self._asks, order, content)
        self._threads[1:] = [speaker]
        until = time.monotonic() + clock
        while True:
            try:
                message = self._answers.get(timeout=_LOOK)
            except queue.Empty:
                self._peak = max(self._peak, memory_of(self._process.pid))
                if self._peak > self._limits.memory:
                    self.end()
                    raise Breakdown("memory") from None
                if time.monotonic() > until:
                    self.end()
                    raise Breakdown("time") from None
                continue
            if message is None:
                raise self._breakdown()
            return message

    def end(self) -> int | None:
        """Kill the process and return its status: negative for a signal, None if it cannot be had."""
        with suppress(OSError):
            self._process.kill()
        status = self._wait(_LONGEST_END)
        for thread in self._threads:
            thread.join(timeout=_LONGEST_END)
        self._close()
        return status

    def forget(self) -> None:
        """Close this side of the pipes, in a process that was forked from the one that made it."""
        self._process.returncode = 0
        self._close()

    def _close(self) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()

    def _wait(self, most: float) -> int | None:
        """Wait until the process ends, note the most memory it held, and return its status if it did."""
        until = time.monotonic() + most
        while self._process.returncode is None and hasattr(os, "wait4"):
            # Popen would wait as well, but not say how much memory it was.
            try:
                ended, status, used = os.wait4(self._process.pid, os.WNOHANG)
            except ChildProcessError:  # somebody else has waited for it
                break
            if ended:
                self._process.returncode = os.waitstatus_to_exitcode(status)
                held = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
                # Linux counts what this process held when it started the other.
                self._peak = max(self._peak, held if held > self._inherited else 0)
            elif time.monotonic() > until:
                return None
            else:
                time.sleep(_LOOK / 10)
        with suppress(subprocess.TimeoutExpired):
            return self._process.wait(timeout=most)
        return None

    def _breakdown(self) -> Breakdown:
        """Say why the process ended by itself."""
        # Its end of the pipe closes a moment before it has a status.
        self._wait(_UNTIL_STATUS)
        status = self.end()
        if status == OVER_MEMORY or self._peak > _NEAR * self._limits.memory:
            return Breakdown("memory")
        if status == OVER_TIME or status == -getattr(signal, "SIGXCPU", -1):
            return Breakdown("time")
        return Breakdown("", _named(status))


def environment() -> dict[str, str]:
    """Return the environment in which a process finds the same modules as this one.

    Returns
    -------
    dict of str to str
        For `subprocess.Popen`.
    """
    home = str(Path(fourp_nlp.__file__).parent.parent)
    # What is relative would be looked for in a folder of other people's files.
    folders = [home, *(folder for folder in sys.path if Path(folder).is_absolute())]
    path = os.pathsep.join(dict.fromkeys(folders))
    return {**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"}


def _alone() -> dict[str, Any]:
    """Return what keeps Ctrl+C in a terminal from a process: this one hears it and ends the other."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"process_group": 0}


def _thread(does: Any, *words: Any) -> threading.Thread:
    thread = threading.Thread(target=does, args=words, daemon=True)
    thread.start()
    return thread


def _say(stream: int, order: dict[str, Any], content: bytes) -> None:
    """Send what is asked; where nobody reads it, the thread that listens finds out."""
    with suppress(OSError):
        send(stream, order, content)


def _listen(stream: int, answers: queue.SimpleQueue[dict[str, Any] | None]) -> None:
    """Hand on the answers of a process until it ends, then None."""
    while True:
        try:
            received = receive(stream, most=_MOST_ANSWER)
        except (OSError, MemoryError):
            received = None
        answers.put(received[0] if received is not None else None)
        if received is None:
            return


def _named(status: int | None) -> str:
    if status is not None and status < 0:
        with suppress(ValueError):
            return signal.Signals(-status).name
    return f"status {status}"


def _cannot_start(module: str, reads: str, reason: str) -> FourpError:
    return FourpError(
        f"The process that reads {reads} cannot be started ({reason}).",
        cure=f"Check that this Python can start itself: python -m {module} 0",
    )
