"""A definition in six parts inside the one description that other programs have for a code, and back.

Each part stands on a line of its own behind its label, so that people can read and mend it there::

    Id: flood_warning
    Short definition: What is said to those who live by the river.
    When to use: Sirens, text messages, neighbours who knock.
    When not to use: Help after the water has gone. [use: flood_damage]
    Example: The siren went at four.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Any, NamedTuple

from fourp_nlp.codebook import Code, Exclusion, Theme, is_id

__all__ = ["Definition", "definition_text", "read_definition"]

_LABELS = MappingProxyType(
    {
        "Id": "id",
        "Short definition": "short_definition",
        "Full definition": "full_definition",
        "Definition": "full_definition",  # of a theme, which has no other part
        "When to use": "when_to_use",
        "When not to use": "when_not_to_use",
        "Example": "examples",
    }
)
_LINE = re.compile(f"({'|'.join(_LABELS)}):(?: (.*))?")
# The code that is used instead. "-" stands for none, after a text that ends in such brackets by itself.
_USE = re.compile(r"(.*) \[use: ([a-z0-9_-]+)\]")


class Definition(NamedTuple):
    """What a description says.

    Attributes
    ----------
    id : str
        Id of the code or theme; empty if it does not say.
    parts : dict
        Values for the fields of `Code` that hold the definition; those that it says nothing of are
        missing or empty. What stands behind no label is full definition.
    """

    id: str
    parts: dict[str, Any]


def definition_text(item: Code | Theme) -> str:
    r"""Return the description of a code or theme, from which `read_definition` reads the same.

    Parameters
    ----------
    item : Code or Theme
        The code, or the theme.

    Returns
    -------
    str
        Lines, with ``\n`` between them.
    """
    lines = [f"Id: {item.id}"]
    if isinstance(item, Theme):
        return "\n".join([*lines, *([f"Definition: {item.definition}"] if item.definition else [])])
    one = {
        "Short definition": item.short_definition,
        "Full definition": item.full_definition,
        "When to use": item.when_to_use,
    }
    lines += [f"{label}: {text}" for label, text in one.items() if text]
    for exclusion in item.when_not_to_use:
        use = exclusion.use or ("-" if _USE.fullmatch(exclusion.when) else "")
        lines.append(f"When not to use: {exclusion.when}" + (f" [use: {use}]" if use else ""))
    lines += [f"Example: {text}" for text in item.examples]
    return "\n".join(lines)


def read_definition(text: str) -> Definition:
    """Return what a description says of a code or theme.

    Parameters
    ----------
    text : str
        Any description, also one that was written elsewhere.

    Returns
    -------
    Definition
        Its id and parts, without double spaces and line ends.
    """
    parts: dict[str, Any] = {"when_not_to_use": [], "examples": []}
    rest: list[str] = []
    id_ = ""
    for line in text.splitlines():
        found = _LINE.fullmatch(line.strip())
        if found is None:
            rest.append(line)
            continue
        key, said = _LABELS[found[1]], " ".join((found[2] or "").split())
        if not said:
            continue
        if key == "id" and not id_ and is_id(said):
            id_ = said
        elif key == "examples":
            parts[key].append(said)
        elif key == "when_not_to_use":
            parts[key].append(_exclusion(said))
        elif key != "id" and key not in parts:
            parts[key] = said
        else:
            rest.append(line)
    left = " ".join(" ".join(rest).split())
    if left:
        own = parts.get("full_definition", "")
        parts["full_definition"] = f"{own} {left}".strip()
    return Definition(id_, parts)


def _exclusion(said: str) -> Exclusion:
    found = _USE.fullmatch(said)
    if found and found[1] and (found[2] == "-" or is_id(found[2])):
        return Exclusion(when=found[1], use=None if found[2] == "-" else found[2])
    return Exclusion(when=said)
