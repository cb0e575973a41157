"""Subtitles (SubRip and WebVTT) as running text.

The common subtitle libraries drop what matters most here: pysubs2 loses the speaker in ``<v Name>``,
takes NOTE blocks for speech and words in braces for styles. Only text is wanted, no times, so the
cues are cut out here.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from fourp_nlp.documents._decode import read_decoded
from fourp_nlp.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fourp_nlp.documents._reading import Reading

__all__ = ["read"]

_TIMING = re.compile(
    r"^\s*(?:\d{1,3}:)?\d{1,2}:\d{1,2}(?:[.,:]\d{1,3})?\s*--?>\s*(?:\d{1,3}:)?\d{1,2}:\d{1,2}"
)
_NUMBER = re.compile(r"^\s*\d{1,9}\s*$")
_VOICE = re.compile(r"<v(?:\.[^\s<>]{1,60})*\s+([^<>]{1,100})>")
_TAG = re.compile(r"</?[A-Za-z0-9:][^<>]{0,200}>|\{\\?[A-Za-z0-9][^{}]{0,60}\}")
_LABEL = re.compile(r"^([^\W\d_][\w.'’ -]{0,50}(?:\([^()]{1,20}\))?):\s")
_NEW_SPEAKER = re.compile(r"^(?:>>|[-–—]\s)")


def read(path: Path) -> Reading:
    """Return the text of an .srt or .vtt file, without numbers, times and styles.

    The cues are joined into running text. A speaker's label (``NAME:`` or ``<v Name>``), ``>>``
    or a dash begins a new paragraph; a name in ``<v>`` is written as ``Name: `` and not repeated
    while the same person goes on.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    Reading
        The text, not yet normalised, and what is doubtful about its encoding.

    Raises
    ------
    DocumentError
        If the file does not hold text or no cue has a time.
    """
    content = read_decoded(path)
    lines = content.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    cues = list(_cues(lines))
    if not cues:
        raise DocumentError(
            "There is no line with the times of a subtitle, such as 00:00:01,000 --> 00:00:04,000.",
            file=path,
            cure="If it is plain text, give it the suffix .txt.",
        )
    return content.reading(_running_text(cues))


def _cues(lines: list[str]) -> Iterator[str]:
    """Yield the text of each cue; what comes before its times is a number or a name for it."""
    starts = [place for place, line in enumerate(lines) if _TIMING.match(line)]
    for place, following in zip(starts, [*starts, len(lines)][1:], strict=True):
        body = lines[place + 1 : following]
        if following < len(lines):
            body = _without_cue_name(body)
        cue: list[str] = []
        for line in body:
            if line.startswith(("NOTE", "STYLE", "REGION")) and cue and cue[-1] == "":
                break
            cue.append(line.strip())
        yield " ".join(part for part in cue if part)


def _without_cue_name(body: list[str]) -> list[str]:
    """Drop the next cue's number: a bare number, or a line between an empty one and the times."""
    if body and (_NUMBER.match(body[-1]) and (len(body) > 1 or not body[-1].strip())):
        return body[:-1]
    if len(body) > 1 and not body[-2].strip() and body[-1].strip() and len(body[-1]) < 60:
        return body[:-1]
    return body


def _running_text(cues: list[str]) -> str:
    parts: list[str] = []
    voice = ""
    for cue in cues:
        named = _VOICE.search(cue)
        text = unescape(_TAG.sub("", _VOICE.sub("", cue))).strip()
        if not text:
            continue
        apart = bool(_LABEL.match(text) or _NEW_SPEAKER.match(text))
        if named and named.group(1).strip() != voice:
            voice = named.group(1).strip()
            text = f"{voice}: {text}"
            apart = True
        if parts:
            parts.append("\n\n" if apart else " ")
        parts.append(text)
    return "".join(parts)
