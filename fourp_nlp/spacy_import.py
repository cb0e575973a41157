"""Importing spaCy without PyTorch, in a process that runs nothing but this program.

thinc, on which spaCy rests, imports torch wherever it is installed, and that takes longer than all the rest
of a short command. What divides sentences computes with NumPy. thinc remembers that there is no torch, so
pipelines that need it could not be loaded afterwards in the same process: in a process of other people's,
spaCy is imported as it is.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["claim_process", "without_torch"]

_OURS: set[str] = set()
"""Holds "process" once this process is known to run nothing but this program."""


class _NoTorch(MetaPathFinder):
    """Says of torch that it is not installed, and of everything else nothing."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:  # noqa: ARG002 - as every finder has them
        if fullname == "torch":
            raise ModuleNotFoundError("torch is kept out while spaCy is loaded", name=fullname)


def claim_process() -> None:
    """Say that this process runs nothing but this program: its command line, or a worker that it started."""
    _OURS.add("process")


@contextmanager
def without_torch() -> Iterator[None]:
    """Let nothing import torch meanwhile, if the process is ours and torch is not there yet."""
    if not _OURS or "torch" in sys.modules:
        yield
        return
    finder = _NoTorch()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
