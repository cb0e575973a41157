"""A codebook as rows of a table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fourp_nlp.codebook import is_id, new_id
from fourp_nlp.errors import CodebookError
from fourp_nlp.exchange.codebooks._builder import Problems, Source, is_color
from fourp_nlp.exchange.codebooks._cells import exclusion_text, listed_text
from fourp_nlp.exchange.codebooks._parts import (
    APPLIES,
    FACTS,
    fact_value,
    facts_of,
    role_of,
    usual_head,
)
from fourp_nlp.exchange.tables.codebooks.reader import (
    filled_down,
    is_codebook_head,
    level_columns,
)
from fourp_nlp.exchange.tables.codebooks.tree import Item, arrange_tree, items_of
from fourp_nlp.exchange.tables.column_heads import HEADS, heads_named, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from fourp_nlp.codebook import AppliesTo, Code, Codebook

__all__ = ["Table", "codebook_rows", "column_letters", "is_head", "is_sure_head", "source_of"]

_TEXTS = frozenset({"short_definition", "definition", "full_definition", "use"})
_MANY = frozenset({"example", "not_use"})
# Heads of columns that hold ids, and not numbers of rows.
_IDS = frozenset({"id", "code id", "key"})
_TOKEN = re.compile(r"[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*")
_LONGEST_TOKEN = 15
_OUTLINE_NUMBER = re.compile(r"[A-Za-z]{0,2}[0-9]+(?:\.[0-9]+)*\.?")
_ERRORS = frozenset({"#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!"})
_SHOWN = 10


class Table:
    """A table that may be a codebook: its cells as texts, and what messages call a cell.

    Parameters
    ----------
    header : sequence of str
        The heads.
    columns : sequence of list of str
        The cells of each column, from top to bottom.
    place : callable
        What messages call a cell, by the row and column from 0; row -1 is the head.
    """

    def __init__(
        self,
        header: Sequence[str],
        columns: Sequence[list[str]],
        place: Callable[[int, int], str],
    ) -> None:
        self.header = list(header)
        self.columns = columns
        self.place = place
        self.rows = len(columns[0]) if columns else 0


def is_head(cells: Sequence[str]) -> bool:
    """Return whether the cells of a row may be heads of a codebook's table."""
    return is_codebook_head([usual_head(cell) for cell in cells])


def is_sure_head(cells: Sequence[str]) -> bool:
    """Return whether a row has the heads of several columns of a codebook; one may be a title."""
    return is_head(cells) and len({role_of(cell) for cell in cells if cell.strip()} - {""}) > 1


def column_letters(column: int) -> str:
    """Return what a spreadsheet calls a column.

    Examples
    --------
    >>> column_letters(0), column_letters(27)
    ('A', 'AB')
    """
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


class _Columns:
    """The columns of a table by what they hold."""

    def __init__(self, table: Table) -> None:
        heads = [usual_head(head) for head in table.header]
        self.levels = level_columns(heads)
        self.ids: int | None = None
        self._ids_beside_names(table, heads)
        self.roles: dict[str, list[int]] = {}
        for at, head in enumerate(table.header):
            role = role_of(head) if head.strip() else ""
            if at in self.levels or at == self.ids or not role or role.startswith("level_"):
                continue
            if role == "code_id":
                if plain(heads[at]) in _IDS and self.ids is None:
                    self.ids = at
                    continue
                role = "number"
            places = self.roles.setdefault(role, [])
            if not places or role in _MANY:
                places.append(at)
        self._definitions(table)
        if (colors := self.roles.get("color")) and not any(map(is_color, table.columns[colors[0]])):
            del self.roles["color"]  # symbols, as programs show them
        if self.ids is not None and self._is_outline(table.columns[self.ids]):
            self.roles["number"], self.ids = [self.ids], None

    def _ids_beside_names(self, table: Table, heads: Sequence[str]) -> None:
        """Recognise a column "Code" that holds short codes beside a column of names."""
        names = [at for at in heads_named(heads, "level_3") if at in self.levels]
        others = [at for at in heads_named(heads, "level_3") if at not in self.levels]
        if (
            not names
            or not others
            or plain(heads[names[0]]) not in {"code", "codes", "código", "codigo"}
        ):
            return
        code, name = names[0], others[0]
        tokens = [text.strip() for text in table.columns[code] if text.strip()]
        titles = [text.strip() for text in table.columns[name] if text.strip()]
        if (
            len(titles) >= len(tokens) > 0
            and all(_TOKEN.fullmatch(token) for token in tokens)
            and (
                all(is_id(token) for token in tokens)
                or all(len(token) <= _LONGEST_TOKEN for token in tokens)
            )
        ):
            self.levels[self.levels.index(code)] = name
            self.ids = code

    def _is_outline(self, cells: Sequence[str]) -> bool:
        """Return whether ids are numbers such as 1.1, which say where a code stands."""
        numbers = [cell.strip() for cell in cells if cell.strip()]
        return (
            bool(numbers)
            and any("." in number for number in numbers)
            and all(_OUTLINE_NUMBER.fullmatch(number) for number in numbers)
        )

    def _definitions(self, table: Table) -> None:
        """Decide what a column "Definition" is: the short definition, or the full one."""
        roles = self.roles
        if "definition" not in roles and not {"short_definition", "full_definition"} & roles.keys():
            # Programs keep the definition of a code in its memo or comment.
            if memo := roles.pop("code_memo", None):
                roles["definition"] = memo
        else:
            roles.pop("code_memo", None)
        if "definition" not in roles:
            return
        one_line = all(
            len(cell.strip().splitlines()) < 2 for cell in table.columns[roles["definition"][0]]
        )
        free = [role for role in ("short_definition", "full_definition") if role not in roles]
        if free == ["short_definition", "full_definition"]:
            free = free if one_line else free[::-1]
        if free:
            roles[free[0]] = roles.pop("definition")
        else:
            del roles["definition"]

    @property
    def used(self) -> set[int]:
        """All columns that are read."""
        ids = set() if self.ids is None else {self.ids}
        return {*self.levels, *ids, *(at for places in self.roles.values() for at in places)}


def source_of(file: Path, tables: Sequence[Table]) -> Source:
    """Return the codes and themes of tables.

    Raises
    ------
    CodebookError
        If a table has no column of codes, or a cell is wrong; with every place.
    """
    problems = Problems(file)
    places: dict[int, Callable[[str], str]] = {}
    source = Source(file, [], lambda item, role: places[id(item)](role))
    facts: dict[str, str] = {}
    theme_names: dict[str, str] = {}
    explicit, lists = [], []
    for table in tables:
        columns = _Columns(table)
        if not columns.levels:
            raise _no_codes(file, table)
        reader = _TableReader(table, columns, problems, source)
        items = reader.items()
        source.items += items
        for item in items:
            places[id(item)] = reader.placer(item)
        facts = reader.facts() | facts
        theme_names |= reader.theme_names
        explicit.append(reader.has_ids)
        lists.append(reader.has_ids and len(columns.levels) == 1)
    problems.raise_if_any()
    source.facts, source.theme_names = facts, theme_names
    source.ids, source.lists = all(explicit), all(lists)
    return source


def _no_codes(file: Path, table: Table) -> CodebookError:
    heads = ", ".join(f"'{head}'" for head in table.header[:20] if head.strip())
    return CodebookError(
        f"There is no column for codes. Its columns are: {heads or 'without heads'}.",
        file=file,
        place=table.place(-1, 0),
        cure=f"Name the column of the codes' names in its first row: {', '.join(HEADS['level_3'][:5])}.",
    )


class _TableReader:
    """Reads the items of one table."""

    def __init__(self, table: Table, columns: _Columns, problems: Problems, source: Source) -> None:
        self.table, self.columns, self.problems, self.source = table, columns, problems, source
        self.theme_names: dict[str, str] = {}
        self.has_ids = False

    def items(self) -> list[Item]:
        """Return the items with their parents."""
        table, columns = self.table, self.columns
        self._check_cells()
        levels = filled_down(
            [table.columns[at] for at in columns.levels],
            [table.header[at] for at in columns.levels],
            self.source.remarks,
        )
        ids = [""] * table.rows if columns.ids is None else table.columns[columns.ids]
        levels = self._with_theme_ids(levels)
        self._check_nameless(levels)
        self.has_ids = columns.ids is not None and all(
            is_id(ids[at].strip()) for at in range(table.rows) if levels[-1][at].strip()
        )
        numbers = ids if columns.ids is not None else self._cells("number")
        parts = [self._parts(at) for at in range(table.rows)]
        items = items_of(
            list(range(table.rows)),
            levels,
            parts,
            self._cells("parent"),
            numbers,
        )
        self._check_parents(items)
        items = arrange_tree(items, self.source.remarks, names_are_plain=self.has_ids)
        if self.has_ids:
            # An id counts over a name that is spelt like it.
            by_id = {item.number: item for item in items if item.number}
            for item in items:
                if item.parent in by_id:
                    item.up = by_id[item.parent]
        if columns.ids is None:
            for item in items:
                item.number = ""
        for item in items:
            if item.up is None and not item.codable and item.name in self.theme_names:
                item.number = item.name
        self._tell_unread()
        return items

    def placer(self, item: Item) -> Callable[[str], str]:
        """Return what says where a part of an item stands."""
        row = item.row if isinstance(item.row, int) else -1

        def place(role: str) -> str:
            columns = self.columns
            if role == "code_id" and columns.ids is not None:
                column = columns.ids
            elif columns.roles.get(role):
                column = columns.roles[role][0]
            else:
                filled = [at for at in columns.levels if self.table.columns[at][row].strip()]
                column = (filled or columns.levels)[-1]
            return self.table.place(row, column)

        return place

    def facts(self) -> dict[str, str]:
        """Return what the table says of the whole codebook."""
        facts = {}
        for key in FACTS.values():
            texts = [text.strip() for text in self._cells(f"fact {key}") if text.strip()]
            if texts:
                facts[key] = fact_value(key, texts[0])
        return facts

    def _cells(self, role: str) -> list[str]:
        places = self.columns.roles.get(role)
        return self.table.columns[places[0]] if places else [""] * self.table.rows

    def _parts(self, row: int) -> dict[str, str]:
        roles = self.columns.roles
        texts = {
            role: [self.table.columns[at][row] for at in places]
            for role, places in roles.items()
            if role in _TEXTS | _MANY | {"color"} or role.startswith("applies ")
        }
        # Two columns of examples are two lists.
        return {
            role: cells[0] if len(cells) == 1 else "\n".join(cell for cell in cells if cell.strip())
            for role, cells in texts.items()
        }

    def _with_theme_ids(self, levels: list[list[str]]) -> list[list[str]]:
        """Return the levels with the id of each theme in the place of its name, if there is such a column."""
        ids = self._cells("theme_id")
        if len(levels) < 2 or not any(id_.strip() for id_ in ids):
            return levels
        first = list(levels[0])
        for at, id_ in enumerate(ids):
            if id_.strip() and first[at].strip():
                self.theme_names[id_.strip()] = " ".join(first[at].split())
                first[at] = id_.strip()
        return [first, *levels[1:]]

    def _check_cells(self) -> None:
        """Tell of formulas that gave an error; what this program wrote holds none."""
        if "fact id" in self.columns.roles:
            return
        for at in self.columns.used:
            for row, text in enumerate(self.table.columns[at]):
                if text.strip() in _ERRORS:
                    self.problems.add(
                        self.table.place(row, at),
                        f"The formula of this cell gives {text.strip()}; mend it, or type the text.",
                    )

    def _check_nameless(self, levels: Sequence[Sequence[str]]) -> None:
        """Tell of rows that define something and name no code."""
        defining = [at for role in _TEXTS for at in self.columns.roles.get(role, ())]
        before: list[int] = []
        for row in range(self.table.rows):
            defines = [at for at in defining if self.table.columns[at][row].strip()]
            if any(level[row].strip() for level in levels):
                self._check_repeated(levels, row)
                before = defines
                if not defines or levels[-1][row].strip() or not _same_theme(levels, row):
                    continue
                # A theme is defined above its codes.
                before = defines[:0]
            # A row below a code may go on with what the code lacks, such as further examples.
            if defines and (not before or set(defines) & set(before)):
                before = defines
                self.problems.add(
                    self.table.place(row, self.columns.levels[-1]),
                    f"The cell is empty, but {self.table.place(row, defines[0])} defines a code; name the "
                    "code.",
                )

    def _check_repeated(self, levels: Sequence[Sequence[str]], row: int) -> None:
        """Tell of a row that has the names of the one above and adds nothing to it."""
        if not row or any(level[row] != level[row - 1] for level in levels):
            return
        ids = self.columns.ids
        now, above = (
            {role: text.strip() for role, text in self._parts(at).items()} for at in (row, row - 1)
        )
        same_id = ids is None or self.table.columns[ids][row] == self.table.columns[ids][row - 1]
        if same_id and all(not text or text == above[role] for role, text in now.items()):
            place, other = (self.table.place(at, self.columns.levels[-1]) for at in (row, row - 1))
            name = " ".join(levels[-1][row].split())
            self.problems.add(place, f"The name '{name}' is already at {other}; change one.")

    def _check_parents(self, items: Sequence[Item]) -> None:
        """Tell of parents that are no code here where the table gives ids or themes, and of circles."""
        names: dict[str, Item] = {}
        for item in items if self.has_ids else ():
            names.setdefault(item.number, item)
        for item in items:
            names.setdefault(_folded(item.name), item)
        strict = self.has_ids or len(self.columns.levels) > 1
        for item in items:
            if not item.parent:
                continue
            place = self.placer(item)("parent")
            parent = names.get(_folded(item.parent))
            if parent is None and strict:
                self.problems.add(
                    place, f"'{item.parent}' is not a code of this table; name a code, or none."
                )
            elif parent is not None and strict and parent.above[:1] != item.above[:1]:
                self.problems.add(
                    place,
                    f"'{item.parent}' is a code of another theme; name a code of the theme of '{item.name}'.",
                )
            at, passed = parent, set[int]()
            while at is not None and id(at) not in passed:
                if at is item:
                    self.problems.add(
                        place, f"'{item.name}' would be below itself; name another parent, or none."
                    )
                    break
                passed.add(id(at))
                at = names.get(_folded(at.parent)) if at.parent else None

    def _tell_unread(self) -> None:
        used = self.columns.used
        unread = [
            f"'{head}' ({self.table.place(-1, at)})"
            for at, head in enumerate(self.table.header)
            if head.strip()
            and at not in used
            and any(text.strip() for text in self.table.columns[at])
        ]
        headless = [
            self.table.place(-1, at)
            for at, cells in enumerate(self.table.columns)
            if at >= len(self.table.header) or not self.table.header[at].strip()
            if any(text.strip() for text in cells)
        ]
        if unread:
            more = f" and {len(unread) - _SHOWN} more" if len(unread) > _SHOWN else ""
            self.source.losses.append(
                f"{'This column was' if len(unread) == 1 else 'These columns were'} not read, because a "
                f"codebook has no place for {'it' if len(unread) == 1 else 'them'}: "
                f"{', '.join(unread[:_SHOWN])}{more}."
            )
        if headless:
            self.source.losses.append(
                f"Columns without a head were not read: {', '.join(headless[:_SHOWN])}."
            )


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


def _same_theme(levels: Sequence[Sequence[str]], row: int) -> bool:
    """Return whether a row without a code has the theme of the row above, which has a code."""
    return (
        row > 0
        and bool(levels[-1][row - 1].strip())
        and all(level[row] in {level[row - 1], ""} for level in levels[:-1])
    )


def codebook_rows(codebook: Codebook) -> tuple[list[str], list[list[str]]]:
    """Return a codebook as a table, from which the same codebook is read.

    Returns
    -------
    header : list of str
        Heads of the columns; those of parts that no code has are left out.
    rows : list of list of str
        A row for each code, and before the codes of a theme one for the theme if it says anything itself.
    """
    themed = bool(codebook.themes)
    heads = ["Theme", "Theme id"] if themed else []
    heads += ["Code", "Id", "Parent", "Short definition", "Full definition", "When to use"]
    heads += ["When not to use", "Examples", *APPLIES, "Colour", *FACTS]
    rows: list[dict[str, str]] = []
    names = [_folded(theme.name) for theme in codebook.themes]
    taken = set(codebook.code_ids)
    # Ids that come out of the names again need no column.
    made = {new_id(theme.name, (), kind="theme"): theme for theme in codebook.themes}
    plain_ids = len(set(names)) == len(names) and all(
        theme.id == id_ and id_ not in taken for id_, theme in made.items()
    )
    for theme in codebook.themes:
        of_theme = {"Theme": theme.name, "Theme id": "" if plain_ids else theme.id}
        if theme.definition or theme.applies_to:
            about = {"Full definition": theme.definition, **_applies_cells(theme.applies_to)}
            rows.append(of_theme | about)
        rows += [of_theme | row for row in _code_rows(theme.codes)]
    rows += _code_rows(codebook.codes)
    if rows:
        rows[0] |= facts_of(codebook)
    header = [
        head
        for head in heads
        if head in {"Theme", "Code", "Id"} or any(row.get(head) for row in rows)
    ]
    return header, [[row.get(head, "") for head in header] for row in rows]


def _code_rows(codes: Sequence[Code]) -> list[dict[str, str]]:
    return [
        {
            "Code": code.name,
            "Id": code.id,
            "Parent": code.parent,
            "Short definition": code.short_definition,
            "Full definition": code.full_definition,
            "When to use": code.when_to_use,
            "When not to use": listed_text(exclusion_text(each) for each in code.when_not_to_use),
            "Examples": listed_text(code.examples),
            "Colour": code.color,
            **_applies_cells(code.applies_to),
        }
        for code in codes
    ]


def _applies_cells(applies: AppliesTo | None) -> dict[str, str]:
    if applies is None:
        return {}
    return {
        head: listed_text(values)
        for head, key in APPLIES.items()
        if (values := getattr(applies, key)) is not None
    }
