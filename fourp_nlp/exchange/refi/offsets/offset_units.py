"""Offset units: what a program counts, and the place in a text that an offset stands for.

The standard counts Unicode code points of the text as it is in the file, from 0, and does not include the
end. NVivo counts UTF-16 units. Some programs count a line end of two characters as one, or one of one
character as two. `_unit_choice` finds out in which unit a project was counted.
"""

from __future__ import annotations

from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from fourp_nlp.errors import ExchangeError
from fourp_nlp.exchange.refi.offsets._selection_names import HashedText
from fourp_nlp.exchange.refi.offsets._word_edges import (
    EdgeKind,
    code_points,
    end_edge_kinds,
    start_edge_kinds,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from fourp_nlp.exchange.refi.reading.source_texts import SourceText

__all__ = [
    "STANDARD",
    "LineEnd",
    "OffsetUnit",
    "TextOffsets",
    "Unit",
    "departures",
    "distinct_units",
    "parse_unit_name",
    "unit_name",
]

Unit = Literal["code points", "UTF-16 units"]
LineEnd = Literal["as it stands", "one", "two"]


class OffsetUnit(NamedTuple):
    """What a program counts.

    Attributes
    ----------
    unit : str
        The unit of a character.
    line_end : str
        How many units a line end is: as many as in the file, one, or two.
    """

    unit: Unit = "code points"
    line_end: LineEnd = "as it stands"


STANDARD = OffsetUnit()
"""The unit of REFI-QDA."""

_UNITS: dict[str, Unit] = {"codepoints": "code points", "utf16": "UTF-16 units"}
_LINE_ENDS: dict[str, LineEnd] = {"": "as it stands", "lf": "one", "crlf": "two"}


def departures(unit: OffsetUnit) -> int:
    """Return in how many respects a unit is not the standard one."""
    return sum(a != b for a, b in zip(unit, STANDARD, strict=True))


_ALL = {
    "-".join(filter(None, names)): OffsetUnit(_UNITS[names[0]], _LINE_ENDS[names[1]])
    for names in product(_UNITS, _LINE_ENDS)
}
"""All units by the names that `--counting` takes."""


def distinct_units(texts: Sequence[SourceText]) -> dict[OffsetUnit, list[OffsetUnit]]:
    """Return the units that may give different places in these texts.

    Parameters
    ----------
    texts : sequence of SourceText
        The texts that have selections.

    Returns
    -------
    dict of OffsetUnit to list of OffsetUnit
        Units, those nearest to the standard first. The list holds all units that give the same places as the
        key in every one of these texts.
    """
    all_ascii = all(text.text.isascii() for text in texts)
    with_lines = [text for text in texts if "\n" in text.text]
    all_one = all(text.line_end_widths is None for text in with_lines)
    all_two = all(
        text.line_end_widths is not None and bool((text.line_end_widths == 2).all())
        for text in with_lines
    )
    same: dict[OffsetUnit, list[OffsetUnit]] = {}
    for offset_unit in sorted(_ALL.values(), key=departures):
        unit, line_end = offset_unit
        if all_ascii:
            unit = "code points"
        if (line_end == "one" and all_one) or (line_end == "two" and all_two):
            line_end = "as it stands"
        same.setdefault(OffsetUnit(unit, line_end), []).append(offset_unit)
    return same


def unit_name(unit: OffsetUnit) -> str:
    """Return the name of an offset unit that `--counting` takes.

    Parameters
    ----------
    unit : OffsetUnit
        The unit.

    Returns
    -------
    str
        Such as ``utf16-crlf``.
    """
    return next(name for name, named in _ALL.items() if named == unit)


def parse_unit_name(name: str) -> OffsetUnit:
    """Return the offset unit of a name.

    Parameters
    ----------
    name : str
        Such as ``utf16-crlf``.

    Returns
    -------
    OffsetUnit
        The unit.

    Raises
    ------
    ExchangeError
        If no unit has that name. The message lists the names.
    """
    unit = _ALL.get(name.strip().lower())
    if unit is None:
        raise ExchangeError(
            f"--counting does not know '{name[:60]}'.",
            cure=f"It takes: {', '.join(_ALL)}. With -lf, a line end counts as one; with -crlf, as two; "
            "otherwise as many as in its file.",
        )
    return unit


class TextOffsets:
    """Places in one text by the offsets of any unit.

    Parameters
    ----------
    source_text : SourceText
        The text.
    """

    def __init__(self, source_text: SourceText) -> None:
        self.points = code_points(source_text.text)
        self._one_unit_each = not bool((self.points > 0xFFFF).any())
        self._line_ends = np.flatnonzero(self.points == 10)
        self._widths = source_text.line_end_widths
        self._all_two = self._widths is not None and bool((self._widths == 2).all())
        self._offsets: dict[OffsetUnit, NDArray[np.int64]] = {}

    @cached_property
    def hashed(self) -> HashedText:
        """The text, to compare selections' names with."""
        return HashedText(self.points)

    @cached_property
    def start_edges(self) -> NDArray[np.uint8]:
        """What kind of beginning each place is: `start_edge_kinds`."""
        return start_edge_kinds(self.points)

    @cached_property
    def end_edges(self) -> NDArray[np.uint8]:
        """What kind of end each place is: `end_edge_kinds`."""
        return end_edge_kinds(self.points)

    def nearest_to_standard(self, offset_unit: OffsetUnit) -> OffsetUnit:
        """Return the unit nearest to the standard that gives the same places in this text."""
        unit, line_end = offset_unit
        if self._one_unit_each:
            unit = "code points"
        as_in_file = (line_end == "one" and self._widths is None) or (
            line_end == "two" and self._all_two
        )
        if as_in_file or not len(self._line_ends):
            line_end = "as it stands"
        return OffsetUnit(unit, line_end)

    def start_places(self, unit: OffsetUnit, starts: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the code point at each offset, -1 where there is none."""
        return _places_at(self._offsets_in(unit), starts)

    def end_places(
        self, unit: OffsetUnit, ends: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return the place of each end, and whether the end was one or two units past the text."""
        offsets = self._offsets_in(unit)
        past_end = (ends > offsets[-1]) & (ends <= offsets[-1] + 2)
        return np.where(past_end, len(offsets) - 1, _places_at(offsets, ends)), past_end

    def places(
        self, unit: OffsetUnit, starts: NDArray[np.int64], ends: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
        """Return the first code points, the ends, and whether an end was just past the text."""
        first = self.start_places(unit, starts)
        last, past_end = self.end_places(unit, ends)
        wrong = (first < 0) | (last < 0)
        return np.where(wrong, -1, first), np.where(wrong, -1, last), past_end & ~wrong

    def start_kinds(self, unit: OffsetUnit, starts: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Return what kind of beginning each offset is at."""
        return self.start_edges[self.start_places(unit, starts)]

    def end_kinds(self, unit: OffsetUnit, ends: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Return what kind of end each offset is at."""
        places, past_end = self.end_places(unit, ends)
        return np.where(past_end, np.uint8(EdgeKind.PAST_END), self.end_edges[places])

    def _offsets_in(self, unit: OffsetUnit) -> NDArray[np.int64]:
        """Return the offset of every code point and of the end, shape (length + 1,)."""
        if unit not in self._offsets:
            widths = np.ones(len(self.points), dtype=np.int64)
            if unit.unit == "UTF-16 units":
                widths += self.points > 0xFFFF
            if unit.line_end == "two":
                widths[self._line_ends] = 2
            elif unit.line_end == "as it stands" and self._widths is not None:
                widths[self._line_ends] = self._widths
            self._offsets[unit] = np.concatenate(([0], np.cumsum(widths)))
        return self._offsets[unit]


def _places_at(offsets: NDArray[np.int64], written: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the code point that begins at each written offset, -1 where none does."""
    places = np.searchsorted(offsets, written)
    inside = places < len(offsets)
    return np.where(inside & (offsets[np.where(inside, places, 0)] == written), places, -1)
