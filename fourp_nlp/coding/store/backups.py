"""Backups of the database, made after each change of decisions and draws, and restored."""

from __future__ import annotations

import json
import shutil
import sqlite3
import warnings
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fourp_nlp.coding.store._connection import can_be_written, check, read_only
from fourp_nlp.coding.store._sqlite_errors import refusal
from fourp_nlp.coding.store.schema import PEOPLES_TABLES, bring_up_to_date
from fourp_nlp.errors import FourpError, FourpWarning, StoreError
from fourp_nlp.files import private_folder, replacing

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Backup", "Restored", "back_up", "backups", "is_whole", "restore"]

_KEPT = 10
_FOLDER = "backups"
_ASIDE = "before-restore"


@dataclass(frozen=True)
class Backup:
    """A backup.

    Attributes
    ----------
    file : pathlib.Path
        Where it is.
    made : str
        When: ISO 8601, in universal time.
    size : int
        Its bytes.
    decisions, draws : int
        How many of each are in it.
    wrong : str
        What is wrong with it; empty if it is whole.
    """

    file: Path
    made: str
    size: int
    decisions: int
    draws: int
    wrong: str


@dataclass(frozen=True)
class Restored:
    """What was put back.

    Attributes
    ----------
    backup : pathlib.Path or None
        The backup; None where there was none, and all there is was read from the damaged file.
    aside : pathlib.Path or None
        Where the database is now that was there before.
    added : dict of str to int
        By table, rows that the backup did not have and that could be read from the database before.
    """

    backup: Path | None
    aside: Path | None
    added: dict[str, int]


def _folder(path: Path) -> Path:
    return path.parent / _FOLDER


def _stamp() -> str:
    return datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")


def back_up(path: Path) -> None:
    """Back up a database and keep the last ten intact backups.

    What was to be kept is in the database already, so a backup that fails is told as a warning.

    Parameters
    ----------
    path : pathlib.Path
        The database's file.
    """
    try:
        folder = private_folder(_folder(path))
        target = folder / f"{path.stem}-{_stamp()}{path.suffix}"
        with (
            replacing(target, private=True) as partial,
            closing(sqlite3.connect(path, timeout=30)) as source,
            closing(sqlite3.connect(partial)) as copy,
        ):
            source.backup(copy)
            # One file, whole by itself.
            copy.execute("PRAGMA journal_mode=DELETE")
            wrong = check(copy)
            if wrong:
                raise StoreError(f"the database is damaged ({wrong})", file=path)
    except (sqlite3.Error, OSError, FourpError) as error:
        warnings.warn(
            FourpWarning(f"The change was kept, but no backup of the database was made: {error}"),
            stacklevel=2,
        )
        return
    for earlier in sorted(folder.glob(f"{path.stem}-2*{path.suffix}"))[:-_KEPT]:
        with suppress(OSError):
            earlier.unlink()


def backups(path: Path) -> list[Backup]:
    """Return the backups of a database, newest first.

    Parameters
    ----------
    path : pathlib.Path
        The database's file.

    Returns
    -------
    list of Backup
        Each was opened and checked.
    """
    files = sorted(_folder(path).glob(f"{path.stem}-2*{path.suffix}"), reverse=True)
    return [_look(file) for file in files]


def is_whole(path: Path) -> str:
    """Return a description of the damage of a database; empty if it is intact or missing.

    Parameters
    ----------
    path : pathlib.Path
        The database's file.

    Returns
    -------
    str
        What SQLite finds, or "".

    Raises
    ------
    StoreError
        If it cannot be read for another reason.
    """
    if not path.exists():
        return ""
    try:
        source = (
            closing(sqlite3.connect(path, timeout=30)) if can_be_written(path) else read_only(path)
        )
        with source as connection:
            return check(connection)
    except sqlite3.Error as error:
        raise refusal(error, path) from error


def _look(file: Path) -> Backup:
    made_at = datetime.strptime(file.stem.rpartition("-")[2][:15], "%Y%m%dT%H%M%S").replace(
        tzinfo=UTC
    )
    counts, wrong = {"decisions": 0, "draws": 0}, ""
    try:
        with read_only(file) as connection:
            wrong = check(connection)
            if not wrong:
                for table in counts:
                    (counts[table],) = connection.execute(
                        f"SELECT count(*) FROM {table}"  # noqa: S608 - our own names
                    ).fetchone()
    except sqlite3.Error as error:
        wrong = str(error)
    return Backup(
        file,
        made_at.isoformat(timespec="seconds"),
        file.stat().st_size,
        counts["decisions"],
        counts["draws"],
        wrong,
    )


def restore(path: Path, backup: Path | None) -> Restored:
    """Put a backup in the place of a database, with what can still be read of people's work in that.

    Parameters
    ----------
    path : pathlib.Path
        The database's file. It is kept beside the backups, whatever state it is in.
    backup : pathlib.Path or None
        The backup; None if there is none: then the database is made anew of what can be read.

    Returns
    -------
    Restored
        What was done.

    Raises
    ------
    StoreError
        If the backup cannot be used, or the database is in use.
    FourpError
        If the disk cannot be written. The database is then as it was.
    """
    if backup is not None and (wrong := _look(backup).wrong):
        raise StoreError(
            f"This backup is damaged ({wrong}).", file=backup, cure="Choose another: fourp restore"
        )
    aside = _set_aside(path) if path.exists() else None
    added: dict[str, int] = {}
    try:
        with replacing(path, private=True) as partial:
            with closing(sqlite3.connect(partial)) as new_database:
                if backup is not None:
                    with read_only(backup) as stored:
                        stored.backup(new_database)
                bring_up_to_date(new_database)
                if aside is not None:
                    added = _add_what_can_be_read(aside, new_database)
                detail = {"backup": "" if backup is None else backup.name, "added": added}
                now = datetime.now(UTC).isoformat(timespec="seconds")
                new_database.execute(
                    "INSERT INTO log VALUES (?, 'restore', ?)", (now, json.dumps(detail))
                )
                new_database.commit()
                new_database.execute("PRAGMA journal_mode=DELETE")
            # Those of the old file would be taken for the new one's.
            for end in ("-wal", "-shm"):
                path.with_name(path.name + end).unlink(missing_ok=True)
    except sqlite3.Error as error:
        raise refusal(error, path) from error
    back_up(path)
    return Restored(backup, aside, added)


def _set_aside(path: Path) -> Path:
    """Copy a database, with its write-ahead log, to the folder of backups."""
    folder = private_folder(_folder(path))
    aside = folder / f"{path.stem}-{_ASIDE}-{_stamp()}{path.suffix}"
    for end in ("-wal", ""):
        source = path.with_name(path.name + end)
        if source.exists():
            with replacing(aside.with_name(aside.name + end), private=True) as partial:
                shutil.copyfile(source, partial)
    return aside


# A decision that was made later counts over an earlier one about the same code and place.
_ADD = {
    "decisions": "ON CONFLICT DO UPDATE SET settled = excluded.settled, decided_by = excluded.decided_by, "
    "decided_at = excluded.decided_at WHERE excluded.decided_at > decisions.decided_at",
    "draws": "ON CONFLICT DO NOTHING",
    "drawn": "ON CONFLICT DO NOTHING",
    "log": "",
    # Entries are never changed: the same number is the same entry.
    "reviewed": "ON CONFLICT DO NOTHING",
    "answered": "ON CONFLICT DO NOTHING",
    "adjudicated": "ON CONFLICT DO NOTHING",
}
_LAST_ADJUDICATED = (
    'SELECT document, start, "end", code, value, decided_by, decided_at, at FROM adjudicated '
    'WHERE "number" IN (SELECT max("number") FROM adjudicated GROUP BY document, start, "end", code)'
)
_AT_KEY = 'document = ? AND start = ? AND "end" = ? AND code = ?'


def _add_what_can_be_read(aside: Path, new_database: sqlite3.Connection) -> dict[str, int]:
    """Add rows of people's work that can be read of a database which may be damaged; count them."""
    readable_rows = {table: _readable(aside, table) for table in PEOPLES_TABLES}
    # A draw is nothing without all of its segments, which are numbered from one.
    orders: dict[object, list[object]] = {}
    for row in readable_rows["drawn"]:
        orders.setdefault(row["draw"], []).append(row["order"])
    whole = {
        draw for draw, numbers in orders.items() if set(numbers) == set(range(1, len(numbers) + 1))
    }
    for table in ("draws", "drawn"):
        readable_rows[table] = [row for row in readable_rows[table] if row["draw"] in whole]
    logged = set(new_database.execute("SELECT at, what, detail FROM log").fetchall())
    readable_rows["log"] = [
        row for row in readable_rows["log"] if tuple(row.values()) not in logged
    ]
    added = {}
    for table, rows in readable_rows.items():
        before = new_database.total_changes
        for row in rows:
            names = ", ".join(f'"{name}"' for name in row)
            marks = ", ".join("?" * len(row))
            with suppress(sqlite3.IntegrityError):  # a row that the damage made of others
                new_database.execute(
                    f"INSERT INTO {table} ({names}) VALUES ({marks}) {_ADD[table]}",  # noqa: S608
                    tuple(row.values()),
                )
        added[table] = new_database.total_changes - before
    _follow_adjudications(new_database)
    return {table: count for table, count in added.items() if count}


def _follow_adjudications(database: sqlite3.Connection) -> None:
    """Take back what was taken back in the review page after a backup was made."""
    for *key, value, by, decided_at, at in database.execute(_LAST_ADJUDICATED).fetchall():
        earlier = f"{_AT_KEY} AND decided_at <= ?"
        if value < 0:
            database.execute(f"DELETE FROM decisions WHERE {earlier}", (*key, at))  # noqa: S608 - ours
        else:
            database.execute(
                f"UPDATE decisions SET settled = ?, decided_by = ?, decided_at = ? WHERE {earlier}",  # noqa: S608
                (value, by, decided_at, *key, at),
            )


def _readable(file: Path, table: str) -> list[dict[str, object]]:
    """Return the rows of a table from its beginning and from its end, each as far as it can be read."""
    rows: dict[int, dict[str, object]] = {}
    for direction in ("ASC", "DESC"):
        with suppress(sqlite3.Error), closing(sqlite3.connect(file, timeout=30)) as connection:
            cursor = connection.execute(
                f"SELECT rowid, * FROM {table} ORDER BY rowid {direction}"  # noqa: S608 - our own names
            )
            names = [column[0] for column in cursor.description][1:]
            for number, *values in cursor:
                rows[number] = dict(zip(names, values, strict=True))
    return [rows[number] for number in sorted(rows)]
