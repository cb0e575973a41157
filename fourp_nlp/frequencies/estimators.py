"""Estimators of a prevalence over one draw or many at once: values and ends of intervals.

`prevalence` calls them with one draw and decides what is refused; the simulations of coverage call them with
a thousand. Every function takes `Draws` and returns an `Interval`: arrays with one number per draw.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import stdtrit

from fourp_nlp.agreement import wilson
from fourp_nlp.frequencies._probability_strata import CELLS, Tally, tally
from fourp_nlp.frequencies._score_intervals import quantile, score_interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fourp_nlp.frequencies._coded_samples import Draws
    from fourp_nlp.frequencies.estimate import Target

    Floats = NDArray[np.float64]

__all__ = [
    "CORRELATION",
    "SPEAK",
    "Interval",
    "adjusted_count",
    "between_documents",
    "by_cells",
    "carriers",
    "for_documents",
    "hajek",
    "held_to_counts",
    "horvitz_thompson",
    "prediction_powered",
    "within_reach",
]


CORRELATION = 0.05
"""Of segments of one document, where too few documents carry a code to tell."""

SPEAK = 2.0
"""Documents that in effect carry a code, from which they tell how documents differ."""


class Interval(NamedTuple):
    """Values and interval ends, each of shape (n_draws,)."""

    value: Floats
    low: Floats
    high: Floats


def by_cells(draws: Draws, *, machine: bool, confidence: float, cells: int = CELLS) -> Interval:
    """Return the score interval of the post-stratified share, for this corpus.

    Parameters
    ----------
    draws : Draws
        Coded samples.
    machine : bool
        Whether the machine's probabilities define the cells. Otherwise there is one cell, and the estimate is
        Hájek's with Wilson's interval.
    confidence : float
        Such as 0.95.
    cells : int, default 5
        Cells at most.

    Returns
    -------
    Interval
        Ends are whole numbers of segments: at least the number of segments coded with the code, at most all
        segments except those read and not coded. If everything is coded, they equal the value.

    Notes
    -----
    The score interval with the correction for skewness. Its ends are rounded to the nearest whole segment,
    because a corpus has a whole number of segments with the code; the interval always contains the whole
    numbers on either side of the estimate. Segments that were certain to be selected are counted: they add
    their codes, and no error.
    """
    counted = tally(draws, draws.machine if machine else None, count=cells)
    low, high = score_interval(
        counted.weights,
        counted.shares,
        counted.sizes,
        z=quantile(confidence),
        thirds=counted.thirds,
    )
    return _whole_segments(draws, Interval(counted.values, low, high))


def _whole_segments(draws: Draws, interval: Interval) -> Interval:
    size, nothing = draws.size, 1e-7
    held = interval.value * size
    low = np.minimum(np.floor(interval.low * size + 0.5 + nothing), np.floor(held + nothing))
    high = np.maximum(np.ceil(interval.high * size - 0.5 - nothing), np.ceil(held - nothing))
    least, most = within_reach(draws)
    low, high = np.maximum(low / size, least), np.minimum(high / size, most)
    return Interval(
        interval.value, np.minimum(low, interval.value), np.maximum(high, interval.value)
    )


def within_reach(draws: Draws) -> tuple[Floats, Floats]:
    """Return the smallest and largest share that the coded segments allow.

    Parameters
    ----------
    draws : Draws
        Coded samples.

    Returns
    -------
    least, most : ndarray, shape (n_draws,)
        The share of segments if no other has the code, and if all others have it.
    """
    least = draws.positives / draws.size
    return least, 1 - (draws.count - draws.positives) / draws.size


def _with_known(draws: Draws, rest: Draws, interval: Interval) -> Interval:
    """Return the interval of all segments from that of the segments that were not certain to be selected."""
    known = _known(draws, rest)
    return Interval(*((known + rest.size * each) / draws.size for each in interval))


def held_to_counts(draws: Draws, interval: Interval) -> Interval:
    """Return the interval limited to the shares that the coded segments allow.

    Parameters
    ----------
    draws : Draws
        Coded samples.
    interval : Interval
        Values and ends.

    Returns
    -------
    Interval
        Cut off at `within_reach`.
    """
    least, most = within_reach(draws)
    return Interval(*(np.clip(each, least, most) for each in interval))


def _known(draws: Draws, rest: Draws) -> Floats:
    return np.asarray(draws.positives - rest.positives, dtype=np.float64)


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
        `_variance` of its residuals (Särndal, Swensson & Wretman 1992, results 5.6.1 and 7.2). Segments that
        were certain to be selected are counted.
    """
    rest = draws.rest()
    weight = rest.weight
    total = weight.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = (weight * rest.gold).sum(axis=1) / total
        residual = weight * (rest.gold - value[:, None]) / total[:, None]
    return _with_known(draws, rest, _wald(rest, value, residual, confidence))


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
        sum(w y) / N: unbiased (Horvitz & Thompson 1952), but with a larger variance than Hájek's if weights
        differ.
    """
    rest = draws.rest()
    part = rest.weight * rest.gold / rest.size
    return _with_known(draws, rest, _wald(rest, part.sum(axis=1), part, confidence))


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
        Weight of the machine's probabilities; tuned by default.

    Returns
    -------
    interval : Interval
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
    whole, draws = draws, draws.rest() if target == "corpus" else draws
    if draws.machine is None:
        raise ValueError("The machine's probabilities are missing.")
    predictions, n = draws.machine, draws.count.astype(np.float64)
    coded_predictions = np.where(draws.present, predictions[draws.rows], 0.0)
    weight = draws.weight
    share = weight / weight.sum(axis=1, keepdims=True)
    gold = draws.gold
    y_mean, f_mean = (share * gold).sum(axis=1), (share * coded_predictions).sum(axis=1)
    crossed = (share * (gold - y_mean[:, None]) * (coded_predictions - f_mean[:, None])).sum(axis=1)
    spread = float(np.var(predictions, ddof=1)) if draws.size > 1 else 0.0
    if target == "segments":
        rest = draws.size - n
        with np.errstate(divide="ignore", invalid="ignore"):
            tuned = crossed / spread / (1 + n / rest) if spread > 0 else np.zeros(len(n))
            lam = np.clip(tuned, 0, 1) if power is None else np.full(len(n), power)
            other = (predictions.sum() - coded_predictions.sum(axis=1)) / rest
            other_square = (np.sum(predictions**2) - (coded_predictions**2).sum(axis=1)) / rest
        residual = gold - lam[:, None] * coded_predictions
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
    residual = gold - lam[:, None] * coded_predictions
    left = (share * residual).sum(axis=1)
    value = lam * predictions.mean() + left
    interval = _wald(draws, value, share * (residual - left[:, None]), confidence)
    return _with_known(whole, draws, interval), lam


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
        nan where the sample has no positive or no negative, sensitivity and specificity sum to 1 or
        less, or the interval is uninformative: it contains all shares that the counts allow, or half of them
        with a value that the formula cut off at 0 or 1. Segments that were certain to be selected are
        counted, and the others are adjusted.

    Notes
    -----
    Rogan & Gladen (1978), adjusted classify and count to Forman (2008): (q + sp - 1) / (se + sp - 1), cut
    off at 0 and 1. The interval is Lang & Reiczigel's (2014). Their share q comes from a sample; here it is
    known, so its variance is left out.

    References
    ----------
    .. [1] Rogan, W. J. and Gladen, B. (1978). Estimating prevalence from the results of a screening test.
       American Journal of Epidemiology 107(1), 71-76.
    .. [2] Forman, G. (2008). Quantifying counts and costs via classification. Data Mining and Knowledge
       Discovery 17(2), 164-206.
    .. [3] Lang, Z. and Reiczigel, J. (2014). Confidence limits for prevalence of disease adjusted for
       estimated sensitivity and specificity. Preventive Veterinary Medicine 113(1), 13-22.
    """
    whole, draws, suggested = draws, draws.rest(), suggested[~draws.sure]
    weight, gold = draws.weight, draws.gold
    suggested_coded = np.where(draws.present, suggested[draws.rows], 0.0)
    z, q = quantile(confidence), float(np.mean(suggested))
    with np.errstate(divide="ignore", invalid="ignore"):
        of_yes, of_no = weight * gold, weight * (1 - gold) * draws.present
        yes, no = of_yes.sum(axis=1), of_no.sum(axis=1)
        se, sp = (
            (of_yes * suggested_coded).sum(axis=1) / yes,
            (of_no * (1 - suggested_coded)).sum(axis=1) / no,
        )
        n_se, n_sp = yes**2 / (of_yes**2).sum(axis=1), no**2 / (of_no**2).sum(axis=1)
        able = (yes > 0) & (no > 0) & (se + sp > 1)
        formula = (q + sp - 1) / (se + sp - 1)
        value = np.clip(formula, 0, 1)
        se1, sp1 = (n_se * se + 1) / (n_se + 2), (n_sp * sp + 1) / (n_sp + 2)
        informed = se1 + sp1 - 1
        able &= informed > 0
        share = np.clip((q + sp1 - 1) / informed, 0, 1)
        of_se, of_sp = se1 * (1 - se1) / n_se, sp1 * (1 - sp1) / n_sp
        shift = 2 * z**2 * (share * of_se - (1 - share) * of_sp)
        half = z * np.sqrt(share**2 * of_se + (1 - share) ** 2 * of_sp) / informed
        low, high = np.clip(share + shift - half, 0, 1), np.clip(share + shift + half, 0, 1)
        low, high = np.minimum(low, value), np.maximum(high, value)
        interval = _with_known(whole, draws, Interval(value, low, high))
        interval = held_to_counts(whole, interval)
        least, most = within_reach(whole)
        held = (interval.high - interval.low) / (most - least)
        beyond = (
            np.abs(formula * draws.size - interval.value * whole.size + _known(whole, draws)) > 1e-9
        )
        able &= held < np.where(beyond, 0.5, 1 - 1e-9)
    return Interval(*(np.where(able, each, np.nan) for each in interval))


def for_documents(draws: Draws, corpus: Interval, counted: Tally, *, confidence: float) -> Interval:
    """Return the interval for documents like these from that for this corpus.

    Parameters
    ----------
    draws : Draws
        Coded samples with documents.
    corpus : Interval
        Estimates for the corpus with their intervals.
    counted : Tally
        The cells that they were computed from.
    confidence : float
        Such as 0.95.

    Returns
    -------
    Interval
        nan ends with fewer than two documents.

    Notes
    -----
    There are two sources of error: which documents there are, and which of their segments people coded. The
    corpus interval covers the second; the variance between documents (`between_documents`) is the first, as
    Wilson's interval on an effective size (Korn & Graubard 1998; Dean & Pagano 2015) with Student's t. The
    two half widths are squared and added (Zou & Donner 2008).

    * The effective size is at most the number of segments: documents that happen to be alike do not make the
      interval narrower than that of equally many independent segments.
    * Degrees of freedom are the documents that in effect carry the code, (sum k)^2 / sum(k^2) with k the
      segments with the code in each document, or those without it where that are fewer documents; between 2
      and one less than the number of documents, counted in the same way by their length. If two documents
      contain nearly all segments with a code, these two show how documents differ, however many others there
      are.
    * If fewer than two documents in effect contain it, their variance is unknown. The effective size is then
      at most that of documents within which segments are correlated by `CORRELATION`.

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
    if documents < 2 or draws.documents is None:
        nothing = np.full(value.shape, np.nan)
        return Interval(value, nothing, nothing)
    held = np.bincount(draws.documents, minlength=documents).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        effect = np.nan_to_num(between * draws.size / (value * (1 - value)), posinf=0.0)
    carried = carriers(draws)
    supposed = 1 + CORRELATION * ((held**2).sum() / draws.size - 1)
    effect = np.maximum(effect, np.where(carried < SPEAK, supposed, 1.0))
    # Documents of unequal length are worth fewer of equal length.
    most = max(draws.size**2 / (held**2).sum() - 1, 1.0)
    freedom = np.clip(carried, min(SPEAK, most), most)
    # Without a single carrier nothing is estimated, and no freedom is lost by it.
    freedom = np.where(carried == 0, most, freedom)
    quantiles = np.asarray(stdtrit(freedom, (1 + confidence) / 2))
    low, high = wilson(value, draws.size / effect, z=quantiles)
    return Interval(
        value,
        np.maximum(value - np.hypot(value - corpus.low, value - low), 0),
        np.minimum(value + np.hypot(corpus.high - value, high - value), 1),
    )


def carriers(draws: Draws) -> Floats:
    """Return the effective number of documents with the code, or without it, whichever is smaller.

    Parameters
    ----------
    draws : Draws
        Coded samples with documents.

    Returns
    -------
    ndarray, shape (n_draws,)
        (sum k)^2 / sum(k^2) with k the estimated segments of each document; 0 where there is none.

    Raises
    ------
    ValueError
        If the draws have no documents.
    """
    if draws.documents is None:
        raise ValueError("The documents are not known.")
    documents = int(draws.documents.max()) + 1
    weight = draws.weight
    effective = []
    for kind in (draws.gold, 1 - draws.gold):
        each = draws.summed(weight * kind, draws.documents, documents)
        square = (each**2).sum(axis=1)
        total = each.sum(axis=1) ** 2
        effective.append(np.divide(total, square, out=np.zeros(len(each)), where=square > 0))
    return np.asarray(np.minimum(*effective), dtype=np.float64)


def between_documents(draws: Draws, counted: Tally) -> tuple[Floats, int]:
    """Return the variance of the share between documents.

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
        Särndal, Swensson & Wretman 1992, result 4.5.1), made unbiased for documents of unequal length whose
        shares vary alike, less the part that sampling within documents adds; at least that of the known part
        and of the machine's part alone.
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
    # What was sure to be taken is known document by document.
    expected += draws.summed(np.where(draws.certain, error, 0.0), draws.documents, documents)
    seen -= draws.summed(np.where(draws.certain, error, 0.0), draws.documents, documents)
    of_document = np.bincount(draws.documents, minlength=documents)
    value = counted.values
    many = _unbiased(of_document / draws.size) / draws.size**2
    whole = (expected + seen - value[:, None] * of_document) ** 2
    machine = (expected - value[:, None] * of_document) ** 2
    # Of the segments drawn in a document, the squares of the errors are what their sum varies by.
    within = np.where(draws.present, error**2 * np.maximum(1 - 1 / np.maximum(scaled, 1), 0), 0.0)
    left = many * (whole.sum(axis=1) - within.sum(axis=1))
    return np.maximum(left, many * machine.sum(axis=1)), documents


def _unbiased(part: Floats) -> float:
    """Return what the squares of documents' residuals are multiplied by, D / (D - 1) if they are as long.

    With parts w of all segments, and shares of equal variance, the squares sum to that variance times
    sum(w^2) - 2 sum(w^3) + sum(w^2)^2, where that of the whole share is it times sum(w^2).
    """
    square, cube = float((part**2).sum()), float((part**3).sum())
    left = square - 2 * cube + square**2
    return square / left if left > 0 else 1.0


def _wald(draws: Draws, value: Floats, part: Floats, confidence: float) -> Interval:
    variance, freedom = _variance(draws, part)
    # One quantile a draw: draws of a simulation may be of unequal size.
    quantiles = np.asarray(stdtrit(np.maximum(freedom, 1), (1 + confidence) / 2))
    half = quantiles * np.sqrt(variance)
    return Interval(value, value - half, value + half)


def _variance(draws: Draws, part: Floats) -> tuple[Floats, Floats]:
    """Return the design-based variance of a sum over the sample, and its degrees of freedom.

    sum over strata of n_h / (n_h - 1) sum((1 - pi) (part - mean_h)^2): exact for simple random samples
    within strata, and for unequal probabilities Hájek's (1964) approximation. Strata with one coded segment
    are merged, which makes the variance larger.
    """
    length = int(draws.strata.max()) + 1
    count = draws.summed(np.ones(part.shape), draws.strata, length)
    single = np.take_along_axis(count, draws.strata[draws.rows], axis=1) < 2
    # Singles share a stratum of their own, behind the others.
    place = np.where(single, length, draws.strata[draws.rows])
    flat = place + np.arange(len(part))[:, None] * (length + 1)

    def summed(values: Floats) -> Floats:
        weights = np.where(draws.present, values, 0.0)
        sums = np.bincount(flat.ravel(), weights.ravel(), minlength=len(part) * (length + 1))
        return sums.reshape(len(part), length + 1).astype(np.float64)

    number = summed(np.ones(part.shape))
    mean = summed(part) / np.maximum(number, 1)
    apart = part - np.take_along_axis(mean, place, axis=1)
    open_ = np.where(draws.present, 1 - draws.probability, 0.0)
    squares = summed(open_ * apart**2) * number / np.maximum(number - 1, 1)
    # One single alone has nothing to be compared with: its own square is all there is.
    alone = number[:, length] == 1
    squares[:, length] = np.where(alone, summed(open_ * part**2)[:, length], squares[:, length])
    return squares.sum(axis=1), number.sum(axis=1) - (number > 0).sum(axis=1)
