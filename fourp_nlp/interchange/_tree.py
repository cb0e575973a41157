"""Codebooks as trees of nodes, and the trees of other programs as codebooks.

A theme is a node that is not applied to text, with its codes below it; a code with a `parent` stands below
that one. A code at the top of another program's tree, with codes below it, is a theme here whose first code
has its name, and one node again when it leaves (`Codebook.themes_that_are_codes`).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import NamedTuple

import pandas as pd

from fourp_nlp.codebook import Code, Codebook, Exclusion, Theme, free_id, is_id
from fourp_nlp.interchange._definition import Definition, definition_text, read_definition
from fourp_nlp.interchange._exchange import NODES, Losses
from fourp_nlp.interchange._identity import guid_of
from fourp_nlp.printable import printable
from fourp_nlp.tables import conform, empty

__all__ = ["codebook_to_nodes", "nodes_to_codebook"]

_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")
_OTHER = re.compile(r"[^a-z0-9]+")
_LONGEST = 60  # characters of an id that is made from a name
# Latin letters that do not come apart into a plain one and a mark.
_LETTERS = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i", "ħ": "h"}
)


def codebook_to_nodes(codebook: Codebook, kept_nodes: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return a codebook as a tree of nodes.

    Parameters
    ----------
    codebook : Codebook
        The codebook.
    kept_nodes : pandas.DataFrame, optional
        The table NODES as it came from another program, with the ids of this codebook as `code`. A code or
        theme found there keeps its GUID; its name and its description go out as they came unless they were
        changed in the codebook; its colour, unless the codebook has one.

    Returns
    -------
    pandas.DataFrame
        The table NODES, in the order of the codebook. Every code may be applied to text, no theme may.
    """
    kept = _Kept.of(kept_nodes)
    codes_of = codebook.themes_that_are_codes()
    rows: list[tuple[object, ...]] = []

    def add(item: Code | Theme, parent: str) -> str:
        guid = kept.guid.get(item.id) or guid_of("node", item.id)
        color = item.color if isinstance(item, Code) else ""
        rows.append(
            (
                guid,
                parent,
                item.id,
                kept.name(item),
                kept.description(item),
                color or kept.color.get(item.id, ""),
                isinstance(item, Code),
            )
        )
        return guid

    def add_all(codes: list[Code], top: str) -> None:
        guids: dict[str, str] = {}
        for code in codes:
            guids[code.id] = add(code, guids[code.parent] if code.parent else top)

    for theme in codebook.themes:
        if theme.id in codes_of:
            add_all(theme.codes[1:], add(theme.codes[0], ""))
        else:
            add_all(theme.codes, add(theme, ""))
    add_all(codebook.codes, "")
    return conform(pd.DataFrame(rows, columns=NODES.names), NODES) if rows else empty(NODES)


@dataclass(frozen=True)
class _Kept:
    """Nodes as they came, by the ids of ours, and what they were when they had become a codebook."""

    guid: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    color: dict[str, str] = field(default_factory=dict)
    was: dict[str, Code | Theme] = field(default_factory=dict)

    @classmethod
    def of(cls, nodes: pd.DataFrame | None) -> _Kept:
        if nodes is None or nodes.empty:
            return cls()
        kept = conform(nodes, NODES)
        kept = kept[kept["code"] != ""].drop_duplicates("code")
        kept = kept.assign(parent=kept["parent"].where(kept["parent"].isin(kept["guid"]), ""))
        book, filled, _ = nodes_to_codebook(kept, id="kept")
        # By what was kept: where an id was no id, it is another one in that codebook.
        given = dict(zip(filled["guid"], filled["code"], strict=True))
        items: dict[str, Code | Theme] = {theme.id: theme for theme in book.themes}
        items |= {code.id: code for code in book.all_codes}
        ids = kept["code"].tolist()
        return cls(
            dict(zip(ids, kept["guid"], strict=True)),
            dict(zip(ids, kept["name"], strict=True)),
            dict(zip(ids, kept["description"], strict=True)),
            dict(zip(ids, kept["color"], strict=True)),
            {
                id_: items[given[guid]]
                for id_, guid in zip(ids, kept["guid"], strict=True)
                if given.get(guid) in items
            },
        )

    def name(self, item: Code | Theme) -> str:
        was = self.was.get(item.id)
        return self.names[item.id] if was and was.name == item.name else item.name

    def description(self, item: Code | Theme) -> str:
        was = self.was.get(item.id)
        if was and _meaning(was) == _meaning(item):
            return self.descriptions[item.id]
        return definition_text(item)


def _meaning(item: Code | Theme) -> object:
    """Return what a description says of a code or theme."""
    if isinstance(item, Theme):
        return item.definition
    return item.model_dump(exclude={"id", "name", "parent", "color"})


class FromNodes(NamedTuple):
    """A codebook made from nodes.

    Attributes
    ----------
    codebook : Codebook
        The codebook; without codes if there were no nodes.
    nodes : pandas.DataFrame
        The table NODES, parents before their children, with the ids of the codebook as `code`: of a node
        at the top that is a theme and a code at once, that of the code.
    losses : pandas.DataFrame
        The table LOSSES: what could not be as it was.
    """

    codebook: Codebook
    nodes: pd.DataFrame
    losses: pd.DataFrame


def nodes_to_codebook(nodes: pd.DataFrame, *, id: str, title: str = "") -> FromNodes:  # noqa: A002
    """Return a tree of nodes as a codebook.

    If any node at the top has nodes below it, those at the top become themes, and what stands deeper gets a
    `parent`; else all become the codes of a codebook of one level. A node at the top that may be applied to
    text becomes a theme whose first code has its name. A node that may not, and is no theme with codes,
    becomes a code all the same, which nobody has applied: a codebook has nothing else to stand inside a
    tree, or for a theme without codes.

    Parameters
    ----------
    nodes : pandas.DataFrame
        The table NODES.
    id : str
        Id of the codebook.
    title : str, optional
        Its title.

    Returns
    -------
    FromNodes
        The codebook, the nodes with their ids, and what could not be as it was. The same nodes always get
        the same ids: what stands in `code`, else what the description says of it, else one made from the
        name. Colours of themes stay with the nodes.
    """
    losses = Losses()
    tree = _grown(conform(nodes, NODES), losses)
    said = [read_definition(printable(text)) for text in tree.rows["description"]]
    ids, theme_ids = _ids(tree, said, losses)
    names = _names(tree, ids, losses)
    colors = [color.upper() if _COLOR.fullmatch(color) else "" for color in tree.rows["color"]]
    losses.add(
        "colours",
        "They are not written as #RRGGBB, and were left out.",
        [
            text
            for text, color in zip(tree.rows["color"], colors, strict=True)
            if text and not color
        ],
    )
    codes = [
        Code(
            id=ids[at],
            name=names[at],
            # What stands right below a theme needs no parent.
            parent=ids[up] if (up := tree.parent[at]) >= 0 and not tree.is_theme(up) else "",
            color=colors[at],
            **said[at].parts,
        )
        if tree.is_code(at)
        else None
        for at in range(len(tree))
    ]
    codes = _mended(codes, losses)
    held: dict[int, list[Code]] = {}
    for at, code in enumerate(codes):
        if code is not None:
            held.setdefault(tree.top[at], []).append(code)
    if tree.themed:
        themes = [
            Theme(
                id=theme_ids.get(at, ids[at]),
                name=names[at],
                definition="" if tree.is_code(at) else said[at].parts.get("full_definition", ""),
                codes=held[at],
            )
            for at in range(len(tree))
            if tree.parent[at] < 0
        ]
        book = Codebook(id=id, title=title, themes=themes)
    else:
        book = Codebook(id=id, title=title, codes=[code for code in codes if code is not None])
    book, other = _told_apart(book, theme_ids)
    filled = tree.rows.assign(code=[other.get(id_, id_) for id_ in ids])
    losses.add(
        "themes and folders",
        "They may not be applied to text, and no codes are below them that they could hold; they became "
        "codes that may be.",
        [name for at, name in enumerate(names) if tree.is_code(at) and not tree.codable[at]],
    )
    return FromNodes(book, filled, losses.table())


@dataclass(frozen=True)
class _Tree:
    """Nodes in an order in which parents come before their children.

    Attributes
    ----------
    rows : pandas.DataFrame
        The table NODES.
    parent, top : list of int
        Row of what each stands below (-1 at the top), and of the node at the top above it.
    inner : list of bool
        Whether anything stands below it.
    themed : bool
        Whether those at the top are themes.
    """

    rows: pd.DataFrame
    parent: list[int]
    top: list[int]
    inner: list[bool]
    themed: bool
    codable: list[bool]

    def __len__(self) -> int:
        return len(self.parent)

    def is_theme(self, at: int) -> bool:
        return self.themed and self.parent[at] < 0

    def is_code(self, at: int) -> bool:
        return not self.is_theme(at) or self.codable[at] or not self.inner[at]


def _grown(nodes: pd.DataFrame, losses: Losses) -> _Tree:
    """Return the tree that the nodes' parents tell of; what hangs in the air is put at the top."""
    again = nodes["guid"].duplicated()
    losses.add(
        "codes",
        "There is another one with the same GUID; the first counts.",
        nodes.loc[again, "name"],
    )
    rows = nodes[~again].reset_index(drop=True)
    place = {guid: at for at, guid in enumerate(rows["guid"])}
    parent = [place.get(guid, -1) for guid in rows["parent"]]
    names = rows["name"].tolist()
    lost = [at for at, guid in enumerate(rows["parent"]) if guid and parent[at] < 0]
    losses.add(
        "places of codes in the tree",
        "What they stand below is not there; they were put at the top.",
        [names[at] for at in lost],
    )
    round_about = _cut(parent)
    losses.add(
        "places of codes in the tree",
        "They stand below themselves; they were put at the top.",
        [names[at] for at in round_about],
    )
    order = _order(parent)
    to = {before: now for now, before in enumerate(order)}
    moved = [to[parent[at]] if parent[at] >= 0 else -1 for at in order]
    top: list[int] = []
    inner = [False] * len(moved)
    for at, up in enumerate(moved):
        top.append(at if up < 0 else top[up])
        if up >= 0:
            inner[up] = True
    rows = rows.iloc[order].reset_index(drop=True)
    guids = rows["guid"].tolist()
    rows = rows.assign(parent=[guids[up] if up >= 0 else "" for up in moved])
    themed = any(has and up < 0 for has, up in zip(inner, moved, strict=True))
    return _Tree(rows, moved, top, inner, themed, rows["codable"].tolist())


def _cut(parent: list[int]) -> list[int]:
    """Put one node of each circle at the top, in place; return which."""
    cut: list[int] = []
    done: set[int] = set()
    for start in range(len(parent)):
        path: list[int] = []
        on_path: set[int] = set()
        at = start
        while at >= 0 and at not in done and at not in on_path:
            path.append(at)
            on_path.add(at)
            at = parent[at]
        if at in on_path:
            parent[at] = -1
            cut.append(at)
        done |= on_path
    return cut


def _order(parent: list[int]) -> list[int]:
    """Return the rows as they are if parents come first; else each followed by what stands below it."""
    if all(up < at for at, up in enumerate(parent)):
        return list(range(len(parent)))
    below: dict[int, list[int]] = {}
    for at, up in enumerate(parent):
        below.setdefault(up, []).append(at)
    order: list[int] = []
    waiting = below.get(-1, [])[::-1]
    while waiting:
        at = waiting.pop()
        order.append(at)
        waiting += below.get(at, [])[::-1]
    return order


def _ids(tree: _Tree, said: list[Definition], losses: Losses) -> tuple[list[str], dict[int, str]]:
    """Return the id of each node, and those of themes that are codes at once, by row."""
    found = [""] * len(tree)
    taken: set[str] = set()
    again: dict[int, str] = {}
    # An id that is known counts over one that a description tells, and both over a name.
    for told in (tree.rows["code"].tolist(), [each.id for each in said]):
        for at, id_ in enumerate(told):
            if found[at] or at in again or not is_id(id_):
                continue
            if id_ in taken:
                again[at] = id_
            else:
                found[at] = id_
                taken.add(id_)
    losses.add(
        "ids of codes",
        "Another code has the same; they got a number behind it.",
        again.values(),
    )
    for at, name in enumerate(tree.rows["name"]):
        if not found[at]:
            found[at] = free_id(again.get(at) or _slug(name) or f"code_{at + 1}", taken)
            taken.add(found[at])
    themes: dict[int, str] = {}
    for at, id_ in enumerate(found):
        if tree.is_theme(at) and tree.is_code(at):
            themes[at] = free_id(f"{id_}_theme", taken)
            taken.add(themes[at])
    return found, themes


def _slug(name: str) -> str:
    """Return an id from a name: its letters in ASCII, in lower case; empty if there are none."""
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS))
    slug = _OTHER.sub("_", plain.encode("ascii", "ignore").decode()).strip("_")
    return slug[:_LONGEST].rstrip("_")


def _names(tree: _Tree, ids: list[str], losses: Losses) -> list[str]:
    """Return the name of each node, unlike those of all other codes; what stands higher keeps its own."""
    came = tree.rows["name"].tolist()
    names = [_in_one(name) or id_ for name, id_ in zip(came, ids, strict=True)]
    losses.add(
        "names of codes",
        "They were without text; the id stands in their place.",
        [id_ for name, id_ in zip(came, ids, strict=True) if not _in_one(name)],
    )
    losses.add(
        "names of codes",
        "Line ends, double spaces and characters that cannot be seen were taken out.",
        [name for name in came if _in_one(name) not in ("", name)],
    )
    depth: list[int] = []
    for up in tree.parent:
        depth.append(depth[up] + 1 if up >= 0 else 0)
    taken: set[str] = set()
    changed = []
    for at in sorted(range(len(tree)), key=depth.__getitem__):
        if not tree.is_code(at):
            continue
        name, up = names[at], tree.parent[at]
        if name.casefold() in taken and up >= 0:
            names[at] = f"{name} ({names[up]})"
        first, number = names[at], 1
        while names[at].casefold() in taken:
            number += 1
            names[at] = f"{first} {number}"
        taken.add(names[at].casefold())
        if names[at] != name:
            changed.append(f"{name}: now {names[at]}")
    losses.add(
        "names of codes",
        "Another code has the same name; what they stand below was put behind it, or a number.",
        changed,
    )
    return names


def _in_one(text: str) -> str:
    return " ".join(printable(text).split())


def _mended(codes: list[Code | None], losses: Losses) -> list[Code | None]:
    """Return the codes without references to codes that are not there, or to themselves."""
    known = {code.id for code in codes if code is not None}
    lost: list[str] = []
    mended: list[Code | None] = []
    for code in codes:
        if code is None:
            mended.append(None)
            continue
        exclusions = []
        for exclusion in code.when_not_to_use:
            use = exclusion.use
            if use is not None and (use not in known or use == code.id):
                lost.append(f"{code.name}: {use}")
                exclusions.append(Exclusion(when=f"{exclusion.when} ({use})"))
            else:
                exclusions.append(exclusion)
        mended.append(code.model_copy(update={"when_not_to_use": exclusions}))
    losses.add(
        "codes that are used in the place of others",
        "There is no such code; its id stands in the text.",
        lost,
    )
    return mended


def _told_apart(codebook: Codebook, theme_ids: dict[int, str]) -> tuple[Codebook, dict[str, str]]:
    """Give another id to a theme that would be taken for a code; return those ids, by what they were."""
    mistaken = sorted(codebook.themes_that_are_codes().keys() - set(theme_ids.values()))
    taken = {*codebook.code_ids, *(theme.id for theme in codebook.themes)}
    other = {id_: free_id(f"{id_}_2", taken) for id_ in mistaken}
    themes = [
        theme.model_copy(update={"id": other.get(theme.id, theme.id)}) for theme in codebook.themes
    ]
    return codebook.model_copy(update={"themes": themes}), other
