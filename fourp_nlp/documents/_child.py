"""The process that reads files from outside: it can be ended by one of them, and nobody else is.

``python -m fourp_nlp.documents._child MEMORY`` reads one file after another, as it is asked to on its
standard input, and answers on its standard output. It loads no more than a file's own parser.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from fourp_nlp.documents._frames import MAX_REQUEST, receive, send
from fourp_nlp.documents._one import texts_of
from fourp_nlp.errors import DocumentError, UnsafeDocumentError

try:
    import resource
except ImportError:  # Windows has none
    resource = None  # type: ignore[assignment]

__all__ = ["OVER_MEMORY", "OVER_TIME", "main"]

OVER_MEMORY, OVER_TIME = 71, 72
"""With which status the process ends itself beyond a limit."""

_EACH = 0.25
_MOST_IDLE = 120.0
# Addresses are reserved without being used; the limit on what is written to counts.
_ADDRESSES = 2 << 30
# openpyxl would load it, and needs it for nothing here.
_UNNEEDED = ("numpy", "pandas")


class _Watch:
    """A thread that ends this process: alone, idle too long, or beyond a limit that the system lacks."""

    def __init__(self, memory: int) -> None:
        self._memory = memory
        self._parent = os.getppid()
        self._until = time.monotonic() + _MOST_IDLE
        self._reading = False
        threading.Thread(target=self._run, daemon=True).start()

    def reads(self, seconds: float) -> None:
        """Note that a file is being read, for so many seconds at most."""
        self._until = time.monotonic() + seconds
        self._reading = True

    def rests(self) -> None:
        """Note that no file is being read."""
        self._reading = False
        self._until = time.monotonic() + _MOST_IDLE

    def _run(self) -> None:
        while True:
            time.sleep(_EACH)
            if os.getppid() != self._parent:
                os._exit(0)
            if time.monotonic() > self._until:
                os._exit(OVER_TIME if self._reading else 0)
            if self._reading and peak() > self._memory:
                os._exit(OVER_MEMORY)


def peak() -> int:
    """Return the most memory that this process has held, in bytes; 0 where the system does not tell."""
    # Where there is no /proc. Linux would count what the process held that this one was started from.
    return _most_resident() if sys.platform == "darwin" else _high_water()


def _high_water() -> int:
    try:
        with open("/proc/self/status", "rb") as status:  # noqa: PTH123 - several times a second
            line = next((line for line in status if line.startswith(b"VmHWM:")), b"x 0")
    except OSError:
        return 0
    return int(line.split()[1]) * 1024


def _most_resident() -> int:
    if resource is None:
        return 0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def main() -> None:
    """Read files until nobody asks any more."""
    memory = int(sys.argv[1])
    # Ctrl+C is for the process that asked, which then ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asked, answers = _streams()
    _limit_memory(memory)
    for name in _UNNEEDED:
        sys.modules[name] = None  # type: ignore[assignment]
    watch = _Watch(memory)
    with suppress(OSError):
        send(answers, {"ready": _most_resident()})
        while (request := receive(asked, most=MAX_REQUEST)) is not None:
            watch.reads(float(request["clock"]))
            _limit_processor(int(request["processor"]))
            answer = _answer(Path(request["path"]), memory)
            most = peak()
            # Whoever held much may hold it still: the next file finds an empty house.
            answer |= {"peak": most, "last": most > memory // 3}
            try:
                send(answers, answer)
            except MemoryError:
                send(answers, _refusal(memory) | {"peak": most, "last": True})
            del answer
            watch.rests()
    os._exit(0)


def _streams() -> tuple[int, int]:
    """Keep both pipes for messages alone: what a library prints goes nowhere."""
    asked, answers = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415 - there alone

        for stream in (asked, answers):
            msvcrt.setmode(stream, os.O_BINARY)
    return asked, answers


def _limit_memory(memory: int) -> None:
    if resource is None:
        return
    for name, most in (
        ("RLIMIT_DATA", memory),
        ("RLIMIT_AS", memory + _ADDRESSES),
        ("RLIMIT_CORE", 0),
    ):
        _limit(getattr(resource, name), most)


def _limit_processor(seconds: int) -> None:
    """Have the system end this process when it computes too long, even where Python has no say."""
    if resource is None:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = int(used.ru_utime + used.ru_stime) + 1 + seconds
    # The first limit alone: the last one could not be raised for the next file.
    _limit(resource.RLIMIT_CPU, most, last=resource.getrlimit(resource.RLIMIT_CPU)[1])


def _limit(kind: int, most: int, *, last: int | None = None) -> None:
    # Where the system or whoever runs it allows less, that holds; where it knows no such limit, the
    # others do.
    with suppress(OSError, ValueError):
        allowed = resource.getrlimit(kind)[1]
        if allowed != resource.RLIM_INFINITY:
            most = min(most, allowed)
        resource.setrlimit(kind, (most, most if last is None else last))


def _answer(path: Path, memory: int) -> dict[str, Any]:
    try:
        return {"texts": texts_of(path)}
    except DocumentError as error:
        if isinstance(error.__cause__, MemoryError):
            return _refusal(memory)
        return _told(error)
    except MemoryError:
        return _refusal(memory)


def _refusal(memory: int) -> dict[str, Any]:
    return _told(
        UnsafeDocumentError(
            f"Reading it takes more than {memory >> 20:,} MB of memory.",
            cure="If it is genuine, save it again from its own program, or split it.",
        )
    )


def _told(error: DocumentError) -> dict[str, Any]:
    return {
        "error": {
            "unsafe": isinstance(error, UnsafeDocumentError),
            "problem": error.problem,
            "place": error.place,
            "cure": error.cure,
        }
    }


if __name__ == "__main__":
    main()
