"""Time stamps in transcripts, as programs write them."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "BARE",
    "BARE_AT_END",
    "BRACKETED",
    "CLOCK",
    "HASHED",
    "MARK",
    "OPENERS",
    "SPELT",
    "STAMP_AT_END",
    "are_running",
    "is_round",
    "seconds_of",
]

# Teams has written "0:0:9.40", too.
CLOCK = r"(?:\d{1,2}:\d{1,2}:\d{1,2}[.,]\d{1,3}|\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?)"
_SPAN = rf"{CLOCK}(?:\s*(?:-->|[-–—]|to)\s*{CLOCK})?"
# The hours of QualCoder have two digits, and no recording runs for ten: "[12.05.20]" is a date.
_DOTTED = r"0\d\.[0-5]\d\.[0-5]\d(?:[.,]\d{1,3})?"
_HASHED = rf"#\s?{CLOCK}(?:-\d{{1,3}})?\s?#"
_BRACKETED = (
    rf"\[\s?(?:\d?{_SPAN}(?:-\d{{1,3}})?|{_DOTTED})\s?\]|\{{\s?(?:\d?{_SPAN}|{_DOTTED})\s?\}}"
    rf"|\(\s?\d?{_SPAN}\s?\)|<\s?\d?{_SPAN}\s?>|\[(?:\d{{1,2}}h ?)?\d{{1,2}}m ?\d{{1,2}}s\]"
)

_SPELT = (
    r"(?:(?:\d{1,2} hours? )?(?:\d{1,2} minutes? )?\d{1,2} seconds?|(?:\d{1,2}h ?)?\d{1,2}m ?\d{1,2}s)"
    rf"(?: ?{CLOCK})?"
)

HASHED = re.compile(_HASHED)
"""A stamp of f4, MAXQDA or ATLAS.ti, which is never part of a sentence."""

BRACKETED = re.compile(rf"{_BRACKETED}|{_HASHED}|¤<\d{{1,9}}>")
"""A stamp that its brackets or marks set apart from words."""

# "10:30 was late" and "10:30 a.m. is early" begin a sentence; "00:14 We began" begins with a stamp.
BARE = re.compile(rf"{_SPAN}(?=\s|$)(?!\s*(?:[apAP]\.?\s?[mM]\b|[a-z(]))")
"""A time without brackets that is a stamp by what follows it."""

MARK = re.compile(rf"{_SPAN}(?=\s|$)")
"""A time without brackets, whatever follows it."""

OPENERS = "[(<{#¤"
"""What a stamp with brackets or marks may begin with."""

SPELT = re.compile(_SPELT)
"""A time in words, as Teams writes it for those who hear it read."""

BARE_AT_END = re.compile(rf"(?<=[.!?…。！？\"”’»)\]])\s+{CLOCK}$")
"""A time behind the last sentence of a passage."""

STAMP_AT_END = re.compile(
    rf"(?:{_BRACKETED}|{_HASHED}|(?<![\d:.,]){_SPAN}(?:\s?[AaPp]\.?[Mm]\.?)?"
    rf"|(?<!\d){_SPELT})\s*$"
)
"""A stamp at the end of a short passage."""

_NUMBERS = re.compile(r"\d+")


def seconds_of(stamp: str) -> int:
    """Return the first time in a stamp in seconds.

    Parameters
    ----------
    stamp : str
        A stamp, with or without brackets.

    Returns
    -------
    int
        Seconds; 0:05 is taken for minutes and seconds, 1:02:15 for hours, minutes and seconds.
    """
    match = re.search(r"(\d{1,3})[:.](\d{1,2})(?:[:.](\d{1,2}))?", stamp)
    if match is None:
        return 0
    numbers = [int(part) for part in match.groups() if part is not None]
    total = 0
    for number in numbers:
        total = total * 60 + number
    return total


def are_running(times: Sequence[int]) -> bool:
    """Tell whether times never go back, or hardly ever.

    Parameters
    ----------
    times : sequence of int
        Seconds, in the order of the document.

    Returns
    -------
    bool
        Whether nine of ten steps go on.
    """
    steps = sum(before <= after for before, after in pairwise(times))
    return steps >= 0.9 * (len(times) - 1)


def is_round(stamp: str) -> bool:
    """Tell whether a time is one of a clock on a programme or timetable: full or five minutes."""
    numbers = _NUMBERS.findall(stamp)
    return len(numbers) == 2 and int(numbers[1]) % 5 == 0
