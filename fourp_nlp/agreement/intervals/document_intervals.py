"""Intervals of coefficients that allow for documents: from effective shares, and from documents drawn again.

References
----------
Davison, A. C. and Hinkley, D. V. (1997). Bootstrap methods and their application. Cambridge
    University Press, sections 3.8 (clusters), 5.3 (percentile and BCa).
Efron, B. (1987). Better bootstrap confidence intervals. Journal of the American Statistical
    Association 82, 171-185.
Hesterberg, T. C. (2015). What teachers should know about the bootstrap: resampling in the
    undergraduate statistics curriculum. The American Statistician 69, 371-386.
Tukey, J. W. (1958). Bias and confidence in not quite large samples. Annals of Mathematical
    Statistics 29, 614.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri, stdtrit

from fourp_nlp.agreement.intervals._resampling import distinct_resamples, resample_counts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fourp_nlp.agreement.intervals.coefficients_of_share import OfShares

__all__ = [
    "FEWEST",
    "Drawing",
    "Intervals",
    "Method",
    "few_documents",
    "intervals_by_document",
    "intervals_by_unit",
    "no_intervals",
]

Numbers = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Method = Literal["effective", "expanded", "percentile", "bca", "jackknife"]

# Two documents can be drawn in three ways, and three in ten: no interval can come of that.
FEWEST = 3
_MANY = 2


class Drawing(NamedTuple):
    """How intervals are made.

    Parameters
    ----------
    method : {"effective", "expanded", "percentile", "bca", "jackknife"}
        See `intervals_by_document`.
    confidence : float
        How often such intervals should hold the value that all documents of the kind would give.
    resamples : int
        How many corpora are drawn; 0 for no intervals. The jackknife draws none, nor do effective shares.
    seed : int
        Start of the random numbers.
    minima : tuple of float
        Values of which to say how likely it is that the coefficient lies below them.
    """

    method: Method = "effective"
    confidence: float = 0.95
    resamples: int = 1000
    seed: int = 0
    minima: tuple[float, ...] = ()

    def check(self) -> None:
        """Raise ValueError if anything is out of range."""
        if self.method not in get_args(Method):
            raise ValueError(
                f"The method is {self.method!r}; it must be one of {', '.join(get_args(Method))}."
            )
        if not 0 < self.confidence < 1:
            raise ValueError(f"The confidence is {self.confidence}; it must be between 0 and 1.")
        if self.resamples < 0:
            raise ValueError("The number of resamples cannot be negative.")


class Intervals(NamedTuple):
    """Intervals of several coefficients.

    Parameters
    ----------
    low, high : numpy.ndarray of float64, shape (n,)
        nan where there is none.
    reasons : list of str
        Why there is none; empty where there is one.
    below : numpy.ndarray of float64, shape (n, n_minima), or None
        The probability that each coefficient lies below each of `Drawing.minima`, nan where there is no
        interval; None where it was not asked for, or there is no such probability.
    """

    low: Numbers
    high: Numbers
    reasons: list[str]
    below: Numbers | None = None


def intervals_by_document(
    sums: Numbers,
    coefficients: Callable[[Numbers], Numbers],
    drawing: Drawing,
    *,
    counted: npt.NDArray[np.int64] | None = None,
    of_shares: OfShares | None = None,
) -> Intervals:
    """Return intervals of coefficients that are functions of sums over documents.

    Parameters
    ----------
    sums : numpy.ndarray of float64, shape (n_documents, ...)
        The sums of each document.
    coefficients : callable
        Takes sums of shape (n, ...), returns coefficients of shape (n, n_coefficients), nan where
        undefined.
    drawing : Drawing
        How to draw.
    counted : numpy.ndarray of int64, shape (n_coefficients,), optional
        How many documents say anything of each coefficient's disagreement; by default all. A
        document with single labels only says how often categories are chosen.
    of_shares : OfShares, optional
        The same coefficients as functions of shares, for the method "effective". Without it, that method
        is the wider of "expanded" and "jackknife" at either end.

    Returns
    -------
    Intervals
        None with fewer than three documents, where the value itself is undefined, or where it is
        so in more than half of the resamples (others are left out); of effective shares, where one
        document alone has the code.

    Notes
    -----
    "effective": the coefficient at the ends of the interval of a share, which has an effective number of
    units (`Shares.ends`, `coefficients_of_share`). It is the default because it alone holds the true
    value as often as it says where codes are rare or documents few (docs/agreement.md).

    "percentile": quantiles of the coefficient over corpora of as many documents, drawn with
    replacement. Of few documents they are too close together.

    "expanded" (Hesterberg 2015): the same with quantiles farther out, those of the normal
    distribution at t, on n - 1 degrees of freedom for n documents, times sqrt(n / (n - 1)).

    "bca" (Efron 1987): with quantiles corrected for bias and skewness, the latter from leaving out
    each document in turn.

    "jackknife" (Tukey 1958): the value and t quantiles, on n - 1 degrees of freedom, times the
    standard error from leaving out each document in turn; cut at 1.
    """
    drawing.check()
    whole = coefficients(sums.sum(axis=0, keepdims=True))[0]
    n_documents, n = len(sums), len(whole)
    of_use = np.full(n, n_documents) if counted is None else counted
    if n_documents < FEWEST:
        return no_intervals(n, few_documents(n_documents))
    if drawing.resamples == 0:
        return no_intervals(n, "none was asked for")
    if drawing.method == "effective" and of_shares is not None:
        return _intervals_of_shares(whole, of_shares, of_use, drawing)
    if drawing.method == "effective":
        return _wider_of_two(sums, coefficients, of_use, drawing)
    drawn = np.empty((0, n))
    if drawing.method != "jackknife":
        drawn = _of_corpora(sums, coefficients, drawing)
    left_out = np.empty((0, n))
    if drawing.method in {"bca", "jackknife"}:
        left_out = coefficients(sums.sum(axis=0) - sums)
    return _of_draws(whole, drawn, left_out, of_use, drawing)


# Tails at which a coefficient's distribution is looked up.
_TAILS = np.concatenate([np.geomspace(1e-6, 0.01, 40), np.linspace(0.0125, 0.5, 79)])
_TWO_DOCUMENTS = 2
_IN_ONE = "it rests on one document alone: nothing is known of how documents differ"


def _intervals_of_shares(
    whole: Numbers, of_shares: OfShares, of_use: Whole, drawing: Drawing
) -> Intervals:
    """Return the coefficients at the ends of the intervals of their shares."""
    shares, intervals = of_shares.shares, no_intervals(len(whole), "")
    alone = ~shares.events & (shares.held < _TWO_DOCUMENTS)
    for at in np.flatnonzero(np.isnan(whole) | (of_use < FEWEST) | alone):
        if np.isnan(whole[at]):
            intervals.reasons[at] = "the value is undefined"
        elif of_use[at] < FEWEST:
            intervals.reasons[at] = few_documents(int(of_use[at]))
        else:
            intervals.reasons[at] = _IN_ONE
    there = np.array([not reason for reason in intervals.reasons], dtype=bool)
    low, high = _ends_of_shares(of_shares, whole, drawing.confidence)
    intervals.low[there], intervals.high[there] = low[there], high[there]
    if not drawing.minima:
        return intervals
    return intervals._replace(below=_below(of_shares, whole, there, drawing.minima))


def _ends_of_shares(
    of_shares: OfShares, whole: Numbers, confidence: Numbers | float
) -> tuple[Numbers, Numbers]:
    """Return the ends of coefficients' intervals, which hold the values themselves."""
    one, other = (of_shares.at(end) for end in of_shares.shares.ends(confidence))
    return np.fmin(np.fmin(one, other), whole), np.fmax(np.fmax(one, other), whole)


def _below(
    of_shares: OfShares, whole: Numbers, there: npt.NDArray[np.bool_], minima: Sequence[float]
) -> Numbers:
    """Return the probability that each coefficient lies below each minimum.

    A minimum that is the lower end of the interval with confidence c has (1 - c) / 2 below it, one that is
    the upper end (1 + c) / 2 (the confidence distribution; Schweder, T. and Hjort, N. L. (2002). Confidence
    and likelihood. Scandinavian Journal of Statistics 29, 309-332).
    """
    lows, highs = _ends_of_shares(of_shares, whole, (1 - 2 * _TAILS)[:, None])
    probabilities = np.full((len(whole), len(minima)), np.nan)
    places = np.concatenate([_TAILS, 1 - _TAILS[::-1]])
    for at in np.flatnonzero(there):
        # Ends move towards each other as the tails grow; those that do not move are taken once.
        ends = np.maximum.accumulate(np.concatenate([lows[:, at], highs[::-1, at]]))
        probabilities[at] = np.interp(minima, ends, places, left=0.0, right=1.0)
    return probabilities


def _wider_of_two(
    sums: Numbers, coefficients: Callable[[Numbers], Numbers], of_use: Whole, drawing: Drawing
) -> Intervals:
    """Return the lower of the lower ends, and the higher of the higher, of two methods."""
    one, other = (
        intervals_by_document(
            sums, coefficients, drawing._replace(method=method, minima=()), counted=of_use
        )
        for method in _TWO_METHODS
    )
    reasons = [first or second for first, second in zip(one.reasons, other.reasons, strict=True)]
    there = np.array([not reason for reason in reasons], dtype=bool)
    low, high = np.fmin(one.low, other.low), np.fmax(one.high, other.high)
    return Intervals(np.where(there, low, np.nan), np.where(there, high, np.nan), reasons)


_TWO_METHODS: tuple[Method, Method] = ("expanded", "jackknife")


def _of_corpora(
    sums: Numbers, coefficients: Callable[[Numbers], Numbers], drawing: Drawing
) -> Numbers:
    """Return the coefficients of each corpus that is drawn; of few documents many are the same."""
    few = distinct_resamples(sums, drawing.resamples, drawing.seed)
    if few is None:
        return coefficients(resample_counts(sums, drawing.resamples, drawing.seed))
    corpora, which = few
    return coefficients(corpora)[which]


def intervals_by_unit(
    coefficients: Callable[[npt.NDArray[np.int64]], Numbers],
    documents: npt.NDArray[np.int64],
    drawing: Drawing,
) -> Intervals:
    """Return intervals of coefficients that are no function of sums: units are drawn, by document.

    Parameters
    ----------
    coefficients : callable
        Takes the places of units (repeated as their document is), returns coefficients of shape
        (n_coefficients,), nan where undefined.
    documents : numpy.ndarray of int64, shape (n_units,)
        Number of each unit's document, from 0 with no gaps.
    drawing : Drawing
        How to draw.

    Returns
    -------
    Intervals
        As `intervals_by_document`, many times slower.
    """
    n_documents = int(documents.max()) + 1 if documents.size else 0
    places = np.split(
        np.argsort(documents, kind="stable"),
        np.cumsum(np.bincount(documents, minlength=n_documents))[:-1],
    )

    def of_counts(counts: Numbers) -> Numbers:
        rows = []
        for row in counts.astype(np.int64):
            chosen = np.repeat(np.arange(n_documents), row)
            rows.append(coefficients(np.concatenate([places[each] for each in chosen])))
        return np.array(rows)

    return intervals_by_document(np.eye(n_documents), of_counts, drawing)


def few_documents(n_documents: int) -> str:
    """Say that there are too few documents for an interval."""
    return f"{n_documents} document{'' if n_documents == 1 else 's'}: too few to draw from"


def no_intervals(n: int, reason: str) -> Intervals:
    """Return that n coefficients have no interval, all for one reason."""
    return Intervals(np.full(n, np.nan), np.full(n, np.nan), [reason] * n)


def _of_draws(
    whole: Numbers, drawn: Numbers, left_out: Numbers, of_use: Whole, drawing: Drawing
) -> Intervals:
    intervals = no_intervals(len(whole), "")
    done = _all_alike(intervals, whole, drawn, of_use, drawing)
    for at, value in enumerate(whole):
        if done[at]:
            continue
        if np.isnan(value):
            intervals.reasons[at] = "the value is undefined"
            continue
        n_documents = int(of_use[at])
        if n_documents < FEWEST:
            intervals.reasons[at] = few_documents(n_documents)
            continue
        one_out = left_out[:, at]
        if np.isnan(one_out).any():
            intervals.reasons[at] = "the value rests on one document: without it, it is undefined"
            continue
        if drawing.method == "jackknife":
            intervals.low[at], intervals.high[at] = _jackknife(
                value, one_out, n_documents, drawing.confidence
            )
            continue
        sample = drawn[~np.isnan(drawn[:, at]), at]
        if len(sample) * 2 < len(drawn):
            intervals.reasons[at] = "undefined in more than half of the resamples"
            continue
        tails = _tails(n_documents, drawing)
        if drawing.method == "bca":
            tails = _corrected(tails, value, sample, one_out)
            if np.isnan(tails).any():
                intervals.reasons[at] = "every resample lies on one side of the value"
                continue
        intervals.low[at], intervals.high[at] = np.quantile(sample, tails)
    return intervals


def _all_alike(
    intervals: Intervals, whole: Numbers, drawn: Numbers, of_use: Whole, drawing: Drawing
) -> npt.NDArray[np.bool_]:
    """Fill in the quantiles of coefficients that resamples define alike, many at once; return which."""
    done = np.zeros(len(whole), dtype=bool)
    if drawing.method not in {"expanded", "percentile"} or len(whole) < _MANY:
        return done
    defined = (~np.isnan(drawn)).sum(axis=0)
    plain = ~np.isnan(whole) & (defined * 2 >= len(drawn)) & (of_use >= FEWEST)
    for n_documents, n_defined in np.unique(np.stack([of_use[plain], defined[plain]]), axis=1).T:
        alike = plain & (of_use == n_documents) & (defined == n_defined)
        some = drawn[:, alike]
        if n_defined < len(drawn):
            # Those that are undefined are sorted to the end.
            some = np.sort(some, axis=0)[:n_defined]
        tails = _tails(int(n_documents), drawing)
        intervals.low[alike], intervals.high[alike] = np.quantile(some, tails, axis=0)
        done |= alike
    return done


def _tails(n_documents: int, drawing: Drawing) -> Numbers:
    tails = np.array([(1 - drawing.confidence) / 2, (1 + drawing.confidence) / 2])
    if drawing.method != "expanded":
        return tails
    stretch = np.sqrt(n_documents / (n_documents - 1))
    return np.asarray(ndtr(stretch * stdtrit(n_documents - 1, tails)), dtype=np.float64)


def _jackknife(
    value: float, one_out: Numbers, n_documents: int, confidence: float
) -> tuple[float, float]:
    n = len(one_out)
    error = np.sqrt((n - 1) / n * np.sum((one_out - one_out.mean()) ** 2))
    reach = float(stdtrit(n_documents - 1, (1 + confidence) / 2) * error)
    return value - reach, min(1.0, value + reach)


def _corrected(tails: Numbers, value: float, sample: Numbers, one_out: Numbers) -> Numbers:
    """Return the quantiles to be read in place of the tails."""
    if np.ptp(sample) == 0:
        return tails
    below = (np.mean(sample < value) + np.mean(sample <= value)) / 2
    if below in {0.0, 1.0}:
        return np.full(2, np.nan)
    apart = one_out.mean() - one_out
    spread = np.sum(apart**2) ** 1.5
    skew = float(np.sum(apart**3) / (6 * spread)) if spread > 0 else 0.0
    bias = ndtri(below)
    moved = bias + ndtri(tails)
    return np.asarray(ndtr(bias + moved / (1 - skew * moved)), dtype=np.float64)
