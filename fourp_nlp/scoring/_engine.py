"""Who does the work: processes on this machine, or a Dask cluster; both are handed the same function."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from contextlib import closing
from typing import TYPE_CHECKING, Any, TypeVar

from fourp_nlp.errors import FourpError, MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = ["run"]

T = TypeVar("T")
R = TypeVar("R")

_SCALE = "Install what scores at scale: pip install 'fourp_nlp[scale]'"
_ALONE = 3
"""How often a job is tried alone, after a worker died that may have been doing it."""


def run(
    function: Callable[[T], R],
    jobs: Sequence[T],
    *,
    lost: Callable[[T], R],
    workers: int = 0,
    cluster: str = "",
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

    Yields
    ------
    object
        The results, in no order.

    Raises
    ------
    FourpError
        If the cluster cannot be reached, or is lost.
    MissingExtraError
        If a cluster is named and the extra ``scale`` is not installed.
    """
    if cluster:
        return _on_cluster(function, jobs, lost, cluster)
    return _here(function, jobs, lost, workers or os.cpu_count() or 1)


def _here(
    function: Callable[[T], R], jobs: Sequence[T], lost: Callable[[T], R], workers: int
) -> Iterator[R]:
    """Use joblib's processes, and hand out no more jobs than are being done: so the suspects are few."""
    from concurrent.futures import FIRST_COMPLETED, wait  # noqa: PLC0415 - slow to import

    from joblib.externals.loky.process_executor import (  # noqa: PLC0415 - slow to import
        BrokenProcessPool,
        ProcessPoolExecutor,
    )

    def pool(size: int) -> Any:  # noqa: ANN401 - loky has no types
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
        while suspects:
            yield _alone(function, suspects.popleft(), lost, pool)


def _alone(
    function: Callable[[T], R], job: T, lost: Callable[[T], R], pool: Callable[[int], Any]
) -> R:
    from joblib.externals.loky.process_executor import (  # noqa: PLC0415 - slow to import
        BrokenProcessPool,
    )

    for _ in range(_ALONE):
        executor = pool(1)
        try:
            result: R = executor.submit(function, job).result()
            return result
        except BrokenProcessPool:
            continue
        finally:
            executor.shutdown(wait=False, kill_workers=True)
    return lost(job)


def _end_with(driver: int) -> None:
    """Have this worker end when its driver is gone: one that was killed can tell nobody."""

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
    function: Callable[[T], R], jobs: Sequence[T], lost: Callable[[T], R], address: str
) -> Iterator[R]:
    """Hand jobs to Dask, which does again what a lost worker was doing, and gives up after some times."""
    try:
        from distributed import Client, as_completed  # noqa: PLC0415 - an extra
        from distributed.scheduler import KilledWorker  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingExtraError(
            "A cluster is reached through dask.distributed.", cure=_SCALE
        ) from error
    try:
        client = Client(address, timeout="10s", set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise FourpError(
            f"The cluster at {address} cannot be reached: {error}.",
            cure="Start one (`dask scheduler`, `dask worker ADDRESS`), or leave --cluster out.",
        ) from error
    with closing(client):
        waiting = deque(jobs)
        doing: dict[Any, T] = {}
        # Twice as many as are being done, so that no worker waits for this program.
        most = 2 * max(sum(client.nthreads().values()), 1)
        arriving = as_completed(loop=client.loop)
        while waiting or doing:
            while waiting and len(doing) < most:
                job = waiting.popleft()
                future = client.submit(function, job, pure=False)
                doing[future.key] = job
                arriving.add(future)
            future = next(arriving)
            job = doing.pop(future.key)
            if future.status == "error" and isinstance(future.exception(), KilledWorker):
                yield lost(job)
            elif future.cancelled():
                raise FourpError(
                    f"The cluster at {address} was lost.",
                    cure="Start it again and run the same command: what is finished stays.",
                )
            else:
                yield future.result()
            future.release()
