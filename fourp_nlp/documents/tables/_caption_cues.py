"""The cues of subtitle files (SubRip and WebVTT): their words without times, numbers and styles.

The common subtitle libraries drop what matters most here: pysubs2 loses the speaker in ``<v Name>``,
takes NOTE blocks for speech and words in braces for styles; webvtt-py ends a cue at an empty line. Only
the words are wanted, no times, so the cues are cut out here.
"""

from __future__ import annotations

import re
from html import unescape
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Cue", "cues_in", "has_times", "without_repeats"]

_TIMING = re.compile(
    r"^\s*(?:\d{1,3}:)?\d{1,2}:\d{1,2}(?:[.,:]\d{1,3})?\s*--?>\s*(?:\d{1,3}:)?\d{1,2}:\d{1,2}"
)
_NUMBER = re.compile(r"\d{1,9}$")
# Webex writes who speaks into the name of the cue.
_NAMED = re.compile(r'\d{1,9}\s+"([^"]{1,100})"(?:\s*\(\d{1,20}\))?$')
_VOICE = re.compile(r"<v(?:\.[^\s<>]{1,60})*\s+([^<>]{1,100})>")
_TAG = re.compile(
    r"</?(?:[bisucpv]|em|strong|span|div|font|ruby|rt|lang|c\.[^\s<>]{1,60})(?:[\s.][^<>]{0,200})?\s?/?>"
    r"|<(?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3}>|\{\\[^{}]{0,60}\}|\{/?[bius]\}|\{[yY]:[^{}]{0,60}\}",
    re.IGNORECASE,
)
_BREAK = re.compile(r"<br\s?/?>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_MUSIC_ALONE = re.compile(r"[♩♪♫♬\s]+$")
_BLOCK = re.compile(r"(?:NOTE(?:\s|$)|STYLE\s*$|REGION\s*$)")
_FEW_WORDS = 3


class Cue(NamedTuple):
    """What is shown at one time.

    Parameters
    ----------
    lines : tuple of str
        Its lines, without tags and without empty ones.
    voice : str
        Who speaks, where the file says so beside the words; empty where it does not.
    """

    lines: tuple[str, ...]
    voice: str = ""

    @property
    def text(self) -> str:
        """The lines as one."""
        return " ".join(self.lines)


def has_times(text: str) -> bool:
    """Tell whether any line of a text has the times of a subtitle."""
    return any(_TIMING.match(line) for line in text.splitlines() if ">" in line)


def cues_in(text: str) -> list[Cue]:
    """Return the cues of a file.

    Only those with words; one with several voices makes several. Empty if no line has times.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    is_web = lines[0].lstrip("\ufeff").startswith("WEBVTT")
    starts = [place for place, line in enumerate(lines) if _TIMING.match(line)]
    names: list[str] = []
    bodies: list[list[str]] = []
    number = 0
    for before, after in pairwise([-1, *starts, len(lines)]):
        body = [line.strip() for line in lines[before + 1 : after]]
        name = ""
        if after < len(lines):
            body, name = _parted(body, number, is_web=is_web, is_head=before < 0)
            number = int(name) if _NUMBER.match(name) else number
        bodies.append(body)
        names.append(name)
    return [
        cue
        for body, name in zip(bodies[1:], names, strict=False)
        for cue in _voices(_without_blocks(body) if is_web else body, name)
    ]


def _parted(body: list[str], number: int, *, is_web: bool, is_head: bool) -> tuple[list[str], str]:
    """Return what stands above the times of a cue: words of the one before, and this one's name.

    A name is a number right above the times, or one that goes on counting where empty lines are
    everywhere; in WebVTT also a line between an empty one and the times.
    """
    filled = [place for place, line in enumerate(body) if line]
    if not filled:
        return body, ""
    last = filled[-1]
    line = body[last]
    apart = last == 0 or not body[last - 1]
    right_above = last == len(body) - 1
    if is_head:
        return [], line if right_above or _NUMBER.match(line) else ""
    if _NUMBER.match(line):
        counts = apart and int(line) == number + 1
        is_name = (len(filled) > 1 or apart) and counts if not right_above else len(body) > 1
    else:
        is_name = is_web and right_above and apart and len(line) < 120
    return (body[:last], line) if is_name else (body, "")


def _without_blocks(body: list[str]) -> list[str]:
    """Return a cue without the notes and styles that stand between it and the next."""
    kept: list[str] = []
    for line in body:
        if kept and not kept[-1] and _BLOCK.match(line):
            break
        kept.append(line)
    return kept


def _voices(body: list[str], name: str) -> Iterator[Cue]:
    """Yield a cue, or one for each voice in it."""
    whole = "\n".join(line for line in body if line)
    named = _NAMED.match(name)
    voice = named.group(1).strip() if named else ""
    at = 0
    for tag in _VOICE.finditer(whole):
        yield from _cue(whole[at : tag.start()], voice)
        voice = " ".join(_unescaped(tag.group(1)).split())
        at = tag.end()
    yield from _cue(whole[at:], voice)


def _cue(words: str, voice: str) -> Iterator[Cue]:
    plain = _unescaped(_TAG.sub("", _BREAK.sub("\n", words)))
    lines = (" ".join(line.split()) for line in plain.split("\n"))
    kept = tuple(line for line in lines if line and not _MUSIC_ALONE.match(line))
    if kept:
        yield Cue(kept, voice)


def _unescaped(text: str) -> str:
    """Return a text with its entities read; a mere & stays."""
    return _ENTITY.sub(lambda match: unescape(match.group()), text)


def without_repeats(cues: Sequence[Cue]) -> tuple[list[Cue], int]:
    """Return captions that roll over the screen with every line once.

    Such a file shows each line in two or three cues: below, when it is new, and above, while the next one
    comes. Only where that is the rule is anything left out.

    Returns the cues with what is new in each, and how many lines were left out.
    """
    overlaps = [_overlap(before, cue) for before, cue in pairwise(cues)]
    grows = sum(
        0 < overlap < len(cue.lines) for overlap, cue in zip(overlaps, cues[1:], strict=True)
    )
    same = sum(
        overlap == len(cue.lines) and len(cue.text.split()) >= _FEW_WORDS
        for overlap, cue in zip(overlaps, cues[1:], strict=True)
    )
    rolls = grows >= max(2, 0.2 * len(overlaps)) or 0 < grows == len(overlaps)
    doubled = same >= 3 and same >= 0.4 * len(overlaps)
    if not rolls and not doubled:
        return _without_growth(cues)
    kept = list(cues[:1])
    for overlap, cue in zip(overlaps, cues[1:], strict=True):
        if overlap < len(cue.lines):
            kept.append(cue._replace(lines=cue.lines[overlap:]))
    return kept, sum(overlaps)


def _overlap(before: Cue, cue: Cue) -> int:
    """Return how many lines a cue repeats from the one before."""
    if before.voice != cue.voice:
        return 0
    most = min(len(before.lines), len(cue.lines))
    return next((n for n in range(most, 0, -1) if before.lines[-n:] == cue.lines[:n]), 0)


def _without_growth(cues: Sequence[Cue]) -> tuple[list[Cue], int]:
    """Return captions that grow word by word with their last state alone."""
    grown = [
        len(before.text) < len(cue.text)
        and cue.text.startswith(f"{before.text} ")
        and before.voice == cue.voice
        for before, cue in pairwise(cues)
    ]
    if sum(grown) < 3 or sum(grown) < 0.5 * len(grown):
        return list(cues), 0
    return [cue for cue, is_part in zip(cues, [*grown, False], strict=True) if not is_part], sum(
        grown
    )
