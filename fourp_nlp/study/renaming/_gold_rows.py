"""Changing rows of all gold files of a project."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from fourp_nlp.coding.gold.coder_names import name_key
from fourp_nlp.coding.gold.columns import (
    LOOKED_FOR,
    MEMO,
    SCOPE,
    guard,
    guard_memo,
    unguard_memo,
)
from fourp_nlp.coding.gold.scope_edits import read_table
from fourp_nlp.coding.reading.record_file import read_record
from fourp_nlp.coding.reading.undecided import read_undecided, undecided_content
from fourp_nlp.columns import PART
from fourp_nlp.study.reading.carrying import undecided_path
from fourp_nlp.study.reading.reading_state import record_path

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from fourp_nlp.coding.gold.scope_edits import GoldTable
    from fourp_nlp.coding.reading.reading_record import ReadRecord
    from fourp_nlp.coding.reading.undecided import Undecided
    from fourp_nlp.study.project import Project
    from fourp_nlp.study.renaming.planned_change import PlannedChange

__all__ = [
    "Outcome",
    "edit_records",
    "edit_rows",
    "edit_undecided",
    "folders_of",
    "row_key",
    "set_aside",
    "set_cell",
]


Outcome = bool | list[list[str]] | None
"""Whether a row was changed; further rows that take its place together with it; None for a row that goes."""


def folders_of(project: Project) -> list[list[Path]]:
    """Return the gold files, folder by folder: first codings, repeats, assisted ones."""
    folders = [project.gold_files, project.repeat_files, project.assisted_files]
    return [files for files in folders if files]


def set_cell(table: GoldTable, row: list[str], name: str, value: str) -> bool:
    """Write a cell; return whether it said something else."""
    if name not in table.header or table.cell(row, name) == value:
        return False
    at = table.header.index(name)
    row += [""] * (at + 1 - len(row))
    row[at] = guard(value)
    return True


def row_key(table: GoldTable, row: list[str]) -> tuple[object, ...]:
    """Return what no two rows of one folder have in common."""
    part = table.cell(row, SCOPE).lower() == PART
    names = ("document", "start", "end", "code")
    return (*(table.cell(row, name) for name in names), name_key(table.cell(row, "coder")), part)


def edit_rows(
    project: Project,
    plan: PlannedChange,
    edit: Callable[[Path, GoldTable, list[str]], Outcome],
    *,
    still_read: bool,
) -> list[tuple[Path, GoldTable, list[str]]]:
    """Change the rows of all gold files; return those that were taken out.

    `edit` changes a row in place and returns what came of it. A row that has become equal to another one of
    its folder goes, and its memo is added to that of the other one. With `still_read`, what rows that were
    taken out say about reading stays.
    """
    removed = []
    for files in folders_of(project):
        known: dict[tuple[object, ...], tuple[Path, list[str]]] = {}
        tables = {path: read_table(path) for path in files}
        changed = dict.fromkeys(files, 0)
        gone: list[_GoneRow] = []
        for path, table in tables.items():
            rows = table.rows[:1]
            for row in table.rows[1:]:
                before = list(row)
                outcome = edit(path, table, row)
                if outcome is None:
                    gone.append(_GoneRow(path, table, before, row))
                    changed[path] += 1
                    continue
                further = outcome if isinstance(outcome, list) else []
                n_gone = 0
                for each in (row, *further):
                    key = row_key(table, each)
                    # Rows without a document say what was looked for in their file.
                    if key not in known or not key[0]:
                        known.setdefault(key, (path, each))
                        rows.append(each)
                        continue
                    n_gone += 1
                    other_path, other = known[key]
                    changed[other_path] += _add_memo(tables[other_path], other, _memo(table, each))
                changed[path] += outcome is not False or n_gone > 0
            tables[path] = table._replace(rows=rows)
        if still_read:
            _keep_readings(tables, gone)
        for path in files:
            if changed[path]:
                plan.write(path, tables[path].content())
                plan.rows[path.relative_to(project.gold).as_posix()] = changed[path]
        removed += [(each.path, each.table, each.before) for each in gone]
    return removed


def _memo(table: GoldTable, row: list[str]) -> str:
    """Return the memo of a row, empty if it has none."""
    at = table.header.index(MEMO) if MEMO in table.header else len(row)
    return unguard_memo(row[at]) if at < len(row) else ""


def _add_memo(table: GoldTable, row: list[str], memo: str) -> bool:
    """Add a memo to that of a row; return whether it says more now."""
    here = _memo(table, row)
    if not memo or memo in here:
        return False
    if MEMO not in table.header:
        table.rows[0].extend([""] * (len(table.header) - len(table.rows[0])) + [MEMO])
        table.header.append(MEMO)
    at = table.header.index(MEMO)
    row.extend([""] * (at + 1 - len(row)))
    row[at] = guard_memo("\n\n".join(part for part in (here, memo) if part))
    return True


class _GoneRow(NamedTuple):
    """A row that was taken out of a gold file: as it was, and as it would read now."""

    path: Path
    table: GoldTable
    before: list[str]
    after: list[str]


def _keep_readings(tables: dict[Path, GoldTable], gone: Sequence[_GoneRow]) -> None:
    """Add rows without a code where only rows that are gone say that something was read."""

    def reading(table: GoldTable, row: list[str]) -> tuple[object, ...]:
        *place, code, coder, part = row_key(table, row)
        del code
        return (place[0], coder, *place[1:]) if part else (place[0], coder)

    known = {reading(table, row) for table in tables.values() for row in table.rows[1:]}
    for path, table, before, row in gone:
        key = reading(table, row)
        only_this_code = table.cell(before, LOOKED_FOR) and not table.cell(row, LOOKED_FOR)
        if key in known or only_this_code:
            continue
        known.add(key)
        cleared = {"code", "probability"} if len(key) > 2 else {"code", "start", "end", "quote"}
        cells = [
            "" if name in cleared else cell for name, cell in zip(table.header, row, strict=False)
        ]
        tables[path].rows.append(cells)


def edit_records(
    project: Project, plan: PlannedChange, edit: Callable[[ReadRecord], ReadRecord]
) -> None:
    """Change the records of what was read."""
    for folder in (project.gold, project.repeat, project.assisted):
        path = record_path(folder)
        if path.is_file():
            record = read_record(path)
            edited = edit(record)
            if edited is not record:
                plan.write(path, edited.content())


def edit_undecided(
    project: Project, plan: PlannedChange, edit: Callable[[Undecided], Undecided | None]
) -> None:
    """Change codings that wait for a decision."""
    path = undecided_path(project)
    before = read_undecided(path)
    edited = [edit(replace(each, cells=dict(each.cells))) for each in before]
    after = [each for each in edited if each is not None]
    if after != before:
        plan.write(path, undecided_content(after))


def set_aside(
    project: Project,
    plan: PlannedChange,
    folder: str,
    name: str,
    rows: Sequence[tuple[Path, GoldTable, list[str]]],
) -> Path:
    """Plan a file of rows that were taken out, in a folder beside the gold files that nothing reads."""
    known = dict.fromkeys(column for _, table, _ in rows for column in table.header)
    columns = ["file", *known]
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(columns)
    for path, table, row in rows:
        cells = dict(zip(table.header, row, strict=False))
        cells["file"] = path.relative_to(project.gold).as_posix()
        writer.writerow([cells.get(column, "") for column in columns])
    target, number = project.gold / folder / f"{name}.csv", 1
    while target.exists():
        number += 1
        target = project.gold / folder / f"{name}-{number}.csv"
    plan.write(target, out.getvalue().encode("utf-8-sig"))
    return target
