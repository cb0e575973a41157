"""The keys of a codebook's file that people may have meant."""

from __future__ import annotations

import difflib
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from fourp_nlp.codebook.codebook import AppliesTo, Code, Codebook, Exclusion, Theme

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from pydantic import BaseModel

__all__ = ["refused_key"]

_HOLDERS: Mapping[str, tuple[str, type[BaseModel]]] = MappingProxyType(
    {
        "": ("a codebook", Codebook),
        "themes": ("a theme", Theme),
        "codes": ("a code", Code),
        "when_not_to_use": ("a case under 'when_not_to_use'", Exclusion),
        "applies_to": ("'applies_to'", AppliesTo),
    }
)
# What people call a part, and the keys that hold it, the likelier first.
_MEANT = MappingProxyType(
    {
        "definition": ("short_definition", "full_definition"),
        "description": ("short_definition", "full_definition", "definition"),
        "definition_short": ("short_definition", "definition"),
        "definition_long": ("full_definition", "definition"),
        "long_definition": ("full_definition", "definition"),
        "short_definition": ("definition",),
        "full_definition": ("definition",),
        "label": ("name", "title"),
        "code": ("name", "codes"),
        "theme": ("name", "themes"),
        "nom": ("name",),
        "title": ("name",),
        "include": ("when_to_use",),
        "inclusion": ("when_to_use",),
        "use_when": ("when_to_use",),
        "exclude": ("when_not_to_use",),
        "exclusion": ("when_not_to_use",),
        "do_not_use": ("when_not_to_use",),
        "quote": ("examples",),
        "quotes": ("examples",),
        "colour": ("color",),
        "indicators": ("codes",),
        "categories": ("themes", "codes"),
        "instead": ("use",),
        "case": ("when", "cases"),
        "text": ("when",),
    }
)


def refused_key(key: str, location: tuple[Any, ...], content: object) -> str:
    """Return the sentence on a key that is not known where it stands.

    `location` leads to the key from the top of the file, whose values are `content`. A key is suggested
    only if it is known at this place and not there already.
    """
    holder, known, present = _place(location[:-1], content)
    allowed = [name for name in known if name not in present]
    if holder == "a codebook" and {"themes", "codes"} & set(present):
        # It has the one or the other.
        allowed = [name for name in allowed if name not in {"themes", "codes"}]
    spelt = "_".join(key.casefold().replace("-", " ").replace("_", " ").split())
    meant = [name for name in _MEANT.get(spelt, ()) if name in allowed]
    if spelt not in _MEANT:
        meant = difflib.get_close_matches(spelt, allowed, n=1)
    if meant:
        return f"'{key}' is not a key of {holder}; did you mean '{meant[0]}'?"
    return f"'{key}' is not a key of {holder}; remove it. Its keys are: {', '.join(known)}."


def _place(
    location: tuple[Any, ...], content: object
) -> tuple[str, Collection[str], Mapping[object, object]]:
    """Return what holds a key, in words, the keys that it may have, and the values that it has."""
    at = ""
    for part in location:
        if isinstance(part, str):
            at = part if part in _HOLDERS else at
        if isinstance(content, dict):
            content = content.get(part)
        elif isinstance(content, list) and isinstance(part, int) and part < len(content):
            content = content[part]
    holder, model = _HOLDERS[at]
    return holder, list(model.model_fields), content if isinstance(content, dict) else {}
