"""Matches notes of a file with those of the study, and finds additions to them."""

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
    note_text,
    read_decision_note,
    text_without_note,
)
from fourp_nlp.study.exporting.facts import decision_notes, project_notes
from fourp_nlp.study.exporting.texts import ExportedTexts
from fourp_nlp.study.importing._own_notes import without_own_notes
from fourp_nlp.study.importing.documents.documents import text_before
from fourp_nlp.tables import conform, empty

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from fourp_nlp.study.importing.documents.documents import Source
    from fourp_nlp.study.importing.target import ImportTarget

__all__ = ["MatchedNotes", "Things", "match_notes"]

Key = tuple[object, ...]

_NUMBER = re.compile(r" \([0-9]+\)\Z")


@dataclass(frozen=True)
class Things:
    """The items that notes are about, in the file or here.

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
class MatchedNotes:
    """Notes of a file, matched with those that are here.

    Attributes
    ----------
    notes : pandas.DataFrame
        The table NOTES: notes that are here, once each; new and changed notes; and additions to notes that
        are here, as separate notes.
    same : dict of str to str
        The GUID here of each note that is here, by its GUID in the file.
    told : list of str
        What the user should know.
    """

    notes: pd.DataFrame
    same: dict[str, str] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)


def match_notes(
    file_notes: pd.DataFrame,
    target: ImportTarget,
    sources: Mapping[str, Source],
    file_things: Things,
    our_things: Things,
    names: Mapping[str, str],
) -> MatchedNotes:
    """Match the notes of a file with those that are here, one to one.

    A note is matched by its GUID; otherwise by its text, place and author. Programs lose authors, put a
    note's name into its text, and move notes from a coding to its passage. So notes that are still unmatched
    are compared by fewer criteria.

    Parameters
    ----------
    file_notes : pandas.DataFrame
        The table NOTES of the file, in which everything but notes has the GUIDs that it has here.
    target : ImportTarget
        The project before the import.
    sources : mapping of str to Source
        The sources of the file by these GUIDs.
    file_things, our_things : Things
        What notes are about, in the file and here.
    names : mapping of str to str
        Names of codes by their ids.

    Returns
    -------
    MatchedNotes
        New and known notes.
    """
    our_notes = _known(target, our_things, names)
    if file_notes.empty:
        return MatchedNotes(file_notes)
    our_compared = _to_compared_notes(
        our_notes, our_things, lambda rows: _places_here(rows, target, our_things)
    )
    file_compared = _to_compared_notes(
        file_notes, file_things, lambda rows: _places_there(rows, sources)
    )
    pairs, other_authors = _pairs(our_compared, file_compared)
    columns = list(NOTES.columns)
    matched = MatchedNotes(file_notes)
    if other_authors:
        matched.told.append(
            f"{other_authors} note(s) have another author in the file; the author here stays."
        )
    rows: list[dict[Hashable, object]] = []
    known_rows = our_notes[columns].to_dict("records")
    is_own_note = our_notes["own"].tolist()
    unmatched = set(range(len(our_compared))) - set(pairs.values())
    for number, row in enumerate(file_notes[columns].to_dict("records")):
        note, our_number_ = file_compared[number], pairs.get(number)
        if our_number_ is None:
            found_notes, other_text = _our_notes_within(note, our_compared, unmatched, is_own_note)
            if not found_notes:
                rows.append(row)
                continue
            rows += [known_rows[our_number] for our_number in found_notes]
            if other_text:
                name = added_name(str(row["name"])) if note.decision and row["name"] else ""
                rows.append(_added(row, other_text, name, *note.loose))
            continue
        matched.same[note.guid] = our_compared[our_number_].guid
        if _same(our_compared[our_number_], note):
            rows.append(known_rows[our_number_])
        elif not is_own_note[our_number_]:
            # Changed there, under the same identity.
            kept_values = {
                name: known_rows[our_number_][name] for name in ("user", "made_at") if not row[name]
            }
            rows.append(row | kept_values)
        else:
            rows.append(known_rows[our_number_])
            if other_text := _text_below_decision(our_compared[our_number_], note):
                name = added_name(str(known_rows[our_number_]["name"]))
                rows.append(_added(row, other_text, name, our_compared[our_number_].guid))
    matched.notes = conform(pd.DataFrame(rows).drop_duplicates("guid"), NOTES)
    return matched


@dataclass(frozen=True)
class _ComparedNote:
    """A note for comparison, without white space."""

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


def _known(target: ImportTarget, our_things: Things, names: Mapping[str, str]) -> pd.DataFrame:
    """Return notes that are exported from here and could come back: kept notes, and notes on decisions."""
    extra_notes = conform(without_own_notes(target.extras.notes, target), NOTES).assign(own=False)
    if target.is_new or target.codebook is None:
        return extra_notes.reset_index(drop=True)
    own_notes = [project_notes(target.project, target.codebook)]
    guids = {document: guid for guid, document in our_things.documents.items()}
    exported = ExportedTexts(empty(SOURCES), guids, {})
    users = {name: guid for guid, name in our_things.authors.items()}
    decided = decision_notes(
        target.decisions[target.decisions["document"].isin(guids)],
        Store(target.project.store).read_log(),
        pd.DataFrame(columns=["document", "start", "end", "code", "guid", "rank"]),
        exported,
        names,
        users,
    )
    own_notes += [decided] if len(decided) else []
    all_notes = conform(pd.concat(own_notes), NOTES).assign(own=True)
    return pd.concat([frame for frame in (extra_notes, all_notes) if len(frame)], ignore_index=True)


def _to_compared_notes(
    table: pd.DataFrame,
    things: Things,
    places: Callable[[pd.DataFrame], dict[int, tuple[int, int]]],
) -> list[_ComparedNote]:
    table = table.reset_index(drop=True)
    spans = places(table[(table["start"] >= 0) & (table["about"] != "")])
    compared = []
    for number, (guid, about, start, end, user, name, text) in enumerate(
        zip(
            *(
                table[column]
                for column in ("guid", "about", "start", "end", "user", "name", "text")
            ),
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
        compared.append(
            _ComparedNote(
                guid,
                things.authors.get(user, user),
                text,
                _squeezed(note_text(name, text)),
                # As it goes out, no two notes on the project have one name.
                _squeezed(note_text(_NUMBER.sub("", name), text)),
                note_text(name, text),
                place,
                loose,
                whole,
                raw,
                decision[0] if decision else "",
            )
        )
    return compared


def _places_here(
    rows: pd.DataFrame, target: ImportTarget, our_things: Things
) -> dict[int, tuple[int, int]]:
    """Return the positions of kept notes in documents; kept positions refer to imported texts."""
    places: dict[int, tuple[int, int]] = {}
    for guid, of_source in rows.groupby("about", sort=False):
        our_text = target.texts.get(our_things.documents.get(str(guid), ""))
        start, end = of_source["start"].to_numpy(), of_source["end"].to_numpy()
        kept_text = text_before(str(guid), our_text or "", target)
        is_normalised = of_source["own"].to_numpy(dtype=bool) | (end > len(kept_text))
        if our_text is not None and kept_text != our_text:
            text_places = normalised_places(kept_text)
            first, last = text_places.to_normalised(
                np.where(is_normalised, 0, start), np.where(is_normalised, 0, end)
            )
            start, end = np.where(is_normalised, start, first), np.where(is_normalised, end, last)
        places |= dict(
            zip(of_source.index, zip(start.tolist(), end.tolist(), strict=True), strict=True)
        )
    return places


def _places_there(rows: pd.DataFrame, sources: Mapping[str, Source]) -> dict[int, tuple[int, int]]:
    """Return the positions of the file's notes in documents here."""
    places: dict[int, tuple[int, int]] = {}
    for guid, of_source in rows.groupby("about", sort=False):
        source = sources.get(str(guid))
        if source is None or not source.document:
            continue
        length = len(source.came)
        start = of_source["start"].clip(0, length).to_numpy()
        end = np.maximum(start, of_source["end"].clip(0, length).to_numpy())
        first, last, is_found, _ = source.carry(start, end)
        first, last = np.where(is_found, first, -1), np.where(is_found, last, -1)
        places |= dict(
            zip(of_source.index, zip(first.tolist(), last.tolist(), strict=True), strict=True)
        )
    return places


def _pairs(ours: list[_ComparedNote], theirs: list[_ComparedNote]) -> tuple[dict[int, int], int]:
    """Return the row here of each matched note of the file, and how many have another author here."""
    pairs: dict[int, int] = {}
    unpaired = dict.fromkeys(range(len(ours)))

    def by(
        key: Callable[[_ComparedNote], Key | None],
        other: Callable[[_ComparedNote], Key | None] | None = None,
    ) -> int:
        places: dict[Key, list[int]] = {}
        for number in unpaired:
            if (our_key := key(ours[number])) is not None:
                places.setdefault(our_key, []).append(number)
        before = len(pairs)
        for number, note in enumerate(theirs):
            at = (other or key)(note) if number not in pairs else None
            if at is not None and places.get(at):
                pairs[number] = places[at].pop(0)
                del unpaired[pairs[number]]
        return len(pairs) - before

    by(lambda note: (note.guid,))
    by(lambda note: (note.place, note.author, note.plain))
    by(lambda note: (note.place, note.author, note.said))
    by(
        _only_where(lambda note: note.place == ("",), lambda note: (note.author, note.said)),
        _only_where(lambda note: note.place == ("",), lambda note: (note.author, note.unnumbered)),
    )
    nobody = _only_where(lambda note: note.author == "", lambda note: (note.place, note.said))
    by(nobody, lambda note: (note.place, note.said))
    by(lambda note: (note.place, note.said), nobody)
    by(lambda note: (note.loose, note.author, note.said))
    by(
        _only_where(lambda note: bool(note.raw), lambda note: (note.raw, note.said)),
        _only_where(lambda note: note.place[0] == "anywhere", lambda note: (note.raw, note.said)),
    )
    # A program that takes everything over as its user's, or forgets where it stood.
    authors = by(lambda note: (note.loose, note.said))
    by(
        lambda note: (note.whole, note.said),
        _only_where(
            lambda note: note.place == note.whole or note.place[-1] == -1,
            lambda note: (note.whole, note.said),
        ),
    )
    by(
        lambda note: (note.said,),
        _only_where(lambda note: note.whole[0] in {"", "anywhere"}, lambda note: (note.said,)),
    )
    return pairs, authors


def _only_where(
    test: Callable[[_ComparedNote], bool], key: Callable[[_ComparedNote], Key]
) -> Callable[[_ComparedNote], Key | None]:
    return lambda note: key(note) if test(note) else None


def _same(our_note: _ComparedNote, file_note: _ComparedNote) -> bool:
    return our_note.said == file_note.said and (
        our_note.guid != file_note.guid or our_note.loose == file_note.loose
    )


def _our_notes_within(
    note: _ComparedNote, ours: list[_ComparedNote], unmatched: set[int], is_own_note: list[bool]
) -> tuple[list[int], str]:
    """Return which of our notes on a passage are contained in a note of the file, and the rest of its text.

    The description of a passage lists its notes one below the other. Notes that are found count as matched.
    """
    found_notes: list[int] = []
    text = note.plain
    # What this program writes itself is here however often a file says it.
    candidates = unmatched.union(number for number, is_own in enumerate(is_own_note) if is_own)
    at_passage = [number for number in sorted(candidates) if ours[number].loose == note.loose]
    for number in sorted(
        at_passage if note.loose[0] == "passage" else [], key=lambda n: -len(ours[n].plain)
    ):
        rest = text_without_note(text, ours[number].plain)
        if rest is None and is_own_note[number] and note.decision == ours[number].decision:
            rest = _text_below_decision(ours[number], note)
        if rest is not None:
            text = rest
            found_notes.append(number)
    unmatched.difference_update(found_notes)
    return found_notes, text


def _text_below_decision(our_note: _ComparedNote, file_note: _ComparedNote) -> str:
    """Return the text below a decision in a file; the decision may have changed since."""
    rest = text_without_note(file_note.plain, our_note.plain)
    if rest is not None:
        return rest
    decision = read_decision_note("", file_note.plain)
    if decision is None:
        return file_note.text
    our_lines = {line.strip() for line in our_note.plain.split("\n")}
    return "\n".join(
        line for line in decision[3].split("\n") if line.strip() not in our_lines
    ).strip()


def _added(
    row: Mapping[Hashable, object], text: str, name: str, *at: object
) -> dict[Hashable, object]:
    guid = guid_of("note", "added", *map(str, at), text)
    return {**row, "guid": guid, "name": name, "text": text, "made_at": ""}
