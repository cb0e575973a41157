"""Writes and reads the note on what a coder read: it distinguishes "not read" from "nothing found"."""

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


def write(note: ReadNote) -> tuple[str, str]:
    """Return a note's name and text: a line a document.

    Parameters
    ----------
    note : ReadNote
        What was read.

    Returns
    -------
    name, text : str
        A document's name that is ambiguous is in quotation marks, as JSON.
    """
    lines = [f"{_quoted(name)}: {_ALL}" for name in note.whole]
    lines += [
        f"{_quoted(name)}: {', '.join(f'{start}-{end}' for start, end in spans)}"
        for name, spans in note.parts.items()
        if spans
    ]
    return _NAME.format(note.coder), "\n".join(lines)


def read(name: str, text: str) -> tuple[ReadNote, list[str]] | None:
    """Return what a coder read, if a note is of this form.

    Parameters
    ----------
    name, text : str
        The note.

    Returns
    -------
    (ReadNote, list of str) or None
        What was read, and lines of another form; None for any other note.
    """
    title = _NAMED.fullmatch(name)
    if title is None:
        return None
    note, other_lines = ReadNote(title[1], [], {}), []
    for line in text.replace("\r\n", "\n").split("\n"):
        if not line.strip():
            continue
        match = _LINE.fullmatch(line.rstrip())
        document = None if match is None else _unquoted(match[1])
        if match is None or document is None:
            other_lines.append(line)
        elif match[2] == _ALL:
            note.whole.append(document)
        else:
            spans = [part.split("-") for part in match[2].split(", ")]
            note.parts.setdefault(document, []).extend((int(a), int(b)) for a, b in spans)
    return note, other_lines


def _quoted(name: str) -> str:
    needs_no_quotes = (
        name.isprintable() and name == name.strip() and name and not name.startswith('"')
    )
    return name if needs_no_quotes else json.dumps(name)


def _unquoted(written: str) -> str | None:
    if not written.startswith('"'):
        return written
    try:
        name = json.loads(written)
    except ValueError:
        return None
    return without_halves(name) if isinstance(name, str) else None
