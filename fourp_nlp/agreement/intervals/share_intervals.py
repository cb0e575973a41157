"""Intervals of shares that come from documents: few, unequal, each with segments that are alike.

What coders agree on is a share: of the segments that anyone gave a code, those that all gave it; of all
segments, those on which they disagree. Such a share is known as well as that many segments of that many
documents allow, and no better, however much alike the documents happen to be.

References
----------
Agresti, A. and Coull, B. A. (1998). Approximate is better than "exact" for interval estimation of
    binomial proportions. The American Statistician 52, 119-126.
Cochran, W. G. (1977). Sampling techniques, 3rd ed. Wiley, section 11.9 (a ratio of totals of clusters).
Dean, N. and Pagano, M. (2015). Evaluating confidence interval methods for binomial proportions in
    clustered surveys. Journal of Survey Statistics and Methodology 3, 484-503.
Korn, E. L. and Graubard, B. I. (1998). Confidence intervals for proportions with small expected number
    of positive counts estimated from survey data. Survey Methodology 24, 193-201.
Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. Journal of
    the American Statistical Association 22, 209-212.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri, stdtrit

__all__ = ["Shares", "wilson"]

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

# An error of the spread between documents is made with few of them; below two degrees of freedom t is of
# no use to anyone.
_FEWEST_DEGREES = 2.0
_ROUNDING = 1e-9
# Of a further document: its events, compared with those of the worst that there is.
_WORSE = 2.0
# The normal quantile at which documents are added as said: of 95% intervals.
_AT = float(ndtri(0.975))


def wilson(
    share: npt.ArrayLike, size: npt.ArrayLike, *, z: npt.ArrayLike
) -> tuple[Numbers, Numbers]:
    """Return Wilson's interval of shares.

    Parameters
    ----------
    share : array_like, shape (...)
        The shares.
    size : array_like, shape (...)
        How many independent units each stands for; infinite where the share is known.
    z : array_like, shape (...)
        Quantile of the normal distribution, or of Student's t where the spread itself is estimated.

    Returns
    -------
    low, high : numpy.ndarray of float64, shape (...)
        Within 0 and 1; nan where the size is 0.

    Examples
    --------
    >>> from fourp_nlp.agreement import wilson
    >>> [round(float(end), 3) for end in wilson(0.5, 20, z=1.96)]
    [0.299, 0.701]
    """
    p, n = np.asarray(share, dtype=np.float64), np.asarray(size, dtype=np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        square = np.asarray(z, dtype=np.float64) ** 2 / n
        middle = (p + square / 2) / (1 + square)
        reach = np.sqrt(square * p * (1 - p) + square**2 / 4) / (1 + square)
    return np.maximum(middle - reach, 0.0), np.minimum(middle + reach, 1.0)


class Shares(NamedTuple):
    """Shares, each a sum over documents of a part divided by a sum of the whole.

    Parameters
    ----------
    part, whole : numpy.ndarray of float64, shape (n_documents, n)
        What each document adds to either; the part is no more than the whole.
    events : numpy.ndarray of bool, shape (n,)
        Whether the part is made of rare events in a whole that every document has (disagreements among
        all segments). Else the whole is what is rare (segments that anyone gave the code).
    """

    part: Numbers
    whole: Numbers
    events: Flags

    @property
    def value(self) -> Numbers:
        """The shares, shape (n,); nan where there is no whole."""
        whole = self.whole.sum(axis=0)
        shares = np.full(whole.shape, np.nan)
        np.divide(self.part.sum(axis=0), whole, out=shares, where=whole > 0)
        return shares

    @property
    def held(self) -> npt.NDArray[np.int64]:
        """In how many documents there is any of the whole, shape (n,)."""
        return np.asarray((self.whole > _ROUNDING).sum(axis=0), dtype=np.int64)

    def ends(self, confidence: Numbers | float) -> tuple[Numbers, Numbers]:
        """Return the ends of intervals.

        Parameters
        ----------
        confidence : float or numpy.ndarray of float64, shape (..., 1) or (..., n)
            How often the intervals should hold the share of all documents of the kind.

        Returns
        -------
        low, high : numpy.ndarray of float64, shape (n,) or (..., n)
            Around the share; nan where there is no whole.

        Notes
        -----
        Wilson's interval (1927) on an effective number of units, n / d, with the quantile of Student's t
        (Korn and Graubard 1998; Dean and Pagano 2015). d is the design effect, the variance of a ratio of
        totals of documents (Cochran 1977) over that of a share of n independent units, and no less than
        1: documents that happen to be alike make nothing surer than independent units would be.

        Three things are for few documents and rare codes, where the spread between documents is itself
        known badly, and the documents that would change the share most may not have come yet:

        - t has one degree of freedom less than documents with any of what lies beyond that end: with the
          part (say, agreed codings) for the upper end, without it (disagreed ones) for the lower end; no
          fewer than 2, and no more than documents less 1.
        - The upper end is that of the share as it would be with z^2 / 2 more units (Agresti and Coull
          1998) and half a document more that belong wholly to the part, the lower end as if they did
          not; a document has the mean size, each unit counting the size of its own document.
        - Events: the upper end is as if one document more had come with twice the events of the worst, and
          z^2 / 2 events more; the lower end as if one had come without any. Degrees of freedom are the
          documents with events less 1 for both ends.

        So many documents are for a confidence of 95%; for another they are in proportion to z.

        `scripts/measure_intervals.py` measures what comes of it.
        """
        level = np.asarray(confidence, dtype=np.float64)
        part, whole, share = self.part.sum(axis=0), self.whole.sum(axis=0), self.value
        size, up, down = (
            self._size(share),
            self._beyond(self.part),
            self._beyond(self.whole - self.part),
        )
        down = np.where(self.events, up, down)
        tail = (1 + level) / 2
        normal = ndtri(tail)
        further = normal / _AT  # of the documents that may not have come yet, at this confidence
        of_up, of_down = stdtrit(up, tail), stdtrit(down, tail)
        low, _ = wilson(share, size, z=of_down)
        _, high = wilson(share, size, z=of_up)
        mean = self._mean_size(whole)
        of_documents = np.where(self.events, _WORSE * self.part.max(axis=0), mean / 2)
        added = normal**2 / 2 + further * of_documents
        around = np.where(self.events, np.maximum(further * mean, added), added)
        without = np.where(self.events, further * mean, added)
        with np.errstate(invalid="ignore", divide="ignore"):
            fuller, emptier = (part + added) / (whole + around), part / (whole + without)
        low = np.minimum(low, wilson(emptier, size, z=of_down)[0])
        high = np.maximum(high, wilson(fuller, size, z=of_up)[1])
        return low, high

    def _mean_size(self, whole: Numbers) -> Numbers:
        """Return the mean size of a document, each unit counting that of its own, shape (n,)."""
        sizes = np.zeros(whole.shape)
        np.divide((self.whole**2).sum(axis=0), whole, out=sizes, where=whole > 0)
        return sizes

    def _size(self, share: Numbers) -> Numbers:
        """Return the effective number of units, shape (n,)."""
        whole = self.whole.sum(axis=0)
        held = np.where(self.events, float(len(self.whole)), self.held)
        with np.errstate(invalid="ignore", divide="ignore"):
            apart = self.part - share * self.whole
            variance = held / np.maximum(held - 1, 1) * (apart**2).sum(axis=0) / whole**2
            effect = variance * whole / (share * (1 - share))
        return np.asarray(whole / np.maximum(np.nan_to_num(effect, nan=1.0, posinf=1.0), 1.0))

    def _beyond(self, what: Numbers) -> Numbers:
        """Return the degrees of freedom of an end, from the documents that have what lies beyond it."""
        count = (what > _ROUNDING).sum(axis=0).astype(np.float64)
        most = max(len(self.whole) - 1.0, 1.0)
        return np.asarray(np.minimum(np.maximum(count - 1, _FEWEST_DEGREES), most))
