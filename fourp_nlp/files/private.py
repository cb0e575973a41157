"""Files and folders with people's words, readable by their owner alone."""

from __future__ import annotations

import stat
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os

__all__ = ["private_file_mode", "private_folder"]


def private_folder(path: str | os.PathLike[str]) -> Path:
    """Make a folder that its owner alone may look into.

    Parameters
    ----------
    path : str or os.PathLike
        The folder. One that is there stays as it is.

    Returns
    -------
    pathlib.Path
        The folder.

    Raises
    ------
    OSError
        If it cannot be made.

    Notes
    -----
    In a folder that a group of people share, which their group may write to, the group may look into this
    one too. On Windows, permissions are those of the folder above.
    """
    folder = Path(path)
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    if _shared(folder.parent):
        with suppress(OSError):
            folder.chmod(0o770)
    return folder


def private_file_mode(folder: str | os.PathLike[str]) -> int:
    """Return the permissions of a file with people's words in a folder: its owner's alone.

    Parameters
    ----------
    folder : str or os.PathLike
        The folder that it lies in.

    Returns
    -------
    int
        0o600; 0o660 in a folder that the group may write to.
    """
    return 0o660 if _shared(Path(folder)) else 0o600


def _shared(folder: Path) -> bool:
    try:
        return bool(folder.stat().st_mode & stat.S_IWGRP)
    except OSError:
        return False
