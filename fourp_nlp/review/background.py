"""Work that takes long, done in threads beside the page, which asks again and is told how far it is."""

from __future__ import annotations

import asyncio
import time
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Background", "Working"]

_PATIENCE = 1.0  # seconds that a request waits before it is told that the work goes on
_MOST_KEPT = 64


class Working:
    """Says that work goes on.

    Attributes
    ----------
    step : str
        What is done.
    seconds : int
        Since when.
    done, total : int
        How far it is; 0 of 0 where that is not known.
    """

    def __init__(self, step: str, seconds: int, done: int, total: int) -> None:
        self.step, self.seconds, self.done, self.total = step, seconds, done, total

    def as_data(self) -> dict[str, Any]:
        """Return it as the page's script reads it."""
        return {"working": dict(vars(self))}


class _Job:
    def __init__(self, work: Callable[[Callable[[int, int], None]], Any], step: str) -> None:
        self._work, self.step, self._began = work, step, time.monotonic()
        self._over, self._progress = Event(), (0, 0)
        self._result: Any = None
        self._error: BaseException | None = None
        # A daemon: it must not keep the command from ending.
        Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        try:
            self._result = self._work(self._tell)
        except BaseException as error:  # noqa: BLE001 - raised where it is asked for
            self._error = error
        finally:
            self._over.set()

    def _tell(self, done: int, total: int) -> None:
        self._progress = done, total

    async def outcome(self) -> Any:
        if not self._over.is_set():
            await asyncio.to_thread(self._over.wait, _PATIENCE)
        if not self._over.is_set():
            return Working(self.step, int(time.monotonic() - self._began), *self._progress)
        if self._error is not None:
            raise self._error
        return self._result


class Background:
    """Results by what was asked, each made once in a thread of its own."""

    def __init__(self) -> None:
        self._jobs: dict[tuple[object, ...], _Job] = {}

    async def get(
        self,
        key: tuple[object, ...],
        work: Callable[[Callable[[int, int], None]], Any],
        step: str,
    ) -> Any:
        """Return a result, or `Working` while it is made.

        Parameters
        ----------
        key : tuple
            What is asked. The same key has the same result.
        work : callable
            Makes it; is handed a function that is told of progress.
        step : str
            What is done, in words.

        Returns
        -------
        object
            The result, or `Working`. An error of the work is raised to each who asks, and is not kept.
        """
        job = self._jobs.pop(key, None) or _Job(work, step)
        self._jobs[key] = job
        while len(self._jobs) > _MOST_KEPT:
            self._jobs.pop(next(iter(self._jobs)))
        try:
            return await job.outcome()
        except BaseException:
            self._jobs.pop(key, None)
            raise
