"""Notes of a project: what they are about, and what this program adds for machines and for what was read."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from fourp_nlp.exchange.exchange import rows_of
from fourp_nlp.exchange.identity import guid_of
from fourp_nlp.exchange.refi import machine_note as _machine_note
from fourp_nlp.exchange.refi import passage_description as _description
from fourp_nlp.exchange.refi import reading_note as _read_note
from fourp_nlp.exchange.refi.reading.users import named_apart

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    import pandas as pd

    from fourp_nlp.exchange.exchange import Exchange, Losses
    from fourp_nlp.exchange.refi.writing._xml_writer import Page

DESCRIPTION = guid_of("foreign", "note", "project")
"""Identity of the note that the description of a project becomes."""

_WHOLE = "document"  # the scope, in the table CODED, of a document that was read as a whole

__all__ = ["DESCRIPTION", "Notes", "notes_of"]


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
        GUIDs of the selections on which notes about a stretch came.
    description : str
        What is said of the project and came as its description.
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

    def described(self, things: Iterable[str], notes: Iterable[str]) -> str:
        """Return the description of a passage: the notes about its codings, and its own."""
        guids = [guid for thing in things for guid in self.about.get(thing, ())]
        listed = (self.known[guid] for guid in [*guids, *notes])
        return _description.write((note.name, note.text) for note in listed)

    def refer(self, page: Page, thing: str) -> None:
        """Write what refers to the notes about a thing."""
        for guid in self.about.get(thing, ()):
            page.empty("NoteRef", targetGUID=page.guid(guid))

    def write(self, page: Page, apart: Collection[str] = ()) -> None:
        """Write the notes themselves; of those whose GUIDs are in `apart`, where their file is.

        No two of these have one name: the import of QualCoder ends with an error at the second.
        """
        if not self.listed:
            return
        files = [note for note in self.listed if note.guid in apart]
        names = named_apart(note.name for note in files)
        named = {note.guid: name for note, name in zip(files, names, strict=True)}
        page.losses.add(
            "names of notes",
            "another note on the project has the same: they have a number behind it",
            [name for note, name in zip(files, names, strict=True) if name != note.name],
        )
        with page.element("Notes"):
            for note in self.listed:
                guid = page.guid(note.guid)
                with page.element(
                    "Note",
                    guid=guid,
                    name=named.get(note.guid, note.name),
                    plainTextPath=f"internal://{guid}.txt" if note.guid in apart else None,
                    **page.made(note.user, note.made_at, note.modified_by, note.modified_at),
                ):
                    if note.guid not in apart:
                        page.text("PlainTextContent", note.text)

    def link(self, page: Page, things: Iterable[str]) -> None:
        """Write links from notes to the things that they are about."""
        links = [(note, thing) for thing in things for note in self.about.get(thing, ())]
        if not links:
            return
        with page.element("Links"):
            for note, thing in links:
                page.empty(
                    "Link",
                    guid=page.guid(guid_of("link", note, thing)),
                    name=self.known[note].name,
                    direction="OneWay",
                    originGUID=page.guid(note),
                    targetGUID=page.guid(thing),
                )


def notes_of(project: Exchange, marks: pd.DataFrame, losses: Losses) -> Notes:
    """Gather a project's notes.

    Parameters
    ----------
    project : Exchange
        The project.
    marks : pandas.DataFrame
        Those of its codings that go out.
    losses : Losses
        Is told of notes about things that are not in the project.

    Returns
    -------
    gathered : Notes
        The project's own; one on each coding of which a machine told a probability or a reason; and one
        on what each coder read.
    """
    made = Notes()
    users = set(project.users["guid"])
    things = {""}.union(project.sources["guid"], project.nodes["guid"], marks["guid"])
    texts = dict(zip(project.sources["guid"], project.sources["text"].str.len(), strict=True))
    in_sets = set(project.members["member"])
    columns = ["guid", "about", "start", "end", "user", "name", "text", "made_at"]
    more = ["modified_by", "modified_at", "selection"]
    for guid, about, start, end, user, name, text, made_at, *changed, selection in rows_of(
        project.notes, *columns, *more
    ):
        if guid == DESCRIPTION and not (about or user or name):
            made.description = text
            continue
        author = user if user in users else ""
        made.listed.append(_Note(guid, name, text, author, made_at, *changed))
        if selection:
            made.on[guid] = selection
        if about in texts and 0 <= start < end <= texts[about]:
            made.stretches.setdefault(about, []).append((start, end, guid))
        elif about in things:
            made.about.setdefault(about, []).append(guid)
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
            made.about.setdefault("", []).append(guid)
    _machines(marks, made)
    _readers(project, made)
    return made


def _machines(marks: pd.DataFrame, made: Notes) -> None:
    told = marks["probability"].notna().to_numpy() | (marks["why"] != "").to_numpy()
    columns = ["guid", "user", "probability", "why", "made_at"]
    for guid, user, probability, why, made_at in rows_of(marks[told], *columns):
        said = _machine_note.MachineNote(math.nan if np.isnan(probability) else probability, why)
        note = guid_of("note", "machine", guid)
        made.listed.append(_Note(note, *_machine_note.write(said), user, made_at))
        made.about.setdefault(guid, []).append(note)


def _readers(project: Exchange, made: Notes) -> None:
    guids = dict(zip(project.users["coder"], project.users["guid"], strict=True))
    for coder, rows in project.read.groupby("coder", sort=True):
        whole = sorted(set(rows.loc[rows["scope"] == _WHOLE, "document"]))
        parts: dict[str, list[tuple[int, int]]] = {}
        read = rows[(rows["scope"] != _WHOLE) & ~rows["document"].isin(whole)]
        for document, start, end in rows_of(
            read.sort_values(["document", "start", "end"]), "document", "start", "end"
        ):
            parts.setdefault(document, []).append((start, end))
        name, text = _read_note.write(_read_note.ReadNote(str(coder), whole, parts))
        note = guid_of("note", "read", str(coder))
        made.listed.append(_Note(note, name, text, guids.get(coder, ""), ""))
        made.about.setdefault("", []).append(note)
