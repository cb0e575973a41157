"""Krippendorff's alpha where a coder gives a unit a set of codes, with the MASI distance."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from fourp_nlp.agreement.formulas.chance_agreement import ALL_THE_SAME
from fourp_nlp.agreement.formulas.label_matrix import Labels
from fourp_nlp.agreement.formulas.result import Coefficient, undefined

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence
    from collections.abc import Set as AbstractSet

__all__ = [
    "Sets",
    "apart",
    "disagreement_by_unit",
    "krippendorff_alpha_sets",
    "masi_distance",
    "read_sets",
]

# Cells of the matrix of distances that are held at once: about 32 MB.
_BLOCK = 4_000_000


def masi_distance(one: AbstractSet[Hashable], other: AbstractSet[Hashable]) -> float:
    """Return the MASI distance of two sets of codes.

    Parameters
    ----------
    one, other : set
        Codes that two coders gave to a unit. Two empty sets are the same.

    Returns
    -------
    float
        From 0 (the same) to 1 (nothing in common).

    Notes
    -----
    Passonneau, R. (2006). Measuring agreement on set-valued items (MASI) for semantic and
    pragmatic annotation. Proceedings of LREC 2006. The distance is 1 - J M: J is the Jaccard index,
    the share of the union that is in common; M is 1 where the sets are the same, 2/3 where one
    holds the other, 1/3 where they overlap, 0 where they have nothing in common.

    Examples
    --------
    >>> round(masi_distance({"a", "b"}, {"a"}), 4)
    0.6667
    """
    return float(_masi(np.array(len(one & other)), np.array(len(one)), np.array(len(other))).item())


def _masi(
    common: npt.NDArray[np.int64], first: npt.NDArray[np.int64], second: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """Return the distances of sets from the sizes of their intersections and of themselves."""
    union = first + second - common
    same = union == common
    subset = common == np.minimum(first, second)
    m = np.select([same, subset, common > 0], [1.0, 2 / 3, 1 / 3], 0.0)
    jaccard = np.where(same, 1.0, common / np.maximum(union, 1))
    return np.asarray(1.0 - jaccard * m, dtype=np.float64)


def krippendorff_alpha_sets(
    labels: Sequence[Sequence[Iterable[Hashable] | None]] | npt.NDArray[np.generic],
) -> Coefficient:
    """Return Krippendorff's alpha of sets of codes, with the MASI distance.

    Parameters
    ----------
    labels : nested sequence or numpy.ndarray
        Either units x coders with a set (or list) of codes in each cell, empty where the coder
        gave no code, None where the coder did not see the unit; or an array of 0 and 1, of shape
        (n_units, n_coders, n_codes), with nan in all codes where the coder did not see the unit.
        The second is the one for many units.

    Returns
    -------
    Coefficient
        At most 1, 0 at chance. Undefined where no unit has two sets, or all sets are the same.

    Raises
    ------
    ValueError
        If the labels have another shape, or the array holds anything but 0, 1 and nan.

    See Also
    --------
    masi_distance : the distance that is used.

    Notes
    -----
    As `krippendorff_alpha`, with the distance of `masi_distance` in the place of d(c, k), not
    squared. The distance is that of Passonneau (2006), which NLTK also has. Other implementations
    differ: DKPro Statistics takes (1 - J) times 0, 1/3, 2/3 or 1 instead of 1 - J M, and so finds
    0.252 (0.2529) on a matrix of nine units where this one finds 0.273. Say which one was used.

    Examples
    --------
    >>> krippendorff_alpha_sets([[{"a"}, {"a"}], [{"a", "b"}, {"a", "b"}], [set(), set()]]).value
    1.0
    """
    read = read_sets(labels)
    why = read.why_undefined()
    if why:
        return undefined(why)
    counts = np.bincount(read.numbers[read.numbers >= 0]).astype(np.float64)
    expected = float(counts @ apart(read.distinct, counts) / (counts.sum() - 1))
    return Coefficient(1.0 - float(disagreement_by_unit(read).sum()) / expected)


class Sets(NamedTuple):
    """Sets of codes as numbers.

    Parameters
    ----------
    distinct : numpy.ndarray of int64, shape (n_sets, n_codes)
        The distinct sets of units with two sets or more, as 0 and 1.
    numbers : numpy.ndarray of int64, shape (n_paired, n_coders)
        Which of them each coder gave those units, -1 where there is none.
    paired : numpy.ndarray of bool, shape (n_units,)
        Which units those are.
    """

    distinct: npt.NDArray[np.int64]
    numbers: npt.NDArray[np.int64]
    paired: npt.NDArray[np.bool_]

    def why_undefined(self) -> str:
        """Say why alpha is undefined; empty where it is not."""
        if not self.paired.any():
            return Labels(self.numbers, 0).no_pair
        return ALL_THE_SAME if len(self.distinct) == 1 else ""


def read_sets(
    labels: Sequence[Sequence[Iterable[Hashable] | None]] | npt.NDArray[np.generic],
) -> Sets:
    """Turn sets of codes into numbers.

    Parameters
    ----------
    labels : nested sequence or numpy.ndarray
        As `krippendorff_alpha_sets`.

    Returns
    -------
    Sets
        The distinct sets, and who gave which.

    Raises
    ------
    ValueError
        As `krippendorff_alpha_sets`.
    """
    if isinstance(labels, np.ndarray) and labels.ndim == 3:
        members, present = _from_array(labels)
    else:
        members, present = _from_cells(labels)
    paired = present.sum(axis=1) >= 2
    members, present = members[paired], present[paired]
    numbers = np.full(present.shape, -1, dtype=np.int64)
    if not paired.any():
        return Sets(np.empty((0, members.shape[2]), dtype=np.int64), numbers, paired)
    packed, which = _distinct(np.packbits(members[present], axis=1))
    numbers[present] = which
    return Sets(np.unpackbits(packed, axis=1).astype(np.int64), numbers, paired)


def _distinct(
    packed: npt.NDArray[np.uint8],
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """Return the distinct rows, and for each row the number of the one that it equals."""
    if packed.shape[1] > 8:
        rows, which = np.unique(packed, axis=0, return_inverse=True)
        return rows, which.ravel().astype(np.int64)
    # Up to 64 codes fit one number, and numbers are hashed many times faster than rows are sorted.
    wide = np.zeros((len(packed), 8), dtype=np.uint8)
    wide[:, : packed.shape[1]] = packed
    which, distinct_numbers = pd.factorize(wide.view(np.uint64).ravel())
    return distinct_numbers.view(np.uint8).reshape(-1, 8), which.astype(np.int64)


def disagreement_by_unit(read: Sets) -> npt.NDArray[np.float64]:
    """Return the distances of each unit's ordered pairs over m - 1, summed, shape (n_paired,)."""
    distinct, numbers = read.distinct, read.numbers
    weights = 2.0 / ((numbers >= 0).sum(axis=1) - 1)
    sizes, total = distinct.sum(axis=1), np.zeros(len(numbers))
    for one, other in combinations(range(numbers.shape[1]), 2):
        both = (numbers[:, one] >= 0) & (numbers[:, other] >= 0)
        keys = numbers[both, one] * len(distinct) + numbers[both, other]
        position, distinct_pairs = pd.factorize(keys)
        first, second = np.divmod(distinct_pairs, len(distinct))
        common = (distinct[first] & distinct[second]).sum(axis=1)
        distances = _masi(common, sizes[first], sizes[second])
        total[both] += distances[position] * weights[both]
    return total


def apart(
    distinct: npt.NDArray[np.int64], counts: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Return the distance of each distinct set from all n sets together.

    Parameters
    ----------
    distinct : numpy.ndarray of int64, shape (n_sets, n_codes)
        The distinct sets, as 0 and 1.
    counts : numpy.ndarray of float64, shape (n_sets, ...)
        How often each was given (in each of several corpora).

    Returns
    -------
    numpy.ndarray of float64, shape (n_sets, ...)
        The sums of distances.
    """
    sizes, total = distinct.sum(axis=1), np.zeros_like(counts)
    step = max(1, _BLOCK // max(len(distinct), 1))
    for start in range(0, len(distinct), step):
        rows = slice(start, start + step)
        distances = _masi(distinct[rows] @ distinct.T, sizes[rows, None], sizes[None, :])
        total[rows] = distances @ counts
    return total


def _from_array(
    labels: npt.NDArray[np.generic],
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    if labels.dtype == np.bool_:
        return labels.astype(bool), np.ones(labels.shape[:2], dtype=bool)
    values = labels.astype(np.float64)
    missing = np.isnan(values)
    present = np.asarray(~missing.any(axis=2))
    if (~present & ~missing.all(axis=2)).any():
        raise ValueError("A coder who did not see a unit must have nan in all of its codes.")
    if not np.isin(values[present], (0.0, 1.0)).all():
        raise ValueError("An array of units x coders x codes may hold only 0, 1 and nan.")
    return values == 1.0, present


def _from_cells(
    labels: Sequence[Sequence[Iterable[Hashable] | None]] | npt.NDArray[np.generic],
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    rows = [list(row) for row in labels]
    widths = {len(row) for row in rows}
    if len(widths) > 1:
        raise ValueError("Every unit must have a cell for every coder.")
    cells = [cell for row in rows for cell in row]
    if any(isinstance(cell, str) for cell in cells):
        raise ValueError("A cell must hold a set of codes, not a text: {'a'}, not 'a'.")
    shape = (len(rows), widths.pop() if widths else 0)
    present = np.array([not _is_missing(cell) for cell in cells], dtype=bool)
    sets = [frozenset(cell) for cell, there in zip(cells, present, strict=True) if there]
    unit = np.repeat(np.flatnonzero(present), [len(each) for each in sets])
    codes, names = pd.factorize(pd.Series([code for each in sets for code in each], dtype=object))
    members = np.zeros((len(cells), max(len(names), 1)), dtype=bool)
    members[unit, codes] = True
    return members.reshape(*shape, members.shape[1]), present.reshape(shape)


def _is_missing(cell: object) -> bool:
    return cell is None or (isinstance(cell, float) and np.isnan(cell))
