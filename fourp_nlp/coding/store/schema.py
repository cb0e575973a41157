"""The tables of the database, and how older files come up to them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from fourp_nlp.columns import (
    ADJUDICATED,
    ANSWERED,
    DRAWN,
    REVIEWED,
    SUGGESTIONS,
    Column,
    Table,
    Value,
)

if TYPE_CHECKING:
    import sqlite3

__all__ = ["DECISIONS_COLUMNS", "PEOPLES_TABLES", "VERSION", "bring_up_to_date", "is_up_to_date"]

# 1: suggestions, decisions, log. 2: draws too. 3: the words that carried a suggestion, and what is
# accepted of them. 4: the arm of a drawn segment. 5: changes that go with files. 6: ranks of suggestions, and
# out-of-fold probabilities. 7: what was decided in the review page. 8: answers to drawn segments, and
# differences settled there. 9: memos on codings, and codes of passages of any length. An older file gets
# the tables and columns that it lacks when it is opened; what its rows then hold is declared beside the
# columns (`Column.older`).
VERSION = 9
_RANKED = 6
# Until version 5 a whole document had what was said out of fold, whether or not people coded it.
_FILL_SUGGESTIONS = """
UPDATE suggestions SET out_of_fold_probability = probability, out_of_fold_suggested = suggested,
    rank = (
        SELECT COUNT(*) FROM suggestions AS other
        WHERE other.document = suggestions.document AND other.start = suggestions.start
            AND other."end" = suggestions."end" AND (other.probability > suggestions.probability
                OR (other.probability = suggestions.probability AND other.rowid <= suggestions.rowid))
    )
"""
_SQL_TYPES = {"str": "TEXT", "int64": "INTEGER", "float64": "REAL", "bool": "INTEGER"}

DECISIONS_COLUMNS = ["document", "start", "end", "code", "settled", "decided_by", "decided_at"]
"""Columns of the table of decisions: what was settled about a code at a span, by whom, when."""

PEOPLES_TABLES = ("decisions", "draws", "drawn", "log", "reviewed", "answered", "adjudicated")
"""Tables of what cannot be computed again."""

_DECLARED = {"suggestions": SUGGESTIONS, "drawn": DRAWN, "reviewed": REVIEWED}
"""Tables whose columns are declared in `fourp_nlp.columns`, and may be fewer in an older file."""


def _is_nan(value: Value | None) -> bool:
    return isinstance(value, float) and math.isnan(value)


def _columns(table: Table) -> str:
    return ", ".join(
        # SQLite keeps nan as NULL.
        f'"{name}" {_SQL_TYPES[column.kind]}'
        + ("" if _is_nan(column.in_older_rows) else " NOT NULL")
        for name, column in table.columns.items()
    )


def _added_column(name: str, column: Column) -> str:
    """Return the SQL by which a column is added to an older file."""
    value = column.in_older_rows
    if _is_nan(value):
        return f'"{name}" {_SQL_TYPES[column.kind]}'
    default = "'" + value.replace("'", "''") + "'" if isinstance(value, str) else f"{value or 0:g}"
    return f'"{name}" {_SQL_TYPES[column.kind]} NOT NULL DEFAULT {default}'


def _missing_columns(connection: sqlite3.Connection) -> dict[str, list[str]]:
    """Return, for each declared table, the SQL of the columns that a file lacks."""
    missing: dict[str, list[str]] = {}
    for table, declared in _DECLARED.items():
        present = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
        missing[table] = [
            _added_column(name, column)
            for name, column in declared.columns.items()
            if name not in present and column.in_older_rows is not None
        ]
    return missing


def is_up_to_date(connection: sqlite3.Connection) -> bool:
    """Return whether a file has the tables and columns of this version.

    Parameters
    ----------
    connection : sqlite3.Connection
        The database.
    """
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    return version >= VERSION and not any(_missing_columns(connection).values())


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
CREATE TABLE IF NOT EXISTS reviewed ({_columns(REVIEWED)}, PRIMARY KEY ("number"));
CREATE INDEX IF NOT EXISTS reviewed_by ON reviewed (coder, "number");
CREATE TABLE IF NOT EXISTS answered ({_columns(ANSWERED)}, PRIMARY KEY ("number"));
CREATE INDEX IF NOT EXISTS answered_of ON answered (draw, "number");
CREATE TABLE IF NOT EXISTS adjudicated ({_columns(ADJUDICATED)}, PRIMARY KEY ("number"));
CREATE TABLE IF NOT EXISTS reviewed_written (coder TEXT PRIMARY KEY, "number" INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS log (at TEXT NOT NULL, what TEXT NOT NULL, detail TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS changes (id TEXT PRIMARY KEY, at TEXT NOT NULL);
"""


def bring_up_to_date(connection: sqlite3.Connection) -> None:
    """Make the tables and columns that a new or an older file lacks.

    Parameters
    ----------
    connection : sqlite3.Connection
        The database; a transaction that is open in it is committed.
    """
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    connection.executescript(_SCHEMA)
    for table, columns in _missing_columns(connection).items():
        for column in columns:
            connection.execute(f"ALTER TABLE {table} ADD COLUMN {column}")
    # By the version, not by what was missing: who was interrupted may have added columns and filled none.
    if version < _RANKED:
        connection.execute(_FILL_SUGGESTIONS)
        connection.commit()
    connection.execute(f"PRAGMA user_version={VERSION}")
