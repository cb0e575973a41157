"""What a user is told of how offsets were counted, and what is asked where that cannot be found out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fourp_nlp.exchange.refi.offsets._evidence import same_words
from fourp_nlp.exchange.refi.offsets._word_edges import Kind
from fourp_nlp.exchange.refi.offsets.offset_units import STANDARD, Counting, Measured, name_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from fourp_nlp.exchange.refi.offsets._evidence import Weighed
    from fourp_nlp.exchange.refi.offsets._known_programs import Program
    from fourp_nlp.exchange.refi.offsets._tally import Given
    from fourp_nlp.exchange.refi.reading.source_texts import Came

__all__ = ["Read", "asked", "told"]

_COUNTED = 20_000
_SHOWN = 3
_WAYS = 8
_LONG = 60


@dataclass(frozen=True)
class Read:
    """Selections as they were read.

    Attributes
    ----------
    given : Given
        The selections.
    titles : sequence of str
        Names of the texts.
    chosen : list of Counting
        How each group of selections was counted.
    start, end : numpy.ndarray
        Their places, shape (selections,), int64.
    matched : numpy.ndarray
        Whether their names are what stands there, shape (selections,), bool.
    """

    given: Given
    titles: Sequence[str]
    chosen: list[Counting]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    matched: NDArray[np.bool_]


class _Level(NamedTuple):
    """What selections may begin and end with, the strongest first."""

    what: str
    starts: tuple[Kind, ...]
    ends: tuple[Kind, ...]


_LINE_ENDS = (Kind.LINE, Kind.LINE_STOP, Kind.FEED)
_LEVELS = (
    _Level("a line", (Kind.LINE,), _LINE_ENDS),
    _Level(
        "a sentence",
        (Kind.LINE, Kind.SENTENCE),
        (*_LINE_ENDS, Kind.SENTENCE, Kind.BEFORE_STOP),
    ),
    _Level(
        "a word",
        (Kind.LINE, Kind.SENTENCE, Kind.WORD),
        (*_LINE_ENDS, Kind.SENTENCE, Kind.BEFORE_STOP, Kind.WORD),
    ),
)


def told(read: Read, weighed: Weighed, program: Program | None, said: Counting | None) -> list[str]:
    """Say in sentences how offsets were counted and on what evidence, the most frequent way first.

    Parameters
    ----------
    read : Read
        The selections as they were read.
    weighed : Weighed
        What spoke for which way.
    program : Program or None
        What is known of the program that wrote them.
    said : Counting or None
        The way that the user named.

    Returns
    -------
    list of str
        A remark for each way.
    """
    groups = read.given.groups
    ways: dict[Counting, list[int]] = {}
    for number, counting in enumerate(read.chosen):
        ways.setdefault(counting, []).append(number)
    remarks = []
    for counting, numbers in sorted(
        ways.items(), key=lambda way: -sum(len(groups[number]) for number in way[1])
    ):
        where = ""
        if len(ways) > 1 and len(numbers) <= 3:
            titles = [read.titles[int(read.given.of[groups[number][0]])] for number in numbers]
            where = f"In {', '.join(titles)}: "
        elif len(ways) > 1:
            where = f"In {len(numbers)} sources: "
        remarks.append(
            where + _of_way(read, weighed, program, said, counting, numbers, within=bool(where))
        )
    return remarks


def _of_way(
    read: Read, weighed: Weighed, program: Program | None, said: Counting | None, counting: Counting,
    numbers: list[int], *, within: bool,
) -> str:  # fmt: skip
    given = read.given
    rows = np.concatenate([given.groups[number] for number in numbers])
    way = _in_words(counting, [given.came(number) for number in numbers])
    has_name = given.names.length[rows] > 0
    named, matched = int(has_name.sum()), int(read.matched[rows].sum())
    begins = "offsets count" if within else "Offsets count"
    if said is not None:
        mine = name_of(said, marked=_marked(given))
        begins = f"As --counting {mine} says, offsets count"
    parts = [f"{begins} {way}"]
    if named and matched:
        parts[0] += f": {matched:,} of {named:,} quotations match."
    elif named:
        parts.insert(
            0,
            f"No way of counting makes the selections' names what stands at their offsets (0 of {named:,}): "
            "the names are titles, or the texts are not those that were coded.",
        )
    bare = len(rows) - named
    if not matched or bare:
        tail = _of_edges(
            read,
            weighed,
            counting,
            numbers,
            rows[~has_name] if matched else rows,
            beside_names=bool(matched),
        )
        if matched:
            parts.append(tail)
        else:
            parts[-1] += tail
        if not (said is not None or within):
            parts.append(_of_program(weighed, program, named=matched > 0))
    if said is not None and not _alike(given, counting, weighed.best):
        other = _in_words(weighed.best, [given.came(number) for number in numbers])
        parts.append(f"What is found here speaks for another way: {other}.")
    return " ".join(part for part in parts if part)


def _of_edges(
    read: Read, weighed: Weighed, counting: Counting, numbers: list[int], rows: NDArray[np.int64],
    *, beside_names: bool,
) -> str:  # fmt: skip
    """Say with what selections begin and end, here and if they were counted otherwise."""
    if (
        len({one[:2] for one in weighed.countings}) == 1
        and counting == STANDARD
        and not beside_names
    ):
        return (
            "; no selection has a name to compare with, but all ways of counting characters and line ends "
            "come to the same in these texts."
        )
    other = STANDARD
    if _alike(read.given, counting, STANDARD):
        other = next(
            (one for one in weighed.countings if not _alike(read.given, one, counting)), STANDARD
        )
    looked = numbers
    of_all = len(rows) <= _COUNTED
    if not of_all:
        looked = [number for number in numbers if number in set(weighed.sample)] or numbers[:1]
    levels = [_levels(read.given, looked, rows, each) for each in (counting, other)]
    total = levels[0][1]
    level = next((at for at, found in enumerate(levels[0][0]) if found >= 0.8 * total), 2)
    mine, theirs = (found[level] for found, _ in levels)
    what = _LEVELS[level].what
    rather = "by the standard" if other == STANDARD else f"counted as {_short(read.given, other)},"
    among = f"{total:,} selection{'s' if total != 1 else ''}"
    among += "" if of_all else " that were looked at"
    among += " without a name" if beside_names else ""
    sentence = (
        f"{mine:,} of {among} then begin{'s' if mine == 1 else ''} and end{'s' if mine == 1 else ''} with "
        f"{what}; {rather} {theirs:,} of {total:,} {'does' if theirs == 1 else 'do'}."
    )
    return sentence if beside_names else f": {sentence}"


def _of_program(weighed: Weighed, program: Program | None, *, named: bool) -> str:
    if weighed.close:
        other = _plain(weighed.close[0])
        if weighed.known and program is not None:
            return (
                f"This alone does not tell it from {other}: it was read so because {program.name} counts so. "
                "Look at some of them."
            )
        return (
            f"This alone does not tell it from {other}, which is much rarer. Look at some of them."
        )
    if program is None or not (program.units and program.line_ends) or named:
        return ""
    return f"{program.name} counts so." if weighed.known else f"{program.name} counts otherwise."


def _levels(
    given: Given, numbers: Sequence[int], rows: NDArray[np.int64], counting: Counting
) -> tuple[list[int], int]:
    """Return how many selections begin and end with each level, and how many there are."""
    found, total = [0] * len(_LEVELS), 0
    wanted = np.zeros(len(given.start), dtype=bool)
    wanted[rows] = True
    for number in numbers:
        group = given.groups[number]
        group = group[wanted[group]]
        measured = Measured(given.came(number))
        plain = measured.plainest(counting)
        starts = measured.start_kinds(plain, given.start[group])
        ends = measured.end_kinds(plain, given.end[group])
        total += len(group)
        for at, level in enumerate(_LEVELS):
            found[at] += int((np.isin(starts, level.starts) & np.isin(ends, level.ends)).sum())
    return found, total


def asked(given: Given, weighed: Weighed) -> str:
    """Return the question which way it was, with some selections as each way reads them.

    Parameters
    ----------
    given : Given
        The selections.
    weighed : Weighed
        The ways that are left: the best and its rivals.

    Returns
    -------
    str
        The question.
    """
    ways = _apart(given, [weighed.best, *weighed.rivals])
    shown, more = ways[:_WAYS], ways[_WAYS:]
    rows = _telling(given, shown)
    texts = [given.came(number) for number in range(len(given.groups))]
    marked = _marked(given)
    lines = [
        f"  {name_of(way, marked=marked)} ({_in_words(way, texts)}): "
        + " | ".join(_quoted(given, way, row) for row in rows)
        for way in shown
    ]
    if more:
        lines.append(f"  and {', '.join(name_of(way, marked=marked) for way in more)}")
    example = name_of(shown[0], marked=marked)
    return "\n".join([
        f"Look which of these passages were coded there, and add the name of that way: --counting {example}",
        *lines,
    ])  # fmt: skip


def _apart(given: Given, ways: list[Counting]) -> list[Counting]:
    """Return the ways that come to different words, the likeliest of those that come to the same."""
    kept: dict[bytes, Counting] = {}
    signs: dict[Counting, list[bytes]] = {way: [] for way in ways}
    for number, rows in enumerate(given.groups):
        measured = Measured(given.came(number))
        solid = measured.hashed.solid
        for way in ways:
            first, last, _ = measured.places(way, given.start[rows], given.end[rows])
            there = (first >= 0) & (last > first)
            edges = [np.where(there, solid[np.where(there, edge, 0)], -1) for edge in (first, last)]
            signs[way].append(b"".join(edge.astype(np.int64).tobytes() for edge in edges))
    for way in ways:
        kept.setdefault(b"".join(signs[way]), way)
    return list(kept.values())


def _telling(given: Given, ways: list[Counting]) -> list[int]:
    """Return a few selections that most ways read otherwise than the first does, in their order."""
    different = np.zeros(len(given.start), dtype=np.int64)
    for number, rows in enumerate(given.groups):
        measured = Measured(given.came(number))
        first, *others = (
            measured.places(way, given.start[rows], given.end[rows])[:2] for way in ways
        )
        for other in others:
            different[rows] += ~same_words(measured, first, other)
    order = np.argsort(-different, kind="stable")
    most = order[different[order] == different.max()]
    # All over the project, where there is a choice.
    chosen = most[[0, len(most) // 2, -1]] if len(most) >= _SHOWN else order[:_SHOWN]
    return sorted(row for row in chosen.tolist() if different[row])


def _quoted(given: Given, way: Counting, row: int) -> str:
    came = given.texts[int(given.of[row])]
    first, last, _ = Measured(came).places(way, given.start[[row]], given.end[[row]])
    start, end = int(first[0]), int(last[0])
    if start < 0 or end <= start:
        return "no place"
    words = " / ".join(line for line in came.text[start:end].split("\n"))
    if len(words) > _LONG:
        words = f"{words[: _LONG // 2]} … {words[-_LONG // 2 :]}"
    return f"“{words}”"


def _alike(given: Given, one: Counting, other: Counting) -> bool:
    """Say whether two ways come to the same words for every selection."""
    for number, rows in enumerate(given.groups):
        measured = Measured(given.came(number))
        if measured.plainest(one) == measured.plainest(other):
            continue
        places = [
            measured.places(way, given.start[rows], given.end[rows])[:2] for way in (one, other)
        ]
        if not same_words(measured, *places).all():
            return False
    return True


def _marked(given: Given) -> bool:
    return any(given.came(number).marked for number in range(len(given.groups)))


def _short(given: Given, counting: Counting) -> str:
    return _in_words(counting, [given.came(number) for number in range(len(given.groups))])


def _plain(counting: Counting) -> str:
    return _in_words(counting, [])


def _in_words(counting: Counting, held: Sequence[Came]) -> str:
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
