"""Restores the project's own GUIDs of the items in a file, in place of the file's GUIDs.

Programs give new GUIDs to everything that they import. Items that this project already has are recognised by
their content and keep their GUIDs, however often they are exported and imported.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.exchange import codebook_to_nodes, guid_of, guids_of, rows_of
from fourp_nlp.study.exporting.facts import export_members, export_values
from fourp_nlp.study.exporting.texts import ExportedTexts
from fourp_nlp.study.importing._notes import Things, match_notes
from fourp_nlp.study.importing.codings.moved_codings import KEY
from fourp_nlp.study.measuring.retest import AGAIN

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from typing import Any

    from fourp_nlp.exchange import Exchange
    from fourp_nlp.study.importing.codes.codes import MatchedCodes
    from fourp_nlp.study.importing.codings.coders import Coder
    from fourp_nlp.study.importing.documents.documents import Source, Sources
    from fourp_nlp.study.importing.target import ImportTarget

__all__ = ["IdentifiedExchange", "restore_identities"]

_ORIGIN_COLUMNS = ["guid", "made_at", "selection"]  # what is kept of a coding beside what it is


class IdentifiedExchange(NamedTuple):
    """A file's project with this project's identities.

    Attributes
    ----------
    exchange : Exchange
        The project. Items that are already here have their GUIDs from here.
    sources : Sources
        Its sources.
    coders : dict of str to Coder
        Its coders by GUID.
    codes : MatchedCodes
        Its codes.
    placed : pandas.DataFrame
        Its codings, the table PLACED.
    """

    exchange: Exchange
    sources: Sources
    coders: dict[str, Coder]
    codes: MatchedCodes
    placed: pd.DataFrame


def restore_identities(
    exchange: Exchange,
    target: ImportTarget,
    sources: Sources,
    coders: Mapping[str, Coder],
    codes: MatchedCodes,
    placed_marks: pd.DataFrame,
    remarks: list[str],
) -> IdentifiedExchange:
    """Give every item that the project already has its GUID here.

    Sources, codes and coders are already matched. Codings are recognised by document, place, code and coder;
    cases and sets by kind, name and members; values by their owner and variable; notes by text, place and
    author. A GUID that the project has stays.

    Parameters
    ----------
    exchange : Exchange
        The project, with normalised GUIDs.
    target : ImportTarget
        The project before the import.
    sources : Sources
        Its sources, matched.
    coders : mapping of str to Coder
        Its coders by GUID, matched.
    codes : MatchedCodes
        Its codes, matched.
    placed_marks : pandas.DataFrame
        Its codings at their places here: the table PLACED.
    remarks : list of str
        Messages for the user are added here.

    Returns
    -------
    IdentifiedExchange
        The same with these GUIDs.
    """
    source_of = _sources(sources.by_guid, target)
    user_of = _users(coders, target)
    our_nodes = (
        None if target.codebook is None else codebook_to_nodes(target.codebook, target.extras.nodes)
    )
    node_of = {} if our_nodes is None else _nodes(codes.ids, codes.nodes["guid"], our_nodes)
    placed_marks, mark_of = _marks(placed_marks, target)
    placed_marks = _by_users(placed_marks, user_of)
    sources = sources._replace(
        by_guid={
            source_of.get(guid, guid): _restored_source(s, source_of.get(guid, guid), target)
            for guid, s in sources.by_guid.items()
        }
    )
    our_coders = {
        user_of.get(guid, guid): replace(c, guid=user_of.get(guid, guid))
        for guid, c in coders.items()
    }
    exchange = replace(
        exchange,
        sources=exchange.sources.assign(guid=_mapped(exchange.sources["guid"], source_of)),
        nodes=_restored_nodes(exchange.nodes, node_of, our_nodes),
        users=exchange.users.assign(guid=_mapped(exchange.users["guid"], user_of)),
        marks=exchange.marks.assign(
            guid=_mapped(exchange.marks["guid"], mark_of),
            source=_mapped(exchange.marks["source"], source_of),
            node=_mapped(exchange.marks["node"], node_of),
        ),
        user=user_of.get(exchange.user, exchange.user),
        modified_by=user_of.get(exchange.modified_by, exchange.modified_by),
    )
    exchange = replace(
        exchange,
        sources=_by_users(exchange.sources, user_of),
        marks=_by_users(exchange.marks, user_of),
        notes=_by_users(exchange.notes, user_of),
        selections=_by_users(exchange.selections, user_of),
    )
    exchange = _restore_notes_and_members(
        exchange, target, sources, our_coders, placed_marks, source_of, node_of | mark_of, remarks
    )
    our_codes = replace(
        codes,
        codes=_with_guids(codes.codes, node_of),
        ids=_with_guids(codes.ids, node_of),
        why_none=_with_guids(codes.why_none, node_of),
        nodes=_restored_nodes(codes.nodes, node_of, our_nodes),
    )
    return IdentifiedExchange(exchange.conformed(), sources, our_coders, our_codes, placed_marks)


def _restore_notes_and_members(
    exchange: Exchange,
    target: ImportTarget,
    sources: Sources,
    coders: Mapping[str, Coder],
    placed_marks: pd.DataFrame,
    source_of: Mapping[str, str],
    code_and_mark_of: Mapping[str, str],
    remarks: list[str],
) -> Exchange:
    """Return the project with our notes, members of cases and sets, and values, where they are the same."""
    guid_changes = {**source_of, **code_and_mark_of}
    documents = _documents_here(target)
    matched = match_notes(
        exchange.notes.assign(about=_mapped(exchange.notes["about"], guid_changes)),
        target,
        sources.by_guid,
        Things(
            {guid: s.document for guid, s in sources.by_guid.items() if s.document},
            _spots(placed_marks, placed_marks["guid"]),
            {guid: c.known_as for guid, c in coders.items() if guid},
        ),
        Things(documents, _marks_here(target), _authors_here(target)),
        {} if target.codebook is None else target.codebook.names,
    )
    remarks += matched.told
    our_members = _known_members(target, documents)
    members = exchange.members
    members = members.assign(member=_mapped(members["member"], guid_changes | matched.same))
    collection_of = _collections(members, our_members)
    members = members.assign(guid=_mapped(members["guid"], collection_of))
    members = _members(members, our_members, set(source_of.values()), remarks)
    values: pd.DataFrame = getattr(exchange, "values")  # noqa: B009 - Ruff takes .values for the attribute of pandas
    values = values.assign(about=_mapped(values["about"], {**source_of, **collection_of}))
    return replace(
        exchange,
        notes=matched.notes,
        values=_values(values, target, documents, our_members),
        members=members,
    )


def _by_users(frame: pd.DataFrame, user_of: Mapping[str, str]) -> pd.DataFrame:
    """Return a table with users by the identities that they have here."""
    columns = [name for name in ("user", "modified_by") if name in frame.columns]
    return frame.assign(**{name: _mapped(frame[name], user_of) for name in columns})


def _mapped(column: pd.Series, identities: Mapping[str, str]) -> pd.Series:
    if not identities or column.empty:
        return column
    return column.map({guid: identities.get(guid, guid) for guid in column.unique()}).astype("str")


def _filled_up(file_texts: pd.Series, guids: pd.Series, our_texts: Mapping[Any, str]) -> pd.Series:
    """Return the properties of items from the file; empty ones from here."""
    texts = [
        text if text.strip() else our_texts.get(guid, "")
        for text, guid in zip(file_texts, guids, strict=True)
    ]
    return pd.Series(texts, index=file_texts.index, dtype="str")


def _with_guids(by_guid: Mapping[str, str], identities: Mapping[str, str]) -> dict[str, str]:
    return {identities.get(guid, guid): value for guid, value in by_guid.items()}


def _sources_here(target: ImportTarget) -> dict[str, str]:
    """Return the identity of each document."""
    extras = target.extras.sources[target.extras.sources["has_text"].astype(bool)]
    first_sources = extras.drop_duplicates("document")
    imported = dict(zip(first_sources["document"], first_sources["guid"], strict=True))
    return {name: imported.get(name) or guid_of("source", name) for name in target.texts}


def _documents_here(target: ImportTarget) -> dict[str, str]:
    extras = target.extras.sources
    documents = dict(zip(extras["guid"], extras["document"], strict=True))
    documents = {guid: name for guid, name in documents.items() if name in target.texts}
    return documents | {guid: name for name, guid in _sources_here(target).items()}


def _sources(sources: Mapping[str, Source], target: ImportTarget) -> dict[str, str]:
    guid_of_document, imported_documents = (
        _sources_here(target),
        set(target.extras.sources["document"]),
    )
    our_guids = {
        guid: guid_of_document[s.document]
        for guid, s in sources.items()
        # A stranger's source of another name, whose text happens to be here, is not what went out.
        if s.document in guid_of_document
        and (s.document in imported_documents or s.name == s.document)
    }
    without_text = target.extras.sources[~target.extras.sources["has_text"].astype(bool)]
    free_guids: dict[str, list[str]] = {}
    for guid, name in zip(without_text["guid"], without_text["document"], strict=True):
        if guid not in sources:
            free_guids.setdefault(name, []).append(guid)
    known = set(without_text["guid"])
    for guid, source in sources.items():
        if not source.document and guid not in known and free_guids.get(source.name):
            our_guids[guid] = free_guids[source.name].pop(0)
    return our_guids


def _restored_source(source: Source, guid: str, target: ImportTarget) -> Source:
    """Return a source with its GUID here, and with properties that the other program lost."""
    source_extras = target.extras.sources
    row = source_extras[source_extras["guid"] == guid]
    kind, description = source.kind, source.description
    if len(row):
        description = description or str(row["description"].iloc[0])
        # What is no text goes out with its text alone, and comes back as one.
        kind = str(row["kind"].iloc[0]) if kind in {"", "text"} else kind
    return replace(source, guid=guid, kind=kind, description=description)


def _claim(our_guid_of: Mapping[str, str], our_guids: Collection[str]) -> dict[str, str]:
    """Return our GUID for GUIDs of the file, each once; a GUID of the file that is ours stays."""
    taken = {guid for guid in our_guid_of if guid in our_guids}
    claimed: dict[str, str] = {}
    for guid, ours in our_guid_of.items():
        if guid and ours and guid not in taken and ours not in taken:
            claimed[guid] = ours
            taken.add(ours)
    return claimed


def _nodes(ids: Mapping[str, str], order: Iterable[str], ours: pd.DataFrame) -> dict[str, str]:
    guid_of_code = dict(zip(ours["code"], ours["guid"], strict=True))
    guid_of_code.pop("", None)  # folders, which are no codes
    our_guid_of = {guid: guid_of_code.get(ids.get(guid, ""), "") for guid in order}
    return _claim(our_guid_of, set(ours["guid"]))


def _restored_nodes(
    nodes: pd.DataFrame, node_of: Mapping[str, str], ours: pd.DataFrame | None
) -> pd.DataFrame:
    """Return codes with their GUIDs here, and with descriptions and colours that the other program lost."""
    restored = nodes.assign(
        guid=_mapped(nodes["guid"], node_of), parent=_mapped(nodes["parent"], node_of)
    )
    if ours is None:
        return restored
    our_nodes = ours.set_index("guid")
    for name in ("description", "color"):
        restored[name] = _filled_up(restored[name], restored["guid"], our_nodes[name].to_dict())
    return restored


def _users_here(target: ImportTarget) -> dict[str, str]:
    """Return the identity of each coder."""
    user_extras = target.extras.users.drop_duplicates("coder")
    imported = dict(zip(user_extras["coder"], user_extras["guid"], strict=True))
    names = [*target.coded["coder"], *target.codings["coder"], target.machine]
    names += [
        f"{name}{AGAIN}" for gold in target.repeat.values() for name in gold.coded["coder"].unique()
    ]
    names += target.decisions["decided_by"].tolist()
    return {name: guid_of("user", name) for name in dict.fromkeys(names) if name} | imported


def _authors_here(target: ImportTarget) -> dict[str, str]:
    user_extras = target.extras.users
    return {guid: name for name, guid in _users_here(target).items()} | dict(
        zip(user_extras["guid"], user_extras["coder"], strict=True)
    )


def _users(coders: Mapping[str, Coder], target: ImportTarget) -> dict[str, str]:
    guid_of_name = _users_here(target)
    our_guid_of = {guid: guid_of_name.get(c.known_as, "") for guid, c in coders.items()}
    return _claim(our_guid_of, set(guid_of_name.values()))


def _codings_here(target: ImportTarget) -> pd.DataFrame:
    """Return all codings with their identities: KEY and guid."""
    again = [
        gold.codings.assign(coder=gold.codings["coder"] + AGAIN) for gold in target.repeat.values()
    ]
    machine = target.suggestions.assign(coder=target.suggestions["model"])
    imported = pd.concat([target.extras.marks, target.extras.machine_codings])[
        [*KEY, *_ORIGIN_COLUMNS]
    ]
    frames = [target.codings, *again, machine, target.extras.machine_codings]
    known = pd.concat([frame[KEY] for frame in frames if len(frame)] or [target.codings[KEY]])
    codings = known.drop_duplicates(KEY).merge(imported.drop_duplicates(KEY), on=KEY, how="left")
    our_guids = pd.Series(
        guids_of("mark", *(codings[name] for name in KEY)), index=codings.index, dtype="str"
    )
    filled = {
        name: codings[name].astype("object").fillna("").astype("str") for name in _ORIGIN_COLUMNS
    }
    return codings.assign(
        **filled | {"guid": filled["guid"].where(filled["guid"] != "", our_guids)}
    )


def _marks(placed_marks: pd.DataFrame, target: ImportTarget) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return codings with their GUIDs here, and these GUIDs by those of the file."""
    our_codings = _codings_here(target)
    if placed_marks.empty or our_codings.empty:
        return placed_marks, {}
    both = placed_marks[KEY].merge(our_codings, on=KEY, how="left").astype("object").fillna("")
    file_guids = placed_marks["guid"].to_numpy(dtype=object)
    our_guids = both["guid"].to_numpy(dtype=object)
    known = set(our_codings["guid"])
    is_ours = np.array([guid in known for guid in file_guids], dtype=bool)
    taken_guids = set(file_guids[is_ours])
    new_guids = np.array(
        [guid if keeps or not ours or ours in taken_guids else ours
         for guid, ours, keeps in zip(file_guids, our_guids, is_ours, strict=True)],
        dtype=object,
    )  # fmt: skip
    dates = placed_marks["made_at"].where(placed_marks["made_at"] != "", both["made_at"].to_numpy())
    restored = placed_marks.assign(guid=new_guids, made_at=dates.astype("str"))
    if "selection" in restored.columns:
        known_again = (our_guids != "") & (new_guids == our_guids)
        restored["selection"] = np.where(known_again, both["selection"], restored["selection"])
    identities = {
        old: now for old, now in zip(file_guids[::-1], new_guids[::-1], strict=True) if old != now
    }
    return restored, identities


def _spots(codings: pd.DataFrame, guids: pd.Series) -> dict[str, tuple[str, int, int]]:
    places = zip(
        codings["document"], codings["start"].tolist(), codings["end"].tolist(), strict=True
    )
    return dict(zip(guids.tolist(), places, strict=True))


def _marks_here(target: ImportTarget) -> dict[str, tuple[str, int, int]]:
    our_codings = _codings_here(target)
    return _spots(our_codings, our_codings["guid"])


def _sent(target: ImportTarget, documents: Mapping[str, str]) -> ExportedTexts:
    guids = _sources_here(target)
    every = dict.fromkeys([*guids.values(), *target.extras.sources["guid"], *documents])
    return ExportedTexts(pd.DataFrame({"guid": list(every)}), guids, {})


def _known_members(target: ImportTarget, documents: Mapping[str, str]) -> pd.DataFrame:
    return export_members(target.documents, _sent(target, documents), target.extras)


def _collections(members: pd.DataFrame, known: pd.DataFrame) -> dict[str, str]:
    """Return the GUID here of each case and set, matched by kind, name and most members."""
    file_collections, our_collections = _collection_names(members), _collection_names(known)
    candidates = [
        (-len(members_ & our_members - {""}), number, guid, our_guid)
        for kind_and_name, guids in file_collections.items()
        for number, (guid, members_) in enumerate(guids.items())
        for our_guid, our_members in our_collections.get(kind_and_name, {}).items()
        if guid not in our_collections.get(kind_and_name, {}) and our_guid not in guids
    ]
    our_guids: dict[str, str] = {}
    taken_guids: set[str] = set()
    for _, _, guid, our_guid in sorted(candidates):
        if guid not in our_guids and our_guid not in taken_guids:
            our_guids[guid] = our_guid
            taken_guids.add(our_guid)
    return our_guids


def _collection_names(members: pd.DataFrame) -> dict[tuple[str, str], dict[str, set[str]]]:
    """Return the members of cases and sets by their GUID, by kind and name."""
    members_by_guid: dict[tuple[str, str], dict[str, set[str]]] = {}
    for guid, kind, name, member in rows_of(members, "guid", "kind", "name", "member"):
        members_by_guid.setdefault((kind, name.strip()), {}).setdefault(guid, set()).add(member)
    return members_by_guid


def _members(
    members: pd.DataFrame, known: pd.DataFrame, sources: Collection[str], remarks: list[str]
) -> pd.DataFrame:
    """Return members of cases and sets; if a program lost all members of one, those here."""
    is_empty = members["member"] == ""
    emptied = members.loc[is_empty, "guid"]
    lost_members = known[known["guid"].isin(emptied) & (known["member"] != "")]
    lost_members = lost_members[
        lost_members["member"].isin(sources) | (lost_members["kind"] == "set")
    ]
    if len(lost_members):
        remarks.append(
            f"{lost_members['guid'].nunique()} case(s) or set(s) have no members in the file; they keep "
            "those that they have here."
        )
    descriptions = known.drop_duplicates("guid").set_index("guid")["description"]
    other_members = members[~(is_empty & members["guid"].isin(lost_members["guid"]))]
    other_members = other_members.assign(
        description=_filled_up(
            other_members["description"], other_members["guid"], descriptions.to_dict()
        )
    )
    frames = [frame for frame in (other_members, lost_members) if len(frame)]
    return pd.concat(frames, ignore_index=True) if frames else members


def _values(
    values: pd.DataFrame, target: ImportTarget, documents: Mapping[str, str], members: pd.DataFrame
) -> pd.DataFrame:
    """Return values as they are here if they are equal: programs store numbers and dates as text."""
    our_values = export_values(target.documents, _sent(target, documents), members, target.extras)
    if values.empty or our_values.empty:
        return values
    key = ["about", "variable"]
    our_columns = [
        name for name in our_values.columns if name not in key and name in values.columns
    ]
    both = values[key].merge(our_values.drop_duplicates(key), on=key, how="left")
    is_same = np.array(
        [
            _alike(value, our_value)
            for value, our_value in zip(values["value"], both["value"], strict=True)
        ],
        dtype=bool,
    )
    values_ = values.reset_index(drop=True)
    return values_.assign(
        **{name: both[name].where(is_same, values_[name]).astype("str") for name in our_columns}
    )


def _alike(value: str, our_value: object) -> bool:
    if not isinstance(our_value, str):
        return False
    if " ".join(value.split()) == " ".join(our_value.split()):
        return True
    try:
        return float(value) == float(our_value)
    except ValueError:
        return value.casefold() in {"true", "false"} and value.casefold() == our_value.casefold()
