"""Who says what: the labels of speakers, recognised by what a whole document has of them.

Pure functions over lines and strings, for readers of documents and for segmentation alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourp_nlp.turns._edges import find_labels, has_words, peel, trim

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["find_labels", "has_words", "peel", "trim", "turn_starts"]


def turn_starts(lines: Sequence[str], known: frozenset[str] = frozenset()) -> list[bool]:
    """Tell which lines begin a turn.

    Parameters
    ----------
    lines : sequence of str
        The lines of one document, in order; empty lines among them are evidence, too.
    known : frozenset of str, default empty
        Names that are certain to be speakers, whatever their spelling.

    Returns
    -------
    list of bool
        For each line, whether it begins with a speaker's label, alone or with a time or words.
    """
    text = "\n".join(line.replace("\n", " ") for line in lines)
    spans: list[tuple[int, int]] = []
    at = 0
    for line in lines:
        spans.append((at + len(line) - len(line.lstrip()), at + len(line.rstrip())))
        at += len(line) + 1
    labels = find_labels(text, (span for span in spans if span[0] < span[1])) | known
    return [
        start < end and peel(text, start, end, labels).speaker is not None for start, end in spans
    ]
