"""Permutation tests of groups of documents, and adjustment of p-values for many codes."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from scipy.stats import false_discovery_control

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

__all__ = ["Adjustment", "GroupTest", "adjust_p_values", "group_test"]

Adjustment = Literal["holm", "benjamini_hochberg", "benjamini_yekutieli"]

_ALL = 50_000  # ways to hand out documents that are all tried
_BLOCK = 10_000


@dataclass(frozen=True)
class GroupTest:
    """Rates of codes in two groups of documents, with permutation tests of their difference.

    Attributes
    ----------
    first, second : ndarray, shape (n_codes,)
        Rate of each code in each group: its codings over the size, of all documents together.
    difference : ndarray, shape (n_codes,)
        First less second.
    p_value : ndarray, shape (n_codes,)
        Two-sided; nan where refused.
    smallest : ndarray, shape (n_codes,)
        The smallest p-value that is possible with these documents.
    assignments : int
        Number of assignments of documents to groups that were tried.
    exact : bool
        Whether these were all possible assignments.
    reason : str
        Why there is no test; empty otherwise.
    """

    first: Floats
    second: Floats
    difference: Floats
    p_value: Floats
    smallest: Floats
    assignments: int
    exact: bool
    reason: str = ""


def group_test(
    counts: ArrayLike,
    sizes: ArrayLike,
    first: ArrayLike,
    *,
    resamples: int = 9999,
    seed: int = 0,
) -> GroupTest:
    """Test whether two groups of documents differ in the rate of each code, document by document.

    Parameters
    ----------
    counts : array_like, shape (n_documents, n_codes)
        Codings of each document, 0 or more: counted, or estimated.
    sizes : array_like, shape (n_documents,)
        Denominator of the rate: segments of each document, or words.
    first : array_like of bool, shape (n_documents,)
        Which documents belong to the first group; the others are the second.
    resamples : int, default 9999
        Number of random assignments if there are more than 50,000 possible ones.
    seed : int, default 0
        Of those.

    Returns
    -------
    GroupTest
        Refused where a group has no document.

    Raises
    ------
    ValueError
        If lengths do not fit, a count is negative or a size is not positive.

    Notes
    -----
    If the groups did not differ, any document could equally belong to the other group. The test tries all
    assignments of documents to groups of these sizes (Fisher 1935, chapter III; Pitman 1937), or a random
    selection of them together with the observed one (Phipson & Smyth 2010). It assigns documents, not
    segments, because segments of a document resemble each other. The p-value is twice the smaller tail, as in
    scipy.stats.permutation_test. With three documents against four there are 35 ways, and no p-value is below
    2/35: so few documents can hardly show a difference, however large it is.

    References
    ----------
    .. [1] Fisher, R. A. (1935). The Design of Experiments. Oliver & Boyd.
    .. [2] Pitman, E. J. G. (1937). Significance tests which may be applied to samples from any populations.
       Supplement to the Journal of the Royal Statistical Society 4(1), 119-130.
    .. [3] Phipson, B. and Smyth, G. K. (2010). Permutation p-values should never be zero. Statistical
       Applications in Genetics and Molecular Biology 9(1), 39.

    Examples
    --------
    >>> from fourp_nlp.frequencies import group_test
    >>> first = [True, True, True, False, False, False]
    >>> test = group_test([[9], [8], [9], [1], [0], [1]], [20] * 6, first)
    >>> bool(0 < test.p_value[0] < 1)
    True
    """
    coded = np.asarray(counts, dtype=np.float64)
    size, chosen = np.asarray(sizes, dtype=np.float64), np.asarray(first, dtype=bool)
    if coded.ndim != 2 or size.shape != (len(coded),) or chosen.shape != (len(coded),):
        raise ValueError(
            f"Counts are of shape {coded.shape}, sizes of {size.shape}, groups of {chosen.shape}."
        )
    if not (coded >= 0).all() or not (size > 0).all():
        raise ValueError("Counts must be 0 or more, and sizes more than 0.")
    documents, codes = coded.shape
    held = int(chosen.sum())
    nothing = np.full(codes, np.nan)
    if held in {0, documents}:
        why = "a group has no document"
        return GroupTest(nothing, nothing, nothing, nothing, nothing, 0, exact=False, reason=why)
    number = comb(documents, held)
    exact = number <= _ALL
    ways = _every_way(documents, held) if exact else _some_ways(chosen, resamples, seed)
    apart = np.concatenate(
        [
            _difference(ways[start : start + _BLOCK], coded, size)
            for start in range(0, len(ways), _BLOCK)
        ]
    )
    seen = _difference(chosen[None], coded, size)[0]
    first_rate = coded[chosen].sum(axis=0) / size[chosen].sum()
    second_rate = coded[~chosen].sum(axis=0) / size[~chosen].sum()
    # Equal but for rounding is equal.
    slack = 1e-9 * max(float(np.abs(apart).max()), 1e-300)
    above = (apart >= seen - slack).mean(axis=0)
    below = (apart <= seen + slack).mean(axis=0)
    most = (apart >= apart.max(axis=0) - slack).mean(axis=0)
    least = (apart <= apart.min(axis=0) + slack).mean(axis=0)
    return GroupTest(
        first_rate,
        second_rate,
        first_rate - second_rate,
        np.minimum(2 * np.minimum(above, below), 1.0),
        np.minimum(2 * np.minimum(most, least), 1.0),
        len(ways),
        exact,
    )


def _difference(ways: NDArray[np.bool_], coded: Floats, size: Floats) -> Floats:
    """Return the difference of rates for each assignment and code, shape (n_ways, n_codes)."""
    weights = ways.astype(np.float64)
    inside, within = weights @ coded, weights @ size
    outside, without = coded.sum(axis=0) - inside, size.sum() - within
    return np.asarray(inside / within[:, None] - outside / without[:, None])


def _every_way(documents: int, held: int) -> NDArray[np.bool_]:
    chosen = np.array(list(combinations(range(documents), held)), dtype=np.int64)
    ways = np.zeros((len(chosen), documents), dtype=bool)
    np.put_along_axis(ways, chosen, values=True, axis=1)
    return ways


def _some_ways(chosen: NDArray[np.bool_], resamples: int, seed: int) -> NDArray[np.bool_]:
    """Return the observed assignment and random ones."""
    random = np.random.default_rng(seed)
    shuffled = random.permuted(np.tile(chosen, (resamples, 1)), axis=1)
    return np.concatenate([chosen[None], shuffled])


def adjust_p_values(p_values: ArrayLike, method: Adjustment = "holm") -> Floats:
    """Adjust the p-values of many codes for their number.

    Parameters
    ----------
    p_values : array_like, shape (n_codes,)
        One per code; nan if there was no test (it does not count as one).
    method : {"holm", "benjamini_hochberg", "benjamini_yekutieli"}
        "holm": controls the probability of any false finding, for any dependence of the tests [1]_.
        "benjamini_hochberg": the expected share of false ones among the findings, for tests that are
        independent or positively dependent [2]_. "benjamini_yekutieli": the same share, for any dependence
        [3]_.

    Returns
    -------
    ndarray, shape (n_codes,)
        Adjusted p-values: a code is a finding if its value is at most the chosen level.

    Raises
    ------
    ValueError
        If the method is unknown or a p-value is not between 0 and 1.

    References
    ----------
    .. [1] Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of
       Statistics 6(2), 65-70.
    .. [2] Benjamini, Y. and Hochberg, Y. (1995). Controlling the false discovery rate. Journal of the Royal
       Statistical Society B 57(1), 289-300.
    .. [3] Benjamini, Y. and Yekutieli, D. (2001). The control of the false discovery rate in multiple testing
       under dependency. Annals of Statistics 29(4), 1165-1188.

    Examples
    --------
    >>> from fourp_nlp.frequencies import adjust_p_values
    >>> adjust_p_values([0.01, 0.04], "holm").tolist()
    [0.02, 0.04]
    """
    if method not in get_args(Adjustment):
        raise ValueError(
            f"The method is {method!r}; it must be one of {', '.join(get_args(Adjustment))}."
        )
    values = np.asarray(p_values, dtype=np.float64)
    adjusted = values.copy()
    tested = np.flatnonzero(~np.isnan(values))
    known = values[tested]
    if ((known < 0) | (known > 1)).any():
        raise ValueError("A p-value must lie between 0 and 1.")
    if not len(known):
        return adjusted
    if method == "holm":
        order = np.argsort(known, kind="stable")
        raised = np.maximum.accumulate(known[order] * np.arange(len(known), 0, -1))
        adjusted[tested[order]] = np.minimum(raised, 1.0)
    else:
        short = "bh" if method == "benjamini_hochberg" else "by"
        adjusted[tested] = false_discovery_control(known, method=short)
    return adjusted
