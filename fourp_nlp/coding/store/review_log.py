"""The log of decisions in the review page: nothing in it is ever changed or removed."""

from __future__ import annotations

import sqlite3
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

import pandas as pd

from fourp_nlp.coding.store._connection import opened
from fourp_nlp.coding.store._sqlite_errors import refusal
from fourp_nlp.coding.store.carried_names import carried_names
from fourp_nlp.errors import StoreError
from fourp_nlp.tables import REVIEWED, conform, empty

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from types import TracebackType

    from fourp_nlp.coding.store.carried_names import CarriedNames

__all__ = ["ReviewLog"]

_GIVEN = [name for name in REVIEWED.names if name not in {"number", "action", "at"}]
_PLACES = ", ".join(f'"{name}"' for name in REVIEWED.names)
_MARKS = ", ".join("?" * len(REVIEWED.names))


class ReviewLog:
    """The log, with its database held open: a decision is kept in one transaction of a few milliseconds.

    Parameters
    ----------
    path : pathlib.Path
        The database; made when it is not there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stack = ExitStack()
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None
        self._names: tuple[int, CarriedNames] | None = None

    def __enter__(self) -> Self:
        self._connection = self._stack.enter_context(opened(self.path, writing=True))
        self._file = self._identity()
        return self

    def _identity(self) -> tuple[int, int] | None:
        try:
            status = self.path.stat()
        except OSError:
            return None
        return status.st_dev, status.st_ino

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection = None
        self._stack.close()

    @property
    def connection(self) -> sqlite3.Connection:
        """The database, open."""
        if self._connection is None:
            raise RuntimeError("The log is not open.")
        return self._connection

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Keep all that is written inside, or none of it; it is on the disk when this ends.

        Raises
        ------
        StoreError
            If the database was replaced or deleted since it was opened: what was written would be lost.
        """
        connection = self.connection
        self.check_file()
        try:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.commit()
            except BaseException:
                connection.rollback()
                raise
        except sqlite3.Error as error:
            raise refusal(error, self.path) from error

    def check_file(self) -> None:
        """Raise StoreError if the database was replaced or deleted since it was opened."""
        if self._identity() != self._file:
            raise StoreError(
                "The database was replaced while the page was open; nothing was kept.",
                file=self.path,
                cure="End the page (Ctrl+C) and start it again.",
            )

    def append(self, entries: pd.DataFrame, *, after: int) -> pd.DataFrame | None:
        """Add the entries of one action, all or none.

        Parameters
        ----------
        entries : pandas.DataFrame
            The table REVIEWED, without number, action and at.
        after : int
            The last entry of the same coder that the caller knows.

        Returns
        -------
        pandas.DataFrame or None
            The table REVIEWED: what was added, on the disk when this returns. None, and nothing is added, if
            the coder has later entries than `after`.

        Raises
        ------
        StoreError
            If the database was replaced or deleted since it was opened: what was written would be lost.
        """
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        coder = str(entries["coder"].iloc[0])
        with self.transaction() as connection:
            if self.last(coder) != after:
                return None
            first = 1 + int(
                connection.execute('SELECT coalesce(max("number"), 0) FROM reviewed').fetchone()[0]
            )
            numbered = entries[_GIVEN].assign(
                number=range(first, first + len(entries)), action=first, at=now
            )
            rows = conform(numbered, REVIEWED)
            values = rows.astype("object").where(rows.notna(), None)
            connection.executemany(
                f"INSERT INTO reviewed ({_PLACES}) VALUES ({_MARKS})",  # noqa: S608 - our own names
                values.itertuples(index=False, name=None),
            )
        return rows

    def rows(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a query.

        Parameters
        ----------
        query : str
            SQL that changes nothing.
        values : sequence, optional
            What its question marks stand for.

        Returns
        -------
        list of tuple
            The rows.
        """
        return self.connection.execute(query, tuple(values)).fetchall()

    @property
    def names(self) -> CarriedNames:
        """How codes and coders changed their names: entries keep those that were recorded."""
        last = int(self.rows("SELECT coalesce(max(rowid), 0) FROM log")[0][0])
        if self._names is None or self._names[0] != last:
            self._names = last, carried_names(self.connection)
        return self._names[1]

    def _of(self, coder: str) -> tuple[str, list[object]]:
        """Return the condition that an entry is of a coder, who may have had another name, and its values."""
        if not self.names.coders:
            return "coder = ?", [coder]
        recorded = self.names.recorded(coder, self._coders())
        parts: list[str] = []
        values: list[object] = []
        for name, first, last in recorded:
            limits = [(first, ">="), (last, "<")]
            parts.append(
                " AND ".join(["coder = ?", *(f'"at" {sign} ?' for time, sign in limits if time)])
            )
            values += [name, *(time for time, _ in limits if time)]
        return f"({' OR '.join(parts) or '0'})", values

    def _coders(self) -> list[str]:
        return [str(row[0]) for row in self.rows("SELECT DISTINCT coder FROM reviewed")]

    def last(self, coder: str) -> int:
        """Return the number of a coder's last entry, 0 if there is none."""
        condition, values = self._of(coder)
        query = f'SELECT coalesce(max("number"), 0) FROM reviewed WHERE {condition}'  # noqa: S608 - our own words
        return int(self.rows(query, values)[0][0])

    def read(self, coder: str = "", *, after: int = 0, as_recorded: bool = False) -> pd.DataFrame:
        """Return entries, oldest first.

        Parameters
        ----------
        coder : str, optional
            Whose, by the name of now. By default everybody's.
        after : int, default 0
            Only entries with a greater number.
        as_recorded : bool, default False
            Whether codes and coders have the names that they had then, and not those of now.

        Returns
        -------
        pandas.DataFrame
            The table REVIEWED.
        """
        query = f'SELECT {_PLACES} FROM reviewed WHERE "number" > ?'  # noqa: S608 - our own names
        values: list[object] = [after]
        if coder:
            condition, more = self._of(coder)
            query += f" AND {condition}"
            values += more
        rows = self.rows(query + ' ORDER BY "number"', values)
        if not rows:
            return empty(REVIEWED)
        frame = pd.DataFrame(rows, columns=REVIEWED.names)
        entries = conform(
            frame.assign(probability=frame["probability"].astype("float64")), REVIEWED
        )
        return entries if as_recorded else self.names.entries(entries)

    def written(self, coder: str) -> int:
        """Return the last entry of a coder that is in the gold files, 0 if none is."""
        if not self.names.coders:
            query = 'SELECT "number" FROM reviewed_written WHERE coder = ?'
            row = self.connection.execute(query, (coder,)).fetchone()
            return 0 if row is None else int(row[0])
        condition, values = self._of(coder)
        query = (
            f'SELECT coalesce(max(reviewed."number"), 0) FROM reviewed '  # noqa: S608 - our own words
            f"JOIN reviewed_written AS written USING (coder) WHERE {condition} "
            'AND reviewed."number" <= written."number"'
        )
        return int(self.rows(query, values)[0][0])

    def suggestions_made(self) -> int:
        """Return a number that changes when suggestions are made anew."""
        query = "SELECT coalesce(max(rowid), 0) FROM log WHERE what = 'suggestions'"
        return int(self.connection.execute(query).fetchone()[0])

    def coders_with_pending_entries(self) -> Sequence[str]:
        """Return the coders of whom entries are not in the gold files yet."""
        coders = self.names.now_called(self._coders())
        return [coder for coder in coders if self.last(coder) > self.written(coder)]
