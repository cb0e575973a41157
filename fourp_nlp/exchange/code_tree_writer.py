"""Converts codebooks to trees of nodes, and restores imported names, places and folders.

A theme is a node that is not applied to text, with its codes below it. A theme that only holds the place of
its first code (`Codebook.themes_that_are_codes`) is one node with that code. Folders that came and are not in
the codebook stand where they stood.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from fourp_nlp.codebook import Code, Codebook, Theme
from fourp_nlp.control_characters import printable
from fourp_nlp.exchange.code_definition import definition_text, read_definition, theme_definition
from fourp_nlp.exchange.code_tree_reader import circles_cut, name_in_one, parents_first
from fourp_nlp.exchange.exchange import NODES, rows_of
from fourp_nlp.exchange.identity import guid_of
from fourp_nlp.tables import conform, empty

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

__all__ = ["codebook_to_nodes", "meaning_of_item", "meaning_of_parts", "one_node_themes"]

# What is added to a name to make it unique.
_TOLD_APART = re.compile(r"( \(.*\))?( \d+)?")


def codebook_to_nodes(codebook: Codebook, kept_nodes: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return a codebook as a tree of nodes.

    Parameters
    ----------
    codebook : Codebook
        The codebook.
    kept_nodes : pandas.DataFrame, optional
        The imported table NODES, with the ids of this codebook as `code`; a node without one is a folder that
        is not in the codebook. A code or theme found there keeps its GUID and its place, including folders
        between, unless it was moved in the codebook. The imported name and description are exported unless
        they were changed in the codebook; the colour, unless the codebook has one.

    Returns
    -------
    pandas.DataFrame
        The table NODES, parents before their children, in the imported order if the codebook still has it,
        else in the codebook's. Codes may be applied to text, themes and folders may not.
    """
    kept = _Kept.of(kept_nodes)
    rows = list(_items(codebook, kept, one_node_themes(codebook, kept_nodes)))
    if not rows and not kept.folders:
        return empty(NODES)
    guid_by_id = {row.id: row.guid for row in rows}
    place = _Places(kept, guid_by_id, frozenset(guid_by_id.values()))
    names = {code.name.casefold() for code in codebook.all_codes}
    rows_out = [
        (
            row.guid,
            place.above(row),
            row.id,
            kept.name(row.item, names),
            kept.description(row.item),
            (row.item.color if isinstance(row.item, Code) else "") or kept.color.get(row.id, ""),
            isinstance(row.item, Code),
        )
        for row in rows
    ]
    rows_out += [
        (guid, place.resolved(parent), "", name, description, color, False)
        for guid, (parent, name, description, color) in kept.folders.items()
    ]
    nodes = conform(pd.DataFrame(rows_out, columns=NODES.names), NODES)
    return _in_order(nodes, rows, kept)


def one_node_themes(codebook: Codebook, kept_nodes: pd.DataFrame | None = None) -> dict[str, str]:
    """Return the themes that are one node with their first code.

    Parameters
    ----------
    codebook : Codebook
        The codebook.
    kept_nodes : pandas.DataFrame, optional
        The imported table NODES: a theme that was a node of its own stays one.

    Returns
    -------
    dict of str to str
        The id of that code, by the theme's id.
    """
    imported_codes = set() if kept_nodes is None else set(kept_nodes["code"])
    return {
        theme: code
        for theme, code in codebook.themes_that_are_codes().items()
        if theme not in imported_codes
    }


@dataclass(frozen=True)
class _Row:
    """A code or theme to be exported.

    Attributes
    ----------
    item : Code or Theme
        It.
    guid : str
        Its identity.
    above : str
        Id of its parent in the codebook; empty at the top.
    list : int
        Number of its list in the codebook.
    """

    item: Code | Theme
    guid: str
    above: str
    list: int

    @property
    def id(self) -> str:
        return self.item.id


def _items(codebook: Codebook, kept: _Kept, codes_of: Mapping[str, str]) -> Iterator[_Row]:
    """Yield codes and themes in the order of the codebook."""

    def row(item: Code | Theme, above: str, number: int) -> _Row:
        return _Row(item, kept.guid.get(item.id) or guid_of("node", item.id), above, number)

    for number, theme in enumerate(codebook.themes, 1):
        codes = theme.codes
        if theme.id in codes_of:
            yield row(codes[0], "", 0)
            top, codes = codes[0].id, codes[1:]
        else:
            yield row(theme, "", 0)
            top = theme.id
        for code in codes:
            yield row(code, code.parent or top, number)
    for code in codebook.codes:
        yield row(code, code.parent, 0)


@dataclass(frozen=True)
class _Kept:
    """Imported nodes, by their ids in the codebook.

    Attributes
    ----------
    guid, parents, names, descriptions, color : dict of str to str
        Properties of each, by its id.
    folders : dict of str to tuple
        Parent, name, description and colour of folders that are not in the codebook, by GUID.
    codes : dict of str to str
        The id of every node, by its GUID.
    parent_of : dict of str to str
        The parent of every node, by its GUID.
    order : dict of str to int
        The row of every node, by its GUID.
    """

    guid: dict[str, str] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    color: dict[str, str] = field(default_factory=dict)
    folders: dict[str, tuple[str, str, str, str]] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    parent_of: dict[str, str] = field(default_factory=dict)
    order: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, nodes: pd.DataFrame | None) -> _Kept:
        if nodes is None or nodes.empty:
            return cls()
        kept = conform(nodes, NODES).drop_duplicates("guid")
        known = kept[kept["code"] != ""]
        first = known.drop_duplicates("code")
        # Some programs give no colour: what another one gave stays.
        colours = known[known["color"] != ""]
        colour = dict(rows_of(colours, "code", "color"))
        folders = kept[kept["code"] == ""]
        return cls(
            dict(rows_of(first, "code", "guid")),
            dict(rows_of(first, "code", "parent")),
            dict(rows_of(first, "code", "name")),
            dict(rows_of(first, "code", "description")),
            colour | dict(rows_of(first[first["color"] != ""], "code", "color")),
            {
                guid: (parent, name, description, color)
                for guid, parent, name, description, color in rows_of(
                    folders, "guid", "parent", "name", "description", "color"
                )
            },
            dict(rows_of(kept, "guid", "code")),
            dict(rows_of(kept, "guid", "parent")),
            {guid: at for at, guid in enumerate(kept["guid"])},
        )

    def name(self, item: Code | Theme, names: Collection[str]) -> str:
        """Return the imported name, unless it was changed here other than to make it unique."""
        original = self.names.get(item.id)
        if original is None:
            return item.name
        plain = name_in_one(original) or item.id
        if item.name == plain:
            return original
        told_apart = (
            item.name.startswith(plain)
            and _TOLD_APART.fullmatch(item.name[len(plain) :]) is not None
            and plain.casefold() in names
        )
        return original if told_apart else item.name

    def description(self, item: Code | Theme) -> str:
        """Return the imported description, if its meaning is unchanged."""
        original = self.descriptions.get(item.id)
        if original is not None:
            parts = read_definition(printable(original)).parts
            if meaning_of_parts(parts, theme=isinstance(item, Theme)) == meaning_of_item(item):
                return original
        return definition_text(item)


def meaning_of_item(item: Code | Theme) -> object:
    """Return the meaning of a code or theme for comparison: spaces and lines do not count.

    Parameters
    ----------
    item : Code or Theme
        It.

    Returns
    -------
    object
        Equal for equal definitions, whatever their ids and names.
    """
    if isinstance(item, Theme):
        return _squeezed(item.definition)
    return meaning_of_parts(item.model_dump() | {"when_not_to_use": item.when_not_to_use})


def meaning_of_parts(parts: Mapping[str, Any], *, theme: bool = False) -> object:
    """Return the meaning of a description, for comparison with `meaning_of_item`.

    Parameters
    ----------
    parts : mapping
        Parts as `read_definition` returns them.
    theme : bool, default False
        Whether it is the description of a theme.

    Returns
    -------
    object
        Equal for equal definitions. A code to be used instead counts as its id in brackets, as it is written
        if there is no such code.
    """
    if theme:
        return _squeezed(theme_definition(parts))
    lists = [
        [exclusion.as_text() for exclusion in parts.get("when_not_to_use", [])],
        parts.get("examples", []),
    ]
    single = ("short_definition", "full_definition", "when_to_use")
    return (
        *(_squeezed(parts.get(name, "")) for name in single),
        *(tuple(_squeezed(text) for text in texts) for texts in lists),
    )


def _squeezed(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


@dataclass(frozen=True)
class _Places:
    """The parents of exported nodes, by GUID."""

    kept: _Kept
    guid_by_id: Mapping[str, str]
    ours: frozenset[str]

    def above(self, row: _Row) -> str:
        """Return the parent of a code or theme: the imported one, unless it was moved here."""
        natural = self.guid_by_id.get(row.above, "")
        original = self.kept.parents.get(row.id)
        if original is None:
            return natural
        resolved = self.resolved(original)
        if isinstance(row.item, Theme):
            return resolved
        return resolved if self._through_folders(resolved) == natural else natural

    def resolved(self, guid: str) -> str:
        """Return the GUID under which an imported node is exported; empty if it is not."""
        passed: set[str] = set()
        while guid and guid not in passed:
            passed.add(guid)
            code = self.kept.codes.get(guid)
            if code and code in self.guid_by_id:
                return self.guid_by_id[code]
            if code == "" or (code is None and guid in self.ours):
                return guid
            # If it is gone: its parent.
            guid = self.kept.parent_of.get(guid, "")
        return ""

    def _through_folders(self, guid: str) -> str:
        passed: set[str] = set()
        while guid in self.kept.folders and guid not in passed:
            passed.add(guid)
            guid = self.resolved(self.kept.folders[guid][0])
        return guid


def _in_order(nodes: pd.DataFrame, rows: list[_Row], kept: _Kept) -> pd.DataFrame:
    """Return the nodes in the imported order, else in the codebook's; parents first."""
    guids = nodes["guid"].tolist()
    keys: list[tuple[float, int, int]] = []
    last: dict[int, float] = {}
    as_it_came = True
    for at, row in enumerate(rows):
        place = kept.order.get(row.guid)
        before = last.get(row.list, last.get(0, -1.0))
        as_it_came &= place is None or row.list not in last or place > last[row.list]
        keys.append((before, 1, at) if place is None else (place, 0, at))
        last[row.list] = before if place is None else place
    keys += [(kept.order[guid], 0, at) for at, guid in enumerate(guids[len(rows) :], len(rows))]
    place_of = {guid: at for at, guid in enumerate(guids)}
    if not as_it_came:
        keys = _before_what_they_hold(nodes, len(rows), place_of)
    nodes = nodes.iloc[sorted(range(len(guids)), key=keys.__getitem__)].reset_index(drop=True)
    place_of = {guid: at for at, guid in enumerate(nodes["guid"])}
    parent = [place_of.get(guid, -1) for guid in nodes["parent"]]
    for at in circles_cut(parent):
        nodes.loc[at, "parent"] = ""
    return nodes.iloc[parents_first(parent)].reset_index(drop=True)


def _before_what_they_hold(
    nodes: pd.DataFrame, count: int, place_of: Mapping[str, int]
) -> list[tuple[float, int, int]]:
    """Return positions in the codebook's order; folders come before their first child."""
    first = {at: float(at) for at in range(count)}
    parents = [place_of.get(guid, -1) for guid in nodes["parent"]]
    for at in range(count):
        up, passed = parents[at], set[int]()
        while up >= count and up not in passed:
            passed.add(up)
            first[up] = min(first.get(up, float("inf")), float(at))
            up = parents[up]
    return [(first.get(at, float(count)), 0 if at >= count else 1, at) for at in range(len(nodes))]
