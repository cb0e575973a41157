"""Which column of a table is which, whatever people call it."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["SAID", "find_columns", "plain"]

# The first name is ours. What stands further left is preferred where a table has several.
SAID = MappingProxyType(
    {
        "document": (
            "document", "document id", "document name", "doc", "doc id", "file", "file name", "filename",
            "source", "source name", "transcript", "dokument", "dokumentname", "datei", "fichier",
        ),
        "segment": ("segment", "segment number", "segment id"),
        "start": (
            "start", "begin", "start offset", "begin offset", "start position", "start char", "beginning",
            "from", "pos0", "anfang", "von", "debut", "début",
        ),
        "end": (
            "end", "stop", "end offset", "stop offset", "end position", "end char", "ending", "to",
            "pos1", "ende", "bis", "fin",
        ),
        "quote": (
            "quote", "quotation", "quotation content", "coded text", "selected text", "seltext", "text",
            "segment", "segment text", "passage", "excerpt", "content", "textstelle", "zitat", "texte",
            "citation",
        ),
        "code": (
            "code", "code id", "label", "tag", "node", "codename", "code name", "category", "codes",
            "kode", "kategorie", "étiquette",
        ),
        "name": ("name", "code name", "label name"),
        "theme": ("theme", "parent", "parent code", "thema", "thème"),
        "coder": (
            "coder", "coded by", "annotator", "coder name", "user", "user name", "username", "rater",
            "created by", "owner", "author", "kodierer", "kodiererin", "codierer", "codeur",
        ),
        "scope": ("scope",),
        "probability": ("probability", "prob", "model probability"),
        "made_at": ("made at", "created at", "created", "coded at", "date", "timestamp"),
        "why": ("why", "reason"),
        "none": ("none", "no code"),
        "note": ("note", "notes", "memo", "comment", "comments", "remark", "bemerkung"),
    }
)  # fmt: skip

_SIGNS = re.compile(r"[\W_]+")


def plain(head: str) -> str:
    """Return a head as heads are compared: lower case, and a space for each run of other signs.

    Parameters
    ----------
    head : str
        The head.

    Returns
    -------
    str
        Its words.
    """
    return _SIGNS.sub(" ", head.casefold()).strip()


def find_columns(header: Sequence[str], wanted: Iterable[str]) -> dict[str, int]:
    """Find columns by what they are called.

    Parameters
    ----------
    header : sequence of str
        Heads of the columns.
    wanted : iterable of str
        Keys of `SAID`, the most important first: no column is taken twice.

    Returns
    -------
    dict of str to int
        The column of each that was found.
    """
    heads = [plain(head) for head in header]
    made: dict[str, int] = {}
    for role in wanted:
        for name in SAID[role]:
            places = [
                at for at, head in enumerate(heads) if head == name and at not in made.values()
            ]
            if places:
                made[role] = places[0]
                break
    return made
