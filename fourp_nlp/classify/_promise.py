"""From which probability on a code's suggestions keep a wanted precision, and how surely.

Learn-then-Test (Angelopoulos, Bates, Candès, Jordan & Lei 2021, arXiv:2110.01052): cut-offs are
hypotheses ("precision is below what was asked for"), each with a p-value from what models said of
documents that they had not seen, and those that are rejected can be promised. Three layers:

* A cut-off's p-value is the exact binomial one (Clopper & Pearson 1934). Segments of a document are
  not independent, so both counts are first divided by Kish's design effect (Kish 1965; Korn &
  Graubard 1998 for its use in Clopper-Pearson's bound).
* A code's cut-offs are tested from the strictest on by the fallback procedure (Wiens 2003; Wiens &
  Dmitrienko 2005): half of the permitted error belongs to the first, a quarter to the second, and so
  on; what a test that passes was given goes on to the next. Cut-offs are chosen by the number that
  they accept, without a look at labels.
* Codes: if R of m codes get a promise, each was tested at R/m of the permitted error. Then, of the
  promises that are made, the expected share of broken ones is within it (Benjamini & Bogomolov 2014).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import betainc, betaincinv

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

__all__ = [
    "Promise",
    "design_effect",
    "lower_bound",
    "needed",
    "p_value",
    "promise",
    "promise_without_each",
    "shared_correlation",
]

EVEN = 0.5  # what is likelier wrong than right is never accepted
PLACES = 10_000  # probabilities are told, and cut, to four places
_SMALL = 1e-9  # for counts and levels that are equal but for rounding


@dataclass(frozen=True)
class Promise:
    """What can be promised, code by code.

    Attributes
    ----------
    precision, confidence : float
        What was asked for.
    correlation : float
        Of errors within a document, all codes together.
    thresholds : ndarray, shape (n_codes,)
        Suggestions of this probability or more are accepted; nan where nothing is promised.
    judged, right : ndarray of int, shape (n_codes,)
        Out of fold, how many reach the threshold (where there is none: the lowest that could be) and
        how many of these people coded so.
    lower : ndarray, shape (n_codes,)
        Lower bound of the precision at the level at which the code was tested; nan without a promise.
    found : ndarray, shape (n_codes,)
        Share of people's codings that reach the threshold, out of fold; nan without a promise.
    reasons : list of str, length n_codes
        Why nothing is promised; empty where something is.
    """

    precision: float
    confidence: float
    correlation: float
    thresholds: Floats
    judged: NDArray[np.int64]
    right: NDArray[np.int64]
    lower: Floats
    found: Floats
    reasons: list[str]


@dataclass(frozen=True)
class _Cuts:
    """Every cut-off of one code, strictest first; all arrays of shape (n_cuts,)."""

    thresholds: Floats
    judged: NDArray[np.int64]
    right: NDArray[np.int64]
    effects: Floats
    p_values: Floats


def p_value(
    right: ArrayLike, count: ArrayLike, precision: float, effect: ArrayLike = 1.0
) -> Floats:
    """Return the chance of so many right ones, or more, if the precision were only just missed.

    The upper tail of the binomial distribution, as a regularised incomplete beta function, which
    is defined for the fractions too that a design effect leaves.

    Parameters
    ----------
    right, count : array of int
        Right ones among so many accepted.
    precision : float
        The wanted precision, between 0 and 1.
    effect : array, default 1
        Design effect; both counts are divided by it.

    Returns
    -------
    ndarray
        P-values; 1 where nothing is right.
    """
    good = np.asarray(right, dtype=float) / np.asarray(effect, dtype=float)
    bad = (np.asarray(count, dtype=float) - np.asarray(right, dtype=float)) / effect
    tail = betainc(np.maximum(good, _SMALL), bad + 1, precision)
    return np.asarray(np.where(good > 0, tail, 1.0))


def lower_bound(
    right: ArrayLike, count: ArrayLike, confidence: ArrayLike, effect: ArrayLike = 1.0
) -> Floats:
    """Return the one-sided lower bound of a share (Clopper & Pearson 1934).

    Parameters
    ----------
    right, count : array of int
        Right ones among so many.
    confidence : array
        Confidence of the bound, between 0 and 1.
    effect : array, default 1
        Design effect; both counts are divided by it (Korn & Graubard 1998).

    Returns
    -------
    ndarray
        Bounds; 0 where nothing is right.
    """
    good = np.asarray(right, dtype=float) / np.asarray(effect, dtype=float)
    bad = (np.asarray(count, dtype=float) - np.asarray(right, dtype=float)) / effect
    error = 1 - np.asarray(confidence, dtype=float)
    bound = betaincinv(np.maximum(good, _SMALL), bad + 1, error)
    return np.asarray(np.where(good > 0, bound, 0.0))


def needed(precision: float, error: float, effect: float = 1.0) -> int:
    """Return how many, all right, show a precision: error >= precision ** (count / effect).

    Parameters
    ----------
    precision : float
        The wanted precision.
    error : float
        Permitted error.
    effect : float, default 1
        Design effect.

    Returns
    -------
    int
        The number; at least 1.
    """
    return max(int(np.ceil(effect * np.log(error) / np.log(precision) - _SMALL)), 1)


def shared_correlation(
    probabilities: Floats,
    labels: NDArray[np.bool_],
    documents: NDArray[np.int64],
    thresholds: Floats,
) -> float:
    """Return the correlation of errors within a document, estimated for all codes together.

    A code alone has too few errors to show it. Among a code's suggestions, the residual is label
    minus probability, less its mean; the correlation is the sum of the products of pairs of
    one document over what it would be if their correlation were 1 (the moment estimator for
    clusters, Fleiss 1981, ch. 13, with pairs in place of sums of squares).

    Parameters
    ----------
    probabilities : ndarray, shape (n, n_codes)
        Of rows that models had not seen.
    labels : ndarray of bool, shape (n, n_codes)
        Whether the code applies.
    documents : ndarray of int, shape (n,)
        The document of each row, numbered from 0.
    thresholds : ndarray, shape (n_codes,)
        From where each code is suggested.

    Returns
    -------
    float
        Between 0 and 1; 0 if no document has two suggestions of one code.
    """
    together, at_most = 0.0, 0.0
    for column, threshold in enumerate(thresholds):
        rows = np.flatnonzero(probabilities[:, column] >= threshold)
        if not len(rows):
            continue
        residual = labels[rows, column] - probabilities[rows, column]
        residual = np.round(residual - residual.mean(), 9)  # equal ones must not differ by rounding
        own = documents[rows]
        sums, squares = np.bincount(own, residual), np.bincount(own, residual**2)
        sizes = np.bincount(own)
        together += float((sums**2 - squares).sum())
        at_most += float((residual**2).mean() * (sizes * (sizes - 1)).sum())
    return float(np.clip(together / at_most, 0, 1)) if at_most > 0 else 0.0


def design_effect(documents: NDArray[np.int64], correlation: float) -> float:
    """Return by how much clusters make a sample smaller than it looks (Kish 1965, ch. 5.4).

    ``1 + correlation * (m - 1)``, with m the size of a document's cluster as a member of it sees it:
    the sum of squared sizes over the sum of sizes.

    Parameters
    ----------
    documents : ndarray of int, shape (n,)
        The document of each accepted row.
    correlation : float
        Of errors within a document.

    Returns
    -------
    float
        1 or more.
    """
    sizes = np.bincount(documents)
    if not sizes.sum():
        return 1.0
    return float(1 + correlation * ((sizes**2).sum() / sizes.sum() - 1))


def promise(
    probabilities: Floats,
    labels: NDArray[np.bool_],
    documents: NDArray[np.int64],
    *,
    precision: float,
    confidence: float,
    thresholds: Floats,
    learned: NDArray[np.bool_],
    correct_for_documents: bool = True,
) -> Promise:
    """Find, for each code, the lowest threshold whose precision can be promised.

    Never below the code's own threshold, and never below even odds: however right the sure ones are,
    they must not carry along what is likelier wrong than right.

    Parameters
    ----------
    probabilities : ndarray, shape (n, n_codes)
        Of rows that people read, from models that had not seen their documents.
    labels : ndarray of bool, shape (n, n_codes)
        Whether people applied the code.
    documents : ndarray of int, shape (n,)
        The document of each row, numbered from 0.
    precision : float
        The wanted precision, between 0.5 and 1.
    confidence : float
        Of the promises that are made, this share is kept, in expectation.
    thresholds : ndarray, shape (n_codes,)
        From where each code is suggested.
    learned : ndarray of bool, shape (n_codes,)
        Which codes were learned from examples.
    correct_for_documents : bool, default True
        Whether to allow for the likeness of errors within a document.

    Returns
    -------
    Promise
        Thresholds, the evidence, and reasons.

    Raises
    ------
    ValueError
        If precision or confidence is not between 0.5 and 1.
    """
    for name, value in (("precision", precision), ("confidence", confidence)):
        if not 0.5 <= value < 1:
            raise ValueError(f"The {name} must be 0.5 or more and less than 1, and is {value}.")
    count = probabilities.shape[1]
    told = np.rint(np.asarray(probabilities, dtype=float) * PLACES).astype(np.int64)
    correlation = 0.0
    if correct_for_documents:
        correlation = shared_correlation(
            np.asarray(probabilities, dtype=float), labels, documents, thresholds
        )
    floors = np.ceil(np.maximum(thresholds, EVEN) * PLACES - _SMALL).astype(np.int64)
    cuts = [
        _cuts(told[:, i], labels[:, i], documents, int(floors[i]), precision, correlation)
        for i in range(count)
    ]
    alone = documents.max(initial=-1) < 1
    able = learned & ~alone
    error = (1 - confidence) / max(count, 1)
    for kept in range(int(able.sum()), -1, -1):
        level = error * max(kept, 1)
        lowest = np.array(
            [
                _lowest(own, precision, level) if able[i] and kept else -1
                for i, own in enumerate(cuts)
            ],
            dtype=np.int64,
        )
        if (lowest >= 0).sum() >= kept:
            break
    has = lowest >= 0
    # Where nothing is promised, the evidence shown is that of the lowest cut there could be.
    at = [int(lowest[i]) if has[i] else len(own.judged) - 1 for i, own in enumerate(cuts)]
    judged = np.array([own.judged[k] if k >= 0 else 0 for own, k in zip(cuts, at, strict=True)])
    right = np.array([own.right[k] if k >= 0 else 0 for own, k in zip(cuts, at, strict=True)])
    found, lower, chosen = (np.full(count, np.nan) for _ in range(3))
    positives = labels.sum(axis=0)
    for i in np.flatnonzero(has):
        chosen[i] = cuts[i].thresholds[at[i]]
        lower[i] = lower_bound(right[i], judged[i], 1 - level, cuts[i].effects[at[i]])
        found[i] = right[i] / positives[i]
    # A code more would be tested at this level.
    next_level = error * (has.sum() + 1)
    reasons = [
        ""
        if has[i]
        else _reason(
            own,
            precision,
            next_level,
            floor=floors[i] / PLACES,
            learned=bool(learned[i]),
            alone=alone,
        )
        for i, own in enumerate(cuts)
    ]
    return Promise(precision, confidence, correlation, chosen, judged, right, lower, found, reasons)


def promise_without_each(
    probabilities: Floats,
    labels: NDArray[np.bool_],
    documents: NDArray[np.int64],
    *,
    precision: float,
    confidence: float,
    thresholds: Floats,
    learned: NDArray[np.bool_],
) -> Floats:
    """Return, for each document, the thresholds that the other documents give.

    What is said of a document must not rest on its own codes, and neither must what is accepted.

    Parameters
    ----------
    probabilities, labels, documents, precision, confidence, thresholds, learned
        As for `promise`.

    Returns
    -------
    ndarray, shape (n_documents, n_codes)
        Thresholds; nan where the others give none.
    """
    made = []
    for document in range(int(documents.max(initial=-1)) + 1):
        others = documents != document
        _, numbered = np.unique(documents[others], return_inverse=True)
        made.append(
            promise(
                probabilities[others],
                labels[others],
                numbered,
                precision=precision,
                confidence=confidence,
                thresholds=thresholds,
                learned=learned,
            ).thresholds
        )
    return np.array(made).reshape(-1, len(thresholds))


def _cuts(
    told: NDArray[np.int64],
    labels: NDArray[np.bool_],
    documents: NDArray[np.int64],
    floor: int,
    precision: float,
    correlation: float,
) -> _Cuts:
    """Return every cut-off that a code's probabilities allow, from the strictest to the floor.

    A cut accepts what is above the first one left out, so that given that one, the accepted are
    a plain sample of what is above it, and their number of right ones is binomial.
    """
    rows = np.flatnonzero(told >= floor)
    rows = rows[np.argsort(-told[rows], kind="stable")]
    ordered, own = told[rows], documents[rows]
    # How many of its document stood before each row: with them the squared sizes add up.
    by_document = np.argsort(own, kind="stable")
    _, first, sizes = np.unique(own[by_document], return_index=True, return_counts=True)
    before = np.empty(len(rows), dtype=np.int64)
    before[by_document] = np.arange(len(rows)) - np.repeat(first, sizes)
    counts = np.arange(1, len(rows) + 1)
    effects = 1 + correlation * (np.cumsum(2 * before + 1) / np.maximum(counts, 1) - 1)
    following = np.append(ordered[1:] + 1, floor)[: len(rows)]
    # A cut cannot part what has one probability.
    kept = following <= ordered
    judged, right = counts[kept], np.cumsum(labels[rows].astype(np.int64))[kept]
    effects = effects[kept]
    return _Cuts(
        following[kept] / PLACES, judged, right, effects, p_value(right, judged, precision, effects)
    )


def _lowest(cuts: _Cuts, precision: float, level: float) -> int:
    """Return the place of the lowest cut that the fallback procedure lets pass, or -1.

    The first cut tried is the strictest that could pass with half of the level, each further one
    accepts twice as many, and the last is the floor, which gets what the halves leave.
    """
    if not len(cuts.judged):
        return -1
    best = np.power(precision, cuts.judged / cuts.effects)
    can = np.flatnonzero(best <= level / 2 * (1 + _SMALL))
    places = []
    if len(can):
        size = int(cuts.judged[can[0]])
        while size < cuts.judged[-1]:
            place = int(np.searchsorted(cuts.judged, size))
            places.append(place)
            size = 2 * int(cuts.judged[place])
    if not places or places[-1] < len(best) - 1:
        places.append(len(best) - 1)
    lowest, handed_on, left = -1, 0.0, level
    for place in places:
        own = left if place == places[-1] else left / 2
        left -= own
        if cuts.p_values[place] <= (own + handed_on) * (1 + _SMALL):
            lowest, handed_on = place, own + handed_on
        else:
            handed_on = 0.0
    return lowest


def _reason(
    cuts: _Cuts, precision: float, level: float, *, floor: float, learned: bool, alone: bool
) -> str:
    if not learned:
        return "learned by definition alone: no coded text to judge it on"
    if alone:
        return "fewer than two coded documents: nothing was judged out of fold"
    judged = int(cuts.judged[-1]) if len(cuts.judged) else 0
    wanted = needed(precision, level, float(cuts.effects[-1]) if judged else 1.0)
    if judged < wanted:
        return (
            f"too few: {judged} segments reach {floor:.2f} out of fold, and {wanted} would be needed, "
            "all of them right"
        )
    # The cuts that could have passed, had all been right.
    large = np.power(precision, cuts.judged / cuts.effects) <= level * (1 + _SMALL)
    shares = cuts.right[large] / cuts.judged[large]
    best = int(shares.argmax())
    right, count = int(cuts.right[large][best]), int(cuts.judged[large][best])
    if shares[best] < precision:
        return f"precision too low at every cut: at best {right} of {count} are right out of fold"
    return (
        f"not sure enough: {right} of {count} are right out of fold, which could be luck; "
        "more coded documents may show it"
    )
