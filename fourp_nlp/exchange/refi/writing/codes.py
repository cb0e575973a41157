"""Codes as a tree, and sets, on a page."""

from __future__ import annotations

import re
from contextlib import ExitStack
from typing import TYPE_CHECKING

from fourp_nlp.exchange.exchange import MEMBERS, rows_of
from fourp_nlp.tables import conform

if TYPE_CHECKING:
    from collections.abc import Collection

    import pandas as pd

    from fourp_nlp.exchange.exchange import Exchange
    from fourp_nlp.exchange.refi.writing._notes import Notes
    from fourp_nlp.exchange.refi.writing._xml_writer import Page

__all__ = ["apart", "codes_out", "sets_out"]

_COLOR = re.compile(r"#(?:[0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})")


def apart(nodes: pd.DataFrame) -> dict[str, str]:
    """Return names that tell all codes apart, and all folders, by GUID.

    QualCoder drops what a second code of one name codes, and puts what stands below a second category of one
    name at the top. It makes a category of each folder, and one beside the code of each code with codes below
    it; a category and a code may have one name.

    Parameters
    ----------
    nodes : pandas.DataFrame
        The table NODES.

    Returns
    -------
    dict of str to str
        The name itself, or the name with that of what it stands below in brackets, or with a number.
    """
    named = dict(zip(nodes["guid"], nodes["name"], strict=True))
    above = set(nodes["parent"])
    made: dict[str, str] = {}
    codes: set[str] = set()
    categories: set[str] = set()
    for guid, parent, name, codable in rows_of(nodes, "guid", "parent", "name", "codable"):
        own = [codes] if codable else []
        own += [categories] if guid in above or not codable else []
        chosen, number = name, 2
        if any(chosen.casefold() in each for each in own) and named.get(parent, name) != name:
            chosen = f"{name} ({named[parent]})"
        while any(chosen.casefold() in each for each in own):
            chosen, number = f"{name} ({number})", number + 1
        for each in own:
            each.add(chosen.casefold())
        made[guid] = chosen
    return made


def codes_out(page: Page, nodes: pd.DataFrame, notes: Notes, applied: Collection[str] = ()) -> None:
    """Write codes as a tree, in the order of the table.

    Parameters
    ----------
    page : Page
        Where to.
    nodes : pandas.DataFrame
        The table NODES.
    notes : Notes
        Notes that codes refer to.
    applied : collection of str, optional
        GUIDs of codes that are applied to text, whatever the table says of them.
    """
    against = nodes["guid"].isin(list(applied)) & ~nodes["codable"]
    if against.any():
        page.losses.add(
            "themes and folders",
            "text is coded with them: they go out as codes that may be applied",
            nodes.loc[against, "name"].tolist(),
        )
        nodes = nodes.assign(codable=nodes["codable"] | against)
    names = apart(nodes)
    changed = [
        f"{name} -> {names[guid]}"
        for guid, name in rows_of(nodes, "guid", "name")
        if names[guid] != name
    ]
    if changed:
        page.losses.add(
            "names of codes",
            "other programs mix up codes of one name: they are told apart",
            changed,
        )
    known = set(nodes["guid"])
    below: dict[str, list[tuple[str, ...]]] = {}
    columns = ["guid", "parent", "description", "color", "codable"]
    for guid, parent, description, color, codable in rows_of(nodes, *columns):
        place = parent if parent in known and parent != guid else ""
        shade = color if _COLOR.fullmatch(color) else ""
        if color and not shade:
            page.losses.add("colours", "they are none as #RRGGBB: left out", [color])
        row = (guid, description, shade, "true" if codable else "false")
        below.setdefault(place, []).append(row)
    _tree(page, names, below, notes)
    if below:
        page.losses.add(
            "places of codes",
            "they stand below themselves: they go out at the top",
            [names[row[0]] for rows in below.values() for row in rows],
        )
    while below:
        parent = next(iter(below))
        below[""] = [below[parent].pop(0)]
        if not below[parent]:
            del below[parent]
        _tree(page, names, below, notes)


def _tree(
    page: Page, names: dict[str, str], below: dict[str, list[tuple[str, ...]]], notes: Notes
) -> None:
    """Write what stands below what, without recursion: a tree may be deep."""
    waiting: list[tuple[tuple[str, ...] | None, ExitStack | None]] = [
        (row, None) for row in reversed(below.pop("", []))
    ]
    while waiting:
        row, open_ = waiting.pop()
        if row is None:
            if open_ is not None:
                open_.close()
            continue
        guid, description, color, codable = row
        stack = ExitStack()
        stack.enter_context(
            page.element(
                "Code",
                guid=page.guid(guid),
                name=names[guid],
                isCodable=codable,
                color=page.color(color) or None,
            )
        )
        page.described(description)
        notes.refer(page, guid)
        waiting.append((None, stack))
        waiting.extend((child, None) for child in reversed(below.pop(guid, [])))


def sets_out(page: Page, project: Exchange, notes: Notes, *, only: set[str] | None = None) -> None:
    """Write sets.

    Parameters
    ----------
    page : Page
        Where to.
    project : Exchange
        The project.
    notes : Notes
        Its notes, which sets may hold.
    only : set of str, optional
        GUIDs of codes: sets are written with these alone, as a codebook has them.
    """
    members = conform(project.members, MEMBERS)
    sets = members[members["kind"] == "set"]
    if only is not None:
        sets = sets[sets["guid"].isin(sets.loc[sets["member"].isin(only), "guid"])]
    if sets.empty:
        return
    codes, sources = set(project.nodes["guid"]), set(project.sources["guid"])
    kinds = [("MemberCode", codes)] if only is not None else []
    kinds = kinds or [
        ("MemberCode", codes),
        ("MemberSource", sources),
        ("MemberNote", set(notes.known)),
    ]
    with page.element("Sets"):
        for guid, rows in sets.groupby("guid", sort=False):
            with page.element("Set", guid=page.guid(str(guid)), name=rows["name"].iloc[0]):
                page.described(rows["description"].iloc[0])
                listed = [member for member in rows["member"].tolist() if member]
                for element, known in kinds:
                    for member in (member for member in listed if member in known):
                        page.empty(element, **_target(page, member, plain=only is not None))
                strange = [m for m in listed if not any(m in known for _, known in kinds)]
                if strange:
                    page.losses.add(
                        "members of sets", "they are not in the file: left out", strange
                    )


def _target(page: Page, member: str, *, plain: bool) -> dict[str, str]:
    return {"guid" if plain else "targetGUID": page.guid(member)}
