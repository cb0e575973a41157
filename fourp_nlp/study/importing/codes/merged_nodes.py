"""Codes that came as two nodes: a category, and a code beside or in it.

Some programs cannot have a code with codes below it. They make a category of it, which holds those, and a
code of the same name in it or beside it, and hand both over.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from fourp_nlp.exchange import rows_of
from fourp_nlp.study.importing.codes._project_codes import paths_of, plain, said_ids, tidy

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    import pandas as pd

    from fourp_nlp.exchange import Exchange
    from fourp_nlp.study.importing.codes._project_codes import OurCodes

__all__ = ["Folded", "depth_first", "fold_doubles", "followed"]

# What programs put behind a name that another node has.
_BEHIND = re.compile(r"(.+?)(?:[ _-]?\(?\d+\)?| \(.+\))")


class Folded(NamedTuple):
    """Nodes of which none is the double of another.

    Attributes
    ----------
    nodes : pandas.DataFrame
        The table NODES.
    into : dict of str to str
        The GUID of the code that a category is, by its own, which is no longer among the nodes.
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


def fold_doubles(
    nodes: pd.DataFrame, *, applied: Collection[str] = (), ours: OurCodes | None = None
) -> Folded:
    """Make one node of each category and code that are one code.

    They are if both have one id in their descriptions, or one description and one name. By the name alone
    they are if the codebook has that code, with codes below it, and no theme that the category could be. What
    has codings is no category, and what is known by its identity stays what it is.

    Parameters
    ----------
    nodes : pandas.DataFrame
        The table NODES.
    applied : collection of str, optional
        GUIDs of nodes that text is coded with.
    ours : OurCodes, optional
        The codes here; none for a new project.

    Returns
    -------
    Folded
        The nodes. A code that was two has the identity and the colour of the code, and holds what the
        category held, where that stood. Of names and descriptions that differ, what is not ours counts: it
        was changed.
    """
    said = said_ids(nodes)
    known = _known(ours)
    columns = ("guid", "parent", "name", "description", "color")
    rows = {
        guid: _Node(guid, parent, name, text, color, bool(codable), said[guid], known.get(guid))
        for guid, parent, name, text, color, codable in rows_of(nodes, *columns, "codable")
    }
    judge = _Judge(rows, nodes, set(applied), ours)
    pairs: dict[str, str] = {}  # the category of each code
    for row in rows.values():
        if row.guid in pairs or not judge.may_be_category(row):
            continue
        for code in judge.beside(row):
            if code.guid not in pairs and code.guid not in pairs.values():
                pairs[code.guid] = row.guid
                break
    if not pairs:
        return Folded(nodes, {})
    into = {category: code for code, category in pairs.items()}
    made = {code: judge.one_of(rows[category], rows[code]) for code, category in pairs.items()}
    order = [into.get(guid, guid) for guid in rows if guid not in pairs]
    by_guid = nodes.drop_duplicates("guid").set_index("guid", drop=False)
    out = by_guid.loc[order].reset_index(drop=True)
    for column, number in (("name", 0), ("description", 1), ("color", 2), ("parent", 3)):
        news = {code: values[number] for code, values in made.items()}
        out[column] = out["guid"].map(news).fillna(out[column])
    out["parent"] = out["parent"].map(lambda guid: into.get(guid, guid))
    return Folded(depth_first(out), into)


def followed(exchange: Exchange, into: Mapping[str, str]) -> Exchange:
    """Return a project in which what belongs to a node that is none any more belongs to its code.

    Parameters
    ----------
    exchange : Exchange
        The project.
    into : mapping of str to str
        As `Folded` has it.

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
    """Return codes in the order in which a tree is written: each with all below it, then the next.

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


def _known(ours: OurCodes | None) -> dict[str, str]:
    if ours is None:
        return {}
    found = dict.fromkeys(ours.folders, "")
    for identities in reversed(ours.identities):
        found |= identities
    return found


def _base(name: str) -> str:
    found = _BEHIND.fullmatch(name)
    return found[1] if found else name


def _alike(one: str, other: str) -> bool:
    return one in {other, _base(other)} or other == _base(one)


class _Judge:
    """Says which nodes are one code."""

    def __init__(
        self,
        rows: dict[str, _Node],
        nodes: pd.DataFrame,
        applied: set[str],
        ours: OurCodes | None,
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
                for name in dict.fromkeys((plain(row.name), _base(plain(row.name)))):
                    self.by_name.setdefault((row.parent, name), []).append(row)
        self.called: dict[str, str] = {}
        self.with_below: set[str] = set()
        self.paths: dict[str, int] = {}
        self.our_paths: dict[int, str] = {}
        if ours is not None:
            self.with_below = ours.with_codes_below()
            for id_ in ours.codes:
                for name in ours.names.get(id_, ()):
                    self.called.setdefault(plain(name), id_)
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
        """Yield the codes that are one with a category, those in it first."""
        name = plain(category.name)
        near = [
            code
            for place in dict.fromkeys((category.guid, category.parent))
            for called in dict.fromkeys((name, _base(name)))
            for code in self.by_name.get((place, called), [])
        ]
        told = self.by_id.get(category.id, []) if category.id else []
        here = {category.guid, category.parent}
        told = sorted(told, key=lambda code: code.parent not in here)
        for code in dict.fromkeys([*(code for code in told if code.parent in here), *near, *told]):
            if code.guid != category.guid and self._one(category, code):
                yield code

    def _target(self, *rows: _Node) -> str | None:
        """Return the code here, with codes below it, that nodes are called by; None without one."""
        for row in rows:
            found = self.called.get(plain(row.name))
            if found in self.with_below:
                return found
        return None

    def _one(self, category: _Node, code: _Node) -> bool:
        known = {each for each in (category.known, code.known) if each is not None}
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
        own = self.our_paths.get(self.paths.get(code.guid, 0), "")
        if code.known is None and theme and own and theme not in self.codes:
            return False
        said = tidy(category.description)
        same = plain(category.name) == plain(code.name)
        if not lists and same and said and said == tidy(code.description):
            return True
        target = self._target(code, category)
        return target is not None and known <= {target}

    def _alike(self, category: _Node, code: _Node) -> bool:
        one, other = plain(category.name), plain(code.name)
        if one == other or not _alike(one, other):
            return one == other
        # Two codes here whose names differ by a number are two.
        own = {self.called[name] for name in (one, other) if name in self.called}
        return len(own) < 2

    def one_of(self, category: _Node, code: _Node) -> tuple[str, str, str, str]:
        """Return the name, description, colour and parent of the one code that both are."""
        id_ = category.id or code.id
        ours, target = self.ours, None
        if ours is not None:
            ids = (code.known, category.known, ours.one(id_), self._target(code, category))
            target = next((each for each in ids if each in ours.codes), None)
        names, description = {plain(code.name)}, tidy(code.description)
        both = (code.name, category.name)
        came = min(both, key=len) if _alike(*map(plain, both)) else code.name
        name = came
        if ours is not None and target:
            at = ours.nodes["code"] == target
            names = {tidy(each) for each in ours.names[target]}
            called = ours.names[target][0]
            name = self._changed(code.name, category.name, names, called)
            description = tidy(ours.nodes.loc[at, "description"].iloc[0])
        said = [text for text in (code.description, category.description) if text.strip()]
        other = [text for text in said if tidy(text) != description]
        if code.known is not None:
            # It came before; its category is not known, and may have been called otherwise then.
            name, other = came, []
        return (
            name,
            [*other, *said, ""][0],
            code.color or category.color,
            self._parent(category, code, target),
        )

    def _changed(self, name: str, category: str, names: Collection[str], called: str) -> str:
        """Return the name that was changed there; where none was, the name here."""
        for each in (name, category):
            if tidy(each) not in names and _base(plain(each)) not in {plain(own) for own in names}:
                return each
        return called

    def _parent(self, category: _Node, code: _Node, target: str | None) -> str:
        """Return what the code stands below: where it was moved, else where its category is."""
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
        moved = above is None or (above.known or above.id or plain(above.name)) not in {
            ids.get(place, ""),
            *(plain(name) for name in self.ours.names.get(ids.get(place, ""), ())),
        }
        return category.parent if moved and place else code.parent
