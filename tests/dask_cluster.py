"""A Dask scheduler and workers as processes of their own, on this machine."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from pathlib import Path

HOST = "127.0.0.1"


class Cluster:
    """A scheduler with workers of one thread; each worker has a nanny that starts it again."""

    def __init__(
        self, folder: Path, workers: int = 2, *, protocol: str = "tcp", **environment: str
    ) -> None:
        self.folder = folder
        self._environment = {**os.environ, "OMP_NUM_THREADS": "1", **environment}
        self._processes: list[subprocess.Popen[bytes]] = []
        told = folder / "scheduler.json"
        told.unlink(missing_ok=True)
        self.scheduler = self._start(
            "scheduler",
            *("--host", HOST, "--port", "0", "--protocol", protocol),
            *("--scheduler-file", str(told)),
        )
        self.address = self._address(told)
        for _ in range(workers):
            self.add_worker()

    def add_worker(self, **environment: str) -> subprocess.Popen[bytes]:
        """Start a worker, which joins when it is ready."""
        return self._start(
            "worker",
            self.address,
            *("--host", HOST, "--nthreads", "1", "--memory-limit", "0"),
            *("--death-timeout", "60", "--local-directory", str(self.folder / "spill")),
            **environment,
        )

    def worker_pids(self) -> list[int]:
        """Return the processes that do the work, as the scheduler knows them."""
        from distributed import Client

        with Client(self.address, timeout="20s", set_as_default=False) as client:
            return list(client.run(os.getpid).values())

    def wait(self, workers: int = 2, timeout: float = 60) -> None:
        """Wait until so many workers have joined."""
        from distributed import Client

        with Client(self.address, timeout="20s", set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=timeout)

    @property
    def nannies(self) -> list[int]:
        """The processes that the workers run below."""
        return [process.pid for process in self._processes[1:]]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End all of it."""
        for process in reversed(self._processes):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        for process in self._processes:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def _start(self, kind: str, *words: str, **environment: str) -> subprocess.Popen[bytes]:
        log = (self.folder / f"{kind}-{len(self._processes)}.log").open("wb")
        process = subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.dask_{kind}", *words, "--no-dashboard"],
            stdout=log,
            stderr=subprocess.STDOUT,
            env={**self._environment, **environment},
            cwd=self.folder,  # python -m would otherwise look for packages here first
            start_new_session=True,
        )
        log.close()
        self._processes.append(process)
        return process

    def _address(self, told: Path) -> str:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            with contextlib.suppress(OSError, ValueError, KeyError):
                return str(json.loads(told.read_text())["address"])
            time.sleep(0.05)
        raise TimeoutError((self.folder / "scheduler-0.log").read_text())
