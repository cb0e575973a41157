"""What selections' edges and names say for each way of counting; how it is weighed stands in `_evidence`."""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING

import numpy as np

from fourp_nlp.exchange.refi.offsets._selection_names import Names, hashes
from fourp_nlp.exchange.refi.offsets._word_edges import KINDS, Kind
from fourp_nlp.exchange.refi.offsets.offset_units import Counting, Measured

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from fourp_nlp.exchange.refi.reading.source_texts import Came

__all__ = ["Given", "Tally", "tally"]

# What a name is worth in logarithms: for each of its characters up to so many, if it is all that stands there
# (half of that if it is very short), and if its white space is the same too.
_A_CHARACTER = 1.2
_LONG_ENOUGH = 12
_SHORT = 3
_WHOLE = 4.0
_EXACT = 2.0


@dataclass(frozen=True)
class Given:
    """Selections as a project gives them.

    Attributes
    ----------
    texts : sequence of Came
        The texts.
    groups : list of numpy.ndarray
        Rows of the selections of one text, one array for each text that has any.
    of : numpy.ndarray
        Index of the text of each selection, shape (selections,), int64.
    start, end : numpy.ndarray
        Offsets as written, shape (selections,), int64.
    names : Names
        Names of the selections.
    """

    texts: Sequence[Came]
    groups: list[NDArray[np.int64]]
    of: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    names: Names

    def came(self, group: int) -> Came:
        """Return the text of a group."""
        return self.texts[int(self.of[self.groups[group][0]])]


@dataclass(frozen=True)
class Tally:
    """Counts for each way: kinds of beginnings and ends, their chances, and names.

    Attributes
    ----------
    starts, ends : numpy.ndarray
        Edges by kind, shape (countings, KINDS), int64.
    chance : numpy.ndarray
        Sum of the logarithms of the chances of these kinds, shape (countings,).
    fitting, failing : numpy.ndarray
        Names that are what stands there, and that are not, shape (countings,), int64.
    telling : numpy.ndarray
        What the fitting ones are worth, shape (countings,).
    usual : numpy.ndarray
        Sum of the chances of kinds of beginnings and ends, shape (2, KINDS).
    weight : float
        Of how many beginnings that is the sum.
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    chance: NDArray[np.float64]
    fitting: NDArray[np.int64]
    failing: NDArray[np.int64]
    telling: NDArray[np.float64]
    usual: NDArray[np.float64]
    weight: float

    def of(self, rows: NDArray[np.intp]) -> Tally:
        """Return those of some ways."""
        return Tally(
            self.starts[rows], self.ends[rows], self.chance[rows], self.fitting[rows],
            self.failing[rows], self.telling[rows], self.usual, self.weight,
        )  # fmt: skip

    def plus(self, other: Tally) -> Tally:
        """Return the sum of two."""
        return Tally(
            self.starts + other.starts, self.ends + other.ends, self.chance + other.chance,
            self.fitting + other.fitting, self.failing + other.failing, self.telling + other.telling,
            self.usual + other.usual, self.weight + other.weight,
        )  # fmt: skip

    def log_likelihood(self) -> NDArray[np.float64]:
        """Return what edges and names say together, shape (countings,)."""
        return self.of_edges() + self.of_names()

    def of_edges(self) -> NDArray[np.float64]:
        """Return what edges say against edges drawn blindly, shape (countings,)."""
        usual = self.usual / max(self.weight, 1.0)
        return (
            _averaged(self.starts, usual[0], _START_HABITS)
            + _averaged(self.ends, usual[1], _END_HABITS)
            - self.chance
        )

    def of_names(self) -> NDArray[np.float64]:
        """Return what names say, shape (countings,)."""
        titles = np.array([0.002, 0.02, 0.1, 0.3, 0.7, 0.98, 1.0])
        with np.errstate(divide="ignore"):
            fits, fails = np.log1p(-titles), np.log(titles)
        fits[-1] = -1e3
        said = self.fitting[:, None] * fits + self.failing[:, None] * fails
        return _log_mean(said) + self.telling


# How likely somebody begins or ends at a line, a sentence or a word. Programs and people that take the line
# end along are rarer. The weights of habits say how common they are.
_START_HABITS: Sequence[tuple[float, Mapping[Kind, float]]] = [
    (1.0, {Kind.LINE: line, Kind.SENTENCE: sentence, Kind.WORD: word})
    for line, sentence, word in (
        (0.95, 0.03, 0.02), (0.6, 0.35, 0.05), (0.3, 0.6, 0.1), (0.3, 0.35, 0.35), (0.1, 0.15, 0.75),
        (0.03, 0.05, 0.92),
    )
]  # fmt: skip
_END_HABITS: Sequence[tuple[float, Mapping[Kind, float]]] = [
    *(
        (1.0, {Kind.LINE: line, Kind.SENTENCE: sentence, Kind.WORD: word, Kind.FEED: 0.005})
        for line, sentence, word in (
            (0.95, 0.03, 0.015), (0.5, 0.445, 0.05), (0.05, 0.925, 0.02), (0.3, 0.395, 0.3),
            (0.1, 0.175, 0.72), (0.03, 0.065, 0.9),
        )
    ),
    (0.1, {Kind.LINE: 0.03, Kind.SENTENCE: 0.04, Kind.WORD: 0.04, Kind.FEED: 0.89}),
]  # fmt: skip
# An end before a sentence's stop and one behind it are worth the same: some leave the stop out, so that
# nothing of this tells an inclusive end from an exclusive one.
_STOPS = (Kind.BEFORE_STOP, Kind.LINE_STOP)
# Which share of edges is drawn blindly, and which share of offsets is no place at all; how common that is.
_CARELESS = {0.003: 0.25, 0.01: 0.25, 0.03: 0.2, 0.1: 0.12, 0.3: 0.1, 1.0: 0.08}
_BROKEN = {0.001: 0.8, 0.02: 0.15, 0.3: 0.05}


def _averaged(
    counts: NDArray[np.int64],
    usual: NDArray[np.float64],
    habits: Sequence[tuple[float, Mapping[Kind, float]]],
) -> NDArray[np.float64]:
    """Return the log-likelihood of kinds of edges, averaged over habits, shape (countings,)."""
    rows, weights = [], []
    # Where a script does not show its words, their edges are places like any others within it.
    words, between = usual[Kind.WORD], 0.6 * usual[Kind.BETWEEN]
    shown = words / (words + between) if words + between > 0 else 1.0
    for weight, habit in habits:
        wanted = np.zeros(KINDS)
        for kind, probability in habit.items():
            wanted[kind] = probability
        wanted[Kind.BETWEEN] = wanted[Kind.WORD] * (1 - shown)
        wanted[Kind.WORD] *= shown
        for careless, so_often in _CARELESS.items():
            for broken, and_so_often in _BROKEN.items():
                made = (1 - broken) * ((1 - careless) * wanted + careless * usual)
                made[Kind.LATE] = made[Kind.NOWHERE] = broken
                rows.append(made)
                weights.append(weight * so_often * and_so_often)
    logs = np.log(np.maximum(np.array(rows), 1e-9))
    return _log_mean(counts.astype(np.float64) @ logs.T, np.array(weights))


def _log_mean(
    values: NDArray[np.float64], weights: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """Return the logarithm of the mean of exponentials along the second axis."""
    if weights is not None:
        values = values + np.log(weights / weights.sum())
    else:
        values = values - log(values.shape[1])
    most = values.max(axis=1, keepdims=True)
    made: NDArray[np.float64] = most[:, 0] + np.log(np.exp(values - most).sum(axis=1))
    return made


def tally(given: Given, groups: Sequence[int], countings: Sequence[Counting]) -> Tally:
    """Count what speaks for each way of counting in some of the texts.

    Parameters
    ----------
    given : Given
        The selections.
    groups : sequence of int
        Which texts' selections are looked at.
    countings : sequence of Counting
        The ways.

    Returns
    -------
    Tally
        The counts.
    """
    size = len(countings)
    edges, names = np.zeros((size, KINDS), dtype=np.int64), np.zeros(size, dtype=np.int64)
    made = Tally(
        edges, edges, np.zeros(size), names, names, np.zeros(size), np.zeros((2, KINDS)), 0.0
    )
    for group in groups:
        made = made.plus(_of_text(given, group, countings))
    return made


def _of_text(given: Given, group: int, countings: Sequence[Counting]) -> Tally:
    rows = given.groups[group]
    measured = Measured(given.came(group))
    first, last = given.start[rows], given.end[rows]
    # What ends before it begins is wrong however it was counted. An edge counts once.
    usable = (first >= 0) & (last > first)
    begun, ended = np.unique(first[usable]), np.unique(last[usable])
    shares = np.array([_shares(measured.starts[:-2]), _shares(_folded(measured.ends[1:-1]))])
    logs = np.log(np.where(shares > 0, shares, 1.0))
    plain = [measured.plainest(counting) for counting in countings]
    distinct = {each: row for row, each in enumerate(dict.fromkeys(plain))}
    of = np.array([distinct[each] for each in plain])
    starts = _counted([measured.start_kinds(each, begun) for each in distinct])
    ends = _counted([_folded(measured.end_kinds(each, ended)) for each in distinct])
    names = np.zeros((3, len(distinct)))
    named = given.names.take(rows)
    if (named.length > 0).any():
        exactly = hashes(named.strings, plain=True)
        places = [measured.places(each, first, last) for each in distinct]
        names = np.array([_named(measured, *each, named, exactly) for each in places]).T
    return Tally(
        starts[of], ends[of], (starts @ logs[0] + ends @ logs[1])[of], names[0, of].astype(np.int64),
        names[1, of].astype(np.int64), names[2, of], shares * len(begun), float(len(begun)),
    )  # fmt: skip


def _named(
    measured: Measured,
    start: NDArray[np.int64],
    end: NDArray[np.int64],
    late: NDArray[np.bool_],
    names: Names,
    exactly: tuple[NDArray[np.int64], NDArray[np.uint64]],
) -> tuple[int, int, float]:
    """Return how many names fit, how many do not, and what the fitting ones are worth."""
    fits, whole = measured.hashed.compare(start, end, names)
    # An end that had to be cut speaks for no way, even where the words fit.
    cut = int((fits & late).sum())
    fits = fits & ~late
    exact = measured.hashed.exactly(start, end, *exactly) & fits
    length = np.minimum(names.cut_length, _LONG_ENOUGH)
    worth = length * _A_CHARACTER + whole * np.where(length < _SHORT, _WHOLE / 2, _WHOLE)
    worth += exact * _EXACT
    fitting = int(fits.sum())
    return fitting, int((names.length > 0).sum()) - fitting - cut, float(worth[fits].sum())


def _counted(kinds: Sequence[NDArray[np.uint8]]) -> NDArray[np.int64]:
    return np.array([np.bincount(each, minlength=KINDS) for each in kinds], dtype=np.int64)


def _folded(ends: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.where(np.isin(ends, _STOPS), np.uint8(Kind.SENTENCE), ends)


def _shares(kinds: NDArray[np.uint8]) -> NDArray[np.float64]:
    return np.bincount(kinds, minlength=KINDS) / max(len(kinds), 1)
