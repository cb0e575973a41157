"""A code's definition inside the one text that other programs have for it, and back."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from fourp_nlp.codebook import Code, Exclusion, Theme, is_id

__all__ = ["Definition", "definition_text", "read_definition"]

_LABELS = {
    "id": "Id",
    "short_definition": "Short definition",
    "full_definition": "Full definition",
    "when_to_use": "When to use",
    "when_not_to_use": "When not to use",
    "examples": "Example",
}
_LINE = re.compile(f"({'|'.join(_LABELS.values())}): (.*)")
_KEYS = {label: key for key, label in _LABELS.items()}
_USE = re.compile(r"(.*) \[use: ([a-z0-9_-]+)\]")


class Definition(NamedTuple):
    """What a description says."""

    id: str
    parts: dict[str, Any]


def definition_text(item: Code | Theme) -> str:
    """Return the description of a code or theme."""
    lines = [f"Id: {item.id}"]
    if isinstance(item, Theme):
        return "\n".join(
            [*lines, *([f"Full definition: {item.definition}"] if item.definition else [])]
        )
    lines += [
        f"{_LABELS[key]}: {getattr(item, key)}"
        for key in ("short_definition", "full_definition", "when_to_use")
        if getattr(item, key)
    ]
    for exclusion in item.when_not_to_use:
        use = exclusion.use or ("-" if _USE.fullmatch(exclusion.when) else "")
        lines.append(f"When not to use: {exclusion.when}" + (f" [use: {use}]" if use else ""))
    lines += [f"Example: {text}" for text in item.examples]
    return "\n".join(lines)


def read_definition(text: str) -> Definition:
    """Return what a description says of a code or theme."""
    parts: dict[str, Any] = {"when_not_to_use": [], "examples": []}
    rest, id_ = [], ""
    for line in text.splitlines():
        found = _LINE.fullmatch(line)
        if found is None:
            rest.append(line)
            continue
        key, said = _KEYS[found[1]], " ".join(found[2].split())
        if key == "id" and not id_:
            id_ = said if is_id(said) else ""
        elif key == "examples" and said:
            parts[key].append(said)
        elif key == "when_not_to_use" and said:
            use = _USE.fullmatch(said)
            if use and (use[2] == "-" or is_id(use[2])):
                parts[key].append(Exclusion(when=use[1], use=None if use[2] == "-" else use[2]))
            else:
                parts[key].append(Exclusion(when=said))
        elif key not in parts:
            parts[key] = said
        else:
            rest.append(line)
    left = " ".join(" ".join(rest).split())
    if left:
        parts["full_definition"] = " ".join(filter(None, [parts.get("full_definition", ""), left]))
    return Definition(id_, parts)
