"""What the coefficients need to know of each document, counted once.

Every coefficient of a units x coders matrix is a function of sums over units. Summed by document,
they say all that drawing documents again can change, so that no row is ever looked at twice. Units
with the same labels are counted together first: a million units are a few dozen patterns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_matrix

if TYPE_CHECKING:
    from fourp_nlp.agreement.formulas.label_matrix import Labels

__all__ = ["Patterns", "Tallies", "features_of", "find_patterns", "tally_by_document"]

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Patterns:
    """The distinct rows of a units x coders matrix.

    Parameters
    ----------
    rows : numpy.ndarray of int64, shape (n_patterns, n_coders)
        Category numbers, -1 where there is no label.
    of_unit : numpy.ndarray of int64, shape (n_units,)
        Which of them each unit shows.
    n_categories : int
        How many categories there are.
    """

    rows: npt.NDArray[np.int64]
    of_unit: npt.NDArray[np.int64]
    n_categories: int

    @property
    def units(self) -> Numbers:
        """How many units show each pattern, shape (n_patterns,)."""
        return np.bincount(self.of_unit, minlength=len(self.rows)).astype(np.float64)

    @property
    def chosen(self) -> Numbers:
        """How many coders chose each category, shape (n_patterns, n_categories)."""
        counts = np.zeros((len(self.rows), self.n_categories))
        for column in self.rows.T:
            given = column >= 0
            counts[np.flatnonzero(given), column[given]] += 1.0
        return counts


def find_patterns(labels: Labels) -> Patterns:
    """Return the distinct rows of labels and which of them each unit shows.

    Parameters
    ----------
    labels : Labels
        Category numbers of n_units x n_coders.

    Returns
    -------
    Patterns
        In order of first appearance.
    """
    numbers = labels.numbers
    which = np.zeros(len(numbers), dtype=np.int64)
    for column in numbers.T:
        # Numbered anew after each column, keys stay small however many coders there are.
        keys = which * (labels.n_categories + 1) + column + 1
        which = np.asarray(pd.factorize(keys)[0], dtype=np.int64)
    n = int(which.max()) + 1 if which.size else 0
    first = np.empty(n, dtype=np.int64)
    first[which[::-1]] = np.arange(len(which))[::-1]
    return Patterns(numbers[first], which, labels.n_categories)


@dataclass(frozen=True)
class Tallies:
    """Sums over units, of one corpus or of many at once.

    Parameters
    ----------
    flat : numpy.ndarray of float64, shape (..., width)
        The sums side by side. Sums of several documents are the sum of theirs.
    n_coders, n_categories : int
        m and q below.
    """

    flat: Numbers
    n_coders: int
    n_categories: int

    @staticmethod
    def width(n_coders: int, n_categories: int) -> int:
        """How many sums there are."""
        return 3 + n_categories * (1 + n_coders) + 2 * n_categories**2

    @property
    def paired(self) -> Numbers:
        """Units with two labels or more, shape (...)."""
        return self.flat[..., 0]

    @property
    def disagreement(self) -> Numbers:
        """Sum over those of their mean disagreement (1 - weight) over pairs of coders."""
        return self.flat[..., 1]

    @property
    def coded(self) -> Numbers:
        """Units with any label, shape (...)."""
        return self.flat[..., 2]

    @property
    def shares(self) -> Numbers:
        """Sum over those of each category's share of the labels, shape (..., q)."""
        return self.flat[..., 3 : 3 + self.n_categories]

    @property
    def labels(self) -> Numbers:
        """How often each coder chose each category, shape (..., m, q)."""
        start, q = 3 + self.n_categories, self.n_categories
        block = self.flat[..., start : start + self.n_coders * q]
        return block.reshape(*block.shape[:-1], self.n_coders, q)

    @property
    def coincidences(self) -> Numbers:
        """Krippendorff's coincidences of categories, shape (..., q, q)."""
        start = 3 + self.n_categories * (1 + self.n_coders)
        return self._square(start)

    @property
    def table(self) -> Numbers:
        """Units to which two coders gave k and l; zeros where there are not two coders."""
        start = 3 + self.n_categories * (1 + self.n_coders) + self.n_categories**2
        return self._square(start)

    def _square(self, start: int) -> Numbers:
        q = self.n_categories
        block = self.flat[..., start : start + q * q]
        return block.reshape(*block.shape[:-1], q, q)

    def total(self) -> Tallies:
        """Return the sums of all documents together, without the first axis."""
        return Tallies(self.flat.sum(axis=0), self.n_coders, self.n_categories)


def tally_by_document(
    labels: Labels,
    documents: npt.NDArray[np.int64],
    n_documents: int,
    disagreements: Numbers,
) -> Tallies:
    """Return the sums of each document.

    Parameters
    ----------
    labels : Labels
        Category numbers of n_units x n_coders.
    documents : numpy.ndarray of int64, shape (n_units,)
        Number of each unit's document, from 0.
    n_documents : int
        How many documents there are.
    disagreements : numpy.ndarray of float64, shape (n_categories, n_categories)
        1 less the weights of agreement; 0 on the diagonal.

    Returns
    -------
    Tallies
        Of shape (n_documents, width).
    """
    patterns = find_patterns(labels)
    features = features_of(patterns, labels.n_coders, disagreements)
    counts = csr_matrix(
        (np.ones(len(documents)), (documents, patterns.of_unit)),
        shape=(n_documents, len(patterns.rows)),
    )
    return Tallies(np.asarray(counts @ features), labels.n_coders, labels.n_categories)


def features_of(patterns: Patterns, n_coders: int, disagreements: Numbers) -> Numbers:
    """Return what one unit of each pattern adds to the sums.

    Parameters
    ----------
    patterns : Patterns
        The patterns.
    n_coders : int
        How many coders there are.
    disagreements : numpy.ndarray of float64, shape (n_categories, n_categories)
        1 less the weights of agreement.

    Returns
    -------
    numpy.ndarray of float64, shape (n_patterns, width)
        The sums, as `Tallies` orders them.
    """
    q, chosen, n = patterns.n_categories, patterns.chosen, len(patterns.rows)
    m = chosen.sum(axis=1)
    paired = m >= 2
    others = np.where(paired, m - 1, 1.0)
    disagreement = ((chosen @ disagreements) * chosen).sum(axis=1) / (np.maximum(m, 1) * others)
    shares = chosen / np.maximum(m, 1)[:, None]
    by_coder = np.zeros((n, n_coders, q))
    for coder, column in enumerate(patterns.rows.T):
        given = column >= 0
        by_coder[np.flatnonzero(given), coder, column[given]] = 1.0
    coincidences = chosen[:, :, None] * chosen[:, None, :]
    coincidences[:, np.arange(q), np.arange(q)] -= chosen
    coincidences *= (paired / others)[:, None, None]
    table = np.zeros((n, q, q))
    if n_coders == 2:
        both = np.flatnonzero(paired)
        table[both, patterns.rows[both, 0], patterns.rows[both, 1]] = 1.0
    return np.column_stack(
        [
            paired,
            disagreement * paired,
            m > 0,
            shares,
            by_coder.reshape(n, n_coders * q),
            coincidences.reshape(n, q * q),
            table.reshape(n, q * q),
        ]
    )
