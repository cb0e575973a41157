"""SQLite databases of other programs: opened for reading alone, and never trusted."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from fourp_nlp.errors import ExchangeError, UnsafeExchangeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

__all__ = ["Tables", "open_tables"]

MAX_BYTES = 1024**3
MAX_TEXT = 64 * 1024**2
MAX_ROWS = 5_000_000
_MAGIC = b"SQLite format 3\x00"


class Tables:
    """The plain tables of a database.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    database : sqlite3.Connection
        The database.
    """

    def __init__(self, path: Path, database: sqlite3.Connection) -> None:
        self.path = path
        self._database = database
        held = database.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
        self._plain = {
            str(name)
            for kind, name, sql in held
            if kind == "table" and str(sql).upper().startswith("CREATE TABLE")
        }

    def columns(self, table: str) -> set[str]:
        """Return the columns of a table; none if there is no such plain table."""
        if table not in self._plain:
            return set()
        # Columns that the database computes are not listed by table_info.
        return {str(row[1]) for row in self._database.execute(f'PRAGMA table_info("{table}")')}

    def check(self, needed: Mapping[str, Sequence[str]], program: str) -> None:
        """Refuse a database without the tables and columns of a program.

        Raises
        ------
        ExchangeError
            If one is missing.
        """
        for table, columns in needed.items():
            missing = [column for column in columns if column not in self.columns(table)]
            if missing:
                raise ExchangeError(
                    f"This is no project of {program}: there is no table '{table}' with a column "
                    f"'{missing[0]}'.",
                    file=self.path,
                    cure=f"Give the project that {program} saves, as a newer version of it writes it.",
                )

    def rows(self, table: str, *columns: str, order: str = "") -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a table, None in columns that it has not.

        Parameters
        ----------
        table : str
            Its name.
        *columns : str
            The columns.
        order : str
            A column to sort by, if it is there.

        Yields
        ------
        tuple
            Values of these columns.
        """
        there = self.columns(table)
        if not there:
            return
        listed = ", ".join(f'"{name}"' if name in there else "NULL" for name in columns)
        sorting = f' ORDER BY "{order}"' if order in there else ""
        # Names of tables and columns are this program's own.
        query = f'SELECT {listed} FROM "{table}"{sorting} LIMIT {MAX_ROWS + 1}'  # noqa: S608
        for number, row in enumerate(self._database.execute(query)):
            if number >= MAX_ROWS:
                raise UnsafeExchangeError(
                    f"The table '{table}' has more than {MAX_ROWS:,} rows.",
                    file=self.path,
                    cure="Divide the project.",
                )
            yield row


@contextmanager
def open_tables(path: Path, program: str) -> Iterator[Tables]:
    """Open a database for reading.

    Nothing in it is run: it is opened immutable, without a look at journals beside it, and only plain tables
    are read.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    program : str
        Whose it should be, for errors.

    Yields
    ------
    Tables
        Its tables.

    Raises
    ------
    ExchangeError
        If it cannot be read, or is no such database.
    UnsafeExchangeError
        If it is beyond the limits.
    """
    fresh = f"Close {program}, and copy its project again."
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UnsafeExchangeError(
                f"The database is larger than {MAX_BYTES // 1024**2} MB.", file=path, cure=fresh
            )
        with path.open("rb") as stream:
            if stream.read(len(_MAGIC)) != _MAGIC:
                raise ExchangeError(
                    f"This is no database of {program}.", file=path, cure="Look at its ending."
                )
    except OSError as error:
        raise ExchangeError(f"It cannot be read: {error.strerror or error}.", file=path) from error
    address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as database:
            database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_TEXT)
            database.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
            for pragma in ("query_only = on", "trusted_schema = off", "cell_size_check = on"):
                database.execute(f"PRAGMA {pragma}")
            yield Tables(path, database)
    except (sqlite3.Error, UnicodeDecodeError, OverflowError) as error:
        raise ExchangeError(
            f"The database is damaged or not {program}'s ({error}).", file=path, cure=fresh
        ) from error
