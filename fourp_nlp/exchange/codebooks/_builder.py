"""Builds a codebook of what was read: ids, themes, parents and parts, with the place of each mistake."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, get_args

from fourp_nlp.codebook import (
    AppliesTo,
    Code,
    Codebook,
    Exclusion,
    Theme,
    free_id,
    id_from_name,
    is_id,
    new_id,
)
from fourp_nlp.codebook.codebook import Role
from fourp_nlp.errors import CodebookError
from fourp_nlp.exchange.code_definition import theme_definition
from fourp_nlp.exchange.codebooks._cells import exclusion_parts, in_one_line, listed
from fourp_nlp.exchange.codebooks.codebook_file import CodebookFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from fourp_nlp.exchange.tables.codebooks.tree import Item

__all__ = ["Problems", "Source", "build_codebook", "is_color"]

_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")
_ROLES = get_args(Role)
_SHOWN = 5  # codes that a remark names


class Problems:
    """What is wrong in a file, with the places."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._problems: dict[tuple[str, str], None] = {}

    def add(self, place: str, sentence: str) -> None:
        self._problems[place, sentence] = None

    def raise_if_any(self) -> None:
        """Raise all of them as one `CodebookError`."""
        if not self._problems:
            return
        if len(self._problems) == 1:
            ((place, sentence),) = self._problems
            raise CodebookError(sentence, file=self._file, place=place)
        lines = "".join(f"\n  {place}: {sentence}" for place, sentence in self._problems)
        raise CodebookError(f"{len(self._problems)} things to mend:{lines}", file=self._file)


@dataclass
class Source:
    """What was read of a file.

    Attributes
    ----------
    file : pathlib.Path
        The file.
    items : list of Item
        Its codes and themes, with their parents (`Item.up`), in its order.
    place : callable
        The place in the file of what it says of an item, by the item and the role of the part.
    facts : mapping of str to str
        What it says of the whole codebook, by the keys of `Codebook`.
    ids : bool
        Whether it gives the ids of all codes, so that nothing is guessed of their order.
    lists : bool
        Whether codes below codes stay codes of one level where no theme is above them.
    theme_names : mapping of str to str
        The names of themes that items name by their ids.
    losses, remarks : list of str
        What to know of the reading.
    """

    file: Path
    items: list[Item]
    place: Callable[[Item, str], str]
    facts: Mapping[str, str] = field(default_factory=dict)
    ids: bool = False
    lists: bool = False
    theme_names: Mapping[str, str] = field(default_factory=dict)
    losses: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def build_codebook(source: Source) -> CodebookFile:
    """Return the codebook that a file holds.

    Raises
    ------
    CodebookError
        If two codes have one name or id, or a parent, a role or the like is not known; with every place.
    """
    problems = Problems(source.file)
    tree = _Tree(source, problems)
    codes = {id(item): _code(item, tree, source, problems) for item in tree.codes}
    problems.raise_if_any()
    facts: dict[str, Any] = {
        key: text for key, text in source.facts.items() if text.strip() or key == "language"
    }
    named = facts.get("title") or source.file.stem
    facts["id"] = _usable_id(facts.get("id", "")) or new_id(named, (), kind="codebook")
    if tree.themes:
        themes = [
            Theme(
                id=theme.id,
                name=theme.name,
                definition=_theme_definition(theme.item),
                applies_to=_applies_to(theme.item, source, problems),
                codes=[codes[id(item)] for item in theme.codes],
            )
            for theme in tree.themes
        ]
        book = Codebook(**facts, themes=themes)
    else:
        book = Codebook(**facts, codes=[codes[id(item)] for item in tree.codes])
    problems.raise_if_any()
    return CodebookFile(_parents_once(book), tuple(source.losses), tuple(source.remarks))


@dataclass
class _ThemeOf:
    """A theme: the item that says something of it, if any, and the items of its codes."""

    id: str
    name: str
    item: Item | None
    codes: list[Item]


class _Tree:
    """The themes and codes of a file, with their ids."""

    def __init__(self, source: Source, problems: Problems) -> None:
        self.source, self.problems = source, problems
        items = source.items
        below: dict[int, list[Item]] = {}
        for item in items:
            if item.up is not None:
                below.setdefault(id(item.up), []).append(item)
        top = [item for item in items if item.up is None]
        themed = any(not item.codable and id(item) in below for item in top)
        deep = not source.lists and not themed and bool(below)
        if not source.ids:
            self._themes_of_parents(top, below)
        self.codes = [item for item in items if item.codable]
        if not self.codes:
            raise CodebookError(
                "There is no code in it.", file=source.file, cure="Name the codes, each in its row."
            )
        self.homes = {id(item): self._home(item) for item in self.codes}
        self._check_names()
        self.ids = self._ids()
        self.by_id = {self.ids[id(item)]: item for item in self.codes}
        self.by_name = {_folded(item.name): item for item in self.codes}
        self.themes = self._themes() if themed or deep else []
        self._order()
        self._say_depth()

    def _themes_of_parents(self, top: list[Item], below: Mapping[int, list[Item]]) -> None:
        """Make themes of the codes at the top that have codes below them and say nothing themselves."""
        made = []
        for item in top:
            if id(item) in below and item.codable and not _says(item):
                item.codable = False
                made.append(item.name)
        if made:
            self.source.remarks.append(
                f"{_named(made)} {'has' if len(made) == 1 else 'have'} codes below and no definition: "
                f"{'it is a theme' if len(made) == 1 else 'they are themes'}, and no code. Give a definition "
                "to what is to be a code as well."
            )

    def _home(self, item: Item) -> Item:
        """Return the item at the top above an item."""
        at = item
        while at.up is not None:
            at = at.up
        return at

    def _check_names(self) -> None:
        first: dict[str, Item] = {}
        for item in self.codes:
            name = _folded(item.name)
            if not name:
                self.problems.add(
                    self.source.place(item, "name"), "The code has no name; write one."
                )
            elif name in first:
                self.problems.add(
                    self.source.place(item, "name"),
                    f"The name '{item.name}' is already at {self.source.place(first[name], 'name')}; "
                    "change one.",
                )
            else:
                first[name] = item

    def _ids(self) -> dict[int, str]:
        ids: dict[int, str] = {}
        first: dict[str, Item] = {}
        changed: list[str] = []
        for item in self.source.items:
            id_ = _usable_id(item.number)
            if not id_:
                continue
            if id_ in first:
                self.problems.add(
                    self.source.place(item, "code_id"),
                    f"The id '{id_}' is already at {self.source.place(first[id_], 'code_id')}; change one.",
                )
            elif id_ != item.number:
                changed.append(f"{item.number} is {id_}")
            first.setdefault(id_, item)
            ids[id(item)] = id_
        if changed:
            self.source.remarks.append(
                "Ids have lower-case letters, digits, - and _ only: "
                f"{', '.join(changed[:_SHOWN])}{' …' if len(changed) > _SHOWN else ''}."
            )
        taken = set(ids.values())
        for item in self.codes:
            if id(item) not in ids:
                ids[id(item)] = new_id(item.name, taken)
                taken.add(ids[id(item)])
        self.taken = taken
        return ids

    def _themes(self) -> list[_ThemeOf]:
        themes: dict[int, _ThemeOf] = {}
        for item in self.codes:
            home = self.homes[id(item)]
            theme = themes.get(id(home))
            if theme is None:
                name = self.source.theme_names.get(home.name, home.name)
                named = home if not home.codable else None
                theme = themes[id(home)] = _ThemeOf("", name, named, [])
            theme.codes.append(item)
        lone = []
        for key, theme in themes.items():
            if theme.item is None:
                theme.id = free_id(f"{self.ids[key]}_theme", self.taken)
                lone.append(theme.name)
            else:
                id_ = self.ids.get(key) or new_id(theme.name, (), kind="theme")
                if key not in self.ids:
                    id_ = f"{id_}_theme" if id_ in self.taken else id_
                    id_ = free_id(id_, self.taken)
                theme.id = id_
            self.taken.add(theme.id)
        if lone:
            self.source.remarks.append(
                f"{_named(lone)} {'has' if len(lone) == 1 else 'have'} no theme: each became the first code "
                "of a theme with its name."
            )
        return list(themes.values())

    def parent(self, item: Item) -> str:
        """Return the id of a code's parent; empty at the top of its theme."""
        up = item.up
        if up is None or not up.codable:
            return ""
        home = self.homes[id(item)]
        # A code at the top is in a theme of its name: what is below it is below the theme.
        return "" if self.themes and up is home else self.ids[id(up)]

    def _order(self) -> None:
        """Put parents before their children; the order is the file's otherwise."""
        for theme in self.themes:
            theme.codes = _parents_first(theme.codes)
        if not self.themes:
            self.codes = _parents_first(self.codes)

    def _say_depth(self) -> None:
        deeper = [item.name for item in self.codes if self.parent(item)]
        if deeper and not self.source.ids:
            levels = max(_depth(item) for item in self.codes) + 1
            self.source.remarks.append(
                f"The hierarchy has {levels} levels. A codebook has themes, and codes of any depth below "
                f"them: {len(deeper)} code(s) stand below another code ({_named(deeper)})."
            )
            above = {id(item.up) for item in self.codes}
            bare = [item.name for item in self.codes if id(item) in above and not _says(item)]
            if bare:
                self.source.remarks.append(
                    f"{_named(bare)} {'has' if len(bare) == 1 else 'have'} codes below and no definition, "
                    f"and {'is a code' if len(bare) == 1 else 'are codes'} too. Leave a level out "
                    "of the file if it is not coded."
                )


def is_color(text: str) -> bool:
    """Return whether a text is a colour as a codebook has it."""
    return _COLOR.fullmatch(text.strip()) is not None


def _depth(item: Item) -> int:
    depth, at = 0, item.up
    while at is not None:
        depth, at = depth + 1, at.up
    return depth


def _parents_first(codes: Sequence[Item]) -> list[Item]:
    """Return codes in their order, each after its parent."""
    inside = {id(item) for item in codes}
    order: dict[int, Item] = {}
    for item in codes:
        path = [item]
        while (up := path[-1].up) is not None and id(up) in inside and id(up) not in order:
            path.append(up)
        for each in reversed(path):
            order.setdefault(id(each), each)
    return list(order.values())


def _says(item: Item) -> bool:
    return any(
        text.strip() for role, texts in item.parts.items() if role != "color" for text in texts
    )


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


def _named(names: Sequence[str]) -> str:
    shown = ", ".join(f"'{name}'" for name in names[:_SHOWN])
    return shown + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")


def _usable_id(text: str) -> str:
    """Return an id that people wrote in a form that is one here; empty if nothing is left of it."""
    text = text.strip()
    return text if not text or is_id(text) else id_from_name(text)


def _code(item: Item, tree: _Tree, source: Source, problems: Problems) -> Code:
    short, full = _definitions(item)
    id_ = tree.ids[id(item)]
    return Code(
        id=id_,
        name=item.name or id_,
        parent=tree.parent(item),
        color=_color(item, source),
        applies_to=_applies_to(item, source, problems),
        short_definition=short,
        full_definition=full,
        when_to_use=in_one_line(item.parts.get("use", ())),
        when_not_to_use=list(_exclusions(item, tree, source)),
        examples=_all_listed(item, "example"),
    )


def _definitions(item: Item) -> tuple[str, str]:
    parts = item.parts
    return _text(parts, "short_definition"), _text(parts, "full_definition")


def _text(parts: Mapping[str, Iterable[str]], role: str) -> str:
    return "\n\n".join(text.strip() for text in parts.get(role, ()) if text.strip())


def _all_listed(item: Item, role: str) -> list[str]:
    return [point for text in item.parts.get(role, ()) for point in listed(text)]


def _color(item: Item, source: Source) -> str:
    for text in item.parts.get("color", ()):
        color = text.strip()
        if is_color(color):
            return color.upper()
        source.losses.append(
            f"{source.place(item, 'color')}: '{color[:40]}' is not a colour like '#1F77B4', and is left out."
        )
    return ""


def _exclusions(item: Item, tree: _Tree, source: Source) -> Iterable[Exclusion]:
    for line in _all_listed(item, "not_use"):
        when, use = exclusion_parts(line)
        if not use:
            yield Exclusion(when=when)
            continue
        other = tree.by_id.get(use) or tree.by_name.get(_folded(use))
        if other is None or other is item:
            source.losses.append(
                f"{source.place(item, 'not_use')}: '{use[:40]}' is not another code of this codebook; it "
                "stays a part of the text."
            )
            yield Exclusion(when=line)
        else:
            yield Exclusion(when=when, use=tree.ids[id(other)])


def _applies_to(item: Item | None, source: Source, problems: Problems) -> AppliesTo | None:
    if item is None:
        return None
    lists: dict[str, Any] = {
        key: values
        for key in AppliesTo.model_fields
        if (values := _all_listed(item, f"applies {key}"))
    }
    for role in lists.get("roles", ()):
        if role not in _ROLES:
            close = difflib.get_close_matches(role.casefold(), _ROLES, n=1)
            cure = f"did you mean '{close[0]}'?" if close else f"write one of {', '.join(_ROLES)}."
            problems.add(
                source.place(item, "applies roles"), f"'{role}' is not what a segment is; {cure}"
            )
            return None
    return AppliesTo(**lists) if lists else None


def _theme_definition(item: Item | None) -> str:
    if item is None:
        return ""
    short, full = _definitions(item)
    return theme_definition(
        {
            "short_definition": short,
            "full_definition": full,
            "when_to_use": in_one_line(item.parts.get("use", ())),
            "when_not_to_use": [Exclusion(when=line) for line in _all_listed(item, "not_use")],
            "examples": _all_listed(item, "example"),
        }
    )


def _parents_once(book: Codebook) -> Codebook:
    """Return a codebook without parents that are the code of their theme, which is above already."""
    theme_codes = book.themes_that_are_codes()
    themes = [
        theme.model_copy(
            update={
                "codes": [
                    code.model_copy(update={"parent": ""})
                    if code.parent and code.parent == theme_codes.get(theme.id)
                    else code
                    for code in theme.codes
                ]
            }
        )
        for theme in book.themes
    ]
    return book.model_copy(update={"themes": themes})
