"""GUIDs that are the same at every export, so that edited things are recognised at import."""

from __future__ import annotations

import hashlib
import re
import uuid
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["guid_of", "guids_of", "normalise_guid"]

_OURS = uuid.uuid5(uuid.NAMESPACE_URL, "urn:fourp_nlp:exchange:1")
_GUID = re.compile(r"\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}?")


def guid_of(kind: str, *parts: str | int) -> str:
    """Return the GUID of a thing of ours.

    Parameters
    ----------
    kind : str
        What it is: "source", "node", "user", "mark", "note", "variable", "case", "set", "selection".
    *parts : str or int
        What tells it from all others of its kind: a document's id, a code's id, a place.

    Returns
    -------
    str
        A GUID (version 5, RFC 9562) in lower case without braces, always the same for the same thing.
    """
    return str(uuid.uuid5(_OURS, "\x1f".join([kind, *map(str, parts)])))


def guids_of(kind: str, *columns: Iterable[str | int]) -> list[str]:
    """Return the GUIDs of many things of one kind, in a third of the time.

    Parameters
    ----------
    kind : str
        What they are.
    *columns : iterable of str or int
        Their parts, as `guid_of` takes them: one iterable a part, as many entries as things.

    Returns
    -------
    list of str
        What `guid_of` gives for each.
    """
    begun = hashlib.sha1(_OURS.bytes + kind.encode(), usedforsecurity=False)
    guids = []
    for parts in zip(*columns, strict=True):
        digest = begun.copy()
        digest.update("".join([f"\x1f{part}" for part in parts]).encode())
        digits = digest.hexdigest()
        # Version 5, and the variant of RFC 9562 in the two highest bits of the fourth group.
        variant = "89ab"[int(digits[16], 16) & 3]
        guids.append(
            f"{digits[:8]}-{digits[8:12]}-5{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:32]}"
        )
    return guids


def normalise_guid(written: str) -> str:
    """Return a GUID of another program in one spelling.

    Parameters
    ----------
    written : str
        With or without braces, in any case. Some programs write what is no GUID.

    Returns
    -------
    str
        In lower case without braces; where it is no GUID, one made from it, always the same; empty for
        an empty text.
    """
    text = written.strip().lower()
    if not text:
        return ""
    match = _GUID.fullmatch(text)
    return match[1] if match else guid_of("foreign", text)
