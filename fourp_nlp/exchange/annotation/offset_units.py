"""How a program counts the places of a text, and what the same place is called here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Integers = npt.NDArray[np.int64]

__all__ = ["CODE_POINTS", "UTF_16", "Counting", "Ends", "from_utf_16", "has_pairs", "to_utf_16"]

Counting = Literal["code points", "utf-16"]
CODE_POINTS: Counting = "code points"
UTF_16: Counting = "utf-16"

_BMP_END = 0xFFFF
_LONE = re.compile("[\ud800-\udfff]")


def _pairs(text: str) -> Integers:
    """Return where characters stand that UTF-16 counts as two, in code points."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    return np.flatnonzero(points > _BMP_END).astype(np.int64)


def has_pairs(text: str) -> bool:
    """Return whether the countings differ: whether a character is beyond the first 65,536.

    Parameters
    ----------
    text : str
        A text.

    Returns
    -------
    bool
        Whether UTF-16 counts some character of it as two.
    """
    return not text.isascii() and len(text.encode("utf-16-le", "surrogatepass")) > 2 * len(text)


def to_utf_16(text: str, places: Integers) -> Integers:
    """Return places counted in code points as JavaScript counts them, in UTF-16 code units.

    Parameters
    ----------
    text : str
        The text.
    places : array of int, shape (n,)
        Places in code points.

    Returns
    -------
    array of int, shape (n,)
        The same places in code units.
    """
    if not has_pairs(text):
        return places
    return places + np.searchsorted(_pairs(text), places, side="left")


def from_utf_16(text: str, places: Integers, *, up: bool) -> Integers:
    """Return places counted in UTF-16 code units in code points.

    Parameters
    ----------
    text : str
        The text.
    places : array of int, shape (n,)
        Places in code units.
    up : bool
        Whether a place within a pair is put behind the character instead of before it.

    Returns
    -------
    array of int, shape (n,)
        The same places in code points; those beyond the text stay beyond it.
    """
    if not has_pairs(text):
        return places
    pairs = _pairs(text)
    firsts = pairs + np.arange(len(pairs))
    # A place at firsts + 1 is within the pair.
    return places - np.searchsorted(firsts + up, places, side="left")


class Ends:
    r"""A text with its line ends as \n and without a byte order mark, and where places moved.

    Attributes
    ----------
    text : str
        The text as it stands in an exchange.
    """

    def __init__(self, raw: str) -> None:
        self._mark = raw.startswith("\ufeff")
        kept = raw[1:] if self._mark else raw
        self._returns = np.empty(0, dtype=np.int64)
        if "\r" in kept:
            points = np.frombuffer(kept.encode("utf-32-le", "surrogatepass"), dtype="<u4")
            double = (points[:-1] == ord("\r")) & (points[1:] == ord("\n"))
            self._returns = np.flatnonzero(double).astype(np.int64)
            kept = kept.replace("\r\n", "\n").replace("\r", "\n")
        if not kept.isascii():
            # A lone surrogate is no character, and no file in UTF-8 can hold one.
            kept = _LONE.sub("\ufffd", kept)
        self.text = kept

    @property
    def moved(self) -> bool:
        """Whether any place moved."""
        return self._mark or len(self._returns) > 0

    def starts(self, places: Integers) -> Integers:
        """Return where spans that began at `places` begin now."""
        return self._moved(places, self._returns)

    def ends(self, places: Integers) -> Integers:
        """Return where spans that ended at `places` end now; half a line end becomes a whole one."""
        return self._moved(places, self._returns + 1)

    def _moved(self, places: Integers, removed: Integers) -> Integers:
        if not self.moved:
            return places
        inside = np.maximum(places - int(self._mark), 0)
        moved: Integers = inside - np.searchsorted(removed, inside, side="left")
        return moved
