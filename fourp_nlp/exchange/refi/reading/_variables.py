"""Variables of sources and cases, and what belongs to cases and sets."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.exchange.exchange import MEMBERS, VALUES
from fourp_nlp.exchange.identity import guid_of
from fourp_nlp.exchange.refi import case_variables as _case_variable
from fourp_nlp.exchange.refi.reading.qde_elements import Collection, FoundSource, Holder
from fourp_nlp.exchange.refi.reading.users import named_apart
from fourp_nlp.tables import conform, empty

if TYPE_CHECKING:
    from fourp_nlp.exchange.exchange import Losses
    from fourp_nlp.exchange.refi.reading.qde_elements import Found
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
    found: list[Collection],
    nodes: set[str],
    sources: Sources,
    notes: set[str],
    guids: Guids,
    losses: Losses,
) -> tuple[pd.DataFrame, dict[int, str]]:
    """Return the table MEMBERS.

    Parameters
    ----------
    found : list of Collection
        Cases and sets.
    nodes, notes : set of str
        Identities of codes and notes.
    sources : Sources
        The sources.
    guids : Guids
        Spellings.
    losses : Losses
        Takes up members that are not there, and stretches of text that belong to a case.

    Returns
    -------
    pandas.DataFrame
        The table MEMBERS; a case or set that is empty has one row without a member.
    dict
        Identity of each case or set, by ``id``.
    """
    rows: list[tuple[str, str, str, str, str]] = []
    missing: list[str] = []
    stretches: list[str] = []
    own: dict[int, str] = {}
    taken: set[str] = set()
    for number, collection in enumerate(found):
        guid = own[id(collection)] = guids.own(collection.guid, taken, "set", number)
        name = collection.name if collection.name.strip() else f"{collection.kind} {guid[:8]}"
        description = collection.description.replace("\r\n", "\n").replace("\r", "\n")
        within: dict[str, None] = {}
        for kind, written in collection.members:
            member = guids.tidy(written)
            if kind == "SelectionRef":
                stretches.append(name)
                continue
            row = sources.row_of_guid.get(member)
            if row is not None:
                member = sources.rows[row][0]
            if row is None and member not in nodes and member not in notes:
                missing.append(f"{name}: {written}")
            else:
                within[member] = None
        rows.extend(
            (guid, collection.kind, name, member, description) for member in within or ("",)
        )
    losses.add(
        "members of cases and sets",
        "The project has no source, code or note of the identity that they name.",
        missing,
    )
    losses.add(
        "parts of sources that belong to cases",
        "Only whole sources belong to a case here; name the sources in the case instead.",
        stretches,
    )
    table = conform(pd.DataFrame(rows, columns=MEMBERS.names), MEMBERS) if rows else empty(MEMBERS)
    return table, own


def read_values(
    found: Found, sources: Sources, collections: dict[int, str], guids: Guids, losses: Losses
) -> pd.DataFrame:
    """Return the table VALUES.

    Parameters
    ----------
    found : Found
        The project.
    sources : Sources
        The sources.
    collections : dict
        Identity of each case or set, by ``id``.
    guids : Guids
        Spellings.
    losses : Losses
        Takes up values of nothing or of no variable, and variables that nothing has.

    Returns
    -------
    pandas.DataFrame
        The table VALUES. A variable with a value that is not of its kind is Text throughout.
    """
    names = [
        variable.name if variable.name.strip() else f"variable {number + 1}"
        for number, variable in enumerate(found.variables)
    ]
    apart = named_apart(names)
    losses.add(
        "names of variables",
        "Several variables have the same name; they have a number after it here.",
        [new for new, old in zip(apart, names, strict=True) if new != old],
    )
    of_sources = {
        guids.tidy(value.variable)
        for value in found.had
        if value.value is not None and not isinstance(value.about, Collection)
    }
    by_guid = {
        (guid := guids.tidy(variable.guid)): (
            _case_variable.here(guid, name, () if guid in of_sources else apart),
            variable.kind.strip(),
        )
        for variable, name in zip(reversed(found.variables), reversed(apart), strict=True)
    }
    rows: list[list[str]] = []
    used, nowhere, unknown = set(), [], []
    for value in found.had:
        variable = guids.tidy(value.variable)
        if value.value is None:
            used.add(variable)
            continue
        about = _about(value.about, sources, collections)
        if variable not in by_guid:
            unknown.append(value.value)
        elif not about:
            nowhere.append(f"{by_guid[variable][0]}: {value.value}")
        else:
            used.add(variable)
            name, kind = by_guid[variable]
            kind = kind if kind in _FORMS else value.kind
            text = value.value.replace("\r\n", "\n").replace("\r", "\n")
            held = text if kind == "Text" else text.strip()
            rows.append([about, name, kind, held, _came(variable, name)])
    # A kind without a value is none, except for text.
    rows = [row for row in rows if row[3] or row[2] == "Text"]
    unlike = {row[1]: row for row in rows if not _FORMS[row[2]].fullmatch(row[3])}
    for row in rows:
        if row[1] in unlike:
            row[2] = "Text"
    losses.add(
        "kinds of variables",
        "Not all their values are of the kind that the project says; they are text here.",
        [f"{name}: {row[3]}" for name, row in unlike.items()],
    )
    losses.add("values of variables", "The project has no variable of that identity.", unknown)
    losses.add(
        "values of variables of notes", "Only sources and cases have variables here.", nowhere
    )
    losses.add(
        "variables without a value",
        "No source and no case has a value of them.",
        [name for guid, (name, _) in by_guid.items() if guid not in used],
    )
    losses.add(
        "descriptions of variables",
        "A variable has a name and values here, and no description.",
        [
            f"{name}: {variable.description}"
            for variable, name in zip(found.variables, apart, strict=True)
            if variable.description.strip()
        ],
    )
    made = pd.DataFrame(rows, columns=[*VALUES.columns])
    return conform(made, VALUES) if rows else empty(VALUES)


def _came(guid: str, name: str) -> str:
    """Return the identity of a variable; empty where this program would make the same."""
    return "" if guid in {guid_of("variable", name), _case_variable.there(name)[0]} else guid


def _about(
    about: FoundSource | Collection | Holder | None, sources: Sources, collections: dict[int, str]
) -> str:
    if isinstance(about, Collection):
        return collections[id(about)]
    row = sources.row_of.get(id(about))
    return "" if row is None else sources.rows[row][0]
