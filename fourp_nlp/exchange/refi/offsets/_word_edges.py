"""Where a person may begin and end a selection: what kind of place each place in a text is.

People code lines, sentences and words. An offset that was read as it was counted lies where one of these
begins or ends; one that was read otherwise lies anywhere. Words are runs of letters and digits. Scripts that
put no space between words (Chinese, Japanese, Thai, Khmer and others) do not show where words end: places
between two of their letters are a kind of their own, which speaks neither for nor against.
"""

from __future__ import annotations

import unicodedata
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from fourp_nlp.control_characters import printable

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["KINDS", "Kind", "blank", "ends_of", "points_of", "starts_of"]


class Kind(IntEnum):
    """What kind of place it is to begin or to end at; the strongest that holds."""

    LINE = 0
    """The first or last character of a line, white space aside."""
    SENTENCE = 1
    """The first or last character of a sentence."""
    WORD = 2
    """The first or last character of a word."""
    BETWEEN = 3
    """Between two letters of a script without spaces."""
    BEFORE_STOP = 4
    """Ends only: just before the stop of a sentence."""
    FEED = 5
    """Ends only: behind a line end."""
    INSIDE = 6
    """Within a word."""
    WHITE = 7
    """Before white space (beginnings), behind it (ends)."""
    ODD = 8
    """At another character with which nobody begins or ends, such as a comma at the beginning."""
    WITHIN = 9
    """Within a character: before a combining mark, within a joined emoji or a flag."""
    NOWHERE = 10
    """No place of the text."""
    LATE = 11
    """Ends only: one or two units past the text's end."""
    LINE_STOP = 12
    """Ends only: the end of a line, behind the stop of a sentence."""


KINDS = len(Kind)
"""How many kinds there are."""

(
    _OTHER, _LETTER, _UNSPACED, _WHITE, _FEED, _MARK, _STOP, _WIDE_STOP, _OPEN, _CLOSE, _JOIN, _SYMBOL,
    _QUOTE,
) = range(13)  # fmt: skip
_UNKNOWN = 255
_BLANK = np.array([chr(point).isspace() or not printable(chr(point)) for point in range(0x3001)])
_SPECIAL: dict[int, int] = (
    {ord(each): _FEED for each in "\n\v\f\u0085\u2028\u2029"}
    | {ord(each): _STOP for each in ".!?…؟۔।॥։።"}
    | {ord(each): _WIDE_STOP for each in "。！？｡"}
    | {ord(each): _JOIN for each in "'’-‐‑_·"}
    | {ord(each): _QUOTE for each in "\"'`´"}
    | {ord(each): _WHITE for each in "\u200b\ufeff"}
    | {ord(each): _MARK for each in "\u200c\u200d"}
    # Variation selectors, colours of skin, tags: all parts of the emoji before them.
    | dict.fromkeys([*range(0xFE00, 0xFE10), *range(0x1F3FB, 0x1F400), *range(0xE0020, 0xE0080)], _MARK)
)  # fmt: skip
# Scripts that are written without spaces between words; Hangul has them.
_WITHOUT_SPACES = (
    (0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x1950, 0x19DF), (0x1A20, 0x1AAF),
    (0x2E80, 0x2FFF), (0x3005, 0x3007), (0x3021, 0x30FF), (0x31F0, 0x31FF), (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF), (0xA000, 0xA4CF), (0xA9E0, 0xA9FF), (0xAA60, 0xAA7F), (0xF900, 0xFAFF),
    (0xFF66, 0xFF9F), (0x16FE0, 0x18CFF), (0x1AFF0, 0x1B2FF), (0x20000, 0x3FFFF),
)  # fmt: skip
_BY_CATEGORY: dict[str, int] = {
    "L": _LETTER, "N": _LETTER, "M": _MARK, "Z": _WHITE, "S": _SYMBOL, "Ps": _OPEN, "Pi": _OPEN,
    "Pe": _CLOSE, "Pf": _CLOSE, "Pc": _JOIN,
}  # fmt: skip
_table = np.full(0x110000, _UNKNOWN, dtype=np.uint8)


def points_of(text: str) -> NDArray[np.uint32]:
    """Return the code points of a text.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    numpy.ndarray
        Shape (length,), uint32.
    """
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def blank(points: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Say which code points are white space, or what no name in XML can hold.

    Parameters
    ----------
    points : numpy.ndarray
        Code points, shape (length,), uint32.

    Returns
    -------
    numpy.ndarray
        Shape (length,), bool.
    """
    low = points < len(_BLANK)
    made: NDArray[np.bool_] = low & _BLANK[np.where(low, points, 0)]
    made |= ((points >= 0xD800) & (points < 0xE000)) | (points == 0xFFFE) | (points == 0xFFFF)
    return made


def starts_of(points: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Say what kind of beginning each place is.

    Parameters
    ----------
    points : numpy.ndarray
        Code points of the text, shape (length,), uint32.

    Returns
    -------
    numpy.ndarray
        Shape (length + 2,), uint8: a kind for each place, that behind the last character (NOWHERE), and
        NOWHERE once more, so that the place -1 is that.
    """
    around = _Around(points)
    before, after, base = around.before, around.after, around.before_base
    made = np.full(len(points) + 2, Kind.ODD, dtype=np.uint8)
    here = made[:-1]
    gap = (base == _WHITE) | (base == _FEED)
    begins = (
        (after == _LETTER) | (after == _UNSPACED) | (after == _SYMBOL) | (after == _OPEN)
    ) & ~around.lettered(base)
    here[begins | (gap & ~around.gap_after)] = Kind.WORD
    here[gap & around.after_stop & ~around.gap_after] = Kind.SENTENCE
    here[(around.last_core == _WIDE_STOP) & begins] = Kind.SENTENCE
    here[around.first_of_line & ~around.gap_after] = Kind.LINE
    here[(base == _LETTER) & (after == _LETTER)] = Kind.INSIDE
    here[(base == _JOIN) & (after == _LETTER) & around.letter_before] = Kind.ODD
    here[around.between] = Kind.BETWEEN
    here[around.gap_after] = Kind.WHITE
    here[around.within(before)] = Kind.WITHIN
    made[len(points) :] = Kind.NOWHERE
    return made


def ends_of(points: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Say what kind of end each place is.

    Parameters
    ----------
    points : numpy.ndarray
        Code points of the text, shape (length,), uint32.

    Returns
    -------
    numpy.ndarray
        Shape (length + 2,), uint8: a kind for each place from 0 (NOWHERE) to behind the last character, and
        NOWHERE, so that the place -1 is that.
    """
    around = _Around(points)
    before, after, base = around.before, around.after, around.before_base
    made = np.full(len(points) + 2, Kind.WORD, dtype=np.uint8)
    here = made[:-1]
    stop_after = (after == _STOP) | (after == _WIDE_STOP)
    here[(base == _OPEN) | ((base == _JOIN) & (after == _LETTER))] = Kind.ODD
    here[((base == _LETTER) & (after == _JOIN)) & around.letter_next] = Kind.ODD
    here[stop_after & ~np.isin(base, (_STOP, _WIDE_STOP, _OPEN, _WHITE, _FEED))] = Kind.BEFORE_STOP
    here[around.gap_after & around.after_stop] = Kind.SENTENCE
    here[(around.last_core == _WIDE_STOP) & ~stop_after] = Kind.SENTENCE
    here[around.last_of_line] = Kind.LINE
    here[around.last_of_line & around.after_stop] = Kind.LINE_STOP
    here[(base == _LETTER) & (after == _LETTER)] = Kind.INSIDE
    here[around.between] = Kind.BETWEEN
    here[base == _WHITE] = Kind.WHITE
    here[base == _FEED] = Kind.FEED
    here[around.within(before)] = Kind.WITHIN
    made[0] = made[-1] = Kind.NOWHERE
    return made


class _Around:
    """What stands before and behind each place from 0 to the length of a text, shape (length + 1,) each."""

    def __init__(self, points: NDArray[np.uint32]) -> None:
        count = len(points)
        # A line end stands before the text, and one behind it.
        classes = np.full(count + 2, _FEED, dtype=np.uint8)
        classes[1:-1] = _classes(points)
        # A dot within a number or a name is no stop.
        classes[:-1][(classes[:-1] == _STOP) & (classes[1:] == _LETTER)] = _JOIN
        self.before, self.after = classes[:-1], classes[1:]
        at = np.arange(count + 1)
        bases = classes
        if (classes == _MARK).any():
            bases = classes[_last(classes != _MARK, np.arange(count + 2))]
        self.before_base = bases[:-1]
        gap = (classes == _WHITE) | (classes == _FEED)
        self.gap_after = gap[1:]
        last_solid = _last(~gap[:-1] & (self.before != _MARK), at)
        core = ~gap[:-1] & ~np.isin(self.before, (_CLOSE, _QUOTE, _MARK))
        self.last_core = self.before[_last(core, at)]
        self.after_stop = (self.last_core == _STOP) | (self.last_core == _WIDE_STOP)
        self.first_of_line = _last(self.before == _FEED, at) >= last_solid
        next_feed = _next(self.after == _FEED, at)
        next_solid = _next(~gap[1:], at)
        self.last_of_line = self.gap_after & (next_feed <= next_solid)
        self.letter_next = np.zeros(count + 1, dtype=bool)
        self.letter_next[:-1] = self.after[1:] == _LETTER
        self.letter_before = np.zeros(count + 1, dtype=bool)
        self.letter_before[1:] = self.before_base[:-1] == _LETTER
        unspaced = (self.before_base == _UNSPACED) | (self.after == _UNSPACED)
        self.between = unspaced & self.lettered(self.before_base) & self.lettered(self.after)
        self._points = points

    @staticmethod
    def lettered(classes: NDArray[np.uint8]) -> NDArray[np.bool_]:
        made: NDArray[np.bool_] = (classes == _LETTER) | (classes == _UNSPACED)
        return made

    def within(self, before: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """Say which places lie within a character that a reader sees as one."""
        points = self._points
        made: NDArray[np.bool_] = self.after == _MARK
        made &= before != _FEED
        if len(points):
            joined = np.zeros(len(made), dtype=bool)
            joined[1:] = points == 0x200D
            made |= joined & (self.after == _SYMBOL)
            flag = (points >= 0x1F1E6) & (points <= 0x1F1FF)
            if flag.any():
                # Letters of flags go in pairs, counted from the first of a row of them.
                at = np.arange(len(points))
                begun = np.where(~flag, at, -1)
                nth = at - np.maximum.accumulate(begun)
                made[1:-1] |= flag[:-1] & flag[1:] & (nth[:-1] % 2 == 1)
        return made


def _last(which: NDArray[np.bool_], at: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the index of the last that is true up to each, 0 where there is none."""
    made: NDArray[np.intp] = np.maximum.accumulate(np.where(which, at, 0))
    return made


def _next(which: NDArray[np.bool_], at: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the index of the first that is true from each on, the number of all where there is none."""
    return np.minimum.accumulate(np.where(which, at, len(at))[::-1])[::-1]


def _classes(points: NDArray[np.uint32]) -> NDArray[np.uint8]:
    made = _table[points]
    new = made == _UNKNOWN
    if new.any():
        for point in np.unique(points[new]).tolist():
            _table[point] = _class(point)
        made = _table[points]
    return made


def _class(point: int) -> int:
    if point in _SPECIAL:
        return _SPECIAL[point]
    character = chr(point)
    if character.isspace() or not printable(character):
        return _WHITE
    category = unicodedata.category(character)
    made: int = _BY_CATEGORY.get(category, _BY_CATEGORY.get(category[0], _OTHER))
    if made == _LETTER and any(first <= point <= last for first, last in _WITHOUT_SPACES):
        return _UNSPACED
    return made
