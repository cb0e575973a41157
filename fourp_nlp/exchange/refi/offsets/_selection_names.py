"""Names of selections, compared with what stands at their places.

Strings are compared by polynomial hashes of stretches of the text (Karp & Rabin 1987, "Efficient
randomized pattern-matching algorithms", IBM J. Res. Dev. 31), modulo 2**64, so that the comparison of any
stretch with a name is one subtraction and one product.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fourp_nlp.control_characters import printable
from fourp_nlp.exchange.refi.offsets._word_edges import blank, points_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["ELLIPSES", "Fit", "Hashed", "Names", "hashes", "squeeze"]

_BASE = np.uint64(0x9E3779B97F4A7C15)
# Without an ellipsis, a name this long may still be the beginning of what was selected.
_LONG = 20
ELLIPSES = ("…", "...")
"""What programs put where a name is cut off."""


def squeeze(text: str) -> str:
    """Return a text without white space, and without what no name in XML can hold.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        Its other characters.
    """
    return "".join(printable(text).split())


class Fit(NamedTuple):
    """Which places hold their names, shape (selections,) each, bool.

    Attributes
    ----------
    fits : numpy.ndarray
        White space aside, as a whole or as the beginning of the place.
    whole : numpy.ndarray
        As a whole, or cut as the name itself says.
    """

    fits: NDArray[np.bool_]
    whole: NDArray[np.bool_]


@dataclass(frozen=True)
class Names:
    """Names of selections, and their hashes without white space: whole, and what is sure to be a beginning.

    `cut` says which end in an ellipsis.
    """

    length: NDArray[np.int64]
    value: NDArray[np.uint64]
    cut_length: NDArray[np.int64]
    cut_value: NDArray[np.uint64]
    cut: NDArray[np.bool_]
    strings: Sequence[str]

    @classmethod
    def of(cls, names: Sequence[str]) -> Names:
        """Return the hashes of names."""
        bare = [squeeze(name) for name in names]
        cut = [
            next((name.removesuffix(end) for end in ELLIPSES if name.endswith(end)), None)
            for name in bare
        ]
        ends = [
            # Only a beginning that is long enough to tell is one.
            head or (name if len(name) >= _LONG else "")
            for head, name in zip(cut, bare, strict=True)
        ]
        said = np.array([bool(head) for head in cut], dtype=bool)
        length, value = hashes(bare)
        cut_length, cut_value = length.copy(), value.copy()
        rows = np.flatnonzero(
            [one is not bare_one for one, bare_one in zip(ends, bare, strict=True)]
        )
        if len(rows):
            cut_length[rows], cut_value[rows] = hashes([ends[row] for row in rows.tolist()])
        return cls(length, value, cut_length, cut_value, said, names)

    def take(self, rows: NDArray[np.int64]) -> Names:
        """Return those of some rows."""
        return Names(
            self.length[rows], self.value[rows], self.cut_length[rows], self.cut_value[rows],
            self.cut[rows], [self.strings[row] for row in rows.tolist()],
        )  # fmt: skip


def hashes(
    strings: Sequence[str], *, plain: bool = False
) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """Return lengths and hashes of strings; `plain` makes every white space the same."""
    lengths = np.fromiter(map(len, strings), dtype=np.int64, count=len(strings))
    made = np.zeros(len(strings), dtype=np.uint64)
    full = np.flatnonzero(lengths)
    if len(full):
        points = points_of("".join(strings))
        if plain:
            points = np.where(blank(points), np.uint32(32), points)
        begins = (np.cumsum(lengths) - lengths)[full]
        within = np.arange(len(points)) - np.repeat(begins, lengths[full])
        products = (points.astype(np.uint64) + np.uint64(1)) * _powers(int(lengths.max()))[within]
        made[full] = np.add.reduceat(products, begins)
    return lengths, made


_known_powers = np.ones(1, dtype=np.uint64)


def _powers(length: int) -> NDArray[np.uint64]:
    """Return powers of the base from 0 up to `length` at least."""
    global _known_powers  # noqa: PLW0603 - they are the same for every text, and long
    if len(_known_powers) <= length:
        made = np.full(max(length + 1, 1 << 16), _BASE, dtype=np.uint64)
        made[0] = 1
        _known_powers = np.cumprod(made, dtype=np.uint64)
    return _known_powers


class Hashed:
    """A text of which any stretch can be compared with a name.

    Parameters
    ----------
    points : numpy.ndarray
        Its code points, shape (length,), uint32.
    """

    def __init__(self, points: NDArray[np.uint32]) -> None:
        self._points = points
        white = blank(points)
        self.solid = np.concatenate(([0], np.cumsum(~white)))
        """How many characters before each place are no white space, shape (length + 1,)."""
        self._sums = _prefix(points[~white])
        self._plain_sums: NDArray[np.uint64] | None = None

    def compare(self, start: NDArray[np.int64], end: NDArray[np.int64], names: Names) -> Fit:
        """Say which places hold their names."""
        there = (start >= 0) & (end > start) & (names.length > 0)
        first, last = np.where(there, start, 0), np.where(there, end, 0)
        a, b = self.solid[first], self.solid[last]
        whole = self._is(self._sums, a, b - a, names.length, names.value)
        head = names.cut_length
        begins = (head > 0) & (b - a >= head)
        begins &= self._is(self._sums, a, np.where(begins, head, 0), head, names.cut_value)
        return Fit(there & (whole | begins), there & (whole | (begins & names.cut)))

    def exactly(
        self,
        start: NDArray[np.int64],
        end: NDArray[np.int64],
        length: NDArray[np.int64],
        value: NDArray[np.uint64],
    ) -> NDArray[np.bool_]:
        """Say which places hold strings of these hashes to the very white space, whatever its kind."""
        if self._plain_sums is None:
            plain = np.where(blank(self._points), np.uint32(32), self._points)
            self._plain_sums = _prefix(plain)
        there = (start >= 0) & (end > start)
        first, last = np.where(there, start, 0), np.where(there, end, 0)
        return there & self._is(self._plain_sums, first, last - first, length, value)

    @staticmethod
    def _is(
        sums: NDArray[np.uint64],
        start: NDArray[np.int64],
        length: NDArray[np.int64],
        wanted: NDArray[np.int64],
        value: NDArray[np.uint64],
    ) -> NDArray[np.bool_]:
        same = length == wanted
        stretch = sums[start + np.where(same, length, 0)] - sums[start]
        equal: NDArray[np.bool_] = same & (stretch == value * _powers(len(sums))[start])
        return equal


def _prefix(points: NDArray[np.uint32]) -> NDArray[np.uint64]:
    values = (points.astype(np.uint64) + np.uint64(1)) * _powers(len(points))[: len(points)]
    return np.concatenate((np.zeros(1, dtype=np.uint64), np.cumsum(values, dtype=np.uint64)))
