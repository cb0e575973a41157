"""Builds an exchange from what was read in Word documents: sources, coders, codings, notes and codes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from fourp_nlp.exchange.exchange import MARKS, NODES, NOTES, SOURCES, USERS, Exchange, Losses
from fourp_nlp.exchange.identity import guid_of
from fourp_nlp.exchange.word._code_matching import CodeFinder, folded
from fourp_nlp.exchange.word._custom_xml import text_hash
from fourp_nlp.tables import conform, empty

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from fourp_nlp.exchange.word._custom_xml import EmbeddedProject
    from fourp_nlp.tables import Table

__all__ = ["ExchangeBuilder", "KnownCodes"]

_MOST_NAMED = 10


@dataclass
class KnownCodes:
    """The codes that are known, and new ones.

    Attributes
    ----------
    rows : list of dict
        Rows of the table NODES.
    finder : CodeFinder
        Finds the known ones by what people write.
    given : bool
        Whether the user gave the codes, so that no new ones are made.
    new : dict of str to int
        Numbers of the new ones, by their name in one spelling.
    """

    rows: list[dict[str, Any]]
    finder: CodeFinder
    given: bool
    new: dict[str, int] = field(default_factory=dict)

    def new_code(self, name: str, color: str = "") -> int:
        """Return the number of a code that is in no codebook, whatever the spelling of its name."""
        key = folded(name) or name
        if key not in self.new:
            self.new[key] = len(self.rows)
            self.rows.append(
                {
                    "guid": guid_of("node", name),
                    "parent": "",
                    "code": "",
                    "name": name,
                    "description": "",
                    "color": color,
                    "codable": True,
                }
            )
        return self.new[key]


class ExchangeBuilder:
    """Collects the rows of an exchange.

    Parameters
    ----------
    nodes : pandas.DataFrame or None
        The table NODES of codes that the user gave.
    coder : str or None
        Who coded, in place of every author.
    """

    def __init__(self, nodes: pd.DataFrame | None, coder: str | None) -> None:
        self.losses = Losses()
        self.remarks: list[str] = []
        self.counts: Counter[str] = Counter()
        self.corrections: Counter[tuple[str, str]] = Counter()
        self.coder = coder
        self.codes_given = nodes is not None
        self.codes = self._known_codes(empty(NODES) if nodes is None else conform(nodes, NODES))
        self.sources: dict[str, dict[str, Any]] = {}
        self.users: dict[str, dict[str, Any]] = {}
        self.machines: set[str] = set()
        self.marks: dict[str, dict[str, Any]] = {}
        self.notes: dict[str, dict[str, Any]] = {}

    def _known_codes(self, nodes: pd.DataFrame) -> KnownCodes:
        rows = [dict(zip(NODES.names, row, strict=True)) for row in nodes.itertuples(index=False)]
        return KnownCodes(rows, CodeFinder(nodes), given=self.codes_given)

    def add_embedded_codes(self, embedded: EmbeddedProject) -> None:
        """Add the codebook embedded in a file, unless the user gave one."""
        if self.codes_given:
            return
        known = {row["guid"] for row in self.codes.rows}
        more = [row for row in embedded.nodes if row["guid"] not in known]
        if not more:
            return
        new = self.codes.new
        rows = pd.DataFrame([*self.codes.rows, *more], columns=NODES.names)
        self.codes = self._known_codes(conform(rows, NODES))
        self.codes.new = new

    def add_source(
        self, text: str, document: str, path: Path, embedded: EmbeddedProject | None
    ) -> tuple[str, str]:
        """Add a document; return the GUID and name of its source, which copies of it share."""
        guid = guid_of("source", document)
        if embedded is not None and embedded.source:
            guid = embedded.source
        known = self.sources.get(guid)
        if known is not None and known["text"] == text:
            self.counts["copies"] += 1
            return guid, document
        if known is not None:
            document = f"{document} ({path.name})"
            guid = guid_of("source", document, text_hash(text))
            self.losses.add(
                "copies of a document with different texts",
                "They were kept as documents of their own.",
                [document],
            )
        self.sources[guid] = {
            "guid": guid,
            "document": document,
            "text": text,
            "has_text": bool(text),
            "kind": "text",
            "description": "",
        }
        return guid, document

    def add_user(self, author: str, embedded: EmbeddedProject | None) -> str:
        """Add an author; return the GUID of the coder, empty if no one is named."""
        name = self.coder if self.coder is not None else author
        if not name:
            return ""
        if name not in self.users:
            known, machine = (
                embedded.users.get(name, ("", False)) if embedded is not None else ("", False)
            )
            guid = known or guid_of("user", name)
            self.users[name] = {"guid": guid, "coder": name, "machine": machine}
        return str(self.users[name]["guid"])

    def add_mark(
        self,
        source: str,
        document: str,
        text: str,
        span: tuple[int, int],
        node: int,
        user: str,
        author: str,
        details: Mapping[str, Any],
    ) -> str:
        """Add a coding, if it is new, and return its GUID."""
        row = self.codes.rows[node]
        coder = self.coder if self.coder is not None else author
        guid = guid_of("mark", document, *span, row["code"] or row["name"], coder)
        if guid in self.marks:
            self.losses.add(
                "codings given twice",
                "The same coder gave the same code to the same passage; one was kept.",
                [f"{document}: {row['name']}"],
            )
            return guid
        self.marks[guid] = {
            "guid": guid,
            "source": source,
            "start": span[0],
            "end": span[1],
            "node": row["guid"],
            "user": user,
            "quote": text[slice(*span)],
            **details,
        }
        return guid

    def add_note(
        self,
        about: str,
        span: tuple[int, int],
        user: str,
        note: tuple[str, str],
        made_at: str,
    ) -> None:
        """Add a note on a source or coding."""
        name, text = note
        number = 0
        while (guid := guid_of("note", about, *span, user, name, text, number)) in self.notes:
            number += 1
        self.notes[guid] = {
            "guid": guid,
            "about": about,
            "start": span[0],
            "end": span[1],
            "user": user,
            "name": name,
            "text": text,
            "made_at": made_at,
        }

    def build(self) -> Exchange:
        """Return the exchange."""
        self._add_remarks()
        for user in self.users.values():
            user["machine"] = user["machine"] or user["guid"] in self.machines
        return Exchange(
            origin="Word",
            sources=_table(self.sources.values(), SOURCES),
            nodes=_table(self.codes.rows, NODES),
            users=_table(self.users.values(), USERS),
            marks=_table(self.marks.values(), MARKS),
            notes=_table(self.notes.values(), NOTES),
            losses=self.losses.table(),
            remarks=tuple(self.remarks),
        )

    def _add_remarks(self) -> None:
        """Add what the user should know about all documents."""
        counts = self.counts
        for number, sentence in (
            (counts["answers"], "answers to comments were kept as notes."),
            (
                counts["resolved"],
                "comments are marked as resolved; they were taken like the others.",
            ),
            (
                counts["copies"],
                "files are further copies of a document; their codings were combined.",
            ),
            (
                counts["coloured"],
                "highlighted passages were imported as codings; no name is given as their coder.",
            ),
            (
                counts["unnamed"],
                "highlighted passages have a colour without a code name; the colour is used as the code.",
            ),
            (
                counts["tracked"],
                "documents have tracked changes; their text is read as if all were accepted.",
            ),
        ):
            if number:
                self.remarks.append(f"{number:,} {sentence}")
        if counts["coloured"] and self.coder is not None:
            self.remarks[:] = [
                one.replace("no name is given as", f"{self.coder} is") for one in self.remarks
            ]
        corrections = [
            f"'{written}' ({number} times) for '{name}'"
            if number > 1
            else f"'{written}' for '{name}'"
            for (written, name), number in self.corrections.most_common(_MOST_NAMED)
        ]
        if corrections:
            more = len(self.corrections) - len(corrections)
            end = f", and {more} more" if more else ""
            self.remarks.append(
                f"Misspelt names were matched to the one similar code: {'; '.join(corrections)}{end}."
            )
        if self.marks and any(mark["made_at"] for mark in self.marks.values()):
            self.remarks.append(
                "Word dates comments by the computer's clock without its zone; the dates were taken as UTC, "
                "unless the file notes UTC besides."
            )
        if not self.marks and not self.notes:
            self.remarks.append("There are no comments and no highlighted text.")


def _table(rows: Iterable[Mapping[str, Any]], table: Table) -> pd.DataFrame:
    return conform(pd.DataFrame(list(rows), columns=table.names), table)
