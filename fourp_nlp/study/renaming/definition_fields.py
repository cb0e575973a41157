"""The parts of a definition as people fill them in, each checked by itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from fourp_nlp.codebook import Code, Exclusion, in_lines, is_id, new_id
from fourp_nlp.coding.gold.problems import did_you_mean
from fourp_nlp.errors import CodebookError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fourp_nlp.codebook import Codebook

__all__ = ["PARTS", "FaultyDefinitionError", "checked_code", "exclusion_of"]

PARTS = (
    "name", "short_definition", "full_definition", "when_to_use", "when_not_to_use", "examples",
)  # fmt: skip
"""What can be changed of a code."""

_USE = re.compile(r"\[\s*use:\s*([^\]]*?)\s*\]\s*$")


class FaultyDefinitionError(CodebookError):
    """Parts of a definition that cannot be kept.

    Parameters
    ----------
    fields : mapping of str to str
        A sentence for each part that is wrong. Those of a case under "when not to use" have its number from 0
        behind a dot, and a second one for the code: ``when_not_to_use.0.use``.
    file : object
        The codebook.
    """

    def __init__(self, fields: Mapping[str, str], *, file: object) -> None:
        super().__init__(" ".join(fields.values()), file=file)
        self.fields = dict(fields)


def exclusion_of(text: str) -> dict[str, str]:
    """Return a case of "when not to use" that is written in one line.

    Parameters
    ----------
    text : str
        The case. ``[use: CODE]`` behind it names the code that applies there, as in spreadsheets.

    Returns
    -------
    dict of str to str
        ``when`` and ``use``.

    Examples
    --------
    >>> exclusion_of("Taps that drip. [use: repairs]")
    {'when': 'Taps that drip.', 'use': 'repairs'}
    """
    named = _USE.search(text)
    if named is None:
        return {"when": text, "use": ""}
    return {"when": text[: named.start()].strip(), "use": named[1]}


def checked_code(
    codebook: Codebook,
    values: Mapping[str, Any],
    *,
    before: Code | None,
    file: object,
) -> Code:
    """Return a code with new parts of its definition.

    Parameters
    ----------
    codebook : Codebook
        The codebook.
    values : mapping of str to object
        New values of some of `PARTS`; of a further code also ``id``, which is made of the name if it is
        empty, and ``parent``. Cases are mappings with ``when`` and ``use``. Empty cases and examples are
        left out.
    before : Code or None
        The code as it is; None for a further one.
    file : object
        The codebook's file, for messages.

    Returns
    -------
    Code
        The code.

    Raises
    ------
    FaultyDefinitionError
        If a part cannot be kept, with a sentence for each.
    """
    faults: dict[str, str] = {}
    others = [code for code in codebook.all_codes if before is None or code.id != before.id]
    name = _line(values.get("name", before.name if before else ""))
    if not name:
        faults["name"] = "A code needs a name."
    for other in others:
        if other.name.casefold() == name.casefold():
            faults["name"] = f"The code '{other.id}' has this name already. Choose another."
    id_ = before.id if before else _new_id(codebook, _line(values.get("id", "")), name, faults)
    parent = before.parent if before else _line(values.get("parent", ""))
    content: dict[str, Any] = before.model_dump(exclude_none=True) if before else {}
    content |= {"id": id_, "name": name, "parent": parent}
    for part, clean in (
        ("short_definition", _line),
        ("full_definition", in_lines),
        ("when_to_use", _line),
    ):
        if part in values:
            content[part] = clean(values[part])
    if "examples" in values:
        content["examples"] = [text for each in values["examples"] if (text := _line(each))]
    if "when_not_to_use" in values:
        known = [other.id for other in others]
        content["when_not_to_use"] = _exclusions(values["when_not_to_use"], id_, known, faults)
    if faults:
        raise FaultyDefinitionError(faults, file=file)
    return Code.model_validate(content)


def _line(text: str) -> str:
    return " ".join(text.split())


def _new_id(codebook: Codebook, wanted: str, name: str, faults: dict[str, str]) -> str:
    taken = [*codebook.code_ids, *(theme.id for theme in codebook.themes)]
    if not wanted:
        return new_id(name, taken) if name else ""
    if not is_id(wanted):
        faults["id"] = (
            f"'{wanted}' cannot be an id. Use lower-case letters, digits and underscores, such as "
            f"{new_id(wanted, taken)}; or leave it empty, and it is made of the name."
        )
    elif wanted in taken:
        faults["id"] = f"There is '{wanted}' already. Choose another id."
    return wanted


def _exclusions(
    cases: Sequence[Mapping[str, str]], own: str, known: Sequence[str], faults: dict[str, str]
) -> list[Exclusion]:
    exclusions = []
    for number, case in enumerate(cases):
        when, use = _line(case.get("when", "")), _line(case.get("use") or "")
        at = f"when_not_to_use.{number}"
        if not when and not use:
            continue
        if not when:
            faults[at] = f"Write the case in which '{use}' is used instead."
        if use and use == own:
            faults[f"{at}.use"] = "This is the code itself. Name another code."
        elif use and use not in known:
            hint = did_you_mean(use, list(known)) or "Name a code of the codebook."
            faults[f"{at}.use"] = f"There is no code '{use}'. {hint}"
        if not faults:
            exclusions.append(Exclusion(when=when, use=use or None))
    return exclusions
