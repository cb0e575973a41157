"""Score intervals and tests for weighted sums of shares, over arrays.

Each cell's share is estimated from a sample in the cell. The functions here give intervals for a sum of these
shares with known weights: a prevalence (weights are the cells' shares of the segments), or a difference of
two (the other group's weights are negative). The interval contains every value that the score test does not
reject. The variance is computed for the tested value, not for the estimate, so it does not become 0 if no
segment of a cell's sample has the code, or all have it. For rare codes the statistic is skewed, and the test
rejects too many small values; a correction for the skewness includes them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

__all__ = ["quantile", "score_interval", "score_ratio_interval", "score_statistic"]

_HALVINGS = 48
_LOWEST, _HIGHEST = -25.0, 45.0  # of the logarithm of the multiplier


def quantile(confidence: float) -> float:
    """Return the normal quantile of a two-sided interval.

    Parameters
    ----------
    confidence : float
        Such as 0.95; between 0 and 1.

    Returns
    -------
    float
        1.96 for 0.95.

    Raises
    ------
    ValueError
        If the confidence is not between 0 and 1.
    """
    if not 0 < confidence < 1:
        raise ValueError(f"The confidence is {confidence}; it must lie between 0 and 1.")
    return float(ndtri((1 + confidence) / 2))


def score_interval(
    weights: ArrayLike,
    shares: ArrayLike,
    sizes: ArrayLike,
    *,
    z: float,
    thirds: ArrayLike | None = None,
) -> tuple[Floats, Floats]:
    """Return the score interval of a weighted sum of independent shares.

    Parameters
    ----------
    weights : array_like, shape (..., n_cells)
        Weight of each cell's share; of either sign.
    shares : array_like, shape (..., n_cells)
        The estimated share of each cell.
    sizes : array_like, shape (..., n_cells)
        The sample size of each cell, effective and corrected for a finite population: the share's
        variance is p (1 - p) / size. Infinite where the share is known; 0 only where the weight is 0.
    z : float
        Normal quantile, from `quantile`.
    thirds : array_like, shape (..., n_cells), optional
        Factor of p (1 - p) (1 - 2p) in the third central moment of each share: 1 / size ** 2 for a sample
        from an infinite population. With it the interval is corrected for skewness.

    Returns
    -------
    low, high : ndarray, shape (...)
        The interval's ends.

    Notes
    -----
    The interval of all t with (t_hat - t)^2 <= z^2 sum_g W_g^2 p_g (1 - p_g) / n_g, where p_g is the
    maximum likelihood estimate of the shares if their weighted sum is t. With one cell it is Wilson's
    (1927); with weights 1 and -1 Mee's (1984; Miettinen & Nurminen 1985 with a factor n / (n - 1));
    with strata that of Decrouez & Robinson (2012). The likelihood equations are
    n_g (p_hat_g - p_g) = m W_g p_g (1 - p_g) with one multiplier m. Hence t_hat - t = m V(m), and the ends
    are where m^2 V(m) = z^2: one unknown, for any number of cells.

    With `thirds`, a value is rejected if the statistic is beyond z + max(0, g) (z^2 - 1) / 6, g its
    skewness on that side: the correction of Gart & Nam (1988; Laud 2017) where it makes the interval wider,
    and none where it would make it narrower. The plain test errs on one side for rare codes: after one
    code in a large sample of n it rejects 0.17 / n, under which one code or more comes in 16 of 100
    samples.

    References
    ----------
    .. [1] Wilson, E. B. (1927). Journal of the American Statistical Association 22(158), 209-212.
    .. [2] Mee, R. W. (1984). Confidence bounds for the difference between two probabilities. Biometrics
       40(4), 1175-1176.
    .. [3] Miettinen, O. and Nurminen, M. (1985). Comparative analysis of two rates. Statistics in
       Medicine 4(2), 213-226.
    .. [4] Decrouez, G. and Robinson, A. P. (2012). Confidence intervals for the weighted sum of two
       independent binomial proportions. Australian & New Zealand Journal of Statistics 54(3), 281-299.
    .. [5] Gart, J. J. and Nam, J. (1988). Approximate interval estimation of the ratio of binomial
       parameters: a review and corrections for skewness. Biometrics 44(2), 323-338.
    .. [6] Laud, P. J. (2017). Equal-tailed confidence intervals for comparison of rates. Pharmaceutical
       Statistics 16(5), 334-348.
    """
    w, share, size, third = _broadcast(
        weights, shares, sizes, np.zeros(1) if thirds is None else thirds
    )
    ends = []
    for sign in (1.0, -1.0):
        low, high = np.full(w.shape[:-1], _LOWEST), np.full(w.shape[:-1], _HIGHEST)
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            multiplier = np.exp(middle)
            tried = _constrained(sign * multiplier, w, share, size)
            variance = _variance(w, tried, size)
            limit = _limit(sign, w, tried, third, variance, z)
            over = multiplier * np.sqrt(variance) > limit
            high, low = np.where(over, middle, high), np.where(over, low, middle)
        constrained = _constrained(sign * np.exp((low + high) / 2), w, share, size)
        ends.append(np.asarray((w * constrained).sum(axis=-1)))
    return ends[0], ends[1]


def score_statistic(
    w: Floats, share: Floats, size: Floats, third: Floats, value: ArrayLike
) -> tuple[Floats, Floats]:
    """Return the score statistic and its skewness in its own direction, each of shape (...)."""
    wanted = np.broadcast_to(np.asarray(value, dtype=np.float64), w.shape[:-1])
    estimate = (w * share).sum(axis=-1)
    sign = np.where(estimate >= wanted, 1.0, -1.0)
    low, high = np.full(w.shape[:-1], _LOWEST), np.full(w.shape[:-1], _HIGHEST)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        constrained = _constrained(sign * np.exp(middle), w, share, size)
        short = sign * ((w * constrained).sum(axis=-1) - wanted) > 0
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    constrained = _constrained(sign * np.exp((low + high) / 2), w, share, size)
    gap = estimate - wanted
    reached = np.abs((w * constrained).sum(axis=-1) - wanted) <= 1e-9
    deviation = np.sqrt(_variance(w, constrained, size))
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = np.where(reached, gap / deviation, np.inf * sign)
    skew = _skewness(sign, w, constrained, third, deviation**2)
    return np.where(np.abs(gap) < 1e-12, 0.0, statistic), skew


def score_ratio_interval(
    upper: ArrayLike,
    lower: ArrayLike,
    shares: ArrayLike,
    sizes: ArrayLike,
    *,
    z: float,
    thirds: ArrayLike | None = None,
) -> tuple[Floats, Floats]:
    """Return the score interval of the ratio of two weighted sums of shares.

    Parameters
    ----------
    upper, lower : array_like, shape (..., n_cells)
        Weights of the sum above and of the sum below, 0 or more.
    shares, sizes, thirds : array_like, shape (..., n_cells)
        As in `score_interval`.
    z : float
        Normal quantile.

    Returns
    -------
    low, high : ndarray, shape (...)
        All r that the score test of "upper - r lower = 0" does not reject (Koopman 1984; Miettinen &
        Nurminen 1985): 0 and infinity if they are not rejected.

    References
    ----------
    .. [1] Koopman, P. A. R. (1984). Confidence intervals for the ratio of two binomial proportions.
       Biometrics 40(2), 513-517.
    """
    above, below = np.asarray(upper, dtype=np.float64), np.asarray(lower, dtype=np.float64)
    share, size, third = _broadcast(shares, sizes, np.zeros(1) if thirds is None else thirds)
    over, under = (above * share).sum(axis=-1), (below * share).sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        centre = np.log(over) - np.log(under)
    centre = np.clip(np.nan_to_num(centre, nan=0.0, posinf=30.0, neginf=-30.0), -30.0, 30.0)
    ends = []
    for sign in (-1.0, 1.0):
        inside, outside = centre.copy(), np.full(centre.shape, sign * 60.0)
        for _ in range(50):
            middle = (inside + outside) / 2
            w = above - np.exp(middle)[..., None] * below
            statistic, skew = score_statistic(w, share, size, third, 0.0)
            kept = np.abs(statistic) <= z + np.maximum(skew, 0.0) * (z * z - 1) / 6
            inside, outside = np.where(kept, middle, inside), np.where(kept, outside, middle)
        ends.append(
            np.where(np.abs(inside) > 29.0, np.where(sign < 0, 0.0, np.inf), np.exp(inside))
        )
    return ends[0], ends[1]


def _broadcast(*arrays: ArrayLike) -> list[Floats]:
    return list(np.broadcast_arrays(*(np.asarray(each, dtype=np.float64) for each in arrays)))


def _constrained(multiplier: Floats, weights: Floats, shares: Floats, sizes: Floats) -> Floats:
    """Return the shares that maximise the likelihood at a multiplier, shape (..., n_cells)."""
    a = multiplier[..., None] * weights
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        s = sizes + a
        root = np.sqrt(np.maximum(s * s - 4 * a * sizes * shares, 0.0))
        # Two forms of one root of the quadratic; each is free of cancellation on its side.
        roots = np.where(s > 0, 2 * sizes * shares / (s + root), (s - root) / (2 * a))
    fixed = np.isinf(sizes) | (weights == 0) | (sizes == 0)
    return np.where(fixed, shares, np.clip(roots, 0.0, 1.0))


def _limit(
    sign: float, weights: Floats, shares: Floats, thirds: Floats, variance: Floats, z: float
) -> Floats:
    """Return the critical value of the statistic, shape (...)."""
    skew = _skewness(sign, weights, shares, thirds, variance)
    return z + np.maximum(skew, 0.0) * (z * z - 1) / 6


def _skewness(
    sign: ArrayLike, weights: Floats, shares: Floats, thirds: Floats, variance: Floats
) -> Floats:
    """Return the skewness of the weighted sum; 0 where nothing varies."""
    moment = (weights**3 * shares * (1 - shares) * (1 - 2 * shares) * thirds).sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        skewness = np.asarray(sign) * moment / variance**1.5
    return np.where(variance > 0, np.nan_to_num(skewness, posinf=1e150, neginf=-1e150), 0.0)


def _variance(weights: Floats, shares: Floats, sizes: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        each = np.where(sizes > 0, weights**2 * shares * (1 - shares) / sizes, 0.0)
    return np.asarray(each.sum(axis=-1))
