r"""Which way of counting is believed: names, edges and the program are weighed for the project as a whole.

Three things speak for a way of counting, each as the logarithm of a probability:

**Edges.** People begin and end at lines, sentences and words; an offset that is read in the wrong way lies
anywhere. Let a person draw an edge of the kind :math:`k` with the probability :math:`p(k)`, and then one of
the :math:`N_k` places of that kind in a text of :math:`N`. What a way of counting makes of the offsets has
then, against edges drawn blindly, the log-likelihood :math:`\sum \log p(k) - \log (N_k / N)`. The chance
:math:`N_k / N` is counted in each text itself, so that a text of short lines makes beginnings of lines
cheap. How these people code is not known, so that the likelihood is averaged over habits: of people who
code lines, sentences or words, and of careless ones, up to edges drawn blindly, with which all ways are
worth the same. An end before the stop of a sentence is worth as much as one behind it, since some leave it
out: nothing in this tells then whether ends are inclusive. Every edge counts once, however many codings
share it. The expectation of such a likelihood ratio, if edges are drawn blindly, is 1; the probability that
it exceeds :math:`e^m` is below :math:`e^{-m}` (Markov).

**Names.** A name that is what stands there, or its beginning, is worth as much as its length makes a
coincidence unlikely; one that is not counts against the way, unless so many are not that names are
titles. A selection that has no place counts against the way in the same manner.

**The program.** Ways that depart from the standard are less likely to begin with, and those that
contradict what the program is known to count (`_known_programs`) are less likely by its `sureness`.

The best way is believed if it is `_MARGIN` ahead of each other way that comes to other words for any
selection: a thousand times as likely. Names and edges alone must make it ten times as likely as another that
the program does not contradict more. Otherwise the user is asked. All texts were counted by one program, and
so in one way; a text whose own names prove another way by the same margin is read in that.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING

import numpy as np

from fourp_nlp.exchange.refi.offsets._tally import tally
from fourp_nlp.exchange.refi.offsets.offset_units import (
    Counting,
    Measured,
    countings_for,
    departures,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fourp_nlp.exchange.refi.offsets._known_programs import Program
    from fourp_nlp.exchange.refi.offsets._tally import Given

__all__ = ["Weighed", "own_counting", "same_words", "weigh"]

_MARGIN = log(1000)
# What is so far behind after some thousands of selections is not looked at in the others.
_HOPELESS = 60.0
# What names and edges must tell besides, whatever is usual: ten times as likely.
_LITTLE = log(10)
_SAMPLE = 4000
_OF_UNIT = {"code points": 0.0, "UTF-16 units": -1.5, "UTF-8 bytes": -4.0}
_OF_LINE_END = {"as it stands": 0.0, "one": -1.5, "two": -1.5}
_OF_SHIFT = _OF_INCLUSIVE = _RAREST = -5.0


@dataclass(frozen=True)
class Weighed:
    """Ways of counting and what speaks for them.

    Attributes
    ----------
    countings : list of Counting
        The ways that were weighed, the likeliest first.
    score : numpy.ndarray
        Their log-probabilities but for a constant, shape (countings,).
    evidence : numpy.ndarray
        The same without what is known of programs and of ways of counting: names and edges alone.
    rivals : list of Counting
        Those that are not far enough behind the first and come to other words for some selection.
    close : list of Counting
        Those that names and edges alone do not tell from the first, and that come to other words.
    sample : list of int
        The groups of selections that were looked at first.
    known : bool
        Whether the program is known to count in the first way.
    """

    countings: list[Counting]
    score: NDArray[np.float64]
    evidence: NDArray[np.float64]
    rivals: list[Counting]
    close: list[Counting]
    sample: list[int]
    known: bool

    @property
    def best(self) -> Counting:
        """The likeliest way."""
        return self.countings[0]


def weigh(given: Given, program: Program | None) -> Weighed:
    """Weigh all ways of counting.

    Parameters
    ----------
    given : Given
        The selections; there is at least one.
    program : Program or None
        What is known of the program that wrote the project.

    Returns
    -------
    Weighed
        The ways, the likeliest first.
    """
    alike = countings_for([given.came(group) for group in range(len(given.groups))])
    priors = [[_prior(each, program) for each in same] for same in alike.values()]
    prior, contrary = np.array([max(each, key=sum) for each in priors]).T
    prior = prior + contrary
    countings = list(alike)
    sample = _sample(given)
    counts = tally(given, sample, countings)
    evidence = counts.log_likelihood()
    score = evidence + prior
    rest = sorted(set(range(len(given.groups))) - set(sample))
    alive = np.flatnonzero(score >= score.max() - _HOPELESS)
    if rest and len(alive) > 1:
        countings = [countings[one] for one in alive]
        counts = counts.of(alive).plus(tally(given, rest, countings))
        evidence, prior, contrary = counts.log_likelihood(), prior[alive], contrary[alive]
        score = evidence + prior
    order = np.lexsort(([departures(one) for one in countings], -score))
    countings = [countings[one] for one in order]
    score, evidence = score[order], evidence[order]
    close = evidence >= evidence[0] - _LITTLE
    # What is likely by habit alone is not believed; what a program is known to do is.
    likely = (score >= score[0] - _MARGIN) | (close & (contrary[order] >= contrary[order[0]]))
    near = [
        one
        for one, either in zip(countings, likely | close, strict=True)
        if either and one != countings[0]
    ]
    other = _other_words(given, countings[0], near)
    rivals, unsure = (
        [one for one, holds in zip(countings, which, strict=True) if holds and one in other]
        for which in (likely, close)
    )
    known = program is not None and any(program.counts(one) for one in alike[countings[0]])
    return Weighed(countings, score, evidence, rivals, unsure, sample, known)


def own_counting(given: Given, group: int, shared: Counting) -> Counting:
    """Return the way in which one text was counted, if its own names prove another than the project's.

    Parameters
    ----------
    given : Given
        The selections.
    group : int
        The text's group of selections.
    shared : Counting
        The project's way.

    Returns
    -------
    Counting
        The text's way.
    """
    countings = list(countings_for([given.came(group)]))
    measured = Measured(given.came(group))
    plain = measured.plainest(shared)
    countings = [plain, *(one for one in countings if one != plain)]
    counts = tally(given, [group], countings)
    names = counts.of_names()
    if names.max() < names[0] + _MARGIN:
        return shared
    agreement = np.array(
        [sum(a == b for a, b in zip(one, shared, strict=True)) for one in countings]
    )
    proven = names >= names[0] + _MARGIN
    score = np.where(proven, names + counts.of_edges() + agreement, -np.inf)
    return countings[int(np.argmax(score))]


def same_words(
    measured: Measured, one: tuple[NDArray[np.int64], NDArray[np.int64]],
    other: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> NDArray[np.bool_]:  # fmt: skip
    """Say which places hold the same words, white space at their edges aside.

    Parameters
    ----------
    measured : Measured
        The text.
    one, other : tuple of numpy.ndarray
        Beginnings and ends, shape (selections,) each; -1 where there is no place.

    Returns
    -------
    numpy.ndarray
        Shape (selections,), bool.
    """
    solid = measured.hashed.solid
    edges = []
    for start, end in (one, other):
        there = (start >= 0) & (end > start)
        first, last = (
            np.where(there, solid[np.where(there, edge, 0)], -1) for edge in (start, end)
        )
        # Nothing but white space is no words.
        edges.append((np.where(first == last, -1, first), np.where(first == last, -1, last)))
    made: NDArray[np.bool_] = (edges[0][0] == edges[1][0]) & (edges[0][1] == edges[1][1])
    return made


def _other_words(given: Given, best: Counting, near: list[Counting]) -> list[Counting]:
    """Return those ways that come to other words than the best for some selection."""
    left, found = list(near), []
    for group, rows in enumerate(given.groups):
        if not left:
            break
        measured = Measured(given.came(group))
        start, end = given.start[rows], given.end[rows]
        mine = measured.places(best, start, end)[:2]
        for counting in list(left):
            if measured.plainest(counting) == measured.plainest(best):
                continue
            if not same_words(measured, mine, measured.places(counting, start, end)[:2]).all():
                left.remove(counting)
                found.append(counting)
    return [counting for counting in near if counting in found]


def _prior(counting: Counting, program: Program | None) -> tuple[float, float]:
    """Return how usual a way is, and how it contradicts the program, as logarithms."""
    unit, line_end = _OF_UNIT[counting.unit], _OF_LINE_END[counting.line_end]
    shift, inclusive = _OF_SHIFT * counting.shifted, _OF_INCLUSIVE * counting.inclusive
    contrary = 0
    if program is not None:
        contrary = counting.shifted + counting.inclusive
        shift = inclusive = 0.0
        if program.units:
            unit, contrary = 0.0, contrary + (counting.unit not in program.units)
        if program.line_ends:
            line_end, contrary = 0.0, contrary + (counting.line_end not in program.line_ends)
    usual = max(unit + line_end + shift + inclusive, _RAREST)
    return usual, -program.sureness * contrary if program is not None else 0.0


def _sample(given: Given) -> list[int]:
    """Return groups all over the project that hold some thousands of selections."""
    total = sum(len(rows) for rows in given.groups)
    step = max(1, total // _SAMPLE)
    chosen = list(range(0, len(given.groups), step))
    return (
        chosen if sum(len(given.groups[one]) for one in chosen) else list(range(len(given.groups)))
    )
