"""Converts trees of nodes of other programs to codebooks.

A folder, which is not applied to text, is the theme of the codes that stand in it; a code with a `parent`
stands below that one. A code at the top of another program's tree, with codes below it, is a theme here whose
first code has its name, and one node again when it leaves (`Codebook.themes_that_are_codes`). Folders that
hold no code themselves, and those below codes, are not in a codebook.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from fourp_nlp.codebook import (
    Code,
    Codebook,
    Exclusion,
    Theme,
    free_id,
    id_from_name,
    is_id,
)
from fourp_nlp.control_characters import printable
from fourp_nlp.exchange.code_definition import Definition, read_definition, theme_definition
from fourp_nlp.exchange.exchange import NODES, Losses
from fourp_nlp.tables import conform

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

__all__ = [
    "FromNodes",
    "circles_cut",
    "name_in_one",
    "nodes_to_codebook",
    "parents_first",
]

_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")


class FromNodes(NamedTuple):
    """A codebook made from nodes.

    Attributes
    ----------
    codebook : Codebook
        The codebook; without codes if there were no nodes.
    nodes : pandas.DataFrame
        The table NODES, parents before their children, with the ids of the codebook as `code`: of a node
        at the top that is a theme and a code at once, that of the code; of a folder that is not in the
        codebook, nothing.
    losses : pandas.DataFrame
        The table LOSSES: what was changed. Folders that are not in the codebook are not listed: they are kept
        in `nodes`.
    """

    codebook: Codebook
    nodes: pd.DataFrame
    losses: pd.DataFrame

    @property
    def folders(self) -> list[str]:
        """The names of the folders that are not in the codebook."""
        return list(self.nodes.loc[self.nodes["code"] == "", "name"])


def nodes_to_codebook(nodes: pd.DataFrame, *, id: str, title: str = "") -> FromNodes:  # noqa: A002
    """Return a tree of nodes as a codebook.

    The theme of a code is the folder right above it, at any depth; a code below another one gets that as its
    `parent`, also with folders between. A code at the top becomes a theme whose first code
    has its name, if there are themes or codes below codes; else all become the codes of a codebook of one
    level. A folder that holds no code itself, or that stands below a code, is not in the codebook. Where
    nothing may be applied to text, what has nothing below it counts as codes.

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
    definitions = [read_definition(printable(text)) for text in tree.rows["description"]]
    ids, theme_ids = _ids(tree, definitions, losses)
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
            # A code right below a theme needs no parent.
            parent=ids[up] if (up := tree.above[at]) >= 0 and up not in theme_ids else "",
            color=colors[at],
            **definitions[at].parts,
        )
        if tree.codable[at]
        else None
        for at in range(len(tree))
    ]
    codes = _mended(codes, losses)
    held: dict[int, list[Code]] = {}
    for at, code in enumerate(codes):
        if code is not None:
            held.setdefault(tree.theme[at], []).append(code)
    if tree.themed:
        themes = [
            Theme(
                id=theme_ids.get(at, ids[at]),
                name=names[at],
                definition="" if tree.codable[at] else theme_definition(definitions[at].parts),
                codes=held[at],
            )
            for at in sorted(held)
        ]
        book = Codebook(id=id, title=title, themes=themes)
    else:
        book = Codebook(id=id, title=title, codes=[code for code in codes if code is not None])
    book, other = _told_apart(book, theme_ids)
    filled = tree.rows.assign(code=[other.get(id_, id_) for id_ in ids])
    losses.add(
        "themes and folders",
        "Nothing in the file may be applied to text: nodes without children became codes.",
        [names[at] for at in tree.made_codes],
    )
    return FromNodes(book, filled, losses.table())


@dataclass(frozen=True)
class _Tree:
    """Nodes in an order in which parents come before their children.

    Attributes
    ----------
    rows : pandas.DataFrame
        The table NODES.
    parent : list of int
        Row of each node's parent, -1 at the top.
    codable : list of bool
        Whether each is a code.
    made_codes : list of int
        Rows of those that are codes only because nothing may be applied to text.
    above : list of int
        Row of the nearest code above each, -1 where there is none.
    theme : list of int
        Of a code, the row of the folder that is its theme, or of the code at the top above it.
    themed : bool
        Whether there are themes.
    """

    rows: pd.DataFrame
    parent: list[int]
    codable: list[bool]
    made_codes: list[int]
    above: list[int]
    theme: list[int]
    themed: bool

    def __len__(self) -> int:
        return len(self.parent)

    @property
    def folders_with_codes(self) -> set[int]:
        """Rows of the folders that are themes."""
        return {
            row
            for at, row in enumerate(self.theme)
            if self.codable[at] and not self.codable[row] and self.themed
        }


def _placed(rows: pd.DataFrame, parent: list[int]) -> _Tree:
    codable = rows["codable"].astype(bool).tolist()
    made_codes: list[int] = []
    if not any(codable):
        made_codes = sorted(set(range(len(rows))) - set(parent))
        for at in made_codes:
            codable[at] = True
    above: list[int] = []
    theme: list[int] = []
    for at, up in enumerate(parent):
        above.append(-1 if up < 0 else up if codable[up] else above[up])
        # Right in a folder, a code has that one as its theme; below a code, the theme of that one.
        theme.append(theme[above[at]] if above[at] >= 0 else up if up >= 0 else at)
    codes = [at for at, is_code in enumerate(codable) if is_code]
    themed = any(above[at] >= 0 or theme[at] != at for at in codes)
    return _Tree(rows, parent, codable, made_codes, above, theme, themed)


def _grown(nodes: pd.DataFrame, losses: Losses) -> _Tree:
    """Return the tree by the nodes' parents; nodes whose parent is missing are put at the top."""
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
        "Their parent is missing; they were put at the top.",
        [names[at] for at in lost],
    )
    round_about = circles_cut(parent)
    losses.add(
        "places of codes in the tree",
        "They are below themselves; they were put at the top.",
        [names[at] for at in round_about],
    )
    order = parents_first(parent)
    to = {before: now for now, before in enumerate(order)}
    moved = [to[parent[at]] if parent[at] >= 0 else -1 for at in order]
    rows = rows.iloc[order].reset_index(drop=True)
    guids = rows["guid"].tolist()
    rows = rows.assign(parent=[guids[up] if up >= 0 else "" for up in moved])
    return _placed(rows, moved)


def circles_cut(parent: list[int]) -> list[int]:
    """Put one node of each circle at the top.

    Parameters
    ----------
    parent : list of int
        Row of each node's parent, -1 at the top; changed in place.

    Returns
    -------
    list of int
        The rows that were put there.
    """
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


def parents_first(parent: Sequence[int]) -> list[int]:
    """Return rows unchanged if parents come first; else each followed by its children.

    Parameters
    ----------
    parent : sequence of int
        Row of each node's parent, -1 at the top; without circles.

    Returns
    -------
    list of int
        The rows.
    """
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


def _ids(
    tree: _Tree, definitions: list[Definition], losses: Losses
) -> tuple[list[str], dict[int, str]]:
    """Return the id of each node, empty without a place here, and those of themes that are codes at once."""
    ids = [""] * len(tree)
    taken: set[str] = set()
    again: dict[int, str] = {}
    folders = tree.folders_with_codes
    # A code and its theme may have one name: the code, which codings name, has the id made of it.
    order = [at for at, is_code in enumerate(tree.codable) if is_code] + sorted(folders)
    # An id that is known counts over one that a description tells, and both over a name.
    for candidates in (tree.rows["code"].tolist(), [definition.id for definition in definitions]):
        for at in order:
            id_ = candidates[at]
            if ids[at] or at in again or not is_id(id_):
                continue
            if id_ in taken:
                again[at] = id_
            else:
                ids[at] = id_
                taken.add(id_)
    losses.add(
        "ids of codes",
        "Another code has the same; a number was added.",
        again.values(),
    )
    names = tree.rows["name"].tolist()
    for at in order:
        if not ids[at]:
            candidate = again.get(at) or id_from_name(names[at]) or f"code_{at + 1}"
            if at in folders and at not in again and candidate in taken:
                candidate = f"{candidate}_theme"
            ids[at] = free_id(candidate, taken)
            taken.add(ids[at])
    themes: dict[int, str] = {}
    for at, row in enumerate(tree.theme):
        if tree.themed and tree.codable[at] and row == at:
            themes[at] = free_id(f"{ids[at]}_theme", taken)
            taken.add(themes[at])
    return ids, themes


def _names(tree: _Tree, ids: list[str], losses: Losses) -> list[str]:
    """Return unique names of codes; of equal names, the higher node keeps its own."""
    original_names = tree.rows["name"].tolist()
    # A folder that is not here needs no name but its own.
    ids = [id_ or name for id_, name in zip(ids, original_names, strict=True)]
    names = [name_in_one(name) or id_ for name, id_ in zip(original_names, ids, strict=True)]
    losses.add(
        "names of codes",
        "They were empty and were replaced by the id.",
        [
            id_
            for name, id_ in zip(original_names, ids, strict=True)
            if id_ and not name_in_one(name)
        ],
    )
    losses.add(
        "names of codes",
        "Line ends, double spaces and characters that cannot be seen were taken out.",
        [name for name in original_names if name_in_one(name) not in ("", name)],
    )
    depth: list[int] = []
    for up in tree.parent:
        depth.append(depth[up] + 1 if up >= 0 else 0)
    taken: set[str] = set()
    changed = []
    for at in sorted(range(len(tree)), key=depth.__getitem__):
        if not tree.codable[at]:
            continue
        name, up = names[at], tree.parent[at]
        if name.casefold() in taken and up >= 0:
            names[at] = f"{name} ({names[up] or ids[up]})"
        first, number = names[at], 1
        while names[at].casefold() in taken:
            number += 1
            names[at] = f"{first} {number}"
        taken.add(names[at].casefold())
        if names[at] != name:
            changed.append(f"{name}: now {names[at]}")
    losses.add(
        "names of codes",
        "Another code has the same name; the parent's name or a number was added.",
        changed,
    )
    return names


def name_in_one(text: str) -> str:
    """Return a name without line ends, double spaces and characters that cannot be seen."""
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
                exclusions.append(Exclusion(when=exclusion.as_text()))
            else:
                exclusions.append(exclusion)
        mended.append(code.model_copy(update={"when_not_to_use": exclusions}))
    losses.add(
        "codes that are used in the place of others",
        "There is no such code; its id was kept in the text.",
        lost,
    )
    return mended


def _told_apart(codebook: Codebook, theme_ids: dict[int, str]) -> tuple[Codebook, dict[str, str]]:
    """Give another id to a theme that would be taken for a code; return those ids, by what they were."""
    # If all are such themes, and none is a code at once, none is taken for one.
    mistakable = theme_ids or codebook.themes_that_are_codes()
    like = codebook.themes_like_codes() if mistakable else {}
    mistaken = sorted(like.keys() - set(theme_ids.values()))
    taken = {*codebook.code_ids, *(theme.id for theme in codebook.themes)}
    other = {id_: free_id(f"{id_}_2", taken) for id_ in mistaken}
    themes = [
        theme.model_copy(update={"id": other.get(theme.id, theme.id)}) for theme in codebook.themes
    ]
    return codebook.model_copy(update={"themes": themes}), other
