"""Renaming and removing coders, in everything that they coded."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fourp_nlp.coding.gold.coder_names import SETTLED, matching_coder, name_key
from fourp_nlp.coding.gold.scope_edits import read_table
from fourp_nlp.coding.store import DECISIONS_COLUMNS
from fourp_nlp.errors import GoldError, ProjectError
from fourp_nlp.study.renaming._gold_rows import (
    edit_records,
    edit_rows,
    edit_undecided,
    folders_of,
    set_aside,
    set_cell,
)
from fourp_nlp.study.renaming.planned_change import PlannedChange
from fourp_nlp.study.settings import SETTINGS
from fourp_nlp.tables import DRAWS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from fourp_nlp.coding.gold.scope_edits import GoldTable
    from fourp_nlp.coding.reading.reading_record import ReadRecord
    from fourp_nlp.coding.reading.undecided import Undecided
    from fourp_nlp.coding.store import Store
    from fourp_nlp.study.project import Project
    from fourp_nlp.study.study import Study

__all__ = ["plan_removing_coder", "plan_renaming_coder"]

_OF_DRAWS = "_next"


def plan_renaming_coder(study: Study, old: str, new: str) -> PlannedChange:
    """Plan to give a coder another name.

    Parameters
    ----------
    study : Study
        The study.
    old, new : str
        The names.

    Returns
    -------
    PlannedChange
        For `make_change`: gold files, their names, the record of what was read, draws, decisions and the
        setting of the reference coder.

    Raises
    ------
    GoldError
        If there is no such coder, or one of the new name.
    ProjectError
        If no coder can have the new name.
    """
    project = study.project
    old = _coder(study, old)
    new = " ".join(new.split())
    project.gold_of_draws(new)  # refuses what cannot be the name of a file
    others = [name for name in {*study.gold.coded, *study.repeats.coded} if name != old]
    if any(name_key(name) == name_key(new) for name in others):
        raise GoldError(
            f"There is a coder '{new}' already.",
            cure="Codings of two people stay apart: choose another name.",
        )
    plan = PlannedChange(f"coder {old} renamed to {new}")
    key = name_key(old)

    def row(path: Path, table: GoldTable, row: list[str]) -> bool:
        del path
        if "coder" not in table.header or name_key(table.cell(row, "coder")) != key:
            return False
        return set_cell(table, row, "coder", new)

    edit_rows(project, plan, row, still_read=False)
    renamed = _rename_files(project, plan, old, new)

    def record(record: ReadRecord) -> ReadRecord:
        of_coder = record.entries["coder"].map(name_key) == key
        if not of_coder.any():
            return record
        coders = record.entries["coder"].where(~of_coder, new)
        return replace(record, entries=record.entries.assign(coder=coders.astype("str")))

    edit_records(project, plan, record)

    def undecided(each: Undecided) -> Undecided:
        if name_key(each.cells.get("coder", "")) == key:
            each.cells["coder"] = new
        return replace(each, file=renamed.get(each.file, each.file))

    edit_undecided(project, plan, undecided)
    _rename_reference(project, plan, key, new)
    rows = study.store.people_rows()
    plan.draws = sum(
        a != b for a, b in zip(_draws(rows["draws"], key, new), rows["draws"], strict=True)
    )
    plan.decisions = sum(
        a != b
        for a, b in zip(_decisions(rows["decisions"], key, new), rows["decisions"], strict=True)
    )

    def in_store(store: Store) -> None:
        now = store.people_rows()
        if plan.draws or plan.decisions:
            store.put_people_rows(
                {
                    "draws": _draws(now["draws"], key, new),
                    "decisions": _decisions(now["decisions"], key, new),
                }
            )
        store.log("coder renamed", {"from": old, "to": new, "rows": plan.rows})

    plan.in_store = in_store
    plan.notes = ["Earlier entries of the log, backups and reports keep the earlier name."]
    return plan


def plan_removing_coder(study: Study, name: str) -> PlannedChange:
    """Plan to take everything that a coder coded out of the project.

    Parameters
    ----------
    study : Study
        The study.
    name : str
        The coder.

    Returns
    -------
    PlannedChange
        For `make_change`. The rows are kept in the folder `removed` beside the gold files, where nothing
        reads them. Draws stay, because the samples of others depend on them, and so do decisions.

    Raises
    ------
    GoldError
        If there is no such coder, or the settings name this one as the reference.
    """
    project = study.project
    name = _coder(study, name)
    key = name_key(name)
    if name_key(project.settings.coders.gold) == key:
        raise GoldError(
            f"{name} is the reference coder.",
            file=project.root / SETTINGS,
            place="key coders.gold",
            cure="Name another coder there first.",
        )
    plan = PlannedChange(f"coder {name} removed")

    def row(path: Path, table: GoldTable, row: list[str]) -> bool | None:
        del path
        return None if name_key(table.cell(row, "coder")) == key else False

    removed = edit_rows(project, plan, row, still_read=False)
    for path in [path for path in plan.contents if path.suffix == ".csv"]:
        if all(name_key(_coder_of(table, cells)) == key for table, cells in _rows(path)):
            plan.contents[path] = None
    if removed:
        target = set_aside(project, plan, "removed", name, removed)
        plan.notes.append(
            f"The codings are kept in {target.relative_to(project.root)}, which nothing reads. "
            "Delete it if they must go."
        )

    def record(record: ReadRecord) -> ReadRecord:
        of_coder = record.entries["coder"].map(name_key) == key
        return replace(record, entries=record.entries[~of_coder]) if of_coder.any() else record

    edit_records(project, plan, record)
    edit_undecided(
        project,
        plan,
        lambda each: None if name_key(each.cells.get("coder", "") or _stem(each)) == key else each,
    )
    plan.in_store = lambda store: store.log("coder removed", {"coder": name, "rows": plan.rows})
    if SETTLED in study.gold.coded:
        plan.notes.append("Write the settled codes again: fourp reconcile --settle --overwrite")
    if study.gold.reference == name and project.model.is_dir():
        plan.notes.append("The model learned from this coder. Train it again: fourp train")
    plan.notes.append("Draws, decisions and the log stay as they are.")
    return plan


def _coder(study: Study, name: str) -> str:
    people = dict.fromkeys([*study.gold.people, *study.repeats.people])
    if name_key(name) == SETTLED:
        raise GoldError(f"'{SETTLED}' is not a person.", cure="Name a coder.")
    return matching_coder(name, list(people))


def _rename_files(project: Project, plan: PlannedChange, old: str, new: str) -> dict[str, str]:
    """Plan new names for the gold files that are named after the coder."""
    renamed = {}
    for path in [path for files in folders_of(project) for path in files]:
        for ending in ("", _OF_DRAWS):
            if name_key(path.stem.removesuffix(ending)) != name_key(old):
                continue
            if not path.stem.endswith(ending):
                continue
            target = path.with_name(f"{new}{ending}{path.suffix}")
            if target.exists() and not target.samefile(path):
                raise ProjectError(
                    "There is a file of that name already.",
                    file=target,
                    cure="Rename it, or choose another name for the coder.",
                )
            if target.name != path.name:
                content = plan.contents.get(path) or path.read_bytes()
                plan.write(path, None)
                plan.write(target, content)
                folder = project.gold
                renamed[path.relative_to(folder).as_posix()] = target.relative_to(folder).as_posix()
            break
    return renamed


def _rename_reference(project: Project, plan: PlannedChange, key: str, new: str) -> None:
    """Plan the new name in the settings, if the coder is the reference."""
    reference = project.settings.coders.gold
    if not reference or name_key(reference) != key:
        return
    path = project.root / SETTINGS
    text = path.read_bytes().decode("utf-8-sig")
    quoted = '"' + new.replace("\\", "\\\\").replace('"', '\\"') + '"'
    pattern = re.compile(
        r"(^\s*\[coders\][^\[]*?^\s*gold\s*=\s*)(\"[^\"\n]*\"|'[^'\n]*')", re.MULTILINE
    )
    edited, count = pattern.subn(lambda found: found[1] + quoted, text, count=1)
    if count:
        plan.write(path, edited.encode("utf-8"))
    else:
        plan.notes.append(f"Write in {SETTINGS} under [coders]: gold = {quoted}")


def _draws(rows: Sequence[tuple[Any, ...]], key: str, new: str) -> list[tuple[Any, ...]]:
    return _with_name(rows, DRAWS.names.index("coder"), key, new)


def _decisions(rows: Sequence[tuple[Any, ...]], key: str, new: str) -> list[tuple[Any, ...]]:
    return _with_name(rows, DECISIONS_COLUMNS.index("decided_by"), key, new)


def _with_name(
    rows: Sequence[tuple[Any, ...]], at: int, key: str, new: str
) -> list[tuple[Any, ...]]:
    return [
        (*row[:at], new, *row[at + 1 :]) if name_key(str(row[at])) == key else row for row in rows
    ]


def _rows(path: Path) -> list[tuple[GoldTable, list[str]]]:
    table = read_table(path)
    return [(table, row) for row in table.rows[1:]]


def _coder_of(table: GoldTable, row: list[str]) -> str:
    return table.cell(row, "coder")


def _stem(each: Undecided) -> str:
    return each.file.rpartition("/")[2].rpartition(".")[0]
