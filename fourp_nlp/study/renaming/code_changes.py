"""Renaming, merging and retiring codes, in the codebook and in everything that people coded."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fourp_nlp.codebook.reader import parse_codebook
from fourp_nlp.codebook.text_edits import edited_codebook
from fourp_nlp.coding.gold.coder_names import SETTLED
from fourp_nlp.coding.gold.codes_looked_for import codes_in_cell
from fourp_nlp.coding.gold.columns import LOOKED_FOR
from fourp_nlp.coding.gold.problems import did_you_mean
from fourp_nlp.errors import CodebookError, GoldError
from fourp_nlp.study.renaming._gold_rows import (
    edit_records,
    edit_rows,
    edit_undecided,
    set_aside,
    set_cell,
)
from fourp_nlp.study.renaming.planned_change import PlannedChange
from fourp_nlp.tables import DRAWS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from fourp_nlp.codebook import Codebook
    from fourp_nlp.coding.gold.scope_edits import GoldTable
    from fourp_nlp.coding.reading.reading_record import CodeList, ReadRecord
    from fourp_nlp.coding.reading.undecided import Undecided
    from fourp_nlp.coding.store import Store
    from fourp_nlp.study.study import Study

__all__ = ["plan_merging", "plan_renaming_code", "plan_retiring"]

_YAML = {".yaml", ".yml"}
_DECISION_CODE, _DECISION_VALUE = 3, 4


def plan_renaming_code(study: Study, old: str, new: str) -> PlannedChange:
    """Plan to give a code another id.

    Parameters
    ----------
    study : Study
        The study.
    old, new : str
        The ids.

    Returns
    -------
    PlannedChange
        For `make_change`. What was read for the old id counts as read for the new one.

    Raises
    ------
    CodebookError
        If there is no such code, or one of the new id.
    """
    codes = _known(study, [old])
    if new in codes:
        raise CodebookError(
            f"There is a code '{new}' already.",
            file=study.project.codebook,
            cure=f"To make one code of both: fourp codebook merge {old} --into {new}",
        )
    return _plan(study, {old: new}, f"code {old} renamed to {new}")


def plan_merging(study: Study, codes: Sequence[str], into: str) -> PlannedChange:
    """Plan to make one code of several.

    Parameters
    ----------
    study : Study
        The study.
    codes : sequence of str
        The codes that are merged.
    into : str
        The code that they become: one of them, another one, or a new id for the first of them.

    Returns
    -------
    PlannedChange
        For `make_change`. The merged code counts as looked for only where all of them were.

    Raises
    ------
    CodebookError
        If there is no such code.
    GoldError
        If a gold file says that somebody looked for some of them only.
    """
    known = _known(study, codes)
    merged = list(dict.fromkeys([*codes, *([into] if into in known else [])]))
    if len(merged) < 2:
        raise CodebookError(
            "Nothing is merged: that is one code.",
            cure="Name two codes, or use: fourp codebook rename",
        )
    return _plan(study, dict.fromkeys(merged, into), f"codes merged into {into}")


def plan_retiring(study: Study, code: str) -> PlannedChange:
    """Plan to take a code out of use.

    Parameters
    ----------
    study : Study
        The study.
    code : str
        The code.

    Returns
    -------
    PlannedChange
        For `make_change`. Its codings are kept in the folder `retired` beside the gold files, where nothing
        reads them; what was read stays read for the other codes.

    Raises
    ------
    CodebookError
        If there is no such code, or the codebook cannot be without it.
    GoldError
        If a gold file says that somebody looked for this code alone.
    """
    _known(study, [code])
    return _plan(study, {code: ""}, f"code {code} retired")


def _known(study: Study, codes: Sequence[str]) -> list[str]:
    known = study.codebook.code_ids
    for code in codes:
        if code not in known:
            raise CodebookError(
                f"There is no code '{code}'.",
                file=study.project.codebook,
                cure=did_you_mean(code, known) or f"The codebook has: {', '.join(known)}.",
            )
    return known


def _plan(study: Study, into: Mapping[str, str], what: str) -> PlannedChange:
    project = study.project
    study.gold, study.repeats  # noqa: B018 - report their faults first
    plan = PlannedChange(what)
    text, after = _codebook_text(project.codebook, into)
    plan.write(project.codebook, text.encode("utf-8"))
    change = _CodeChange(into, study.codebook, after)
    removed = edit_rows(project, plan, change.row, still_read=True)
    if removed:
        (code,) = into
        set_aside(project, plan, "retired", code, removed)
    edit_records(project, plan, change.record)
    edit_undecided(project, plan, change.undecided)
    rows = study.store.people_rows()
    decisions, draws = change.decisions(rows["decisions"]), change.draws(rows["draws"])
    plan.decisions = len(set(rows["decisions"]) - set(decisions))
    plan.draws = sum(a != b for a, b in zip(draws, rows["draws"], strict=True))
    detail = {"codes": dict(into), "rows": plan.rows, "decisions": plan.decisions}

    def in_store(store: Store) -> None:
        now = store.people_rows()
        if plan.decisions or plan.draws:
            store.put_people_rows(
                {
                    "decisions": change.decisions(now["decisions"]),
                    "draws": change.draws(now["draws"]),
                }
            )
        store.log(what, detail)

    plan.in_store = in_store
    plan.notes = _notes(study, into)
    return plan


def _codebook_text(path: Path, into: Mapping[str, str]) -> tuple[str, Codebook]:
    """Return the codebook's new text, and what it says."""
    if path.suffix.lower() not in _YAML:
        raise CodebookError(
            "Codes can only be changed in a codebook in YAML.",
            file=path,
            cure="Change the codebook by hand, or save it as YAML and name that file in fourp.toml.",
        )
    data = path.read_bytes()
    text = data.decode("utf-8-sig")
    mark = "\ufeff" if data.startswith(b"\xef\xbb\xbf") else ""
    target = next(iter(into.values()))
    if not target:
        kept, removed = "", frozenset(into)
    else:
        kept = target if target in into else next(iter(into))
        there = parse_codebook(text, path).code_ids
        kept = target if target in there else kept
        removed = frozenset(into) - {kept}
    renamed = {code: new for code, new in into.items() if new and code != new}
    edited = edited_codebook(text, path, renamed=renamed, removed=removed)
    return mark + edited, parse_codebook(edited, path)


class _CodeChange:
    """How ids of codes change: one, several into one, or one that goes."""

    def __init__(self, into: Mapping[str, str], before: Codebook, after: Codebook) -> None:
        self.into = dict(into)
        self.target = next(iter(into.values()))
        self.before, self.after = before.definitions, after.definitions

    def listed(self, codes: Sequence[str]) -> list[str] | None:
        """Return a list of codes that were looked for; None if it has some of those that are merged only."""
        has = [code for code in codes if code in self.into]
        if not has:
            return list(codes)
        if len(has) < len(self.into):
            return None
        new = [self.target if code in self.into else code for code in codes]
        return [code for code in dict.fromkeys(new) if code]

    def row(self, path: Path, table: GoldTable, row: list[str]) -> bool | None:
        """Change a row of a gold file."""
        changed = False
        codes = codes_in_cell(table.cell(row, LOOKED_FOR))
        listed = self.listed(codes)
        if listed is None or (codes and not listed):
            some = ", ".join(code for code in codes if code in self.into)
            raise GoldError(
                f"By the column looked_for, somebody looked for {some} "
                + ("alone." if listed is not None else "and not for all codes that are merged."),
                file=path,
                cure="Correct that column, or move the file out of the folder of gold files.",
            )
        changed |= set_cell(table, row, LOOKED_FOR, " ".join(listed)) if listed != codes else False
        changed |= self._rejected(table, row)
        code = table.cell(row, "code")
        if code not in self.into:
            return changed
        if self.target:
            return set_cell(table, row, "code", self.target) or changed
        return None

    def _rejected(self, table: GoldTable, row: list[str]) -> bool:
        """Change the cell that names rejected suggestions, each with its probability."""
        parts = [part.strip() for part in table.cell(row, "rejected").split(";") if part.strip()]
        names = [part.partition(" ")[0] for part in parts]
        if not any(name in self.into for name in names):
            return False
        is_given = table.cell(row, "code") in self.into
        kept: dict[str, str] = {}
        for name, part in zip(names, parts, strict=True):
            new = self.into.get(name, name)
            if new and not (is_given and name in self.into):
                number = part.partition(" ")[2]
                kept[new] = max(kept.get(new, ""), number)
        cell = "; ".join(f"{name} {number}".strip() for name, number in kept.items())
        return set_cell(table, row, "rejected", cell)

    def record(self, record: ReadRecord) -> ReadRecord:
        """Change the record of what was read."""
        lists = tuple(self._code_list(each) for each in record.lists)
        seen: dict[str, Sequence[tuple[str, str]]] = {}
        for code, history in record.seen.items():
            new = self.into.get(code, code)
            if new and (new == code or new not in record.seen):
                seen[new] = [(self._hash(code, new, digest), date) for digest, date in history]
        return replace(record, lists=lists, seen=seen)

    def _code_list(self, codes: CodeList) -> CodeList:
        listed = self.listed([code for code, _ in codes])
        if listed is None:
            # Where some of them were looked for, the merged code was not.
            listed = [code for code, _ in codes if code not in self.into]
        before = dict(codes)
        merged = len(self.into) > 1
        hashes = {}
        for code in listed:
            if code == self.target and (merged or code not in before):
                sources = [old for old in self.into if old in before]
                old = sources[0]
                # Who merges codes says that the codings of all of them mean the merged one.
                hashes[code] = self.after[code] if merged else self._hash(old, code, before[old])
            else:
                hashes[code] = self._hash(code, code, before[code])
        return tuple(hashes.items())

    def _hash(self, old: str, new: str, digest: str) -> str:
        """Return the hash of a definition, in which nothing but ids of codes has changed."""
        return self.after[new] if new in self.after and digest == self.before.get(old) else digest

    def undecided(self, each: Undecided) -> Undecided | None:
        """Change a coding that waits for a decision."""
        code = each.cells.get("code", "")
        if code in self.into:
            if not self.target:
                return None
            each.cells["code"] = self.target
        codes = codes_in_cell(each.cells.get(LOOKED_FOR, ""))
        if codes:
            each.cells[LOOKED_FOR] = " ".join(self.listed(codes) or codes)
        return each

    def decisions(self, rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """Change decisions; the merged code does not apply only where none of its parts does."""
        kept: dict[tuple[Any, ...], tuple[Any, ...]] = {}
        against: dict[tuple[Any, ...], set[str]] = {}
        for row in rows:
            code = row[_DECISION_CODE]
            if code not in self.into:
                kept[row[: _DECISION_CODE + 1]] = row
                continue
            if not self.target:
                continue
            new = (*row[:_DECISION_CODE], self.target, *row[_DECISION_VALUE:])
            key = new[: _DECISION_CODE + 1]
            if not row[_DECISION_VALUE]:
                against.setdefault(key, set()).add(code)
                if key in kept or len(against[key]) < len(self.into):
                    continue
            kept[key] = new
        return list(kept.values())

    def draws(self, rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """Change the codes that sheets of draws asked for."""
        at = DRAWS.names.index("options")
        return [(*row[:at], self._options(row[at]), *row[at + 1 :]) for row in rows]

    def _options(self, text: str) -> str:
        options = json.loads(text)
        before = json.dumps(options, sort_keys=True)
        for name in ("codes", "suggested"):
            codes = options.get(name)
            if isinstance(codes, list):
                listed = self.listed(codes)
                options[name] = (
                    [code for code in codes if code not in self.into] if listed is None else listed
                )
        if options.get("code") in self.into and self.target:
            options["code"] = self.target
        definitions = options.get("definitions")
        if isinstance(definitions, dict):
            defined = tuple((str(code), str(digest)) for code, digest in definitions.items())
            options["definitions"] = dict(self._code_list(defined))
        changed = json.dumps(options, sort_keys=True) != before
        return json.dumps(options, ensure_ascii=False) if changed else text


def _notes(study: Study, into: Mapping[str, str]) -> list[str]:
    """Return what is out of date after the change, and what must be done by hand."""
    project = study.project
    notes = []
    if len(into) > 1:
        notes.append(
            f"Read the definition of {next(iter(into.values()))} again: it stands for more now."
        )
    if project.model.is_dir():
        notes.append("The model was trained with the earlier codes. Train it again: fourp train")
    if study.store.read_documents():
        notes.append("The suggestions are of the earlier codes. Make them again: fourp suggest")
    if SETTLED in study.gold.coded and len(into) > 1:
        notes.append("Write the settled codes again: fourp reconcile --settle --overwrite")
    for path in project.coded_sentences:
        if path.is_relative_to(project.root):
            text = path.read_text(encoding="utf-8-sig", errors="replace")
            named = [code for code in into if code in text]
            if named:
                notes.append(
                    f"{path.relative_to(project.root)} names {', '.join(named)}: change it by hand."
                )
    return notes
