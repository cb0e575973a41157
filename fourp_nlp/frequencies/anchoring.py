"""Do suggestions influence coders? Agreement with the machine, with its suggestions shown and without."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import ttest_ind

from fourp_nlp.frequencies._coded_samples import numbered
from fourp_nlp.frequencies._score_intervals import quantile, score_interval

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

__all__ = ["Anchoring", "anchoring"]

_BLOCK = 2000


@dataclass(frozen=True)
class Anchoring:
    """Agreement of people with the machine in two arms; the last entry of each array is all codes together.

    Attributes
    ----------
    shown, blind : ndarray, shape (n_codes + 1,)
        Share of segments on which person and machine agree, with the suggestion shown and without.
    difference, low, high : ndarray, shape (n_codes + 1,)
        Shown less blind, with its interval.
    p_value : ndarray, shape (n_codes + 1,)
        Two-sided, of the permutation test of the difference.
    kappa_shown, kappa_blind : ndarray, shape (n_codes + 1,)
        Cohen's kappa in each arm; nan where undefined, the last the mean of those that are defined in
        both.
    kappa_p_value : ndarray, shape (n_codes + 1,)
        Of the permutation test of the difference of kappas; nan where undefined.
    n_shown, n_blind : int
        Segments in each arm.
    reason : str
        Why there is no result; empty otherwise.
    """

    shown: Floats
    blind: Floats
    difference: Floats
    low: Floats
    high: Floats
    p_value: Floats
    kappa_shown: Floats
    kappa_blind: Floats
    kappa_p_value: Floats
    n_shown: int
    n_blind: int
    reason: str = ""


def anchoring(
    shown: ArrayLike,
    machine: ArrayLike,
    human: ArrayLike,
    documents: ArrayLike,
    *,
    resamples: int = 9999,
    seed: int = 0,
    confidence: float = 0.95,
) -> Anchoring:
    """Compare agreement with the machine on segments coded with its suggestion shown and without.

    Parameters
    ----------
    shown : array_like of bool, shape (n,)
        The arm of each segment, assigned at random within its document.
    machine, human : array_like of bool, shape (n, n_codes)
        Codes that the machine suggested (whether or not it was shown), and that the person gave.
    documents : array_like, shape (n,)
        Document of each segment.
    resamples : int, default 9999
        Random assignments of the test.
    seed : int, default 0
        Of those.
    confidence : float, default 0.95
        Of the intervals.

    Returns
    -------
    Anchoring
        Refused where an arm is empty, or every document has one arm only.

    Raises
    ------
    ValueError
        If lengths do not fit.

    Notes
    -----
    If showing made no difference, the person would have given the same codes with the arms
    exchanged. Arms are therefore shuffled within each document, as they were assigned (randomization test;
    Edgington & Onghena 2007), and the p-value is twice the smaller tail; the observed assignment counts as
    one of them (Phipson & Smyth 2010). The interval of a code is Mee's (1984) for two shares, as if segments
    were independent: because both arms occur in every document, what the document's segments share cancels
    out. That of all codes together is Welch's (1947) of each segment's share of codes agreed on. Higher
    agreement with suggestions shown indicates anchoring; it does not show which codes are right.

    References
    ----------
    .. [1] Edgington, E. S. and Onghena, P. (2007). Randomization Tests, 4th ed. Chapman & Hall/CRC.
    .. [2] Phipson, B. and Smyth, G. K. (2010). Statistical Applications in Genetics and Molecular
       Biology 9(1), 39.
    .. [3] Welch, B. L. (1947). The generalization of "Student's" problem when several different population
       variances are involved. Biometrika 34(1-2), 28-35.

    Examples
    --------
    >>> import numpy as np
    >>> from fourp_nlp.frequencies import anchoring
    >>> shown = np.arange(40) % 2 == 0
    >>> codes = np.ones((40, 1), dtype=bool)
    >>> anchoring(shown, codes, codes, np.arange(40) // 4, resamples=99).difference.tolist()
    [0.0, 0.0]
    """
    arm = np.asarray(shown, dtype=bool)
    machine_codes, given = np.asarray(machine, dtype=bool), np.asarray(human, dtype=bool)
    if (
        machine_codes.ndim != 2
        or machine_codes.shape != given.shape
        or arm.shape != (len(machine_codes),)
    ):
        raise ValueError(
            f"Arms are of shape {arm.shape}, codes of {machine_codes.shape} and {given.shape}."
        )
    if np.shape(documents) != arm.shape:
        raise ValueError(f"Documents are of shape {np.shape(documents)}, for {len(arm)} segments.")
    place = numbered(documents) if len(arm) else np.zeros(0, dtype=np.int64)
    count, codes = int(arm.sum()), machine_codes.shape[1]
    reason = _against(arm, place)
    nothing = np.full(codes + 1, np.nan)
    if reason:
        none = (nothing, nothing, nothing)
        return Anchoring(*none, *none, *none, count, len(arm) - count, reason)
    # Of each code and segment: both, machine alone, person alone, neither.
    cells = np.stack(
        [
            machine_codes & given,
            machine_codes & ~given,
            ~machine_codes & given,
            ~machine_codes & ~given,
        ],
        axis=2,
    )
    table = cells.reshape(len(arm), codes * 4).astype(np.float64)
    seen = _differences(arm[None].astype(np.float64), table, codes)
    random = np.random.default_rng(seed)
    differences = [
        _differences(_shuffled(arm, place, min(_BLOCK, resamples - start), random), table, codes)
        for start in range(0, resamples, _BLOCK)
    ]
    percent, kappa = (np.concatenate([each[which] for each in differences]) for which in (0, 1))
    agreed = machine_codes == given
    low, high = _interval(agreed, arm, confidence)
    one, other = (_figures(table[rows].sum(axis=0)[None], codes) for rows in (arm, ~arm))
    return Anchoring(
        one[0][0],
        other[0][0],
        seen[0][0],
        low,
        high,
        _p_values(seen[0][0], percent),
        one[1][0],
        other[1][0],
        _p_values(seen[1][0], kappa),
        count,
        len(arm) - count,
    )


def _against(arm: NDArray[np.bool_], place: NDArray[np.int64]) -> str:
    if arm.all() or not arm.any():
        return "one of the two arms has no segment"
    total = np.bincount(place)
    in_arm = np.bincount(place, weights=arm)
    if not ((in_arm > 0) & (in_arm < total)).any():
        return "no document has segments in both arms: nothing can be shuffled within documents"
    return ""


def _shuffled(
    arm: NDArray[np.bool_], place: NDArray[np.int64], number: int, random: np.random.Generator
) -> Floats:
    """Return arms shuffled within documents, shape (number, n)."""
    order = np.argsort(place, kind="stable")
    keys = place[order] + random.random((number, len(arm)))
    # Sorted by document and chance: each document's arms in random order.
    mixed = np.argsort(keys, axis=1)
    arms = np.empty((number, len(arm)))
    arms[:, order] = arm[order][mixed]
    return arms


def _differences(arms: Floats, table: Floats, codes: int) -> tuple[Floats, Floats]:
    shown = arms @ table
    blind = table.sum(axis=0) - shown
    one, other = _figures(shown, codes), _figures(blind, codes)
    percent, kappa = one[0] - other[0], one[1] - other[1]
    # The mean of kappas is over codes that have one in both arms.
    kappa[:, -1] = _mean(kappa[:, :-1])
    return percent, kappa


def _figures(table: Floats, codes: int) -> tuple[Floats, Floats]:
    """Return agreement and kappa of each code and of all, shape (number, n_codes + 1)."""
    counts = table.reshape(len(table), codes, 4)
    total = counts.sum(axis=2)
    both, machine, person, neither = np.moveaxis(counts, 2, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        agreed = (both + neither) / total
        machine_share, given = (both + machine) / total, (both + person) / total
        chance = machine_share * given + (1 - machine_share) * (1 - given)
        kappa = np.where(chance < 1 - 1e-12, (agreed - chance) / (1 - chance), np.nan)
    percent = np.column_stack([agreed, agreed.mean(axis=1)])
    return percent, np.column_stack([kappa, _mean(kappa)])


def _mean(values: Floats) -> Floats:
    known = ~np.isnan(values)
    number = known.sum(axis=1)
    total = np.where(known, values, 0.0).sum(axis=1)
    return np.where(number > 0, total / np.maximum(number, 1), np.nan)


def _p_values(seen: Floats, permuted: Floats) -> Floats:
    p_values = np.full(len(seen), np.nan)
    for code, value in enumerate(seen):
        of_code = permuted[:, code][~np.isnan(permuted[:, code])]
        if np.isnan(value) or not len(of_code):
            continue
        above = (1 + (of_code >= value - 1e-12).sum()) / (1 + len(of_code))
        below = (1 + (of_code <= value + 1e-12).sum()) / (1 + len(of_code))
        p_values[code] = min(2 * above, 2 * below, 1.0)
    return p_values


def _interval(
    agreed: NDArray[np.bool_], arm: NDArray[np.bool_], confidence: float
) -> tuple[Floats, Floats]:
    sizes = np.array([arm.sum(), (~arm).sum()], dtype=np.float64)
    shares = np.stack([agreed[arm].mean(axis=0), agreed[~arm].mean(axis=0)], axis=1)
    low, high = score_interval([1.0, -1.0], shares, sizes, z=quantile(confidence))
    whole = agreed.mean(axis=1)
    if sizes.min() < 2:
        ends = (np.nan, np.nan)
    elif np.ptp(whole[arm]) == 0 and np.ptp(whole[~arm]) == 0:
        apart = whole[arm][0] - whole[~arm][0]
        ends = (apart, apart)
    else:
        with warnings.catch_warnings():
            # One arm may be constant, and has no variance then: that is no loss of precision.
            warnings.simplefilter("ignore", RuntimeWarning)
            test = ttest_ind(whole[arm], whole[~arm], equal_var=False)
        welch = test.confidence_interval(confidence)
        ends = (float(welch.low), float(welch.high))
    return np.append(low, ends[0]), np.append(high, ends[1])
