"""Which notes of a file are here already, by what they say and where, and what is added to one that is."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.coding.store import Store
from fourp_nlp.documents import normalised_places
from fourp_nlp.exchange import (
    NOTES,
    SOURCES,
    added_name,
    guid_of,
    note_said,
    note_without,
    read_decision_note,
)
from fourp_nlp.study.exporting.facts import decision_notes, project_notes
from fourp_nlp.study.exporting.texts import SentTexts
from fourp_nlp.study.importing._own_notes import not_ours
from fourp_nlp.study.importing.documents.documents import text_before
from fourp_nlp.tables import conform, empty

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from fourp_nlp.study.importing.documents.documents import Source
    from fourp_nlp.study.importing.target import Target

__all__ = ["NotesMatched", "Things", "match_notes"]

Key = tuple[object, ...]

_NUMBER = re.compile(r" \([0-9]+\)\Z")


@dataclass(frozen=True)
class Things:
    """What notes are about, on either side.

    Attributes
    ----------
    documents : dict of str to str
        Ids of documents by the GUIDs of sources.
    marks : dict of str to (str, int, int)
        Document and place of codings by their GUIDs.
    authors : dict of str to str
        Names of coders, as they are here, by the GUIDs of users.
    """

    documents: Mapping[str, str]
    marks: Mapping[str, tuple[str, int, int]]
    authors: Mapping[str, str]


@dataclass
class NotesMatched:
    """Notes of a file, set against those that are here.

    Attributes
    ----------
    notes : pandas.DataFrame
        The table NOTES: what is here, as it is here, each once; what is new or changed; and what was added to
        notes that are here, as notes of its own.
    same : dict of str to str
        The GUID here of each note that is here, by its GUID in the file.
    told : list of str
        What is to be known.
    """

    notes: pd.DataFrame
    same: dict[str, str] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)


def match_notes(
    came: pd.DataFrame,
    target: Target,
    sources: Mapping[str, Source],
    there: Things,
    here: Things,
    names: Mapping[str, str],
) -> NotesMatched:
    """Set the notes of a file against those that are here: one of each for one of the other.

    A note is known by its identity; else by what it says, where, and by whom. Programs lose authors, put a
    note's name into its text, and move notes from a coding to its passage: so what is still alone is compared
    by less.

    Parameters
    ----------
    came : pandas.DataFrame
        The table NOTES of the file, in which everything but notes has the GUIDs that it has here.
    target : Target
        What there is.
    sources : mapping of str to Source
        The sources of the file by these GUIDs.
    there, here : Things
        What notes are about, in the file and here.
    names : mapping of str to str
        Names of codes by their ids.

    Returns
    -------
    NotesMatched
        What is new, and what is known.
    """
    known = _known(target, here, names)
    if came.empty:
        return NotesMatched(came)
    ours = _placed(known, here, lambda rows: _places_here(rows, target, here))
    theirs = _placed(came, there, lambda rows: _places_there(rows, sources))
    pairs, other_authors = _pairs(ours, theirs)
    columns = list(NOTES.columns)
    matched = NotesMatched(came)
    if other_authors:
        matched.told.append(
            f"{other_authors} note(s) have another author in the file; the author here stays."
        )
    made: list[dict[Hashable, object]] = []
    known_rows = known[columns].to_dict("records")
    own = known["own"].tolist()
    alone = set(range(len(ours))) - set(pairs.values())
    for number, row in enumerate(came[columns].to_dict("records")):
        note, at = theirs[number], pairs.get(number)
        if at is None:
            found, rest = _beside(note, ours, alone, own)
            if not found:
                made.append(row)
                continue
            made += [known_rows[each] for each in found]
            if rest:
                name = added_name(str(row["name"])) if note.decision and row["name"] else ""
                made.append(_added(row, rest, name, *note.loose))
            continue
        matched.same[note.guid] = ours[at].guid
        if _same(ours[at], note):
            made.append(known_rows[at])
        elif not own[at]:
            # Changed there, under the same identity.
            said = {name: known_rows[at][name] for name in ("user", "made_at") if not row[name]}
            made.append(row | said)
        else:
            made.append(known_rows[at])
            if rest := _beside_decision(ours[at], note):
                name = added_name(str(known_rows[at]["name"]))
                made.append(_added(row, rest, name, ours[at].guid))
    matched.notes = conform(pd.DataFrame(made).drop_duplicates("guid"), NOTES)
    return matched


@dataclass(frozen=True)
class _Note:
    """A note as it is compared: white space does not count."""

    guid: str
    author: str
    text: str
    said: str
    unnumbered: str
    plain: str
    place: Key
    loose: Key
    whole: Key
    raw: Key
    decision: str


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _known(target: Target, here: Things, names: Mapping[str, str]) -> pd.DataFrame:
    """Return notes that go out from here and could come back: kept ones, and those on decisions."""
    kept = conform(not_ours(target.kept.notes, target), NOTES).assign(own=False)
    if target.is_new or target.codebook is None:
        return kept.reset_index(drop=True)
    written = [project_notes(target.project, target.codebook)]
    guids = {document: guid for guid, document in here.documents.items()}
    sent = SentTexts(empty(SOURCES), guids, {})
    users = {name: guid for guid, name in here.authors.items()}
    decided = decision_notes(
        target.decisions[target.decisions["document"].isin(guids)],
        Store(target.project.store).read_log(),
        pd.DataFrame(columns=["document", "start", "end", "code", "guid", "rank"]),
        sent,
        names,
        users,
    )
    written += [decided] if len(decided) else []
    ours = conform(pd.concat(written), NOTES).assign(own=True)
    return pd.concat([frame for frame in (kept, ours) if len(frame)], ignore_index=True)


def _placed(
    table: pd.DataFrame,
    things: Things,
    places: Callable[[pd.DataFrame], dict[int, tuple[int, int]]],
) -> list[_Note]:
    table = table.reset_index(drop=True)
    spans = places(table[(table["start"] >= 0) & (table["about"] != "")])
    made = []
    for number, (guid, about, start, end, user, name, text) in enumerate(
        zip(
            *(table[each] for each in ("guid", "about", "start", "end", "user", "name", "text")),
            strict=True,
        )
    ):
        document = things.documents.get(about, "")
        raw: Key = ()
        place: Key
        loose: Key
        whole: Key
        if about == "":
            place = loose = whole = ("",) if start < 0 else ("anywhere", start, end)
            raw = () if start < 0 else (start, end)
        elif about in things.marks:
            document, first, last = things.marks[about]
            place, loose = ("mark", about), ("passage", document, first, last)
            whole = ("document", document)
        elif start >= 0:
            first, last = spans.get(number, (-1, -1))
            place = loose = ("passage", document or about, first, last)
            whole, raw = ("document", document or about), (start, end)
        else:
            kind = "document" if document else "thing"
            place = loose = whole = (kind, document or about)
        decision = read_decision_note(name, text)
        made.append(
            _Note(
                guid,
                things.authors.get(user, user),
                text,
                _squeezed(note_said(name, text)),
                # As it goes out, no two notes on the project have one name.
                _squeezed(note_said(_NUMBER.sub("", name), text)),
                note_said(name, text),
                place,
                loose,
                whole,
                raw,
                decision[0] if decision else "",
            )
        )
    return made


def _places_here(rows: pd.DataFrame, target: Target, here: Things) -> dict[int, tuple[int, int]]:
    """Return where notes that are kept stand in documents: kept are places in texts as they came."""
    found: dict[int, tuple[int, int]] = {}
    for guid, own in rows.groupby("about", sort=False):
        ours = target.texts.get(here.documents.get(str(guid), ""))
        start, end = own["start"].to_numpy(), own["end"].to_numpy()
        before = text_before(str(guid), ours or "", target)
        inside = own["own"].to_numpy(dtype=bool) | (end > len(before))
        if ours is not None and before != ours:
            places = normalised_places(before)
            first, last = places.to_normalised(np.where(inside, 0, start), np.where(inside, 0, end))
            start, end = np.where(inside, start, first), np.where(inside, end, last)
        found |= dict(zip(own.index, zip(start.tolist(), end.tolist(), strict=True), strict=True))
    return found


def _places_there(rows: pd.DataFrame, sources: Mapping[str, Source]) -> dict[int, tuple[int, int]]:
    """Return where notes of a file stand in documents here."""
    found: dict[int, tuple[int, int]] = {}
    for guid, own in rows.groupby("about", sort=False):
        source = sources.get(str(guid))
        if source is None or not source.document:
            continue
        length = len(source.came)
        start = own["start"].clip(0, length).to_numpy()
        end = np.maximum(start, own["end"].clip(0, length).to_numpy())
        first, last, there, _ = source.carry(start, end)
        first, last = np.where(there, first, -1), np.where(there, last, -1)
        found |= dict(zip(own.index, zip(first.tolist(), last.tolist(), strict=True), strict=True))
    return found


def _pairs(ours: list[_Note], theirs: list[_Note]) -> tuple[dict[int, int], int]:
    """Return the number here of each note of the file that is here, and how many have another author here."""
    found: dict[int, int] = {}
    waiting = dict.fromkeys(range(len(ours)))

    def by(
        key: Callable[[_Note], Key | None], other: Callable[[_Note], Key | None] | None = None
    ) -> int:
        places: dict[Key, list[int]] = {}
        for number in waiting:
            if (own := key(ours[number])) is not None:
                places.setdefault(own, []).append(number)
        before = len(found)
        for number, note in enumerate(theirs):
            at = (other or key)(note) if number not in found else None
            if at is not None and places.get(at):
                found[number] = places[at].pop(0)
                del waiting[found[number]]
        return len(found) - before

    by(lambda note: (note.guid,))
    by(lambda note: (note.place, note.author, note.plain))
    by(lambda note: (note.place, note.author, note.said))
    by(
        _only(lambda note: note.place == ("",), lambda note: (note.author, note.said)),
        _only(lambda note: note.place == ("",), lambda note: (note.author, note.unnumbered)),
    )
    nobody = _only(lambda note: note.author == "", lambda note: (note.place, note.said))
    by(nobody, lambda note: (note.place, note.said))
    by(lambda note: (note.place, note.said), nobody)
    by(lambda note: (note.loose, note.author, note.said))
    by(
        _only(lambda note: bool(note.raw), lambda note: (note.raw, note.said)),
        _only(lambda note: note.place[0] == "anywhere", lambda note: (note.raw, note.said)),
    )
    # A program that takes everything over as its user's, or forgets where it stood.
    authors = by(lambda note: (note.loose, note.said))
    by(
        lambda note: (note.whole, note.said),
        _only(
            lambda note: note.place == note.whole or note.place[-1] == -1,
            lambda note: (note.whole, note.said),
        ),
    )
    by(
        lambda note: (note.said,),
        _only(lambda note: note.whole[0] in {"", "anywhere"}, lambda note: (note.said,)),
    )
    return found, authors


def _only(
    test: Callable[[_Note], bool], key: Callable[[_Note], Key]
) -> Callable[[_Note], Key | None]:
    return lambda note: key(note) if test(note) else None


def _same(ours: _Note, theirs: _Note) -> bool:
    return ours.said == theirs.said and (ours.guid != theirs.guid or ours.loose == theirs.loose)


def _beside(
    note: _Note, ours: list[_Note], alone: set[int], own: list[bool]
) -> tuple[list[int], str]:
    """Return which notes that are on a passage here a note of it holds, and what it says beside them.

    The description of a passage has its notes one below the other. Those that are found are no longer alone.
    """
    found: list[int] = []
    text = note.plain
    # What this program writes itself is here however often a file says it.
    open_ = alone.union(number for number, each in enumerate(own) if each)
    at = [number for number in sorted(open_) if ours[number].loose == note.loose]
    for number in sorted(
        at if note.loose[0] == "passage" else [], key=lambda n: -len(ours[n].plain)
    ):
        rest = note_without(text, ours[number].plain)
        if rest is None and own[number] and note.decision == ours[number].decision:
            rest = _beside_decision(ours[number], note)
        if rest is not None:
            text = rest
            found.append(number)
    alone.difference_update(found)
    return found, text


def _beside_decision(ours: _Note, theirs: _Note) -> str:
    """Return what stands below a decision in a file; it may have been decided otherwise since."""
    rest = note_without(theirs.plain, ours.plain)
    if rest is not None:
        return rest
    found = read_decision_note("", theirs.plain)
    if found is None:
        return theirs.text
    own = {line.strip() for line in ours.plain.split("\n")}
    return "\n".join(line for line in found[3].split("\n") if line.strip() not in own).strip()


def _added(
    row: Mapping[Hashable, object], text: str, name: str, *at: object
) -> dict[Hashable, object]:
    guid = guid_of("note", "added", *map(str, at), text)
    return {**row, "guid": guid, "name": name, "text": text, "made_at": ""}
