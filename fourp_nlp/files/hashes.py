"""Hashes of several files, to compare a folder with its known state."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["files_digest", "sha256_of"]

_CHUNK = 1 << 20


def sha256_of(files: Iterable[Path]) -> str:
    """Return the SHA-256 of files, one after the other.

    Parameters
    ----------
    files : iterable of pathlib.Path
        The files.

    Returns
    -------
    str
        In hexadecimal.
    """
    digest = hashlib.sha256()
    for path in files:
        with path.open("rb") as stream:
            while block := stream.read(_CHUNK):
                digest.update(block)
    return digest.hexdigest()


def files_digest(folder: Path, files: Iterable[Path]) -> str:
    """Return one hash of a folder's files: of their names and their contents.

    Parameters
    ----------
    folder : pathlib.Path
        The folder.
    files : iterable of pathlib.Path
        Files in it, in any order.

    Returns
    -------
    str
        SHA-256 in hexadecimal. A file that was changed, renamed, added or taken away changes it.
    """
    lines = sorted(f"{path.relative_to(folder).as_posix()}\0{sha256_of([path])}" for path in files)
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogateescape")).hexdigest()
