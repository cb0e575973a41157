"""Splitting delimited tables into cells of any length."""

from __future__ import annotations

import csv
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["MAX_CELL", "cell_reader"]

MAX_CELL = 2**31 - 1
"""Characters that a cell may hold: the most that the csv module takes on every system."""

_lock = threading.Lock()
_reading = 0
_before = 0


@contextmanager
def cell_reader(
    lines: Iterable[str], *, delimiter: str = ",", strict: bool = True
) -> Iterator[Any]:
    r"""Hand out a reader of the csv module that takes cells of any length.

    Parameters
    ----------
    lines : iterable of str
        The lines, or a stream that was opened with ``newline=""``.
    delimiter : str
        What stands between cells.
    strict : bool
        Whether a damaged file is an error. The csv module else makes sense of it in its own way.

    Yields
    ------
    reader of the csv module
        The rows; read them inside the block.

    Notes
    -----
    The csv module refuses cells of more than 131,072 characters, and its limit is one for the whole
    process. It is raised while anybody reads here, in whichever thread, and put back when the last one
    has finished, so that neither readers here nor other programs in the process disturb each other.

    Examples
    --------
    >>> with cell_reader(["document,quote\n", "a.txt," + "x" * 200_000]) as reader:
    ...     len(list(reader)[1][1])
    200000
    """
    global _reading, _before  # noqa: PLW0603 - as is the limit
    with _lock:
        if not _reading:
            _before = csv.field_size_limit(MAX_CELL)
        _reading += 1
    try:
        yield csv.reader(lines, delimiter=delimiter, strict=strict)
    finally:
        with _lock:
            _reading -= 1
            if not _reading:
                csv.field_size_limit(_before)
