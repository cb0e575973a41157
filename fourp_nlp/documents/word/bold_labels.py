"""Speakers' names in bold type."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from fourp_nlp.turns import GAP, Kind, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["LONGEST_LABEL", "Opening", "bold_labels"]

LONGEST_LABEL = 60
"""Characters of a name at most."""
_SHARE = 0.4
_ENDS = (".", "!", "?", "…", ",", ";")


class Opening(NamedTuple):
    """How a paragraph begins.

    Parameters
    ----------
    text : str
        The paragraph without white space around it; its beginning is enough.
    bold : int
        How many of its first characters are bold.
    is_heading : bool
        Whether the file says that it is a heading.
    """

    text: str
    bold: int
    is_heading: bool = False


def bold_labels(openings: Iterable[Opening]) -> tuple[str, ...]:
    """Return the bold names with which paragraphs begin, where they are evidently speakers.

    They are if names come again and two in five paragraphs, from the first name to the last one, begin
    with one in bold before a colon, or follow one that stands alone in bold. Two names or more in bold
    before other words, without a colon, are speakers, too.

    Parameters
    ----------
    openings : iterable of Opening
        The paragraphs of a document that are not empty.

    Returns
    -------
    tuple of str
        The names, without their colon, in the order in which they came; ``GAP`` ends those that only white
        space divides from the words.
    """
    before: list[tuple[int, str]] = []
    alone: list[tuple[int, str]] = []
    apart: list[tuple[int, str]] = []
    for at, (text, bold, is_heading) in enumerate(openings):
        if not bold:
            continue
        name, colon, _ = text[: LONGEST_LABEL + 1].partition(":")
        name = name.rstrip()
        if "\n" in name or not name:
            continue
        if colon and len(name) <= bold <= len(name) + 3:
            before.append((at, name))
        elif (
            not colon
            and len(text) <= min(bold, LONGEST_LABEL)
            and not is_heading
            and not text.endswith(_ENDS)
        ):
            alone.append((at, text))
        elif _is_apart(text, bold):
            apart.append((at, text[:bold]))
    gapped = [name for name in _names(apart, 1) if kind_of(name) > Kind.NEVER]
    if len(gapped) < 2:
        gapped = []
    names = (*_names(before, 1), *_names(alone, 2), *(f"{name} {GAP}" for name in gapped))
    return tuple(dict.fromkeys(names))


def _is_apart(text: str, bold: int) -> bool:
    """Return whether white space stands behind what is bold, and words that could begin a turn."""
    if not bold < min(len(text), LONGEST_LABEL) or not text[bold].isspace():
        return False
    # "**Beds** are counted every night" goes on with its sentence.
    return not text[bold:].lstrip()[:1].islower()


def _names(labels: list[tuple[int, str]], paragraphs: int) -> list[str]:
    """Return the names if they are those of a dialogue: each turn is at least so many paragraphs."""
    count = Counter(name for _, name in labels)
    if len(labels) < 3 or len(count) > 0.67 * len(labels):
        return []
    reach = labels[-1][0] - labels[0][0] + paragraphs
    return list(count) if len(labels) * paragraphs >= _SHARE * reach else []
