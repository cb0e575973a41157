"""What SQLite's errors mean, in words, with the cure that loses nothing."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

from fourp_nlp.errors import StoreError

__all__ = ["damaged", "refusal", "users_of"]

_LITTLE = 64 * 1024  # bytes
_RESTORE = (
    "Leave the file where it is, and run `fourp restore`: it lists the backups. `fourp restore --latest` "
    "puts the newest back, with what can still be read of the damaged file."
)


def damaged(path: Path, detail: str) -> StoreError:
    """Return the error of a database that is damaged.

    `detail` is what SQLite says of it; the cure is to restore a backup.
    """
    reason = " ".join(detail.splitlines()[-1:])[:200]
    return StoreError(
        f"The project's database is damaged ({reason}).",
        file=path,
        cure=_RESTORE,
    )


def refusal(error: sqlite3.Error, path: Path) -> StoreError:
    """Return what an error of SQLite means.

    Whatever happened, the file stays where it is.
    """
    # The lower eight bits are the kind; above them stand particulars.
    kind = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    if kind in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return damaged(path, str(error))
    if kind in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return _locked(path)
    if kind in {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN} and _is_full(path.parent):
        kind = sqlite3.SQLITE_FULL
    problem, cure = {
        sqlite3.SQLITE_FULL: (
            "The disk is full, so the project's database cannot be written; nothing in it was changed.",
            "Make room on the disk, and run the command again.",
        ),
        sqlite3.SQLITE_READONLY: (
            "The project's database cannot be written: you may only read it; nothing in it was changed.",
            "Change the permissions of the file and its folder, or copy the project to a folder of yours.",
        ),
        sqlite3.SQLITE_PERM: (
            "You have no permission to use the project's database.",
            "Change the permissions of the file and its folder.",
        ),
        sqlite3.SQLITE_CANTOPEN: (
            "The project's database cannot be opened or made here.",
            "Check that the folder is there, that you may write to it, and that the disk is not full.",
        ),
        sqlite3.SQLITE_IOERR: (
            f"The disk failed while the project's database was used ({error}); the change was not made.",
            "Check that the disk is connected and has room, and run the command again.",
        ),
        sqlite3.SQLITE_CONSTRAINT: (
            f"This does not go into the project's database: {error}. Nothing in it was changed.",
            "Run the command again; if that does not help, please report it.",
        ),
        sqlite3.SQLITE_TOOBIG: (
            "A text is too long for the project's database; nothing in it was changed.",
            "Split the document.",
        ),
        sqlite3.SQLITE_NOMEM: (
            "There is too little memory to use the project's database; nothing in it was changed.",
            "Close other programs, and run the command again.",
        ),
    }.get(
        kind,
        (
            f"The project's database cannot be used: {error}. Nothing in it was changed.",
            "Leave the file where it is. `fourp restore` says whether it is whole, and lists its backups.",
        ),
    )
    return StoreError(problem, file=path, cure=cure)


def _is_full(folder: Path) -> bool:
    """Whether the disk is full; SQLite reports this with different errors."""
    try:
        return shutil.disk_usage(folder).free < _LITTLE
    except OSError:
        return False


def _locked(path: Path) -> StoreError:
    users = users_of(path)
    who = ", ".join(users) if users else "another program"
    return StoreError(
        f"The project's database is in use by {who}, which did not release it; nothing was changed.",
        file=path,
        cure="Wait until it is done, or close it, and run the command again.",
    )


def users_of(path: Path) -> list[str]:
    """Return the programs that have a file open, as far as the system reports them.

    Such as "sqlitebrowser (process 4711)"; of this program, none. Empty where the system has no
    folder ``/proc``, or the programs are other people's.
    """
    try:
        real = str(path.resolve())
        numbers = [process.name for process in Path("/proc").iterdir() if process.name.isdigit()]
    except OSError:
        return []
    database_files = {real, f"{real}-wal", f"{real}-shm"}
    users = []
    for number in numbers:
        if int(number) == os.getpid():
            continue
        folder = Path("/proc", number)
        try:
            if any(str(link.readlink()) in database_files for link in (folder / "fd").iterdir()):
                name = (folder / "comm").read_text(encoding="utf-8", errors="replace").strip()
                users.append(f"{name} (process {number})")
        except OSError:
            continue
    return users
