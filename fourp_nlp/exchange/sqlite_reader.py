"""Reads SQLite databases of other programs: read-only, within limits, and only from plain tables."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from fourp_nlp.errors import ExchangeError, UnsafeExchangeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

__all__ = ["Tables", "is_sqlite", "open_tables"]

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
        schema = database.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
        self._names = {str(name) for kind, name, _ in schema if kind in {"table", "view"}}
        self._plain = {
            str(name)
            for kind, name, sql in schema
            if kind == "table" and str(sql).upper().startswith("CREATE TABLE")
        }

    def columns(self, table: str) -> set[str]:
        """Return the columns of a table; none if there is no such plain table."""
        if table not in self._plain:
            return set()
        # Columns that the database computes are not listed by table_info.
        return {str(row[1]) for row in self._database.execute(f'PRAGMA table_info("{table}")')}

    def check(self, needed: Mapping[str, Sequence[str]], program: str) -> None:
        """Check that the tables and columns of a program are there.

        Raises
        ------
        ExchangeError
            If one is missing.
        UnsafeExchangeError
            If one is not a plain table.
        """
        cure = f"Give the project that {program} saves or exports, from a current version of {program}."
        for table, columns in needed.items():
            if table not in self._names:
                raise ExchangeError(
                    f"This is not a project of {program}: it has no table '{table}'.",
                    file=self.path,
                    cure=cure,
                )
            if table not in self._plain:
                raise UnsafeExchangeError(
                    f"'{table}' is no plain table.", file=self.path, cure="Do not trust the file."
                )
            missing = [column for column in columns if column not in self.columns(table)]
            if missing:
                raise ExchangeError(
                    f"This is not a project of {program}: its table '{table}' has no column "
                    f"'{missing[0]}'.",
                    file=self.path,
                    cure=cure,
                )

    def rows(
        self, table: str, *columns: str, order: str = "", status: str = ""
    ) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a table, with None in columns that the table lacks.

        Parameters
        ----------
        table : str
            Its name.
        *columns : str
            The columns.
        order : str
            A column to sort by, if the table has it.
        status : str
            A column that is 0 in deleted rows, which are left out; used if the table has it.

        Yields
        ------
        tuple
            Values of these columns.

        Raises
        ------
        UnsafeExchangeError
            If the table has more rows than the limit.
        """
        present = self.columns(table)
        if not present:
            return
        selected = ", ".join(f'"{name}"' if name in present else "NULL" for name in columns)
        where = (
            f' WHERE "{status}" IS NULL OR "{status}" NOT IN (0, \'0\')'
            if status in present
            else ""
        )
        sorting = f' ORDER BY "{order}"' if order in present else ""
        # The names are constants of this program.
        query = f'SELECT {selected} FROM "{table}"{where}{sorting} LIMIT {MAX_ROWS + 1}'  # noqa: S608
        for number, row in enumerate(self._database.execute(query)):
            if number >= MAX_ROWS:
                raise UnsafeExchangeError(
                    f"The table '{table}' has more than {MAX_ROWS:,} rows.",
                    file=self.path,
                    cure="Divide the project.",
                )
            yield row


def is_sqlite(path: Path) -> bool:
    """Return whether a file begins like an SQLite database.

    Raises
    ------
    ExchangeError
        If it cannot be read.
    """
    try:
        with path.open("rb") as stream:
            return stream.read(len(_MAGIC)) == _MAGIC
    except OSError as error:
        raise ExchangeError(f"It cannot be read: {error.strerror or error}.", file=path) from error


@contextmanager
def open_tables(path: Path, program: str) -> Iterator[Tables]:
    """Open a database for reading.

    Nothing in the database is executed: it is opened immutable, journals beside it are ignored, and only
    plain tables are read.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    program : str
        The program that should have written it, for messages.

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
    cure = f"Close {program}, and copy or export the project again."
    if not is_sqlite(path):
        raise ExchangeError(
            f"This is no database of {program}.", file=path, cure="Look at its ending."
        )
    if path.stat().st_size > MAX_BYTES:
        raise UnsafeExchangeError(
            f"The database is larger than {MAX_BYTES // 1024**2} MB.", file=path, cure=cure
        )
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
            f"The database is damaged or not {program}'s ({error}).", file=path, cure=cure
        ) from error
