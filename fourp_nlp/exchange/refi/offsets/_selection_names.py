"""Compares names of selections with the words at their places.

Strings are compared by polynomial hashes of stretches of the text (Karp & Rabin 1987, "Efficient
randomized pattern-matching algorithms", IBM J. Res. Dev. 31), modulo 2**64, so that the comparison of any
stretch with a name is one subtraction and one product.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fourp_nlp.control_characters import printable
from fourp_nlp.exchange.refi.offsets._word_edges import code_points, is_blank

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["ELLIPSES", "HashedText", "NameMatches", "SelectionNames", "hashes", "without_spaces"]

_BASE = np.uint64(0x9E3779B97F4A7C15)
# A name of this length may be the beginning of the selected words, without an ellipsis too.
_LONG = 20
ELLIPSES = ("…", "...")
"""Signs that end a name that was cut off."""


def without_spaces(text: str) -> str:
    """Return a text without white space, and without characters that XML cannot hold."""
    return "".join(printable(text).split())


class NameMatches(NamedTuple):
    """Which names match their places, shape (selections,) each, bool.

    Attributes
    ----------
    matching : numpy.ndarray
        Names that are the place's text or its beginning, white space aside.
    whole : numpy.ndarray
        Names that are all of it, or that end in an ellipsis.
    """

    matching: NDArray[np.bool_]
    whole: NDArray[np.bool_]


@dataclass(frozen=True)
class SelectionNames:
    """Names of selections, and hashes of them without white space.

    Attributes
    ----------
    length, value : numpy.ndarray
        Length and hash of the whole name, shape (selections,), int64 and uint64.
    cut_length, cut_value : numpy.ndarray
        The same of what is the beginning of the selected words at least.
    cut : numpy.ndarray
        Whether the name ends in an ellipsis, shape (selections,), bool.
    strings : sequence of str
        The names.
    """

    length: NDArray[np.int64]
    value: NDArray[np.uint64]
    cut_length: NDArray[np.int64]
    cut_value: NDArray[np.uint64]
    cut: NDArray[np.bool_]
    strings: Sequence[str]

    @classmethod
    def of(cls, names: Sequence[str]) -> SelectionNames:
        """Return the hashes of names."""
        squeezed = [without_spaces(name) for name in names]
        before_ellipsis = [
            next((name.removesuffix(sign) for sign in ELLIPSES if name.endswith(sign)), "")
            for name in squeezed
        ]
        beginnings = [
            # A short name may match the beginning of a place by chance.
            beginning or (name if len(name) >= _LONG else "")
            for beginning, name in zip(before_ellipsis, squeezed, strict=True)
        ]
        is_cut = np.array([bool(beginning) for beginning in before_ellipsis], dtype=bool)
        return cls(*hashes(squeezed), *hashes(beginnings), is_cut, names)

    def take(self, rows: NDArray[np.int64]) -> SelectionNames:
        """Return the names in some rows."""
        return SelectionNames(
            self.length[rows], self.value[rows], self.cut_length[rows], self.cut_value[rows],
            self.cut[rows], [self.strings[row] for row in rows.tolist()],
        )  # fmt: skip


def hashes(
    strings: Sequence[str], *, one_space: bool = False
) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """Return lengths and hashes of strings; with `one_space`, all kinds of white space are the same."""
    lengths = np.fromiter(map(len, strings), dtype=np.int64, count=len(strings))
    values = np.zeros(len(strings), dtype=np.uint64)
    full = np.flatnonzero(lengths)
    if len(full):
        points = code_points("".join(strings))
        if one_space:
            points = np.where(is_blank(points), np.uint32(32), points)
        begins = (np.cumsum(lengths) - lengths)[full]
        within = np.arange(len(points)) - np.repeat(begins, lengths[full])
        products = (points.astype(np.uint64) + np.uint64(1)) * _powers(int(lengths.max()))[within]
        values[full] = np.add.reduceat(products, begins)
    return lengths, values


_known_powers = np.ones(1, dtype=np.uint64)


def _powers(length: int) -> NDArray[np.uint64]:
    """Return powers of the base from 0 up to `length` at least."""
    global _known_powers  # noqa: PLW0603 - they are the same for every text, and long
    if len(_known_powers) <= length:
        factors = np.full(max(length + 1, 1 << 16), _BASE, dtype=np.uint64)
        factors[0] = 1
        _known_powers = np.cumprod(factors, dtype=np.uint64)
    return _known_powers


class HashedText:
    """A text of which any stretch can be compared with a name by hashes.

    Parameters
    ----------
    points : numpy.ndarray
        Its code points, shape (length,), uint32.
    """

    def __init__(self, points: NDArray[np.uint32]) -> None:
        self._points = points
        white = is_blank(points)
        self.solid = np.concatenate(([0], np.cumsum(~white)))
        """How many characters before each place are no white space, shape (length + 1,)."""
        self._sums = _prefix(points[~white])
        self._plain_sums: NDArray[np.uint64] | None = None

    def compare(
        self, start: NDArray[np.int64], end: NDArray[np.int64], names: SelectionNames
    ) -> NameMatches:
        """Return which names match their places."""
        placed = (start >= 0) & (end > start) & (names.length > 0)
        first, last = np.where(placed, start, 0), np.where(placed, end, 0)
        a, b = self.solid[first], self.solid[last]
        whole = self._is(self._sums, a, b - a, names.length, names.value)
        cut = names.cut_length
        begins = (cut > 0) & (b - a >= cut)
        begins &= self._is(self._sums, a, np.where(begins, cut, 0), cut, names.cut_value)
        return NameMatches(placed & (whole | begins), placed & (whole | (begins & names.cut)))

    def exactly(
        self,
        start: NDArray[np.int64],
        end: NDArray[np.int64],
        length: NDArray[np.int64],
        value: NDArray[np.uint64],
    ) -> NDArray[np.bool_]:
        """Return which places hold strings of these hashes, white space of any kind being the same."""
        if self._plain_sums is None:
            plain = np.where(is_blank(self._points), np.uint32(32), self._points)
            self._plain_sums = _prefix(plain)
        placed = (start >= 0) & (end > start)
        first, last = np.where(placed, start, 0), np.where(placed, end, 0)
        return placed & self._is(self._plain_sums, first, last - first, length, value)

    @staticmethod
    def _is(
        sums: NDArray[np.uint64],
        start: NDArray[np.int64],
        length: NDArray[np.int64],
        name_length: NDArray[np.int64],
        value: NDArray[np.uint64],
    ) -> NDArray[np.bool_]:
        same = length == name_length
        stretch = sums[start + np.where(same, length, 0)] - sums[start]
        equal: NDArray[np.bool_] = same & (stretch == value * _powers(len(sums))[start])
        return equal


def _prefix(points: NDArray[np.uint32]) -> NDArray[np.uint64]:
    values = (points.astype(np.uint64) + np.uint64(1)) * _powers(len(points))[: len(points)]
    return np.concatenate((np.zeros(1, dtype=np.uint64), np.cumsum(values, dtype=np.uint64)))
