"""Precision guarantee: the lowest threshold of each code that keeps a wanted precision.

The method is Learn-then-Test (Angelopoulos, Bates, Candès, Jordan & Lei 2025). Each cut-off is a hypothesis
("precision is below the wanted one") with a p-value from out-of-fold predictions. Rejected hypotheses give
guarantees. The family-wise error is controlled: over studies, the chance that any guarantee of a study is
broken, however codes depend on each other.

* A cut-off's p-value is the exact binomial one (Clopper & Pearson 1934). Segments of a document are
  not independent, so both counts are first divided by Kish's design effect (Kish 1965), and as the
  likeness within documents is estimated from few of them, the normal deviate that belongs to the
  p-value is read as Student's t with as many degrees of freedom as documents less one (Korn &
  Graubard 1998 do both in Clopper and Pearson's bound).
* The cut-offs of a code are tested in sequence. The first is the one with the highest expected lower bound if
  probabilities are right. Lower ones follow, each of which accepts half as many again, until one fails.
* The permitted error is divided among codes by weight: more for codes with higher expected bounds. What a
  code no longer needs goes to the others. This is Holm's procedure with weights, as sequential rejection
  (Goeman & Solari 2010).

Order, cut-offs and weights depend only on probabilities and documents: not on labels, and not on the wanted
precision or confidence. So a lower demand never accepts fewer suggestions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import betainc, betaincinv, stdtr, stdtrit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

__all__ = [
    "PrecisionGuarantee",
    "design_effects",
    "guarantee_precision",
    "guarantee_without_each_document",
    "lower_bound",
    "needed",
    "p_value",
    "shared_correlation",
]

EVEN = 0.5  # what is likelier wrong than right is never accepted
PLACES = 10_000  # probabilities are told, and cut, to four places
_SMALL = 1e-9  # for counts and levels that are equal but for rounding
_STEP = 1.5  # each cut accepts so many times as many as the one before
_EXPECTED = 0.03  # error at which the expected bounds of cuts are compared
_RANKS = 2.0  # weights fall with the rank of a code to this power
_LATER = 0.2  # weight that a code keeps for its lower cuts when the first has passed
_ROUNDS = 4  # of variance and correlation, which depend on each other
_HALVINGS = 16  # of the place where evidence becomes enough
_MANY = 20.0  # times the evidence there is: more is no advice


@dataclass(frozen=True)
class PrecisionGuarantee:
    """The precision that can be guaranteed, code by code.

    Attributes
    ----------
    precision, confidence : float
        What was asked for.
    correlation : float
        Of errors within a document, all codes together.
    thresholds : ndarray, shape (n_codes,)
        Suggestions of this probability or more are accepted; nan where nothing is guaranteed.
    n, true_positives : ndarray of int, shape (n_codes,)
        Out of fold, how many segments reach the threshold (where there is none: the lowest that could be),
        and to how many of these people gave the code.
    documents, largest : ndarray of int, shape (n_codes,)
        In how many documents these are, and how many are in the one that has most of them.
    lower : ndarray, shape (n_codes,)
        Lower bound of the precision at the level at which the code was tested; nan without a guarantee.
    recall : ndarray, shape (n_codes,)
        Share of people's codings that reach the threshold, out of fold; nan without a guarantee.
    reasons : list of str, length n_codes
        Why nothing is guaranteed; empty where something is.
    """

    precision: float
    confidence: float
    correlation: float
    thresholds: Floats
    n: NDArray[np.int64]
    true_positives: NDArray[np.int64]
    documents: NDArray[np.int64]
    largest: NDArray[np.int64]
    lower: Floats
    recall: Floats
    reasons: list[str]


@dataclass(frozen=True)
class _Cuts:
    """Every cut-off of one code, strictest first; all arrays of shape (n_cuts,).

    `expected` is the sum of the probabilities accepted, `effects` the design effects; `chain` holds
    the places of the cuts that are tested, in order.
    """

    thresholds: Floats
    n: NDArray[np.int64]
    true_positives: NDArray[np.int64]
    documents: NDArray[np.int64]
    largest: NDArray[np.int64]
    effects: Floats
    bound: float
    chain: NDArray[np.int64]

    def p_values(self, places: NDArray[np.int64], precision: float) -> Floats:
        """Return the p-values of some cuts."""
        return p_value(
            self.true_positives[places],
            self.n[places],
            precision,
            self.effects[places],
            self.documents[places],
        )


def p_value(
    true_positives: ArrayLike,
    n: ArrayLike,
    precision: float,
    effect: ArrayLike = 1.0,
    documents: ArrayLike | None = None,
) -> Floats:
    """Return the probability of at least as many true positives, if the precision were just below the target.

    The upper tail of the binomial distribution, as a regularised incomplete beta function, which
    is also defined for the fractional counts that a design effect gives.

    Parameters
    ----------
    true_positives, n : array of int
        Number of accepted segments with the code, and of all accepted segments.
    precision : float
        The wanted precision, between 0 and 1.
    effect : array, default 1
        Design effect; both counts are divided by it.
    documents : array of int, optional
        In how many documents they are. Student's t with ``n - 1`` degrees of freedom whose tail is
        the binomial's is then one with ``documents - 1`` (after Korn & Graubard 1998): the same where
        each is in a document of its own, and 1 where all are in one.

    Returns
    -------
    ndarray
        P-values; 1 without true positives.
    """
    of = np.asarray(n, dtype=float)
    good = np.asarray(true_positives, dtype=float) / np.asarray(effect, dtype=float)
    bad = (of - np.asarray(true_positives, dtype=float)) / effect
    tail = np.where(good > 0, betainc(np.maximum(good, _SMALL), bad + 1, precision), 1.0)
    if documents is None:
        return np.asarray(tail)
    return np.asarray(np.where(np.greater(documents, 1), _as_if(tail, of, documents), 1.0))


def lower_bound(
    true_positives: ArrayLike,
    n: ArrayLike,
    confidence: ArrayLike,
    effect: ArrayLike = 1.0,
    documents: ArrayLike | None = None,
) -> Floats:
    """Return the one-sided lower bound of a share (Clopper & Pearson 1934).

    Parameters
    ----------
    true_positives, n : array of int
        Number of segments with the code, and of all segments.
    confidence : array
        Confidence of the bound, between 0 and 1.
    effect : array, default 1
        Design effect; both counts are divided by it (Korn & Graubard 1998).
    documents : array of int, optional
        In how many documents they are: the share below which `p_value` is the error.

    Returns
    -------
    ndarray
        Bounds; 0 without true positives.
    """
    of = np.asarray(n, dtype=float)
    good = np.asarray(true_positives, dtype=float) / np.asarray(effect, dtype=float)
    bad = (of - np.asarray(true_positives, dtype=float)) / effect
    error = 1 - np.asarray(confidence, dtype=float)
    has_evidence = good > 0
    if documents is not None:
        has_evidence = has_evidence & np.greater(documents, 1)
        error = _as_if(error, documents, of)
    bound = betaincinv(np.maximum(good, _SMALL), bad + 1, error)
    return np.asarray(np.where(has_evidence, bound, 0.0))


def _as_if(tail: ArrayLike, those: ArrayLike, these: ArrayLike) -> Floats:
    """Return the tail of a deviate with as many degrees of freedom as these have, known from those."""
    known_freedom, freedom = (
        np.maximum(np.asarray(of, dtype=float) - 1, 1.0) for of in (those, these)
    )
    return np.where(known_freedom == freedom, tail, stdtr(freedom, stdtrit(known_freedom, tail)))


def needed(precision: float, error: float) -> int:
    """Return how many, all right, show a precision: error >= precision ** count.

    Parameters
    ----------
    precision : float
        The wanted precision.
    error : float
        Permitted error.

    Returns
    -------
    int
        The number; at least 1.
    """
    return max(int(np.ceil(np.log(error) / np.log(precision) - _SMALL)), 1)


def shared_correlation(
    probabilities: Floats,
    labels: NDArray[np.bool_],
    documents: NDArray[np.int64],
    thresholds: Floats,
) -> float:
    """Return the correlation of errors within a document, estimated for all codes together.

    A code alone has too few errors to show it. Among a code's suggestions, the residual is label
    minus probability, less its mean. The products of pairs of one document are added up over all codes,
    and the correlation is the one that makes their expected sum what it is (a moment estimator for
    clusters, Fleiss 1981, ch. 13; that residuals have their own mean taken away is allowed for, so
    that few documents do not look less alike than they are).

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
    made = []
    for column, threshold in enumerate(thresholds):
        rows = np.flatnonzero(probabilities[:, column] >= threshold)
        if len(rows) < 2:
            continue
        residual = labels[rows, column] - probabilities[rows, column]
        residual = np.round(residual - residual.mean(), 9)  # equal ones must not differ by rounding
        own = documents[rows]
        sums, squares = np.bincount(own, residual), np.bincount(own, residual**2)
        sizes = np.bincount(own).astype(float)
        size = (sizes**2).sum() / len(rows)  # of a document as a member of it sees it
        # What the sum of products is expected to be, by correlation: pairs, less what the mean takes.
        slope = (
            len(rows) * (size - 1)
            - 2 * (sizes**2 * (sizes - 1)).sum() / len(rows)
            + (size - 1) * (size + 1)
        )
        made.append(((sums**2 - squares).sum(), squares.sum(), len(rows), size - 1, slope))
    if not made:
        return 0.0
    products, total, count, pair_sizes, slopes = np.array(made).T
    correlation = 0.0
    for _ in range(_ROUNDS):
        variance = total / np.maximum(count - 1 - correlation * pair_sizes, 1)
        at_most = float((variance * slopes).sum())
        if at_most <= 0:
            return 0.0
        together = float((products + variance * pair_sizes).sum())
        correlation = float(np.clip(together / at_most, 0, 1))
    return correlation


def design_effects(places: NDArray[np.int64], correlation: float) -> Floats:
    """Return by how much clusters make a sample smaller than it looks (Kish 1965, ch. 5.4).

    ``1 + correlation * (m - 1)``, with m the size of a document's cluster as a member of it sees it:
    the sum of squared sizes over the sum of sizes.

    Parameters
    ----------
    places : ndarray of int, shape (n,)
        How many rows of its document are accepted before each row.
    correlation : float
        Of errors within a document.

    Returns
    -------
    ndarray, shape (n,)
        The effect for the first row, the first two, and so on; 1 or more.
    """
    # Of a cluster that grows by one row, the squared size grows by 2 * place + 1.
    counts = np.arange(1, len(places) + 1)
    return np.asarray(1 + correlation * (np.cumsum(2 * places + 1) / counts - 1))


def guarantee_precision(
    probabilities: Floats,
    labels: NDArray[np.bool_],
    documents: NDArray[np.int64],
    *,
    precision: float,
    confidence: float,
    thresholds: Floats,
    learned: NDArray[np.bool_],
    correct_for_documents: bool = True,
) -> PrecisionGuarantee:
    """Find, for each code, the lowest threshold whose precision can be guaranteed.

    It is never below the code's own threshold and never below 0.5: suggestions that are more likely wrong
    than right must not be accepted along with sure ones.

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
        At least this is the chance, over studies, that all guarantees of a study hold.
    thresholds : ndarray, shape (n_codes,)
        From where each code is suggested.
    learned : ndarray of bool, shape (n_codes,)
        Which codes were learned from examples.
    correct_for_documents : bool, default True
        Whether to allow for the likeness of errors within a document.

    Returns
    -------
    PrecisionGuarantee
        Thresholds, the evidence, and reasons.

    Raises
    ------
    ValueError
        If precision or confidence is not between 0.5 and 1.

    Examples
    --------
    >>> import numpy as np
    >>> probabilities = np.repeat([0.95, 0.6], 100)[:, None]
    >>> labels = np.repeat([True, False], 100)[:, None]
    >>> guarantee = guarantee_precision(
    ...     probabilities,
    ...     labels,
    ...     np.arange(200),
    ...     precision=0.9,
    ...     confidence=0.9,
    ...     thresholds=np.array([0.5]),
    ...     learned=np.array([True]),
    ... )
    >>> float(guarantee.thresholds[0]), int(guarantee.true_positives[0]), int(guarantee.n[0])
    (0.6001, 100, 100)
    >>> round(float(guarantee.lower[0]), 2), float(guarantee.recall[0])
    (0.98, 1.0)
    """
    cuts, lowest, levels, correlation = _search(
        probabilities,
        labels,
        documents,
        precision=precision,
        confidence=confidence,
        thresholds=thresholds,
        learned=learned,
        correct_for_documents=correct_for_documents,
    )
    count = len(cuts)
    has = lowest >= 0
    # Without a guarantee, the evidence shown is that of the lowest possible cut.
    at = [int(lowest[i]) if has[i] else len(code_cuts.n) - 1 for i, code_cuts in enumerate(cuts)]

    def evidence_of(name: str) -> NDArray[np.int64]:
        return np.array(
            [
                getattr(code_cuts, name)[k] if k >= 0 else 0
                for code_cuts, k in zip(cuts, at, strict=True)
            ],
            dtype=np.int64,
        )

    n, true_positives, document_counts = (
        evidence_of("n"),
        evidence_of("true_positives"),
        evidence_of("documents"),
    )
    recall, lower, chosen = (np.full(count, np.nan) for _ in range(3))
    positives = labels.sum(axis=0)
    for i in np.flatnonzero(has):
        chosen[i] = cuts[i].thresholds[at[i]]
        effect = cuts[i].effects[at[i]]
        lower[i] = lower_bound(true_positives[i], n[i], 1 - levels[i], effect, document_counts[i])
        recall[i] = true_positives[i] / positives[i]
    coded = len(np.unique(documents))
    reasons = [
        ""
        if has[i]
        else _reason(
            code_cuts,
            precision,
            levels[i],
            floor=max(float(thresholds[i]), EVEN),
            learned=bool(learned[i]),
            coded=coded,
        )
        for i, code_cuts in enumerate(cuts)
    ]
    return PrecisionGuarantee(
        precision=precision,
        confidence=confidence,
        correlation=correlation,
        thresholds=chosen,
        n=n,
        true_positives=true_positives,
        documents=document_counts,
        largest=evidence_of("largest"),
        lower=lower,
        recall=recall,
        reasons=reasons,
    )


def guarantee_without_each_document(
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

    Neither predictions for a document nor what is accepted in it may depend on its own codes.

    Parameters
    ----------
    probabilities, labels, documents, precision, confidence, thresholds, learned
        As for `guarantee_precision`.

    Returns
    -------
    ndarray, shape (n_documents, n_codes)
        Thresholds; nan where the others give none.

    Examples
    --------
    >>> import numpy as np
    >>> thresholds = guarantee_without_each_document(
    ...     np.full((60, 1), 0.95),
    ...     np.ones((60, 1), dtype=bool),
    ...     np.arange(60) // 20,
    ...     precision=0.5,
    ...     confidence=0.6,
    ...     thresholds=np.array([0.5]),
    ...     learned=np.array([True]),
    ... )
    >>> thresholds.shape
    (3, 1)
    """
    thresholds_by_document = []
    for document in range(int(documents.max(initial=-1)) + 1):
        others = documents != document
        _, numbered = np.unique(documents[others], return_inverse=True)
        cuts, lowest, _, _ = _search(
            probabilities[others],
            labels[others],
            numbered,
            precision=precision,
            confidence=confidence,
            thresholds=thresholds,
            learned=learned,
        )
        thresholds_by_document.append(
            [
                code_cuts.thresholds[place] if place >= 0 else np.nan
                for code_cuts, place in zip(cuts, lowest, strict=True)
            ]
        )
    return np.array(thresholds_by_document).reshape(-1, len(thresholds))


def _search(
    probabilities: Floats,
    labels: NDArray[np.bool_],
    documents: NDArray[np.int64],
    *,
    precision: float,
    confidence: float,
    thresholds: Floats,
    learned: NDArray[np.bool_],
    correct_for_documents: bool = True,
) -> tuple[list[_Cuts], NDArray[np.int64], Floats, float]:
    """Return the cuts of each code, which of them passed last at which level, and the correlation."""
    for name, value in (("precision", precision), ("confidence", confidence)):
        if not 0.5 <= value < 1:
            raise ValueError(f"The {name} must be 0.5 or more and less than 1, and is {value}.")
    count = probabilities.shape[1]
    rounded = np.rint(np.asarray(probabilities, dtype=float) * PLACES).astype(np.int64)
    correlation = 0.0
    if correct_for_documents:
        correlation = shared_correlation(
            np.asarray(probabilities, dtype=float), labels, documents, thresholds
        )
    floors = np.ceil(np.maximum(thresholds, EVEN) * PLACES - _SMALL).astype(np.int64)
    cuts = [
        _cuts(rounded[:, i], labels[:, i], documents, int(floors[i]), correlation)
        for i in range(count)
    ]
    several = documents.max(initial=-1) >= 1
    able = np.array([bool(learned[i]) and several and len(cuts[i].n) > 0 for i in range(count)])
    lowest, levels = _tested(cuts, able, precision, 1 - confidence)
    return cuts, lowest, levels, correlation


def _cuts(
    rounded: NDArray[np.int64],
    labels: NDArray[np.bool_],
    documents: NDArray[np.int64],
    floor: int,
    correlation: float,
) -> _Cuts:
    """Return every cut-off that a code's probabilities allow, from the strictest to the floor.

    A cut accepts what is above the first one left out, so that given that one, the accepted are
    a plain sample of what is above it, and their number of right ones is binomial.
    """
    rows = np.flatnonzero(rounded >= floor)
    rows = rows[np.argsort(-rounded[rows], kind="stable")]
    ordered, row_documents = rounded[rows], documents[rows]
    # How many of its document stood before each row.
    by_document = np.argsort(row_documents, kind="stable")
    _, first, sizes = np.unique(row_documents[by_document], return_index=True, return_counts=True)
    before = np.empty(len(rows), dtype=np.int64)
    before[by_document] = np.arange(len(rows)) - np.repeat(first, sizes)
    counts = np.arange(1, len(rows) + 1)
    following = np.append(ordered[1:] + 1, floor)[: len(rows)]
    # A cut cannot part what has one probability.
    separable = following <= ordered
    n, effects = counts[separable], design_effects(before, correlation)[separable]
    document_counts = np.cumsum(before == 0)[separable]
    expected = np.cumsum(ordered)[separable] / PLACES
    # The bound that would be shown if as many were right as the machine itself expects.
    bounds = lower_bound(expected, n, 1 - _EXPECTED, effects, document_counts)
    start = int(bounds.argmax()) if len(bounds) else 0
    return _Cuts(
        thresholds=following[separable] / PLACES,
        n=n,
        true_positives=np.cumsum(labels[rows].astype(np.int64))[separable],
        documents=document_counts,
        largest=np.maximum.accumulate(before + 1)[separable] if len(rows) else n,
        effects=effects,
        bound=float(bounds[start]) if len(bounds) else 0.0,
        chain=_chain(n, start),
    )


def _chain(n: NDArray[np.int64], start: int) -> NDArray[np.int64]:
    """Return the places of the cuts that are tested: from the first on, each half as many again."""
    places = [start] if len(n) else []
    while places and places[-1] < len(n) - 1:
        place = int(np.searchsorted(n, _STEP * n[places[-1]]))
        places.append(min(place, len(n) - 1))
    return np.array(places, dtype=np.int64)


def _tested(
    cuts: Sequence[_Cuts], able: NDArray[np.bool_], precision: float, error: float
) -> tuple[NDArray[np.int64], Floats]:
    """Test the codes' cut-offs one after the other, and return what passed.

    Parameters
    ----------
    cuts : sequence of _Cuts, length n_codes
        Of each code.
    able : ndarray of bool, shape (n_codes,)
        Which codes are tested at all.
    precision : float
        The wanted precision.
    error : float
        Permitted chance that any cut passes whose precision is lower.

    Returns
    -------
    lowest : ndarray of int, shape (n_codes,)
        The lowest cut that passed; -1 where none did.
    levels : ndarray, shape (n_codes,)
        The error at which that cut passed, or at which the first one failed.
    """
    count = len(cuts)
    lowest, levels = np.full(count, -1, dtype=np.int64), np.zeros(count)
    tested = np.flatnonzero(able)
    values = {i: cuts[i].p_values(cuts[i].chain, precision) for i in tested.tolist()}
    bounds = np.array([cuts[i].bound for i in tested.tolist()])
    above = (bounds[None, :] > bounds[:, None] + _SMALL).sum(axis=1)
    equal = (np.abs(bounds[None, :] - bounds[:, None]) <= _SMALL).sum(axis=1)
    weights = np.zeros(count)
    weights[tested] = ((1 + equal) / 2 + above) ** -_RANKS
    passed = np.zeros(count, dtype=np.int64)  # cuts, by code
    lengths = np.array([len(share_weights.chain) for share_weights in cuts])
    while True:
        active = able & (passed < lengths)
        if not active.any():
            break
        share_weights = np.where(active, weights * np.where(passed > 0, _LATER, 1.0), 0.0)
        shares = error * share_weights / share_weights.sum()
        ahead = [
            i
            for i in np.flatnonzero(active).tolist()
            if values[i][passed[i]] <= shares[i] * (1 + _SMALL)
        ]
        levels[active & (passed == 0)] = shares[active & (passed == 0)]
        if not ahead:
            break
        for i in ahead:
            levels[i] = shares[i]
            lowest[i] = cuts[i].chain[passed[i]]
            passed[i] += 1
    return lowest, levels


def _reason(
    cuts: _Cuts, precision: float, level: float, *, floor: float, learned: bool, coded: int
) -> str:
    if coded < 2 or not learned:
        return (
            "fewer than two coded documents: nothing was judged out of fold"
            if learned
            else "learned by definition alone: no coded text to judge it on"
        )
    if not len(cuts.n):
        return f"too few: no segment reaches {floor:.2f} out of fold"
    last = np.array([len(cuts.n) - 1])
    n, document_count = int(cuts.n[-1]), int(cuts.documents[-1])
    where = f"in {document_count} document{'' if document_count == 1 else 's'}"
    # What would be shown if all were right.
    all_right = _times(cuts, last, precision, level, all_right=True)[0]
    if all_right > 1:
        reach = f"{n} segment{'' if n == 1 else 's'} reach {floor:.2f} out of fold"
        shortage = f"too few: {reach}, {where}"
        if not np.isfinite(all_right):
            return f"{shortage}; more than {_MANY:g} times as many would be needed"
        needed_count = int(np.ceil(all_right * n))
        return f"{shortage}; {needed_count} would be needed, all of them right ({_coded(all_right, coded)})"
    # The cuts that could have passed, had all been right.
    large = np.flatnonzero(_times(cuts, cuts.chain, precision, level, all_right=True) <= 1)
    places = cuts.chain[large]
    times = _times(cuts, places, precision, level)
    if (times <= 1).all():
        # They would pass, but come after the first cut, which failed.
        places = cuts.chain[:1]
        times = _times(cuts, places, precision, level)
    shares = cuts.true_positives[places] / cuts.n[places]
    best = int(np.lexsort((-shares, times, times <= 1))[0])
    true_positives = int(cuts.true_positives[places][best])
    count = int(cuts.n[places][best])
    threshold = cuts.thresholds[places][best]
    best_cut = f"{true_positives} of {count} are right out of fold, from {threshold:.2f} on"
    if shares[best] < precision or not np.isfinite(times[best]):
        return (
            f"precision too low at every cut that was tested: at best {best_cut}"
            if shares[best] < precision
            else f"not enough evidence: {best_cut}, too close to the precision asked for"
        )
    more = int(np.ceil((times[best] - 1) * count))
    return (
        f"not enough evidence: {best_cut}, which could be chance; about {more} more, as often right, would "
        f"show it ({_coded(times[best], coded)})"
    )


def _times(
    cuts: _Cuts,
    places: NDArray[np.int64],
    precision: float,
    level: float,
    *,
    all_right: bool = False,
) -> Floats:
    """Return how many times the documents there are would show the precision, with the same share right.

    Parameters
    ----------
    cuts : _Cuts
        Of a code.
    places : ndarray of int
        Cuts.
    precision : float
        The wanted precision.
    level : float
        Error at which they are tested.
    all_right : bool, default False
        As if all that are accepted had been right.

    Returns
    -------
    ndarray
        1 or more; inf if ``_MANY`` times would not.
    """
    n = cuts.n[places].astype(float)
    true_positives = n if all_right else cuts.true_positives[places].astype(float)
    effects, document_counts = (
        cuts.effects[places],
        np.maximum(cuts.documents[places], 1).astype(float),
    )

    def shown(times: Floats) -> NDArray[np.bool_]:
        value = p_value(
            times * true_positives, times * n, precision, effects, times * document_counts
        )
        return np.asarray(value <= level * (1 + _SMALL))

    below, above = np.ones(len(places)), np.full(len(places), _MANY)
    never, already = ~shown(above), shown(below)
    for _ in range(_HALVINGS):
        middle = np.sqrt(below * above)
        enough = shown(middle)
        below, above = np.where(enough, below, middle), np.where(enough, middle, above)
    return np.where(already, 1.0, np.where(never, np.inf, above))


def _coded(times: float, coded: int) -> str:
    """Return in words how many more documents have as much more of a code."""
    more = int(np.ceil((times - 1) * coded))
    return f"about {more} more coded document{'' if more == 1 else 's'}"
