"""The child process's loop: it answers requests until its parent ends."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn

from fourp_nlp.sandbox._messages import receive, send
from fourp_nlp.sandbox._process_limits import Watch, limit_memory, limit_processor
from fourp_nlp.sandbox.process_memory import most_resident, peak

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["serve"]

_MAX_REQUEST = 1 << 20
_MAX_CONTENT = 1 << 30


def serve(answer: Callable[[dict[str, Any], bytes], dict[str, Any]]) -> NoReturn:
    """Answer one request after another, until nobody asks any more; then end this process.

    Requests come on standard input, answers go to standard output. The first word of the command line is
    the bytes of memory that this process may hold, 0 for any number.

    Parameters
    ----------
    answer : callable
        Makes an answer of a request and the bytes that came with it. It may raise MemoryError.
    """
    memory = int(sys.argv[1])
    # Ctrl+C is for the process that asked, which then ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asked, answers = _streams()
    limit_memory(memory)
    watch = Watch(memory)
    with suppress(OSError):
        send(answers, {"ready": most_resident()})
        while (
            received := receive(asked, most=_MAX_REQUEST, most_content=_MAX_CONTENT)
        ) is not None:
            order, content = received
            watch.works(float(order["clock"]))
            limit_processor(float(order["processor"]))
            _respond(answers, answer, order["request"], bytes(content), memory)
            del received, order, content
            watch.rests()
    os._exit(0)


def _respond(
    answers: int,
    answer: Callable[[dict[str, Any], bytes], dict[str, Any]],
    request: dict[str, Any],
    content: bytes,
    memory: int,
) -> None:
    try:
        message = {"answer": answer(request, content)}
        # Whoever held much may hold it still: the next request finds an empty house.
        send(answers, message | {"last": bool(memory) and peak() > memory // 3})
    except MemoryError:
        send(answers, {"over": "memory", "last": True})


def _streams() -> tuple[int, int]:
    """Keep both pipes for messages alone: what a library prints goes nowhere."""
    asked, answers = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    if sys.platform == "win32":
        import msvcrt

        for stream in (asked, answers):
            msvcrt.setmode(stream, os.O_BINARY)
    return asked, answers
