"""Reads variables of sources and cases, and members of cases and sets."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.exchange.exchange import MEMBERS, VALUES
from fourp_nlp.exchange.identity import guid_of
from fourp_nlp.exchange.refi import case_variables
from fourp_nlp.exchange.refi.reading.qde_elements import (
    CollectionElement,
    SourceElement,
    TextHolder,
)
from fourp_nlp.exchange.refi.reading.users import distinct_names
from fourp_nlp.tables import conform, empty

if TYPE_CHECKING:
    from fourp_nlp.exchange.exchange import Losses
    from fourp_nlp.exchange.refi.reading.qde_elements import QdeContents
    from fourp_nlp.exchange.refi.reading.sources import Sources
    from fourp_nlp.exchange.refi.reading.users import Guids

__all__ = ["read_members", "read_values"]

_ZONE = r"(?:Z|[+-][0-9]{2}:[0-9]{2})?"
_DATE = r"-?[0-9]{4,}-[0-9]{2}-[0-9]{2}"
_FORMS = MappingProxyType({
    "Text": re.compile(r".*", re.DOTALL),
    "Boolean": re.compile(r"true|false|1|0"),
    "Integer": re.compile(r"[+-]?[0-9]+"),
    "Float": re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"),
    "Date": re.compile(_DATE + _ZONE),
    "DateTime": re.compile(_DATE + r"T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?" + _ZONE),
})  # fmt: skip
"""How XML Schema writes values of a kind (a decimal has no exponent)."""


def read_members(
    collections: list[CollectionElement],
    nodes: set[str],
    sources: Sources,
    notes: set[str],
    guids: Guids,
    losses: Losses,
) -> tuple[pd.DataFrame, dict[int, str]]:
    """Return the table MEMBERS.

    `losses` gets members that are not in the project, and parts of texts that belong to a case. An
    empty case or set has one row without a member. Returns also the GUID of each case or set, by
    ``id``.
    """
    rows: list[tuple[str, str, str, str, str]] = []
    missing_members: list[str] = []
    with_parts: list[str] = []
    guid_of_collection: dict[int, str] = {}
    taken_guids: set[str] = set()
    for number, collection in enumerate(collections):
        guid = guid_of_collection[id(collection)] = guids.unique(
            collection.guid, taken_guids, "set", number
        )
        name = collection.name if collection.name.strip() else f"{collection.kind} {guid[:8]}"
        description = collection.description.replace("\r\n", "\n").replace("\r", "\n")
        members: dict[str, None] = {}
        for kind, written in collection.members:
            member = guids.normalise(written)
            if kind == "SelectionRef":
                with_parts.append(name)
                continue
            row = sources.row_of_guid.get(member)
            if row is not None:
                member = sources.rows[row][0]
            if row is None and member not in nodes and member not in notes:
                missing_members.append(f"{name}: {written}")
            else:
                members[member] = None
        rows.extend(
            (guid, collection.kind, name, member, description) for member in members or ("",)
        )
    losses.add(
        "members of cases and sets",
        "The project has no source, code or note of that identity.",
        missing_members,
    )
    losses.add(
        "parts of sources that belong to cases",
        "Only whole sources belong to a case here; name the sources in the case instead.",
        with_parts,
    )
    table = conform(pd.DataFrame(rows, columns=MEMBERS.names), MEMBERS) if rows else empty(MEMBERS)
    return table, guid_of_collection


def read_values(
    qde: QdeContents, sources: Sources, collections: dict[int, str], guids: Guids, losses: Losses
) -> pd.DataFrame:
    """Return the table VALUES.

    `collections` has the GUID of each case or set, by ``id``. `losses` gets values of nothing or of
    no variable, and variables without values. A variable with a value that is not of its kind is
    Text throughout.
    """
    names = [
        variable.name if variable.name.strip() else f"variable {number + 1}"
        for number, variable in enumerate(qde.variables)
    ]
    distinct = distinct_names(names)
    losses.add(
        "names of variables",
        "Several variables have the same name; here, the name has a number after it.",
        [new for new, old in zip(distinct, names, strict=True) if new != old],
    )
    by_guid = _name_and_kind(qde, distinct, guids)
    rows: list[list[str]] = []
    used_variables, without_owner, without_variable = set(), [], []
    for value in qde.values:
        variable = guids.normalise(value.variable)
        if value.value is None:
            used_variables.add(variable)
            continue
        owner = _owner_guid(value.owner, sources, collections)
        if variable not in by_guid:
            without_variable.append(value.value)
        elif not owner:
            without_owner.append(f"{by_guid[variable][0]}: {value.value}")
        else:
            used_variables.add(variable)
            name, kind = by_guid[variable]
            kind = kind if kind in _FORMS else value.kind
            text = value.value.replace("\r\n", "\n").replace("\r", "\n")
            plain_value = text if kind == "Text" else text.strip()
            rows.append([owner, name, kind, plain_value, _foreign_guid(variable, name)])
    rows = _with_one_kind(rows, losses)
    losses.add(
        "values of variables", "The project has no variable of that identity.", without_variable
    )
    losses.add(
        "values of variables of notes", "Only sources and cases have variables here.", without_owner
    )
    losses.add(
        "variables without a value",
        "No source and no case has a value of them.",
        [name for guid, (name, _) in by_guid.items() if guid not in used_variables],
    )
    losses.add(
        "descriptions of variables",
        "A variable has a name and values here, and no description.",
        [
            f"{name}: {variable.description}"
            for variable, name in zip(qde.variables, distinct, strict=True)
            if variable.description.strip()
        ],
    )
    table = pd.DataFrame(rows, columns=[*VALUES.columns])
    return conform(table, VALUES) if rows else empty(VALUES)


def _name_and_kind(qde: QdeContents, names: list[str], guids: Guids) -> dict[str, tuple[str, str]]:
    """Return the name and kind of each variable by its GUID."""
    of_sources = {
        guids.normalise(value.variable)
        for value in qde.values
        if value.value is not None and not isinstance(value.owner, CollectionElement)
    }
    return {
        (guid := guids.normalise(variable.guid)): (
            case_variables.restored_name(guid, name, () if guid in of_sources else names),
            variable.kind.strip(),
        )
        for variable, name in zip(reversed(qde.variables), reversed(names), strict=True)
    }


def _with_one_kind(rows: list[list[str]], losses: Losses) -> list[list[str]]:
    """Return rows of VALUES, as Text where a variable has values that are not of its kind."""
    # A kind without a value is none, except for text.
    rows = [row for row in rows if row[3] or row[2] == "Text"]
    misfits = {row[1]: row for row in rows if not _FORMS[row[2]].fullmatch(row[3])}
    losses.add(
        "kinds of variables",
        "Some of their values are not of the kind that the project says; they are text here.",
        [f"{name}: {row[3]}" for name, row in misfits.items()],
    )
    for row in rows:
        if row[1] in misfits:
            row[2] = "Text"
    return rows


def _foreign_guid(guid: str, name: str) -> str:
    """Return the GUID of a variable; empty where this program would make the same."""
    return (
        "" if guid in {guid_of("variable", name), case_variables.name_for_cases(name)[0]} else guid
    )


def _owner_guid(
    owner: SourceElement | CollectionElement | TextHolder | None,
    sources: Sources,
    collections: dict[int, str],
) -> str:
    if isinstance(owner, CollectionElement):
        return collections[id(owner)]
    row = sources.row_of.get(id(owner))
    return "" if row is None else sources.rows[row][0]
