"""The process that reads web pages: ``python -m fourp_nlp.website._child MEMORY``.

On standard input comes a line of JSON a page (its size, URL and the seconds that it may take) and then the
page; the answer is a line of JSON on standard output. The process ends when standard input does.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from typing import TYPE_CHECKING, Any

from fourp_nlp.website._main_text import main_text

if TYPE_CHECKING:
    from typing import BinaryIO

try:
    import resource
except ImportError:  # not on every system
    resource = None  # type: ignore[assignment]

__all__ = ["main"]

_LONGEST_HEAD = 1 << 20
_RESERVED = 2 << 30


def main() -> None:
    """Read pages until there are no more."""
    # An interruption is for the process that asked.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    memory = int(sys.argv[1])
    asked, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    # What a library prints goes nowhere.
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    _bound(memory)
    _tell(answers, {"ready": "yes"})
    while line := asked.readline(_LONGEST_HEAD):
        head: dict[str, Any] = json.loads(line)
        _bound_seconds(float(head["seconds"]))
        try:
            told = main_text(asked.read(int(head["size"])), str(head["url"]))
            _tell(answers, told)
        except MemoryError:
            os._exit(71)


def _tell(answers: BinaryIO, told: dict[str, str]) -> None:
    answers.write(json.dumps(told).encode() + b"\n")
    answers.flush()


def _bound(memory: int) -> None:
    if resource is None:
        return
    if not memory:
        return
    for kind, most in (
        (resource.RLIMIT_DATA, memory),
        (resource.RLIMIT_AS, memory + _RESERVED),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(kind, (most, most))


def _bound_seconds(seconds: float) -> None:
    """Have the system end this process if it computes for longer, even where Python has no say."""
    if resource is None:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = int(used.ru_utime + used.ru_stime + seconds) + 1
    with contextlib.suppress(OSError, ValueError):
        # The first limit alone: the other could not be raised for the next page.
        resource.setrlimit(resource.RLIMIT_CPU, (most, resource.getrlimit(resource.RLIMIT_CPU)[1]))


if __name__ == "__main__":
    main()
