"""Collects and writes a project's notes, with a note for each machine coding and for what each coder read."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from fourp_nlp.exchange.exchange import rows_of
from fourp_nlp.exchange.identity import guid_of
from fourp_nlp.exchange.refi import machine_note, passage_description, reading_note
from fourp_nlp.exchange.refi.reading.users import distinct_names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    import pandas as pd

    from fourp_nlp.exchange.exchange import Exchange, Losses
    from fourp_nlp.exchange.refi.writing._xml_writer import XmlWriter

DESCRIPTION = guid_of("foreign", "note", "project")
"""Identity of the note that the description of a project becomes."""

_WHOLE = "document"  # the scope, in the table CODED, of a document that was read as a whole

__all__ = ["DESCRIPTION", "Notes", "collect_notes"]


@dataclass(frozen=True)
class _Note:
    guid: str
    name: str
    text: str
    user: str
    made_at: str
    modified_by: str = ""
    modified_at: str = ""


@dataclass
class Notes:
    """Notes, and which thing refers to which.

    Attributes
    ----------
    listed : list of _Note
        All notes.
    about : dict of str to list of str
        GUIDs of notes by that of the thing they are about; under "" those about the project.
    stretches : dict of str to list of (int, int, str)
        By source: start, end and GUID of notes about a stretch of it.
    on : dict of str to str
        GUIDs of the selections on which notes about a stretch were imported.
    description : str
        The description of the project.
    """

    listed: list[_Note] = field(default_factory=list)
    about: dict[str, list[str]] = field(default_factory=dict)
    stretches: dict[str, list[tuple[int, int, str]]] = field(default_factory=dict)
    on: dict[str, str] = field(default_factory=dict)
    description: str = ""

    @classmethod
    def none(cls) -> Notes:
        """Return no notes."""
        return cls()

    @cached_property
    def known(self) -> dict[str, _Note]:
        """All notes by GUID."""
        return {note.guid: note for note in self.listed}

    def description_of(self, targets: Iterable[str], notes: Iterable[str]) -> str:
        """Return the description of a passage: the notes about its codings, and its own."""
        guids = [guid for target in targets for guid in self.about.get(target, ())]
        listed = (self.known[guid] for guid in [*guids, *notes])
        return passage_description.write((note.name, note.text) for note in listed)

    def refer(self, writer: XmlWriter, thing: str) -> None:
        """Write references to the notes about a thing."""
        for guid in self.about.get(thing, ()):
            writer.empty("NoteRef", targetGUID=writer.guid(guid))

    def write(self, writer: XmlWriter, in_files: Collection[str] = ()) -> None:
        """Write the notes; of those whose GUIDs are in `in_files`, the path of their file.

        No two notes in files have one name: QualCoder's import ends with an error at the second.
        """
        if not self.listed:
            return
        file_notes = [note for note in self.listed if note.guid in in_files]
        names = distinct_names(note.name for note in file_notes)
        name_of = {note.guid: name for note, name in zip(file_notes, names, strict=True)}
        writer.losses.add(
            "names of notes",
            "another note on the project has the same: they have a number behind it",
            [name for note, name in zip(file_notes, names, strict=True) if name != note.name],
        )
        with writer.element("Notes"):
            for note in self.listed:
                guid = writer.guid(note.guid)
                with writer.element(
                    "Note",
                    guid=guid,
                    name=name_of.get(note.guid, note.name),
                    plainTextPath=f"internal://{guid}.txt" if note.guid in in_files else None,
                    **writer.authorship(
                        note.user, note.made_at, note.modified_by, note.modified_at
                    ),
                ):
                    if note.guid not in in_files:
                        writer.text("PlainTextContent", note.text)

    def link(self, writer: XmlWriter, things: Iterable[str]) -> None:
        """Write links from notes to the things that they are about."""
        links = [(note, thing) for thing in things for note in self.about.get(thing, ())]
        if not links:
            return
        with writer.element("Links"):
            for note, thing in links:
                writer.empty(
                    "Link",
                    guid=writer.guid(guid_of("link", note, thing)),
                    name=self.known[note].name,
                    direction="OneWay",
                    originGUID=writer.guid(note),
                    targetGUID=writer.guid(thing),
                )


def collect_notes(project: Exchange, marks: pd.DataFrame, losses: Losses) -> Notes:
    """Collect a project's notes.

    There is one more on each coding with a machine's probability or reason, and one on what each
    coder read. `losses` gets notes about things that are not in the project.
    """
    notes = Notes()
    users = set(project.users["guid"])
    targets = {""}.union(project.sources["guid"], project.nodes["guid"], marks["guid"])
    texts = dict(zip(project.sources["guid"], project.sources["text"].str.len(), strict=True))
    in_sets = set(project.members["member"])
    columns = ["guid", "about", "start", "end", "user", "name", "text", "made_at"]
    more = ["modified_by", "modified_at", "selection"]
    for guid, about, start, end, user, name, text, made_at, *changed, selection in rows_of(
        project.notes, *columns, *more
    ):
        if guid == DESCRIPTION and not (about or user or name):
            notes.description = text
            continue
        author = user if user in users else ""
        notes.listed.append(_Note(guid, name, text, author, made_at, *changed))
        if selection:
            notes.on[guid] = selection
        if about in texts and 0 <= start < end <= texts[about]:
            notes.stretches.setdefault(about, []).append((start, end, guid))
        elif about in targets:
            notes.about.setdefault(about, []).append(guid)
            if start >= 0 or end >= 0:
                losses.add(
                    "places of notes",
                    "there is no such stretch of text: they go out as notes of the document",
                    [name or text],
                )
        elif guid not in in_sets:
            losses.add(
                "places of notes",
                "what they are about is not in the file, or cannot have notes: they go out as notes of the "
                "project",
                [name or text],
            )
            notes.about.setdefault("", []).append(guid)
    _add_machine_notes(marks, notes)
    _add_reading_notes(project, notes)
    return notes


def _add_machine_notes(marks: pd.DataFrame, notes: Notes) -> None:
    has_note = marks["probability"].notna().to_numpy() | (marks["why"] != "").to_numpy()
    columns = ["guid", "user", "probability", "why", "made_at"]
    for guid, user, probability, why, made_at in rows_of(marks[has_note], *columns):
        machine = machine_note.MachineNote(math.nan if np.isnan(probability) else probability, why)
        guid_ = guid_of("note", "machine", guid)
        notes.listed.append(_Note(guid_, *machine_note.write(machine), user, made_at))
        notes.about.setdefault(guid, []).append(guid_)


def _add_reading_notes(project: Exchange, notes: Notes) -> None:
    guids = dict(zip(project.users["coder"], project.users["guid"], strict=True))
    for coder, rows in project.read.groupby("coder", sort=True):
        whole = sorted(set(rows.loc[rows["scope"] == _WHOLE, "document"]))
        parts: dict[str, list[tuple[int, int]]] = {}
        parts_read = rows[(rows["scope"] != _WHOLE) & ~rows["document"].isin(whole)]
        for document, start, end in rows_of(
            parts_read.sort_values(["document", "start", "end"]), "document", "start", "end"
        ):
            parts.setdefault(document, []).append((start, end))
        name, text = reading_note.write(reading_note.ReadNote(str(coder), whole, parts))
        guid_ = guid_of("note", "read", str(coder))
        notes.listed.append(_Note(guid_, name, text, guids.get(coder, ""), ""))
        notes.about.setdefault("", []).append(guid_)
