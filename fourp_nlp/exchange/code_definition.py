"""Writes a definition in six parts as the one description of a code in other programs, and reads it.

Each part is on a line of its own behind its label, so that people can read and correct it there::

    Id: flood_warning
    Short definition: What is said to those who live by the river.
    When to use: Sirens, text messages, neighbours who knock.
    When not to use: Help after the water has gone. [use: flood_damage]
    Example: The siren went at four.

A full definition may go on in the lines below its label. A line of it that would be taken for another part
has the label once more.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from fourp_nlp.codebook import Code, Exclusion, Theme, in_lines, is_id

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Definition", "definition_text", "read_definition", "theme_definition"]

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
        return "\n".join([*lines, *_labelled("Definition", item.definition)])
    lines += _labelled("Short definition", item.short_definition)
    lines += _labelled("Full definition", item.full_definition)
    lines += _labelled("When to use", item.when_to_use)
    for exclusion in item.when_not_to_use:
        use = exclusion.use or ("-" if _USE.fullmatch(exclusion.when) else "")
        lines.append(f"When not to use: {exclusion.when}" + (f" [use: {use}]" if use else ""))
    lines += [f"Example: {text}" for text in item.examples]
    return "\n".join(lines)


def _labelled(label: str, text: str) -> list[str]:
    """Return the lines of a part, the first behind its label; none for a part without text."""
    first, *others = text.split("\n")
    lines = [f"{label}: {first}"] if first else []
    return lines + [f"{label}: {line}" if _LINE.fullmatch(line) else line for line in others]


def read_definition(text: str) -> Definition:
    """Return what a description says of a code or theme.

    Parameters
    ----------
    text : str
        Any description, also one that was written elsewhere.

    Returns
    -------
    Definition
        Its id and parts, without double spaces; the full definition with its lines and paragraphs.
    """
    parts: dict[str, Any] = {"when_not_to_use": [], "examples": []}
    full: list[str] = []
    id_ = ""
    for line in text.splitlines():
        match = _LINE.fullmatch(line.strip())
        if match is None:
            full.append(line)
            continue
        key, value = _LABELS[match[1]], " ".join((match[2] or "").split())
        if not value:
            continue
        if key == "id" and not id_ and is_id(value):
            id_ = value
        elif key == "examples":
            parts[key].append(value)
        elif key == "when_not_to_use":
            parts[key].append(_exclusion(value))
        elif key == "full_definition":
            full.append(value)
        elif key != "id" and key not in parts:
            parts[key] = value
        else:
            full.append(line)
    if full_text := in_lines("\n".join(full)):
        parts["full_definition"] = full_text
    return Definition(id_, parts)


def theme_definition(parts: Mapping[str, Any]) -> str:
    """Return what a description says as the one definition that a theme has.

    Parameters
    ----------
    parts : mapping
        Parts as `read_definition` returns them.

    Returns
    -------
    str
        All of its texts, a line each.
    """
    texts = [
        parts.get("short_definition", ""),
        parts.get("full_definition", ""),
        parts.get("when_to_use", ""),
        *(exclusion.as_text() for exclusion in parts.get("when_not_to_use", [])),
        *parts.get("examples", []),
    ]
    return "\n".join(text for text in texts if text)


def _exclusion(text: str) -> Exclusion:
    match = _USE.fullmatch(text)
    if match and match[1] and (match[2] == "-" or is_id(match[2])):
        return Exclusion(when=match[1], use=None if match[2] == "-" else match[2])
    return Exclusion(when=text)
