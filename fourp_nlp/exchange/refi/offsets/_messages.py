"""Remarks on how offsets were counted, and the question that is asked where that is not certain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fourp_nlp.exchange.refi.offsets._unit_choice import same_words, word_bounds
from fourp_nlp.exchange.refi.offsets._word_edges import EdgeKind
from fourp_nlp.exchange.refi.offsets.offset_units import (
    STANDARD,
    OffsetUnit,
    TextOffsets,
    unit_name,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from fourp_nlp.exchange.refi.offsets._known_programs import Program
    from fourp_nlp.exchange.refi.offsets._likelihood import WrittenSelections
    from fourp_nlp.exchange.refi.offsets._unit_choice import RankedUnits
    from fourp_nlp.exchange.refi.reading.source_texts import SourceText

__all__ = ["ConvertedSelections", "unit_question", "unit_remarks"]

_SHOWN = 3
_LONG = 60


@dataclass(frozen=True)
class ConvertedSelections:
    """Selections with their places.

    Attributes
    ----------
    written : WrittenSelections
        The selections as written.
    titles : sequence of str
        Names of the texts.
    units : list of OffsetUnit
        The offset unit of each group of selections.
    start, end : numpy.ndarray
        Their places, shape (selections,), int64.
    name_matches : numpy.ndarray
        Whether their names match their places, shape (selections,), bool.
    """

    written: WrittenSelections
    titles: Sequence[str]
    units: list[OffsetUnit]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    name_matches: NDArray[np.bool_]


class _Level(NamedTuple):
    """What selections may begin and end with."""

    noun: str
    starts: tuple[EdgeKind, ...]
    ends: tuple[EdgeKind, ...]


_LINE_ENDS = (EdgeKind.LINE, EdgeKind.LINE_AFTER_STOP, EdgeKind.LINE_BREAK)
_LEVELS = (
    _Level("a line", (EdgeKind.LINE,), _LINE_ENDS),
    _Level(
        "a sentence",
        (EdgeKind.LINE, EdgeKind.SENTENCE),
        (*_LINE_ENDS, EdgeKind.SENTENCE, EdgeKind.BEFORE_STOP),
    ),
    _Level(
        "a word",
        (EdgeKind.LINE, EdgeKind.SENTENCE, EdgeKind.WORD),
        (*_LINE_ENDS, EdgeKind.SENTENCE, EdgeKind.BEFORE_STOP, EdgeKind.WORD),
    ),
)


def unit_remarks(
    converted: ConvertedSelections,
    ranked: RankedUnits,
    program: Program | None,
    counting: OffsetUnit | None,
) -> list[str]:
    """Return sentences that say how offsets were counted and on what evidence, the most frequent unit first.

    `counting` is the unit that the user gave.
    """
    groups = converted.written.groups
    groups_by_unit: dict[OffsetUnit, list[int]] = {}
    for group, unit in enumerate(converted.units):
        groups_by_unit.setdefault(unit, []).append(group)
    remarks = []
    for unit, numbers in sorted(
        groups_by_unit.items(), key=lambda item: -sum(len(groups[number]) for number in item[1])
    ):
        where = ""
        if len(groups_by_unit) > 1 and len(numbers) <= _SHOWN:
            texts = [int(converted.written.text_index[groups[number][0]]) for number in numbers]
            where = f"In {', '.join(converted.titles[text] for text in texts)}: "
        elif len(groups_by_unit) > 1:
            where = f"In {len(numbers)} sources: "
        remarks.append(where + _remark(converted, ranked, program, counting, unit, numbers))
    return remarks


def _remark(
    converted: ConvertedSelections, ranked: RankedUnits, program: Program | None,
    counting: OffsetUnit | None, unit: OffsetUnit, numbers: list[int],
) -> str:  # fmt: skip
    written = converted.written
    in_part = len(numbers) < len(converted.units)
    rows = np.concatenate([written.groups[number] for number in numbers])
    texts = [written.text_of(number) for number in numbers]
    has_name = written.names.length[rows] > 0
    n_named, n_matching = int(has_name.sum()), int(converted.name_matches[rows].sum())
    begins = "offsets count" if in_part else "Offsets count"
    if counting is not None:
        begins = f"As --counting {unit_name(counting)} says, offsets count"
    parts = [f"{begins} {_describe(unit, texts)}"]
    if n_matching:
        parts[0] += f": {n_matching:,} of {n_named:,} quotations match."
    elif n_named:
        parts.insert(
            0,
            f"No way of counting makes the names of selections match their places (0 of {n_named:,}): the "
            "names are titles, or the texts are not those that were coded.",
        )
    if not n_matching or len(rows) > n_named:
        if n_matching:
            parts.append(
                _describe_edges(written, ranked, unit, numbers, rows[~has_name], named=True)
            )
        else:
            parts[-1] += _describe_edges(written, ranked, unit, numbers, rows, named=False)
        if counting is None and not in_part:
            parts.append(
                _describe_program(ranked, program, written.grouped_texts, named=n_matching > 0)
            )
    if counting is not None and not _all_same_words(written, unit, ranked.best):
        parts.append(f"The evidence is for another way: {_describe(ranked.best, texts)}.")
    return " ".join(part for part in parts if part)


def _describe_edges(
    written: WrittenSelections, ranked: RankedUnits, unit: OffsetUnit, numbers: list[int],
    rows: NDArray[np.int64], *, named: bool,
) -> str:  # fmt: skip
    """Say with what selections begin and end, in this unit and in another one."""
    if len(ranked.units) == 1 and unit == STANDARD and not named:
        return (
            "; no selection has a name to compare with, but all ways of counting characters and line ends "
            "give the same places in these texts."
        )
    other = STANDARD
    if _all_same_words(written, unit, STANDARD):
        other = next(
            (rival for rival in ranked.units if not _all_same_words(written, rival, unit)), STANDARD
        )
    counts, other_counts = (_level_counts(written, numbers, rows, way) for way in (unit, other))
    total = len(rows)
    level = next((at for at, count in enumerate(counts) if count >= 0.8 * total), 2)
    n, n_other = counts[level], other_counts[level]
    verbs = "begins and ends" if n == 1 else "begin and end"
    how = "the standard" if other == STANDARD else _describe(other, written.grouped_texts)
    among = f"{total:,} selection{'s' if total != 1 else ''}" + " without a name" * named
    sentence = (
        f"{n:,} of {among} then {verbs} with {_LEVELS[level].noun}; with {how}, {n_other:,} of {total:,} "
        f"{'does' if n_other == 1 else 'do'}."
    )
    return sentence if named else f": {sentence}"


def _describe_program(
    ranked: RankedUnits, program: Program | None, texts: Sequence[SourceText], *, named: bool
) -> str:
    if ranked.indistinct:
        other = _describe(ranked.indistinct[0], texts)
        if ranked.known and program is not None:
            return (
                f"This alone does not rule out {other}: it was read so because {program.name} counts so. "
                "Look at some of them."
            )
        return f"This alone does not rule out {other}, which is much rarer. Look at some of them."
    if program is None or not (program.units and program.line_ends) or named:
        return ""
    return f"{program.name} counts so." if ranked.known else f"{program.name} counts otherwise."


def _level_counts(
    written: WrittenSelections,
    numbers: Sequence[int],
    rows: NDArray[np.int64],
    unit: OffsetUnit,
) -> list[int]:
    """Return how many of some selections begin and end with each level."""
    counts = [0] * len(_LEVELS)
    for number in numbers:
        group = np.intersect1d(written.groups[number], rows)
        offsets = TextOffsets(written.text_of(number))
        starts = offsets.start_kinds(unit, written.start[group])
        ends = offsets.end_kinds(unit, written.end[group])
        for at, level in enumerate(_LEVELS):
            counts[at] += int((np.isin(starts, level.starts) & np.isin(ends, level.ends)).sum())
    return counts


def unit_question(selections: WrittenSelections, ranked: RankedUnits) -> str:
    """Return the question how offsets were counted, with some selections as each unit reads them.

    The best unit and its rivals are asked about.
    """
    units = _with_different_words(selections, [ranked.best, *ranked.rivals])
    rows = _most_different(selections, units)
    lines = [
        f"  {unit_name(unit)} ({_describe(unit, selections.grouped_texts)}): "
        + " | ".join(_quote(selections, unit, row) for row in rows)
        for unit in units
    ]
    return "\n".join([
        "Find the line whose passages were coded there, and add its name, such as --counting "
        f"{unit_name(units[0])}:",
        *lines,
    ])  # fmt: skip


def _with_different_words(
    selections: WrittenSelections, units: list[OffsetUnit]
) -> list[OffsetUnit]:
    """Return units that give different words; of several that give the same, the likeliest."""
    bounds: dict[OffsetUnit, list[bytes]] = {unit: [] for unit in units}
    for number, rows in enumerate(selections.groups):
        offsets = TextOffsets(selections.text_of(number))
        for unit in units:
            places = offsets.places(unit, selections.start[rows], selections.end[rows])[:2]
            bounds[unit].append(word_bounds(offsets, *places).tobytes())
    first: dict[bytes, OffsetUnit] = {}
    for unit in units:
        first.setdefault(b"".join(bounds[unit]), unit)
    return list(first.values())


def _most_different(selections: WrittenSelections, units: list[OffsetUnit]) -> list[int]:
    """Return a few selections that most units read otherwise than the first does, in their order."""
    differing = np.zeros(len(selections.start), dtype=np.int64)
    for number, rows in enumerate(selections.groups):
        offsets = TextOffsets(selections.text_of(number))
        first, *others = (
            offsets.places(unit, selections.start[rows], selections.end[rows])[:2] for unit in units
        )
        for other in others:
            differing[rows] += ~same_words(offsets, first, other)
    order = np.argsort(-differing, kind="stable")
    most = order[differing[order] == differing.max()]
    # From all over the project, where there is a choice.
    chosen = most[[0, len(most) // 2, -1]] if len(most) >= _SHOWN else order[:_SHOWN]
    return sorted(row for row in chosen.tolist() if differing[row])


def _quote(selections: WrittenSelections, unit: OffsetUnit, row: int) -> str:
    source_text = selections.texts[int(selections.text_index[row])]
    starts, ends, _ = TextOffsets(source_text).places(
        unit, selections.start[[row]], selections.end[[row]]
    )
    start, end = int(starts[0]), int(ends[0])
    if start < 0 or end <= start:
        return "no place"
    words = " / ".join(source_text.text[start:end].split("\n"))
    if len(words) > _LONG:
        words = f"{words[: _LONG // 2]} … {words[-_LONG // 2 :]}"
    return f"“{words}”"


def _all_same_words(selections: WrittenSelections, one: OffsetUnit, other: OffsetUnit) -> bool:
    """Return whether two units give the same words for every selection."""
    for number, rows in enumerate(selections.groups):
        offsets = TextOffsets(selections.text_of(number))
        if offsets.nearest_to_standard(one) == offsets.nearest_to_standard(other):
            continue
        places = [
            offsets.places(unit, selections.start[rows], selections.end[rows])[:2]
            for unit in (one, other)
        ]
        if not same_words(offsets, *places).all():
            return False
    return True


def _describe(offset_unit: OffsetUnit, texts: Sequence[SourceText]) -> str:
    """Return a unit in words; line ends only where the texts have some."""
    widths = [text.line_end_widths for text in texts if "\n" in text.text]
    if not widths:
        return offset_unit.unit
    line_end: str = offset_unit.line_end
    if line_end == "as it stands":
        if all(width is not None and (width == 2).all() for width in widths):
            line_end = "two"
        else:
            line_end = "one" if all(width is None for width in widths) else "in each file"
    return f"{offset_unit.unit}, line ends as {line_end}"
