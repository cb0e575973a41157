"""The lines of a document, wrapped lines joined, with speaker and role."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from fourp_nlp.turns import has_words, recognise, trim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fourp_nlp.turns import Opening

__all__ = ["Block", "blocks_of", "known_names", "lines_of"]

_TERMINAL = re.compile(r"[.!?…:;؟۔।。！？](?:[\"'”’»)\]]|[ ]»)*$")
_SENTENCE_END = re.compile(r"[.!?…:;,](?:[\"'”’»)\]]|[ ]»)*$")
_GOES_ON = re.compile(
    r"(?:,|\b(?:a|an|the|of|to|in|at|by|for|from|with|and|or|our|their|his|her|my|your))$"
)

_BEFORE_A_NAME = re.compile(r"\b(?:Dr|Mr|Mrs|Ms|Mx|Prof|e\.g|i\.e|cf|vs)\.$")
"""What no sentence ends in, at the end of a line that is long enough to be wrapped."""
_WRAPPED = 40
"""Characters of such a line."""


class Block(NamedTuple):
    """Lines that belong together: a line of speech, a bullet, a heading, or a wrapped paragraph."""

    start: int
    end: int
    speaker: str
    role: str
    turn: int
    paragraph: int


class _Open:
    """A block that further lines may still join."""

    def __init__(self, start: int, end: int, *, is_bullet: bool, is_labelled: bool) -> None:
        self.start = start
        self.end = end
        self.is_bullet = is_bullet
        self.is_labelled = is_labelled
        self.lines = 1


def known_names(labels: str) -> frozenset[str]:
    """Return the names in the column `labels` of a document, which has one a line."""
    return frozenset(filter(None, labels.split("\n")))


def lines_of(text: str) -> list[str]:
    """Return the lines of a text without white space at their ends, empty ones among them."""
    return [line.strip() for line in text.split("\n")]


def blocks_of(text: str, known: frozenset[str] = frozenset()) -> list[Block]:
    """Return the blocks of a document in order.

    An empty line ends a block. A single line end does not if the lines are evidently wrapped: the
    first one ends in no mark and the next goes on in lower case, or the first one ends in a comma
    or a word such as "the", or three and more lines fill the same width.

    Parameters
    ----------
    text : str
        Text of the document.
    known : frozenset of str, default empty
        Names that are certain to be speakers.

    Returns
    -------
    list of Block
        Spans, not yet trimmed at their end; the label, times and bullet in front are left out, and so
        is what a transcription program wrote around the words.
    """
    lines = text.split("\n")
    kept = [line.strip() for line in lines]
    openings = recognise(kept, known).openings
    blocks_of_document: list[Block] = []
    speaker = ""
    turn = paragraph = 0
    for run in _runs(lines, kept, openings):
        paragraph += 1
        wrapped = _is_wrapped(run)
        current: list[_Open] = []
        speakers: list[str | None] = []
        for start, end, opening in run:
            if opening.is_boilerplate:
                continue
            if (
                current
                and not opening.peeled
                and (wrapped or _continues(text, current[-1], start + opening.start))
            ):
                current[-1].end = end
                current[-1].lines += 1
                continue
            current.append(
                _Open(
                    start + opening.start,
                    end,
                    is_bullet=opening.is_bullet,
                    is_labelled=opening.speaker is not None,
                )
            )
            speakers.append(opening.speaker)
        for place, block in enumerate(current):
            if (label := speakers[place]) is not None:
                speaker = label
                turn += 1
            paragraph += place > 0
            if not has_words(text[block.start : block.end]):
                continue
            following = current[place + 1] if place + 1 < len(current) else None
            role = "bullet" if block.is_bullet else "sentence"
            if place == 0 and _is_heading(text, block, following, spoken=bool(speaker)):
                role = "heading"
            blocks_of_document.append(Block(block.start, block.end, speaker, role, turn, paragraph))
        # What follows such a line is a turn of its own, so that no turn has the line inside it.
        turn += run[-1][2].is_boilerplate
    return blocks_of_document


def _runs(
    lines: list[str], kept: list[str], openings: list[Opening]
) -> Iterator[list[tuple[int, int, Opening]]]:
    """Yield runs of lines that no empty line divides: start and end of each, and its opening.

    What a program wrote around the words ends a run.
    """
    run: list[tuple[int, int, Opening]] = []
    at = 0
    for line, words, opening in zip(lines, kept, openings, strict=True):
        if words:
            first = at + len(line) - len(line.lstrip())
            run.append((first, first + len(words), opening))
        if run and (not words or opening.is_boilerplate):
            yield run
            run = []
        at += len(line) + 1
    if run:
        yield run


def _is_wrapped(run: list[tuple[int, int, Opening]]) -> bool:
    """Tell whether three or more lines are one paragraph that was broken at a margin."""
    if len(run) < 3 or any(opening.peeled for _, _, opening in run[1:]):
        return False
    lengths = [end - start for start, end, _ in run]
    width = max(lengths)
    return 45 <= width <= 100 and all(length >= 0.75 * width for length in lengths[:-1])


def _continues(text: str, block: _Open, start: int) -> bool:
    before = text[max(block.start, block.end - 12) : block.end]
    if block.end - block.start >= _WRAPPED and _BEFORE_A_NAME.search(before):
        return True
    if not before or _TERMINAL.search(before):
        return False
    return text[start : start + 1].islower() or _GOES_ON.search(before) is not None


def _is_heading(text: str, block: _Open, following: _Open | None, *, spoken: bool) -> bool:
    """Tell whether a line is a heading: short, alone or above longer text, without a full stop."""
    # "We left. [laughter]" has its full stop before the note.
    end = trim(text, block.start, block.end)[1]
    length = end - block.start
    if length == 0 or length > 100 or block.lines > 1 or block.is_bullet or block.is_labelled:
        return False
    words = text[block.start : end].split()
    if len(words) > 12 or _SENTENCE_END.search(text, end - min(4, length), end):
        return False
    first = next((letter for letter in words[0] if letter.isalnum()), "")
    if not (first.isupper() or first.isdigit()):
        return False
    if following and not following.is_bullet and following.end - following.start <= length:
        return False
    # Speech is often written without full stops; there only a title's capitals tell a heading.
    capitals = sum(word[0].isupper() for word in words)
    return not spoken or (len(words) > 1 and capitals >= 0.6 * len(words))
