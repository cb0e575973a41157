"""The note on what a coder read; without it, nothing tells "not read" from "nothing found"."""

from __future__ import annotations

import json
import re
from typing import NamedTuple

from fourp_nlp.control_characters import without_halves

__all__ = ["ReadNote", "read", "write"]

_NAME = "fourp_nlp: what {} read"
_NAMED = re.compile(r"fourp_nlp: what (.*) read", re.DOTALL)
_ALL = "all"
_LINE = re.compile(r"(.+): (all|\d+-\d+(?:, \d+-\d+)*)")


class ReadNote(NamedTuple):
    """What a coder read.

    Attributes
    ----------
    coder : str
        The coder's name.
    whole : list of str
        Documents read as a whole.
    parts : dict of str to list of (int, int)
        Of other documents, the spans that were read.
    """

    coder: str
    whole: list[str]
    parts: dict[str, list[tuple[int, int]]]


def write(what: ReadNote) -> tuple[str, str]:
    """Return a note's name and text: a line a document.

    Parameters
    ----------
    what : ReadNote
        What was read.

    Returns
    -------
    name, text : str
        A document's name that could be misread stands in quotation marks, as JSON.
    """
    lines = [f"{_quoted(name)}: {_ALL}" for name in what.whole]
    lines += [
        f"{_quoted(name)}: {', '.join(f'{start}-{end}' for start, end in spans)}"
        for name, spans in what.parts.items()
        if spans
    ]
    return _NAME.format(what.coder), "\n".join(lines)


def read(name: str, text: str) -> tuple[ReadNote, list[str]] | None:
    """Return what a coder read, if a note is of this form.

    Parameters
    ----------
    name, text : str
        The note.

    Returns
    -------
    (ReadNote, list of str) or None
        What was read, and lines that cannot be understood; None for any other note.
    """
    found = _NAMED.fullmatch(name)
    if found is None:
        return None
    made, strange = ReadNote(found[1], [], {}), []
    for line in text.replace("\r\n", "\n").split("\n"):
        if not line.strip():
            continue
        said = _LINE.fullmatch(line.rstrip())
        document = None if said is None else _unquoted(said[1])
        if said is None or document is None:
            strange.append(line)
        elif said[2] == _ALL:
            made.whole.append(document)
        else:
            spans = [part.split("-") for part in said[2].split(", ")]
            made.parts.setdefault(document, []).extend((int(a), int(b)) for a, b in spans)
    return made, strange


def _quoted(name: str) -> str:
    plain = name.isprintable() and name == name.strip() and name and not name.startswith('"')
    return name if plain else json.dumps(name)


def _unquoted(written: str) -> str | None:
    if not written.startswith('"'):
        return written
    try:
        name = json.loads(written)
    except ValueError:
        return None
    return without_halves(name) if isinstance(name, str) else None
