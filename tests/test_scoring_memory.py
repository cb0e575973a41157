"""A worker under Dask does not ask the system for the same memory over and over."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

# Takes and frees a megabyte a thousand times; prints how often a page of memory had to be fetched.
WORK = """
import resource
import sys
import numpy as np
from fourp_nlp.batch._worker_memory import keep_freed_memory
if sys.argv[1] == "undone":
    keep_freed_memory()
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
np.ones(2**17)
before = faults()
for _ in range(1000):
    np.ones(2**17)
print(faults() - before)
"""


def faults(threshold: str, how: str) -> int:
    environment = {**os.environ, "MALLOC_TRIM_THRESHOLD_": threshold}
    told = subprocess.run(
        [sys.executable, "-c", WORK, how],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return int(told.stdout)


def has_glibc() -> bool:
    return sys.platform == "linux" and "glibc" in os.confstr("CS_GNU_LIBC_VERSION")


@pytest.mark.skipif(not has_glibc(), reason="it is glibc's memory")
def test_what_dask_sets_is_undone_and_what_somebody_else_set_is_not():
    assert faults("65536", "as it is") > 100_000
    assert faults("65536", "undone") < 10_000
    assert faults("65537", "undone") > 100_000
