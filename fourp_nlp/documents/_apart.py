"""Has files from outside read in processes of their own, which a hostile file may end."""

from __future__ import annotations

import atexit
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import fourp_nlp
from fourp_nlp.documents._child import OVER_MEMORY, OVER_TIME
from fourp_nlp.documents._frames import receive, send
from fourp_nlp.documents._limits import LIMITS, MAX_CHARACTERS, Limits
from fourp_nlp.errors import DocumentError, FourpError, UnsafeDocumentError

__all__ = ["Readers", "texts_apart"]

_LONGEST_START = 120.0
_LONGEST_END = 5.0
_MOST_FILES = 1_000
# A character is at most six bytes of JSON (a control character); the ids come on top.
_MOST_ANSWER = 6 * MAX_CHARACTERS + (1 << 28)
# A process that breaks down this near its limit did so for want of memory.
_NEAR = 0.8
_LOOKS = (0.02, 0.1)
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 0


class Readers:
    """Processes that read files, one file at a time each: as many as there are threads that ask at once.

    Parameters
    ----------
    limits : Limits
        What each may take.
    """

    def __init__(self, limits: Limits = LIMITS) -> None:
        self.limits = limits
        self._idle: list[_Reader] = []
        self._lock = threading.Lock()

    def texts(self, path: Path) -> list[tuple[str, str]]:
        """Return the texts of a file, read in another process.

        Parameters
        ----------
        path : pathlib.Path
            The file; its suffix is one of those that are read.

        Returns
        -------
        list of tuple of str
            The texts, normalised and not empty, each with its id inside the file.

        Raises
        ------
        DocumentError
            If the file cannot be read.
        UnsafeDocumentError
            If reading it breaks a limit.
        FourpError
            If no process can be started.
        """
        while True:
            reader = self._take()
            try:
                answer = reader.read(path)
            except _Ended as ended:
                # What broke down may have been hurt by a file before: only a fresh one is believed.
                if reader.files > 1 and ended.again:
                    continue
                raise ended.error from None
            except BaseException:
                reader.end()
                raise
            if reader.files >= _MOST_FILES or answer.get("last"):
                reader.end()
            else:
                with self._lock:
                    self._idle.append(reader)
            return _texts(answer, path)

    def close(self) -> None:
        """End the processes that wait for a file."""
        while self._idle:
            self._idle.pop().end()

    def forget(self) -> None:
        """Leave the processes to the one that this one was forked from."""
        self._lock = threading.Lock()
        for reader in self._idle:
            reader.forget()
        self._idle.clear()

    def _take(self) -> _Reader:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return _Reader(self.limits)


class _Ended(Exception):  # noqa: N818 - never leaves this module
    """A reader ended over a file."""

    def __init__(self, error: DocumentError, *, again: bool) -> None:
        self.error = error
        self.again = again
        """Whether another reader may fare better."""
        super().__init__(str(error))


class _Reader:
    """One process that reads files; started when it is made."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.files = 0
        self._peak = self._inherited = 0
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own module, no shell
                [sys.executable, "-P", "-m", "fourp_nlp.documents._child", str(limits.memory)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                env=_environment(),
                **_alone(),
            )
        except (OSError, ValueError) as error:
            raise _cannot_start(str(error)) from error
        assert self._process.stdin is not None  # noqa: S101 - for the type checker
        assert self._process.stdout is not None  # noqa: S101
        self._ask = self._process.stdin.fileno()
        self._answers: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._listener = threading.Thread(
            target=_listen, args=(self._process.stdout.fileno(), self._answers), daemon=True
        )
        self._listener.start()
        try:
            ready = self._answers.get(timeout=_LONGEST_START)
        except queue.Empty:
            ready = None
        except BaseException:
            self.end()
            raise
        if ready is None or not isinstance(ready.get("ready"), int):
            raise _cannot_start(f"it ended with {self.end()}")
        self._inherited = ready["ready"]

    def read(self, path: Path) -> dict[str, Any]:
        """Have a file read; a reader that is at its end by then has been cleared away."""
        self.files += 1
        size = path.stat().st_size if path.is_file() else 0
        clock = self.limits.clock(size)
        request = {
            "path": os.path.abspath(path),  # noqa: PTH100 - a link must stay a link
            "processor": self.limits.processor(size),
            "clock": clock,
        }
        with suppress(OSError):
            send(self._ask, request)
        until = time.monotonic() + clock
        wait = _LOOKS[0]
        while True:
            try:
                answer = self._answers.get(timeout=wait)
            except queue.Empty:
                wait = _LOOKS[1]
                self._peak = max(self._peak, _resident(self._process.pid))
                if self._peak > self.limits.memory:
                    self.end()
                    raise _Ended(self._too_much(path), again=False) from None
                if time.monotonic() > until:
                    self.end()
                    raise _Ended(self._too_long(path, size), again=False) from None
                continue
            if answer is None:
                raise self._ended(path, size)
            return answer

    def end(self) -> int | None:
        """Kill the process and return its status: negative for a signal, None if it cannot be had."""
        with suppress(OSError):
            self._process.kill()
        status = self._wait(_LONGEST_END)
        self._listener.join(timeout=_LONGEST_END)
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        return status

    def forget(self) -> None:
        """Close this side of the pipes, in a process that was forked from the one that made it."""
        self._process.returncode = 0
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
                most = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
                # Linux counts what this process held when it started the other.
                self._peak = max(self._peak, most if most > self._inherited else 0)
            elif time.monotonic() > until:
                return None
            else:
                time.sleep(_LOOKS[0] / 10)
        with suppress(subprocess.TimeoutExpired):
            return self._process.wait(timeout=most)
        return None

    def _ended(self, path: Path, size: int) -> _Ended:
        """Say why the process ended by itself."""
        # Its end of the pipe closes a moment before it has a status.
        self._wait(_LOOKS[1] * 10)
        status = self.end()
        if status == OVER_MEMORY or self._peak > _NEAR * self.limits.memory:
            return _Ended(self._too_much(path), again=False)
        if status == OVER_TIME or status == -getattr(signal, "SIGXCPU", -1):
            return _Ended(self._too_long(path, size), again=False)
        return _Ended(
            UnsafeDocumentError(
                f"What reads this kind of file broke down over it ({_status(status)}), or ran out of "
                f"its {self.limits.memory >> 20:,} MB of memory.",
                file=path,
                cure="If it is genuine, save it again from its own program, or as plain text.",
            ),
            again=True,
        )

    def _too_much(self, path: Path) -> DocumentError:
        return UnsafeDocumentError(
            f"Reading it takes more than {self.limits.memory >> 20:,} MB of memory.",
            file=path,
            cure="If it is genuine, save it again from its own program, or split it.",
        )

    def _too_long(self, path: Path, size: int) -> DocumentError:
        return UnsafeDocumentError(
            f"Reading it takes longer than {self.limits.processor(size):,} seconds.",
            file=path,
            cure="If it is genuine, save it again from its own program, or split it.",
        )


def texts_apart(path: Path) -> list[tuple[str, str]]:
    """Return the texts of a file, read in another process within the usual limits.

    Parameters
    ----------
    path : pathlib.Path
        The file; its suffix is one of those that are read.

    Returns
    -------
    list of tuple of str
        The texts, normalised and not empty, each with its id inside the file.

    Raises
    ------
    DocumentError
        If the file cannot be read, or reading it breaks a limit.
    FourpError
        If no process can be started.
    """
    return _readers.texts(path)


def _texts(answer: dict[str, Any], path: Path) -> list[tuple[str, str]]:
    """Return what an answer says, of which nothing is believed that is not as it must be."""
    match answer:
        case {"texts": [_, *_] as texts} if all(
            isinstance(pair, list) and len(pair) == 2 and all(isinstance(one, str) for one in pair)
            for pair in texts
        ):
            return [(part, text) for part, text in texts]
        case {
            "error": {"unsafe": bool(unsafe), "problem": str(problem), "place": place, "cure": cure}
        }:
            kind = UnsafeDocumentError if unsafe else DocumentError
            raise kind(
                problem,
                file=path,
                place=place if isinstance(place, str) else None,
                cure=cure if isinstance(cure, str) else None,
            )
        case _:
            raise UnsafeDocumentError(
                "What reads this kind of file gave no sensible answer.",
                file=path,
                cure="Do not trust the file; ask for a fresh copy.",
            )


def _listen(stream: int, answers: queue.SimpleQueue[dict[str, Any] | None]) -> None:
    """Hand on the answers of a process until it ends, then None."""
    answer: dict[str, Any] | None = {}
    while answer is not None:
        try:
            answer = receive(stream, most=_MOST_ANSWER)
        except (OSError, MemoryError):
            answer = None
        answers.put(answer)


def _environment() -> dict[str, str]:
    """Return the environment in which a reader finds the same modules as this process."""
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


def _resident(process: int) -> int:
    """Return the bytes of memory that a process holds, 0 where that cannot be known."""
    try:
        held = Path(f"/proc/{process}/statm").read_bytes().split()
        return int(held[1]) * _PAGE
    except (OSError, ValueError, IndexError):
        return _resident_elsewhere(process)


def _resident_elsewhere(process: int) -> int:
    if sys.platform == "linux":
        return 0
    try:
        import psutil  # type: ignore[import-untyped, unused-ignore]  # noqa: PLC0415 - comes with the extra "scale"

        return int(psutil.Process(process).memory_info().rss)
    except Exception:  # noqa: BLE001 - not installed, or the process has just ended
        return 0


def _status(status: int | None) -> str:
    if status is not None and status < 0:
        with suppress(ValueError):
            return signal.Signals(-status).name
    return f"status {status}"


def _cannot_start(reason: str) -> FourpError:
    return FourpError(
        f"The process that reads documents cannot be started ({reason}).",
        cure="Check that this Python can start itself: python -m fourp_nlp.documents._child 0",
    )


_readers = Readers()
atexit.register(_readers.close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_readers.forget)
