"""The log of differences that were settled in the review page: nothing in it is ever changed or removed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.coding.store.schema import DECISIONS_COLUMNS
from fourp_nlp.tables import ADJUDICATED, conform, empty

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

    from fourp_nlp.coding.store.carried_names import CarriedNames
    from fourp_nlp.coding.store.review_log import ReviewLog

__all__ = ["AdjudicationLog"]

_KEY = ["document", "start", "end", "code"]
_GIVEN = [name for name in ADJUDICATED.names if name not in {"number", "action", "at"}]
_PLACES = ", ".join(f'"{name}"' for name in ADJUDICATED.names)
_MARKS = ", ".join("?" * len(ADJUDICATED.names))
_AT_KEY = 'document = ? AND start = ? AND "end" = ? AND code = ?'
_OPEN = -1


class AdjudicationLog:
    """The log of adjudications, and the table of decisions that follows it: both change together.

    Parameters
    ----------
    log : ReviewLog
        The log of reviews, open: its database is used.
    """

    def __init__(self, log: ReviewLog) -> None:
        self._log = log

    @property
    def path(self) -> Path:
        """The database's file."""
        return self._log.path

    @property
    def names(self) -> CarriedNames:
        """How codes and coders changed their names."""
        return self._log.names

    def state(self) -> tuple[int, int]:
        """Return numbers that change when anybody changes the database, here or elsewhere.

        Raises
        ------
        StoreError
            If the database was replaced or deleted since it was opened.
        """
        self._log.check_file()
        (elsewhere,) = self._log.connection.execute("PRAGMA data_version").fetchone()
        return int(elsewhere), self.last()

    def last(self) -> int:
        """Return the number of the last entry, 0 if there is none."""
        query = 'SELECT coalesce(max("number"), 0) FROM adjudicated'
        return int(self._log.connection.execute(query).fetchone()[0])

    def read(self, *, after: int = 0, as_recorded: bool = False) -> pd.DataFrame:
        """Return everybody's entries, oldest first.

        Parameters
        ----------
        after : int, default 0
            Only entries with a greater number.
        as_recorded : bool, default False
            Whether codes and coders have the names that they had then, and not those of now.

        Returns
        -------
        pandas.DataFrame
            The table ADJUDICATED.
        """
        query = f'SELECT {_PLACES} FROM adjudicated WHERE "number" > ? ORDER BY "number"'  # noqa: S608 - ours
        rows = self._log.connection.execute(query, (after,)).fetchall()
        if not rows:
            return empty(ADJUDICATED)
        entries = conform(pd.DataFrame(rows, columns=ADJUDICATED.names), ADJUDICATED)
        return entries if as_recorded else self._log.names.entries(entries)

    def decisions(self) -> pd.DataFrame:
        """Return what is decided, here or with a sheet, as `Store.read_decisions` does."""
        cursor = self._log.connection.execute("SELECT * FROM decisions ORDER BY rowid")
        names = [column[0] for column in cursor.description]
        frame = pd.DataFrame.from_records(cursor.fetchall(), columns=names)
        frame["settled"] = frame["settled"].astype(bool)
        return frame

    def notes_of_sheets(self) -> pd.DataFrame:
        """Return what people wrote beside decisions: columns document, start, end, code, decided_by, note."""
        query = "SELECT detail FROM log WHERE what = 'decisions taken in' ORDER BY rowid"
        notes = [
            note
            for (detail,) in self._log.connection.execute(query)
            for note in json.loads(detail).get("notes", [])
        ]
        return pd.DataFrame(notes, columns=[*_KEY, "decided_by", "note"])

    def append(self, entries: pd.DataFrame, *, after: int) -> pd.DataFrame | None:
        """Add the entries of one action and change the decisions with them: all of it, or nothing.

        Parameters
        ----------
        entries : pandas.DataFrame
            The table ADJUDICATED, without number, action and at. Where decided_at is "now", it is the time of
            this action.
        after : int
            The last entry that the caller knows.

        Returns
        -------
        pandas.DataFrame or None
            The table ADJUDICATED: what was added, on the disk when this returns. None, and nothing is kept,
            if there are later entries, or a decision is not any more what stood before.

        Raises
        ------
        StoreError
            If the database was replaced or deleted since it was opened.
        """
        now = datetime.now(UTC)
        decided_at = now.isoformat(timespec="seconds")
        with self._log.transaction() as connection:
            if self.last() != after or not _as_before(connection, entries):
                return None
            first = after + 1
            rows = conform(
                entries[_GIVEN].assign(
                    number=range(first, first + len(entries)),
                    action=first,
                    at=now.isoformat(timespec="milliseconds"),
                    decided_at=entries["decided_at"].replace("now", decided_at),
                ),
                ADJUDICATED,
            )
            connection.executemany(
                f"INSERT INTO adjudicated ({_PLACES}) VALUES ({_MARKS})",  # noqa: S608 - our own names
                rows.astype("object").itertuples(index=False, name=None),
            )
            _change_decisions(connection, rows, decided_at)
        return rows


def _keys(rows: pd.DataFrame) -> list[tuple[str, int, int, str]]:
    return list(
        zip(
            rows["document"].tolist(), rows["start"].tolist(), rows["end"].tolist(),
            rows["code"].tolist(), strict=True,
        )
    )  # fmt: skip


def _as_before(connection: sqlite3.Connection, entries: pd.DataFrame) -> bool:
    """Return whether decisions are what the entries say that stood before."""
    query = f"SELECT settled, decided_by, decided_at FROM decisions WHERE {_AT_KEY}"  # noqa: S608 - ours
    said = zip(entries["before"], entries["before_by"], entries["before_at"], strict=True)
    for key, (before, by, at) in zip(_keys(entries), said, strict=True):
        row = connection.execute(query, key).fetchone()
        stands = (_OPEN, "", "") if row is None else (int(row[0]), str(row[1]), str(row[2]))
        if stands != (int(before), by, at):
            return False
    return True


def _change_decisions(connection: sqlite3.Connection, rows: pd.DataFrame, now: str) -> None:
    """Make the decisions what the entries say that stands, and log it as decisions of a sheet are."""
    kept = (rows["value"] != _OPEN).to_numpy()
    was = zip(rows["before"], rows["before_by"], rows["before_at"], strict=True)
    stand = list(zip(rows["value"], rows["decided_by"], rows["decided_at"], strict=True))
    written = [
        (*key, int(value), by, at)
        for key, (value, by, at), before in zip(_keys(rows), stand, was, strict=True)
        if value != _OPEN and (value, by, at) != before
    ]
    connection.executemany("INSERT OR REPLACE INTO decisions VALUES (?,?,?,?,?,?,?)", written)
    connection.executemany(f"DELETE FROM decisions WHERE {_AT_KEY}", _keys(rows[~kept]))  # noqa: S608 - ours
    lines = [("decision", dict(zip(DECISIONS_COLUMNS, row, strict=True))) for row in written]
    lines += [
        ("decision taken back", {**dict(zip(_KEY, key, strict=True)), "by": str(by)})
        for key, by in zip(_keys(rows[~kept]), rows.loc[~kept, "coder"], strict=True)
    ]
    noted = rows[kept & ((rows["note"] != "") | (rows["before_note"] != "")).to_numpy()]
    if len(noted):
        notes = noted[[*_KEY, "decided_by", "note"]].to_dict("records")
        lines.append(("decisions taken in", {"file": "the review page", "notes": notes}))
    connection.executemany(
        "INSERT INTO log VALUES (?, ?, ?)",
        [(now, what, json.dumps(detail, ensure_ascii=False)) for what, detail in lines],
    )
