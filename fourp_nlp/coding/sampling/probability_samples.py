"""Probability samples: every segment has a known probability of being drawn."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

__all__ = [
    "Allocation",
    "Sample",
    "chances_of_equal_strata",
    "random_sample",
    "stratified_sample",
    "stratum_chances",
    "stratum_counts",
]

Allocation = Literal["proportional", "equal"]


class Sample(NamedTuple):
    """A probability sample.

    Attributes
    ----------
    rows : ndarray of int, shape (n,)
        What was drawn, in random order.
    probability : ndarray of float, shape (n,)
        The chance that each had of being drawn.
    """

    rows: NDArray[np.int64]
    probability: NDArray[np.float64]


def random_sample(size: int, count: int, random: np.random.Generator) -> Sample:
    """Draw a simple random sample without replacement.

    Parameters
    ----------
    size : int
        Number of segments that can be drawn, N.
    count : int
        How many to draw, n; all if there are fewer.
    random : numpy.random.Generator
        The source of chance.

    Returns
    -------
    Sample
        Row numbers from 0 to N - 1; each has the probability n / N [1]_.

    References
    ----------
    .. [1] Cochran, W. G. (1977). Sampling Techniques, 3rd ed., section 2.1. Wiley.
    """
    count = min(count, size)
    rows = random.choice(size, size=count, replace=False, shuffle=True).astype(np.int64)
    return Sample(rows, np.full(count, count / size if size else 0.0))


def stratified_sample(
    strata: ArrayLike,
    count: int,
    random: np.random.Generator,
    *,
    allocation: Allocation = "proportional",
) -> Sample:
    """Draw a simple random sample within every stratum.

    Parameters
    ----------
    strata : array_like, shape (N,)
        The stratum of each segment that can be drawn.
    count : int
        How many to draw in all, n; all if there are fewer.
    random : numpy.random.Generator
        The source of chance.
    allocation : {"proportional", "equal"}
        Whether a stratum's expected share of the sample is its share of the segments, or the same
        for all strata (a stratum that has fewer is taken whole, and the others share the rest).

    Returns
    -------
    Sample
        Row numbers and probabilities. With proportional allocation everyone's is n / N.

    Raises
    ------
    ValueError
        If the allocation is unknown.

    Notes
    -----
    A stratum's share is seldom a whole number. Rounding it by a fixed rule would leave small strata
    without any chance, and everyone's probability would hang on the rounding. So it is rounded up or
    down by chance: the strata are put in random order, their shares are added up along a line, and
    as many are taken of each as there are points ``u, u + 1, u + 2, ...`` in its stretch, with u drawn
    uniformly (systematic sampling [1]_, [2]_). The number taken of a stratum has its share for expected
    value, and differs from it by less than one; the total is always n. All of it is done in whole numbers.

    References
    ----------
    .. [1] Madow, W. G. (1949). On the theory of systematic sampling, II. Annals of Mathematical
       Statistics 20(3), 333-354.
    .. [2] Cox, L. H. (1987). A constructive procedure for unbiased controlled rounding. Journal of the
       American Statistical Association 82(398), 520-524.
    """
    if allocation not in get_args(Allocation):
        raise ValueError(
            f"The allocation is {allocation!r}; it must be one of {', '.join(get_args(Allocation))}."
        )
    _, stratum = np.unique(np.asarray(strata), return_inverse=True)
    sizes = np.bincount(stratum)
    total = int(sizes.sum())
    count = min(count, total)
    if count == 0:
        return Sample(np.zeros(0, dtype=np.int64), np.zeros(0))
    n_of_stratum = stratum_counts(sizes, count, random, allocation=allocation)
    # Within a stratum, the first so many of a random order.
    order = random.permutation(total)
    by_stratum = order[np.argsort(stratum[order], kind="stable")]
    first = np.cumsum(sizes) - sizes
    place = np.arange(total) - np.repeat(first, sizes)
    rows = by_stratum[place < np.repeat(n_of_stratum, sizes)]
    rows = random.permutation(rows).astype(np.int64)
    return Sample(rows, stratum_chances(sizes, count, allocation)[stratum[rows]])


def stratum_counts(
    sizes: ArrayLike,
    count: int,
    random: np.random.Generator,
    *,
    allocation: Allocation = "proportional",
) -> NDArray[np.int64]:
    """Draw how many segments a stratified sample takes of each stratum.

    Parameters
    ----------
    sizes : array_like of int, shape (n_strata,)
        Segments of each stratum, 1 or more.
    count : int
        How many are drawn in all, no more than there are.
    random : numpy.random.Generator
        The source of chance.
    allocation : {"proportional", "equal"}
        As in `stratified_sample`.

    Returns
    -------
    ndarray of int64, shape (n_strata,)
        They sum to `count`; each is its stratum's share, rounded up or down by chance.
    """
    n_segments = np.asarray(sizes, dtype=np.int64)
    return _rounded_by_chance(_shares(n_segments, count, allocation), random)


def stratum_chances(
    sizes: ArrayLike, count: int, allocation: Allocation = "proportional"
) -> NDArray[np.float64]:
    """Return the chance that `stratified_sample` gives a segment of each stratum.

    Parameters
    ----------
    sizes : array_like of int, shape (n_strata,)
        Segments of each stratum, 1 or more.
    count : int
        How many are drawn in all, no more than there are.
    allocation : {"proportional", "equal"}
        As in `stratified_sample`.

    Returns
    -------
    ndarray, shape (n_strata,)
        Each stratum's share of the sample over its size.
    """
    n_segments = np.asarray(sizes, dtype=np.int64)
    shares = _shares(n_segments, count, allocation)
    return np.array([float(share / int(n)) for share, n in zip(shares, n_segments, strict=True)])


def chances_of_equal_strata(
    strata: Mapping[str, Sequence[int]], names: ArrayLike
) -> NDArray[np.float64]:
    """Return the chance that a draw with as many of each stratum gives each segment.

    Parameters
    ----------
    strata : mapping of str to (int, int)
        Of each stratum, how many segments it has and how many were drawn.
    names : array_like of str, shape (n,)
        The stratum of each segment.

    Returns
    -------
    ndarray, shape (n,)
        0 in strata that the draw did not know.
    """
    sizes = [size for size, _ in strata.values()]
    chances = stratum_chances(sizes, sum(taken for _, taken in strata.values()), "equal")
    by_name = dict(zip(strata, chances.tolist(), strict=True))
    return np.array([by_name.get(str(name), 0.0) for name in np.asarray(names)], dtype=np.float64)


def _shares(sizes: NDArray[np.int64], count: int, allocation: Allocation) -> list[Fraction]:
    if allocation == "equal":
        return _equal_shares(sizes, count)
    total = int(sizes.sum())
    return [Fraction(count * int(n), total) for n in sizes]


def _equal_shares(sizes: NDArray[np.int64], count: int) -> list[Fraction]:
    """Return how many each stratum should give if all give alike, as far as they can."""
    shares = [Fraction(0)] * len(sizes)
    still_to_give, remaining = Fraction(count), len(sizes)
    # From the smallest: whoever cannot give an equal share of what is left gives all.
    for number in np.argsort(sizes, kind="stable"):
        share = min(Fraction(int(sizes[number])), still_to_give / remaining)
        shares[number] = share
        still_to_give, remaining = still_to_give - share, remaining - 1
    return shares


def _rounded_by_chance(shares: list[Fraction], random: np.random.Generator) -> NDArray[np.int64]:
    """Round shares at random to whole numbers with the same sum and the shares as expected values."""
    order = random.permutation(len(shares))
    # The line is counted in steps so small that every share is a whole number of them.
    steps = math.lcm(*(share.denominator for share in shares))
    reached = int(random.integers(steps))
    counts = np.zeros(len(shares), dtype=np.int64)
    for number in order:
        before = reached // steps
        reached += int(shares[number] * steps)
        counts[number] = reached // steps - before
    return counts
