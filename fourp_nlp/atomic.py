"""Writing a file whole or not at all."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from fourp_nlp.errors import FourpError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["replacing"]


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Hand out a temporary name beside a file; on success it takes the file's place.

    An error inside the block leaves an earlier file as it was and no temporary file behind.

    Parameters
    ----------
    path : str or os.PathLike
        The file to be written; its folder is made where it is missing.

    Yields
    ------
    pathlib.Path
        The name to write to.

    Raises
    ------
    FourpError
        If the folder or the file cannot be written.
    """
    target = Path(path)
    # Not tempfile: its files are readable by their owner alone, and would stay so after the rename.
    partial = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield partial
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise FourpError(
            f"The file cannot be written: {error.strerror or error}.",
            file=target,
            cure="Close it if it is open in another program, and check the folder and the disk.",
        ) from error
