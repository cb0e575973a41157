"""The speakers of a document and their shares, for checking how it was read."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fourp_nlp.segments.lines import blocks_of, known_names, lines_of
from fourp_nlp.turns import recognise
from fourp_nlp.word_count import count_words

if TYPE_CHECKING:
    from fourp_nlp.turns import NotTaken

__all__ = ["Speakers", "speakers_in"]

_SHOWN = 60


@dataclass(frozen=True)
class Speakers:
    """Who speaks in a document.

    Attributes
    ----------
    forms : list of str
        The forms of its labels in words, the most frequent first.
    turns : dict of str to int
        How often each speaker begins to speak, in order of appearance.
    words : dict of str to int
        The words of each speaker; those under the empty name are nobody's.
    left_out : list of int
        Lines that a transcription program or a transcriber wrote around the words, counted from 1.
    not_taken : list of tuple of (NotTaken, str)
        What looks like a label and was not taken for one, and how its first line begins.
    """

    forms: list[str]
    turns: dict[str, int]
    words: dict[str, int]
    left_out: list[int]
    not_taken: list[tuple[NotTaken, str]]

    @property
    def without_speaker(self) -> float:
        """The share of words that are nobody's; nan where there are no words."""
        total = sum(self.words.values())
        return self.words.get("", 0) / total if total else float("nan")


def speakers_in(text: str, labels: str = "") -> Speakers:
    """Return who speaks in a document.

    Parameters
    ----------
    text : str
        The normalised text.
    labels : str, default ''
        Names that its file marks as speakers, one a line, as in the table DOCUMENTS.

    Returns
    -------
    Speakers
        Turns and words of each, and what was not taken for a speaker.
    """
    known = known_names(labels)
    lines = lines_of(text)
    recognised = recognise(lines, known)
    turns = Counter(
        one.speaker or "(no name)" for one in recognised.openings if one.speaker is not None
    )
    words: Counter[str] = Counter()
    for block in blocks_of(text, known):
        words[block.speaker] += count_words(text[block.start : block.end])
    return Speakers(
        [form.value for form in recognised.forms],
        dict(turns),
        dict(words),
        [place for place, one in enumerate(recognised.openings, start=1) if one.is_boilerplate],
        [(one, lines[one.line - 1][:_SHOWN]) for one in recognised.not_taken],
    )
