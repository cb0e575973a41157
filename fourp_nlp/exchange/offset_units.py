"""Offsets in a text, counted in code points, UTF-16 code units or bytes, and converted between them.

This program counts code points from 0, and the end of a span is one past its last character.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Integers = npt.NDArray[np.int64]

__all__ = [
    "CODE_POINTS",
    "UTF_16",
    "Counting",
    "LineEnds",
    "code_points",
    "find_once",
    "from_utf_16",
    "has_pairs",
    "to_utf_16",
    "utf_8_sizes",
    "utf_16_sizes",
]

Counting = Literal["code points", "utf-16"]
CODE_POINTS: Counting = "code points"
UTF_16: Counting = "utf-16"

_BMP_END = 0xFFFF
_LONE = re.compile("[\ud800-\udfff]")


def code_points(text: str) -> npt.NDArray[np.uint32]:
    """Return the code points of a text; lone surrogates are kept."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def utf_16_sizes(text: str) -> Integers:
    """Return how many UTF-16 code units each character takes: 2 for an emoji, 1 for most others."""
    return 1 + (code_points(text) > _BMP_END).astype(np.int64)


def utf_8_sizes(text: str) -> Integers:
    """Return how many bytes each character takes in UTF-8."""
    points = code_points(text)
    sizes: Integers = 1 + (points > 0x7F).astype(np.int64) + (points > 0x7FF) + (points > _BMP_END)
    return sizes


def has_pairs(text: str) -> bool:
    """Return whether some character takes two UTF-16 code units, so that the two ways of counting differ."""
    return not text.isascii() and len(text.encode("utf-16-le", "surrogatepass")) > 2 * len(text)


def to_utf_16(text: str, offsets: Integers) -> Integers:
    """Return code point offsets in UTF-16 code units, as JavaScript counts.

    Parameters
    ----------
    text : str
        The text.
    offsets : array of int, shape (n,)
        Offsets in code points.

    Returns
    -------
    array of int, shape (n,)
        The same offsets in code units.
    """
    if not has_pairs(text):
        return offsets
    return offsets + np.searchsorted(_pairs(text), offsets, side="left")


def from_utf_16(text: str, offsets: Integers, *, up: bool) -> Integers:
    """Return offsets in UTF-16 code units as code point offsets.

    Parameters
    ----------
    text : str
        The text.
    offsets : array of int, shape (n,)
        Offsets in code units.
    up : bool
        Whether an offset within a surrogate pair moves behind the character instead of before it.

    Returns
    -------
    array of int, shape (n,)
        The same offsets in code points; those beyond the text stay beyond it.
    """
    if not has_pairs(text):
        return offsets
    pairs = _pairs(text)
    firsts = pairs + np.arange(len(pairs))
    # An offset of firsts + 1 is within the pair.
    return offsets - np.searchsorted(firsts + up, offsets, side="left")


def _pairs(text: str) -> Integers:
    """Return the code point offsets of characters that take two UTF-16 code units."""
    return np.flatnonzero(code_points(text) > _BMP_END).astype(np.int64)


def find_once(text: str, quote: str) -> int:
    """Return where a quote begins in a text; -1 if it occurs nowhere or more than once.

    Examples
    --------
    >>> find_once("to be or not to be", "not"), find_once("to be or not to be", "be")
    (9, -1)
    """
    at = text.find(quote) if quote else -1
    return -1 if at >= 0 and text.find(quote, at + 1) >= 0 else at


class LineEnds:
    r"""Normalises line ends to \n, drops a byte order mark, and converts the offsets of spans.

    Attributes
    ----------
    text : str
        The normalised text.
    """

    def __init__(self, raw: str) -> None:
        self._mark = raw.startswith("\ufeff")
        text = raw[1:] if self._mark else raw
        self._returns = np.empty(0, dtype=np.int64)
        if "\r" in text:
            points = code_points(text)
            double = (points[:-1] == ord("\r")) & (points[1:] == ord("\n"))
            self._returns = np.flatnonzero(double).astype(np.int64)
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        if not text.isascii():
            # A lone surrogate is no character, and no file in UTF-8 can hold one.
            text = _LONE.sub("\ufffd", text)
        self.text = text

    @property
    def moved(self) -> bool:
        """Whether any offset changes."""
        return self._mark or len(self._returns) > 0

    def starts(self, offsets: Integers) -> Integers:
        """Return the starts of spans in the normalised text."""
        return self._converted(offsets, self._returns)

    def ends(self, offsets: Integers) -> Integers:
        """Return the ends of spans in the normalised text; half a line end becomes a whole one."""
        return self._converted(offsets, self._returns + 1)

    def _converted(self, offsets: Integers, removed: Integers) -> Integers:
        if not self.moved:
            return offsets
        inside = np.maximum(offsets - int(self._mark), 0)
        converted: Integers = inside - np.searchsorted(removed, inside, side="left")
        return converted
