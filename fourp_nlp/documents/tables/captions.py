"""Subtitles (SubRip and WebVTT) as running text, with their speakers."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from fourp_nlp.documents.reading import Reading, Text
from fourp_nlp.documents.tables._caption_cues import Cue, cues_in, has_times, without_repeats
from fourp_nlp.documents.text.decoding import read_decoded
from fourp_nlp.errors import DocumentError
from fourp_nlp.turns import recognise

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

__all__ = ["read"]

_AFTER_LABEL = re.compile(r"[\])>}]?\s*[:：]?\s*")
_LONGEST_LABEL = 90
_DASHES = ("- ", "– ", "— ")
_EVERY_CUE = 0.9


def read(path: Path) -> Reading:
    """Return the text of an .srt or .vtt file, without numbers, times and styles.

    The cues are joined into running text. A new speaker's label (``NAME:`` or ``<v Name>``), ``>>``
    or a dash begins a new paragraph; a name is written once as ``Name: `` and not repeated while the
    same person goes on. Captions that roll over the screen are read once.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    Reading
        The text, not yet normalised, and its labels.

    Raises
    ------
    DocumentError
        If the file does not hold text or no cue has a time.
    """
    content = read_decoded(path)
    cues = cues_in(content.text)
    if not cues and not has_times(content.text):
        raise DocumentError(
            "There is no line with the times of a subtitle, such as 00:00:01,000 --> 00:00:04,000.",
            file=path,
            cure="If it is plain text, give it the suffix .txt.",
        )
    cues, repeated = without_repeats(cues)
    turns = list(_turns(cues))
    labels = dict.fromkeys(turn.label for turn in turns if turn.label)
    remarks = [f"{repeated} repeated lines of rolling captions left out."] if repeated else []
    text = Text(_running_text(turns), labels=tuple(labels))
    return content.reading(Reading([text], remarks=remarks))


class _Turn(NamedTuple):
    """Words of a cue, who says them as far as it tells, and whether they begin a paragraph."""

    words: str
    label: str
    apart: bool


def _turns(cues: Sequence[Cue]) -> Iterator[_Turn]:
    """Yield what is said: of each cue as one, or line by line where each line begins with a dash."""
    parts = [(cue, words) for cue in cues for words in _by_dashes(cue)]
    lines = [line for cue, words in parts for line in ("" if cue.voice else words, "")]
    openings = recognise(lines, _known_labels([cue for cue in cues if not cue.voice])).openings
    for (cue, words), opening in zip(parts, openings[::2], strict=True):
        if cue.voice:
            yield _Turn(words, cue.voice, apart=False)
        elif opening.speaker:
            yield _Turn(
                _behind(words, opening.speaker, opening.start), opening.speaker, apart=False
            )
        else:
            yield _Turn(words, "", apart=words.startswith((*_DASHES, ">>")))


def _behind(words: str, label: str, start: int) -> str:
    """Return what stands behind a label, notes and all."""
    at = words.casefold().find(label.casefold())
    label_and_notes = _AFTER_LABEL.match(words, at + len(label)) if at >= 0 else None
    return (
        words[label_and_notes.end() :]
        if label_and_notes and label_and_notes.end() <= start
        else words[start:]
    )


def _by_dashes(cue: Cue) -> list[str]:
    parts: list[str] = []
    for line in cue.lines:
        if parts and (cue.voice or not line.startswith((*_DASHES, ">>"))):
            parts[-1] = f"{parts[-1]} {line}"
        else:
            parts.append(line)
    return parts


def _head(words: str) -> str:
    """Return what stands before the first colon that is no part of a time; empty if none is near."""
    at = -1
    while True:
        at = words.find(":", at + 1, _LONGEST_LABEL)
        if at < 0 or words[at + 1 : at + 2] in {"", " "}:
            break
    wide = -1 if words.isascii() else words.find("：", 0, _LONGEST_LABEL)
    at = wide if wide >= 0 and (at < 0 or wide < at) else at
    return words[:at].rstrip() if at > 0 else ""


def _known_labels(cues: Sequence[Cue]) -> frozenset[str]:
    """Return the labels with which a program that knows who speaks began every cue.

    There a label is one whatever its spelling. Where fewer cues have one, it must look like a name and
    recur, as in any text.
    """
    heads = [_head(cue.text.lstrip(">-–— ")) for cue in cues]
    count = Counter(head for head in heads if head and head[0] not in "[(<{")
    share = count.total() / max(1, len(cues))
    if count.total() < 3 or share < _EVERY_CUE:
        return frozenset()
    return frozenset((*count, *_longer(cues, heads, count)))


def _longer(cues: Sequence[Cue], heads: Sequence[str], count: Counter[str]) -> Iterator[str]:
    """Yield names with a colon inside: what always goes on in the same way is one name."""
    behind: dict[str, set[str]] = {}
    for cue, head in zip(cues, heads, strict=True):
        if head and count[head] > 1:
            rest = cue.text.lstrip(">-–— ")[len(head) :].lstrip()
            behind.setdefault(head, set()).add(f"{head}{rest[0]} {_head(rest[1:].lstrip())}")
    for head, longer in behind.items():
        only = next(iter(longer))
        if len(longer) == 1 and not only.endswith(" ") and len(only) > len(head) + 2:
            yield only


def _running_text(turns: Sequence[_Turn]) -> str:
    parts: list[str] = []
    speaker = ""
    for turn in turns:
        words = turn.words
        apart = turn.apart
        if turn.label and turn.label != speaker:
            speaker = turn.label
            words = f"{speaker}: {words}"
            apart = True
        if words and parts:
            parts.append("\n\n" if apart else " ")
        if words:
            parts.append(words)
    return "".join(parts)
