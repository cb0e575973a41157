"""Undoing a memory setting of Dask workers that slows down inference."""

from __future__ import annotations

import ctypes
import os

__all__ = ["keep_freed_memory"]

_NAME = "MALLOC_TRIM_THRESHOLD_"
_OF_DASK = "65536"
_TRIM, _MMAP = -1, -3  # M_TRIM_THRESHOLD and M_MMAP_THRESHOLD of glibc's malloc.h
_MIB = 2**20


def keep_freed_memory() -> None:
    """Let this process keep some memory that it freed, if Dask has told it to return everything.

    Dask starts its workers with ``MALLOC_TRIM_THRESHOLD_=65536`` [1]_. Then a network, which takes and
    frees megabytes for every batch, gets each of them from the system anew, and loses time by it. This
    sets what glibc arrives at by itself in a process without that variable [2]_. Any other value is
    somebody's wish, and stays; so does everything where the C library is another.

    References
    ----------
    .. [1] Dask, configuration reference, ``distributed.nanny.pre-spawn-environ``.
    .. [2] The GNU C Library, ``mallopt(3)``: both thresholds grow with what is freed, up to 32 and 64 MiB,
       unless one of them was set.
    """
    if os.environ.get(_NAME) != _OF_DASK or os.name != "posix":
        return
    set_to = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_to is not None:
        set_to(_MMAP, 32 * _MIB)
        set_to(_TRIM, 64 * _MIB)
