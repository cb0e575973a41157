"""Writes codes as a tree, and sets."""

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
    from fourp_nlp.exchange.refi.writing._xml_writer import XmlWriter

__all__ = ["distinct_code_names", "write_codes", "write_sets"]

_COLOR = re.compile(r"#(?:[0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})")


def distinct_code_names(nodes: pd.DataFrame) -> dict[str, str]:
    """Return different names for all codes, and for all folders, by GUID.

    QualCoder drops the codings of a second code of one name, and moves the codes of a second category of one
    name to the top. It makes a category of each folder, and of each code with codes below it, beside the
    code. A category and a code may have one name.

    Parameters
    ----------
    nodes : pandas.DataFrame
        The table NODES.

    Returns
    -------
    dict of str to str
        The name, or the name with its parent's name in brackets, or with a number.
    """
    named = dict(zip(nodes["guid"], nodes["name"], strict=True))
    above = set(nodes["parent"])
    chosen_names: dict[str, str] = {}
    codes: set[str] = set()
    categories: set[str] = set()
    for guid, parent, name, codable in rows_of(nodes, "guid", "parent", "name", "codable"):
        name_spaces = [codes] if codable else []
        name_spaces += [categories] if guid in above or not codable else []
        chosen, number = name, 2
        if (
            any(chosen.casefold() in names for names in name_spaces)
            and named.get(parent, name) != name
        ):
            chosen = f"{name} ({named[parent]})"
        while any(chosen.casefold() in names for names in name_spaces):
            chosen, number = f"{name} ({number})", number + 1
        for names in name_spaces:
            names.add(chosen.casefold())
        chosen_names[guid] = chosen
    return chosen_names


def write_codes(
    writer: XmlWriter, nodes: pd.DataFrame, notes: Notes, applied: Collection[str] = ()
) -> None:
    """Write codes as a tree, in the order of the table.

    Parameters
    ----------
    writer : XmlWriter
        The XML to write to.
    nodes : pandas.DataFrame
        The table NODES.
    notes : Notes
        Notes that codes refer to.
    applied : collection of str, optional
        GUIDs of codes that are applied to text, whatever the table says of them.
    """
    applied_themes = nodes["guid"].isin(list(applied)) & ~nodes["codable"]
    if applied_themes.any():
        writer.losses.add(
            "themes and folders",
            "text is coded with them: they go out as codes that may be applied",
            nodes.loc[applied_themes, "name"].tolist(),
        )
        nodes = nodes.assign(codable=nodes["codable"] | applied_themes)
    names = distinct_code_names(nodes)
    changed = [
        f"{name} -> {names[guid]}"
        for guid, name in rows_of(nodes, "guid", "name")
        if names[guid] != name
    ]
    if changed:
        writer.losses.add(
            "names of codes",
            "other programs mix up codes of one name: they have different names in the file",
            changed,
        )
    known_guids = set(nodes["guid"])
    below: dict[str, list[tuple[str, ...]]] = {}
    columns = ["guid", "parent", "description", "color", "codable"]
    for guid, parent, description, color, codable in rows_of(nodes, *columns):
        place = parent if parent in known_guids and parent != guid else ""
        valid_color = color if _COLOR.fullmatch(color) else ""
        if color and not valid_color:
            writer.losses.add("colours", "they do not have the form #RRGGBB: left out", [color])
        row = (guid, description, valid_color, "true" if codable else "false")
        below.setdefault(place, []).append(row)
    _tree(writer, names, below, notes)
    if below:
        writer.losses.add(
            "places of codes",
            "they are below themselves: they are exported at the top level",
            [names[row[0]] for rows in below.values() for row in rows],
        )
    while below:
        parent = next(iter(below))
        below[""] = [below[parent].pop(0)]
        if not below[parent]:
            del below[parent]
        _tree(writer, names, below, notes)


def _tree(
    writer: XmlWriter, names: dict[str, str], below: dict[str, list[tuple[str, ...]]], notes: Notes
) -> None:
    """Write what stands below what, without recursion: a tree may be deep."""
    waiting: list[tuple[tuple[str, ...] | None, ExitStack | None]] = [
        (row, None) for row in reversed(below.pop("", []))
    ]
    while waiting:
        row, open_element = waiting.pop()
        if row is None:
            if open_element is not None:
                open_element.close()
            continue
        guid, description, color, codable = row
        stack = ExitStack()
        stack.enter_context(
            writer.element(
                "Code",
                guid=writer.guid(guid),
                name=names[guid],
                isCodable=codable,
                color=writer.color(color) or None,
            )
        )
        writer.describe(description)
        notes.refer(writer, guid)
        waiting.append((None, stack))
        waiting.extend((child, None) for child in reversed(below.pop(guid, [])))


def write_sets(
    writer: XmlWriter, project: Exchange, notes: Notes, *, only: set[str] | None = None
) -> None:
    """Write sets.

    Parameters
    ----------
    writer : XmlWriter
        The XML to write to.
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
    elements = [("MemberCode", codes)] if only is not None else []
    elements = elements or [
        ("MemberCode", codes),
        ("MemberSource", sources),
        ("MemberNote", set(notes.known)),
    ]
    with writer.element("Sets"):
        for guid, rows in sets.groupby("guid", sort=False):
            with writer.element("Set", guid=writer.guid(str(guid)), name=rows["name"].iloc[0]):
                writer.describe(rows["description"].iloc[0])
                listed = [member for member in rows["member"].tolist() if member]
                for element, guids in elements:
                    for member in (member for member in listed if member in guids):
                        writer.empty(
                            element, **_target(writer, member, in_codebook=only is not None)
                        )
                others = [m for m in listed if not any(m in guids for _, guids in elements)]
                if others:
                    writer.losses.add(
                        "members of sets", "they are not in the file: left out", others
                    )


def _target(writer: XmlWriter, member: str, *, in_codebook: bool) -> dict[str, str]:
    return {"guid" if in_codebook else "targetGUID": writer.guid(member)}
