"""Files of many writers: each under a name of its own, renamed when it is whole and on the disk."""

from __future__ import annotations

import os
import platform
import secrets
import shutil
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from fourp_nlp.errors import FourpError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["finish", "partial_of", "sweep", "write_whole", "writing"]

_FORGOTTEN = 7 * 24 * 3600
"""Seconds after which a temporary folder is nobody's."""
_STALE = 3600
"""Seconds after which a temporary file that nothing was added to is nobody's."""


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Tell a fault of the disk as what it is.

    Parameters
    ----------
    folder : pathlib.Path
        The folder of scores, for the message.

    Raises
    ------
    FourpError
        In place of an OSError inside the block.
    """
    try:
        yield
    except OSError as error:
        raise FourpError(
            f"The scores cannot be written: {error.strerror or error}.",
            file=folder,
            cure="Check folder and disk, then run the same command again.",
        ) from error


def partial_of(path: Path) -> Path:
    """Return a temporary name beside a file.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    pathlib.Path
        No other writer has it, in whatever process, thread or machine.
    """
    # The host too, as two may have processes of one number; a token, as a process may write twice at once.
    return path.with_name(
        f".{path.name}.{platform.node()}.{os.getpid()}.t{secrets.token_hex(4)}.tmp"
    )


def finish(partial: Path, path: Path) -> None:
    """Give a file that is whole its name.

    Parameters
    ----------
    partial, path : pathlib.Path
        From and to.
    """
    with partial.open("rb+") as stream:
        os.fsync(stream.fileno())
    partial.replace(path)
    _sync_folder(path.parent)


def write_whole(path: Path, text: str, *, first: bool = False) -> None:
    """Write a text file, whole or not at all.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    text : str
        What it holds.
    first : bool
        Whether a file that is there stays: of two writers that begin at once, one is first.

    Raises
    ------
    FourpError
        If it cannot be written.
    """
    partial = partial_of(path)
    with writing(path.parent):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            partial.write_text(text, encoding="utf-8")
            if first:
                # A link is made or not; where the file system has none, a rename must do.
                with suppress(FileExistsError):
                    _link(partial, path)
            else:
                finish(partial, path)
        finally:
            partial.unlink(missing_ok=True)


def _link(partial: Path, path: Path) -> None:
    try:
        os.link(partial, path)
    except FileExistsError:
        raise
    except OSError:
        if not path.exists():
            finish(partial, path)


def sweep(folder: Path) -> None:
    """Remove what killed processes left half written, and nothing that a living one writes.

    Parameters
    ----------
    folder : pathlib.Path
        A folder. Of other machines' files, only those go that were not added to for an hour.
    """
    for path in folder.glob(".fourp-*"):
        with suppress(OSError):
            if path.is_dir() and path.stat().st_mtime < time.time() - _FORGOTTEN:
                shutil.rmtree(path, ignore_errors=True)
    here = f".{platform.node()}."
    for path in folder.glob(".*.tmp"):
        place, _, number = path.name.removesuffix(".tmp").rpartition(".")[0].rpartition(".")
        mine = f"{place}.".endswith(here) and number.isdigit()
        with suppress(OSError):
            if (mine and not _alive(int(number))) or path.stat().st_mtime < time.time() - _STALE:
                path.unlink(missing_ok=True)


def _alive(process: int) -> bool:
    if os.name == "nt":
        return True  # there, asking would end it
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _sync_folder(folder: Path) -> None:
    """Have the new name itself on the disk, where the system can do so."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_DIRECTORY)
    try:
        os.fsync(handle)
    except OSError:
        pass  # some network file systems cannot
    finally:
        os.close(handle)
