"""Reads and writes the exchange extras: what an imported project has and a study has no place for."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.errors import ExchangeError, TableError
from fourp_nlp.exchange import MARKS, MEMBERS, NODES, NOTES, SELECTIONS, SOURCES, USERS, VALUES
from fourp_nlp.tables import CODINGS, Column, Table, conform, empty, make_table

if TYPE_CHECKING:
    from pathlib import Path

    from fourp_nlp.study.project import Project

__all__ = [
    "MACHINE_CODINGS",
    "MARK_EXTRAS",
    "NOTE_QUOTES",
    "PROJECT_EXTRAS",
    "SOURCE_EXTRAS",
    "ExchangeExtras",
    "extras_contents",
    "read_extras",
]


def _without(table: Table, *left: str, **more: Column) -> Table:
    columns = {name: column for name, column in table.columns.items() if name not in left}
    return Table(table.name, MappingProxyType(columns | more))


SOURCE_EXTRAS = _without(
    SOURCES,
    "text",
    original=Column(
        "str",
        "file in exchange/texts with the text as it came, to which its offsets refer; empty if that "
        "is the document's normalised text",
    ),
)

MARK_EXTRAS = _without(
    CODINGS,
    "quote",
    guid=Column("str", "identity of the coding"),
    came_start=Column("int64", "first code point in the text as it came"),
    came_end=Column("int64", "one past its last"),
    made_at=Column("str", "date and time as ISO 8601, UTC; empty if unknown"),
    selection=MARKS.columns["selection"],
)

MACHINE_CODINGS = Table(
    "machine_codings",
    MappingProxyType(
        dict(CODINGS.columns)
        | {
            name: MARK_EXTRAS.columns[name]
            for name in ("guid", "came_start", "came_end", "made_at")
        }
        | {name: MARKS.columns[name] for name in ("probability", "why", "selection")}
    ),
)

NOTE_QUOTES = make_table(
    "quotes",
    note=("str", "identity of a note on a stretch of a text"),
    quote=("str", "its text, by which it is found in another version of the document"),
)

PROJECT_EXTRAS = make_table(
    "project",
    origin=("str", "the program that wrote it, as it says"),
    **{name: column for name, column in SELECTIONS.columns.items() if name != "guid"},
)

_TABLES = MappingProxyType(
    {
        "sources": SOURCE_EXTRAS,
        "nodes": NODES,
        "users": USERS,
        "marks": MARK_EXTRAS,
        "notes": NOTES,
        "quotes": NOTE_QUOTES,
        "values": VALUES,
        "members": MEMBERS,
        "machine_codings": MACHINE_CODINGS,
        "selections": SELECTIONS,
        "project": PROJECT_EXTRAS,
    }
)


@dataclass(frozen=True)
class ExchangeExtras:
    """Tables of the folder `exchange`, all empty in a project that took nothing over.

    Attributes
    ----------
    sources : pandas.DataFrame
        SOURCES without the text, with the file of the text as it came. `document` is this project's id,
        `name_there` that with which it came.
    nodes, users, notes, values, members, selections : pandas.DataFrame
        The tables of these names of `fourp_nlp.exchange`, as they came: their GUIDs, colours and so on.
        `nodes.code` and `users.coder` are this project's ids.
    marks : pandas.DataFrame
        Identity, place as it came, date and selection of codings; document, start, end, code and coder
        are this project's.
    machine_codings : pandas.DataFrame
        Codings of machines other than this project's, with their quote, identity, place as it came,
        probability and reason: they are nobody's gold codes, and nothing is counted by them.
    project : pandas.DataFrame
        Who made the project that this one was made from, and when; one row or none.
    """

    sources: pd.DataFrame = field(default_factory=lambda: empty(SOURCE_EXTRAS))
    nodes: pd.DataFrame = field(default_factory=lambda: empty(NODES))
    users: pd.DataFrame = field(default_factory=lambda: empty(USERS))
    marks: pd.DataFrame = field(default_factory=lambda: empty(MARK_EXTRAS))
    notes: pd.DataFrame = field(default_factory=lambda: empty(NOTES))
    quotes: pd.DataFrame = field(default_factory=lambda: empty(NOTE_QUOTES))
    values: pd.DataFrame = field(default_factory=lambda: empty(VALUES))
    members: pd.DataFrame = field(default_factory=lambda: empty(MEMBERS))
    machine_codings: pd.DataFrame = field(default_factory=lambda: empty(MACHINE_CODINGS))
    selections: pd.DataFrame = field(default_factory=lambda: empty(SELECTIONS))
    project: pd.DataFrame = field(default_factory=lambda: empty(PROJECT_EXTRAS))


def read_extras(project: Project) -> ExchangeExtras:
    """Read what came with projects of other programs.

    Parameters
    ----------
    project : Project
        The project.

    Returns
    -------
    ExchangeExtras
        Its tables, empty where there is no file; columns that an earlier version did not write have their
        defaults.

    Raises
    ------
    ExchangeError
        If a file was changed so that it is no such table.
    """
    tables = {}
    for name, table in _TABLES.items():
        path = project.exchange / f"{name}.csv"
        if path.is_file():
            tables[name] = _read(path, table)
    return ExchangeExtras(**tables)


def extras_contents(project: Project, extras: ExchangeExtras) -> dict[Path, bytes | None]:
    """Return the files that would hold what came with projects of other programs.

    Parameters
    ----------
    project : Project
        The project.
    extras : ExchangeExtras
        Its tables.

    Returns
    -------
    dict of pathlib.Path to bytes or None
        Each file's content; None for an empty table, which has no file.
    """
    contents: dict[Path, bytes | None] = {}
    for table in fields(extras):
        path = project.exchange / f"{table.name}.csv"
        frame = conform(getattr(extras, table.name), _TABLES[table.name])
        if frame.empty:
            contents[path] = None
            continue
        texts = [
            name for name, column in _TABLES[table.name].columns.items() if column.kind == "str"
        ]
        safe = frame.assign(**{name: frame[name].map(_guarded) for name in texts})
        contents[path] = safe.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")
    return contents


def _guarded(text: str) -> str:
    # Unlike that of gold files, this apostrophe is taken off for certain: notes hold any text.
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r", "'")) else text


def _unguarded(text: str) -> str:
    return text.removeprefix("'")


def _read(path: Path, table: Table) -> pd.DataFrame:
    cure = "Put the file back as it was, or remove it: identities of that kind are then made anew."
    try:
        frame = pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8-sig")
        for name, column in table.columns.items():
            if name not in frame.columns:
                continue
            if column.kind == "str":
                frame[name] = frame[name].map(_unguarded)
            elif column.kind == "bool":
                frame[name] = frame[name].map({"True": True, "False": False}, na_action="ignore")
            else:
                frame[name] = pd.to_numeric(frame[name])
        return conform(frame, table)
    except (OSError, ValueError, TableError) as error:
        raise ExchangeError(f"The table cannot be read: {error}.", file=path, cure=cure) from error
