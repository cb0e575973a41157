"""Running jobs: in processes on this machine, or on a Dask cluster."""

from __future__ import annotations

import logging
import os
import queue
import threading
import time
import warnings
from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from fourp_nlp.errors import INSTALL_SCALE, FourpError, MissingExtraError
from fourp_nlp.spacy_import import claim_process

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = ["run"]

T = TypeVar("T")
R = TypeVar("R")

_ALONE = 3
"""How often a job is tried alone, after a worker died that may have been doing it."""

_PATIENCE = 20.0
"""Seconds to wait for a scheduler, or for a worker to come (back)."""

_LOOK = 2.0
"""Seconds between two looks at a cluster that tells nothing."""


def run(
    function: Callable[[T], R],
    jobs: Sequence[T],
    *,
    lost: Callable[[T], R],
    workers: int = 0,
    cluster: str = "",
    check: Callable[[], str] | None = None,
) -> Iterator[R]:
    """Do every job and hand out the results as they come.

    Parameters
    ----------
    function : callable
        Does a job. It must give the same however often it is done: what a lost worker was doing is done
        again.
    jobs : sequence
        The jobs.
    lost : callable
        Makes the result of a job that takes its worker down every time.
    workers : int
        Processes on this machine; 0 for one a processor.
    cluster : str
        Address of a Dask scheduler, such as ``tcp://host:8786``, in place of this machine.
    check : callable, optional
        Says what is wrong with the process that it is called in; empty if nothing is. Every worker of the
        cluster is asked first.

    Yields
    ------
    object
        The results, in no order.

    Raises
    ------
    FourpError
        If the cluster cannot be reached, has no workers, has one that cannot take part, or is lost.
    MissingExtraError
        If a cluster is named and the extra ``scale`` is not installed.
    """
    if cluster:
        return _on_cluster(function, jobs, lost, cluster, check)
    return _here(function, jobs, lost, workers or os.cpu_count() or 1)


def _here(
    function: Callable[[T], R], jobs: Sequence[T], lost: Callable[[T], R], workers: int
) -> Iterator[R]:
    """Use joblib's processes, and hand out no more jobs than are being done: so the suspects are few."""
    from concurrent.futures import FIRST_COMPLETED, wait

    from joblib.externals.loky.process_executor import (
        BrokenProcessPool,
        ProcessPoolExecutor,
    )

    def pool(size: int) -> Any:
        settings = {"initializer": _end_with, "initargs": (os.getpid(),)}
        return ProcessPoolExecutor(size, timeout=None, env=_one_thread_each(), **settings)

    waiting = deque(jobs)
    suspects: deque[T] = deque()
    while waiting:
        executor = pool(min(workers, len(waiting)))
        doing: dict[Any, T] = {}
        try:
            while waiting or doing:
                while waiting and len(doing) < workers:
                    job = waiting.popleft()
                    doing[executor.submit(function, job)] = job
                done, _ = wait(doing, return_when=FIRST_COMPLETED)
                for future in done:
                    result = future.result()
                    del doing[future]
                    yield result
        except BrokenProcessPool:
            suspects.extend(doing.values())
        finally:
            executor.shutdown(wait=False, kill_workers=True)
        yield from _alone(function, suspects, lost, pool)


def _alone(
    function: Callable[[T], R],
    suspects: deque[T],
    lost: Callable[[T], R],
    pool: Callable[[int], Any],
) -> Iterator[R]:
    """Do jobs one at a time, so that it is plain which one takes its worker down."""
    from joblib.externals.loky.process_executor import (
        BrokenProcessPool,
    )

    executor, tries = None, 0
    try:
        while suspects:
            executor = executor or pool(1)
            try:
                result: R = executor.submit(function, suspects[0]).result()
            except BrokenProcessPool:
                executor.shutdown(wait=False, kill_workers=True)
                executor, tries = None, tries + 1
                if tries < _ALONE:
                    continue
                result = lost(suspects[0])
            suspects.popleft()
            tries = 0
            yield result
    finally:
        if executor is not None:
            executor.shutdown(wait=False, kill_workers=True)


def _end_with(driver: int) -> None:
    """Have this worker end when its driver is gone: one that was killed can tell nobody."""
    claim_process()

    def watch() -> None:
        while os.getppid() == driver:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _one_thread_each() -> dict[str, str]:
    """Return the settings that keep processes from taking each other's processors."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    return dict.fromkeys(names, "1")


def _on_cluster(
    function: Callable[[T], R],
    jobs: Sequence[T],
    lost: Callable[[T], R],
    address: str,
    check: Callable[[], str] | None,
) -> Iterator[R]:
    """Hand jobs to Dask, which does again what a lost worker was doing, and gives up after some times."""
    try:
        import distributed
    except ImportError as error:
        raise MissingExtraError(
            "A cluster is reached through dask.distributed.", cure=INSTALL_SCALE
        ) from error
    if not jobs:
        return
    connect: Any = distributed.Client
    with _quiet():
        _check_certificates(address)
        try:
            client = connect(address, timeout=f"{_PATIENCE}s", set_as_default=False)
        except Exception as error:
            raise FourpError(
                f"The cluster at {address} cannot be reached: {_first_line(error)}.",
                cure="Start one (`dask scheduler`, then `dask worker ADDRESS`), look for a typing error in "
                "its address, or leave --cluster out.",
            ) from error
        try:
            cluster: _Cluster[T, R] = _Cluster(client, address)
            cluster.ask(check)
            yield from cluster.do(function, jobs, lost)
        finally:
            client.close(timeout=_LOOK)


def _check_certificates(address: str) -> None:
    """Refuse an encrypted cluster without certificates; Dask's client would wait long before it gives up."""
    if not address.startswith("tls://"):
        return
    import distributed

    problem = "Dask's settings name no certificates"
    security: Any = distributed.Security
    try:
        if security().get_connection_args("client")["ssl_context"] is not None:
            return
    except (OSError, ValueError) as error:
        problem = f"the certificates that Dask's settings name cannot be read: {_first_line(error)}"
    raise FourpError(
        f"The cluster at {address} cannot be reached: {problem}.",
        cure="Name them under distributed.comm.tls in Dask's settings, as on the scheduler.",
    )


class _Cluster(Generic[T, R]):
    """A Dask cluster that is watched: it may lose workers, all of them, or its scheduler."""

    def __init__(self, client: Any, address: str) -> None:
        self._client = client
        self._address = address
        self._arrived: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._doing: dict[Any, tuple[Any, T]] = {}
        self._alone_since = time.monotonic()

    def ask(self, check: Callable[[], str] | None) -> None:
        """Wait for a worker, and ask all whether they can take part."""
        while not self._threads():
            time.sleep(0.2)
        if check is None:
            return
        try:
            problems = self._client.run(check)
        except Exception as error:
            raise FourpError(
                f"The workers at {self._address} cannot be asked: {_first_line(error)}.",
                cure="Give scheduler and workers the driver's environment.",
            ) from error
        wrong = {worker: problem for worker, problem in sorted(problems.items()) if problem}
        if wrong:
            raise FourpError(
                f"{len(wrong)} of {len(problems)} workers cannot take part; "
                + "; ".join(f"{worker}: {problem}" for worker, problem in list(wrong.items())[:3])
                + ".",
                cure="Give all workers the driver's environment and the same folders.",
            )

    def do(
        self, function: Callable[[T], R], jobs: Sequence[T], lost: Callable[[T], R]
    ) -> Iterator[R]:
        """Do every job; those that were on workers that died are tried alone at last."""
        from distributed.scheduler import KilledWorker

        waiting, suspects = deque(jobs), deque[T]()
        while waiting or suspects or self._doing:
            # Twice as many as are being done, so that no worker waits for this program.
            most = 2 * max(self._threads(), 1) if waiting else 0
            while waiting and len(self._doing) < most:
                self._submit(function, waiting.popleft())
            alone = not waiting and not self._doing and bool(suspects)
            if alone:
                self._submit(function, suspects.popleft())
            future, job = self._next()
            problem = future.exception() if future.status == "error" else None
            if future.cancelled():
                raise self._lost()
            if isinstance(problem, KilledWorker):
                # Dask suspects whatever a lost worker had before it, done or not.
                if alone:
                    yield lost(job)
                else:
                    suspects.append(job)
            elif isinstance(problem, FourpError):
                raise problem
            elif problem is not None:
                raise FourpError(
                    f"A worker at {self._address} cannot take part "
                    f"({type(problem).__name__}: {_first_line(problem)}).",
                    cure="Give all workers the driver's environment, then run the same command again.",
                ) from problem
            else:
                yield self._fetched(future)
            future.release()

    def _submit(self, function: Callable[[T], R], job: T) -> None:
        future = self._client.submit(function, job, pure=False)
        self._doing[future.key] = (future, job)
        future.add_done_callback(self._arrived.put)

    def _fetched(self, future: Any) -> R:
        try:
            result: R = future.result()
        except Exception as error:
            # The job was done; only the way to its result can fail.
            raise self._lost() from error
        return result

    def _next(self) -> tuple[Any, T]:
        while True:
            try:
                future = self._arrived.get(timeout=_LOOK)
            except queue.Empty:
                self._threads()
                continue
            return self._doing.pop(future.key)

    def _threads(self) -> int:
        """Return how many jobs can be done at once; an error if there was no worker for long."""
        if self._client.status != "running":
            raise self._lost()
        try:
            threads = int(sum(self._client.nthreads().values()))
        except Exception as error:
            raise self._lost() from error
        if threads:
            self._alone_since = time.monotonic()
        elif time.monotonic() - self._alone_since > _PATIENCE:
            raise FourpError(
                f"The cluster at {self._address} has no workers.",
                cure=f"Start some (`dask worker {self._address} --nthreads 1`) and run the same command "
                "again: what is finished stays.",
            )
        return threads

    def _lost(self) -> FourpError:
        return FourpError(
            f"The cluster at {self._address} was lost.",
            cure="Start it again and run the same command: what is finished stays.",
        )


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Dask from telling what is told here in a sentence."""
    loggers = [logging.getLogger(name) for name in ("distributed.client", "distributed.comm")]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            # Versions that matter are compared on every worker.
            warnings.filterwarnings("ignore", module="distributed")
            yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)
