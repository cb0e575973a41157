"""Notes of a project, and what each is about."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.coding.gold.columns import CODED
from fourp_nlp.exchange.exchange import NOTES
from fourp_nlp.exchange.identity import guid_of
from fourp_nlp.exchange.own_notes import added_name, note_said, note_without
from fourp_nlp.exchange.refi import machine_note as _machine_note
from fourp_nlp.exchange.refi import passage_description as _description
from fourp_nlp.exchange.refi import reading_note as _read_note
from fourp_nlp.exchange.refi.reading.qde_elements import Applied, FoundCode, Selection
from fourp_nlp.exchange.refi.reading.sources import text_of
from fourp_nlp.exchange.refi.xml_dates import utc
from fourp_nlp.tables import conform, empty

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from fourp_nlp.exchange.exchange import Losses
    from fourp_nlp.exchange.refi.offsets.selection_places import Places
    from fourp_nlp.exchange.refi.reading._package import Package
    from fourp_nlp.exchange.refi.reading.qde_elements import Found
    from fourp_nlp.exchange.refi.reading.sources import Sources
    from fourp_nlp.exchange.refi.reading.users import Guids

_DIGITS = 16  # no text is as long as a number of so many says

__all__ = ["Memo", "Said", "laid_notes", "read_memos", "readers"]


@dataclass(frozen=True)
class Memo:
    """A note: its identity, author, title, text and date."""

    guid: str
    user: str
    name: str
    text: str
    made_at: str


def read_memos(found: Found, package: Package, guids: Guids, losses: Losses) -> dict[str, Memo]:
    """Read the notes of a project.

    Parameters
    ----------
    found : Found
        The project.
    package : Package
        The container with the texts of notes.
    guids : Guids
        Spellings.
    losses : Losses
        Takes up notes whose text is not there.

    Returns
    -------
    dict of str to Memo
        The notes by identity.
    """
    made: dict[str, Memo] = {}
    taken: set[str] = set()
    described = []
    for number, note in enumerate(found.notes):
        guid = guids.own(note.guid, taken, "note", number)
        came, why = text_of(note, package) if note.content or note.plain else (None, "")
        text = came.text if came else ""
        description = note.description.replace("\r\n", "\n").replace("\r", "\n")
        if why:
            losses.add("texts of notes", why, [note.name])
        elif came is None and not description and note.rich:
            losses.add("texts of notes", "The project has it as formatted text alone.", [note.name])
        if description.strip():
            described.append(note.name)
            text = f"{text}\n\n{description}" if text.strip() else description
        made[guid] = Memo(guid, guids.tidy(note.user), note.name, text, utc([note.made_at])[0])
    losses.add(
        "descriptions of notes",
        "A note has one text here; its description stands at the end of it.",
        described,
    )
    return made


def readers(found: Found, memos: dict[str, Memo], guids: Guids) -> list[tuple[str, str, str]]:
    """Return users whom only our notes on what they read name: some programs list no others than coders.

    Parameters
    ----------
    found : Found
        The project.
    memos : dict of str to Memo
        Its notes, by identity.
    guids : Guids
        Spellings.

    Returns
    -------
    list of (guid, name, id)
        As `found.users` has them.
    """
    names = {name.strip() for _, name, _ in found.users}
    known = {guids.tidy(guid) for guid, _, _ in found.users}
    made: dict[str, tuple[str, str, str]] = {}
    for memo in memos.values():
        note = _read_note.read(memo.name, memo.text)
        if note is not None and note[0].coder.strip() not in names and memo.user not in known:
            coder = note[0].coder
            made[coder] = (memo.user or guid_of("user", coder), coder, "")
    return list(made.values())


@dataclass
class Said:
    """Notes as they are laid over a project, and what notes of ours tell.

    Attributes
    ----------
    notes : pandas.DataFrame
        The table NOTES.
    read : pandas.DataFrame
        The table CODED.
    sure : dict of int to MachineNote
        What a machine said of a coding, by the coding's row in MARKS.
    """

    notes: pd.DataFrame
    read: pd.DataFrame
    sure: dict[int, _machine_note.MachineNote]


def laid_notes(
    found: Found,
    memos: dict[str, Memo],
    places: Places,
    marks: pd.DataFrame,
    mark_of: NDArray[np.int64],
    nodes: dict[int, str],
    sources: Sources,
    held: pd.DataFrame,
    coders: dict[str, str],
    machines: set[str],
    guids: Guids,
    losses: Losses,
) -> Said:
    """Say what every note is about.

    Parameters
    ----------
    found : Found
        The project.
    memos : dict of str to Memo
        Its notes, by identity.
    places : Places
        Where selections stand.
    marks : pandas.DataFrame
        The table MARKS.
    mark_of : numpy.ndarray
        Row in `marks` of each element Coding, -1 where it has no place, shape (codings,), int64.
    nodes : dict
        Identity of each code, by ``id`` of its element.
    sources : Sources
        The sources.
    held : pandas.DataFrame
        The table SOURCES.
    coders : dict
        Names of users by identity.
    machines : set of str
        Identities of users who are machines: what people added to a machine's words is not theirs.
    guids : Guids
        Spellings.
    losses : Losses
        Takes up notes about what has no place, and descriptions.

    Returns
    -------
    Said
        The notes in the order in which the project has them.
    """
    laid = _Laid(found, memos, places, marks, mark_of, nodes, sources, machines, losses)
    for about, written in found.references:
        laid.refer(about, guids.tidy(written), written)
    read = _Read(held, coders, losses)
    rows: list[tuple[str, str, int, int, str, str, str, str]] = []
    copies = []
    if found.description.strip():
        rows.append(
            _row(Memo(guid_of("foreign", "note", "project"), "", "", found.description, ""))
        )
    for guid, memo in memos.items():
        if guid in laid.machine:
            rows.extend(laid.added(memo))
            continue
        if (rest := read.takes(memo)) is not None:
            if rest:
                rows.append(_row(_added(memo, rest, name=added_name(memo.name))))
            continue
        spots = [*dict.fromkeys(laid.spots.get(guid, [("", -1, -1)]))]
        rows.append(_row(memo, *spots[0]))
        for about, start, end in spots[1:]:
            other = replace(memo, guid=guid_of("note", guid, about, start, end))
            rows.append(_row(other, about, start, end))
            copies.append(memo.name or memo.text)
    rows.extend(laid.descriptions())
    losses.add(
        "notes about several things",
        "A note is about one thing here; there is a copy of it for each of the others.",
        copies,
    )
    laid.tell()
    table = conform(pd.DataFrame(rows, columns=NOTES.names), NOTES) if rows else empty(NOTES)
    return Said(table, read.table(), laid.sure)


def _row(
    memo: Memo, about: str = "", start: int = -1, end: int = -1
) -> tuple[str, str, int, int, str, str, str, str]:
    return memo.guid, about, start, end, memo.user, memo.name, memo.text, memo.made_at


def _added(memo: Memo, text: str, *, name: str = "", user: str | None = None) -> Memo:
    """Return what somebody added to a note of ours, as a note of its own."""
    author = memo.user if user is None else user
    return Memo(guid_of("note", "added", memo.guid), author, name, text, "")


class _Laid:
    """Where notes are laid, reference by reference."""

    def __init__(
        self,
        found: Found,
        memos: dict[str, Memo],
        places: Places,
        marks: pd.DataFrame,
        mark_of: NDArray[np.int64],
        nodes: dict[int, str],
        sources: Sources,
        machines: set[str],
        losses: Losses,
    ) -> None:
        self._found, self._memos, self._places = found, memos, places
        self._machines = machines
        self._mark_of, self._nodes, self._sources = mark_of, nodes, sources
        self._losses = losses
        self._mark_guids = marks["guid"].tolist()
        self._applied_to: dict[int, list[Applied]] | None = None
        self._missing: list[str] = []
        self._moved: list[str] = []
        self._nowhere: list[str] = []
        self.spots: dict[str, list[tuple[str, int, int]]] = {}
        self.machine: set[str] = set()
        self._hung: dict[int, list[Memo]] = {}
        self.sure: dict[int, _machine_note.MachineNote] = {}
        self._said: dict[str, tuple[_machine_note.MachineNote, str] | None] = {}
        self._beside: dict[str, Selection | None] = {}

    def refer(self, about: object, guid: str, written: str) -> None:
        """Note that a thing refers to a note."""
        memo = self._memos.get(guid)
        if memo is None:
            self._missing.append(written)
            return
        on = about.selection if isinstance(about, Applied) else about
        if isinstance(on, Selection):
            self._hung.setdefault(on.row, []).append(memo)
        if isinstance(about, Applied | Selection) and self._of_machine(about, memo):
            return
        spot = self._spot(about, memo)
        if spot is not None:
            self.spots.setdefault(guid, []).append(spot)

    def _of_machine(self, about: Applied | Selection, memo: Memo) -> bool:
        if memo.guid not in self._said:
            self._said[memo.guid] = _machine_note.read(memo.name, memo.text)
        said = self._said[memo.guid]
        if said is None:
            return False
        # Some programs hang a coding's notes on its selection.
        codings = [about] if isinstance(about, Applied) else self._codings_of(about)
        if len(codings) != 1:
            return False
        mark = int(self._mark_of[codings[0].row])
        if mark >= 0:
            self.sure[mark] = said[0]
        else:
            self._nowhere.append(memo.name)
        self.machine.add(memo.guid)
        self._beside[memo.guid] = codings[0].selection
        return True

    def added(self, memo: Memo) -> Iterator[tuple[str, str, int, int, str, str, str, str]]:
        """Yield the row of the note that people's words beside those of a machine become."""
        said = self._said[memo.guid]
        if said is not None and said[1]:
            selection = self._beside[memo.guid]
            spot = ("", -1, -1) if selection is None else self._stretch(selection)
            yield _row(_added(memo, said[1], user=self._person(memo.user)), *spot)

    def _person(self, user: str) -> str:
        return "" if user in self._machines else user

    def _codings_of(self, selection: Selection) -> list[Applied]:
        if self._applied_to is None:
            self._applied_to = {}
            for applied in self._found.applied:
                if applied.selection is not None:
                    self._applied_to.setdefault(applied.selection.row, []).append(applied)
        return self._applied_to.get(selection.row, [])

    def _spot(self, about: object, memo: Memo) -> tuple[str, int, int] | None:
        title = memo.name or memo.text
        if about is None:
            return "", -1, -1
        if isinstance(about, FoundCode):
            return self._nodes[id(about)], -1, -1
        if isinstance(about, Applied):
            mark = int(self._mark_of[about.row])
            if mark >= 0:
                return self._mark_guids[mark], -1, -1
            about = about.selection or about.source
            if not isinstance(about, Selection):
                self._moved.append(title)
        if isinstance(about, Selection):
            spot = self._stretch(about)
            if spot[1] < 0:
                self._moved.append(title)
            return spot
        row = self._sources.row_of.get(id(about))
        if row is not None:
            return self._sources.rows[row][0], -1, -1
        self._nowhere.append(title)
        return None

    def _stretch(self, selection: Selection) -> tuple[str, int, int]:
        if selection.source is None and selection.holder is not None:
            # A note told its place, and not of which source.
            told = [each.strip() for each in (selection.start, selection.end)]
            if all(each.isdecimal() and len(each) < _DIGITS for each in told):
                return "", int(told[0]), int(told[1])
        number = selection.row
        row = int(self._places.source[number])
        if row < 0:
            return "", -1, -1
        start, end = int(self._places.start[number]), int(self._places.end[number])
        return self._sources.rows[row][0], start, end

    def descriptions(self) -> Iterator[tuple[str, str, int, int, str, str, str, str]]:
        """Yield rows of notes that selections' descriptions become, and go out as again."""
        taken: set[str] = set(self._memos)
        for number, selection in enumerate(self._found.selections):
            if not selection.description.strip():
                continue
            guid = guid_of("foreign", "note", selection.guid, number)
            if guid in taken:
                continue
            text = selection.description.replace("\r\n", "\n").replace("\r", "\n")
            # What we wrote says again what the notes say.
            rest = self._not_hung(selection, text)
            rest, sure = self._machine_description(selection, rest)
            if not rest.strip():
                continue
            spot = self._stretch(selection)
            if spot[1] < 0:
                self._moved.append(selection.name or rest)
            title = "" if self._places.named[number] else selection.name
            user = self._places.users[number]
            # Nobody knows who added to what a machine wrote.
            user = "" if sure else self._person(user)
            memo = Memo(guid, user, title, rest, utc([selection.made_at])[0])
            yield _row(memo, *spot)

    def _not_hung(self, selection: Selection, text: str) -> str:
        """Return what a description says beside the notes that hang on its selection."""
        hung = self._hung.get(selection.row, ())
        if text.strip() == _description.write((memo.name, memo.text) for memo in hung).strip():
            return ""
        for memo in hung:
            rest = note_without(text, note_said(memo.name, memo.text))
            text = text if rest is None else rest
        return text

    def _machine_description(self, selection: Selection, text: str) -> tuple[str, bool]:
        """Return a description without what a machine said, and whether it said something."""
        codings = self._codings_of(selection)
        mark = int(self._mark_of[codings[0].row]) if len(codings) == 1 else -1
        said = _machine_note.read("", text) if mark >= 0 else None
        if said is None:
            return text, mark in self.sure
        self.sure.setdefault(mark, said[0])
        return said[1], True

    def tell(self) -> None:
        """Tell of what has no place."""
        self._losses.add(
            "references to notes", "The project has no note of that identity.", self._missing
        )
        self._losses.add(
            "places of notes",
            "What they are about was not taken over; they are about its source here, or about the "
            "project.",
            self._moved,
        )
        self._losses.add(
            "notes about links, cases, sets and other notes, and of codings that were not taken",
            "What they are about is not taken over; such a note is about the whole project here, that of "
            "a machine's coding is left out.",
            self._nowhere,
        )


class _Read:
    """What notes of ours say that coders read."""

    def __init__(self, held: pd.DataFrame, coders: dict[str, str], losses: Losses) -> None:
        self._losses, self._coders = losses, coders
        with_text = held[held["has_text"]]
        self._text_of = dict(zip(with_text["document"], with_text["text"], strict=True))
        self._name_of = dict(zip(with_text["guid"], with_text["document"], strict=True))
        self._rows: list[tuple[str, str, int, int, str, str]] = []

    def takes(self, memo: Memo) -> str | None:
        """Take a note if it is of that form; return what else stands in it, None if it is another note."""
        found = _read_note.read(memo.name, memo.text)
        if found is None:
            return None
        note, strange = found
        # A user may have another name now; but some programs give every note to whoever imported it.
        here = set(self._coders.values())
        coder = note.coder if note.coder in here else self._coders.get(memo.user, note.coder)
        rest = "\n".join(strange).strip()
        if coder not in here:
            self._losses.add(
                "notes on what a coder read", "The project has no such coder.", [coder]
            )
            return rest
        for name in note.whole:
            document, text = self._text(name)
            if text is not None:
                self._rows.append((coder, document, 0, len(text), "document", ""))
        for name, spans in note.parts.items():
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
        return rest

    def _text(self, name: str) -> tuple[str, str | None]:
        # A document that another program renamed is known by the identity that its name once gave it.
        known = name in self._text_of
        document = name if known else self._name_of.get(guid_of("source", name), name)
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
