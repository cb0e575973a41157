"""The log of answers to drawn segments in the review page: nothing in it is ever changed or removed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from fourp_nlp.tables import ANSWERED, conform, empty

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fourp_nlp.coding.store.carried_names import NameChange
    from fourp_nlp.coding.store.review_log import ReviewLog

__all__ = ["AnswerLog", "Import", "LogState"]

_GIVEN = [name for name in ANSWERED.names if name not in {"number", "action", "at"}]
_PLACES = ", ".join(f'"{name}"' for name in ANSWERED.names)
_MARKS = ", ".join("?" * len(ANSWERED.names))


class LogState(NamedTuple):
    """A state of the draws and of the project's log; another state is not equal to it.

    Attributes
    ----------
    draws : int
        How many draws there are.
    logged : int
        How many lines the log has.
    """

    draws: int
    logged: int


class Import(NamedTuple):
    """An import of codes of draws.

    Attributes
    ----------
    draws : frozenset of str
        Ids of the draws.
    repeat : bool
        Whether the segments were coded a second time.
    until : int
        If answers of the review page were imported, the last entry of this log; else 0.
    """

    draws: frozenset[str]
    repeat: bool
    until: int


class AnswerLog:
    """Answers to the segments of draws, in the database that a log of decisions holds open.

    Parameters
    ----------
    log : ReviewLog
        The log of decisions, open.
    """

    def __init__(self, log: ReviewLog) -> None:
        self._log = log

    def append(
        self, entry: pd.DataFrame, draws: Sequence[str], *, after: int
    ) -> pd.DataFrame | None:
        """Add an entry.

        Parameters
        ----------
        entry : pandas.DataFrame
            One row of the table ANSWERED, without number, action and at.
        draws : sequence of str
            The draws whose answers belong together.
        after : int
            The last entry of these draws that the caller knows.

        Returns
        -------
        pandas.DataFrame or None
            The row of the table ANSWERED, on the disk when this returns. None, and nothing is added, if these
            draws have later entries than `after`.

        Raises
        ------
        StoreError
            If the database was replaced or deleted since it was opened: what was written would be lost.
        """
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        with self._log.transaction() as connection:
            if self.last(draws) != after:
                return None
            query = 'SELECT 1 + coalesce(max("number"), 0) FROM answered'
            number = int(connection.execute(query).fetchone()[0])
            row = conform(entry[_GIVEN].assign(number=number, action=number, at=now), ANSWERED)
            connection.executemany(
                f"INSERT INTO answered ({_PLACES}) VALUES ({_MARKS})",  # noqa: S608 - our own names
                row.astype("object").itertuples(index=False, name=None),
            )
        return row

    def last(self, draws: Sequence[str]) -> int:
        """Return the number of the last entry of some draws, 0 if there is none."""
        marks = ", ".join("?" * len(draws))
        query = f'SELECT coalesce(max("number"), 0) FROM answered WHERE draw IN ({marks})'  # noqa: S608 - only question marks
        return int(self._log.rows(query, draws)[0][0])

    def read(self, draws: Sequence[str] = (), *, after: int = 0) -> pd.DataFrame:
        """Return entries, oldest first.

        Parameters
        ----------
        draws : sequence of str, optional
            Of these draws; by default of all.
        after : int, default 0
            Only entries with a greater number.

        Returns
        -------
        pandas.DataFrame
            The table ANSWERED.
        """
        query = f'SELECT {_PLACES} FROM answered WHERE "number" > ?'  # noqa: S608 - our own names
        if draws:
            query += f" AND draw IN ({', '.join('?' * len(draws))})"
        rows = self._log.rows(query + ' ORDER BY "number"', [after, *draws])
        if not rows:
            return empty(ANSWERED)
        frame = pd.DataFrame(rows, columns=ANSWERED.names)
        kinds = {"read": "bool", "read_before": "bool"}
        return conform(frame.astype(kinds), ANSWERED)

    def state(self) -> LogState:
        """Return a state that changes when draws are made, imported or renamed."""
        query = "SELECT (SELECT count(*) FROM draws), (SELECT coalesce(max(rowid), 0) FROM log)"
        return LogState(*map(int, self._log.rows(query)[0]))

    def imports(self) -> list[Import]:
        """Return what was imported of draws, oldest first."""
        query = "SELECT detail FROM log WHERE what = 'take in' ORDER BY rowid"
        details = [json.loads(row[0]) for row in self._log.rows(query)]
        return [
            Import(
                frozenset(map(str, detail.get("draws", ()))),
                bool(detail.get("repeat", False)),
                int(detail.get("answers", 0)),
            )
            for detail in details
        ]

    def renamed_codes(self) -> list[NameChange]:
        """Return how codes were renamed, merged, split and retired, oldest first."""
        return self._log.names.codes
