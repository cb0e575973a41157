"""How offsets were counted, found out by comparing what they cut out with the words that it should be.

The standard counts Unicode code points of the text as it stands, from 0, with an exclusive end. Programs
count UTF-16 units or bytes, a line end as one or as two, a byte order mark or not, and the end
inclusively. A selection mostly has the beginning of its words as its name. All ways of counting are tried
on all selections at once, and the one under which most names are what stands there is believed.

Strings are compared by polynomial hashes of stretches of the text (Karp & Rabin 1987, "Efficient
randomized pattern-matching algorithms", IBM J. Res. Dev. 31), modulo 2**64, so that the comparison of any
stretch with a name is one subtraction and one product.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise, product
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from fourp_nlp.printable import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from fourp_nlp.interchange.refi._texts import Came

__all__ = ["Counting", "Spans", "blank", "cut_out", "points_of", "squeeze"]

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


_STANDARD = Counting()
_UNITS: tuple[Unit, ...] = ("code points", "UTF-16 units", "UTF-8 bytes")
_LINE_ENDS: tuple[LineEnd, ...] = ("as it stands", "one", "two")
# The fewest departures from the standard first: of equally good ones, the first is believed.
_COUNTINGS = sorted(
    (
        Counting(unit, line_end, shifted, inclusive)
        for unit, line_end, shifted, inclusive in product(
            _UNITS, _LINE_ENDS, (False, True), (False, True)
        )
    ),
    key=lambda one: sum(a != b for a, b in zip(one, _STANDARD, strict=True)),
)
_BASE = np.uint64(0x9E3779B97F4A7C15)
# Without an ellipsis, a name this long may still be the beginning of what was selected.
_LONG = 20
_WHITE = np.array([chr(point).isspace() or not printable(chr(point)) for point in range(0x3001)])
_ELLIPSES = ("…", "...")


@dataclass(frozen=True)
class Spans:
    """Places of selections in their texts.

    Attributes
    ----------
    start, end : numpy.ndarray
        Code points, end exclusive, shape (selections,), int64; -1 where the offsets name no place.
    matched : numpy.ndarray
        Whether the selection's name is what stands there, or its beginning, shape (selections,), bool.
    named : numpy.ndarray
        Whether it has a name at all, shape (selections,), bool.
    past_end : numpy.ndarray
        Whether its end was one or two units past the text's and is the text's end here, shape
        (selections,), bool.
    remarks : list of str
        Which countings were found, with how many of how many names matching.
    """

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    matched: NDArray[np.bool_]
    named: NDArray[np.bool_]
    past_end: NDArray[np.bool_]
    remarks: list[str]


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
    """Say which code points `squeeze` takes out.

    Parameters
    ----------
    points : numpy.ndarray
        Code points, shape (length,), uint32.

    Returns
    -------
    numpy.ndarray
        Shape (length,), bool.
    """
    low = points < len(_WHITE)
    made: NDArray[np.bool_] = low & _WHITE[np.where(low, points, 0)]
    made |= ((points >= 0xD800) & (points < 0xE000)) | (points == 0xFFFE) | (points == 0xFFFF)
    return made


def cut_out(
    texts: Sequence[Came],
    names_of_texts: Sequence[str],
    of: NDArray[np.int64],
    start: NDArray[np.int64],
    end: NDArray[np.int64],
    names: Sequence[str],
    known: Counting | None = None,
) -> Spans:
    """Find out how offsets were counted, and where selections stand.

    Parameters
    ----------
    texts : sequence of Came
        The texts.
    names_of_texts : sequence of str
        Their names, for remarks.
    of : numpy.ndarray
        Index of the text of each selection, shape (selections,), int64.
    start, end : numpy.ndarray
        Offsets as written, shape (selections,), int64.
    names : sequence of str
        Names of the selections; empty where there is none.
    known : Counting, optional
        How this program counted, where it wrote the project itself: other ways are tried only if names
        speak against it.

    Returns
    -------
    Spans
        The places, as code points of the texts.
    """
    count = len(names)
    made = Spans(
        np.full(count, -1, dtype=np.int64),
        np.full(count, -1, dtype=np.int64),
        np.zeros(count, dtype=bool),
        np.zeros(count, dtype=bool),
        np.zeros(count, dtype=bool),
        [],
    )
    if not count:
        return made
    order = np.argsort(of, kind="stable")
    edges = np.flatnonzero(np.diff(of[order], prepend=-1, append=-2))
    groups = [order[a:b] for a, b in pairwise(edges.tolist())]
    names_known = _Names.of(names)
    made.named[:] = names_known.length > 0
    chosen = [known or _STANDARD] * len(groups)
    tallies = _tally(texts, of, start, end, groups, names_known, chosen[:1])
    usable = int(made.named.sum())
    beyond_doubt = (2 * usable if usable else count) == int(tallies[:, 0, 0 if usable else 2].sum())
    if not beyond_doubt and (known is None or usable):
        tallies = _tally(texts, of, start, end, groups, names_known, _COUNTINGS)
        best = _best(tallies.sum(axis=0), by_names=usable > 0)
        chosen = [_COUNTINGS[best]] * len(groups)
        if usable:
            for group, tally in enumerate(tallies):
                own = _best(tally, by_names=True)
                if tally[own, 0] > tally[best, 0]:
                    chosen[group] = _COUNTINGS[own]
    for rows, counting in zip(groups, chosen, strict=True):
        measured = _Measured(texts[int(of[rows[0]])])
        first, last, late = measured.places(counting, start[rows], end[rows])
        made.start[rows], made.end[rows], made.past_end[rows] = first, last, late
        made.matched[rows] = measured.compare(first, last, names_known.take(rows)).fits
    if known is not None and not usable:
        way = _in_words(known, list(texts))
        made.remarks.append(f"This program wrote the project: offsets count {way}.")
    else:
        made.remarks.extend(_told(texts, names_of_texts, of, groups, chosen, made))
    return made


def _tally(
    texts: Sequence[Came],
    of: NDArray[np.int64],
    start: NDArray[np.int64],
    end: NDArray[np.int64],
    groups: list[NDArray[np.int64]],
    names: _Names,
    countings: Sequence[Counting],
) -> NDArray[np.int64]:
    """Count what speaks for each counting in each text.

    A name that fits counts one, and one more if it fits as a whole or says that it is cut: the beginning of a
    stretch that is too long fits as well. Then names that fit to the very white space, then places that
    are there.

    Returns
    -------
    numpy.ndarray
        Shape (texts with selections, countings, 3), int64.
    """
    made = np.zeros((len(groups), len(countings), 3), dtype=np.int64)
    for row, group in enumerate(groups):
        measured = _Measured(texts[int(of[group[0]])])
        named, first, last = names.take(group), start[group], end[group]
        # Only to choose between countings: the standard is taken or not by its words alone.
        exactly = _hashes(named.strings, plain=True) if len(countings) > 1 else None
        seen: dict[Counting, NDArray[np.int64]] = {}
        for column, counting in enumerate(countings):
            plain = measured.plainest(counting)
            if plain not in seen:
                a, b, late = measured.places(plain, first, last)
                fits, whole = measured.compare(a, b, named)
                exact = measured.exactly(a, b, *exactly) if exactly else np.zeros_like(fits)
                # An end that had to be cut speaks against a counting, even where the words fit.
                told = [fits & ~late, whole & ~late, exact & ~late, (a >= 0) & (b > a) & ~late]
                words, wholes, exacts, there = (int(one.sum()) for one in told)
                seen[plain] = np.array([words + wholes, exacts, there], dtype=np.int64)
            made[row, column] = seen[plain]
    return made


def _best(tally: NDArray[np.int64], *, by_names: bool) -> int:
    keys = (tally[:, 1], tally[:, 0]) if by_names else (tally[:, 2],)
    # Stable: of equally good countings, that with the fewest departures from the standard.
    return int(np.lexsort((np.arange(len(tally)), *(-key for key in keys)))[0])


class _Fit(NamedTuple):
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
class _Names:
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
    def of(cls, names: Sequence[str]) -> _Names:
        bare = [squeeze(name) for name in names]
        cut = [
            next((name.removesuffix(end) for end in _ELLIPSES if name.endswith(end)), None)
            for name in bare
        ]
        ends = [
            # Only a beginning that is long enough to tell is one.
            head or (name if len(name) >= _LONG else "")
            for head, name in zip(cut, bare, strict=True)
        ]
        said = np.array([bool(head) for head in cut], dtype=bool)
        length, value = _hashes(bare)
        cut_length, cut_value = length.copy(), value.copy()
        rows = np.flatnonzero(
            [one is not bare_one for one, bare_one in zip(ends, bare, strict=True)]
        )
        if len(rows):
            cut_length[rows], cut_value[rows] = _hashes([ends[row] for row in rows.tolist()])
        return cls(length, value, cut_length, cut_value, said, names)

    def take(self, rows: NDArray[np.int64]) -> _Names:
        return _Names(
            self.length[rows], self.value[rows], self.cut_length[rows], self.cut_value[rows],
            self.cut[rows], [self.strings[row] for row in rows.tolist()],
        )  # fmt: skip


def _hashes(
    strings: Sequence[str], *, plain: bool = False
) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
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


class _Measured:
    """A text with what is needed to find places in it and to compare them with names."""

    def __init__(self, came: Came) -> None:
        self._marked = came.marked
        self._points = points_of(came.text)
        self._ascii = came.text.isascii()
        self._astral = not self._ascii and bool((self._points > 0xFFFF).any())
        feeds = self._points == 10
        self._feeds = np.flatnonzero(feeds)
        self._widths = came.widths
        self._all_two = came.widths is not None and bool((came.widths == 2).all())
        self._edges: dict[tuple[Unit, LineEnd], NDArray[np.int64]] = {}
        white = blank(self._points)
        self._solid = np.concatenate(([0], np.cumsum(~white)))
        self._sums = _prefix(self._points[~white])
        self._plain_sums: NDArray[np.uint64] | None = None

    def plainest(self, counting: Counting) -> Counting:
        """Return the first counting that comes to the same places in this text."""
        unit, line_end, shifted, inclusive = counting
        # A byte order mark is one unit, but three bytes.
        mark_tells = unit == "UTF-8 bytes" and shifted and self._marked
        narrow = self._ascii or (unit == "UTF-16 units" and not self._astral)
        if narrow and not mark_tells:
            unit = "code points"
        same_as_it_stands = (line_end == "one" and self._widths is None) or (
            line_end == "two" and self._all_two
        )
        if same_as_it_stands or not len(self._feeds):
            line_end = "as it stands"
        return Counting(unit, line_end, shifted, inclusive)

    def places(
        self, counting: Counting, start: NDArray[np.int64], end: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
        """Return first code points, ends, and whether an end was just past the text's."""
        edges = self._edges_of(counting.unit, counting.line_end)
        shift = 0
        if counting.shifted:
            shift = 3 if counting.unit == "UTF-8 bytes" and self._marked else 1
        wanted = end - shift + counting.inclusive
        first, last = _at(edges, start - shift), _at(edges, wanted)
        late = (wanted > edges[-1]) & (wanted <= edges[-1] + 2) & (first >= 0)
        last = np.where(late, len(edges) - 1, last)
        wrong = (first < 0) | (last < 0)
        return np.where(wrong, -1, first), np.where(wrong, -1, last), late & ~wrong

    def compare(self, start: NDArray[np.int64], end: NDArray[np.int64], names: _Names) -> _Fit:
        """Say which places hold their names."""
        there = (start >= 0) & (end > start) & (names.length > 0)
        first, last = np.where(there, start, 0), np.where(there, end, 0)
        a, b = self._solid[first], self._solid[last]
        whole = self._is(self._sums, a, b - a, names.length, names.value)
        head = names.cut_length
        begins = (head > 0) & (b - a >= head)
        begins &= self._is(self._sums, a, np.where(begins, head, 0), head, names.cut_value)
        return _Fit(there & (whole | begins), there & (whole | (begins & names.cut)))

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

    def _edges_of(self, unit: Unit, line_end: LineEnd) -> NDArray[np.int64]:
        """Return the offset of every code point, and that of the end, shape (length + 1,)."""
        if (unit, line_end) not in self._edges:
            widths = np.ones(len(self._points), dtype=np.int64)
            if unit == "UTF-16 units":
                widths += self._points > 0xFFFF
            elif unit == "UTF-8 bytes":
                for above in (0x7F, 0x7FF, 0xFFFF):
                    widths += self._points > above
            if line_end == "two":
                widths[self._feeds] = 2
            elif line_end == "as it stands" and self._widths is not None:
                widths[self._feeds] = self._widths
            self._edges[unit, line_end] = np.concatenate(([0], np.cumsum(widths)))
        return self._edges[unit, line_end]


def _prefix(points: NDArray[np.uint32]) -> NDArray[np.uint64]:
    values = (points.astype(np.uint64) + np.uint64(1)) * _powers(len(points))[: len(points)]
    return np.concatenate((np.zeros(1, dtype=np.uint64), np.cumsum(values, dtype=np.uint64)))


def _at(edges: NDArray[np.int64], offsets: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the code point at which each offset lies, -1 if it lies in none's beginning."""
    found = np.searchsorted(edges, offsets)
    inside = found < len(edges)
    return np.where(inside & (edges[np.where(inside, found, 0)] == offsets), found, -1)


def _told(
    texts: Sequence[Came],
    names_of_texts: Sequence[str],
    of: NDArray[np.int64],
    groups: list[NDArray[np.int64]],
    chosen: list[Counting],
    made: Spans,
) -> list[str]:
    """Say in sentences how offsets were counted, the most frequent way first."""
    ways: dict[Counting, list[int]] = {}
    for number, counting in enumerate(chosen):
        ways.setdefault(counting, []).append(number)
    total = int(made.named.sum())
    told = []
    for counting, numbers in sorted(
        ways.items(), key=lambda way: -sum(len(groups[number]) for number in way[1])
    ):
        rows = np.concatenate([groups[number] for number in numbers])
        held = [texts[int(of[groups[number][0]])] for number in numbers]
        named, matched = int(made.named[rows].sum()), int(made.matched[rows].sum())
        way = _in_words(counting, held)
        where = ""
        if len(ways) > 1 and len(numbers) <= 3:
            titles = [names_of_texts[int(of[groups[number][0]])] for number in numbers]
            where = f"In {', '.join(titles)}: "
        elif len(ways) > 1:
            where = f"In {len(numbers)} sources: "
        if not total:
            told.append(_unnamed(counting, way, held))
        elif not named:
            told.append(f"{where}offsets are taken to count {way}, as elsewhere in the project.")
        elif not matched:
            told.append(
                f"{where}No way of counting makes the selections' names what stands at their offsets "
                f"(0 of {named}): the names are titles, or the texts are not those that were coded. "
                f"The standard was taken: {way}."
            )
        else:
            begins = f"{where}offsets count" if where else "Offsets count"
            told.append(f"{begins} {way}: {matched:,} of {named:,} quotations match.")
    return told


def _unnamed(counting: Counting, way: str, held: list[Came]) -> str:
    if counting != _STANDARD:
        return (
            f"No selection has a name to compare with. Offsets fit the texts only if they count {way}; "
            "this cannot be checked."
        )
    if all(came.text.isascii() and "\n" not in came.text and not came.marked for came in held):
        return (
            "No selection has a name to compare with. The standard was taken, ends exclusive; all ways "
            "of counting characters come to the same in these texts."
        )
    return (
        f"No selection has a name to compare with. The standard was taken: offsets count {way}; this "
        "cannot be checked."
    )


def _in_words(counting: Counting, held: list[Came]) -> str:
    parts: list[str] = [counting.unit]
    if any("\n" in came.text for came in held):
        line_end: str = counting.line_end
        if counting.line_end == "as it stands":
            two = [came.widths is not None for came in held if "\n" in came.text]
            line_end = "as it stands in each file" if any(two) else "one"
            if all(
                came.widths is not None and (came.widths == 2).all()
                for came in held
                if "\n" in came.text
            ):
                line_end = "two"
        parts.append(
            f"line ends as {line_end.removeprefix('as it ')}".replace("as stands", "they stand")
        )
    if counting.shifted:
        parts.append(
            "the byte order mark too" if any(came.marked for came in held) else "beginning with 1"
        )
    parts.append(f"end {'inclusive' if counting.inclusive else 'exclusive'}")
    return ", ".join(parts)
