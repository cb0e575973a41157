"""Identities that come out the same every time, so that what was edited elsewhere finds its way back."""

from __future__ import annotations

import re
import uuid

__all__ = ["guid_of", "tidy_guid"]

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


def tidy_guid(written: str) -> str:
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
    found = _GUID.fullmatch(text)
    return found[1] if found else guid_of("foreign", text)
