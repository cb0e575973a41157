"""The identities that this project has for what a file holds, in the place of the file's.

Programs give new identities to everything that they take over. What is known here is known again by what it
is, keeps the identity that it has here, and so goes out with it, however often it goes round.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.exchange import codebook_to_nodes, guid_of, guids_of, rows_of
from fourp_nlp.study.exporting.facts import sent_members, sent_values
from fourp_nlp.study.exporting.texts import SentTexts
from fourp_nlp.study.importing._notes import Things, match_notes
from fourp_nlp.study.importing.codings.moved_codings import KEY
from fourp_nlp.study.measuring.retest import AGAIN

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from typing import Any

    from fourp_nlp.exchange import Exchange
    from fourp_nlp.study.importing.codes.codes import CodesMatched
    from fourp_nlp.study.importing.codings.coders import Coder
    from fourp_nlp.study.importing.documents.documents import Source, Sources
    from fourp_nlp.study.importing.target import Target

__all__ = ["Identified", "take_identities"]

_ITS_OWN = ["guid", "made_at", "selection"]  # what is kept of a coding beside what it is


class Identified(NamedTuple):
    """A file's project with this project's identities.

    Attributes
    ----------
    exchange : Exchange
        The project. What is here already stands in it as it stands here.
    sources : Sources
        Its sources.
    coders : dict of str to Coder
        Its coders by GUID.
    codes : CodesMatched
        Its codes.
    placed : pandas.DataFrame
        Its codings, the table PLACED.
    """

    exchange: Exchange
    sources: Sources
    coders: dict[str, Coder]
    codes: CodesMatched
    placed: pd.DataFrame


def take_identities(
    exchange: Exchange,
    target: Target,
    sources: Sources,
    coders: Mapping[str, Coder],
    codes: CodesMatched,
    placed: pd.DataFrame,
    told: list[str],
) -> Identified:
    """Give everything that is here already the identity that it has here.

    Sources, codes and coders are those to which they were matched; codings are known by document, place,
    code and coder; cases and sets by kind, name and members; values by what they are about and their
    variable; notes by what they say, where, and by whom. An identity that is one of this project stays.

    Parameters
    ----------
    exchange : Exchange
        The project as it came, tidied.
    target : Target
        What there is.
    sources : Sources
        Its sources, matched.
    coders : mapping of str to Coder
        Its coders by GUID, matched.
    codes : CodesMatched
        Its codes, matched.
    placed : pandas.DataFrame
        Its codings where they stand here: the table PLACED.
    told : list of str
        Takes up what is to be known.

    Returns
    -------
    Identified
        The same with these identities.
    """
    source_of = _sources(sources.by_guid, target)
    user_of = _users(coders, target)
    ours = (
        None if target.codebook is None else codebook_to_nodes(target.codebook, target.kept.nodes)
    )
    node_of = {} if ours is None else _nodes(codes.ids, codes.nodes["guid"], ours)
    placed, mark_of = _marks(placed, target)
    by_guid = {
        source_of.get(guid, guid): _filled(s, source_of.get(guid, guid), target)
        for guid, s in sources.by_guid.items()
    }
    made_coders = {
        user_of.get(guid, guid): replace(c, guid=user_of.get(guid, guid))
        for guid, c in coders.items()
    }
    made_codes = replace(
        codes,
        codes=_keyed(codes.codes, node_of),
        ids=_keyed(codes.ids, node_of),
        why_none=_keyed(codes.why_none, node_of),
        nodes=_nodes_filled(codes.nodes, node_of, ours),
    )
    things = source_of | node_of | mark_of
    placed = _by_users(placed, user_of)
    marks = exchange.marks.assign(
        guid=_mapped(exchange.marks["guid"], mark_of),
        source=_mapped(exchange.marks["source"], source_of),
        node=_mapped(exchange.marks["node"], node_of),
    )
    notes = _by_users(
        exchange.notes.assign(about=_mapped(exchange.notes["about"], things)), user_of
    )
    documents = _documents_here(target)
    matched = match_notes(
        notes,
        target,
        by_guid,
        Things(
            {guid: s.document for guid, s in by_guid.items() if s.document},
            _spots(placed, placed["guid"]),
            {guid: c.known_as for guid, c in made_coders.items() if guid},
        ),
        Things(documents, _marks_here(target), _authors_here(target)),
        {} if target.codebook is None else target.codebook.names,
    )
    known = _known_members(target, documents)
    members = exchange.members
    members = members.assign(member=_mapped(members["member"], things | matched.same))
    collection_of = _collections(members, known)
    told += matched.told
    members = members.assign(guid=_mapped(members["guid"], collection_of))
    members = _members(members, known, set(exchange.sources["guid"].map(source_of)), told)
    values: pd.DataFrame = getattr(exchange, "values")  # noqa: B009 - Ruff takes .values for the attribute of pandas
    values = values.assign(about=_mapped(values["about"], source_of | collection_of))
    sources_table = exchange.sources.assign(guid=_mapped(exchange.sources["guid"], source_of))
    users_table = exchange.users.assign(guid=_mapped(exchange.users["guid"], user_of))
    return Identified(
        replace(
            exchange,
            sources=_by_users(sources_table, user_of),
            nodes=_nodes_filled(exchange.nodes, node_of, ours),
            users=users_table,
            marks=_by_users(marks, user_of),
            notes=matched.notes,
            values=_values(values, target, documents, known),
            members=members,
            selections=_by_users(exchange.selections, user_of),
            user=user_of.get(exchange.user, exchange.user),
            modified_by=user_of.get(exchange.modified_by, exchange.modified_by),
        ).conformed(),
        sources._replace(by_guid=by_guid),
        made_coders,
        made_codes,
        placed,
    )


def _by_users(frame: pd.DataFrame, user_of: Mapping[str, str]) -> pd.DataFrame:
    """Return a table with users by the identities that they have here."""
    columns = [name for name in ("user", "modified_by") if name in frame.columns]
    return frame.assign(**{name: _mapped(frame[name], user_of) for name in columns})


def _mapped(column: pd.Series, identities: Mapping[str, str]) -> pd.Series:
    if not identities or column.empty:
        return column
    return column.map({guid: identities.get(guid, guid) for guid in column.unique()}).astype("str")


def _or_else(said: pd.Series, guids: pd.Series, here: Mapping[Any, str]) -> pd.Series:
    """Return what a file says of things; of which it says nothing, what is said here."""
    texts = [
        text if text.strip() else here.get(guid, "") for text, guid in zip(said, guids, strict=True)
    ]
    return pd.Series(texts, index=said.index, dtype="str")


def _keyed(by_guid: Mapping[str, str], identities: Mapping[str, str]) -> dict[str, str]:
    return {identities.get(guid, guid): value for guid, value in by_guid.items()}


def _sources_here(target: Target) -> dict[str, str]:
    """Return the identity of each document."""
    kept = target.kept.sources[target.kept.sources["has_text"].astype(bool)]
    first = kept.drop_duplicates("document")
    came = dict(zip(first["document"], first["guid"], strict=True))
    return {name: came.get(name) or guid_of("source", name) for name in target.texts}


def _documents_here(target: Target) -> dict[str, str]:
    kept = target.kept.sources
    every = dict(zip(kept["guid"], kept["document"], strict=True))
    every = {guid: name for guid, name in every.items() if name in target.texts}
    return every | {guid: name for name, guid in _sources_here(target).items()}


def _sources(sources: Mapping[str, Source], target: Target) -> dict[str, str]:
    here, kept = _sources_here(target), set(target.kept.sources["document"])
    found = {
        guid: here[s.document]
        for guid, s in sources.items()
        # A stranger's source of another name, whose text happens to be here, is not what went out.
        if s.document in here and (s.document in kept or s.name == s.document)
    }
    bare = target.kept.sources[~target.kept.sources["has_text"].astype(bool)]
    left: dict[str, list[str]] = {}
    for guid, name in zip(bare["guid"], bare["document"], strict=True):
        if guid not in sources:
            left.setdefault(name, []).append(guid)
    known = set(bare["guid"])
    for guid, source in sources.items():
        if not source.document and guid not in known and left.get(source.name):
            found[guid] = left[source.name].pop(0)
    return found


def _filled(source: Source, guid: str, target: Target) -> Source:
    """Return a source with its identity here, and with what a program forgot of it."""
    kept = target.kept.sources
    row = kept[kept["guid"] == guid]
    kind, description = source.kind, source.description
    if len(row):
        description = description or str(row["description"].iloc[0])
        # What is no text goes out with its text alone, and comes back as one.
        kind = str(row["kind"].iloc[0]) if kind in {"", "text"} else kind
    return replace(source, guid=guid, kind=kind, description=description)


def _nodes(ids: Mapping[str, str], order: Iterable[str], ours: pd.DataFrame) -> dict[str, str]:
    here = dict(zip(ours["code"], ours["guid"], strict=True))
    here.pop("", None)  # folders, which are no codes
    guids = list(order)
    taken = {guid for guid in guids if guid in set(ours["guid"])}
    found: dict[str, str] = {}
    for guid in guids:
        own = here.get(ids.get(guid, ""), "")
        if own and guid not in taken and own not in taken:
            found[guid] = own
            taken.add(own)
    return found


def _nodes_filled(
    nodes: pd.DataFrame, node_of: Mapping[str, str], ours: pd.DataFrame | None
) -> pd.DataFrame:
    """Return codes with their identities here, and with descriptions and colours that a program forgot."""
    made = nodes.assign(
        guid=_mapped(nodes["guid"], node_of), parent=_mapped(nodes["parent"], node_of)
    )
    if ours is None:
        return made
    here = ours.set_index("guid")
    for name in ("description", "color"):
        made[name] = _or_else(made[name], made["guid"], here[name].to_dict())
    return made


def _users_here(target: Target) -> dict[str, str]:
    """Return the identity of each coder."""
    kept = target.kept.users.drop_duplicates("coder")
    came = dict(zip(kept["coder"], kept["guid"], strict=True))
    names = [*target.coded["coder"], *target.codings["coder"], target.machine]
    names += [
        f"{name}{AGAIN}" for gold in target.repeat.values() for name in gold.coded["coder"].unique()
    ]
    names += target.decisions["decided_by"].tolist()
    return {name: guid_of("user", name) for name in dict.fromkeys(names) if name} | came


def _authors_here(target: Target) -> dict[str, str]:
    kept = target.kept.users
    return {guid: name for name, guid in _users_here(target).items()} | dict(
        zip(kept["guid"], kept["coder"], strict=True)
    )


def _users(coders: Mapping[str, Coder], target: Target) -> dict[str, str]:
    here = _users_here(target)
    taken = {guid for guid in coders if guid in set(here.values())}
    found: dict[str, str] = {}
    for guid, coder in coders.items():
        own = here.get(coder.known_as, "")
        if guid and own and guid not in taken and own not in taken:
            found[guid] = own
            taken.add(own)
    return found


def _codings_here(target: Target) -> pd.DataFrame:
    """Return all codings with their identities: KEY and guid."""
    again = [
        gold.codings.assign(coder=gold.codings["coder"] + AGAIN) for gold in target.repeat.values()
    ]
    machine = target.suggestions.assign(coder=target.suggestions["model"])
    kept = pd.concat([target.kept.marks, target.kept.machine_codings])[[*KEY, *_ITS_OWN]]
    frames = [target.codings, *again, machine, target.kept.machine_codings]
    known = pd.concat([frame[KEY] for frame in frames if len(frame)] or [target.codings[KEY]])
    made = known.drop_duplicates(KEY).merge(kept.drop_duplicates(KEY), on=KEY, how="left")
    own = pd.Series(guids_of("mark", *(made[name] for name in KEY)), index=made.index, dtype="str")
    filled = {name: made[name].astype("object").fillna("").astype("str") for name in _ITS_OWN}
    return made.assign(**filled | {"guid": filled["guid"].where(filled["guid"] != "", own)})


def _marks(placed: pd.DataFrame, target: Target) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return codings with their identities here, and these by the identities with which they came."""
    here = _codings_here(target)
    if placed.empty or here.empty:
        return placed, {}
    both = placed[KEY].merge(here, on=KEY, how="left").astype("object").fillna("")
    came = placed["guid"].to_numpy(dtype=object)
    own = both["guid"].to_numpy(dtype=object)
    known = set(here["guid"])
    stays = np.array([guid in known for guid in came], dtype=bool)
    taken = set(came[stays])
    new = np.array(
        [guid if keeps or not ours or ours in taken else ours
         for guid, ours, keeps in zip(came, own, stays, strict=True)],
        dtype=object,
    )  # fmt: skip
    dated = placed["made_at"].where(placed["made_at"] != "", both["made_at"].to_numpy())
    made = placed.assign(guid=new, made_at=dated.astype("str"))
    if "selection" in made.columns:
        known_again = (own != "") & (new == own)
        made["selection"] = np.where(known_again, both["selection"], made["selection"])
    identities = {old: now for old, now in zip(came[::-1], new[::-1], strict=True) if old != now}
    return made, identities


def _spots(codings: pd.DataFrame, guids: pd.Series) -> dict[str, tuple[str, int, int]]:
    places = zip(
        codings["document"], codings["start"].tolist(), codings["end"].tolist(), strict=True
    )
    return dict(zip(guids.tolist(), places, strict=True))


def _marks_here(target: Target) -> dict[str, tuple[str, int, int]]:
    here = _codings_here(target)
    return _spots(here, here["guid"])


def _sent(target: Target, documents: Mapping[str, str]) -> SentTexts:
    guids = _sources_here(target)
    every = dict.fromkeys([*guids.values(), *target.kept.sources["guid"], *documents])
    return SentTexts(pd.DataFrame({"guid": list(every)}), guids, {})


def _known_members(target: Target, documents: Mapping[str, str]) -> pd.DataFrame:
    return sent_members(target.documents, _sent(target, documents), target.kept)


def _collections(members: pd.DataFrame, known: pd.DataFrame) -> dict[str, str]:
    """Return the identity here of each case and set: kind and name, and the most members."""
    there, here = _called(members), _called(known)
    alike = [
        (-len(one & other - {""}), number, guid, own)
        for called, listed in there.items()
        for number, (guid, one) in enumerate(listed.items())
        for own, other in here.get(called, {}).items()
        if guid not in here.get(called, {}) and own not in listed
    ]
    found: dict[str, str] = {}
    taken: set[str] = set()
    for _, _, guid, own in sorted(alike):
        if guid not in found and own not in taken:
            found[guid] = own
            taken.add(own)
    return found


def _called(members: pd.DataFrame) -> dict[tuple[str, str], dict[str, set[str]]]:
    """Return the members of cases and sets by their GUID, by kind and name."""
    made: dict[tuple[str, str], dict[str, set[str]]] = {}
    for guid, kind, name, member in rows_of(members, "guid", "kind", "name", "member"):
        made.setdefault((kind, name.strip()), {}).setdefault(guid, set()).add(member)
    return made


def _members(
    members: pd.DataFrame, known: pd.DataFrame, sources: Collection[str], told: list[str]
) -> pd.DataFrame:
    """Return members of cases and sets; those here of such as a program left without any."""
    bare = members["member"] == ""
    gone = members.loc[bare, "guid"]
    lost = known[known["guid"].isin(gone) & (known["member"] != "")]
    lost = lost[lost["member"].isin(sources) | (lost["kind"] == "set")]
    if len(lost):
        told.append(
            f"{lost['guid'].nunique()} case(s) or set(s) have no members in the file; they keep those that "
            "they have here."
        )
    said = known.drop_duplicates("guid").set_index("guid")["description"]
    left = members[~(bare & members["guid"].isin(lost["guid"]))]
    left = left.assign(description=_or_else(left["description"], left["guid"], said.to_dict()))
    both = [frame for frame in (left, lost) if len(frame)]
    return pd.concat(both, ignore_index=True) if both else members


def _values(
    values: pd.DataFrame, target: Target, documents: Mapping[str, str], members: pd.DataFrame
) -> pd.DataFrame:
    """Return values as they are here where they say the same: programs hold numbers and dates as text."""
    here = sent_values(target.documents, _sent(target, documents), members, target.kept)
    if values.empty or here.empty:
        return values
    key = ["about", "variable"]
    ours = [name for name in here.columns if name not in key and name in values.columns]
    both = values[key].merge(here.drop_duplicates(key), on=key, how="left")
    same = np.array(
        [_alike(value, own) for value, own in zip(values["value"], both["value"], strict=True)],
        dtype=bool,
    )
    made = values.reset_index(drop=True)
    return made.assign(**{name: both[name].where(same, made[name]).astype("str") for name in ours})


def _alike(value: str, ours: object) -> bool:
    if not isinstance(ours, str):
        return False
    if " ".join(value.split()) == " ".join(ours.split()):
        return True
    try:
        return float(value) == float(ours)
    except ValueError:
        return value.casefold() in {"true", "false"} and value.casefold() == ours.casefold()
