"""Line numbers typed at the beginning of every line, which are not text."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["typed_line_numbers"]

_NUMBERED = re.compile(r"^(\d{1,5})(?: |$)", re.MULTILINE)
_LABEL = re.compile(
    r"([^\W\d_][\w.'’ -]{0,30})[:：](?: |$)|([QA])\.?(?: |$)|[\[<(]([^\W\d_][\w.'’ -]{0,30})[\])>]"
)
_SENTENCE_INSIDE = re.compile(r"[.?!…。？！][\"”’)]? +[^\W\d_]")
_ENDS = frozenset('.?!…:;。？！"”’)')
_FEWEST = 4
_FEWEST_WRAPPED = 8
_SHORTEST_PAGE = 5
_WIDTH = 40


class _Line(NamedTuple):
    number: int
    start: int
    end: int
    words: str


def typed_line_numbers(text: str) -> list[tuple[int, int]]:
    """Return where the numbers of numbered lines stand in a text.

    Lines count as numbered where hardly one is without a number, the numbers run on by one (or begin
    anew on every page, as in a transcript of a court), and the lines are those of a transcript or of
    running text: labels that recur, or sentences that go on over the end of the line. A numbered list and
    a table are neither.

    Parameters
    ----------
    text : str
        A text in its normal form, but for these numbers.

    Returns
    -------
    list of tuple of int
        Start and end of each number with the space behind it; empty where lines are not numbered.
    """
    lines = _numbered(text)
    if not lines:
        return []
    if _numbered(_without(text, lines)):
        # Numbers behind numbers: a table. Taken away, they would have to be taken away once more.
        return []
    return [(line.start, line.end) for line in lines]


def _without(text: str, lines: Sequence[_Line]) -> str:
    parts = []
    at = 0
    for line in lines:
        parts.append(text[at : line.start])
        at = line.end
    parts.append(text[at:])
    kept = (line.strip(" ") for line in "".join(parts).split("\n"))
    return re.sub("\n{3,}", "\n\n", "\n".join(kept)).strip("\n")


def _numbered(text: str) -> list[_Line]:
    """Return the numbered lines of a text that has such, without regard to what would be left."""
    matches = list(_NUMBERED.finditer(text))
    if len(matches) < _FEWEST:
        return []
    filled = text.count("\n") + 1 - text.count("\n\n")
    if len(matches) < 0.8 * filled:
        return []
    lines = []
    for one in matches:
        end = text.find("\n", one.end())
        words = text[one.end() : len(text) if end < 0 else end]
        lines.append(_Line(int(one.group(1)), one.start(), one.end(), words.strip()))
    lines = _running(lines)
    if len(lines) < 0.8 * filled or not (_has_labels(lines) or _is_wrapped(lines)):
        return []
    return lines


def _running(lines: list[_Line]) -> list[_Line]:
    """Return the lines whose numbers go on by one or begin anew, if nearly all do; none otherwise."""
    if lines[0].number > 1:
        return []
    kept = lines[:1]
    lengths: list[int] = []
    for line, following in zip(lines[1:], [*lines[2:], None], strict=True):
        before = kept[-1].number
        # A number may be wanting: where the next line goes on from here, this one was counted.
        jumps = (
            before < line.number <= before + 3
            and following is not None
            and following.number == line.number + 1
        )
        if line.number == before + 1 or jumps:
            kept.append(line)
        elif line.number == 1 and before >= _SHORTEST_PAGE:
            lengths.append(before)
            kept.append(line)
    usual = Counter(lengths).most_common(1)
    regular = not usual or usual[0][1] >= 0.7 * len(lengths)
    return kept if regular and len(kept) >= 0.95 * len(lines) and len(kept) >= _FEWEST else []


def _has_labels(lines: Sequence[_Line]) -> bool:
    """Tell whether two names or more stand before colons, and one of them more than once."""
    labels = (match for line in lines if (match := _LABEL.match(line.words)))
    names = [match.group(match.lastindex or 1) for match in labels]
    several = set(names)
    return len(names) >= 3 and len(several) > 1 and len(several) <= 0.75 * len(names)


def _is_wrapped(lines: Sequence[_Line]) -> bool:
    """Tell whether sentences go on over line ends, and end in the middle of lines."""
    filled = [line.words for line in lines if line.words]
    if len(filled) < _FEWEST_WRAPPED:
        return False
    lengths = sorted(len(words) for words in filled)
    width = lengths[int(0.9 * (len(lengths) - 1))]
    if width < _WIDTH:
        return False
    inside = sum(_SENTENCE_INSIDE.search(words) is not None for words in filled)
    goes_on = [
        len(words)
        for words, following in pairwise(filled)
        if words[-1] not in _ENDS and not following[0].isupper()
    ]
    full = sum(length >= 0.6 * width for length in goes_on)
    return (
        inside >= max(2, 0.08 * len(filled))
        and len(goes_on) >= 0.3 * (len(filled) - 1)
        and full >= 0.8 * len(goes_on)
    )
