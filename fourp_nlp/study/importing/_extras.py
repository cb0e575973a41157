"""Updates the exchange extras: parts of an imported project that a study cannot store elsewhere."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.documents import normalised_places
from fourp_nlp.exchange import (
    MEMBERS,
    NODES,
    NOTES,
    SELECTIONS,
    USERS,
    VALUES,
    codebook_to_nodes,
    guid_of,
    guids_of,
)
from fourp_nlp.study.exporting.coding_dates import coding_days
from fourp_nlp.study.exporting.exchange_extras import (
    MACHINE_CODINGS,
    MARK_EXTRAS,
    NOTE_QUOTES,
    PROJECT_EXTRAS,
    SOURCE_EXTRAS,
    ExchangeExtras,
    extras_contents,
)
from fourp_nlp.study.importing._own_notes import without_own_notes
from fourp_nlp.study.importing.codings.moved_codings import KEY
from fourp_nlp.study.importing.documents.documents import (
    TEXTS,
    text_before,
    text_file,
    without_ending,
)
from fourp_nlp.study.importing.documents.file_names import coder_name
from fourp_nlp.tables import among, conform, empty

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    import numpy.typing as npt

    from fourp_nlp.exchange import Exchange
    from fourp_nlp.study.importing.codes.codes import MatchedCodes
    from fourp_nlp.study.importing.codings.coders import Coder
    from fourp_nlp.study.importing.documents.documents import Source
    from fourp_nlp.study.importing.target import ImportTarget
    from fourp_nlp.tables import Table

    Integers = npt.NDArray[np.int64]

__all__ = ["extras_after_import", "extras_files"]

_NUMBER = re.compile(r" \(\d+\)\Z")


def extras_after_import(
    exchange: Exchange,
    target: ImportTarget,
    *,
    sources: Mapping[str, Source],
    coders: Mapping[str, Coder],
    codes: MatchedCodes,
    people: pd.DataFrame,
    machines: pd.DataFrame,
    values: pd.DataFrame,
    members: pd.DataFrame,
    removed_codings: pd.DataFrame,
    removed: bool,
) -> ExchangeExtras:
    """Return the exchange extras after an import.

    Parts that this program would export in the same way anyway (its own GUIDs, and the contents of the
    project) are not kept.

    Parameters
    ----------
    exchange : Exchange
        The project of the other program.
    target : ImportTarget
        The project before the import.
    sources, coders : mapping
        Its sources and coders by GUID.
    codes : MatchedCodes
        Its codes.
    people, machines : pandas.DataFrame
        Codings of people (the table PLACED), and of machines that are not this project's (the table
        MACHINE_CODINGS).
    values, members : pandas.DataFrame
        Values and members that documents.csv cannot hold.
    removed_codings : pandas.DataFrame
        Codings here that the file no longer has.
    removed : bool
        Whether they are removed here.

    Returns
    -------
    ExchangeExtras
        Its tables.
    """
    before = target.extras
    new_sources = _sources(sources, before.sources)
    marks = _marks(people, sources, before.marks, coding_days(people, target.project))
    old_marks = before.marks
    if removed:
        old_marks = old_marks[~among(old_marks, removed_codings, KEY)]
    elif len(removed_codings):
        # What moved there stays here at its old place too, and two codings cannot have one identity.
        our_guids = _coding_guids(removed_codings, before.marks)
        marks = marks[~marks["guid"].isin(our_guids)]
    old_marks = old_marks[~old_marks["guid"].isin(marks["guid"]) | among(old_marks, marks, KEY)]
    coded_before = set(old_marks["document"])
    fresh = {
        source.document: source
        for guid, source in sources.items()
        if source.status in {"known", "replaced"}
        and source.document in coded_before
        and text_before(guid, source.before, target) != source.came
    }
    old_marks = _with_new_places(old_marks, marks, fresh)
    ours = {target.machine} - {""}
    first = _first_users(coders, before.users)
    notes = exchange.notes[~exchange.notes["guid"].isin(_own_notes(target))]
    notes = _with_first_users(notes, first)
    notes, quotes = _placed_notes(notes, sources, target)
    return replace(
        before,
        sources=_merged(
            before.sources, _with_first_users(new_sources, first), ["guid"], SOURCE_EXTRAS
        ),
        nodes=_merged(before.nodes, _nodes(codes, before.nodes), ["guid"], NODES),
        users=_merged(
            before.users, _users(coders, ours, before.users, exchange.users), ["guid"], USERS
        ),
        marks=_merged(old_marks, marks, KEY, MARK_EXTRAS),
        notes=_merged(without_own_notes(before.notes, target), notes, ["guid"], NOTES),
        quotes=_merged(before.quotes, quotes, ["note"], NOTE_QUOTES),
        values=_merged(before.values, values, ["about", "variable"], VALUES),
        members=_merged(before.members, members, ["guid", "member"], MEMBERS),
        machine_codings=_merged(before.machine_codings, machines, KEY, MACHINE_CODINGS),
        selections=_merged(
            before.selections,
            _with_first_users(_used(exchange.selections, marks, machines, notes), first),
            ["guid"],
            SELECTIONS,
        ),
        project=_project(exchange, target, first),
    )


def extras_files(
    target: ImportTarget, new_extras: ExchangeExtras, sources: Mapping[str, Source]
) -> dict[Path, bytes | None]:
    """Return the files of the folder `exchange` that change.

    Parameters
    ----------
    target : ImportTarget
        The project before the import.
    new_extras : ExchangeExtras
        The extras to keep.
    sources : mapping of str to Source
        The sources by GUID, for their imported texts.

    Returns
    -------
    dict of pathlib.Path to bytes or None
        The content of each; None if it is deleted.
    """
    before, after = (
        extras_contents(target.project, extras) for extras in (target.extras, new_extras)
    )
    changes = {path: content for path, content in after.items() if content != before[path]}
    for guid, source in sources.items():
        path = target.project.exchange / TEXTS / text_file(guid)
        if source.keeps_imported_text:
            # With a mark, of which nothing is left when it is read: one in the text itself stays.
            content = source.came.encode("utf-8-sig")
            if not path.is_file() or path.read_bytes() != content:
                changes[path] = content
    return changes


def _with_first_users(rows: pd.DataFrame, first: Mapping[str, str]) -> pd.DataFrame:
    """Return rows in which each author and editor is replaced by the coder's first user."""
    first_users = {
        name: rows[name].map(lambda guid: first.get(guid, guid)).astype("str")
        for name in ("user", "modified_by")
    }
    return rows.assign(**first_users)


def _used(selections: pd.DataFrame, *tables: pd.DataFrame) -> pd.DataFrame:
    """Return the selections that have a coding, a note or another item."""
    return selections[selections["guid"].isin({guid for t in tables for guid in t["selection"]})]


def _project(exchange: Exchange, target: ImportTarget, first: Mapping[str, str]) -> pd.DataFrame:
    """Return the creator and dates of the project that this one was made from.

    A project that is imported into an existing one does not change these facts. If the same project is
    imported again, the date of its last change is updated.
    """
    before = target.extras.project
    names = ["user", "made_at", "modified_by", "modified_at"]
    authorship = pd.DataFrame([{name: getattr(exchange, name) for name in names}])
    if not authorship.to_numpy().any():
        return before
    authorship = conform(
        _with_first_users(authorship, first).assign(origin=exchange.origin), PROJECT_EXTRAS
    )
    same = len(before) and (before[names[:2]].to_numpy() == authorship[names[:2]].to_numpy()).all()
    return authorship if target.is_new or same else before


def _merged(old: pd.DataFrame, new: pd.DataFrame, key: list[str], table: Table) -> pd.DataFrame:
    """Return the old rows, replaced by new rows with the same key, followed by the other new rows."""
    both = pd.concat(
        [conform(frame, table) for frame in (old, new) if len(frame)] or [empty(table)]
    )
    if both.empty:
        return conform(both, table)
    both = both.assign(_at=both.groupby(key, sort=False).ngroup().to_numpy())
    last = both.drop_duplicates(key, keep="last").sort_values("_at", kind="stable")
    return conform(last, table)


def _sources(sources: Mapping[str, Source], before: pd.DataFrame) -> pd.DataFrame:
    original_by_guid = dict(zip(before["guid"], before["original"], strict=True))
    names_before = dict(zip(before["guid"], before["name_there"], strict=True))
    nameless = set(before.loc[before["document"] == "", "guid"])
    first = before.set_index("guid")[["user", "made_at", "modified_by", "modified_at"]]
    rows = []
    for guid, source in sources.items():
        original = text_file(guid) if source.keeps_imported_text else ""
        if source.status == "edited":
            original = original_by_guid.get(guid, "")
        is_plain = (
            guid == guid_of("source", source.document)
            and source.kind in {"", "text"}
            and not source.description
            and not original
            and not _name_there(guid, source, names_before.get(guid))
            and not any(_authorship(guid, source, first))
        )
        if is_plain and guid not in original_by_guid:
            continue
        rows.append(
            (
                guid,
                # One that came without a name has none, whatever a file calls it.
                source.document or (source.name if guid not in nameless else ""),
                bool(source.document),
                source.kind,
                source.description,
                original,
                _name_there(guid, source, names_before.get(guid)),
                *_authorship(guid, source, first),
            )
        )
    columns = ["guid", "document", "has_text", "kind", "description", "original", "name_there"]
    table = pd.DataFrame(rows, columns=[*columns, "user", "made_at", "modified_by", "modified_at"])
    return conform(table, SOURCE_EXTRAS) if rows else empty(SOURCE_EXTRAS)


def _authorship(guid: str, source: Source, first: pd.DataFrame) -> tuple[str, str, str, str]:
    """Return the creator and date of a source from its first import, and its last editor and date.

    A program that imported one of our documents did not create it, even if it says so.
    """
    if guid in first.index:
        user, made_at, *changed = (str(value) for value in first.loc[guid])
        # A program that tells no change has not said that there was none.
        by, at = source.made[2:] if any(source.made[2:]) else changed
        return user or source.made[0], made_at or source.made[1], by, at
    ours = source.status not in {"new", "without text"} and guid == guid_of(
        "source", source.document
    )
    return ("", "", "", "") if ours else source.made


def _name_there(guid: str, source: Source, before: str | None) -> str:
    """Return the name under which a document is exported: the imported name, if it is not its id.

    Our own documents keep their name. An imported document with another name now was renamed in the other
    program; a different file ending, or a number that distinguishes equal names, does not count as another
    name.
    """
    ours_by_identity = guid == guid_of("source", source.document)
    if not before and ours_by_identity and source.status not in {"new", "without text"}:
        return ""
    if before is not None:
        ours = {without_ending(source.document), without_ending(before or source.document)}
        if ours & {without_ending(source.name), without_ending(_NUMBER.sub("", source.name))}:
            return before
    return "" if source.name in {"", source.document or source.name} else source.name


def _nodes(codes: MatchedCodes, before: pd.DataFrame) -> pd.DataFrame:
    nodes = codes.nodes
    codebook_nodes = codebook_to_nodes(codes.codebook)
    names = NODES.names
    # A format without a tree, definitions and colours tells nothing that is not here already.
    says_nothing = (nodes["parent"] == "") & (nodes["description"] == "") & (nodes["color"] == "")
    says_nothing &= among(nodes, codebook_nodes, ["guid", "name"])
    return nodes[
        (~among(nodes, codebook_nodes, names) & ~says_nothing) | nodes["guid"].isin(before["guid"])
    ]


def _users(
    coders: Mapping[str, Coder],
    ours: Collection[str],
    before: pd.DataFrame,
    users: pd.DataFrame,
) -> pd.DataFrame:
    short = dict(zip(users["guid"], users["id"], strict=True))
    guids_before = set(before["guid"])
    first = _first_users(coders, before)
    rows = [
        (guid, coder.known_as, coder.machine, _name_as_imported(coder), short.get(guid, ""))
        for guid, coder in coders.items()
        if first.get(guid) == guid
        and (
            guid in guids_before
            or guid != guid_of("user", coder.known_as)
            or short.get(guid, "")
            or (coder.machine and coder.coder not in ours)
        )
    ]
    table = pd.DataFrame(rows, columns=[*USERS.columns])
    return conform(table, USERS) if rows else empty(USERS)


def _name_as_imported(coder: Coder) -> str:
    """Return a coder's imported name, if ours differs only because it must be a file name."""
    same = coder.machine or coder.again or coder.name == coder.coder
    return "" if same or coder_name(coder.name) != coder.coder else coder.name


def _first_users(coders: Mapping[str, Coder], before: pd.DataFrame) -> dict[str, str]:
    """Return the representative of each user: the first imported user of the same coder here."""
    by_coder = dict(zip(before["coder"][::-1], before["guid"][::-1], strict=True))
    for guid, coder in coders.items():
        if guid:
            by_coder.setdefault(coder.known_as, guid)
    return {guid: by_coder[coder.known_as] for guid, coder in coders.items() if guid}


def _marks(
    people: pd.DataFrame,
    sources: Mapping[str, Source],
    before: pd.DataFrame,
    days: Sequence[str],
) -> pd.DataFrame:
    """Return codings with their imported GUIDs and positions, without those that we would export alike.

    A coding that is already here stays on its first selection.
    """
    if people.empty:
        return empty(MARK_EXTRAS)
    as_they_came = {s.document for s in sources.values() if s.keeps_imported_text}
    as_imported = people["document"].isin(as_they_came)
    frame = people.assign(
        came_start=people["came_start"].where(as_imported, people["start"]),
        came_end=people["came_end"].where(as_imported, people["end"]),
        selection=_selections(people, before),
    )
    is_plain = (
        ((frame["made_at"] == "") | (frame["made_at"] == np.array(days, dtype=object)))
        & (frame["selection"] == "")
        & (frame["came_start"] == frame["start"])
        & (frame["came_end"] == frame["end"])
    ).to_numpy(dtype=bool, copy=True)
    ours = [
        guid_of("mark", *key) for key in frame.loc[is_plain, KEY].itertuples(index=False, name=None)
    ]
    is_plain[is_plain] = frame.loc[is_plain, "guid"].to_numpy() == np.array(ours, dtype=object)
    return conform(frame[~is_plain & (frame["guid"] != "").to_numpy()], MARK_EXTRAS)


def _selections(people: pd.DataFrame, before: pd.DataFrame) -> list[str]:
    """Return the selection of each coding; for our own codings, the selection that we export."""
    known = dict(
        zip(before[KEY].itertuples(index=False, name=None), before["selection"], strict=True)
    )
    ours = guids_of("mark", *(people[name] for name in KEY))
    keys = people[KEY].itertuples(index=False, name=None)
    return [
        known.get(key, "" if guid == our_guid else selection)
        for key, guid, our_guid, selection in zip(
            keys, people["guid"], ours, people["selection"], strict=True
        )
    ]


def _coding_guids(codings: pd.DataFrame, marks: pd.DataFrame) -> set[str]:
    imported_guids = dict(
        zip(marks[KEY].itertuples(index=False, name=None), marks["guid"], strict=True)
    )
    return {
        imported_guids.get(key) or guid_of("mark", *key)
        for key in codings[KEY].itertuples(index=False, name=None)
    }


def _with_new_places(
    old: pd.DataFrame, new: pd.DataFrame, fresh: Mapping[str, Source]
) -> pd.DataFrame:
    """Return kept codings; those not in the file get their positions in the newly imported texts."""
    touched = old["document"].isin(fresh).to_numpy(dtype=bool) & ~among(old, new, KEY)
    if not touched.any():
        return old
    shifted = old.copy()
    for document, of_document in old[touched].groupby("document", sort=False):
        source = fresh[str(document)]
        start, end = of_document["start"].to_numpy(), of_document["end"].to_numpy()
        inside = end <= len(source.text)
        rows = of_document[inside].index
        first, last = source.places.to_original(start[inside], end[inside])
        shifted.loc[rows, "came_start"], shifted.loc[rows, "came_end"] = first, last
    return shifted


def _own_notes(target: ImportTarget) -> set[str]:
    """Return the GUIDs of notes that are exported from the project's own settings."""
    place = ["document", "start", "end", "code"]
    decisions = target.decisions[place].itertuples(index=False, name=None)
    return {guid_of("note", "project", name) for name in ("Codebook", "Notice")} | {
        guid_of("note", "decision", *key) for key in decisions
    }


def _placed_notes(
    notes: pd.DataFrame, sources: Mapping[str, Source], target: ImportTarget
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return notes with their passages in the text that is exported, and their quotes."""
    placed = conform(notes, NOTES)
    # What is here already stands where it goes out from.
    fresh = ~among(placed, target.extras.notes, ["guid", "about", "start", "end"])
    quotes: dict[str, str] = {}
    for guid, of_source in placed[fresh & (placed["start"] >= 0)].groupby("about", sort=False):
        source = sources.get(str(guid))
        if source is None:
            continue
        start, end = (
            of_source[name].clip(0, len(source.came)).to_numpy() for name in ("start", "end")
        )
        text = source.came
        if source.status == "edited":
            start, end, text = _in_our_text(str(guid), source, start, end, target)
        placed.loc[of_source.index, "start"], placed.loc[of_source.index, "end"] = start, end
        words = [text[first:last] for first, last in zip(start.tolist(), end.tolist(), strict=True)]
        quotes |= {
            note: quote for note, quote in zip(of_source["guid"], words, strict=True) if quote
        }
    return placed, conform(pd.DataFrame(quotes.items(), columns=NOTE_QUOTES.names), NOTE_QUOTES)


def _in_our_text(
    guid: str, source: Source, start: Integers, end: Integers, target: ImportTarget
) -> tuple[Integers, Integers, str]:
    """Return the positions of passages of an edited text in the text that we export, and that text."""
    first, last, is_found, _ = source.carry(start, np.maximum(start, end))
    text = text_before(guid, source.text, target)
    places = normalised_places(text)
    if places.text == source.text:
        first[is_found], last[is_found] = places.to_original(first[is_found], last[is_found])
    else:
        text = source.text
    return np.where(is_found, first, -1), np.where(is_found, last, -1), text
