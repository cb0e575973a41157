"""Locking a folder: one command at a time changes it."""

from __future__ import annotations

import errno
import json
import os
import socket
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from fourp_nlp.errors import FourpError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from filelock import BaseFileLock

__all__ = ["Holder", "Lock", "folder_lock", "holder_of"]

_LOCK = "lock"
_AT_WORK = "at_work.json"
_POLL = 0.1  # seconds
_LONGEST_NAME = 60
_NO_LOCKS = {errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP}


@dataclass(frozen=True)
class Holder:
    """The command that holds a folder.

    Attributes
    ----------
    command : str
        Such as "fourp train"; empty if it is not known.
    process : int
        Its process.
    computer : str
        The name of the computer that it runs on.
    since : str
        When it began: ISO 8601, in local time.
    """

    command: str = ""
    process: int = 0
    computer: str = ""
    since: str = ""

    def __str__(self) -> str:
        """Return it in words."""
        if not self.process:
            return "another command"
        computer = f" on {self.computer}" if self.computer != socket.gethostname() else ""
        began = self.since[11:16]
        return f"{self.command or 'a command'} (process {self.process}{computer}, since {began})"


@dataclass(frozen=True)
class Lock:
    """A lock that is held.

    Attributes
    ----------
    nested : bool
        Whether this program held it already.
    after_kill : bool
        Whether the command that held it before was killed, so that there may be something to clear up.
    """

    nested: bool
    after_kill: bool


def holder_of(folder: Path) -> Holder | None:
    """Return the command that says it works in a folder, or None.

    Parameters
    ----------
    folder : pathlib.Path
        The folder of locks.

    Returns
    -------
    Holder or None
        What that command left about itself; one that was killed cannot take it away.
    """
    try:
        facts = json.loads((folder / _AT_WORK).read_text(encoding="utf-8"))
        return Holder(
            _plain(facts["command"]),
            int(facts["process"]),
            _plain(facts["computer"]),
            _plain(facts["since"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


@contextmanager
def folder_lock(
    folder: Path, *, wait: float, waiting: Callable[[Holder], object] | None = None
) -> Iterator[Lock]:
    """Hold a folder's lock: no other command that asks for it works there at the same time.

    Parameters
    ----------
    folder : pathlib.Path
        The folder of locks, which is there. A lock that this thread holds already is held on.
    wait : float
        Seconds to wait for another command.
    waiting : callable, optional
        Is told who holds it, if it is not free at once.

    Yields
    ------
    Lock
        How it was found.

    Raises
    ------
    FourpError
        If another command holds it for longer, or the folder cannot be written.

    Notes
    -----
    The system frees the lock when a process ends in whatever way. On a network drive that knows no locks
    the lock is a file that names its process, and is taken for left behind when there is none.
    """
    from filelock import FileLock, SoftFileLock, Timeout

    # Whoever may write to the folder may lock it: its owner, and the group if it is shared.
    mode = 0o600 | (folder.stat().st_mode & 0o060 if folder.is_dir() else 0)
    lock: BaseFileLock = FileLock(folder / _LOCK, is_singleton=True, mode=mode)
    nested = lock.is_locked
    try:
        try:
            _acquire(lock, folder, wait, waiting)
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise
            lock = SoftFileLock(folder / f"{_LOCK}.soft", is_singleton=True, mode=mode)
            nested = lock.is_locked
            _acquire(lock, folder, wait, waiting)
    except Timeout:
        raise FourpError(
            f"{holder_of(folder) or Holder()} is at work here, and one command at a time changes a "
            "project. Nothing was changed.",
            file=folder.parent,
            cure="Run the command again when that one is done.",
        ) from None
    except OSError as error:
        raise FourpError(
            f"The folder cannot be written: {error.strerror or error}.",
            file=folder.parent,
            cure="Copy the project to a folder that you may write to, or change the permissions.",
        ) from error
    try:
        if nested:
            yield Lock(nested=True, after_kill=False)
            return
        after_kill = holder_of(folder) is not None
        _tell(folder)
        try:
            yield Lock(nested=False, after_kill=after_kill)
        finally:
            with suppress(OSError):
                (folder / _AT_WORK).unlink(missing_ok=True)
    finally:
        lock.release()


def _acquire(
    lock: BaseFileLock, folder: Path, wait: float, waiting: Callable[[Holder], object] | None
) -> None:
    """Take a lock; if it is not free at once, say for whom this waits."""
    from filelock import Timeout

    try:
        lock.acquire(timeout=0)
    except Timeout:
        if waiting is not None:
            waiting(holder_of(folder) or Holder())
        lock.acquire(timeout=wait, poll_interval=_POLL)


def _tell(folder: Path) -> None:
    """Leave word of who works here."""
    about = {
        "command": _command(),
        "process": os.getpid(),
        "computer": socket.gethostname(),
        "since": datetime.now().astimezone().isoformat(timespec="seconds"),
    }
    with suppress(OSError):  # a full disk: what matters then is told by what is written next
        (folder / _AT_WORK).write_text(json.dumps(about), encoding="utf-8")


def _command() -> str:
    """Return the name of the command that runs, without its options, which may name people."""
    name = Path(sys.argv[0]).stem if sys.argv and sys.argv[0] else "python"
    first = sys.argv[1] if len(sys.argv) > 1 and not sys.argv[1].startswith("-") else ""
    return f"fourp {first}".strip() if name in {"fourp", "__main__"} else name


def _plain(value: object) -> str:
    return "".join(letter for letter in str(value) if letter.isprintable())[:_LONGEST_NAME]
