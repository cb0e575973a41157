"""Renaming, merging and retiring codes, in the codebook and in everything that people coded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourp_nlp.codebook.definition_edits import with_ids
from fourp_nlp.codebook.reader import parse_codebook
from fourp_nlp.codebook.text_edits import edited_codebook
from fourp_nlp.coding.gold.coder_names import SETTLED
from fourp_nlp.coding.gold.problems import did_you_mean
from fourp_nlp.errors import CodebookError
from fourp_nlp.study.renaming._code_change import CodeChange
from fourp_nlp.study.renaming._gold_rows import (
    edit_records,
    edit_rows,
    edit_undecided,
    set_aside,
)
from fourp_nlp.study.renaming.planned_change import PlannedChange

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from fourp_nlp.codebook import Codebook
    from fourp_nlp.coding.store import Store
    from fourp_nlp.study.study import Study

__all__ = [
    "codebook_source",
    "known_code",
    "plan_merging",
    "plan_of_change",
    "plan_renaming_code",
    "plan_retiring",
    "without_code",
]

_YAML = {".yaml", ".yml"}


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
    codes = known_code(study, old)
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
    known = known_code(study, *codes)
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
    known_code(study, code)
    return _plan(study, {code: ""}, f"code {code} retired")


def known_code(study: Study, *codes: str) -> list[str]:
    """Return the codes that there are, or raise an error if one is not among them."""
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
    study.gold, study.repeats  # noqa: B018 - report their faults first
    target = next(iter(into.values()))
    kept = ""
    if target:
        there = study.codebook.code_ids
        kept = target if target in there else next(iter(into))
    renamed = {code: new for code, new in into.items() if new and code != new}
    text, after = _codebook_text(study.project.codebook, renamed, frozenset(into) - {kept})
    plan = plan_of_change(
        study,
        CodeChange(into, study.codebook, after),
        what,
        codebook=text,
        aside="" if target else next(iter(into)),
        detail={"codes": dict(into)},
    )
    if len(into) > 1:
        plan.notes.insert(
            0, f"Read the definition of {next(iter(into.values()))} again: it stands for more now."
        )
    return plan


def without_code(path: Path, code: str) -> str:
    """Return the text of a codebook without one of its codes."""
    return _codebook_text(path, {}, frozenset({code}))[0]


def plan_of_change(
    study: Study,
    change: CodeChange,
    what: str,
    *,
    codebook: str | None,
    aside: str,
    detail: Mapping[str, object],
) -> PlannedChange:
    """Plan a change of codes in everything that people coded.

    Parameters
    ----------
    study : Study
        The study.
    change : CodeChange
        How the codes change.
    what : str
        What the change is for, in a few words.
    codebook : str or None
        The codebook's new text; None if it stays.
    aside : str
        The name of the file of rows that are taken out.
    detail : mapping of str to object
        For the log.

    Returns
    -------
    PlannedChange
        For `make_change`.
    """
    project = study.project
    plan = PlannedChange(what)
    if codebook is not None:
        plan.write(project.codebook, codebook.encode("utf-8"))
    removed = edit_rows(project, plan, change.row, still_read=True)
    if removed:
        set_aside(project, plan, "retired" if aside else "merged", aside or change.target, removed)
    edit_records(project, plan, change.record)
    edit_undecided(project, plan, change.undecided)
    rows = study.store.people_rows()
    decisions, draws = change.decisions(rows["decisions"]), change.draws(rows["draws"])
    plan.decisions = len(set(rows["decisions"]) - set(decisions))
    plan.draws = sum(a != b for a, b in zip(draws, rows["draws"], strict=True))
    logged = {
        **detail,
        "rows": plan.rows,
        "decisions": plan.decisions,
        "same_definitions": change.same_definitions,
    }

    def in_store(store: Store) -> None:
        now = store.people_rows()
        if plan.decisions or plan.draws:
            store.put_people_rows(
                {
                    "decisions": change.decisions(now["decisions"]),
                    "draws": change.draws(now["draws"]),
                }
            )
        store.log(what, logged)

    plan.in_store = in_store
    plan.notes = _notes(study, change)
    if removed and not aside:
        plan.notes.append(
            f"{len(removed)} decision(s) about one of the codes alone are kept in gold/merged, which nothing "
            "reads."
        )
    return plan


def codebook_source(path: Path) -> tuple[str, str]:
    """Return the text of a codebook that is to be changed, and the mark at its beginning, if it has one.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Raises
    ------
    CodebookError
        If it is not YAML: other programs lay their files out in ways that would be lost.
    """
    if path.suffix.lower() not in _YAML:
        raise CodebookError(
            "Codes can only be changed in a codebook in YAML.",
            file=path,
            cure="Change the codebook by hand, or save it as YAML (fourp codebook export codebook.yaml) and "
            "name that file in fourp.toml.",
        )
    data = path.read_bytes()
    mark = "\ufeff" if data.startswith(b"\xef\xbb\xbf") else ""
    return data.decode("utf-8-sig"), mark


def _codebook_text(
    path: Path, renamed: Mapping[str, str], removed: frozenset[str]
) -> tuple[str, Codebook]:
    """Return the codebook's new text, and what it says."""
    text, mark = codebook_source(path)
    text = with_ids(text, path, {*renamed, *removed})
    edited = edited_codebook(text, path, renamed=renamed, removed=removed)
    return mark + edited, parse_codebook(edited, path)


def _notes(study: Study, change: CodeChange) -> list[str]:
    """Return what is out of date after the change, and what must be done by hand."""
    project = study.project
    notes = []
    if project.model.is_dir():
        notes.append("The model was trained with the earlier codes. Train it again: fourp train")
    if study.store.read_documents():
        notes.append("The suggestions are of the earlier codes. Make them again: fourp suggest")
    if SETTLED in study.gold.coded and change.may_differ:
        notes.append("Write the settled codes again: fourp reconcile --settle --overwrite")
    for path in project.coded_sentences:
        if path.is_relative_to(project.root):
            text = path.read_text(encoding="utf-8-sig", errors="replace")
            named = [code for code in change.into if code in text]
            if named:
                notes.append(
                    f"{path.relative_to(project.root)} names {', '.join(named)}: change it by hand."
                )
    return notes
