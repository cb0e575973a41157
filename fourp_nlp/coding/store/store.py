"""The project's database as tables that go in and come out."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from fourp_nlp.coding.store._connection import opened
from fourp_nlp.coding.store.backups import back_up
from fourp_nlp.coding.store.schema import DECISIONS_COLUMNS
from fourp_nlp.tables import DRAWN, DRAWS, SUGGESTIONS, Table, conform, empty

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["Store"]

_PEOPLES_ROWS = ("decisions", "draws", "drawn")
_BLOCK = 20_000  # rows handed over at once


class Store:
    """One SQLite file in write-ahead mode; several programs may use it at once.

    Parameters
    ----------
    path : path
        The file; made when first written.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._joint: sqlite3.Connection | None = None
        self._matters = False

    @contextmanager
    def together(self, change: str = "") -> Iterator[None]:
        """Keep all that is written inside, or none of it.

        Parameters
        ----------
        change : str, optional
            Id of the change that it belongs to; `has_change` knows it afterwards. Whoever names one calls
            `back_up` when the whole change is made.

        Raises
        ------
        StoreError
            If it cannot be kept.
        """
        with opened(self.path, writing=True) as connection:
            connection.execute("BEGIN IMMEDIATE")
            self._joint = connection
            try:
                yield
                if change:
                    now = datetime.now(UTC).isoformat(timespec="seconds")
                    connection.execute("INSERT INTO changes VALUES (?, ?)", (change, now))
                connection.commit()
            except BaseException:
                connection.rollback()
                self._matters = False
                raise
            finally:
                self._joint = None
        if not change:
            self.back_up()

    def has_change(self, change: str) -> bool:
        """Return whether a change was committed.

        Parameters
        ----------
        change : str
            Its id.

        Returns
        -------
        bool
            Whether `together` kept it.
        """
        query = "SELECT count(*) FROM changes WHERE id = ?"
        return self.path.exists() and bool(self._rows(query, (change,))[1][0][0])

    @contextmanager
    def _writing(self, *, matters: bool = False) -> Iterator[sqlite3.Connection]:
        """Give a transaction; if what is written matters to people, a backup is made after it."""
        self._matters = self._matters or matters
        if self._joint is not None:
            yield self._joint
            return
        with opened(self.path, writing=True) as connection, connection:
            yield connection
        self.back_up()

    def back_up(self) -> None:
        """Make a backup, if what was written since the last one matters to people."""
        if self._matters:
            back_up(self.path)
        self._matters = False

    def _rows(
        self, query: str, values: tuple[object, ...] = ()
    ) -> tuple[list[str], list[tuple[object, ...]]]:
        """Return the columns and rows of a query."""
        with opened(self.path, writing=False) as connection:
            cursor = connection.execute(query, values)
            return [column[0] for column in cursor.description], cursor.fetchall()

    def _frame(self, query: str) -> pd.DataFrame:
        names, rows = self._rows(query)
        return pd.DataFrame.from_records(rows, columns=names)

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
        names = ", ".join(f'"{name}"' for name in SUGGESTIONS.columns)
        with self._writing() as connection:
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
        frame = self._frame("SELECT * FROM suggestions ORDER BY rowid")
        return conform(frame, SUGGESTIONS) if len(frame) else empty(SUGGESTIONS)

    def read_documents(self) -> dict[str, str]:
        """Return the SHA-256 of the text of each document that suggestions were made for."""
        if not self.path.exists():
            return {}
        _, rows = self._rows("SELECT document, sha256 FROM documents")
        return {str(document): str(sha256) for document, sha256 in rows}

    def read_facts(self) -> dict[str, object]:
        """Return model, unit, codebook and versions of the suggestions."""
        if not self.path.exists():
            return {}
        _, rows = self._rows("SELECT key, value FROM facts")
        return {str(key): json.loads(str(value)) for key, value in rows}

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
        with self._writing(matters=True) as connection:
            connection.executemany("INSERT OR REPLACE INTO decisions VALUES (?,?,?,?,?,?,?)", rows)
            for row in rows:
                self._log(connection, "decision", dict(zip(DECISIONS_COLUMNS, row, strict=True)))

    def remove_decisions(self, decisions: pd.DataFrame) -> None:
        """Remove decisions that are kept elsewhere now; the log keeps them.

        Parameters
        ----------
        decisions : pandas.DataFrame
            Columns document, start, end and code. Those of which there is no decision are passed over.
        """
        places = decisions[["document", "start", "end", "code"]]
        rows = list(places.itertuples(index=False, name=None))
        with self._writing(matters=True) as connection:
            connection.executemany(
                'DELETE FROM decisions WHERE document = ? AND start = ? AND "end" = ? AND code = ?',
                [(document, int(start), int(end), code) for document, start, end, code in rows],
            )

    def read_decisions(self) -> pd.DataFrame:
        """Return people's decisions, with the columns of `DECISIONS_COLUMNS`."""
        if not self.path.exists():
            return pd.DataFrame(columns=DECISIONS_COLUMNS)
        frame = self._frame("SELECT * FROM decisions ORDER BY rowid")
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
        with self._writing(matters=True) as connection:
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

    def marks(self) -> tuple[object, object]:
        """Return what changes when draws change, and what changes when suggestions do.

        Decisions change neither: what rests on draws or suggestions need not be read anew after each of them.

        Returns
        -------
        draws, suggestions : object
            To be compared with `==`.
        """
        if not self.path.exists():
            return None, None
        drawn = "SELECT draw, document, count(*), total(start) FROM drawn GROUP BY draw, document"
        made = "SELECT rowid, at FROM log WHERE what = ? ORDER BY rowid DESC LIMIT 1"
        draws = [
            self._rows(query, values)[1]
            for query, values in (
                ("SELECT draw, coder, options FROM draws", ()),
                (drawn, ()),
                (made, ("take in",)),
            )
        ]
        return draws, self._rows(made, ("suggestions",))[1]

    def _read_table(self, query: str, table: Table) -> pd.DataFrame:
        if not self.path.exists():
            return empty(table)
        frame = self._frame(query)
        return conform(frame, table) if len(frame) else empty(table)

    def people_rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return the rows of decisions, draws and drawn segments as they are stored.

        Returns
        -------
        dict of str to list of tuple
            By the names of the tables; within `together`, with what was written inside.
        """
        if self._joint is None and not self.path.exists():
            return {name: [] for name in _PEOPLES_ROWS}
        rows = {}
        for name in _PEOPLES_ROWS:
            query = f"SELECT * FROM {name} ORDER BY rowid"  # noqa: S608 - our own names
            if self._joint is None:
                rows[name] = self._rows(query)[1]
            else:
                rows[name] = self._joint.execute(query).fetchall()
        return rows

    def put_people_rows(self, rows: Mapping[str, Sequence[tuple[Any, ...]]]) -> None:
        """Replace all rows of some tables of people's work.

        Parameters
        ----------
        rows : mapping of str to sequence of tuple
            By the names of tables, as `people_rows` gives them.
        """
        with self._writing(matters=True) as connection:
            for name in (each for each in _PEOPLES_ROWS if each in rows):
                connection.execute(f"DELETE FROM {name}")  # noqa: S608 - our own names
                if rows[name]:
                    marks = ", ".join("?" * len(rows[name][0]))
                    connection.executemany(
                        f"INSERT INTO {name} VALUES ({marks})",  # noqa: S608 - only question marks
                        rows[name],
                    )

    def mark_reviewed_written(self, coder: str, number: int) -> None:
        """Note that a coder's decisions in the review page are in the gold files.

        Parameters
        ----------
        coder : str
            The coder.
        number : int
            The last entry of the log that is.
        """
        with self._writing(matters=True) as connection:
            connection.execute(
                "INSERT OR REPLACE INTO reviewed_written VALUES (?, ?)", (coder, number)
            )

    def log(self, what: str, detail: Mapping[str, object]) -> None:
        """Add a line to the log.

        Parameters
        ----------
        what : str
            What happened, in a word or two.
        detail : mapping
            Its particulars.
        """
        with self._writing() as connection:
            self._log(connection, what, detail)

    def read_log(self, *what: str) -> pd.DataFrame:
        """Return the log, oldest first.

        Parameters
        ----------
        *what : str
            Only entries that are called one of these. By default all.

        Returns
        -------
        pandas.DataFrame
            Columns at, what and detail (JSON).
        """
        if not self.path.exists():
            return pd.DataFrame(columns=["at", "what", "detail"])
        chosen = f"WHERE what IN ({', '.join('?' * len(what))})" if what else ""
        query = f"SELECT at, what, detail FROM log {chosen} ORDER BY rowid"  # noqa: S608 - only question marks
        names, rows = self._rows(query, what)
        return pd.DataFrame.from_records(rows, columns=names)

    @staticmethod
    def _log(connection: sqlite3.Connection, what: str, detail: Mapping[str, object]) -> None:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        text = json.dumps(detail, ensure_ascii=False, default=str)
        connection.execute("INSERT INTO log VALUES (?, ?, ?)", (now, what, text))
