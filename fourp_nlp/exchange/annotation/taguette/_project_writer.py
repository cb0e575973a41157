"""Writes project files that Taguette imports."""

from __future__ import annotations

import html
import re
import sqlite3
import unicodedata
from contextlib import closing
from typing import TYPE_CHECKING, Any

from fourp_nlp.control_characters import printable
from fourp_nlp.exchange.annotation.taguette._project_reader import ANYBODY, byte_places
from fourp_nlp.files import replacing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

    from fourp_nlp.exchange.exchange import Losses

__all__ = ["write_project"]

# The version of the tables that are written; Taguette updates older ones when it imports them.
_VERSION = "db5e31a0233d"
_EPOCH = "2000-01-01 00:00:00.000000"
_NAME_LIMIT = 50
# Control characters but tab and line feed, and what is no character.
_UNSHOWABLE = re.compile(
    "[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]"
)


def write_project(
    path: Path,
    name: str,
    texts: Mapping[str, str],
    tags: Mapping[str, str],
    highlights: pd.DataFrame,
    losses: Losses,
) -> None:
    """Write a project that Taguette imports.

    `texts` are the documents' by name, `tags` the tags' descriptions; `highlights` has the columns
    document, start, end and label, sorted. `losses` gets names that are too long. Raises FourpError
    if the file cannot be written.
    """
    names = _short_names(texts, losses)
    texts = _showable(texts, losses)
    with replacing(path) as partial:
        partial.unlink(missing_ok=True)
        with closing(sqlite3.connect(partial)) as database:
            database.executescript("PRAGMA journal_mode = off;" + _TABLES)
            database.execute("INSERT INTO alembic_version VALUES (?)", (_VERSION,))
            database.execute(
                "INSERT INTO users (login, created, disabled) VALUES (?, ?, 0)", (ANYBODY, _EPOCH)
            )
            shown = " ".join(printable(name).split())[:_NAME_LIMIT] or "Project"
            database.execute("INSERT INTO projects VALUES (1, ?, '', ?)", (shown, _EPOCH))
            database.execute("INSERT INTO project_members VALUES (1, ?, 'ADMIN')", (ANYBODY,))
            number_of = {document: number for number, document in enumerate(texts, start=1)}
            database.executemany(
                "INSERT INTO documents VALUES (?, ?, '', ?, ?, 1, ?, ?)",
                (
                    (number, names[document], _file_name(document), _EPOCH, _direction(text), _html(text))
                    for (document, text), number in zip(
                        texts.items(), number_of.values(), strict=True
                    )
                ),
            )  # fmt: skip
            tag_of = {tag: number for number, tag in enumerate(tags, start=1)}
            database.executemany(
                "INSERT INTO tags VALUES (?, 1, ?, ?)",
                ((tag_of[tag], tag, described) for tag, described in tags.items()),
            )
            _insert_highlights(database, highlights, texts, number_of, tag_of)
            database.commit()


def _insert_highlights(
    database: sqlite3.Connection,
    highlights: pd.DataFrame,
    texts: Mapping[str, str],
    number_of: Mapping[str, int],
    tag_of: Mapping[str, int],
) -> None:
    number = 0
    for document, group in highlights.groupby("document", sort=False):
        text = texts[str(document)]
        places = byte_places(text)
        rows: list[tuple[Any, ...]] = []
        given: list[tuple[int, int]] = []
        before = (-1, -1)
        for start, end, label in zip(
            group["start"].tolist(), group["end"].tolist(), group["label"], strict=True
        ):
            if (start, end) != before:
                number += 1
                before = (start, end)
                rows.append(
                    (
                        number, number_of[str(document)], int(places[start]), int(places[end]),
                        _html(text[start:end]),
                    )
                )  # fmt: skip
            given.append((number, tag_of[label]))
        database.executemany("INSERT INTO highlights VALUES (?, ?, ?, ?, ?)", rows)
        database.executemany("INSERT OR IGNORE INTO highlight_tags VALUES (?, ?)", given)


def _showable(texts: Mapping[str, str], losses: Losses) -> dict[str, str]:
    """Return texts of the same length without characters that HTML cannot hold."""
    showable = {document: _UNSHOWABLE.sub("\ufffd", text) for document, text in texts.items()}
    losses.add(
        "control characters",
        "HTML cannot hold them; each is shown as a replacement character",
        [document for document, text in showable.items() if text != texts[document]],
    )
    return showable


def _html(text: str) -> str:
    """Return a text as HTML whose text nodes are the same, character for character."""
    lines = html.escape(text, quote=False).split("\n")
    return "\n".join(f"<p>{line}</p>" for line in lines)


def _short_names(texts: Mapping[str, str], losses: Losses) -> dict[str, str]:
    """Return names that Taguette takes: 50 characters at most, none twice."""
    short: dict[str, str] = {}
    in_use = {document for document in texts if len(document) <= _NAME_LIMIT}
    for document in texts:
        name = printable(document)
        if len(name) > _NAME_LIMIT:
            name = name[: _NAME_LIMIT - 1] + "…"
            number = 1
            while name in in_use:
                number += 1
                name = f"{document[: _NAME_LIMIT - 2 - len(str(number))]}…{number}"
            losses.add(
                "ends of long names of documents",
                f"Taguette's names have {_NAME_LIMIT} characters at most",
                [document],
            )
        in_use.add(name)
        short[document] = name or "(no name)"
    return short


def _file_name(document: str) -> str:
    """Return a file's name as Taguette allows it: ASCII letters, digits, dots, hyphens."""
    base = re.sub(r"[^A-Za-z0-9_.-]", "", document.rsplit("/", 1)[-1]).strip("._")
    return base[-_NAME_LIMIT:].strip("._") or "document"


def _direction(text: str) -> str:
    """Return the direction of a text: that of its first letter with one (Unicode's rule P2)."""
    for sign in filter(str.isalpha, text[:10_000]):
        kind = unicodedata.bidirectional(sign)
        if kind == "L":
            return "LEFT_TO_RIGHT"
        if kind in {"R", "AL"}:
            return "RIGHT_TO_LEFT"
    return "LEFT_TO_RIGHT"


_TABLES = """
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY);
CREATE TABLE users (
    login VARCHAR(30) NOT NULL PRIMARY KEY, created DATETIME NOT NULL, hashed_password VARCHAR(192),
    disabled BOOLEAN NOT NULL, password_set_date DATETIME, language VARCHAR(10), email VARCHAR(256),
    email_sent DATETIME
);
CREATE UNIQUE INDEX ix_users_email ON users (email);
CREATE TABLE projects (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, name VARCHAR(200) NOT NULL,
    description TEXT NOT NULL, created DATETIME NOT NULL
);
CREATE TABLE project_members (
    project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    user_login VARCHAR(30) NOT NULL REFERENCES users (login) ON DELETE CASCADE ON UPDATE CASCADE,
    privileges VARCHAR(11) NOT NULL, PRIMARY KEY (project_id, user_login)
);
CREATE INDEX ix_project_members_project_id ON project_members (project_id);
CREATE INDEX ix_project_members_user_login ON project_members (user_login);
CREATE TABLE documents (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, name VARCHAR(200) NOT NULL,
    description TEXT NOT NULL, filename VARCHAR(200) NOT NULL, created DATETIME NOT NULL,
    project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    text_direction VARCHAR(13) NOT NULL, contents TEXT NOT NULL
);
CREATE INDEX ix_documents_project_id ON documents (project_id);
CREATE TABLE commands (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, date DATETIME NOT NULL,
    user_login VARCHAR(30) NOT NULL REFERENCES users (login) ON UPDATE CASCADE,
    project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    document_id INTEGER, payload TEXT NOT NULL
);
CREATE INDEX ix_commands_date ON commands (date);
CREATE INDEX ix_commands_project_id ON commands (project_id);
CREATE INDEX ix_commands_document_id ON commands (document_id);
CREATE INDEX ix_commands_user_login ON commands (user_login);
CREATE INDEX idx_project_id ON commands (project_id, id);
CREATE INDEX idx_project_document ON commands (project_id, document_id);
CREATE TABLE tags (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    path VARCHAR(200) NOT NULL, description TEXT NOT NULL,
    CONSTRAINT uq_tags_project_id UNIQUE (project_id, path)
);
CREATE INDEX ix_tags_path ON tags (path);
CREATE INDEX ix_tags_project_id ON tags (project_id);
CREATE TABLE highlights (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    start_offset INTEGER NOT NULL, end_offset INTEGER NOT NULL, snippet TEXT NOT NULL
);
CREATE INDEX ix_highlights_document_id ON highlights (document_id);
CREATE TABLE highlight_tags (
    highlight_id INTEGER NOT NULL REFERENCES highlights (id) ON DELETE CASCADE,
    tag_id INTEGER NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    PRIMARY KEY (highlight_id, tag_id)
);
CREATE INDEX ix_highlight_tags_highlight_id ON highlight_tags (highlight_id);
CREATE INDEX ix_highlight_tags_tag_id ON highlight_tags (tag_id);
"""
