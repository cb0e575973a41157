"""Merges codes that a program wrote as two nodes: a category, and a code beside or in it.

Some programs do not allow codes below a code. They make a category for those, and a code of the same name in
it or beside it, and export both.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from fourp_nlp.exchange import rows_of
from fourp_nlp.study.importing.codes._project_codes import (
    comparable_name,
    comparable_text,
    described_ids,
    paths_of,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    import pandas as pd

    from fourp_nlp.exchange import Exchange
    from fourp_nlp.study.importing.codes._project_codes import ProjectCodes

__all__ = ["MergedNodes", "depth_first", "follow_merged", "merge_doubles"]

# What programs put behind a name that another node has.
_BEHIND = re.compile(r"(.+?)(?:[ _-]?\(?\d+\)?| \(.+\))")


class MergedNodes(NamedTuple):
    """Nodes without doubles.

    Attributes
    ----------
    nodes : pandas.DataFrame
        The table NODES.
    into : dict of str to str
        The GUID of the code that a category was merged into, by the category's GUID; the category is no
        longer among the nodes.
    """

    nodes: pd.DataFrame
    into: dict[str, str]


class _Node(NamedTuple):
    guid: str
    parent: str
    name: str
    description: str
    color: str
    codable: bool
    id: str  # that its description tells
    known: str | None  # its id here by its GUID; empty for a folder


def merge_doubles(
    nodes: pd.DataFrame, *, applied: Collection[str] = (), ours: ProjectCodes | None = None
) -> MergedNodes:
    """Merge each category and code that are one code into one node.

    They are one code if both have the same id in their descriptions, or the same description and name. If
    only the name is the same, they are one code if the codebook has that code with codes below it, and no
    theme that the category could be. A node with codings is not a category, and a node matched by its GUID
    stays as it is.

    Parameters
    ----------
    nodes : pandas.DataFrame
        The table NODES.
    applied : collection of str, optional
        GUIDs of nodes that text is coded with.
    ours : ProjectCodes, optional
        The codes here; none for a new project.

    Returns
    -------
    MergedNodes
        The nodes. A merged code has the GUID and the colour of the code, and the children and position of the
        category. If names or descriptions differ, the one that is not ours is used, because it was changed.
    """
    described = described_ids(nodes)
    known = _known(ours)
    columns = ("guid", "parent", "name", "description", "color")
    rows = {
        guid: _Node(
            guid, parent, name, text, color, bool(codable), described[guid], known.get(guid)
        )
        for guid, parent, name, text, color, codable in rows_of(nodes, *columns, "codable")
    }
    finder = _DoubleFinder(rows, nodes, set(applied), ours)
    pairs: dict[str, str] = {}  # the category of each code
    for row in rows.values():
        if row.guid in pairs or not finder.may_be_category(row):
            continue
        for code in finder.beside(row):
            if code.guid not in pairs and code.guid not in pairs.values():
                pairs[code.guid] = row.guid
                break
    if not pairs:
        return MergedNodes(nodes, {})
    into = {category: code for code, category in pairs.items()}
    merged = {code: finder.merge(rows[category], rows[code]) for code, category in pairs.items()}
    order = [into.get(guid, guid) for guid in rows if guid not in pairs]
    by_guid = nodes.drop_duplicates("guid").set_index("guid", drop=False)
    out = by_guid.loc[order].reset_index(drop=True)
    for column, number in (("name", 0), ("description", 1), ("color", 2), ("parent", 3)):
        news = {code: values[number] for code, values in merged.items()}
        out[column] = out["guid"].map(news).fillna(out[column])
    out["parent"] = out["parent"].map(lambda guid: into.get(guid, guid))
    return MergedNodes(depth_first(out), into)


def follow_merged(exchange: Exchange, into: Mapping[str, str]) -> Exchange:
    """Return a project in which items of a merged node belong to its code.

    Parameters
    ----------
    exchange : Exchange
        The project.
    into : mapping of str to str
        `MergedNodes.into`.

    Returns
    -------
    Exchange
        The same, with its codings, notes and sets.
    """
    if not into:
        return exchange

    def mapped(column: pd.Series) -> pd.Series:
        return column.map(lambda guid: into.get(guid, guid)).astype("str")

    members = exchange.members.assign(member=mapped(exchange.members["member"]))
    return replace(
        exchange,
        marks=exchange.marks.assign(node=mapped(exchange.marks["node"])),
        notes=exchange.notes.assign(about=mapped(exchange.notes["about"])),
        members=members.drop_duplicates(["guid", "member"], ignore_index=True),
    )


def depth_first(nodes: pd.DataFrame) -> pd.DataFrame:
    """Return codes in depth-first order: each followed by all codes below it.

    Parameters
    ----------
    nodes : pandas.DataFrame
        The table NODES.

    Returns
    -------
    pandas.DataFrame
        The same rows.
    """
    known = set(nodes["guid"])
    below: dict[str, list[str]] = {}
    for guid, parent in zip(nodes["guid"].tolist(), nodes["parent"].tolist(), strict=True):
        below.setdefault(parent if parent in known and parent != guid else "", []).append(guid)
    order: list[str] = []
    waiting = below.pop("", [])[::-1]
    while waiting:
        guid = waiting.pop()
        order.append(guid)
        waiting.extend(reversed(below.pop(guid, [])))
    # What stands below itself has no place in a tree; it comes last, as it stood.
    place = {guid: number for number, guid in enumerate(order)}
    at = nodes["guid"].map(lambda guid: place.get(guid, len(place))).sort_values(kind="stable")
    return nodes.loc[at.index].reset_index(drop=True)


def _known(ours: ProjectCodes | None) -> dict[str, str]:
    if ours is None:
        return {}
    ids = dict.fromkeys(ours.folders, "")
    for identities in reversed(ours.identities):
        ids |= identities
    return ids


def _base(name: str) -> str:
    match = _BEHIND.fullmatch(name)
    return match[1] if match else name


def _alike(name: str, other: str) -> bool:
    return name in {other, _base(other)} or other == _base(name)


class _DoubleFinder:
    """Finds nodes that are one code."""

    def __init__(
        self,
        rows: dict[str, _Node],
        nodes: pd.DataFrame,
        applied: set[str],
        ours: ProjectCodes | None,
    ) -> None:
        self.rows, self.applied, self.ours = rows, applied, ours
        self.codes = set[str]() if ours is None else ours.codes
        self.holding = {row.parent for row in rows.values()}
        self.by_id: dict[str, list[_Node]] = {}
        self.by_name: dict[tuple[str, str], list[_Node]] = {}
        for row in rows.values():
            if row.codable and row.guid not in self.holding:
                if row.id:
                    self.by_id.setdefault(row.id, []).append(row)
                for name in dict.fromkeys(
                    (comparable_name(row.name), _base(comparable_name(row.name)))
                ):
                    self.by_name.setdefault((row.parent, name), []).append(row)
        self.called: dict[str, str] = {}
        self.with_below: set[str] = set()
        self.paths: dict[str, int] = {}
        self.our_paths: dict[int, str] = {}
        if ours is not None:
            self.with_below = ours.with_codes_below()
            for id_ in ours.codes:
                for name in ours.names.get(id_, ()):
                    self.called.setdefault(comparable_name(name), id_)
            numbers: dict[tuple[int, str], int] = {}
            ids = dict(zip(ours.nodes["guid"], ours.nodes["code"], strict=True))
            self.our_paths = {
                path: ids[guid] for guid, path in paths_of(ours.nodes, numbers).items()
            }
            self.paths = paths_of(nodes, numbers)

    def may_be_category(self, row: _Node) -> bool:
        if row.guid in self.applied or (row.known is not None and row.codable):
            return False
        # Two codes of a list may be what a category and its code have become.
        return not row.codable or row.guid in self.holding or self._target(row) is not None

    def beside(self, category: _Node) -> Iterator[_Node]:
        """Yield the codes to merge with a category, those in it first."""
        name = comparable_name(category.name)
        same_name = [
            code
            for place in dict.fromkeys((category.guid, category.parent))
            for called in dict.fromkeys((name, _base(name)))
            for code in self.by_name.get((place, called), [])
        ]
        same_id = self.by_id.get(category.id, []) if category.id else []
        nearby = {category.guid, category.parent}
        same_id = sorted(same_id, key=lambda code: code.parent not in nearby)
        for code in dict.fromkeys(
            [*(code for code in same_id if code.parent in nearby), *same_name, *same_id]
        ):
            if code.guid != category.guid and self._one(category, code):
                yield code

    def _target(self, *rows: _Node) -> str | None:
        """Return the code here with codes below it that has the nodes' name; None without one."""
        for row in rows:
            id_ = self.called.get(comparable_name(row.name))
            if id_ in self.with_below:
                return id_
        return None

    def _one(self, category: _Node, code: _Node) -> bool:
        known = {id_ for id_ in (category.known, code.known) if id_ is not None}
        if len(known) == 2 or (category.known is not None and category.known not in self.codes):
            return False
        near = code.parent in {category.guid, category.parent}
        lists = category.codable and category.guid not in self.holding
        if category.id and code.id:
            return category.id == code.id and self._one_by_id(
                category.id, known, near and not lists
            )
        return near and self._alike(category, code) and self._one_by_name(category, code, known)

    def _one_by_id(self, id_: str, known: set[str], near: bool) -> bool:  # noqa: FBT001 - private
        # What is known by its identity may have another id here than its description tells.
        target = next(iter(known), id_ if self.ours is None else self.ours.one(id_))
        if self.ours is None or target not in self.ours.items:
            return near
        return known <= {target} and (target in self.with_below or (target in self.codes and near))

    def _one_by_name(self, category: _Node, code: _Node, known: set[str]) -> bool:
        lists = category.codable and category.guid not in self.holding
        theme = self.our_paths.get(self.paths.get(category.guid, 0), "")
        code_path = self.our_paths.get(self.paths.get(code.guid, 0), "")
        if code.known is None and theme and code_path and theme not in self.codes:
            return False
        description = comparable_text(category.description)
        same = comparable_name(category.name) == comparable_name(code.name)
        if not lists and same and description and description == comparable_text(code.description):
            return True
        target = self._target(code, category)
        return target is not None and known <= {target}

    def _alike(self, category: _Node, code: _Node) -> bool:
        category_name, code_name = comparable_name(category.name), comparable_name(code.name)
        if category_name == code_name or not _alike(category_name, code_name):
            return category_name == code_name
        # Two codes here whose names differ by a number are two.
        ids = {self.called[name] for name in (category_name, code_name) if name in self.called}
        return len(ids) < 2

    def merge(self, category: _Node, code: _Node) -> tuple[str, str, str, str]:
        """Return the name, description, colour and parent of the merged code."""
        id_ = category.id or code.id
        project, target = self.ours, None
        if project is not None:
            ids = (code.known, category.known, project.one(id_), self._target(code, category))
            target = next((id__ for id__ in ids if id__ in project.codes), None)
        names, description = {comparable_name(code.name)}, comparable_text(code.description)
        both = (code.name, category.name)
        shorter_name = min(both, key=len) if _alike(*map(comparable_name, both)) else code.name
        name = shorter_name
        if project is not None and target:
            at = project.nodes["code"] == target
            names = {comparable_text(id__) for id__ in project.names[target]}
            called = project.names[target][0]
            name = self._changed(code.name, category.name, names, called)
            description = comparable_text(project.nodes.loc[at, "description"].iloc[0])
        descriptions = [text for text in (code.description, category.description) if text.strip()]
        other = [text for text in descriptions if comparable_text(text) != description]
        if code.known is not None:
            # It came before; its category is not known, and may have been called otherwise then.
            name, other = shorter_name, []
        return (
            name,
            [*other, *descriptions, ""][0],
            code.color or category.color,
            self._parent(category, code, target),
        )

    def _changed(self, name: str, category: str, names: Collection[str], called: str) -> str:
        """Return the name that was changed in the file; if none was, the name here."""
        for candidate in (name, category):
            if comparable_text(candidate) not in names and _base(
                comparable_name(candidate)
            ) not in {comparable_name(our_name) for our_name in names}:
                return candidate
        return called

    def _parent(self, category: _Node, code: _Node, target: str | None) -> str:
        """Return the parent of the code: its new parent if it was moved, otherwise that of its category."""
        if code.parent in {category.guid, category.parent} or self.ours is None or not target:
            return category.parent
        passed, at = set[str](), code.parent
        while at in self.rows and at not in passed:
            passed.add(at)
            at = self.rows[at].parent
        if category.guid in passed:
            return category.parent
        place = self.ours.nodes.set_index("code")["parent"].get(target, "")
        ids = dict(zip(self.ours.nodes["guid"], self.ours.nodes["code"], strict=True))
        above = self.rows.get(category.parent)
        moved = above is None or (above.known or above.id or comparable_name(above.name)) not in {
            ids.get(place, ""),
            *(comparable_name(name) for name in self.ours.names.get(ids.get(place, ""), ())),
        }
        return category.parent if moved and place else code.parent
