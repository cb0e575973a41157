"""Reads the notes of a project, and finds what each is about."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.exchange.exchange import NOTES
from fourp_nlp.exchange.identity import guid_of
from fourp_nlp.exchange.own_notes import added_name, note_text, text_without_note
from fourp_nlp.exchange.refi import machine_note, passage_description
from fourp_nlp.exchange.refi import reading_note as reading_note_format
from fourp_nlp.exchange.refi.reading.qde_elements import (
    CodeElement,
    CodingElement,
    SelectionElement,
)
from fourp_nlp.exchange.refi.reading.sources import read_holder_text
from fourp_nlp.exchange.refi.xml_dates import utc
from fourp_nlp.tables import CODED, conform, empty

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from fourp_nlp.exchange.exchange import Losses
    from fourp_nlp.exchange.refi.offsets.selection_places import SelectionPlaces
    from fourp_nlp.exchange.refi.reading._package import Package
    from fourp_nlp.exchange.refi.reading.qde_elements import QdeContents
    from fourp_nlp.exchange.refi.reading.sources import Sources
    from fourp_nlp.exchange.refi.reading.users import Guids

_DIGITS = 16  # no text is as long as a number of so many says

__all__ = ["Note", "PlacedNotes", "place_notes", "read_notes", "readers_without_user"]


@dataclass(frozen=True)
class Note:
    """A note: its GUID, author, title, text and date."""

    guid: str
    user: str
    name: str
    text: str
    made_at: str


def read_notes(qde: QdeContents, package: Package, guids: Guids, losses: Losses) -> dict[str, Note]:
    """Read the notes of a project.

    They are by GUID. `losses` gets notes whose text is missing.
    """
    notes: dict[str, Note] = {}
    taken_guids: set[str] = set()
    described = []
    for number, note in enumerate(qde.notes):
        guid = guids.unique(note.guid, taken_guids, "note", number)
        source_text, reason = (
            read_holder_text(note, package) if note.content or note.plain_path else (None, "")
        )
        text = source_text.text if source_text else ""
        description = note.description.replace("\r\n", "\n").replace("\r", "\n")
        if reason:
            losses.add("texts of notes", reason, [note.name])
        elif source_text is None and not description and note.rich_path:
            losses.add("texts of notes", "The project has it as formatted text alone.", [note.name])
        if description.strip():
            described.append(note.name)
            text = f"{text}\n\n{description}" if text.strip() else description
        notes[guid] = Note(
            guid, guids.normalise(note.user), note.name, text, utc([note.made_at])[0]
        )
    losses.add(
        "descriptions of notes",
        "A note has one text here; its description is at the end of it.",
        described,
    )
    return notes


def readers_without_user(
    qde: QdeContents, notes: dict[str, Note], guids: Guids
) -> list[tuple[str, str, str]]:
    """Return coders whom only notes on what they read name: some programs list only users who coded.

    Each is (guid, name, id), as in `QdeContents.users`.
    """
    user_names = {name.strip() for _, name, _ in qde.users}
    user_guids = {guids.normalise(guid) for guid, _, _ in qde.users}
    users: dict[str, tuple[str, str, str]] = {}
    for note in notes.values():
        reading_note = reading_note_format.read(note.name, note.text)
        if (
            reading_note is not None
            and reading_note[0].coder.strip() not in user_names
            and note.user not in user_guids
        ):
            coder = reading_note[0].coder
            users[coder] = (note.user or guid_of("user", coder), coder, "")
    return list(users.values())


@dataclass
class PlacedNotes:
    """Notes with what they are about, and what notes of this program say.

    Attributes
    ----------
    notes : pandas.DataFrame
        The table NOTES.
    read : pandas.DataFrame
        The table CODED.
    machine_notes : dict of int to MachineNote
        The machine's note on a coding, by the coding's row in MARKS.
    """

    notes: pd.DataFrame
    read: pd.DataFrame
    machine_notes: dict[int, machine_note.MachineNote]


def place_notes(
    qde: QdeContents,
    notes: dict[str, Note],
    selection_places: SelectionPlaces,
    marks: pd.DataFrame,
    mark_row: NDArray[np.int64],
    node_guids: dict[int, str],
    sources: Sources,
    source_table: pd.DataFrame,
    coders: dict[str, str],
    machine_guids: set[str],
    guids: Guids,
    losses: Losses,
) -> PlacedNotes:
    """Find what every note is about.

    `mark_row` is the row in `marks` of each element Coding, shape (codings,), -1 where it has no
    place; `node_guids` has the GUID of each code by the ``id`` of its element. Text that people
    added to the note of a machine (`machine_guids`) is not the machine's. `losses` gets notes about
    things without a place.
    """
    placer = _NotePlacer(
        qde, notes, selection_places, marks, mark_row, node_guids, sources, machine_guids, losses
    )
    for owner, written in qde.references:
        placer.add_reference(owner, guids.normalise(written), written)
    reading_notes = _ReadingNotes(source_table, coders, losses)
    rows: list[tuple[str, str, int, int, str, str, str, str]] = []
    copied = []
    if qde.description.strip():
        rows.append(_row(Note(guid_of("foreign", "note", "project"), "", "", qde.description, "")))
    for guid, note in notes.items():
        if guid in placer.machine_note_guids:
            rows.extend(placer.text_beside_machine_note(note))
            continue
        if (other_text := reading_notes.read_note(note)) is not None:
            if other_text:
                rows.append(_row(_added(note, other_text, name=added_name(note.name))))
            continue
        places_of_note = [*dict.fromkeys(placer.places_of_note.get(guid, [("", -1, -1)]))]
        rows.append(_row(note, *places_of_note[0]))
        for owner, start, end in places_of_note[1:]:
            other = replace(note, guid=guid_of("note", guid, owner, start, end))
            rows.append(_row(other, owner, start, end))
            copied.append(note.name or note.text)
    rows.extend(placer.descriptions())
    losses.add(
        "notes about several things",
        "A note is about one thing here; there is a copy of it for each of the others.",
        copied,
    )
    placer.add_losses()
    table = conform(pd.DataFrame(rows, columns=NOTES.names), NOTES) if rows else empty(NOTES)
    return PlacedNotes(table, reading_notes.table(), placer.machine_notes)


def _row(
    note: Note, owner: str = "", start: int = -1, end: int = -1
) -> tuple[str, str, int, int, str, str, str, str]:
    return note.guid, owner, start, end, note.user, note.name, note.text, note.made_at


def _added(note: Note, text: str, *, name: str = "", user: str | None = None) -> Note:
    """Return what somebody added to a note of this program, as a note of its own."""
    author = note.user if user is None else user
    return Note(guid_of("note", "added", note.guid), author, name, text, "")


class _NotePlacer:
    """Collects what notes are about, reference by reference."""

    def __init__(
        self,
        qde: QdeContents,
        notes: dict[str, Note],
        selection_places: SelectionPlaces,
        marks: pd.DataFrame,
        mark_row: NDArray[np.int64],
        node_guids: dict[int, str],
        sources: Sources,
        machine_guids: set[str],
        losses: Losses,
    ) -> None:
        self._qde, self._notes, self._places = qde, notes, selection_places
        self._machine_guids = machine_guids
        self._mark_row, self._nodes, self._sources = mark_row, node_guids, sources
        self._losses = losses
        self._mark_guids = marks["guid"].tolist()
        self._codings_by_selection: dict[int, list[CodingElement]] | None = None
        self._missing_guids: list[str] = []
        self._moved_titles: list[str] = []
        self._lost_titles: list[str] = []
        self.places_of_note: dict[str, list[tuple[str, int, int]]] = {}
        self.machine_note_guids: set[str] = set()
        self._notes_on_selection: dict[int, list[Note]] = {}
        self.machine_notes: dict[int, machine_note.MachineNote] = {}
        self._parsed: dict[str, tuple[machine_note.MachineNote, str] | None] = {}
        self._selection_of_machine_note: dict[str, SelectionElement | None] = {}

    def add_reference(self, owner: object, guid: str, written: str) -> None:
        """Add a reference of a thing to a note."""
        note = self._notes.get(guid)
        if note is None:
            self._missing_guids.append(written)
            return
        selection = owner.selection if isinstance(owner, CodingElement) else owner
        if isinstance(selection, SelectionElement):
            self._notes_on_selection.setdefault(selection.row, []).append(note)
        if isinstance(owner, CodingElement | SelectionElement) and self._is_machine_note(
            owner, note
        ):
            return
        place = self._place_of(owner, note)
        if place is not None:
            self.places_of_note.setdefault(guid, []).append(place)

    def _is_machine_note(self, owner: CodingElement | SelectionElement, note: Note) -> bool:
        if note.guid not in self._parsed:
            self._parsed[note.guid] = machine_note.read(note.name, note.text)
        parsed = self._parsed[note.guid]
        if parsed is None:
            return False
        # Some programs attach a coding's notes to its selection.
        codings = [owner] if isinstance(owner, CodingElement) else self._codings_of(owner)
        if len(codings) != 1:
            return False
        mark = int(self._mark_row[codings[0].row])
        if mark >= 0:
            self.machine_notes[mark] = parsed[0]
        else:
            self._lost_titles.append(note.name)
        self.machine_note_guids.add(note.guid)
        self._selection_of_machine_note[note.guid] = codings[0].selection
        return True

    def text_beside_machine_note(
        self, note: Note
    ) -> Iterator[tuple[str, str, int, int, str, str, str, str]]:
        """Yield a note of what people wrote beside the text of a machine's note."""
        parsed = self._parsed[note.guid]
        if parsed is not None and parsed[1]:
            selection = self._selection_of_machine_note[note.guid]
            place = ("", -1, -1) if selection is None else self._passage_of(selection)
            yield _row(_added(note, parsed[1], user=self._human_author(note.user)), *place)

    def _human_author(self, user: str) -> str:
        return "" if user in self._machine_guids else user

    def _codings_of(self, selection: SelectionElement) -> list[CodingElement]:
        if self._codings_by_selection is None:
            self._codings_by_selection = {}
            for coding in self._qde.codings:
                if coding.selection is not None:
                    self._codings_by_selection.setdefault(coding.selection.row, []).append(coding)
        return self._codings_by_selection.get(selection.row, [])

    def _place_of(self, owner: object, note: Note) -> tuple[str, int, int] | None:
        title = note.name or note.text
        if owner is None:
            return "", -1, -1
        if isinstance(owner, CodeElement):
            return self._nodes[id(owner)], -1, -1
        if isinstance(owner, CodingElement):
            mark = int(self._mark_row[owner.row])
            if mark >= 0:
                return self._mark_guids[mark], -1, -1
            owner = owner.selection or owner.source
            if not isinstance(owner, SelectionElement):
                self._moved_titles.append(title)
        if isinstance(owner, SelectionElement):
            place = self._passage_of(owner)
            if place[1] < 0:
                self._moved_titles.append(title)
            return place
        row = self._sources.row_of.get(id(owner))
        if row is not None:
            return self._sources.rows[row][0], -1, -1
        self._lost_titles.append(title)
        return None

    def _passage_of(self, selection: SelectionElement) -> tuple[str, int, int]:
        if selection.source is None and selection.holder is not None:
            # The note has its place, and not its source.
            offsets = [offset.strip() for offset in (selection.start, selection.end)]
            if all(offset.isdecimal() and len(offset) < _DIGITS for offset in offsets):
                return "", int(offsets[0]), int(offsets[1])
        number = selection.row
        row = int(self._places.source[number])
        if row < 0:
            return "", -1, -1
        start, end = int(self._places.start[number]), int(self._places.end[number])
        return self._sources.rows[row][0], start, end

    def descriptions(self) -> Iterator[tuple[str, str, int, int, str, str, str, str]]:
        """Yield descriptions of selections as notes."""
        note_guids: set[str] = set(self._notes)
        for number, selection in enumerate(self._qde.selections):
            if not selection.description.strip():
                continue
            guid = guid_of("foreign", "note", selection.guid, number)
            if guid in note_guids:
                continue
            text = selection.description.replace("\r\n", "\n").replace("\r", "\n")
            # Descriptions that this program wrote repeat the notes.
            text_left = self._without_notes(selection, text)
            text_left, has_machine_note = self._machine_description(selection, text_left)
            if not text_left.strip():
                continue
            place = self._passage_of(selection)
            if place[1] < 0:
                self._moved_titles.append(selection.name or text_left)
            title = "" if self._places.name_matches[number] else selection.name
            user = self._places.users[number]
            # The author of an addition to a machine's text is unknown.
            user = "" if has_machine_note else self._human_author(user)
            note = Note(guid, user, title, text_left, utc([selection.made_at])[0])
            yield _row(note, *place)

    def _without_notes(self, selection: SelectionElement, text: str) -> str:
        """Return a description without the notes that are attached to its selection."""
        notes = self._notes_on_selection.get(selection.row, ())
        if (
            text.strip()
            == passage_description.write((note.name, note.text) for note in notes).strip()
        ):
            return ""
        for note in notes:
            shorter = text_without_note(text, note_text(note.name, note.text))
            text = text if shorter is None else shorter
        return text

    def _machine_description(self, selection: SelectionElement, text: str) -> tuple[str, bool]:
        """Return a description without the machine's note, and whether there is one."""
        codings = self._codings_of(selection)
        mark = int(self._mark_row[codings[0].row]) if len(codings) == 1 else -1
        parsed = machine_note.read("", text) if mark >= 0 else None
        if parsed is None:
            return text, mark in self.machine_notes
        self.machine_notes.setdefault(mark, parsed[0])
        return parsed[1], True

    def add_losses(self) -> None:
        """Add notes without a place to the losses."""
        self._losses.add(
            "references to notes", "The project has no note of that identity.", self._missing_guids
        )
        self._losses.add(
            "places of notes",
            "What they are about was not imported; here, they are about its source or about the project.",
            self._moved_titles,
        )
        self._losses.add(
            "notes about links, cases, sets and other notes, and of codings that were not taken",
            "What they are about is not imported. Here, such a note is about the whole project; that of a "
            "machine's coding is left out.",
            self._lost_titles,
        )


class _ReadingNotes:
    """What coders read, by notes of this program."""

    def __init__(self, source_table: pd.DataFrame, coders: dict[str, str], losses: Losses) -> None:
        self._losses, self._coders = losses, coders
        with_text = source_table[source_table["has_text"]]
        self._text_of = dict(zip(with_text["document"], with_text["text"], strict=True))
        self._name_of = dict(zip(with_text["guid"], with_text["document"], strict=True))
        self._rows: list[tuple[str, str, int, int, str, str]] = []

    def read_note(self, note: Note) -> str | None:
        """Read a note on what a coder read; return the rest of its text, None if it is another note."""
        parsed = reading_note_format.read(note.name, note.text)
        if parsed is None:
            return None
        reading_note, other_lines = parsed
        # A user may have another name now, but some programs make the importer the author of all notes.
        coders = set(self._coders.values())
        coder = (
            reading_note.coder
            if reading_note.coder in coders
            else self._coders.get(note.user, reading_note.coder)
        )
        other_text = "\n".join(other_lines).strip()
        if coder not in coders:
            self._losses.add(
                "notes on what a coder read", "The project has no such coder.", [coder]
            )
            return other_text
        for name in reading_note.whole:
            document, text = self._text(name)
            if text is not None:
                self._rows.append((coder, document, 0, len(text), "document", ""))
        for name, spans in reading_note.parts.items():
            document, text = self._text(name)
            if text is None:
                continue
            for start, end in spans:
                if start < end <= len(text):
                    self._rows.append((coder, document, start, end, "segment", text[start:end]))
                else:
                    self._losses.add(
                        "stretches that a coder read",
                        "They end before they begin, or past the end of the text.",
                        [f"{document}: {start}-{end}"],
                    )
        return other_text

    def _text(self, name: str) -> tuple[str, str | None]:
        # A document that another program renamed still has the GUID that was made of its name.
        has_name = name in self._text_of
        document = name if has_name else self._name_of.get(guid_of("source", name), name)
        text = self._text_of.get(document)
        if text is None:
            self._losses.add(
                "documents that a coder read",
                "The project has no source of that name with a text.",
                [document],
            )
        return document, text

    def table(self) -> pd.DataFrame:
        """Return the table CODED."""
        if not self._rows:
            return empty(CODED)
        return conform(pd.DataFrame(self._rows, columns=CODED.names), CODED)
