"""Rows of a database made into an exchange: sources with their texts, codes, coders, codings, notes."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.exchange.annotation.offset_units import Ends
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
)
from fourp_nlp.exchange.identity import guid_of
from fourp_nlp.tables import conform, empty

if TYPE_CHECKING:
    from fourp_nlp.tables import Table

__all__ = ["DatabaseProject", "text_of", "whole_of"]

_SHOWN = 50  # characters of a quote that a loss shows


def text_of(value: object) -> str:
    """Return a value of a database as a text; nothing, and what is no text or number, as an empty one."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def whole_of(value: object) -> int:
    """Return a value of a database as a whole number, -1 where it is none."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and value.strip().isdigit() and len(value) < 16:
        return int(value)
    return value if isinstance(value, int) else -1


@dataclass
class DatabaseProject:
    """Gathers a project.

    Attributes
    ----------
    program : str
        Whose project it is.
    name : str
        Its name.
    losses : Losses
        What is not taken over.
    remarks : list of str
        What was found out.
    """

    program: str
    name: str
    losses: Losses = field(default_factory=Losses)
    remarks: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        # GUID, name, text as it came, and with its line ends as they are here.
        self._sources: dict[int, tuple[str, str, str, Ends]] = {}
        self._source_rows: list[tuple[object, ...]] = []
        self._nodes: dict[str, tuple[object, ...]] = {}
        self._users: dict[str, str] = {}
        self._marks: dict[str, tuple[object, ...]] = {}
        self._notes: list[tuple[object, ...]] = []
        self._values: list[tuple[object, ...]] = []
        self._members: list[tuple[object, ...]] = []
        self._moved = 0

    def source(self, number: int, name: str, text: str | None, note: str = "") -> None:
        """Add a source; None where it has no text."""
        guid = guid_of("source", self.program, name)
        ends = Ends(text or "")
        self._sources[number] = (guid, name, text or "", ends)
        kind = "text" if text is not None else ""
        self._source_rows.append((guid, name, ends.text, text is not None, kind, ""))
        self.note(guid, note, "", name="Memo")

    def node(
        self,
        key: str,
        name: str,
        *,
        below: str = "",
        description: str = "",
        color: str = "",
        codable: bool = True,
    ) -> None:
        """Add a code or a category, by a key that tells it from all others."""
        self._nodes[key] = (
            guid_of("node", self.program, key),
            guid_of("node", self.program, below) if below else "",
            "",
            name,
            description.replace("\r\n", "\n").strip(),
            color if color.startswith("#") and len(color) == 7 else "",
            codable,
        )

    def user(self, name: str) -> str:
        """Add a coder; return their GUID."""
        if not name.strip():
            return ""
        return self._users.setdefault(name.strip(), guid_of("user", name.strip()))

    def mark(
        self,
        source: int,
        start: int,
        end: int,
        key: str,
        coder: str,
        quote: str,
        made_at: str,
        note: str,
    ) -> None:
        """Add a coding, held to what it quotes."""
        shown = f"{self._sources[source][1] if source in self._sources else '?'}: {quote[:_SHOWN]}"
        if source not in self._sources or key not in self._nodes:
            self.losses.add("codings", "their document or code is not in the project", [shown])
            return
        guid, name, text, ends = self._sources[source]
        place = self._place(text, start, end, quote)
        if place is None:
            self.losses.add(
                "codings",
                "what they quote does not stand at their place, nor once elsewhere",
                [shown],
            )
            return
        places = np.array(place, dtype=np.int64)
        ours = [int(ends.starts(places)[0]), int(ends.ends(places)[1])]
        stands = ends.text[ours[0] : ours[1]]
        own = guid_of("mark", self.program, name, *ours, key, coder)
        if own in self._marks:
            self.losses.add(
                "codings", "the same coder gave the same code to the same place", [shown]
            )
            return
        node = self._nodes[key][0]
        self._marks[own] = (
            own, guid, *ours, node, self.user(coder), stands, _moment(made_at), math.nan, "",
        )  # fmt: skip
        self.note(own, note, coder)

    def _place(self, text: str, start: int, end: int, quote: str) -> tuple[int, int] | None:
        if 0 <= start < end <= len(text) and (not quote or _bare(text[start:end]) == _bare(quote)):
            return start, end
        at = text.find(quote) if quote else -1
        if at < 0 or text.find(quote, at + 1) >= 0:
            return None
        self._moved += 1
        return at, at + len(quote)

    def note(self, about: str, text: str, coder: str, *, name: str = "") -> None:
        """Add a note about a source, a coding or the project."""
        if text.strip():
            self._notes.append(
                (
                    guid_of("note", about, name, text),
                    about,
                    -1,
                    -1,
                    self.user(coder),
                    name,
                    text,
                    "",
                )
            )

    def value(self, source: int, variable: str, value: str) -> None:
        """Add a value of a source's variable."""
        if source in self._sources and value.strip():
            self._values.append((self._sources[source][0], variable, "Text", value))

    def member(self, case: str, source: int) -> None:
        """Add a source to a case."""
        if source in self._sources:
            guid = guid_of("case", self.program, case)
            self._members.append((guid, "case", case, self._sources[source][0], ""))

    def exchange(self) -> Exchange:
        """Return the project."""
        if self._moved:
            self.remarks.append(
                f"{self._moved} coding(s) did not stand where the project says; each was put where what it "
                "quotes stands once."
            )
        users: list[tuple[object, ...]] = [
            (guid, name, False) for name, guid in self._users.items()
        ]
        nodes = pd.DataFrame(list(self._nodes.values()), columns=NODES.names[:7])
        return Exchange(
            name=self.name,
            origin=self.program,
            sources=_made(self._source_rows, SOURCES),
            nodes=conform(nodes, NODES) if len(nodes) else empty(NODES),
            users=_made(users, USERS),
            marks=_made(list(self._marks.values()), MARKS),
            notes=_made(self._notes, NOTES).drop_duplicates("guid", ignore_index=True),
            values=_made(self._values, VALUES).drop_duplicates(["about", "variable"]),
            members=_made(self._members, MEMBERS).drop_duplicates(["guid", "member"]),
            losses=self.losses.table(),
            remarks=tuple(self.remarks),
        ).conformed()


def _bare(text: str) -> str:
    return "".join(text.split())


def _moment(said: str) -> str:
    """Return a date and time as ISO 8601; empty where it is none."""
    try:
        return datetime.fromisoformat(said.strip()).isoformat() if said.strip() else ""
    except ValueError:
        return ""


def _made(rows: list[tuple[object, ...]], table: Table) -> pd.DataFrame:
    if not rows:
        return empty(table)
    return conform(pd.DataFrame(rows, columns=table.names[: len(rows[0])]), table)
