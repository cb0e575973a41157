"""Taguette's project files: SQLite databases with documents in HTML and places in bytes of their text.

A place counts the UTF-8 bytes of the document's text nodes, tags aside (Taguette's `extract.py`, and
`describePos` in its `taguette.js`). Tables and columns are those of Taguette 1.5.
"""

from __future__ import annotations

import html
import itertools
import json
import re
import sqlite3
import unicodedata
from contextlib import closing
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import numpy as np

from fourp_nlp.control_characters import printable
from fourp_nlp.errors import ExchangeError, UnsafeExchangeError
from fourp_nlp.exchange.annotation.exchange_builder import Gathering, Mark
from fourp_nlp.exchange.annotation.json_records import Where
from fourp_nlp.exchange.annotation.offset_units import CODE_POINTS
from fourp_nlp.files import replacing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import numpy.typing as npt
    import pandas as pd

    from fourp_nlp.exchange.exchange import Exchange, Losses

    Integers = npt.NDArray[np.int64]

__all__ = ["is_project", "read_project", "write_project"]

MAX_BYTES = 1024**3
MAX_TEXT = 64 * 1024**2
_MAGIC = b"SQLite format 3\x00"
# The state of the tables that are written; Taguette brings older ones up when it imports them.
_VERSION = "db5e31a0233d"
_EPOCH = "2000-01-01 00:00:00.000000"
_NEEDED = {
    "projects": ("id", "name", "description"),
    "documents": ("id", "name", "description", "project_id", "contents"),
    "tags": ("id", "project_id", "path", "description"),
    "highlights": ("id", "document_id", "start_offset", "end_offset"),
    "highlight_tags": ("highlight_id", "tag_id"),
    "commands": ("date", "user_login", "project_id", "payload"),
}
# What Taguette calls whoever works alone, and everybody in a project that it exports.
_ANYBODY = "admin"
_NAME_LIMIT = 50
# Control characters but tab and line feed, and what is no character.
_UNSHOWABLE = re.compile(
    "[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]"
)
_FRESH = "Export the project from Taguette again, as SQLite3."
# Tags at whose ends a line ends; the others are within a line.
_BLOCKS = frozenset(
    {
        "p", "br", "blockquote", "pre", "caption", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li",
        "dl", "dt", "dd", "table", "thead", "tbody", "tr", "th", "td", "div",
    }
)  # fmt: skip


def is_project(path: Path) -> bool:
    """Return whether a file is an SQLite database.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    bool
        Whether it begins like one.

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


def read_project(path: Path, *, coder: str, project: str | None) -> Exchange:
    """Read a Taguette project.

    The database is opened for reading alone and never trusted: its tables must be plain tables with the
    columns of Taguette's, and no value may be longer than the limit.

    Parameters
    ----------
    path : pathlib.Path
        The .sqlite3.
    coder : str
        Who coded, if it is to be said; otherwise who made each highlight, as far as the database says.
    project : str or None
        The project's name, where there are several.

    Returns
    -------
    Exchange
        The project. Its documents are the text of the HTML, a line for each block.

    Raises
    ------
    ExchangeError
        If it is no such project, or there are several and none is named.
    UnsafeExchangeError
        If the database is beyond the limits, or its tables are not plain tables.
    """
    if path.stat().st_size > MAX_BYTES:
        raise UnsafeExchangeError(
            f"The database is larger than {MAX_BYTES // 1024**2} MB.", file=path, cure=_FRESH
        )
    try:
        with closing(_opened(path)) as database:
            _check_tables(path, database)
            return _read(path, database, coder, project)
    except (sqlite3.Error, UnicodeDecodeError, OverflowError) as error:
        raise ExchangeError(
            f"The database is damaged or not Taguette's ({error}).", file=path, cure=_FRESH
        ) from error


def _opened(path: Path) -> sqlite3.Connection:
    # Immutable: no journal beside it is looked at, and no lock is taken.
    address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    database = sqlite3.connect(address, uri=True)
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_TEXT)
    database.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    for pragma in ("query_only = on", "trusted_schema = off", "cell_size_check = on"):
        database.execute(f"PRAGMA {pragma}")
    return database


def _check_tables(path: Path, database: sqlite3.Connection) -> None:
    held = {
        name: (kind, sql)
        for kind, name, sql in database.execute("SELECT type, name, sql FROM sqlite_master")
        if kind in {"table", "view"}
    }
    for table, columns in _NEEDED.items():
        if table not in held:
            raise ExchangeError(
                f"This is not a Taguette project: it has no table '{table}'.",
                file=path,
                cure="Give the file that Taguette's 'Export project' writes.",
            )
        kind, sql = held[table]
        if kind != "table" or not str(sql).upper().startswith("CREATE TABLE"):
            raise UnsafeExchangeError(
                f"'{table}' is no plain table.", file=path, cure="Do not trust the file."
            )
        # Columns that the database computes are not listed by table_info.
        found = {row[1] for row in database.execute(f"PRAGMA table_info({table})")}
        missing = [column for column in columns if column not in found]
        if missing:
            raise ExchangeError(
                f"The table '{table}' has no column '{missing[0]}'.",
                file=path,
                cure="Open the project in a newer Taguette and export it again.",
            )


def _read(path: Path, database: sqlite3.Connection, coder: str, project: str | None) -> Exchange:
    projects = [
        (_whole(path, number), _text(path, name), _text(path, description))
        for number, name, description in database.execute(
            "SELECT id, name, description FROM projects ORDER BY id"
        )
    ]
    chosen = [each for each in projects if project is None or each[1] == project]
    if len(chosen) != 1:
        names = "; ".join(name for _, name, _ in projects[:20]) or "none"
        raise ExchangeError(
            f"The database has {len(projects)} projects, and it is not clear which is meant.",
            file=path,
            cure=f"Name one of them: {names}.",
        )
    (number, name, _) = chosen[0]
    gathering = Gathering(path, "Taguette", counting=CODE_POINTS)
    places: dict[int, tuple[int, _Places]] = {}
    for at, (document, title, description, contents) in enumerate(
        database.execute(
            "SELECT id, name, description, contents FROM documents WHERE project_id = ? ORDER BY id",
            (number,),
        )
    ):
        found = _Places(_text(path, contents))
        where = Where(path, at + 1)
        record = gathering.record(found.text, {"document": _text(path, title)}, where)
        places[_whole(path, document)] = (record, found)
        gathering.note(record, _text(path, description), "", name="Description")
    tags = {
        _whole(path, tag): (_text(path, label), _text(path, description))
        for tag, label, description in database.execute(
            "SELECT id, path, description FROM tags WHERE project_id = ? ORDER BY id", (number,)
        )
    }
    for label, _ in tags.values():
        gathering.label(label)
    _read_highlights(path, database, gathering, places, tags, coder, number)
    exchange = gathering.exchange(name=name)
    described = dict(tags.values())
    nodes = exchange.nodes.assign(
        description=[
            described.get(label, "").replace("\r\n", "\n") for label in exchange.nodes["name"]
        ]
    )
    return replace(exchange, nodes=nodes).conformed()


def _read_highlights(
    path: Path,
    database: sqlite3.Connection,
    gathering: Gathering,
    places: Mapping[int, tuple[int, _Places]],
    tags: Mapping[int, tuple[str, str]],
    coder: str,
    project: int,
) -> None:
    makers = _makers(path, database, project)
    labels: dict[int, list[str]] = {}
    for highlight, tag in database.execute("SELECT highlight_id, tag_id FROM highlight_tags"):
        if tag in tags:
            labels.setdefault(_whole(path, highlight), []).append(tags[tag][0])
    rows: dict[int, list[tuple[int, int, int]]] = {}
    for highlight, document, start, end in database.execute(
        "SELECT id, document_id, start_offset, end_offset FROM highlights ORDER BY id"
    ):
        if document in places:
            place = (_whole(path, highlight), _whole(path, start), _whole(path, end))
            rows.setdefault(_whole(path, document), []).append(place)
    anybody = 0
    for document, highlights in rows.items():
        record, found = places[document]
        table = np.array(highlights, dtype=np.int64).reshape(-1, 3)
        starts, ends = found.starts(table[:, 1]), found.ends(table[:, 2])
        for highlight, start, end in zip(
            table[:, 0].tolist(), starts.tolist(), ends.tolist(), strict=True
        ):
            maker, made_at = makers.get(highlight, ("", ""))
            if maker == _ANYBODY:
                maker = ""
            anybody += not (coder or maker)
            given = labels.get(highlight, [])
            if not given:
                gathering.losses.add(
                    "highlights without a tag",
                    "a highlight without a tag is no coding",
                    [found.text[start:end]],
                )
            for label in given:
                gathering.mark(
                    Mark(
                        record, start, end, label, coder or maker, machine=False, made_at=made_at,
                        line=highlight,
                    )
                )  # fmt: skip
    if anybody:
        gathering.remarks.append(
            f"{anybody:,} highlights do not say who made them: an exported project calls everybody "
            f"{_ANYBODY}. `coder` says who it was."
        )


def _makers(path: Path, database: sqlite3.Connection, project: int) -> dict[int, tuple[str, str]]:
    """Return who made each highlight and when, as the project's log says."""
    makers: dict[int, tuple[str, str]] = {}
    for date, login, payload in database.execute(
        "SELECT date, user_login, payload FROM commands WHERE project_id = ? ORDER BY id",
        (project,),
    ):
        try:
            said = json.loads(_text(path, payload))
        except (ValueError, RecursionError):
            continue
        if isinstance(said, dict) and said.get("type") == "highlight_add":
            highlight = said.get("highlight_id")
            if isinstance(highlight, int):
                written = _text(path, date).strip()
                made_at = f"{written[:19].replace(' ', 'T')}Z" if len(written) >= 19 else ""
                # A highlight is added again when it is changed: whoever did so last gave its tags.
                makers[highlight] = (_text(path, login), made_at)
    return makers


def _whole(path: Path, value: object) -> int:
    if isinstance(value, int):
        return value
    raise ExchangeError(
        f"The database holds {str(value)[:30]!r} where a number belongs.", file=path, cure=_FRESH
    )


def _text(path: Path, value: object) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    raise ExchangeError(
        f"The database holds {str(value)[:30]!r} where a text belongs.", file=path, cure=_FRESH
    )


class _Places(HTMLParser):
    """The text of a document in HTML, with a line for each block, and its places by bytes.

    Attributes
    ----------
    text : str
        The text.
    """

    def __init__(self, contents: str) -> None:
        super().__init__(convert_charrefs=True)
        self._nodes: list[str] = []
        self._breaks: list[int] = []
        self._length = 0
        self._ends_line = True
        self._due = False
        self._verbatim = False
        # Browsers take these line ends for one before they parse anything.
        self.feed(contents.replace("\r\n", "\n").replace("\r", "\n"))
        self.close()
        base = "".join(self._nodes)
        bounds = [0, *self._breaks, len(base)]
        self.text = "\n".join(base[a:b] for a, b in itertools.pairwise(bounds))
        self._base_breaks = np.array(self._breaks, dtype=np.int64)
        self._bytes = _byte_places(base)

    def starts(self, places: Integers) -> Integers:
        """Return where highlights begin; one that begins within a character begins with it."""
        found = np.searchsorted(self._bytes, places, side="right") - 1
        beyond = places > self._bytes[-1]
        made: Integers = found + np.searchsorted(self._base_breaks, found, side="right")
        return np.where(beyond, len(self.text) + 1, made)

    def ends(self, places: Integers) -> Integers:
        """Return where highlights end; one that ends within a character ends behind it."""
        found = np.searchsorted(self._bytes, places, side="left")
        beyond = places > self._bytes[-1]
        made: Integers = found + np.searchsorted(self._base_breaks, found, side="left")
        return np.where(beyond, len(self.text) + 1, made)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._due |= tag in _BLOCKS
        # A line end right behind this tag is not text.
        self._verbatim = tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        self._due |= tag in _BLOCKS
        self._verbatim = False

    def handle_data(self, data: str) -> None:
        if self._verbatim:
            data = data.removeprefix("\n")
            self._verbatim = False
        if not data:
            return
        inner = data.strip(" \t")
        if inner:
            if self._due and not self._ends_line and not inner.startswith("\n"):
                self._breaks.append(self._length)
            self._due = False
            self._ends_line = inner.endswith("\n")
        self._nodes.append(data)
        self._length += len(data)


def write_project(
    path: Path,
    name: str,
    texts: Mapping[str, str],
    tags: Mapping[str, str],
    highlights: pd.DataFrame,
    losses: Losses,
) -> None:
    """Write a project that Taguette imports.

    Parameters
    ----------
    path : pathlib.Path
        The .sqlite3 to be written.
    name : str
        The project's name.
    texts : mapping of str to str
        The documents' texts by name.
    tags : mapping of str to str
        The tags' descriptions.
    highlights : pandas.DataFrame
        Columns document, start, end and label; sorted.
    losses : Losses
        Where names that are too long are told.

    Raises
    ------
    FourpError
        If the file cannot be written.
    """
    names = _short_names(texts, losses)
    texts = _showable(texts, losses)
    with replacing(path) as partial:
        partial.unlink(missing_ok=True)
        with closing(sqlite3.connect(partial)) as database:
            database.executescript("PRAGMA journal_mode = off;" + _TABLES)
            database.execute("INSERT INTO alembic_version VALUES (?)", (_VERSION,))
            database.execute(
                "INSERT INTO users (login, created, disabled) VALUES (?, ?, 0)", (_ANYBODY, _EPOCH)
            )
            shown = " ".join(printable(name).split())[:_NAME_LIMIT] or "Project"
            database.execute("INSERT INTO projects VALUES (1, ?, '', ?)", (shown, _EPOCH))
            database.execute("INSERT INTO project_members VALUES (1, ?, 'ADMIN')", (_ANYBODY,))
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
        places = _byte_places(text)
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


def _byte_places(text: str) -> Integers:
    """Return at which byte of the text in UTF-8 each character begins, and where the last one ends."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    size = 1 + (points > 0x7F).astype(np.int64) + (points > 0x7FF) + (points > 0xFFFF)
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(size)])


def _showable(texts: Mapping[str, str], losses: Losses) -> dict[str, str]:
    """Return texts without characters that HTML cannot hold, as long as before."""
    made = {document: _UNSHOWABLE.sub("\ufffd", text) for document, text in texts.items()}
    changed = [document for document, text in made.items() if text != texts[document]]
    losses.add(
        "control characters",
        "HTML cannot hold them; each is shown as a replacement character",
        changed,
    )
    return made


def _html(text: str) -> str:
    """Return a text as HTML whose text nodes are the same, character for character."""
    lines = html.escape(text, quote=False).split("\n")
    return "\n".join(f"<p>{line}</p>" for line in lines)


def _short_names(texts: Mapping[str, str], losses: Losses) -> dict[str, str]:
    """Return names that Taguette takes: 50 characters at most, none twice."""
    made: dict[str, str] = {}
    taken = {document for document in texts if len(document) <= _NAME_LIMIT}
    for document in texts:
        name = printable(document)
        if len(name) > _NAME_LIMIT:
            name = name[: _NAME_LIMIT - 1] + "…"
            number = 1
            while name in taken:
                number += 1
                name = f"{document[: _NAME_LIMIT - 2 - len(str(number))]}…{number}"
            losses.add(
                "ends of long names of documents",
                f"Taguette's names have {_NAME_LIMIT} characters at most",
                [document],
            )
        taken.add(name)
        made[document] = name or "(no name)"
    return made


def _file_name(document: str) -> str:
    """Return a file's name as Taguette allows it: ASCII letters, digits, dots, hyphens."""
    base = re.sub(r"[^A-Za-z0-9_.-]", "", document.rsplit("/", 1)[-1]).strip("._")
    return base[-_NAME_LIMIT:].strip("._") or "document"


def _direction(text: str) -> str:
    """Return which way a text is written: by the first letter that says (Unicode's rule P2)."""
    for sign in _letters(text):
        kind = unicodedata.bidirectional(sign)
        if kind == "L":
            return "LEFT_TO_RIGHT"
        if kind in {"R", "AL"}:
            return "RIGHT_TO_LEFT"
    return "LEFT_TO_RIGHT"


def _letters(text: str) -> Iterator[str]:
    return (sign for sign in text[:10_000] if sign.isalpha())


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
