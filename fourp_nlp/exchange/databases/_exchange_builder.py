"""Builds an exchange from the rows of a program's database: sources, codes, coders, codings, notes, cases."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from fourp_nlp.exchange.exchange import (
    MARKS,
    MEMBERS,
    NODES,
    NOTES,
    SOURCES,
    USERS,
    VALUES,
    Exchange,
    Losses,
    table_of_rows,
)
from fourp_nlp.exchange.identity import guid_of
from fourp_nlp.exchange.offset_units import LineEnds, find_once

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fourp_nlp.exchange.sqlite_reader import Tables

__all__ = ["DatabaseProject", "text_of", "whole_of"]

_EXAMPLE_LENGTH = 50


def text_of(value: object) -> str:
    """Return a database value as text; empty where it is neither text nor a number."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def whole_of(value: object) -> int:
    """Return a database value as a whole number; -1 where it is none."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and value.strip().isdigit() and len(value) < 16:
        return int(value)
    return value if isinstance(value, int) else -1


@dataclass
class DatabaseProject:
    """Collects the rows of a project and builds an exchange from them.

    Attributes
    ----------
    program : str
        The program that wrote it.
    name : str
        The project's name.
    losses : Losses
        What is not imported.
    remarks : list of str
        What the user should know.
    """

    program: str
    name: str
    losses: Losses = field(default_factory=Losses)
    remarks: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        # By the source's number: GUID, name, text as it came, and text with normalised line ends.
        self._sources: dict[int, tuple[str, str, str, LineEnds]] = {}
        self._source_rows: list[tuple[object, ...]] = []
        self._nodes: dict[str, tuple[object, ...]] = {}
        self._users: dict[str, str] = {}
        self._marks: dict[str, tuple[object, ...]] = {}
        self._notes: list[tuple[object, ...]] = []
        self._values: list[tuple[object, ...]] = []
        self._members: list[tuple[object, ...]] = []
        self._moved = 0

    def add_sources(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Add sources from rows of number, name, text (no text: the source has none) and memo."""
        for number, name, text, memo in rows:
            title = text_of(name)
            guid = guid_of("source", self.program, title)
            has_text = isinstance(text, str)
            raw = text if has_text else ""
            line_ends = LineEnds(raw)
            self._sources[whole_of(number)] = (guid, title, raw, line_ends)
            kind = "text" if has_text else ""
            self._source_rows.append((guid, title, line_ends.text, has_text, kind, ""))
            self._add_note(guid, text_of(memo), "", name="Memo")

    def add_node(
        self,
        key: str,
        name: object,
        *,
        below: str = "",
        description: object = "",
        color: object = "",
        codable: bool = True,
    ) -> None:
        """Add a code or a category, by a key that no other has."""
        hex_color = text_of(color)
        self._nodes[key] = (
            guid_of("node", self.program, key),
            guid_of("node", self.program, below) if below else "",
            "",
            text_of(name),
            text_of(description).replace("\r\n", "\n").strip(),
            hex_color if hex_color.startswith("#") and len(hex_color) == 7 else "",
            codable,
        )

    def add_codings(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Add codings from rows of code, source, quote, start, end, coder, date and memo.

        A code's key is "code" and its number. Each place is checked against its quote.
        """
        for code, source, quote, start, end, owner, date, memo in rows:
            self._add_coding(
                f"code {whole_of(code)}",
                whole_of(source),
                text_of(quote),
                (whole_of(start), whole_of(end)),
                text_of(owner),
                text_of(date),
                text_of(memo),
            )

    def _add_coding(
        self,
        key: str,
        source: int,
        quote: str,
        place: tuple[int, int],
        coder: str,
        made_at: str,
        memo: str,
    ) -> None:
        if source not in self._sources or key not in self._nodes:
            title = self._sources[source][1] if source in self._sources else "?"
            self.losses.add(
                "codings",
                "their document or code is not in the project",
                [f"{title}: {quote[:_EXAMPLE_LENGTH]}"],
            )
            return
        guid, title, raw, line_ends = self._sources[source]
        example = f"{title}: {quote[:_EXAMPLE_LENGTH]}"
        raw_span = self._checked_span(raw, place, quote)
        if raw_span is None:
            self.losses.add(
                "codings",
                "their quoted text is not at their place, nor exactly once elsewhere",
                [example],
            )
            return
        offsets = np.array(raw_span, dtype=np.int64)
        start, end = int(line_ends.starts(offsets)[0]), int(line_ends.ends(offsets)[1])
        mark_guid = guid_of("mark", self.program, title, start, end, key, coder)
        if mark_guid in self._marks:
            self.losses.add(
                "codings", "the same coder gave the same code to the same place", [example]
            )
            return
        self._marks[mark_guid] = (
            mark_guid, guid, start, end, self._nodes[key][0], self._user(coder),
            line_ends.text[start:end], _iso_date(made_at), math.nan, "",
        )  # fmt: skip
        self._add_note(mark_guid, memo, coder)

    def _checked_span(
        self, text: str, place: tuple[int, int], quote: str
    ) -> tuple[int, int] | None:
        """Return a coding's span: where the file puts it, else where its quote stands exactly once."""
        start, end = place
        if 0 <= start < end <= len(text) and (
            not quote or _without_spaces(text[start:end]) == _without_spaces(quote)
        ):
            return place
        at = find_once(text, quote)
        if at < 0:
            return None
        self._moved += 1
        return at, at + len(quote)

    def _user(self, name: str) -> str:
        """Add a coder; return their GUID."""
        if not name.strip():
            return ""
        return self._users.setdefault(name.strip(), guid_of("user", name.strip()))

    def _add_note(self, about: str, text: str, coder: str, *, name: str = "") -> None:
        """Add a note about a source or a coding, if it has text."""
        if text.strip():
            guid = guid_of("note", about, name, text)
            self._notes.append((guid, about, -1, -1, self._user(coder), name, text, ""))

    def add_value(self, source: int, variable: str, value: str) -> None:
        """Add a value of a source's variable."""
        if source in self._sources and value.strip():
            self._values.append((self._sources[source][0], variable, "Text", value))

    def add_cases(
        self, cases: Iterable[tuple[Any, ...]], members: Iterable[tuple[Any, ...]]
    ) -> None:
        """Add cases from rows of number and name, and their sources from rows of case and source."""
        names = {whole_of(number): text_of(name) for number, name in cases}
        for case, source in members:
            name = names.get(whole_of(case))
            if name is not None and whole_of(source) in self._sources:
                guid = guid_of("case", self.program, name)
                self._members.append((guid, "case", name, self._sources[whole_of(source)][0], ""))

    def add_unread(self, tables: Tables, contents: Mapping[str, str], why: str) -> None:
        """Add the rows of tables that are not imported to the losses; `contents` says what each holds."""
        for table, item in contents.items():
            self.losses.add(item, why, count=sum(1 for _ in tables.rows(table, "rowid")))

    def build(self) -> Exchange:
        """Return the project as an exchange."""
        if self._moved:
            self.remarks.append(
                f"{self._moved} coding(s) were not at the place that the file gives. Each was moved to the "
                "one place where its quoted text occurs."
            )
        users: list[tuple[object, ...]] = [
            (guid, name, False) for name, guid in self._users.items()
        ]
        return Exchange(
            name=self.name,
            origin=self.program,
            sources=table_of_rows(self._source_rows, SOURCES),
            nodes=table_of_rows(self._nodes.values(), NODES),
            users=table_of_rows(users, USERS),
            marks=table_of_rows(self._marks.values(), MARKS),
            notes=table_of_rows(self._notes, NOTES).drop_duplicates("guid", ignore_index=True),
            values=table_of_rows(self._values, VALUES).drop_duplicates(["about", "variable"]),
            members=table_of_rows(self._members, MEMBERS).drop_duplicates(["guid", "member"]),
            losses=self.losses.table(),
            remarks=tuple(self.remarks),
        ).conformed()


def _without_spaces(text: str) -> str:
    return "".join(text.split())


def _iso_date(text: str) -> str:
    """Return a date and time as ISO 8601; empty where it is none."""
    try:
        return datetime.fromisoformat(text.strip()).isoformat() if text.strip() else ""
    except ValueError:
        return ""
