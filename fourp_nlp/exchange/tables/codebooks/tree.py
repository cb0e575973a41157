"""The hierarchy of a codebook's table: by columns, parents, numbers, indents or paths."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fourp_nlp.exchange.tables.code_paths import path_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Item", "arrange_tree", "items_of"]

_NUMBER = re.compile(r"^([A-Za-z]{0,2}[0-9]{1,4}(?:[.][0-9]{1,4}){0,8})[.):]?[ \t\u00a0]+(?=\S)")
_ONLY_NUMBER = re.compile(r"^[A-Za-z]{0,2}[0-9]{1,4}(?:[.][0-9]{1,4}){0,8}[.)]?$")
_INDENT = re.compile(r"^[ \t\u00a0\u2003]*(?:[-–—•·>]+[ \t\u00a0]+)?")
_NUMBERED = 0.8  # of the names


@dataclass
class Item:
    """A code or theme of a codebook's table.

    Attributes
    ----------
    row : object
        What messages call its row.
    name : str
        Its name.
    raw : str
        Its cell, with the white space before the name.
    above : list of str
        Its parents from the top, from columns of the same row or of rows above.
    parent : str
        Its parent, from a column of parents.
    number : str
        Its number, as a column of its own says.
    codable : bool
        Whether it may be applied to text.
    parts : dict of str to list of str
        What the table says of it, by role.
    up : Item or None
        Its parent.
    """

    row: object
    name: str
    raw: str
    above: list[str] = field(default_factory=list)
    parent: str = ""
    number: str = ""
    codable: bool = True
    parts: dict[str, list[str]] = field(default_factory=dict)
    up: Item | None = None

    def add(self, parts: Mapping[str, str]) -> None:
        """Add what a row says, unless it was said."""
        for role, text in parts.items():
            if text.strip() and text not in (texts := self.parts.setdefault(role, [])):
                texts.append(text)


def items_of(
    rows: Sequence[object],
    levels: Sequence[Sequence[str]],
    parts: Sequence[Mapping[str, str]],
    parents: Sequence[str],
    numbers: Sequence[str],
) -> list[Item]:
    """Return the codes and themes that rows name.

    `rows` is what messages call the rows; `levels` are the cells of the columns that hold names,
    those of the highest level first; `parts` is what each row says of a code, by role; `parents`
    and `numbers` are what each row names as parent and as number. A row without a name, or with
    that of the row above, goes on with the code above.
    """
    items: list[Item] = []
    for at, row in enumerate(rows):
        cells = [level[at] for level in levels]
        filled = [depth for depth, cell in enumerate(cells) if cell.strip()]
        if not filled:
            if items:
                items[-1].add(parts[at])
            continue
        deepest = filled[-1]
        item = Item(
            row,
            _name(cells[deepest]),
            cells[deepest],
            [_name(cells[depth]) for depth in filled[:-1]],
            parents[at].strip(),
            numbers[at].strip(),
            codable=deepest > 0 or len(levels) == 1,
        )
        item.add(parts[at])
        if items and _goes_on(items[-1], item):
            items[-1].add(parts[at])
        else:
            items.append(item)
    return items


def _name(cell: str) -> str:
    return " ".join(cell.split())


def _goes_on(before: Item, item: Item) -> bool:
    """Return whether a row says more of the code of the row above it."""
    same = (before.name, before.above, before.parent) == (item.name, item.above, item.parent)
    descriptions = [
        (before.parts.get(role), item.parts.get(role))
        for role in ("definition", "short_definition", "full_definition", "code_memo")
    ]
    if item.number and item.number != before.number:
        return False
    return same and all(not new or old == new for old, new in descriptions)


def arrange_tree(
    items: list[Item], remarks: list[str], *, names_are_plain: bool = False
) -> list[Item]:
    """Set the parent of each item, and add parents that have no row.

    `items` are changed in place; `remarks` gets a sentence on how the hierarchy was found. With
    `names_are_plain`, numbers, white space and signs in names say nothing of it. Returns all items, parents
    before their children.
    """
    added: dict[tuple[str, ...], Item] = {}
    if not names_are_plain and not any(item.above or item.parent for item in items):
        if _by_number(items, remarks) or _by_indent(items, remarks):
            return items
        for item in items:
            if path := path_of(item.name):
                *item.above, item.name = path
    by_path: dict[tuple[str, ...], Item] = {}
    for item in items:
        by_path.setdefault(_key([*item.above, item.name]), item)
    by_name: dict[str, list[Item]] = {}
    for item in items:
        by_name.setdefault(_folded(item.name), []).append(item)
        if item.number:
            by_name.setdefault(_folded(item.number), []).append(item)
    for item in items:
        item.up = _parent_of(item, by_path, by_name, added, names_are_plain=names_are_plain)
    above = {id(item.up) for item in items}
    for item in items:
        # What holds nothing is no theme.
        item.codable = item.codable or id(item) not in above
    return _parents_first([*added.values(), *items], items)


def _parent_of(
    item: Item,
    by_path: Mapping[tuple[str, ...], Item],
    by_name: Mapping[str, list[Item]],
    added: dict[tuple[str, ...], Item],
    *,
    names_are_plain: bool,
) -> Item | None:
    """Return the parent that an item's row names, or the rows above it."""
    named = [other for other in by_name.get(_folded(item.parent), []) if other is not item]
    if item.above:
        of_theme = [other for other in named if other.above[:1] == item.above[:1]]
        if item.parent and of_theme:
            return of_theme[0]
        return _item_of_path([*item.above], item.row, by_path, added)
    if not item.parent:
        return None
    path = [] if names_are_plain else path_of(item.parent)
    if not named and path:
        named = [other for other in by_name.get(_folded(path[-1]), []) if other is not item]
    return named[0] if named else _item_of_path([item.parent], item.row, by_path, added)


def _item_of_path(
    names: list[str],
    row: object,
    by_path: Mapping[tuple[str, ...], Item],
    added: dict[tuple[str, ...], Item],
) -> Item:
    """Return the item of a path, which is a theme if the table has no row of its own for it."""
    up: Item | None = None
    for depth in range(1, len(names) + 1):
        key = _key(names[:depth])
        item = by_path.get(key) or added.get(key)
        if item is None:
            # A node below a theme is a code, whatever is below it.
            item = added[key] = Item(
                row, names[depth - 1], names[depth - 1], codable=depth > 1, up=up
            )
        up = item
    if up is None:  # pragma: no cover - a path has a name
        raise AssertionError
    return up


def _by_number(items: list[Item], remarks: list[str]) -> bool:
    """Take places from numbers such as 1 and 1.1, before the names or in a column."""
    numbers = [item.number.rstrip(".)") for item in items]
    in_names = [_NUMBER.match(item.name) for item in items]
    if all(_ONLY_NUMBER.match(number) for number in numbers) and any("." in n for n in numbers):
        names = [item.name for item in items]
    elif len(items) > 1 and sum(match is not None for match in in_names) >= _NUMBERED * len(items):
        numbers = [match[1] if match else "" for match in in_names]
        names = [
            item.name[match.end() :] if match else item.name
            for item, match in zip(items, in_names, strict=True)
        ]
    else:
        return False
    filled = [number for number in numbers if number]
    if len(set(filled)) < len(filled):
        return False
    by_number = dict(zip(numbers, items, strict=True))
    for item, number, name in zip(items, numbers, names, strict=True):
        item.name = name
        above = number.rpartition(".")[0]
        item.up = by_number.get(above) if above else None
    below = sum(item.up is not None for item in items)
    remarks.append(
        f"The codes are numbered. The numbers were removed from the names; by them, {below} code(s) have a "
        "parent."
    )
    return True


def _by_indent(items: list[Item], remarks: list[str]) -> bool:
    """Take places from the white space or dashes before names."""
    before = [_INDENT.match(item.raw) for item in items]
    depths = [len(match[0].expandtabs(4)) if match else 0 for match in before]
    if len(set(depths)) < 2 or depths[0] != min(depths):
        return False
    ancestors: list[tuple[int, Item]] = []
    for item, depth, match in zip(items, depths, before, strict=True):
        item.name = _name(item.raw[match.end() if match else 0 :]) or item.name
        while ancestors and ancestors[-1][0] >= depth:
            ancestors.pop()
        item.up = ancestors[-1][1] if ancestors else None
        ancestors.append((depth, item))
    below = sum(item.up is not None for item in items)
    remarks.append(f"By the white space before their names, {below} code(s) have a parent.")
    return True


def _parents_first(every: list[Item], items: list[Item]) -> list[Item]:
    """Return items with each parent before its children; a circle is cut open."""
    order: dict[int, Item] = {}
    for start in [*items, *every]:
        path: list[Item] = []
        current: Item | None = start
        while current is not None and id(current) not in order:
            if any(current is item for item in path):
                path[-1].up = None
                break
            path.append(current)
            current = current.up
        for item in reversed(path):
            order.setdefault(id(item), item)
    return list(order.values())


def _key(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(_folded(name) for name in names)


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())
