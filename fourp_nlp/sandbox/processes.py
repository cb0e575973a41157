"""A pool of child processes, one per thread that asks."""

from __future__ import annotations

import atexit
import os
import threading
import weakref
from typing import TYPE_CHECKING, Any

from fourp_nlp.sandbox.process import Breakdown, Process

if TYPE_CHECKING:
    from fourp_nlp.sandbox.request_limits import Limits

__all__ = ["Processes"]

_MOST_REQUESTS = 1_000
"""Requests that one process answers: then another takes its place."""


class Processes:
    """Processes that answer one request at a time each; they are started when they are needed.

    They end with this process, and are left to it where another is forked from it.

    Parameters
    ----------
    module : str
        What they run; it calls `serve`.
    limits : Limits
        What one request may take.
    reads : str
        What they read, in the plural, for messages.
    """

    def __init__(self, module: str, limits: Limits, *, reads: str) -> None:
        self.limits = limits
        self._module = module
        self._reads = reads
        self._idle: list[Process] = []
        self._lock = threading.Lock()
        _all.add(self)

    def ask(self, request: dict[str, Any], content: bytes = b"", *, size: int) -> dict[str, Any]:
        """Have another process answer a request.

        Parameters
        ----------
        request : dict
            What JSON can hold, a megabyte at most.
        content : bytes, optional
            What goes with it.
        size : int
            Bytes of what is to be read, on which the time depends that it may take.

        Returns
        -------
        dict
            The answer, of which nothing is to be believed unchecked; empty if it was none.

        Raises
        ------
        Breakdown
            If the process broke down over the request, or went beyond a limit.
        FourpError
            If no process can be started.
        """
        while True:
            process = self._take()
            try:
                message = process.ask(request, content, size)
            except Breakdown as broken:
                # What broke down may have been hurt by an earlier request: only a fresh one is believed.
                if process.requests > 1 and not broken.over:
                    continue
                raise
            except BaseException:
                process.end()
                raise
            answer = message.get("answer")
            sensible = isinstance(answer, dict)
            if sensible and not message.get("last") and process.requests < _MOST_REQUESTS:
                with self._lock:
                    self._idle.append(process)
            else:
                process.end()
            if message.get("over") == "memory":
                raise Breakdown("memory")
            return answer if isinstance(answer, dict) else {}

    def close(self) -> None:
        """End the processes that wait for a request."""
        while self._idle:
            self._idle.pop().end()

    def forget(self) -> None:
        """Leave the processes to the one that this one was forked from."""
        self._lock = threading.Lock()
        for process in self._idle:
            process.forget()
        self._idle.clear()

    def _take(self) -> Process:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return Process(self._module, self.limits, reads=self._reads)


_all: weakref.WeakSet[Processes] = weakref.WeakSet()


def _close_all() -> None:
    for processes in list(_all):
        processes.close()


def _forget_all() -> None:
    for processes in list(_all):
        processes.forget()


atexit.register(_close_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_all)
