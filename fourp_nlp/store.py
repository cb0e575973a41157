"""The project's database: suggestions, people's decisions, draws of segments to code, and a log."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.errors import StoreError
from fourp_nlp.tables import DRAWN, DRAWS, SUGGESTIONS, Table, conform, empty

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["DECISIONS_COLUMNS", "Store"]

# 1: suggestions, decisions, log. 2: draws too. 3: the words that carried a suggestion, and what is
# accepted of them. 4: the arm of a drawn segment. An older file gets the tables and columns that it lacks
# when it is opened.
_VERSION = 4
# Columns of suggestions since version 2 and of drawn segments since version 3, and how older rows are filled.
_ADDED = {
    "suggestions": {
        "words": "TEXT NOT NULL DEFAULT ''",
        "accepted": "INTEGER NOT NULL DEFAULT 0",
        "accepted_from": "REAL",
    },
    "drawn": {"arm": "TEXT NOT NULL DEFAULT ''"},
}
_SQL_TYPES = {"str": "TEXT", "int64": "INTEGER", "float64": "REAL", "bool": "INTEGER"}
_BLOCK = 20_000  # rows a transaction: a long one would keep other programs waiting

DECISIONS_COLUMNS = ["document", "start", "end", "code", "settled", "decided_by", "decided_at"]
"""Columns of the table of decisions: what was settled about a code at a span, by whom, when."""


_MAY_LACK = {"accepted_from"}  # nan, which SQLite keeps as NULL


def _columns(table: Table) -> str:
    return ", ".join(
        f'"{name}" {_SQL_TYPES[column.kind]}' + ("" if name in _MAY_LACK else " NOT NULL")
        for name, column in table.columns.items()
    )


_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS documents (document TEXT PRIMARY KEY, sha256 TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS suggestions ({_columns(SUGGESTIONS)});
CREATE INDEX IF NOT EXISTS suggestions_place ON suggestions (document, start);
CREATE TABLE IF NOT EXISTS facts (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS decisions (
    document TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL, code TEXT NOT NULL,
    settled INTEGER NOT NULL, decided_by TEXT NOT NULL, decided_at TEXT NOT NULL,
    PRIMARY KEY (document, start, "end", code)
);
CREATE TABLE IF NOT EXISTS draws (
    draw TEXT PRIMARY KEY, strategy TEXT NOT NULL, coder TEXT NOT NULL, seed INTEGER NOT NULL,
    frame_size INTEGER NOT NULL, frame TEXT NOT NULL, model TEXT NOT NULL, made_at TEXT NOT NULL,
    options TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS drawn (
    draw TEXT NOT NULL REFERENCES draws (draw), document TEXT NOT NULL,
    document_sha256 TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    "order" INTEGER NOT NULL,
    inclusion_probability REAL
        CHECK (inclusion_probability > 0 AND inclusion_probability <= 1),
    stratum TEXT NOT NULL, strategy TEXT NOT NULL, arm TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (draw, document, start, "end"),
    CHECK ((strategy = 'random') = (inclusion_probability IS NOT NULL))
);
CREATE TABLE IF NOT EXISTS log (at TEXT NOT NULL, what TEXT NOT NULL, detail TEXT NOT NULL);
"""


def _add_columns(connection: sqlite3.Connection) -> None:
    """Give the tables of an earlier version the columns that came later."""
    for table, columns in _ADDED.items():
        there = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
        for name, kind in columns.items():
            if name not in there:
                connection.execute(f'ALTER TABLE {table} ADD COLUMN "{name}" {kind}')


class Store:
    """One SQLite file in write-ahead mode; several programs may use it at once.

    Parameters
    ----------
    path : path
        The file; made when first written.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self.path, timeout=30)) as connection:
                connection.execute("PRAGMA journal_mode=WAL")
                connection.execute("PRAGMA synchronous=FULL")
                version = connection.execute("PRAGMA user_version").fetchone()[0]
                if version > _VERSION:
                    raise StoreError(
                        "This database was written by a newer version of fourp_nlp.",
                        file=self.path,
                        cure="Update: pip install --upgrade fourp_nlp",
                    )
                connection.executescript(_SCHEMA)
                _add_columns(connection)
                connection.execute(f"PRAGMA user_version={_VERSION}")
                yield connection
        except sqlite3.DatabaseError as error:
            raise StoreError(
                f"The project's database cannot be used: {error}.",
                file=self.path,
                cure="Move the file away and run `fourp suggest` again; decisions are in its backup.",
            ) from error

    def write_suggestions(
        self, suggestions: pd.DataFrame, documents: pd.DataFrame, facts: Mapping[str, object]
    ) -> None:
        """Replace all suggestions at once; a reader sees the old ones or the new, never a mixture.

        Parameters
        ----------
        suggestions : pandas.DataFrame
            Table of suggestions.
        documents : pandas.DataFrame
            The documents that they are for (columns document and sha256).
        facts : mapping
            What made them: model, unit, codebook, versions.
        """
        frame = conform(suggestions, SUGGESTIONS)
        for name, column in SUGGESTIONS.columns.items():
            if column.kind == "bool":
                frame[name] = frame[name].astype("int64")
        marks = ", ".join("?" * len(SUGGESTIONS.columns))
        # By name: a column that came later stands last in an older file.
        names = ", ".join(f'"{name}"' for name in SUGGESTIONS.names)
        with self._open() as connection, connection:
            connection.execute("DELETE FROM suggestions")
            connection.execute("DELETE FROM documents")
            connection.execute("DELETE FROM facts")
            connection.executemany(
                "INSERT INTO documents VALUES (?, ?)",
                documents[["document", "sha256"]].itertuples(index=False, name=None),
            )
            for first in range(0, len(frame), _BLOCK):
                rows = frame.iloc[first : first + _BLOCK].itertuples(index=False, name=None)
                connection.executemany(
                    f"INSERT INTO suggestions ({names}) VALUES ({marks})",  # noqa: S608 - our own names
                    rows,
                )
            connection.executemany(
                "INSERT INTO facts VALUES (?, ?)",
                [(key, json.dumps(value, ensure_ascii=False)) for key, value in facts.items()],
            )
            self._log(connection, "suggestions", {**facts, "rows": len(frame)})

    def read_suggestions(self) -> pd.DataFrame:
        """Return the suggestions; an empty table if there are none.

        Returns
        -------
        pandas.DataFrame
            Table of suggestions.
        """
        if not self.path.exists():
            return empty(SUGGESTIONS)
        with self._open() as connection:
            frame = pd.read_sql_query("SELECT * FROM suggestions ORDER BY rowid", connection)
        return conform(frame, SUGGESTIONS) if len(frame) else empty(SUGGESTIONS)

    def read_documents(self) -> dict[str, str]:
        """Return the SHA-256 of the text of each document that suggestions were made for."""
        if not self.path.exists():
            return {}
        with self._open() as connection:
            return dict(connection.execute("SELECT document, sha256 FROM documents").fetchall())

    def read_facts(self) -> dict[str, object]:
        """Return what made the suggestions."""
        if not self.path.exists():
            return {}
        with self._open() as connection:
            rows = connection.execute("SELECT key, value FROM facts").fetchall()
        return {key: json.loads(value) for key, value in rows}

    def write_decisions(self, decisions: pd.DataFrame) -> None:
        """Add decisions; a later one about the same span and code replaces the earlier, and both are logged.

        Parameters
        ----------
        decisions : pandas.DataFrame
            Columns document, start, end, code, settled and decided_by.
        """
        now = datetime.now(UTC).isoformat(timespec="seconds")
        columns = (decisions[name].tolist() for name in DECISIONS_COLUMNS[:-1])
        rows = [
            (document, int(start), int(end), code, int(settled), person, now)
            for document, start, end, code, settled, person in zip(*columns, strict=True)
        ]
        with self._open() as connection, connection:
            connection.executemany("INSERT OR REPLACE INTO decisions VALUES (?,?,?,?,?,?,?)", rows)
            for row in rows:
                self._log(connection, "decision", dict(zip(DECISIONS_COLUMNS, row, strict=True)))

    def read_decisions(self) -> pd.DataFrame:
        """Return people's decisions, with the columns of `DECISIONS_COLUMNS`."""
        if not self.path.exists():
            return pd.DataFrame(columns=DECISIONS_COLUMNS)
        with self._open() as connection:
            frame = pd.read_sql_query("SELECT * FROM decisions ORDER BY rowid", connection)
        frame["settled"] = frame["settled"].astype(bool)
        return frame

    def write_draw(self, draw: Mapping[str, object], drawn: pd.DataFrame) -> None:
        """Keep a draw and its segments, both or neither.

        Parameters
        ----------
        draw : mapping
            One row of the table of draws.
        drawn : pandas.DataFrame
            Table of drawn segments, all of that draw.

        Raises
        ------
        StoreError
            If there is a draw of this id, a segment stands twice in it, or a segment has an inclusion
            probability without having been drawn at random (or the other way round).
        """
        facts = conform(pd.DataFrame([dict(draw)]), DRAWS)
        rows = conform(drawn, DRAWN)
        columns = [rows[name].tolist() for name in DRAWN.names]
        chance = DRAWN.names.index("inclusion_probability")
        columns[chance] = [None if value != value else value for value in columns[chance]]  # noqa: PLR0124
        with self._open() as connection, connection:
            connection.execute(
                f"INSERT INTO draws VALUES ({', '.join('?' * len(DRAWS.columns))})",  # noqa: S608 - only question marks
                [facts[name].tolist()[0] for name in DRAWS.names],
            )
            connection.executemany(
                f"INSERT INTO drawn VALUES ({', '.join('?' * len(DRAWN.columns))})",  # noqa: S608 - only question marks
                list(zip(*columns, strict=True)),
            )
            self._log(connection, "draw", {**dict(draw), "rows": len(rows)})

    def read_draws(self) -> pd.DataFrame:
        """Return the draws, oldest first; an empty table if there are none.

        Returns
        -------
        pandas.DataFrame
            Table of draws.
        """
        return self._read_table("SELECT * FROM draws ORDER BY rowid", DRAWS)

    def read_drawn(self) -> pd.DataFrame:
        """Return the segments of all draws, draw by draw, in the order of the sheets.

        Returns
        -------
        pandas.DataFrame
            Table of drawn segments; the inclusion probability is nan where there is none.
        """
        query = (
            'SELECT drawn.* FROM drawn JOIN draws USING (draw) ORDER BY draws.rowid, drawn."order"'
        )
        return self._read_table(query, DRAWN)

    def _read_table(self, query: str, table: Table) -> pd.DataFrame:
        if not self.path.exists():
            return empty(table)
        with self._open() as connection:
            frame = pd.read_sql_query(query, connection)
        return conform(frame, table) if len(frame) else empty(table)

    def log(self, what: str, detail: Mapping[str, object]) -> None:
        """Add a line to the log.

        Parameters
        ----------
        what : str
            What happened, in a word or two.
        detail : mapping
            Its particulars.
        """
        with self._open() as connection, connection:
            self._log(connection, what, detail)

    def read_log(self) -> pd.DataFrame:
        """Return the log, oldest first: columns at, what and detail (JSON)."""
        if not self.path.exists():
            return pd.DataFrame(columns=["at", "what", "detail"])
        with self._open() as connection:
            return pd.read_sql_query("SELECT at, what, detail FROM log ORDER BY rowid", connection)

    @staticmethod
    def _log(connection: sqlite3.Connection, what: str, detail: Mapping[str, object]) -> None:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        text = json.dumps(detail, ensure_ascii=False, default=str)
        connection.execute("INSERT INTO log VALUES (?, ?, ?)", (now, what, text))
