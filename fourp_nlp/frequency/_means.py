"""Estimators of a prevalence over one draw or many at once: values and ends of intervals.

`_prevalence` hands one draw to them and says what is refused; the simulation of coverage hands them a
thousand. Every function takes `Draws` and returns `Interval`, arrays of one number a draw.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import stdtrit

from fourp_nlp.frequency._cells import CELLS, Tally, tally
from fourp_nlp.frequency._score import quantile, score_interval, wilson

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fourp_nlp.frequency._draws import Draws
    from fourp_nlp.frequency._estimate import Target

    Floats = NDArray[np.float64]

__all__ = [
    "Interval",
    "adjusted_count",
    "between_documents",
    "by_cells",
    "for_documents",
    "hajek",
    "horvitz_thompson",
    "naive_count",
    "prediction_powered",
    "student",
]


class Interval(NamedTuple):
    """Values and interval ends, each of shape (n_draws,)."""

    value: Floats
    low: Floats
    high: Floats


def student(confidence: float, freedom: float) -> float:
    """Return the quantile of Student's t of a two-sided interval.

    Parameters
    ----------
    confidence : float
        Such as 0.95.
    freedom : float
        Degrees of freedom, above 0.

    Returns
    -------
    float
        The normal quantile for infinite ones.
    """
    return float(stdtrit(freedom, (1 + confidence) / 2))


def by_cells(draws: Draws, *, machine: bool, confidence: float, cells: int = CELLS) -> Interval:
    """Return the score interval of the post-stratified share, for this corpus.

    Parameters
    ----------
    draws : Draws
        Coded samples.
    machine : bool
        Whether the machine makes the cells: else there is one, and the estimate is Hájek's with
        Wilson's interval.
    confidence : float
        Such as 0.95.
    cells : int, default 5
        Cells at most.

    Returns
    -------
    Interval
        Cut off at what the coded segments leave open: no less than the positives that were seen, no more
        than all but the negatives.
    """
    counted = tally(draws, draws.machine if machine else None, count=cells)
    low, high = score_interval(
        counted.weights, counted.shares, counted.sizes, z=quantile(confidence)
    )
    return _within_reach(draws, Interval(counted.values, low, high))


def _within_reach(draws: Draws, made: Interval) -> Interval:
    least = draws.positives / draws.size
    most = 1 - (draws.count - draws.positives) / draws.size
    low = np.clip(made.low, np.minimum(least, made.value), made.value)
    high = np.clip(made.high, made.value, np.maximum(most, made.value))
    return Interval(made.value, low, high)


def hajek(draws: Draws, *, confidence: float) -> Interval:
    """Return the Hájek mean of gold codes with the Wald interval, for this corpus.

    Parameters
    ----------
    draws : Draws
        Coded samples.
    confidence : float
        Such as 0.95.

    Returns
    -------
    Interval
        sum(w y) / sum(w), and Student's t with n - (number of strata) degrees of freedom times the root of
        `_variance` of its residuals (Särndal, Swensson & Wretman 1992, results 5.6.1 and 7.2).
    """
    weight = draws.weight
    total = weight.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = (weight * draws.gold).sum(axis=1) / total
        residual = weight * (draws.gold - value[:, None]) / total[:, None]
    return _wald(draws, value, residual, confidence)


def horvitz_thompson(draws: Draws, *, confidence: float) -> Interval:
    """Return the Horvitz-Thompson mean of gold codes with the Wald interval, for this corpus.

    Parameters
    ----------
    draws : Draws
        Coded samples.
    confidence : float
        Such as 0.95.

    Returns
    -------
    Interval
        sum(w y) / N: unbiased (Horvitz & Thompson 1952), and less steady than Hájek's where weights differ.
    """
    part = draws.weight * draws.gold / draws.size
    return _wald(draws, part.sum(axis=1), part, confidence)


def naive_count(draws: Draws, suggested: Floats, *, confidence: float) -> Interval:
    """Return the machine's share as it is, with the interval of whoever takes it for the truth.

    Parameters
    ----------
    draws : Draws
        Only their number is used.
    suggested : ndarray of float, shape (N,)
        0 or 1, or probabilities.
    confidence : float
        Such as 0.95.

    Returns
    -------
    Interval
        Wilson's interval of the share of N. It knows nothing of the machine's errors.
    """
    share = float(np.mean(suggested))
    low, high = wilson(share, float(draws.size), z=quantile(confidence))
    shape = (len(draws.rows),)
    return Interval(*(np.full(shape, float(each)) for each in (share, low, high)))


def prediction_powered(
    draws: Draws, *, confidence: float, target: Target, power: float | None = None
) -> tuple[Interval, Floats]:
    """Return the prediction-powered mean (PPI++ [1]_, [2]_; design-based [3]_) with the Wald interval.

    Parameters
    ----------
    draws : Draws
        Coded samples with a machine.
    confidence : float
        Such as 0.95.
    target : {"corpus", "segments"}
        With or without the correction for a finite population.
    power : float, optional
        How far to trust the machine; tuned by default.

    Returns
    -------
    made : Interval
        Values and ends.
    power : ndarray, shape (n_draws,)
        The multiplier of the machine's probabilities.

    Raises
    ------
    ValueError
        If the draws have no machine.

    Notes
    -----
    For the corpus: mean_N(b f) + sum(w (y - b f)) / sum(w) with f the machine's probability and b = cov(y,
    f) / var(f), in [0, 1]: the difference estimator (Särndal, Swensson & Wretman 1992, section 6.3),
    b the multiplier of the least variance. For segments like these it is written as in [2]_ for
    the coded segments and the others as two samples; with equal inclusion probabilities only.

    References
    ----------
    .. [1] Angelopoulos, A. N., Bates, S., Fannjiang, C., Jordan, M. I. and Zrnic, T. (2023).
       Prediction-powered inference. Science 382, 669-674.
    .. [2] Angelopoulos, A. N., Duchi, J. C. and Zrnic, T. (2023). PPI++: efficient prediction-powered
       inference. arXiv:2311.01453.
    .. [3] Egami, N., Hinck, M., Stewart, B. M. and Wei, H. (2023). Using imperfect surrogates for downstream
       inference: design-based supervised learning for social science applications of large
       language models. NeurIPS 36.
    """
    if draws.machine is None:
        raise ValueError("Nothing is known of what the machine says.")
    said, n = draws.machine, draws.count.astype(np.float64)
    own = np.where(draws.present, said[draws.rows], 0.0)
    weight = draws.weight
    share = weight / weight.sum(axis=1, keepdims=True)
    gold = draws.gold
    y_mean, f_mean = (share * gold).sum(axis=1), (share * own).sum(axis=1)
    crossed = (share * (gold - y_mean[:, None]) * (own - f_mean[:, None])).sum(axis=1)
    spread = float(np.var(said, ddof=1)) if draws.size > 1 else 0.0
    if target == "segments":
        rest = draws.size - n
        with np.errstate(divide="ignore", invalid="ignore"):
            tuned = crossed / spread / (1 + n / rest) if spread > 0 else np.zeros(len(n))
            lam = np.clip(tuned, 0, 1) if power is None else np.full(len(n), power)
            other = (said.sum() - own.sum(axis=1)) / rest
            other_square = (np.sum(said**2) - (own**2).sum(axis=1)) / rest
        residual = gold - lam[:, None] * own
        left = (share * residual).sum(axis=1)
        value = lam * other + left
        variance = (
            lam**2 * np.maximum(other_square - other**2, 0) / rest
            + (share * (residual - left[:, None]) ** 2).sum(axis=1) / n
        )
        half = quantile(confidence) * np.sqrt(variance)
        return Interval(value, value - half, value + half), lam
    lam = np.full(len(n), power if power is not None else 0.0)
    if power is None and spread > 0:
        lam = np.clip(crossed / spread, 0, 1)
    residual = gold - lam[:, None] * own
    left = (share * residual).sum(axis=1)
    value = lam * said.mean() + left
    return _wald(draws, value, share * (residual - left[:, None]), confidence), lam


def adjusted_count(draws: Draws, suggested: Floats, *, confidence: float) -> Interval:
    """Return the machine's share adjusted for its sensitivity and specificity, for this corpus.

    Parameters
    ----------
    draws : Draws
        Coded samples, from which sensitivity and specificity are estimated.
    suggested : ndarray of float, shape (N,)
        The machine's suggestions, 0 or 1.
    confidence : float
        Such as 0.95.

    Returns
    -------
    Interval
        nan where the sample has no positive or no negative, or sensitivity and specificity sum to 1 or
        less.

    Notes
    -----
    Rogan & Gladen (1978), adjusted classify and count to Forman (2008): (q + sp - 1) / (se + sp - 1), cut
    off at 0 and 1. The interval is Lang & Reiczigel's (2014), whose share q is a sample's; here it is
    known, so that its variance is left out.

    References
    ----------
    .. [1] Rogan, W. J. and Gladen, B. (1978). Estimating prevalence from the results of a screening test.
       American Journal of Epidemiology 107(1), 71-76.
    .. [2] Forman, G. (2008). Quantifying counts and costs via classification. Data Mining and Knowledge
       Discovery 17(2), 164-206.
    .. [3] Lang, Z. and Reiczigel, J. (2014). Confidence limits for prevalence of disease adjusted for
       estimated sensitivity and specificity. Preventive Veterinary Medicine 113(1), 13-22.
    """
    weight, gold = draws.weight, draws.gold
    own = np.where(draws.present, suggested[draws.rows], 0.0)
    z, q = quantile(confidence), float(np.mean(suggested))
    with np.errstate(divide="ignore", invalid="ignore"):
        of_yes, of_no = weight * gold, weight * (1 - gold) * draws.present
        yes, no = of_yes.sum(axis=1), of_no.sum(axis=1)
        se, sp = (of_yes * own).sum(axis=1) / yes, (of_no * (1 - own)).sum(axis=1) / no
        n_se, n_sp = yes**2 / (of_yes**2).sum(axis=1), no**2 / (of_no**2).sum(axis=1)
        able = (yes > 0) & (no > 0) & (se + sp > 1)
        value = np.clip((q + sp - 1) / (se + sp - 1), 0, 1)
        se1, sp1 = (n_se * se + 1) / (n_se + 2), (n_sp * sp + 1) / (n_sp + 2)
        informed = se1 + sp1 - 1
        able &= informed > 0
        share = np.clip((q + sp1 - 1) / informed, 0, 1)
        of_se, of_sp = se1 * (1 - se1) / n_se, sp1 * (1 - sp1) / n_sp
        shift = 2 * z**2 * (share * of_se - (1 - share) * of_sp)
        half = z * np.sqrt(share**2 * of_se + (1 - share) ** 2 * of_sp) / informed
        low, high = np.clip(share + shift - half, 0, 1), np.clip(share + shift + half, 0, 1)
        low, high = np.minimum(low, value), np.maximum(high, value)
    return Interval(*(np.where(able, each, np.nan) for each in (value, low, high)))


def for_documents(draws: Draws, corpus: Interval, counted: Tally, *, confidence: float) -> Interval:
    """Return the interval for documents like these from that for this corpus.

    Parameters
    ----------
    draws : Draws
        Coded samples with documents.
    corpus : Interval
        Estimates for the corpus with their intervals.
    counted : Tally
        The cells that they were made of.
    confidence : float
        Such as 0.95.

    Returns
    -------
    Interval
        nan ends with fewer than two documents.

    Notes
    -----
    Two steps of chance: which documents there are, and which of their segments people coded. The second
    is the corpus interval's; the first adds the variance between documents, `between_documents`. The
    parts are put together side by side, the square of each (Zou & Donner 2008), the first as Wilson's
    interval on an effective size (Korn & Graubard 1998; Dean & Pagano 2015) with Student's t of one
    degree of freedom less than documents.

    References
    ----------
    .. [1] Zou, G. Y. and Donner, A. (2008). Construction of confidence limits about effect measures: a
       general approach. Statistics in Medicine 27(10), 1693-1702.
    .. [2] Korn, E. L. and Graubard, B. I. (1998). Confidence intervals for proportions with small expected
       number of positive counts estimated from survey data. Survey Methodology 24(2), 193-201.
    .. [3] Dean, N. and Pagano, M. (2015). Evaluating confidence interval methods for binomial proportions in
       clustered surveys. Journal of Survey Statistics and Methodology 3(4), 484-503.
    """
    between, documents = between_documents(draws, counted)
    value = corpus.value
    if documents < 2:
        nothing = np.full(value.shape, np.nan)
        return Interval(value, nothing, nothing)
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.where(between > 0, value * (1 - value) / between, np.inf)
        size = np.where(size > 0, size, np.inf)
    low, high = wilson(value, size, z=student(confidence, documents - 1))
    return Interval(
        value,
        np.maximum(value - np.hypot(value - corpus.low, value - low), 0),
        np.minimum(value + np.hypot(corpus.high - value, high - value), 1),
    )


def between_documents(draws: Draws, counted: Tally) -> tuple[Floats, int]:
    """Return the variance of the share that the choice of documents brings about.

    Parameters
    ----------
    draws : Draws
        Coded samples with documents.
    counted : Tally
        The cells.

    Returns
    -------
    variance : ndarray, shape (n_draws,)
        The variance of a ratio of totals of documents drawn with replacement (Cochran 1977, section 11.9;
        Särndal, Swensson & Wretman 1992, result 4.5.1), less what sampling within documents adds
        to it; no less than that of the machine's part alone.
    documents : int
        How many documents.

    Raises
    ------
    ValueError
        If the draws have no documents.
    """
    if draws.documents is None:
        raise ValueError("The documents are not known.")
    documents = int(draws.documents.max()) + 1
    length = counted.weights.shape[1]
    crossed = np.zeros((length, documents))
    np.add.at(crossed, (counted.cells, draws.documents), 1.0)
    shares = np.take_along_axis(counted.shares, counted.joined, axis=1)
    expected = shares @ crossed
    rows = counted.cells[draws.rows]
    guess = np.take_along_axis(shares, rows, axis=1)
    weight = draws.weight
    coded = draws.summed(weight, counted.cells, length)
    total = np.zeros_like(coded)
    np.add.at(total, (np.arange(len(coded))[:, None], counted.joined), coded)
    held = np.take_along_axis(total, counted.joined, axis=1)
    true = np.take_along_axis(counted.weights, counted.joined, axis=1) * draws.size
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.where(held > 0, true / held, 0.0)
    scaled = weight * np.take_along_axis(factor, rows, axis=1)
    error = scaled * (draws.gold - guess)
    seen = draws.summed(error, draws.documents, documents)
    of_document = np.bincount(draws.documents, minlength=documents)
    value = counted.values
    many = documents / max(documents - 1, 1) / draws.size**2
    whole = (expected + seen - value[:, None] * of_document) ** 2
    machine = (expected - value[:, None] * of_document) ** 2
    # Of the segments drawn in a document, the squares of the errors are what their sum varies by.
    within = np.where(draws.present, error**2 * np.maximum(1 - 1 / np.maximum(scaled, 1), 0), 0.0)
    left = many * (whole.sum(axis=1) - within.sum(axis=1))
    return np.maximum(left, many * machine.sum(axis=1)), documents


def _wald(draws: Draws, value: Floats, part: Floats, confidence: float) -> Interval:
    variance, freedom = _variance(draws, part)
    # One quantile a draw: draws of a simulation may be of unequal size.
    quantiles = np.asarray(stdtrit(np.maximum(freedom, 1), (1 + confidence) / 2))
    half = quantiles * np.sqrt(variance)
    return Interval(value, value - half, value + half)


def _variance(draws: Draws, part: Floats) -> tuple[Floats, Floats]:
    """Return the design-based variance of a sum over the sample, and its degrees of freedom.

    sum over strata of n_h / (n_h - 1) sum((1 - pi) (part - mean_h)^2): exact for simple random samples
    within strata, and for unequal probabilities Hájek's (1964) approximation. Strata with one coded
    segment are taken together, which makes the variance larger.
    """
    length = int(draws.strata.max()) + 1
    count = draws.summed(np.ones(part.shape), draws.strata, length)
    single = np.take_along_axis(count, draws.strata[draws.rows], axis=1) < 2
    # Singles share a stratum of their own, behind the others.
    place = np.where(single, length, draws.strata[draws.rows])
    flat = place + np.arange(len(part))[:, None] * (length + 1)

    def summed(values: Floats) -> Floats:
        weights = np.where(draws.present, values, 0.0)
        made = np.bincount(flat.ravel(), weights.ravel(), minlength=len(part) * (length + 1))
        return made.reshape(len(part), length + 1).astype(np.float64)

    number = summed(np.ones(part.shape))
    mean = summed(part) / np.maximum(number, 1)
    apart = part - np.take_along_axis(mean, place, axis=1)
    open_ = np.where(draws.present, 1 - draws.probability, 0.0)
    squares = summed(open_ * apart**2) * number / np.maximum(number - 1, 1)
    # One single alone has nothing to be compared with: its own square is all there is.
    alone = number[:, length] == 1
    squares[:, length] = np.where(alone, summed(open_ * part**2)[:, length], squares[:, length])
    return squares.sum(axis=1), number.sum(axis=1) - (number > 0).sum(axis=1)
