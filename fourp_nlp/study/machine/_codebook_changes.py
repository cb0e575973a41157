"""Changes of a codebook since a model was trained, described in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from fourp_nlp.codebook import Codebook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fourp_nlp.codebook import Code
    from fourp_nlp.machine.classifier import TrainedModel

__all__ = ["changed_codes", "changed_since_suggested", "changed_wording"]

# What the machine learns from; of "when not to use" it reads what names the code to use instead.
_READ = {
    "short_definition": "short definition",
    "full_definition": "full definition",
    "when_to_use": "when to use",
    "when_not_to_use": "when not to use",
    "examples": "examples",
}


def changed_wording(model: TrainedModel, codebook: Codebook) -> str:
    """Return a sentence on what was reworded since training, for a codebook with the same codes.

    It says what that means for suggestions; empty if nothing was.
    """
    if model.codebook_fingerprint == codebook.fingerprint():
        return ""
    learned = _learned_from(model)
    if learned is None:
        return "The codebook's wording was changed since training; `fourp train` learns it."
    if model.card.get("examples") is False:
        codebook = codebook.without_quotes()  # as the model keeps them
    before = {code.id: code for code in learned.all_codes}
    renamed, reworded, excluded = [], [], []
    for code in codebook.all_codes:
        old = before[code.id]
        parts = [
            label for part, label in _READ.items() if _as_read(code, part) != _as_read(old, part)
        ]
        if code.name != old.name:
            renamed.append(f"“{code.name}”, formerly “{old.name}”")
        if parts:
            reworded.append(f"“{code.name}” ({', '.join(parts)})")
        if _unread(code) != _unread(old):
            excluded.append(f"“{code.name}”")
    sentences = []
    if reworded or renamed:
        sentences.append("The codebook's wording was changed since training.")
        sentences += [f"Reworded: {'; '.join(reworded)}."] if reworded else []
        sentences += [f"Renamed: {'; '.join(renamed)}."] if renamed else []
        sentences.append(
            "What the machine suggests for these, and for codes that their “when not to use” names, still "
            "follows the old wording; `fourp train` learns the new one."
            if any("when not to use" in text for text in reworded)
            else "What the machine suggests for these still follows the old wording; `fourp train` "
            "learns the new one."
        )
    if excluded:
        sentences.append(
            f"“When not to use” was changed since training for {', '.join(excluded)} where it names no code "
            "to use instead; the machine does not read that, so see whether the coded segments still fit."
        )
    return " ".join(sentences) or (
        "In the codebook, only title, version, citation, language, themes or the hierarchy of codes changed "
        "since training; the definitions of its codes, and so the suggestions, are unchanged."
    )


def _as_read(code: Code, part: str) -> object:
    """Return what the machine reads of a part of a definition."""
    if part == "when_not_to_use":
        return [
            (exclusion.when, exclusion.use) for exclusion in code.when_not_to_use if exclusion.use
        ]
    return getattr(code, part)


def _unread(code: Code) -> list[str]:
    """Return what it does not read of it."""
    return [exclusion.when for exclusion in code.when_not_to_use if not exclusion.use]


def changed_codes(model: TrainedModel, codebook: Codebook) -> tuple[str, str]:
    """Return what was added, removed or given another id since training, and what to do.

    Problem and cure are sentences that name the codes.
    """
    learned = _learned_from(model)
    before = {code.id: code for code in learned.all_codes} if learned else {}
    now = {code.id: code for code in codebook.all_codes}
    added = [code for code in codebook.code_ids if code not in model.codes]
    removed = [code for code in model.codes if code not in now]
    renamed = [
        (old, new)
        for old in removed
        for new in added
        if old in before and _is_same(before[old], now[new])
    ]
    new_codes = [new for new in added if new not in {pair[1] for pair in renamed}]
    gone_codes = [old for old in removed if old not in {pair[0] for pair in renamed}]
    problem = "The model was trained for other codes than the codebook now has" + _told(
        new_codes, gone_codes, renamed
    )
    if not removed:
        return problem, "Run `fourp train`."
    names = f"'{removed[0]}'" if len(removed) == 1 else "these"
    return problem, (
        f"If gold files still hold {names}, change the id there too; then run `fourp train`. Or set "
        "the codebook back."
    )


def changed_since_suggested(
    suggested: Sequence[str], codebook: Codebook, *, has_model: bool
) -> tuple[str, str]:
    """Return the codes added or removed since the last suggestions, and what to do.

    `suggested` are other codes than those of the codebook, or in another order. If the project
    `has_model`, that knows the former codes only. Problem and cure are sentences that name the
    codes.
    """
    now = codebook.code_ids
    problem = "The codebook's codes changed since `fourp suggest`" + _told(
        [code for code in now if code not in suggested],
        [code for code in suggested if code not in now],
        [],
    )
    again = "Run `fourp train`, then `fourp suggest`" if has_model else "Run `fourp suggest`"
    return problem, f"{again}. Or set the codebook back."


def _told(
    new_codes: Sequence[str], gone_codes: Sequence[str], renamed: Sequence[tuple[str, str]]
) -> str:
    parts = [f"added: {', '.join(new_codes)}"] if new_codes else []
    parts += [f"removed: {', '.join(gone_codes)}"] if gone_codes else []
    parts += [f"new id: {new}, formerly {old}" for old, new in renamed]
    return f" ({'; '.join(parts)})." if parts else ": the same ones in another order."


def _learned_from(model: TrainedModel) -> Codebook | None:
    """Return the codebook that a model learned from, if its card contains it."""
    try:
        learned = Codebook.model_validate(model.card.get("wording"))
    except ValidationError:
        return None
    return learned if learned.code_ids == model.codes else None


def _is_same(old: Code, new: Code) -> bool:
    return old.name.casefold() == new.name.casefold() or (
        bool(old.short_definition) and old.short_definition == new.short_definition
    )
