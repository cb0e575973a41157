"""Speakers' names in a column, before a tab or a wide space."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from fourp_nlp.turns._lines import is_speech
from fourp_nlp.turns.label_candidates import GAP
from fourp_nlp.turns.speaker_names import Kind, kind_of

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["column_labels"]

_ROW = re.compile(r"(?:\d{1,5}[ \t]+)?([^\s:：][^\t\n:：]{0,40}?)(?: *\t\s*| {3,})(?=\S)")
_GAP_INSIDE = re.compile(r"\S(?:\t| {3,})\S")
_COURT = frozenset("QA")
_FEWEST = 4


def column_labels(lines: Sequence[str]) -> tuple[str, ...]:
    """Return the names that stand before a tab or a wide space and recur as speakers do.

    Parameters
    ----------
    lines : sequence of str
        The lines of a text as it came, with its white space.

    Returns
    -------
    tuple of str
        Each name with ``GAP`` at its end; empty if the text has no such column.
    """
    rows = [(match, line) for line in lines if (match := _ROW.match(line))]
    rows = [
        (match, line)
        for match, line in rows
        if kind_of(match.group(1)) > Kind.NEVER and not _GAP_INSIDE.search(line, match.end())
    ]
    if len(rows) < _FEWEST:
        return ()
    names = [match.group(1) for match, _ in rows]
    count = Counter(names)
    recurring = {name for name, times in count.items() if times > 1}
    margin = [line for line in lines if line.strip() and not line[0].isspace()]
    rest = len(margin) - sum(not line[0].isspace() for _, line in rows)
    changes = sum(one != other for one, other in pairwise(names)) / (len(names) - 1)
    spoken = sum(is_speech(line[match.end() :].strip()) for match, line in rows) / len(rows)
    again = sum(count[name] for name in recurring)
    in_court = set(names) == set(_COURT)
    if (
        len(recurring) < 2
        or (rest > 0.25 * len(margin) and not in_court)
        or changes < 0.4
        or spoken < (0.5 if rest else 0.3)
        or again < 0.6 * len(rows)
    ):
        return ()
    taken = [name for name in count if name in recurring or kind_of(name) > Kind.ODD]
    return tuple(f"{name} {GAP}" for name in taken)
