"""Editing the definition of a code, and adding a code, in the codebook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fourp_nlp.codebook import parse_codebook
from fourp_nlp.codebook.definition_edits import with_code, with_parts
from fourp_nlp.coding.gold.problems import did_you_mean
from fourp_nlp.errors import CodebookError
from fourp_nlp.study.reading.reading_state import today
from fourp_nlp.study.reading.second_look import codings_of_code
from fourp_nlp.study.renaming._gold_rows import edit_records
from fourp_nlp.study.renaming.code_changes import codebook_source, known_code
from fourp_nlp.study.renaming.definition_fields import FaultyDefinitionError, checked_code
from fourp_nlp.study.renaming.planned_change import PlannedChange

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fourp_nlp.codebook import Code, Codebook
    from fourp_nlp.study.study import Study

__all__ = ["plan_adding", "plan_editing"]


def plan_editing(study: Study, code: str, values: Mapping[str, Any]) -> PlannedChange:
    """Plan to change parts of a code's definition.

    Parameters
    ----------
    study : Study
        The study.
    code : str
        The code.
    values : mapping of str to object
        New values, as `checked_code` takes them; parts that are not named stay.

    Returns
    -------
    PlannedChange
        For `make_change`. Codings stay as they are; those made by the earlier definition are listed for a
        second look, unless only examples change.

    Raises
    ------
    FaultyDefinitionError
        If a part cannot be kept.
    CodebookError
        If there is no such code, the codebook is not YAML, or nothing would change.
    """
    project = study.project
    known_code(study, code)
    study.gold, study.repeats  # noqa: B018 - report their faults, and record what was read so far
    before = study.codebook.all_codes[study.codebook.code_ids.index(code)]
    after = checked_code(study.codebook, values, before=before, file=project.codebook)
    if after == before:
        raise CodebookError(
            f"Nothing changes: this is the definition of '{code}' already.", file=project.codebook
        )
    text, mark = codebook_source(project.codebook)
    now, then = _written(after), _written(before)
    parts = {key: now.get(key, "") for key in {**then, **now} if now.get(key) != then.get(key)}
    edited = with_parts(text, project.codebook, code, parts)
    means_the_same = after.definition_hash() == before.definition_hash()
    plan = _plan(
        study,
        f"definition of {code} edited",
        mark + edited,
        _replaced(study.codebook, after),
        {"code": code, "parts": sorted(parts)},
    )
    if means_the_same:
        plan.notes.insert(0, "The meaning of the code stays: examples do not change it.")
        return plan
    codings = codings_of_code(study, code)
    if codings:
        plan.notes.insert(
            0,
            f"{codings} coding{'' if codings == 1 else 's'} of {code} "
            f"{'was' if codings == 1 else 'were'} made by the earlier definition. List them: fourp codebook "
            f"second-look {code}",
        )
    return plan


def plan_adding(study: Study, values: Mapping[str, Any], *, theme: str = "") -> PlannedChange:
    """Plan to add a code, the last one of its theme.

    Parameters
    ----------
    study : Study
        The study.
    values : mapping of str to object
        Its name, id and definition, as `checked_code` takes them.
    theme : str, optional
        Id of the theme. It may be left out in a codebook of one level, or of one theme.

    Returns
    -------
    PlannedChange
        For `make_change`. Text that people have read is unread for the code.

    Raises
    ------
    FaultyDefinitionError
        If a part cannot be kept, or there is no such theme.
    CodebookError
        If the codebook is not YAML.
    """
    project, codebook = study.project, study.codebook
    study.gold, study.repeats  # noqa: B018 - report their faults, and record what was read so far
    faults = {}
    try:
        code = checked_code(codebook, values, before=None, file=project.codebook)
    except FaultyDefinitionError as error:
        faults = error.fields
    themes = [each.id for each in codebook.themes]
    if not theme and len(themes) == 1:
        theme = themes[0]
    if themes and theme not in themes:
        hint = did_you_mean(theme, themes) if theme else ""
        faults["theme"] = " ".join(
            part
            for part in (
                f"There is no theme '{theme}'." if theme else "Choose a theme for the code.",
                hint or f"The themes are: {', '.join(themes)}.",
            )
            if part
        )
    elif theme and not themes:
        faults["theme"] = "This codebook has no themes."
    parents = [
        id_
        for id_, home in zip(codebook.code_ids, codebook.code_themes, strict=True)
        if home == theme
    ]
    parent = " ".join(str(values.get("parent", "")).split())
    if parent and parent not in parents:
        faults["parent"] = f"There is no code '{parent}' in this theme."
    if faults:
        raise FaultyDefinitionError(faults, file=project.codebook)
    text, mark = codebook_source(project.codebook)
    edited = with_code(text, project.codebook, _written(code), theme)
    plan = _plan(
        study,
        f"code {code.id} added",
        mark + edited,
        _with_further(codebook, code, theme),
        {"code": code.id, "theme": theme},
    )
    if study.gold.people:
        plan.notes.insert(
            0,
            "Text that was read before is unread for the new code. To code it there: fourp next --new-codes "
            "--coder NAME",
        )
    if code.missing_parts():
        plan.notes.append(f"The code has no {', no '.join(code.missing_parts())} yet.")
    return plan


def _plan(
    study: Study, what: str, text: str, meant: Codebook, detail: Mapping[str, object]
) -> PlannedChange:
    project = study.project
    after = parse_codebook(text.removeprefix("\ufeff"), project.codebook)
    if after != meant:
        raise CodebookError(
            "The codebook's file is laid out in a way that cannot be edited here: other codes would change, "
            "too.",
            file=project.codebook,
            cure="Change it by hand, in an editor.",
        )
    plan = PlannedChange(what)
    plan.write(project.codebook, text.encode("utf-8"))
    edit_records(project, plan, lambda record: record.knowing(after.definitions, since=today()))
    plan.in_store = lambda store: store.log(what, detail)
    if project.model.is_dir():
        plan.notes.append("The machine has not learned this yet. Train it again: fourp train")
    return plan


def _written(code: Code) -> dict[str, Any]:
    """Return a code as YAML has it."""
    return code.model_dump(exclude_defaults=True, exclude_none=True)


def _replaced(codebook: Codebook, code: Code) -> Codebook:
    """Return a codebook with another definition of one of its codes."""

    def now(codes: list[Code]) -> list[Code]:
        return [code if each.id == code.id else each for each in codes]

    themes = [theme.model_copy(update={"codes": now(theme.codes)}) for theme in codebook.themes]
    return codebook.model_copy(update={"themes": themes, "codes": now(codebook.codes)})


def _with_further(codebook: Codebook, code: Code, theme: str) -> Codebook:
    themes = [
        each.model_copy(update={"codes": [*each.codes, code]}) if each.id == theme else each
        for each in codebook.themes
    ]
    codes = codebook.codes if codebook.themes else [*codebook.codes, code]
    return codebook.model_copy(update={"themes": themes, "codes": codes})
