"""How well each offset unit explains the edges and names of selections, as log-likelihoods."""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING

import numpy as np

from fourp_nlp.exchange.refi.offsets._selection_names import SelectionNames, hashes
from fourp_nlp.exchange.refi.offsets._word_edges import EDGE_KINDS, EdgeKind
from fourp_nlp.exchange.refi.offsets.offset_units import OffsetUnit, TextOffsets

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from fourp_nlp.exchange.refi.reading.source_texts import SourceText

__all__ = ["EdgesAndNames", "WrittenSelections", "count_edges_and_names"]

# What a matching name is worth in logarithms: for each of its characters up to so many, for matching as a
# whole (half of that if it is very short), and for matching in its white space too.
_A_CHARACTER = 1.2
_LONG_ENOUGH = 12
_SHORT = 3
_WHOLE = 4.0
_EXACT = 2.0


@dataclass(frozen=True)
class WrittenSelections:
    """Selections as a project writes them.

    Attributes
    ----------
    texts : sequence of SourceText
        The texts.
    groups : list of numpy.ndarray
        Rows of the selections of one text, one array for each text that has any.
    text_index : numpy.ndarray
        Index of the text of each selection, shape (selections,), int64.
    start, end : numpy.ndarray
        Offsets as written, shape (selections,), int64.
    names : SelectionNames
        Names of the selections.
    """

    texts: Sequence[SourceText]
    groups: list[NDArray[np.int64]]
    text_index: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    names: SelectionNames

    def text_of(self, group: int) -> SourceText:
        """Return the text of a group."""
        return self.texts[int(self.text_index[self.groups[group][0]])]

    @property
    def grouped_texts(self) -> list[SourceText]:
        """The text of each group."""
        return [self.text_of(group) for group in range(len(self.groups))]


@dataclass(frozen=True)
class EdgesAndNames:
    """Counts by offset unit: kinds of beginnings and ends, their chances, and matching names.

    Attributes
    ----------
    starts, ends : numpy.ndarray
        Edges by kind, shape (units, EDGE_KINDS), int64.
    chance : numpy.ndarray
        Sum of the logarithms of the chances of these kinds, shape (units,).
    matching, failing : numpy.ndarray
        Names that match their places, and names that do not, shape (units,), int64.
    worth : numpy.ndarray
        What the matching names are worth, shape (units,).
    place_shares : numpy.ndarray
        Shares of kinds among the places of the texts, times beginnings, shape (2, EDGE_KINDS).
    weight : float
        Number of beginnings.
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    chance: NDArray[np.float64]
    matching: NDArray[np.int64]
    failing: NDArray[np.int64]
    worth: NDArray[np.float64]
    place_shares: NDArray[np.float64]
    weight: float

    def __add__(self, other: EdgesAndNames) -> EdgesAndNames:
        """Return the sum of the counts of two sets of selections."""
        return EdgesAndNames(
            self.starts + other.starts, self.ends + other.ends, self.chance + other.chance,
            self.matching + other.matching, self.failing + other.failing, self.worth + other.worth,
            self.place_shares + other.place_shares, self.weight + other.weight,
        )  # fmt: skip

    def of_edges(self) -> NDArray[np.float64]:
        """Return the log-likelihood ratio of the edges against random edges, shape (units,)."""
        shares = self.place_shares / max(self.weight, 1.0)
        return (
            _average_log_likelihood(self.starts, shares[0], _START_HABITS)
            + _average_log_likelihood(self.ends, shares[1], _END_HABITS)
            - self.chance
        )

    def of_names(self) -> NDArray[np.float64]:
        """Return the log-likelihood of the names, shape (units,)."""
        title_shares = np.array([0.002, 0.02, 0.1, 0.3, 0.7, 0.98, 1.0])
        with np.errstate(divide="ignore"):
            matches, fails = np.log1p(-title_shares), np.log(title_shares)
        matches[-1] = -1e3
        by_share = self.matching[:, None] * matches + self.failing[:, None] * fails
        return _log_mean(by_share) + self.worth


# How likely somebody begins or ends at a line, a sentence or a word. Programs and people that include the
# line end are rarer. The weights say how common each habit is.
_START_HABITS: Sequence[tuple[float, Mapping[EdgeKind, float]]] = [
    (1.0, {EdgeKind.LINE: line, EdgeKind.SENTENCE: sentence, EdgeKind.WORD: word})
    for line, sentence, word in (
        (0.95, 0.03, 0.02), (0.6, 0.35, 0.05), (0.3, 0.6, 0.1), (0.3, 0.35, 0.35), (0.1, 0.15, 0.75),
        (0.03, 0.05, 0.92),
    )
]  # fmt: skip
_END_HABITS: Sequence[tuple[float, Mapping[EdgeKind, float]]] = [
    *(
        (
            1.0,
            {
                EdgeKind.LINE: line, EdgeKind.SENTENCE: sentence, EdgeKind.WORD: word,
                EdgeKind.LINE_BREAK: 0.005,
            },
        )
        for line, sentence, word in (
            (0.95, 0.03, 0.015), (0.5, 0.445, 0.05), (0.05, 0.925, 0.02), (0.3, 0.395, 0.3),
            (0.1, 0.175, 0.72), (0.03, 0.065, 0.9),
        )
    ),
    (
        0.1,
        {
            EdgeKind.LINE: 0.03, EdgeKind.SENTENCE: 0.04, EdgeKind.WORD: 0.04,
            EdgeKind.LINE_BREAK: 0.89,
        },
    ),
]  # fmt: skip
# Ends before a sentence's stop and after it count alike: some people leave the stop out.
_STOP_KINDS = (EdgeKind.BEFORE_STOP, EdgeKind.LINE_AFTER_STOP)
# Shares of edges at random places, and of offsets that have no place; with the weight of each share.
_RANDOM_SHARES = {0.003: 0.25, 0.01: 0.25, 0.03: 0.2, 0.1: 0.12, 0.3: 0.1, 1.0: 0.08}
_BROKEN_SHARES = {0.001: 0.8, 0.02: 0.15, 0.3: 0.05}


def _average_log_likelihood(
    counts: NDArray[np.int64],
    place_shares: NDArray[np.float64],
    habits: Sequence[tuple[float, Mapping[EdgeKind, float]]],
) -> NDArray[np.float64]:
    """Return the log-likelihood of kinds of edges, averaged over habits, shape (units,)."""
    probabilities, weights = [], []
    # In scripts without spaces, the edges of words are places like any others between letters.
    words, between = place_shares[EdgeKind.WORD], 0.6 * place_shares[EdgeKind.BETWEEN_LETTERS]
    with_spaces = words / (words + between) if words + between > 0 else 1.0
    for weight, habit in habits:
        by_kind = np.zeros(EDGE_KINDS)
        for kind, probability in habit.items():
            by_kind[kind] = probability
        by_kind[EdgeKind.BETWEEN_LETTERS] = by_kind[EdgeKind.WORD] * (1 - with_spaces)
        by_kind[EdgeKind.WORD] *= with_spaces
        for random, random_weight in _RANDOM_SHARES.items():
            for broken, broken_weight in _BROKEN_SHARES.items():
                mixed = (1 - broken) * ((1 - random) * by_kind + random * place_shares)
                mixed[EdgeKind.PAST_END] = mixed[EdgeKind.NO_PLACE] = broken
                probabilities.append(mixed)
                weights.append(weight * random_weight * broken_weight)
    logs = np.log(np.maximum(np.array(probabilities), 1e-9))
    return _log_mean(counts.astype(np.float64) @ logs.T, np.array(weights))


def _log_mean(
    values: NDArray[np.float64], weights: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """Return the logarithm of the mean of exponentials along the second axis."""
    if weights is not None:
        values = values + np.log(weights / weights.sum())
    else:
        values = values - log(values.shape[1])
    largest = values.max(axis=1, keepdims=True)
    means: NDArray[np.float64] = largest[:, 0] + np.log(np.exp(values - largest).sum(axis=1))
    return means


def count_edges_and_names(
    selections: WrittenSelections, groups: Sequence[int], units: Sequence[OffsetUnit]
) -> EdgesAndNames:
    """Count edges and matching names by offset unit.

    There is at least one group.
    """
    first, *others = (_count_in_text(selections, group, units) for group in groups)
    return sum(others, first)


def _count_in_text(
    selections: WrittenSelections, group: int, units: Sequence[OffsetUnit]
) -> EdgesAndNames:
    rows = selections.groups[group]
    offsets = TextOffsets(selections.text_of(group))
    first, last = selections.start[rows], selections.end[rows]
    # What ends before it begins is wrong in any unit. Each edge counts once.
    usable = (first >= 0) & (last > first)
    starts, ends = np.unique(first[usable]), np.unique(last[usable])
    shares = np.array([
        _kind_shares(offsets.start_edges[:-2]),
        _kind_shares(_stops_as_sentences(offsets.end_edges[1:-1])),
    ])  # fmt: skip
    logs = np.log(np.where(shares > 0, shares, 1.0))
    nearest = [offsets.nearest_to_standard(unit) for unit in units]
    distinct = {unit: row for row, unit in enumerate(dict.fromkeys(nearest))}
    row_of = np.array([distinct[unit] for unit in nearest])
    start_counts = _kind_counts([offsets.start_kinds(unit, starts) for unit in distinct])
    end_counts = _kind_counts([
        _stops_as_sentences(offsets.end_kinds(unit, ends)) for unit in distinct
    ])  # fmt: skip
    by_names = np.zeros((3, len(distinct)))
    names = selections.names.take(rows)
    if (names.length > 0).any():
        exact_hashes = hashes(names.strings, one_space=True)
        places = [offsets.places(unit, first, last) for unit in distinct]
        by_names = np.array([
            _match_names(offsets, *unit_places, names, exact_hashes) for unit_places in places
        ]).T  # fmt: skip
    return EdgesAndNames(
        start_counts[row_of], end_counts[row_of],
        (start_counts @ logs[0] + end_counts @ logs[1])[row_of], by_names[0, row_of].astype(np.int64),
        by_names[1, row_of].astype(np.int64), by_names[2, row_of], shares * len(starts),
        float(len(starts)),
    )  # fmt: skip


def _match_names(
    offsets: TextOffsets,
    start: NDArray[np.int64],
    end: NDArray[np.int64],
    past_end: NDArray[np.bool_],
    names: SelectionNames,
    exact_hashes: tuple[NDArray[np.int64], NDArray[np.uint64]],
) -> tuple[int, int, float]:
    """Return how many names match, how many do not, and what the matching ones are worth."""
    matching, whole = offsets.hashed.compare(start, end, names)
    # A selection that had to be cut at the end is no evidence, even where its name matches.
    cut = int((matching & past_end).sum())
    matching = matching & ~past_end
    exact = offsets.hashed.exactly(start, end, *exact_hashes) & matching
    length = np.minimum(names.cut_length, _LONG_ENOUGH)
    worth = length * _A_CHARACTER + whole * np.where(length < _SHORT, _WHOLE / 2, _WHOLE)
    worth += exact * _EXACT
    count = int(matching.sum())
    return count, int((names.length > 0).sum()) - count - cut, float(worth[matching].sum())


def _kind_counts(kinds: Sequence[NDArray[np.uint8]]) -> NDArray[np.int64]:
    return np.array([np.bincount(row, minlength=EDGE_KINDS) for row in kinds], dtype=np.int64)


def _stops_as_sentences(ends: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.where(np.isin(ends, _STOP_KINDS), np.uint8(EdgeKind.SENTENCE), ends)


def _kind_shares(kinds: NDArray[np.uint8]) -> NDArray[np.float64]:
    return np.bincount(kinds, minlength=EDGE_KINDS) / max(len(kinds), 1)
