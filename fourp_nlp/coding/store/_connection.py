"""Opening the database: to write, or to read where nothing can be written; checked before it is trusted."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING
from urllib.parse import quote

from fourp_nlp.coding.store._sqlite_errors import damaged, refusal
from fourp_nlp.coding.store.schema import VERSION, bring_up_to_date, is_up_to_date
from fourp_nlp.errors import StoreError
from fourp_nlp.files import private_file_mode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["can_be_written", "check", "opened", "read_only"]

_PATIENCE = 30.0  # seconds to wait for another program's transaction
_ALWAYS_CHECKED = 64 * 1024 * 1024  # bytes up to which a check takes no noticeable time
_checked: dict[str, tuple[int, int]] = {}  # by path: what was found whole


@contextmanager
def opened(path: Path, *, writing: bool) -> Iterator[sqlite3.Connection]:
    """Open the database.

    The file is made if it is to be written and is not there. Raises StoreError if it is damaged, in
    use, cannot be written, or was written by a newer version.
    """
    try:
        _check_before(path)
        plain = writing or can_be_written(path)
        if writing and not path.exists():
            _make_private(path)
        source = closing(sqlite3.connect(path, timeout=_PATIENCE)) if plain else read_only(path)
        with source as connection:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version > VERSION:
                raise StoreError(
                    "This database was written by a newer version of fourp_nlp.",
                    file=path,
                    cure="Update: pip install --upgrade fourp_nlp",
                )
            if plain:
                connection.execute("PRAGMA journal_mode=WAL")
                connection.execute("PRAGMA synchronous=FULL")
            # People's words go into no file elsewhere.
            connection.execute("PRAGMA temp_store=MEMORY")
            if not is_up_to_date(connection):
                bring_up_to_date(connection)
            yield connection
        _remember(path)
    except sqlite3.Error as error:
        raise refusal(error, path) from error


@contextmanager
def read_only(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a database in a folder that nothing can be written to, as a copy in memory.

    The copy may be brought up to date.
    """
    # Without its -wal file, which would need a place to write, the database is as its file says.
    left = path.with_name(f"{path.name}-wal")
    whole = not left.exists() or left.stat().st_size == 0
    address = f"file:{quote(str(path.absolute()))}?mode=ro{'&immutable=1' if whole else ''}"
    with (
        closing(sqlite3.connect(address, uri=True, timeout=_PATIENCE)) as stored,
        closing(sqlite3.connect(":memory:")) as copy,
    ):
        stored.backup(copy)
        yield copy


def check(connection: sqlite3.Connection) -> str:
    """Return a description of the damage of a database; empty if it is intact."""
    try:
        result_row = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        if (getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF in {
            sqlite3.SQLITE_CORRUPT,
            sqlite3.SQLITE_NOTADB,
        }:
            return str(error)
        raise
    return "" if result_row is None or result_row[0] == "ok" else str(result_row[0])


def _check_before(path: Path) -> None:
    """Check a database before its first use, and after it was not closed cleanly or changed elsewhere."""
    try:
        size, changed = path.stat().st_size, path.stat().st_mtime_ns
    except OSError:
        return
    key = str(path.absolute())
    unclean = path.with_name(f"{path.name}-wal").exists()
    if _checked.get(key) == (size, changed) or not (unclean or size <= _ALWAYS_CHECKED):
        return
    source = (
        closing(sqlite3.connect(path, timeout=_PATIENCE))
        if can_be_written(path)
        else read_only(path)
    )
    with source as connection:
        wrong = check(connection)
    if wrong:
        raise damaged(path, wrong)
    _remember(path)


def _remember(path: Path) -> None:
    """Remember that a database is intact in its present state."""
    with suppress(OSError):
        _checked[str(path.absolute())] = (path.stat().st_size, path.stat().st_mtime_ns)


def can_be_written(path: Path) -> bool:
    """Return whether a database can be written, and so opened as others are."""
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def _make_private(path: Path) -> None:
    """Create the file so that only its owner can read it, because it will contain people's words."""
    mode = private_file_mode(path.parent)
    with suppress(OSError):  # SQLite says what is the matter
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode))
        path.chmod(mode)
