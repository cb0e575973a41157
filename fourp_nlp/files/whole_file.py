"""Writing one file, whole or not at all."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from fourp_nlp.errors import FourpError
from fourp_nlp.files._temporary_names import DRAFT, beside
from fourp_nlp.files.disk_sync import sync_file, sync_folder
from fourp_nlp.files.leftovers import sweep_drafts
from fourp_nlp.files.private import private_file_mode

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["replacing"]


@contextmanager
def replacing(path: str | os.PathLike[str], *, private: bool = False) -> Iterator[Path]:
    """Hand out a temporary name beside a file; on success it takes the file's place.

    An error inside the block leaves an earlier file as it was and no temporary file behind. The content is
    on the disk before it takes the name.

    Parameters
    ----------
    path : str or os.PathLike
        The file to be written; its folder is made where it is missing.
    private : bool, default False
        Whether the file is for its owner alone, as `private_file_mode` says, and not for whoever the
        user's files are for.

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
    partial = beside(target, DRAFT)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        sweep_drafts(target)
        try:
            if private:
                mode = private_file_mode(target.parent)
                os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode))
                partial.chmod(mode)
            yield partial
            sync_file(partial)
            partial.replace(target)
            sync_folder(target.parent)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise FourpError(
            f"The file cannot be written: {error.strerror or error}.",
            file=target,
            cure="Close it if it is open in another program, and check the folder and the disk.",
        ) from error
