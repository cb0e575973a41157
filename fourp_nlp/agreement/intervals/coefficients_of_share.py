"""Coefficients as functions of one share: their value if coders agreed more often, or less often.

`Shares` gives the interval of a share. The interval of a coefficient follows from it: the share
takes the value at either end of its interval, everything else stays as observed, and the
coefficient is computed anew.

**Coefficients that take chance from the labels** (alpha and the kappas: `from_labels`, `from_pi`).
The share is J, agreement among the units that not everybody gave the commonest category: of one
code, the segments that both gave it over those that either did (Jaccard's index). Where it is J',
agreed pairs of labels of other categories are J' / J as many as were seen, disagreeing ones
(1 - J') / (1 - J) as many, and alpha (of kappas, Scott's pi) follows from these coincidences. The
kappas differ from pi by what they take chance to be: 1 - kappa = (1 - pi) (1 - kappa^) / (1 - pi^),
a hat for what was seen.

**Percent agreement, AC1, Brennan-Prediger, negative agreement** (`from_disagreement`). The share is d,
disagreement among all pairs of labels, a rare event. Where it is d', disagreeing pairs are d' / d as
many, agreed pairs of all categories but the commonest stay, and the commonest has the rest.

**Positive agreement** (`from_category`), 2 J / (1 + J) with J of the code; where the code is commoner
than its absence, it is computed as negative agreement is, and that as positive agreement.

**Precision and recall** (`from_precision`, `from_recall`) are such shares themselves.

Categories are equal or they are not: where near misses count in part, agreement is no share of units.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from fourp_nlp.agreement.intervals.count_formulas import alpha_of, share_of
from fourp_nlp.agreement.intervals.share_intervals import Shares

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fourp_nlp.agreement.intervals.tallies import Tallies

__all__ = [
    "FromShare",
    "OfShares",
    "brennan_prediger_of_coincidences",
    "from_category",
    "from_disagreement",
    "from_labels",
    "from_pi",
    "from_precision",
    "from_recall",
    "gwet_ac_of_coincidences",
    "interleave",
    "krippendorff_alpha_of_coincidences",
    "percent_of_coincidences",
]

Numbers = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

_LEAST = 1e-9


class OfShares(NamedTuple):
    """Coefficients as functions of shares.

    Parameters
    ----------
    shares : Shares
        One share for each coefficient, n of them.
    at : callable
        Takes shares of shape (..., n), returns coefficients of shape (..., n): they rise with a share of
        agreement, and fall with one of disagreement (`Shares.events`).
    """

    shares: Shares
    at: Callable[[Numbers], Numbers]


FromShare = Callable[["Tallies", "Tallies", Numbers], OfShares]
"""Coefficients as functions of shares, from the sums of each document, those of all, and their values."""


def interleave(several: Sequence[OfShares]) -> OfShares:
    """Return several, each of n coefficients, as one of n times as many: those of the first item first.

    Parameters
    ----------
    several : sequence of OfShares
        All of one shape.

    Returns
    -------
    OfShares
        Coefficient i of number j stands at i * len(several) + j.
    """

    def woven(arrays: Sequence[Numbers]) -> Numbers:
        stacked = np.stack(arrays, axis=-1)
        return stacked.reshape(*stacked.shape[:-2], stacked.shape[-2] * stacked.shape[-1])

    shares = Shares(
        woven([one.shares.part for one in several]),
        woven([one.shares.whole for one in several]),
        woven([one.shares.events.astype(np.float64) for one in several]) > 0,
    )
    count = len(several)

    def at(values: Numbers) -> Numbers:
        parted = values.reshape(*values.shape[:-1], -1, count)
        return np.asarray(
            woven([one.at(parted[..., number]) for number, one in enumerate(several)])
        )

    return OfShares(shares, at)


def from_precision(sums: Tallies, total: Tallies, values: Numbers) -> OfShares:
    """Return precision as the share of the second coder's codes that the first gave too."""
    del total, values
    return _proportion(sums.table[..., 1, 1], sums.table[..., :, 1].sum(axis=-1))


def from_recall(sums: Tallies, total: Tallies, values: Numbers) -> OfShares:
    """Return recall as the share of the first coder's codes that the second gave too."""
    del total, values
    return _proportion(sums.table[..., 1, 1], sums.table[..., 1, :].sum(axis=-1))


def _proportion(part: Numbers, whole: Numbers) -> OfShares:
    no_events = np.zeros(part.shape[1], dtype=bool)
    return OfShares(Shares(part, whole, no_events), lambda shares: shares)


def from_disagreement(formula: Callable[[Numbers], Numbers]) -> FromShare:
    """Return how a coefficient of coincidences follows from the share of disagreement.

    Parameters
    ----------
    formula : callable
        Takes coincidences of shape (..., q, q), returns coefficients of shape (...).

    Returns
    -------
    callable
        Takes the sums of each document, of shape (n_documents, n_items, width), those of all documents
        together and their coefficients, of shape (n_items,); returns n_items coefficients as functions
        of shares.
    """

    def from_share(sums: Tallies, total: Tallies, values: Numbers) -> OfShares:
        return _of_disagreement(sums, total, formula, values)

    return from_share


def from_category(category: int) -> FromShare:
    """Return how positive agreement (of the category 1) or negative (of 0) follows from a share.

    Parameters
    ----------
    category : int
        The category.

    Returns
    -------
    callable
        As `from_disagreement`.
    """

    def from_share(sums: Tallies, total: Tallies, values: Numbers) -> OfShares:
        return _of_category(sums, total, category, values)

    return from_share


def from_labels(formula: Callable[[Numbers], Numbers]) -> FromShare:
    """Return how a coefficient of coincidences follows from agreement apart from the commonest category.

    Parameters
    ----------
    formula : callable
        Takes coincidences of shape (..., q, q), returns coefficients of shape (...).

    Returns
    -------
    callable
        As `from_disagreement`.
    """

    def from_share(sums: Tallies, total: Tallies, values: Numbers) -> OfShares:
        del values
        return _of_labels(sums, total, formula)

    return from_share


def from_pi(sums: Tallies, total: Tallies, values: Numbers) -> OfShares:
    """Return coefficients that differ from Scott's pi by what they take chance to be.

    Parameters
    ----------
    sums : Tallies
        Of each document, of shape (n_documents, n_items, width).
    total : Tallies
        Of all documents together.
    values : numpy.ndarray of float64, shape (n_items,)
        The coefficients of all documents together.

    Returns
    -------
    OfShares
        Of n_items coefficients.
    """
    pi = _of_labels(sums, total, _pi)
    return OfShares(pi.shares, _scaled(pi.at, _pi(total.coincidences), values))


def _scaled(
    at: Callable[[Numbers], Numbers], observed: Numbers, values: Numbers
) -> Callable[[Numbers], Numbers]:
    """Return 1 less disagreement scaled so that what was observed is what the coefficients are."""
    factor = np.ones(observed.shape)
    np.divide(1.0 - values, 1.0 - observed, out=factor, where=1.0 - observed > _LEAST)
    return lambda shares: np.asarray(1.0 - (1.0 - at(shares)) * factor)


def _of_disagreement(
    sums: Tallies, total: Tallies, formula: Callable[[Numbers], Numbers], values: Numbers
) -> OfShares:
    met, q = total.coincidences, total.n_categories
    modal = met.sum(axis=-1).argmax(axis=-1)
    diagonal = np.eye(q, dtype=bool)
    is_modal = np.arange(q) == modal[:, None]
    in_modal = is_modal[:, :, None] & is_modal[:, None, :]
    labels = met.sum(axis=(-1, -2))[:, None, None]
    likely = met.sum(axis=-1)[:, :, None] * is_modal[:, None, :]
    # Where nobody disagreed, it is with the commonest category that others would be taken for.
    guess = np.where(diagonal, 0.0, likely + np.swapaxes(likely, 1, 2))
    guess = np.where(guess.sum(axis=(-1, -2), keepdims=True) > 0, guess, 1.0 - diagonal)
    disagreed = labels * _spread(np.where(diagonal, 0.0, met), guess)
    agreed = np.where(diagonal & ~in_modal, met, 0.0)

    def at(share: Numbers) -> Numbers:
        events = share[..., None, None] * disagreed
        rest = np.maximum(labels - agreed.sum(axis=(-1, -2), keepdims=True), 0.0)
        left = np.maximum(rest - events.sum(axis=(-1, -2), keepdims=True), 0.0)
        return formula(agreed + events + np.where(in_modal, left, 0.0))

    shares = Shares(sums.disagreement, sums.paired, np.ones(len(modal), dtype=bool))
    return OfShares(shares, _scaled(at, at(shares.value), values))


def percent_of_coincidences(met: Numbers) -> Numbers:
    """Return percent agreement of coincidences of shape (..., q, q)."""
    return share_of(np.einsum("...kk->...", met), met.sum(axis=(-1, -2)))


def brennan_prediger_of_coincidences(met: Numbers) -> Numbers:
    """Return the coefficient of Brennan and Prediger of coincidences of shape (..., q, q)."""
    q = met.shape[-1]
    return 1.0 - (1.0 - percent_of_coincidences(met)) * (q / (q - 1) if q > 1 else np.nan)


def gwet_ac_of_coincidences(met: Numbers) -> Numbers:
    """Return AC1 of coincidences of shape (..., q, q)."""
    q = met.shape[-1]
    p = share_of(met.sum(axis=-1), met.sum(axis=(-1, -2))[..., None])
    chance = (p * (1 - p)).sum(axis=-1) / (q - 1 if q > 1 else np.nan)
    return np.asarray(1.0 - (1.0 - percent_of_coincidences(met)) / (1.0 - chance))


def _category(met: Numbers, category: int) -> Numbers:
    return share_of(met[..., category, category], met[..., category, :].sum(axis=-1))


def _of_category(sums: Tallies, total: Tallies, category: int, values: Numbers) -> OfShares:
    """Return positive agreement (of the category 1) or negative."""
    common = total.coincidences.sum(axis=-1)
    rare = common[..., category] <= common.sum(axis=-1) / 2
    part, whole = _agreed(sums, np.full(rare.shape, 1 - category))
    often = _of_disagreement(sums, total, lambda met: _category(met, category), values)
    shares = Shares(
        np.where(rare, part, often.shares.part), np.where(rare, whole, often.shares.whole), ~rare
    )

    def at(share: Numbers) -> Numbers:
        return np.where(rare, 2 * share / (1 + share), often.at(share))

    return OfShares(shares, at)


def _agreed(sums: Tallies, modal: Whole) -> tuple[Numbers, Numbers]:
    """Return agreement, and all there is, among units that not everybody gave the modal category."""
    met = sums.coincidences
    at = modal[None, :, None, None]
    commonest = np.take_along_axis(np.take_along_axis(met, at, axis=-2), at, axis=-1)[..., 0, 0]
    part = (np.einsum("...kk->...", met) - commonest) / 2
    return np.maximum(part, 0.0), np.maximum((met.sum(axis=(-1, -2)) - commonest) / 2, 0.0)


class _Pattern(NamedTuple):
    """Coincidences as a function of the share of agreement.

    Parameters
    ----------
    fixed : numpy.ndarray of float64, shape (n, q, q)
        What does not change: the commonest category met with itself.
    agreed, disagreed : numpy.ndarray of float64, shape (n, q, q)
        How all that changes is spread if all of it is agreement, and if none is.
    """

    fixed: Numbers
    agreed: Numbers
    disagreed: Numbers

    def at(self, share: Numbers) -> Numbers:
        """Return coincidences at shares of shape (..., n), shape (..., n, q, q)."""
        exact = share[..., None, None]
        return np.asarray(self.fixed + exact * self.agreed + (1 - exact) * self.disagreed)


def _pattern(total: Tallies, modal: Whole) -> _Pattern:
    met, q = total.coincidences, total.n_categories
    diagonal = np.eye(q, dtype=bool)
    is_modal = np.arange(q) == modal[:, None]
    fixed = met * (is_modal[:, :, None] & is_modal[:, None, :])
    changing = (met - fixed).sum(axis=(-1, -2))[:, None, None]
    agreed, off = np.where(diagonal, met - fixed, 0.0), np.where(diagonal, 0.0, met)
    # Where nothing was agreed on (or nothing not), it is spread as the categories are.
    likely = np.where(is_modal, 0.0, met.sum(axis=-1))
    astray = likely[:, :, None] * is_modal[:, None, :]
    return _Pattern(
        fixed,
        changing * _spread(agreed, likely[:, :, None] * diagonal),
        changing * _spread(off, astray + np.swapaxes(astray, 1, 2)),
    )


def _spread(counts: Numbers, otherwise: Numbers) -> Numbers:
    """Return counts as shares of their sum, or others where there are none."""
    chosen = np.where(counts.sum(axis=(-1, -2), keepdims=True) > _LEAST, counts, otherwise)
    whole = chosen.sum(axis=(-1, -2), keepdims=True)
    shares = np.zeros(chosen.shape)
    np.divide(chosen, whole, out=shares, where=whole > 0)
    return shares


def _of_labels(
    sums: Tallies, total: Tallies, coefficient: Callable[[Numbers], Numbers]
) -> OfShares:
    """Return a coefficient of coincidences."""
    modal = total.coincidences.sum(axis=-1).argmax(axis=-1)
    part, whole = _agreed(sums, modal)
    pattern = _pattern(total, modal)
    shares = Shares(part, whole, np.zeros(len(modal), dtype=bool))
    return OfShares(shares, lambda share: coefficient(pattern.at(share)))


def krippendorff_alpha_of_coincidences(met: Numbers) -> Numbers:
    """Return Krippendorff's alpha of coincidences of shape (..., q, q)."""
    return alpha_of(met, np.arange(met.shape[-1], dtype=np.float64))


def _pi(met: Numbers) -> Numbers:
    """Return Scott's pi of coincidences: alpha without its correction for small samples."""
    n = met.sum(axis=(-1, -2))
    factor = np.ones(n.shape)
    np.divide(n, n - 1, out=factor, where=n > 1)
    return np.asarray(1.0 - (1.0 - krippendorff_alpha_of_coincidences(met)) * factor)
