"""Coefficients as functions of one share: what they would be if coders agreed more often, or less.

An interval of a share is known (`Shares`). A coefficient's interval is that of its share, carried over:
all that coders would have to agree on more often, or less often, for the coefficient to have a value
stays as it is but for that share.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from fourp_nlp.agreement.intervals.count_formulas import alpha_of
from fourp_nlp.agreement.intervals.share_intervals import Shares

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from fourp_nlp.agreement.intervals.tallies import Tallies

__all__ = ["Carried", "beside_each_other", "carried_coefficients", "carried_proportion"]

Numbers = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

_LEAST = 1e-9
_OF_ONE_CATEGORY = {"positive_agreement": 1, "negative_agreement": 0}


class Carried(NamedTuple):
    """Coefficients with the shares that they are carried by.

    Parameters
    ----------
    shares : Shares
        One share a coefficient, n of them.
    carry : callable
        Takes shares of shape (..., n), returns coefficients of shape (..., n): they rise with a share of
        agreement, and fall with one of disagreement (`Shares.events`).
    """

    shares: Shares
    carry: Callable[[Numbers], Numbers]


def beside_each_other(each: Sequence[Carried]) -> Carried:
    """Return several, each of n coefficients, as one of n times as many: those of the first item first.

    Parameters
    ----------
    each : sequence of Carried
        All of one shape.

    Returns
    -------
    Carried
        Coefficient i of carried j stands at i * len(each) + j.
    """

    def woven(arrays: Sequence[Numbers]) -> Numbers:
        made = np.stack(arrays, axis=-1)
        return made.reshape(*made.shape[:-2], made.shape[-2] * made.shape[-1])

    shares = Shares(
        woven([one.shares.part for one in each]),
        woven([one.shares.whole for one in each]),
        woven([one.shares.events.astype(np.float64) for one in each]) > 0,
    )
    count = len(each)

    def carry(values: Numbers) -> Numbers:
        parted = values.reshape(*values.shape[:-1], -1, count)
        return np.asarray(woven([one.carry(parted[..., at]) for at, one in enumerate(each)]))

    return Carried(shares, carry)


def carried_proportion(part: Numbers, whole: Numbers) -> Carried:
    """Return shares that are coefficients themselves, such as precision and recall.

    Parameters
    ----------
    part, whole : numpy.ndarray of float64, shape (n_documents, n)
        As in `Shares`.

    Returns
    -------
    Carried
        Of n shares.
    """
    n = part.shape[1]
    return Carried(Shares(part, whole, np.zeros(n, dtype=bool)), lambda values: values)


def carried_coefficients(sums: Tallies, names: Sequence[str], values: Numbers) -> Carried:
    """Return coefficients with the shares that they are carried by.

    Parameters
    ----------
    sums : Tallies
        Of shape (n_documents, n_items, width): an item is a code, or all there is.
    names : sequence of str
        Coefficients, as `FORMULAS` has them, and krippendorff_alpha, gwet_ac1, positive_agreement and
        negative_agreement (of the category 1, and 0, of two).
    values : numpy.ndarray of float64, shape (n_items, n_names)
        The coefficients of all documents together.

    Returns
    -------
    Carried
        Of n_items * n_names coefficients, those of the first item first.

    Notes
    -----
    **Coefficients that take chance from the labels** (alpha and the kappas). The share is J, agreement
    among the units that were not simply given the commonest category by everybody: of one code, the
    segments that both gave it over those that either did (Jaccard's index). Where it is J', agreed pairs
    of labels of other categories are J' / J as many as were seen, disagreeing ones (1 - J') / (1 - J)
    as many, and alpha (of kappas, Scott's pi) follows from these coincidences. The kappas part from pi by
    what they take chance to be: 1 - kappa = (1 - pi) (1 - kappa^) / (1 - pi^), a hat for what was seen.

    **Percent, AC1, Brennan-Prediger, negative agreement.** The share is d, disagreement among all pairs of
    labels, a rare event. Where it is d', disagreeing pairs are d' / d as many, agreed pairs of categories
    but the commonest stay, and the commonest has the rest; the coefficient follows.

    **Positive agreement**, 2 J / (1 + J) with J of the code; where the code is commoner than its absence, it
    is carried as negative agreement is, and that as positive agreement.

    Categories are equal or they are not: where near misses count in part, agreement is no share of units.
    """
    total = sums.total()
    made = []
    for at, name in enumerate(names):
        own = values[:, at]
        if name in _OF_DISAGREEMENT:
            made.append(_of_disagreement(sums, total, _OF_DISAGREEMENT[name], own))
        elif name in _OF_ONE_CATEGORY:
            made.append(_of_category(sums, total, _OF_ONE_CATEGORY[name], own))
        elif name == "krippendorff_alpha":
            made.append(_of_labels(sums, total, _alpha))
        else:
            made.append(_of_kappa(sums, total, own))
    return beside_each_other(made)


def _of_disagreement(
    sums: Tallies, total: Tallies, formula: Callable[[Numbers], Numbers], values: Numbers
) -> Carried:
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
    base = at(shares.value)
    wider = np.ones(base.shape)
    np.divide(1.0 - values, 1.0 - base, out=wider, where=1.0 - base > _LEAST)
    return Carried(shares, lambda share: np.asarray(1.0 - (1.0 - at(share)) * wider))


def _percent(met: Numbers) -> Numbers:
    return _over(np.einsum("...kk->...", met), met.sum(axis=(-1, -2)))


def _brennan_prediger(met: Numbers) -> Numbers:
    q = met.shape[-1]
    return 1.0 - (1.0 - _percent(met)) * (q / (q - 1) if q > 1 else np.nan)


def _gwet_ac(met: Numbers) -> Numbers:
    q = met.shape[-1]
    p = _over(met.sum(axis=-1), met.sum(axis=(-1, -2))[..., None])
    chance = (p * (1 - p)).sum(axis=-1) / (q - 1 if q > 1 else np.nan)
    return np.asarray(1.0 - (1.0 - _percent(met)) / (1.0 - chance))


def _category(met: Numbers, category: int) -> Numbers:
    return _over(met[..., category, category], met[..., category, :].sum(axis=-1))


def _over(part: Numbers, whole: Numbers) -> Numbers:
    made = np.full(np.broadcast(part, whole).shape, np.nan)
    np.divide(part, whole, out=made, where=whole > 0)
    return made


_OF_DISAGREEMENT: Mapping[str, Callable[[Numbers], Numbers]] = MappingProxyType(
    {
        "percent": _percent,
        "gwet_ac": _gwet_ac,
        "gwet_ac1": _gwet_ac,
        "brennan_prediger": _brennan_prediger,
    }
)


def _of_category(sums: Tallies, total: Tallies, category: int, values: Numbers) -> Carried:
    """Return positive agreement (of the category 1) or negative."""
    common = total.coincidences.sum(axis=-1)
    rare = common[..., category] <= common.sum(axis=-1) / 2
    part, whole = _agreed(sums, np.full(rare.shape, 1 - category))
    often = _of_disagreement(sums, total, lambda met: _category(met, category), values)
    shares = Shares(
        np.where(rare, part, often.shares.part), np.where(rare, whole, often.shares.whole), ~rare
    )

    def carry(share: Numbers) -> Numbers:
        return np.where(rare, 2 * share / (1 + share), often.carry(share))

    return Carried(shares, carry)


def _agreed(sums: Tallies, modal: Whole) -> tuple[Numbers, Numbers]:
    """Return agreement, and all there is, among units that not everybody gave the modal category."""
    met = sums.coincidences
    at = modal[None, :, None, None]
    own = np.take_along_axis(np.take_along_axis(met, at, axis=-2), at, axis=-1)[..., 0, 0]
    part = (np.einsum("...kk->...", met) - own) / 2
    return np.maximum(part, 0.0), np.maximum((met.sum(axis=(-1, -2)) - own) / 2, 0.0)


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
    made = np.zeros(chosen.shape)
    np.divide(chosen, whole, out=made, where=whole > 0)
    return made


def _of_labels(sums: Tallies, total: Tallies, coefficient: Callable[[Numbers], Numbers]) -> Carried:
    """Return a coefficient of coincidences."""
    modal = total.coincidences.sum(axis=-1).argmax(axis=-1)
    part, whole = _agreed(sums, modal)
    pattern = _pattern(total, modal)
    shares = Shares(part, whole, np.zeros(len(modal), dtype=bool))
    return Carried(shares, lambda share: coefficient(pattern.at(share)))


def _alpha(met: Numbers) -> Numbers:
    return alpha_of(met, np.arange(met.shape[-1], dtype=np.float64))


def _pi(met: Numbers) -> Numbers:
    """Return Scott's pi of coincidences: alpha without its correction for small samples."""
    n = met.sum(axis=(-1, -2))
    factor = np.ones(n.shape)
    np.divide(n, n - 1, out=factor, where=n > 1)
    return np.asarray(1.0 - (1.0 - _alpha(met)) * factor)


def _of_kappa(sums: Tallies, total: Tallies, values: Numbers) -> Carried:
    own = _of_labels(sums, total, _pi)
    base = _pi(total.coincidences)
    wider = np.ones(base.shape)
    np.divide(1.0 - values, 1.0 - base, out=wider, where=1.0 - base > _LEAST)
    return Carried(own.shares, lambda share: np.asarray(1.0 - (1.0 - own.carry(share)) * wider))
