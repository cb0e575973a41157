"""Ways of counting offsets, and the places that they come to in a text.

The standard counts Unicode code points of the text as it stands, from 0, with an exclusive end. Programs
count UTF-16 units or bytes, a line end as one or as two, a byte order mark or not, and the end
inclusively. Which of these ways a project was counted in is found out in `_evidence`.
"""

from __future__ import annotations

from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from fourp_nlp.errors import ExchangeError
from fourp_nlp.exchange.refi.offsets._selection_names import Hashed
from fourp_nlp.exchange.refi.offsets._word_edges import Kind, ends_of, points_of, starts_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from fourp_nlp.exchange.refi.reading.source_texts import Came

__all__ = [
    "STANDARD",
    "Counting",
    "LineEnd",
    "Measured",
    "Unit",
    "counting_of",
    "countings_for",
    "departures",
    "name_of",
]

Unit = Literal["code points", "UTF-16 units", "UTF-8 bytes"]
LineEnd = Literal["as it stands", "one", "two"]


class Counting(NamedTuple):
    """A way of counting offsets.

    Attributes
    ----------
    unit : str
        What is counted.
    line_end : str
        How many units a line end is: as it stands in the file, one, or two.
    shifted : bool
        Whether the byte order mark is counted; without one, whether counting begins with 1.
    inclusive : bool
        Whether the end is that of the last unit, not one past it.
    """

    unit: Unit = "code points"
    line_end: LineEnd = "as it stands"
    shifted: bool = False
    inclusive: bool = False


STANDARD = Counting()
"""How REFI-QDA counts."""

_UNITS: dict[str, Unit] = {
    "codepoints": "code points",
    "utf16": "UTF-16 units",
    "bytes": "UTF-8 bytes",
}
_LINE_ENDS: dict[str, LineEnd] = {"": "as it stands", "lf": "one", "crlf": "two"}


def departures(counting: Counting) -> int:
    """Return in how many respects a way of counting is not the standard."""
    return sum(a != b for a, b in zip(counting, STANDARD, strict=True))


_ALL = sorted(
    (Counting(*one) for one in product(_UNITS.values(), _LINE_ENDS.values(), (False, True), (False, True))),
    key=departures,
)  # fmt: skip


def countings_for(texts: Sequence[Came]) -> dict[Counting, list[Counting]]:
    """Return the ways of counting that may come to different places in these texts.

    Parameters
    ----------
    texts : sequence of Came
        The texts that have selections.

    Returns
    -------
    dict of Counting to list of Counting
        Ways, those with the fewest departures from the standard first; and for each all ways that come
        to the same as it in every one of these texts.
    """
    narrow = all(text.text.isascii() for text in texts)
    broken = [text for text in texts if "\n" in text.text]
    as_one = all(text.widths is None for text in broken)
    as_two = all(text.widths is not None and bool((text.widths == 2).all()) for text in broken)
    marked = any(text.marked for text in texts)
    made: dict[Counting, list[Counting]] = {}
    for counting in _ALL:
        unit, line_end, shifted, inclusive = counting
        # A byte order mark is one unit, but three bytes.
        if narrow and not (unit == "UTF-8 bytes" and shifted and marked):
            unit = "code points"
        if (line_end == "one" and as_one) or (line_end == "two" and as_two):
            line_end = "as it stands"
        made.setdefault(Counting(unit, line_end, shifted, inclusive), []).append(counting)
    return made


def name_of(counting: Counting, *, marked: bool = True) -> str:
    """Return the short name of a way of counting, as `--counting` takes it.

    Parameters
    ----------
    counting : Counting
        The way.
    marked : bool
        Whether the texts have byte order marks; otherwise counting from 1 is called so.

    Returns
    -------
    str
        Such as ``utf16-crlf``.
    """
    parts = [next(short for short, unit in _UNITS.items() if unit == counting.unit)]
    parts += [short for short, end in _LINE_ENDS.items() if short and end == counting.line_end]
    if counting.shifted:
        parts.append("bom" if marked else "from1")
    if counting.inclusive:
        parts.append("inclusive")
    return "-".join(parts)


def counting_of(name: str) -> Counting:
    """Return the way of counting that a short name stands for.

    Parameters
    ----------
    name : str
        Such as ``utf16-crlf``; the parts behind the first in any order.

    Returns
    -------
    Counting
        The way.

    Raises
    ------
    ExchangeError
        If there is none of that name; the message lists those there are.
    """
    first, *parts = name.strip().lower().split("-")
    ends = [part for part in parts if part in _LINE_ENDS]
    rest = [part for part in parts if part not in _LINE_ENDS]
    from_one = [part for part in rest if part in {"bom", "from1"}]
    if (
        first not in _UNITS
        or len(ends) > 1
        or len(from_one) > 1
        or not set(rest) <= {"bom", "from1", "inclusive"}
        or len(set(rest)) < len(rest)
    ):
        plain = ", ".join("-".join(filter(None, pair)) for pair in product(_UNITS, _LINE_ENDS))
        raise ExchangeError(
            f"There is no way of counting '{name[:60]}'.",
            cure=f"There are: {plain}. Without -lf (a line end is one) or -crlf (it is two), a line end is "
            "as many characters as in its file. Behind each of them may stand -bom (the byte order mark "
            "counts too), -from1 (counting begins with 1) and -inclusive (the end is the last character, "
            "not one past it), such as utf16-crlf-inclusive.",
        )
    return Counting(
        _UNITS[first], _LINE_ENDS[ends[0] if ends else ""], bool(from_one), "inclusive" in rest
    )


class Measured:
    """A text with what is needed to find places in it.

    Parameters
    ----------
    came : Came
        The text.
    """

    def __init__(self, came: Came) -> None:
        self.marked = came.marked
        self.points = points_of(came.text)
        self._ascii = came.text.isascii()
        self._astral = not self._ascii and bool((self.points > 0xFFFF).any())
        self._feeds = np.flatnonzero(self.points == 10)
        self._widths = came.widths
        self._all_two = came.widths is not None and bool((came.widths == 2).all())
        self._edges: dict[tuple[Unit, LineEnd], NDArray[np.int64]] = {}

    @cached_property
    def hashed(self) -> Hashed:
        """What names are compared with."""
        return Hashed(self.points)

    @cached_property
    def starts(self) -> NDArray[np.uint8]:
        """What kind of beginning each place is: `starts_of`."""
        return starts_of(self.points)

    @cached_property
    def ends(self) -> NDArray[np.uint8]:
        """What kind of end each place is: `ends_of`."""
        return ends_of(self.points)

    def plainest(self, counting: Counting) -> Counting:
        """Return the first counting that comes to the same places in this text."""
        unit, line_end, shifted, inclusive = counting
        # A byte order mark is one unit, but three bytes.
        mark_tells = unit == "UTF-8 bytes" and shifted and self.marked
        narrow = self._ascii or (unit == "UTF-16 units" and not self._astral)
        if narrow and not mark_tells:
            unit = "code points"
        same_as_it_stands = (line_end == "one" and self._widths is None) or (
            line_end == "two" and self._all_two
        )
        if same_as_it_stands or not len(self._feeds):
            line_end = "as it stands"
        return Counting(unit, line_end, shifted, inclusive)

    def start_places(self, counting: Counting, start: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the code points at which offsets lie, -1 where they are no place."""
        edges = self._edges_of(counting.unit, counting.line_end)
        return _at(edges, start - self._shift(counting))

    def end_places(
        self, counting: Counting, end: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return the code points before which offsets lie, and whether they were just past the text's end."""
        edges = self._edges_of(counting.unit, counting.line_end)
        wanted = end - self._shift(counting) + counting.inclusive
        late = (wanted > edges[-1]) & (wanted <= edges[-1] + 2)
        return np.where(late, len(edges) - 1, _at(edges, wanted)), late

    def places(
        self, counting: Counting, start: NDArray[np.int64], end: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
        """Return first code points, ends, and whether an end was just past the text's."""
        first = self.start_places(counting, start)
        last, late = self.end_places(counting, end)
        wrong = (first < 0) | (last < 0)
        return np.where(wrong, -1, first), np.where(wrong, -1, last), late & ~wrong

    def start_kinds(self, counting: Counting, start: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Return what kind of beginning each offset lies at."""
        return self.starts[self.start_places(counting, start)]

    def end_kinds(self, counting: Counting, end: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Return what kind of end each offset lies at."""
        last, late = self.end_places(counting, end)
        return np.where(late, np.uint8(Kind.LATE), self.ends[last])

    def _shift(self, counting: Counting) -> int:
        if not counting.shifted:
            return 0
        return 3 if counting.unit == "UTF-8 bytes" and self.marked else 1

    def _edges_of(self, unit: Unit, line_end: LineEnd) -> NDArray[np.int64]:
        """Return the offset of every code point, and that of the end, shape (length + 1,)."""
        if (unit, line_end) not in self._edges:
            widths = np.ones(len(self.points), dtype=np.int64)
            if unit == "UTF-16 units":
                widths += self.points > 0xFFFF
            elif unit == "UTF-8 bytes":
                for above in (0x7F, 0x7FF, 0xFFFF):
                    widths += self.points > above
            if line_end == "two":
                widths[self._feeds] = 2
            elif line_end == "as it stands" and self._widths is not None:
                widths[self._feeds] = self._widths
            self._edges[unit, line_end] = np.concatenate(([0], np.cumsum(widths)))
        return self._edges[unit, line_end]


def _at(edges: NDArray[np.int64], offsets: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the code point at which each offset lies, -1 if it lies in none's beginning."""
    found = np.searchsorted(edges, offsets)
    inside = found < len(edges)
    return np.where(inside & (edges[np.where(inside, found, 0)] == offsets), found, -1)
