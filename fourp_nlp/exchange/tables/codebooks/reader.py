"""Reads codebooks from tables: of MAXQDA, NVivo, in Mayring's form, or made by hand."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.codebook import is_id
from fourp_nlp.errors import ExchangeError
from fourp_nlp.exchange.exchange import NODES, Exchange, Losses
from fourp_nlp.exchange.identity import guid_of
from fourp_nlp.exchange.tables.codebooks.tree import Item, arrange_tree, items_of
from fourp_nlp.exchange.tables.coding_rows import is_coded_head
from fourp_nlp.exchange.tables.column_heads import HEADS, heads_named, plain
from fourp_nlp.exchange.tables.layouts.further_sheets import CODEBOOK
from fourp_nlp.exchange.tables.table_file import read_tables
from fourp_nlp.exchange.tables.workbook_sheets import report_unread_columns
from fourp_nlp.tables import conform

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from fourp_nlp.exchange.tables.table_file import TableFile

__all__ = ["filled_down", "is_codebook_head", "level_columns", "read_codebook_table"]

_LEVELS = ("level_1", "level_2", "level_3", "level_4")
_SAYS = ("short_definition", "definition", "use", "not_use", "example", "code_memo")
_OTHER = ("parent", "color", "code_id")
_APPLIED = "applied"
_NO = frozenset({"no", "0", "false", "falsch", "nein", "faux", "non"})
_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")
_BULLET = re.compile(r"^(?:[-*•·–○▪◦]|\(?[0-9]{1,2}[.)])[ \t\u00a0]+")
_LABELS = {"short_definition": "Short definition", "use": "When to use"}
_LISTS = {"not_use": "When not to use", "example": "Example"}


def is_codebook_head(cells: Sequence[str]) -> bool:
    """Return whether the cells of a row are heads of a codebook's table.

    Parameters
    ----------
    cells : sequence of str
        The cells.
    """
    heads = [plain(cell) for cell in cells if cell]
    if is_coded_head(cells) or not any(heads_named(cells, level) for level in _LEVELS):
        return False
    says = any(heads_named(cells, role) for role in (*_SAYS, "parent"))
    return says or len(heads) == 1 or len(level_columns(cells)) > 1 == len(set(heads)) - 1


def read_codebook_table(path: str | os.PathLike[str]) -> Exchange:
    """Read a codebook from a table.

    Columns are recognised by their heads in English, French, German and Spanish. The hierarchy is given by
    columns (theme, category, code, subcode), by a column of parents, by numbers such as 1.1, by white space
    before names, or by paths such as Parent > Child.

    Parameters
    ----------
    path : str or os.PathLike
        CSV or XLSX. Of a workbook, all sheets with such a head are read.

    Returns
    -------
    Exchange
        Its codes and themes, with definitions, when to use them and when not, and examples. Columns that
        were not used are among the losses.

    Raises
    ------
    ExchangeError
        If it cannot be read, or has no column of codes.
    UnsafeExchangeError
        If it would expand beyond the limits, or does not match its ending.
    """
    file = Path(path)
    files = read_tables(path, CODEBOOK, is_codebook_head)
    losses = Losses()
    remarks = files.remarks
    items: list[Item] = []
    for table in files.tables:
        table_items = _items(table, files.rows_named(table), losses, remarks)
        items += arrange_tree(table_items, remarks)
    if not items:
        raise ExchangeError(
            "There is no code in the table.", file=file, cure="Its rows must name the codes."
        )
    files.add_unread_sheets(losses)
    if len(files.tables) > 1:
        named = ", ".join(table.sheet for table in files.tables)
        remarks.append(f"The codes of {len(files.tables)} sheets were read: {named}.")
    return Exchange(
        name=file.stem,
        origin="a table",
        nodes=_nodes(items),
        losses=losses.table(),
        remarks=tuple(remarks),
    ).conformed()


def level_columns(header: Sequence[str]) -> list[int]:
    """Return the columns that hold names, those of the highest level first."""
    columns: dict[str, int] = {}
    for level in _LEVELS:
        if places := heads_named(header, level):
            columns[level] = places[0]
    return list(columns.values())


def _items(table: TableFile, rows: list[object], losses: Losses, remarks: list[str]) -> list[Item]:
    header = table.header
    levels = level_columns(header)
    if not levels:
        heads = ", ".join(repr(head) for head in header[:20] if head)
        raise ExchangeError(
            f"There is no column for codes. Its columns are: {heads}.",
            file=table.path,
            place=f"sheet '{table.sheet}'" if table.sheet else "first row",
            cure=f"Name it in the first row: it may be called {', '.join(HEADS['level_3'][:6])}.",
        )
    ids = _ids_beside_names(table, levels)
    columns: dict[str, int] = {}
    if ids is not None and (above := heads_named(header, "level_1")):
        # As this program writes it: the theme is named by its id.
        columns["parent"] = above[0]
    for role in (*_SAYS, *_OTHER):
        free = [
            at
            for at in heads_named(header, role)
            if at not in levels and at not in columns.values()
        ]
        if free and role not in columns:
            columns[role] = free[0]
    used = {*levels, *columns.values()} | (set() if ids is None else {ids})
    applied = next((at for at, head in enumerate(header) if plain(head) == _APPLIED), None)
    used |= set() if applied is None else {applied}
    texts = {role: table.texts(at) for role, at in columns.items()}
    empty = [""] * len(rows)
    items = items_of(
        rows,
        filled_down([table.texts(at) for at in levels], [header[at] for at in levels], remarks),
        [{role: texts[role][at] for role in _SAYS if role in texts} for at in range(len(rows))],
        texts.get("parent", empty),
        table.texts(ids) if ids is not None else texts.get("code_id", empty),
    )
    by_row = {row: at for at, row in enumerate(rows)}
    for item in items:
        at = by_row[item.row]
        if color := texts.get("color", empty)[at].strip():
            item.parts["color"] = [color]
        if applied is not None and table.texts(applied)[at].strip().casefold() in _NO:
            item.codable = False
    colors = [text.strip() for text in texts.get("color", empty) if text.strip()]
    if colors and not any(_COLOR.fullmatch(color) for color in colors):
        used.discard(columns["color"])
    passed = [
        head
        for at, head in enumerate(header)
        if head and at not in used and any(text.strip() for text in table.texts(at))
    ]
    why = "they are no part of a codebook here"
    report_unread_columns(why, passed, losses, remarks)
    return items


def filled_down(levels: list[list[str]], heads: list[str], remarks: list[str]) -> list[list[str]]:
    """Fill blank cells of themes with the cell above, unless values are repeated in every row."""
    filled_levels = [*levels]
    for depth, cells in enumerate(levels[:-1]):
        texts = [cell.strip() for cell in cells]
        if any(one and one == next_ for one, next_ in pairwise(texts)):
            continue
        below = [
            any(level[at].strip() for level in levels[depth + 1 :]) for at in range(len(texts))
        ]
        last, filled = "", 0
        filled_cells = list(cells)
        for at, cell in enumerate(texts):
            last = cell or last
            if (
                not cell
                and last
                and below[at]
                and not any(filled_levels[d][at].strip() for d in range(depth))
            ):
                filled_cells[at], filled = last, filled + 1
        filled_levels[depth] = filled_cells
        if filled:
            remarks.append(
                f"{filled} blank cell(s) of the column '{heads[depth]}' were filled with the cell above "
                "them."
            )
    return filled_levels


def _ids_beside_names(table: TableFile, levels: list[int]) -> int | None:
    """Return a column "code" that holds ids beside a column of names, which then is the one of the codes."""
    heads = [plain(head) for head in table.header]
    if "code" not in heads or "name" not in heads:
        return None
    code, name = heads.index("code"), heads.index("name")
    ids = [text.strip() for text in table.texts(code)]
    if code not in levels or not all(is_id(text) for text in ids if text):
        return None
    levels[:] = [name]
    return code


def _nodes(items: list[Item]) -> pd.DataFrame:
    guids: dict[int, str] = {}
    taken: set[str] = set()
    rows = []
    for item in items:
        path, at = [item.name], item.up
        while at is not None and len(path) <= len(items):
            path.append(at.name)
            at = at.up
        code = item.number if is_id(item.number) and not item.number.isdigit() else ""
        guid = guid_of("node", code or " > ".join(reversed(path)))
        if guid in taken:
            guid = guid_of("node", " > ".join(reversed(path)), str(item.row))
        taken.add(guid)
        guids[id(item)] = guid
        color = next((c for c in item.parts.get("color", []) if _COLOR.fullmatch(c)), "")
        rows.append(
            (
                guid,
                guids.get(id(item.up), "") if item.up is not None else "",
                code,
                item.name,
                _description(item.parts),
                color,
                item.codable,
            )
        )
    return conform(pd.DataFrame(rows, columns=NODES.names), NODES)


def _description(parts: Mapping[str, list[str]]) -> str:
    """Return the one description that a code has, from which its definition in six parts is read."""
    lines = [text.strip() for text in parts.get("definition", [])]
    lines += [text.strip() for text in parts.get("code_memo", [])]
    for role, label in _LABELS.items():
        if text := " ".join(" ".join(text.split()) for text in parts.get(role, [])):
            lines.append(f"{label}: {text}")
    for role, label in _LISTS.items():
        lines += [f"{label}: {line}" for text in parts.get(role, []) for line in _each(text)]
    return "\n".join(line for line in lines if line)


def _each(text: str) -> list[str]:
    """Return the lines of a cell, without the dots or numbers before them."""
    lines = [" ".join(_BULLET.sub("", line.strip()).split()) for line in text.splitlines()]
    return [line for line in lines if line]
