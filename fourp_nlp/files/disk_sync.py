"""Flushing files to the disk, and the hash of a file's content."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path

__all__ = ["fingerprint", "sync_file", "sync_folder"]


def fingerprint(path: str | os.PathLike[str]) -> str | None:
    """Return the SHA-256 of a file's content, or None where there is no file.

    Parameters
    ----------
    path : str or os.PathLike
        The file.

    Returns
    -------
    str or None
        Hexadecimal digits.
    """
    try:
        with Path(path).open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return None


def sync_file(path: Path) -> None:
    """Wait until a file's content is on the disk."""
    # Windows wants a handle that may write.
    with path.open("r+b") as stream:
        os.fsync(stream.fileno())


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk, where the system can do so."""
    with suppress(OSError):  # Windows opens no folder, and some network drives cannot sync one
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
