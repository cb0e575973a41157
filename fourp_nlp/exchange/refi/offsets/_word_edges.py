"""Kinds of edges: whether a line, sentence or word begins or ends at a place of a text.

People code lines, sentences and words. An offset in the right unit lies where one of these begins or ends; an
offset in a wrong unit lies anywhere. Words are runs of letters and digits. Scripts without spaces between
words (Chinese, Japanese, Thai, Khmer and others) do not show where words end: places between two of their
letters are a kind of their own, which is no evidence.
"""

from __future__ import annotations

import unicodedata
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from fourp_nlp.control_characters import printable

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "EDGE_KINDS",
    "EdgeKind",
    "code_points",
    "end_edge_kinds",
    "is_blank",
    "start_edge_kinds",
]


class EdgeKind(IntEnum):
    """What a selection that begins or ends at a place begins or ends with; the strongest that applies."""

    LINE = 0
    """The first or last character of a line, white space aside."""
    SENTENCE = 1
    """The first or last character of a sentence."""
    WORD = 2
    """The first or last character of a word."""
    BETWEEN_LETTERS = 3
    """Between two letters of a script without spaces."""
    BEFORE_STOP = 4
    """Ends only: before the full stop of a sentence."""
    LINE_BREAK = 5
    """Ends only: after a line end."""
    INSIDE_WORD = 6
    """Within a word."""
    WHITE_SPACE = 7
    """Before white space (beginnings), or after it (ends)."""
    UNLIKELY = 8
    """At a character that nobody begins or ends with, such as a comma at the beginning."""
    INSIDE_CHARACTER = 9
    """Inside a character: before a combining mark, in a joined emoji or a flag."""
    NO_PLACE = 10
    """Not a place of the text."""
    PAST_END = 11
    """Ends only: one or two units past the end of the text."""
    LINE_AFTER_STOP = 12
    """Ends only: the end of a line, after the full stop of a sentence."""


EDGE_KINDS = len(EdgeKind)
"""How many kinds there are."""

(
    _OTHER, _LETTER, _UNSPACED_LETTER, _SPACE, _LINE_BREAK, _MARK, _STOP, _WIDE_STOP, _OPEN, _CLOSE, _JOIN,
    _SYMBOL, _QUOTE,
) = range(13)  # fmt: skip
_UNKNOWN = 255
_BLANK = np.array([chr(point).isspace() or not printable(chr(point)) for point in range(0x3001)])
_SPECIAL: dict[int, int] = (
    {ord(sign): _LINE_BREAK for sign in "\n\v\f\u0085\u2028\u2029"}
    | {ord(sign): _STOP for sign in ".!?…؟۔।॥։።"}
    | {ord(sign): _WIDE_STOP for sign in "。！？｡"}
    | {ord(sign): _JOIN for sign in "'’-‐‑_·"}
    | {ord(sign): _QUOTE for sign in "\"'`´"}
    | {ord(sign): _SPACE for sign in "\u200b\ufeff"}
    | {ord(sign): _MARK for sign in "\u200c\u200d"}
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
    "L": _LETTER, "N": _LETTER, "M": _MARK, "Z": _SPACE, "S": _SYMBOL, "Ps": _OPEN, "Pi": _OPEN,
    "Pe": _CLOSE, "Pf": _CLOSE, "Pc": _JOIN,
}  # fmt: skip
_table = np.full(0x110000, _UNKNOWN, dtype=np.uint8)


def code_points(text: str) -> NDArray[np.uint32]:
    """Return the code points of a text."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def is_blank(points: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Return which code points are white space, or cannot be in XML."""
    low = points < len(_BLANK)
    blank: NDArray[np.bool_] = low & _BLANK[np.where(low, points, 0)]
    blank |= ((points >= 0xD800) & (points < 0xE000)) | (points == 0xFFFE) | (points == 0xFFFF)
    return blank


def start_edge_kinds(points: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Return what kind of beginning each place is.

    Returns shape (length + 2,): a kind for each place, NO_PLACE after the last character, and
    NO_PLACE once more, for the place -1.
    """
    surroundings = _Surroundings(points)
    before, after, base = surroundings.before, surroundings.after, surroundings.before_base
    kinds = np.full(len(points) + 2, EdgeKind.UNLIKELY, dtype=np.uint8)
    at_places = kinds[:-1]
    gap = (base == _SPACE) | (base == _LINE_BREAK)
    begins = (
        (after == _LETTER) | (after == _UNSPACED_LETTER) | (after == _SYMBOL) | (after == _OPEN)
    ) & ~surroundings.is_letter(base)
    at_places[begins | (gap & ~surroundings.space_after)] = EdgeKind.WORD
    at_places[gap & surroundings.after_stop & ~surroundings.space_after] = EdgeKind.SENTENCE
    at_places[(surroundings.last_character == _WIDE_STOP) & begins] = EdgeKind.SENTENCE
    at_places[surroundings.first_of_line & ~surroundings.space_after] = EdgeKind.LINE
    at_places[(base == _LETTER) & (after == _LETTER)] = EdgeKind.INSIDE_WORD
    at_places[(base == _JOIN) & (after == _LETTER) & surroundings.letter_before] = EdgeKind.UNLIKELY
    at_places[surroundings.between] = EdgeKind.BETWEEN_LETTERS
    at_places[surroundings.space_after] = EdgeKind.WHITE_SPACE
    at_places[surroundings.inside_character(before)] = EdgeKind.INSIDE_CHARACTER
    kinds[len(points) :] = EdgeKind.NO_PLACE
    return kinds


def end_edge_kinds(points: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Return what kind of end each place is.

    Returns shape (length + 2,): a kind for each place from 0 (NO_PLACE) to after the last
    character, and NO_PLACE, for the place -1.
    """
    surroundings = _Surroundings(points)
    before, after, base = surroundings.before, surroundings.after, surroundings.before_base
    kinds = np.full(len(points) + 2, EdgeKind.WORD, dtype=np.uint8)
    at_places = kinds[:-1]
    stop_after = (after == _STOP) | (after == _WIDE_STOP)
    at_places[(base == _OPEN) | ((base == _JOIN) & (after == _LETTER))] = EdgeKind.UNLIKELY
    at_places[((base == _LETTER) & (after == _JOIN)) & surroundings.letter_follows] = (
        EdgeKind.UNLIKELY
    )
    at_places[stop_after & ~np.isin(base, (_STOP, _WIDE_STOP, _OPEN, _SPACE, _LINE_BREAK))] = (
        EdgeKind.BEFORE_STOP
    )
    at_places[surroundings.space_after & surroundings.after_stop] = EdgeKind.SENTENCE
    at_places[(surroundings.last_character == _WIDE_STOP) & ~stop_after] = EdgeKind.SENTENCE
    at_places[surroundings.last_of_line] = EdgeKind.LINE
    at_places[surroundings.last_of_line & surroundings.after_stop] = EdgeKind.LINE_AFTER_STOP
    at_places[(base == _LETTER) & (after == _LETTER)] = EdgeKind.INSIDE_WORD
    at_places[surroundings.between] = EdgeKind.BETWEEN_LETTERS
    at_places[base == _SPACE] = EdgeKind.WHITE_SPACE
    at_places[base == _LINE_BREAK] = EdgeKind.LINE_BREAK
    at_places[surroundings.inside_character(before)] = EdgeKind.INSIDE_CHARACTER
    kinds[0] = kinds[-1] = EdgeKind.NO_PLACE
    return kinds


class _Surroundings:
    """Classes of the characters before and after each place of a text, shape (length + 1,) each."""

    def __init__(self, points: NDArray[np.uint32]) -> None:
        count = len(points)
        # As if a line end stood before the text and after it.
        classes = np.full(count + 2, _LINE_BREAK, dtype=np.uint8)
        classes[1:-1] = _classes(points)
        # A dot in a number or a name is no full stop.
        classes[:-1][(classes[:-1] == _STOP) & (classes[1:] == _LETTER)] = _JOIN
        self.before, self.after = classes[:-1], classes[1:]
        at = np.arange(count + 1)
        bases = classes
        if (classes == _MARK).any():
            bases = classes[_last_true(classes != _MARK, np.arange(count + 2))]
        self.before_base = bases[:-1]
        gap = (classes == _SPACE) | (classes == _LINE_BREAK)
        self.space_after = gap[1:]
        last_visible = _last_true(~gap[:-1] & (self.before != _MARK), at)
        core = ~gap[:-1] & ~np.isin(self.before, (_CLOSE, _QUOTE, _MARK))
        self.last_character = self.before[_last_true(core, at)]
        self.after_stop = (self.last_character == _STOP) | (self.last_character == _WIDE_STOP)
        self.first_of_line = _last_true(self.before == _LINE_BREAK, at) >= last_visible
        next_line_break = _next_true(self.after == _LINE_BREAK, at)
        next_visible = _next_true(~gap[1:], at)
        self.last_of_line = self.space_after & (next_line_break <= next_visible)
        self.letter_follows = np.zeros(count + 1, dtype=bool)
        self.letter_follows[:-1] = self.after[1:] == _LETTER
        self.letter_before = np.zeros(count + 1, dtype=bool)
        self.letter_before[1:] = self.before_base[:-1] == _LETTER
        unspaced = (self.before_base == _UNSPACED_LETTER) | (self.after == _UNSPACED_LETTER)
        self.between = unspaced & self.is_letter(self.before_base) & self.is_letter(self.after)
        self._points = points

    @staticmethod
    def is_letter(classes: NDArray[np.uint8]) -> NDArray[np.bool_]:
        letters: NDArray[np.bool_] = (classes == _LETTER) | (classes == _UNSPACED_LETTER)
        return letters

    def inside_character(self, before: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """Return which places lie inside a character that a reader sees as one."""
        points = self._points
        inside: NDArray[np.bool_] = self.after == _MARK
        inside &= before != _LINE_BREAK
        if len(points):
            joined = np.zeros(len(inside), dtype=bool)
            joined[1:] = points == 0x200D
            inside |= joined & (self.after == _SYMBOL)
            flag = (points >= 0x1F1E6) & (points <= 0x1F1FF)
            if flag.any():
                # Letters of flags form pairs, counted from the first of a run.
                at = np.arange(len(points))
                begun = np.where(~flag, at, -1)
                nth = at - np.maximum.accumulate(begun)
                inside[1:-1] |= flag[:-1] & flag[1:] & (nth[:-1] % 2 == 1)
        return inside


def _last_true(which: NDArray[np.bool_], at: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the index of the last true value up to each place, 0 where there is none."""
    indices: NDArray[np.intp] = np.maximum.accumulate(np.where(which, at, 0))
    return indices


def _next_true(which: NDArray[np.bool_], at: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the index of the first true value from each place on, `len(at)` where there is none."""
    return np.minimum.accumulate(np.where(which, at, len(at))[::-1])[::-1]


def _classes(points: NDArray[np.uint32]) -> NDArray[np.uint8]:
    classes = _table[points]
    new = classes == _UNKNOWN
    if new.any():
        for point in np.unique(points[new]).tolist():
            _table[point] = _class(point)
        classes = _table[points]
    return classes


def _class(point: int) -> int:
    if point in _SPECIAL:
        return _SPECIAL[point]
    character = chr(point)
    if character.isspace() or not printable(character):
        return _SPACE
    category = unicodedata.category(character)
    kind: int = _BY_CATEGORY.get(category, _BY_CATEGORY.get(category[0], _OTHER))
    if kind == _LETTER and any(first <= point <= last for first, last in _WITHOUT_SPACES):
        return _UNSPACED_LETTER
    return kind
