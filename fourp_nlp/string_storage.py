"""Keeps texts in plain Python strings while this package works, whether or not pyarrow is installed.

pandas stores texts in pyarrow wherever that is installed, and pyarrow refuses some texts that files really
hold (lone surrogates). The pandas option that changes this holds for the whole process. It is therefore set
only while functions of this package run, and put back afterwards. Nothing here imports pandas.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["apply_to_pandas", "python_strings"]

_OPTION = "mode.string_storage"
_lock = RLock()
_running = 0
_before: str | None = None  # the option's value outside, while it is changed


@contextmanager
def python_strings() -> Iterator[None]:
    r"""Keep texts of new frames in Python strings inside the block, or as a decorator inside a function.

    Blocks may be nested and may run in several threads: the option is put back when the last one ends.

    Examples
    --------
    >>> import pandas as pd
    >>> before = pd.get_option("mode.string_storage")
    >>> with python_strings():
    ...     pd.Series(["half of a pair \ud800"]).dtype.storage
    'python'
    >>> pd.get_option("mode.string_storage") == before
    True
    """
    global _running, _before  # noqa: PLW0603 - as is the option
    with _lock:
        _running += 1
        apply_to_pandas()
    try:
        yield
    finally:
        with _lock:
            _running -= 1
            if not _running and _before is not None:
                sys.modules["pandas"].set_option(_OPTION, _before)
                _before = None


def apply_to_pandas() -> None:
    """Set the option if a block of `python_strings` is running and pandas is loaded.

    Whoever imports pandas for the first time inside such a block calls it afterwards.
    """
    global _before  # noqa: PLW0603 - as is the option
    with _lock:
        pandas = sys.modules.get("pandas")
        if _running and _before is None and pandas is not None and hasattr(pandas, "set_option"):
            _before = pandas.get_option(_OPTION)
            pandas.set_option(_OPTION, "python")
