"""Removing temporary files of killed commands, and restoring renamed ones."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import suppress
from glob import escape
from typing import TYPE_CHECKING

from fourp_nlp.files._temporary_names import ASIDE, DRAFT, parts_of, writer_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["sweep", "sweep_drafts", "sweep_of_many_writers"]

_FORGOTTEN = 7 * 24 * 3600
"""Seconds after which a temporary folder that many writers share is nobody's."""
_STALE = 3600
"""Seconds after which a temporary file of another computer, to which nothing was added, is nobody's."""


def sweep(folders: Iterable[Path]) -> list[Path]:
    """Take temporary files of killed commands away; a file that is only there as it was gets its name back.

    To be called by whoever holds the lock of these folders, after `undo_unfinished_changes`.

    Parameters
    ----------
    folders : iterable of pathlib.Path
        Where to look; folders inside are not looked into. One that is not there is passed over.

    Returns
    -------
    list of pathlib.Path
        Files and folders that got their names back.
    """
    back = []
    for folder in folders:
        try:
            names = sorted(path.name for path in folder.iterdir())
        except OSError:
            continue
        for name in names:
            parts = parts_of(name)
            if parts is None:
                continue
            path, target = folder / name, folder / parts[0]
            if _is_alive(parts[1]):
                continue
            # Of another user, or open elsewhere: the next command takes it away.
            with suppress(OSError):
                if parts[2] == ASIDE and not target.exists():
                    path.rename(target)
                    back.append(target)
                elif path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink()
    return back


def sweep_drafts(target: Path) -> None:
    """Take away what killed commands left of the file that is to be written.

    Parameters
    ----------
    target : pathlib.Path
        The file.
    """
    for path in target.parent.glob(f".{escape(target.name)}.*.{DRAFT}"):
        parts = parts_of(path.name)
        if parts is not None and parts[0] == target.name and not _is_alive(parts[1]):
            with suppress(OSError):
                path.unlink()


def sweep_of_many_writers(folder: Path) -> None:
    """Take away what killed processes left half written in a folder that several computers write to.

    Nothing that a living process writes is taken away. Of other computers' files, only those go that were
    not added to for an hour.

    Parameters
    ----------
    folder : pathlib.Path
        The folder; folders inside are not looked into.
    """
    now = time.time()
    for path in folder.glob(".fourp-*"):
        with suppress(OSError):
            if path.is_dir() and path.stat().st_mtime < now - _FORGOTTEN:
                shutil.rmtree(path, ignore_errors=True)
    for path in folder.glob(f".*.{DRAFT}"):
        process = writer_of(path.name)
        is_dead = process is not None and not _is_alive(process, locked=False)
        with suppress(OSError):
            if is_dead or path.stat().st_mtime < now - _STALE:
                path.unlink(missing_ok=True)


def _is_alive(process: int, *, locked: bool = True) -> bool:
    """Whether a process of this number runs here; a command that works without the lock may be it."""
    if process == os.getpid():
        return True
    if os.name == "nt":
        return (
            not locked
        )  # os.kill would end it; where there is a lock, whoever writes holds it: us
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True
