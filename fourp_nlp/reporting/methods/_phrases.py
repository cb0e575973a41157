"""Phrases of a methods text: numbers with their nouns, lists, shares and intervals.

Every number of the text and its tables is rounded here or in `text_format`, so that both say the same.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from fourp_nlp.control_characters import printable
from fourp_nlp.number_format import low_end
from fourp_nlp.reporting.text_format import ABSENT, decimal, percent, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = [
    "RATIO",
    "SCORE",
    "cell",
    "in_words",
    "joined",
    "number",
    "one_line",
    "share",
    "spread",
    "to_three",
    "value_and_interval",
    "with_interval",
]

RATIO = 2
"""Decimals of coefficients, thresholds and probabilities."""

SCORE = 3
"""Decimals of Brier scores and calibration errors, which are small for rare codes."""

_WORDS = ("One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")
_SPACES = re.compile(r"\s+")


def number(count: int, noun: str) -> str:
    """Return a count with its noun, such as "1 case" or "1,214 segments".

    The noun is in the singular; its plural ends in s.
    """
    return f"{whole(count)} {noun}{'' if count == 1 else 's'}"


def to_three(value: float) -> str:
    """Return a figure with the decimals of scores.

    There are three decimals, or a dash for nan.
    """
    return decimal(value, digits=SCORE)


def in_words(count: int) -> str:
    """Return a count as a sentence begins with it: in words up to ten.

    Such as "Two", or "12".
    """
    return _WORDS[count - 1] if 0 < count <= len(_WORDS) else whole(count)


def joined(names: Sequence[str]) -> str:
    """Return a list as it stands in a sentence: "a", "a and b", "a, b and c"."""
    return names[0] if len(names) == 1 else " and ".join([", ".join(names[:-1]), *names[-1:]])


def share(part: int, total: int) -> str:
    """Return a share as a percentage, a dash of nothing.

    Such as "41.5%".
    """
    return percent(part / total) if total else ABSENT


def spread(low: float, high: float, written: Callable[[float], str]) -> str:
    """Return a range, or the one number that it comes to when rounded; a dash where there is none.

    Such as "0.21 to 0.35".
    """
    ends = [written(value) for value in (low, high)]
    return ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"


def with_interval(value: float, low: float, high: float, *, digits: int = RATIO) -> str:
    """Return a figure for a sentence, with its 95% interval if there is one.

    Such as "0.92 (95% CI 0.91 to 0.94)"; ends are nan where there is none.
    """
    shown = decimal(value, digits=digits)
    if math.isnan(low) or math.isnan(high):
        return shown
    return f"{shown} (95% CI {_low(low, digits)} to {decimal(high, digits=digits)})"


def cell(value: float, low: float, high: float, *, digits: int = RATIO, without: str = "") -> str:
    """Return a figure for a table, with its interval in brackets if there is one.

    Such as "0.92 [0.91, 0.94]"; ends are nan where there is none. `without` stands in the brackets
    of a value without an interval; by default there are no brackets.
    """
    shown = decimal(value, digits=digits)
    if math.isnan(low) or math.isnan(high):
        return f"{shown} [{without}]" if without and not math.isnan(value) else shown
    return f"{shown} [{_low(low, digits)}, {decimal(high, digits=digits)}]"


def value_and_interval(text: str) -> list[str]:
    """Return the lines of a cell of a wide table, where an interval stands below its value.

    The text is as `cell` returns it, or any other.
    """
    value, bracket, interval = text.partition(" [")
    return [value, f"[{interval}"] if bracket and text.endswith("]") else [text]


def _low(value: float, digits: int) -> str:
    return low_end(value, digits).replace("-", "−")


def one_line(text: str) -> str:
    """Return a text that every format can hold, its line ends and tabs made single spaces."""
    return _SPACES.sub(" ", printable(text))
