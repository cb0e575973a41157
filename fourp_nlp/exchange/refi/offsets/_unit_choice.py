r"""Chooses the offset unit of a project from selections' edges, their names, and the program.

Three kinds of evidence count, each as the logarithm of a probability:

**Edges.** People begin and end at lines, sentences and words; offsets in a wrong unit lie anywhere. Let a
person choose an edge of kind :math:`k` with probability :math:`p(k)`, and then one of the :math:`N_k` places
of that kind in a text of :math:`N` places. Against random edges, the log-likelihood of a unit is then
:math:`\sum \log p(k) - \log (N_k / N)`. The chance :math:`N_k / N` is counted in each text, so that
beginnings of lines are weak evidence in a text of short lines. Nobody knows how these people code, so the
likelihood is averaged over habits: people who code lines, sentences or words, and careless ones, up to random
edges, for which all units are equally likely. An end before the stop of a sentence counts as much as one
after it, since some people leave it out. Every edge counts once, however many codings share it. With random
edges, the expectation of such a likelihood ratio is 1, and the probability that it exceeds :math:`e^m` is
below :math:`e^{-m}` (Markov).

**Names.** A name that matches its place, or the beginning of its place, is worth more the longer it is. A
name that does not match counts against the unit, unless so many do not match that names must be titles. A
selection without a place counts against the unit in the same way.

**The program.** Units other than the standard are less likely from the start. Units that contradict what is
known of the program (`_known_programs`) are less likely by its `sureness`.

The best unit is taken if it is a thousand times as likely (`_MARGIN`) as every other one that gives other
words for any selection. Edges and names alone must make it ten times as likely as another unit that does not
contradict the program more. Otherwise the user is asked. One program counted all texts, and so in one unit;
but a text whose own names prove another unit by the same margin is read in that unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING

import numpy as np

from fourp_nlp.exchange.refi.offsets._likelihood import count_edges_and_names
from fourp_nlp.exchange.refi.offsets.offset_units import (
    OffsetUnit,
    TextOffsets,
    departures,
    distinct_units,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fourp_nlp.exchange.refi.offsets._known_programs import Program
    from fourp_nlp.exchange.refi.offsets._likelihood import WrittenSelections

__all__ = ["RankedUnits", "rank_units", "same_words", "unit_of_text"]

_MARGIN = log(1000)
# What edges and names alone must show, whatever is usual: ten times as likely.
_SMALL_MARGIN = log(10)
_UNIT_PRIOR = {"code points": 0.0, "UTF-16 units": -1.5}
_LINE_END_PRIOR = {"as it stands": 0.0, "one": -1.5, "two": -1.5}


@dataclass(frozen=True)
class RankedUnits:
    """Offset units and the evidence for them.

    Attributes
    ----------
    units : list of OffsetUnit
        All units that give different places, the likeliest first.
    rivals : list of OffsetUnit
        Units that are not clearly less likely than the first, and give other words for some selection.
    indistinct : list of OffsetUnit
        Units that edges and names alone do not distinguish from the first, and that give other words.
    known : bool
        Whether the program is known to use the first unit.
    """

    units: list[OffsetUnit]
    rivals: list[OffsetUnit]
    indistinct: list[OffsetUnit]
    known: bool

    @property
    def best(self) -> OffsetUnit:
        """The likeliest unit."""
        return self.units[0]


def rank_units(selections: WrittenSelections, program: Program | None) -> RankedUnits:
    """Rank all offset units by their likelihood.

    The likeliest is the first. There is at least one selection.
    """
    distinct = distinct_units(selections.grouped_texts)
    priors = [[_log_prior(unit, program) for unit in same] for same in distinct.values()]
    usual, contrary = np.array([max(unit_priors, key=sum) for unit_priors in priors]).T
    units = list(distinct)
    counts = count_edges_and_names(selections, range(len(selections.groups)), units)
    evidence = counts.of_edges() + counts.of_names()
    score = evidence + usual + contrary
    order = np.lexsort(([departures(unit) for unit in units], -score))
    units = [units[row] for row in order]
    score, evidence, contrary = score[order], evidence[order], contrary[order]
    indistinct = evidence >= evidence[0] - _SMALL_MARGIN
    # What is usual does not decide alone; what a program is known to do does.
    likely = (score >= score[0] - _MARGIN) | (indistinct & (contrary >= contrary[0]))
    candidates = [
        unit for unit, either in zip(units[1:], (likely | indistinct)[1:], strict=True) if either
    ]
    other_words = _units_with_other_words(selections, units[0], candidates)
    rivals, unclear = (
        [unit for unit, holds in zip(units, mask, strict=True) if holds and unit in other_words]
        for mask in (likely, indistinct)
    )
    known = program is not None and any(program.uses(unit) for unit in distinct[units[0]])
    return RankedUnits(units, rivals, unclear, known)


def unit_of_text(selections: WrittenSelections, group: int, project_unit: OffsetUnit) -> OffsetUnit:
    """Return the offset unit of one text: the project's, unless the text's names prove another.

    `group` is the text's group of selections.
    """
    text = selections.text_of(group)
    units = list(distinct_units([text]))
    nearest = TextOffsets(text).nearest_to_standard(project_unit)
    units = [nearest, *(unit for unit in units if unit != nearest)]
    counts = count_edges_and_names(selections, [group], units)
    names = counts.of_names()
    proven = names >= names[0] + _MARGIN
    if not proven.any():
        return project_unit
    in_common = np.array([
        sum(a == b for a, b in zip(unit, project_unit, strict=True)) for unit in units
    ])  # fmt: skip
    score = np.where(proven, names + counts.of_edges() + in_common, -np.inf)
    return units[int(np.argmax(score))]


def same_words(
    offsets: TextOffsets, places: tuple[NDArray[np.int64], NDArray[np.int64]],
    other_places: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> NDArray[np.bool_]:  # fmt: skip
    """Return which places hold the same words, white space at their edges aside.

    Places are beginnings and ends, shape (selections,) each; -1 where there is no place.
    """
    one, other = (word_bounds(offsets, *edges) for edges in (places, other_places))
    same: NDArray[np.bool_] = (one == other).all(axis=0)
    return same


def word_bounds(
    offsets: TextOffsets, start: NDArray[np.int64], end: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return beginnings and ends of places, counted in characters that are no white space.

    `start` and `end` have shape (selections,), and -1 where there is no place. Returns shape (2,
    selections), -1 where there are no words.
    """
    solid = offsets.hashed.solid
    placed = (start >= 0) & (end > start)
    first, last = (solid[np.where(placed, edge, 0)] for edge in (start, end))
    # A place of white space alone has no words.
    return np.where(placed & (first != last), np.array([first, last]), -1)


def _units_with_other_words(
    selections: WrittenSelections, best: OffsetUnit, candidates: list[OffsetUnit]
) -> set[OffsetUnit]:
    """Return the candidates that give other words than the best unit for some selection."""
    others: set[OffsetUnit] = set()
    for group, rows in enumerate(selections.groups):
        waiting = [unit for unit in candidates if unit not in others]
        if not waiting:
            break
        offsets = TextOffsets(selections.text_of(group))
        start, end = selections.start[rows], selections.end[rows]
        places = offsets.places(best, start, end)[:2]
        for unit in waiting:
            if offsets.nearest_to_standard(unit) != offsets.nearest_to_standard(best) and not (
                same_words(offsets, places, offsets.places(unit, start, end)[:2]).all()
            ):
                others.add(unit)
    return others


def _log_prior(offset_unit: OffsetUnit, program: Program | None) -> tuple[float, float]:
    """Return how usual a unit is, and how much it contradicts the program, as logarithms."""
    of_unit = _UNIT_PRIOR[offset_unit.unit]
    of_line_end = _LINE_END_PRIOR[offset_unit.line_end]
    if program is None:
        return of_unit + of_line_end, 0.0
    contradictions = 0
    if program.units:
        of_unit, contradictions = 0.0, contradictions + (offset_unit.unit not in program.units)
    if program.line_ends:
        of_line_end = 0.0
        contradictions += offset_unit.line_end not in program.line_ends
    return of_unit + of_line_end, -program.sureness * contradictions
