"""The alternative annotator test: whether a machine may take the place of one of several people.

Each person in turn is left out, and it is asked, unit by unit, who is nearer to what the others said:
the person or the machine. The machine wins against a person if its disadvantage is surely below
epsilon, which is what it is worth that the machine is cheap.

References
----------
Calderon, N., Reichart, R. and Dror, R. (2025). The alternative annotator test for LLM-as-a-judge:
    how to statistically justify replacing human annotators with LLMs. Proceedings of the 63rd Annual
    Meeting of the Association for Computational Linguistics, 16051-16081. arXiv:2501.10970.
Benjamini, Y. and Yekutieli, D. (2001). The control of the false discovery rate in multiple testing
    under dependency. Annals of Statistics 29, 1165-1188.
Liang, K.-Y. and Zeger, S. L. (1986). Longitudinal data analysis using generalized linear models.
    Biometrika 73, 13-22.
Cameron, A. C. and Miller, D. L. (2015). A practitioner's guide to cluster-robust inference. Journal of
    Human Resources 50, 317-372.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from fourp_nlp.agreement.intervals.document_intervals import FEWEST
from fourp_nlp.agreement.intervals.share_intervals import Shares
from fourp_nlp.tables import ALT_TEST, conform

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["EPSILON", "Alignment", "AltTest", "Verdict", "alt_test", "alt_test_table"]

Alignment = Literal["accuracy", "jaccard", "codes", "rmse"]
Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

EPSILON = MappingProxyType({"expert": 0.2, "skilled": 0.15, "crowd": 0.1})
"""What the authors advise for epsilon, by who the people are."""

_PEOPLE, _UNITS, _DOCUMENTS = 3, 30, 20
_OF_SETS = ("jaccard", "codes")
# Means of the same shares in another order differ in their last digits.
_CONFIDENCE = 0.95
_SAME = 1e-9


@dataclass(frozen=True)
class Verdict:
    """What the test says when units, or documents, are taken to be independent.

    Attributes
    ----------
    tests : tuple of str, length n_people
        Which test was made against each person; empty where none could be.
    p_values, adjusted : numpy.ndarray of float64, shape (n_people,)
        One-sided p-values, and as adjusted by Benjamini and Yekutieli; nan without a test.
    wins : numpy.ndarray of bool, shape (n_people,)
        Against whom the machine wins.
    winning_rate : float
        Share of people against whom it does, omega; nan if no one could be compared.
    """

    tests: tuple[str, ...]
    p_values: Numbers
    adjusted: Numbers
    wins: Flags
    winning_rate: float

    @property
    def passes(self) -> bool:
        """Whether the machine wins against at least half of the people."""
        return self.winning_rate >= 0.5


@dataclass(frozen=True)
class AltTest:
    """The alternative annotator test of one machine.

    Attributes
    ----------
    epsilon, q : float
        What it was made with.
    n, documents : numpy.ndarray of int64, shape (n_people,)
        Units on which each person was compared, and their documents (0 if those were not told).
    machine, person : numpy.ndarray of float64, shape (n_people,)
        Advantage probabilities: shares of those units on which the machine is at least as near to the
        others as the person, and the person as the machine. Both count a tie.
    advantage : float
        Average advantage probability of the machine, rho.
    low, high : float
        Its 95% interval, by document; nan with fewer than three documents, or if they were not told.
    published : Verdict
        The test as its authors give it, for which units are independent.
    by_document : Verdict or None
        The same with the documents as what is independent; None if they were not told.
    notes : tuple of str
        Where the test stands on less than it asks for.
    """

    epsilon: float
    q: float
    n: npt.NDArray[np.int64]
    documents: npt.NDArray[np.int64]
    machine: Numbers
    person: Numbers
    advantage: float
    low: float
    high: float
    published: Verdict
    by_document: Verdict | None
    notes: tuple[str, ...]


def alt_test(
    people: npt.ArrayLike,
    machine: npt.ArrayLike,
    *,
    alignment: Alignment = "accuracy",
    read: npt.ArrayLike | None = None,
    documents: npt.ArrayLike | None = None,
    epsilon: float = 0.2,
    q: float = 0.05,
) -> AltTest:
    """Test whether a machine may take the place of one of several people.

    Parameters
    ----------
    people : array_like, shape (n_units, n_people) or (n_units, n_people, n_codes)
        What each person said of each unit: one label or number, or for the alignments of sets 0 and 1
        for each code.
    machine : array_like, shape (n_units,) or (n_units, n_codes)
        What the machine said.
    alignment : {"accuracy", "jaccard", "codes", "rmse"}
        How near somebody is to the others on a unit, as the mean over the others of

        - "accuracy": whether the labels are the same (one code, or one of several);
        - "jaccard": the codes that both gave over those that either gave; 1 where neither gave any;
        - "codes": the share of codes on which they are the same;

        or "rmse": less the root of the mean squared difference of the numbers, such as ratings or
        probabilities.
    read : array_like of bool, shape (n_units, n_people), optional
        What each person read. By default all but what is missing (None, nan).
    documents : array_like, shape (n_units,), optional
        The document of each unit, for the verdict by document.
    epsilon : float, default 0.2
        How far the machine's advantage probability may stay below the person's. `EPSILON` holds what
        the authors advise.
    q : float, default 0.05
        False discovery rate over people.

    Returns
    -------
    AltTest
        Advantage probabilities, both verdicts, and notes.

    Raises
    ------
    ValueError
        If there are fewer than two people, nobody read what another read, shapes do not fit, or
        numbers were expected.

    Notes
    -----
    Calderon et al. (2025): S(f, i, j) is the alignment of the machine f with all who read unit i but
    person j, and S(h, i, j) that of person j. W(f, i, j) is 1 where S(f, i, j) >= S(h, i, j), and W(h, i, j)
    where the other way round, so that both are 1 in a tie. Their means over the units that j and anybody
    else read are the advantage probabilities. With d = W(h) - W(f), the null hypothesis is mean d >= epsilon,
    tested one-sided by a t-test, or by Wilcoxon's signed ranks where there are fewer than 30 units.
    The p-values of all people are held to a false discovery rate of q by Benjamini and Yekutieli
    (2001), which holds under any dependence. The winning rate omega is the share of people for whom
    the null hypothesis is rejected; the machine passes if it is 0.5 or more. rho is the mean of the machine's
    advantage probabilities. They ask for three people and 30 units or more.

    The verdict by document is ours. Segments of a document resemble each other, so that n segments say less
    than n independent ones would, and the published test rejects too often. The mean of d is the same; its
    standard error sums d less its mean within each document before squaring (Liang and Zeger 1986),
    times G / (G - 1), and the t-distribution has G - 1 degrees of freedom for G documents (Cameron and
    Miller 2015). With few documents it still rejects too often.

    A rare code makes the test easy: on most units no one gives it, so all are the same, and a machine that
    never gives it is rarely further off than epsilon. Hold such a machine against the test as well.

    Examples
    --------
    >>> from fourp_nlp.agreement import alt_test
    >>> people = [[1, 1, 1], [0, 0, 0], [1, 0, 1]] * 20
    >>> alt_test(people, [1, 0, 1] * 20).published.winning_rate
    1.0
    """
    if alignment not in get_args(Alignment):
        raise ValueError(
            f"The alignment is {alignment!r}; it must be one of {', '.join(get_args(Alignment))}."
        )
    given, machine_codes, there = _read(people, machine, read, alignment)
    names = None if documents is None else np.asarray(documents)
    if names is not None and names.shape != there.shape[:1]:
        raise ValueError(f"There are {len(names)} documents for {len(there)} units.")
    of_machine, of_person, compared = _alignments(given, machine_codes, there, alignment)
    if not compared.any():
        raise ValueError("No unit was read by two people.")
    w_machine = compared & (of_machine >= of_person - _SAME)
    w_person = compared & (of_person >= of_machine - _SAME)
    n = compared.sum(axis=0)
    with np.errstate(invalid="ignore"):
        machine_share, person_share = w_machine.sum(axis=0) / n, w_person.sum(axis=0) / n
    difference = w_person.astype(np.float64) - w_machine
    number = np.zeros(len(there), dtype=np.int64) if names is None else pd.factorize(names)[0]
    low = high = math.nan
    by_document = None
    in_documents = np.zeros_like(n)
    if names is not None:
        in_documents = np.array([len(np.unique(number[one])) for one in compared.T])
        low, high = _interval(w_machine, compared, number)
        by_document = _verdict(difference, compared, epsilon, q, number)
    return AltTest(
        epsilon,
        q,
        n.astype(np.int64),
        in_documents.astype(np.int64),
        machine_share,
        person_share,
        float(np.nanmean(machine_share)),
        low,
        high,
        _verdict(difference, compared, epsilon, q, None),
        by_document,
        tuple(_notes(difference, compared, in_documents if names is not None else None)),
    )


def _read(
    people: npt.ArrayLike, machine: npt.ArrayLike, read: npt.ArrayLike | None, alignment: Alignment
) -> tuple[npt.NDArray[np.generic], npt.NDArray[np.generic], Flags]:
    """Return labels as numbers, and who read what."""
    given, machine_codes = np.asarray(people), np.asarray(machine)
    wanted = 3 if alignment in _OF_SETS else 2
    if given.ndim != wanted or machine_codes.shape != (given.shape[:1] + given.shape[2:]):
        raise ValueError(
            f"For the alignment '{alignment}', people must have {wanted} dimensions and the machine one "
            f"less; their shapes are {given.shape} and {machine_codes.shape}."
        )
    if given.shape[1] < 2:
        raise ValueError("There must be two people or more: each is compared with the others.")
    missing = np.asarray(pd.isna(given), dtype=bool)
    unsaid = np.asarray(pd.isna(machine_codes), dtype=bool)
    there = np.asarray(~(missing.any(axis=2) if wanted == 3 else missing), dtype=bool)
    if read is not None:
        there &= np.asarray(read, dtype=bool)
    if unsaid[there.any(axis=1)].any():
        raise ValueError("A unit that people read has no machine code.")
    if alignment == "accuracy":
        flat = pd.factorize(np.concatenate([given.ravel(), machine_codes.ravel()]).astype(object))[
            0
        ]
        return flat[: given.size].reshape(given.shape), flat[given.size :], there
    try:
        blank = np.where(missing, 0, given).astype(np.float64)
        numbers = np.where(unsaid, 0, machine_codes).astype(np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"The alignment '{alignment}' needs numbers: {error}.") from error
    if wanted == 3:
        used = there[:, :, None] & np.ones(given.shape[2], dtype=bool)
        if not (np.isin(blank[used], (0, 1)).all() and np.isin(numbers, (0, 1)).all()):
            raise ValueError(f"The alignment '{alignment}' needs 0 or 1 for each code.")
        return blank.astype(bool), numbers.astype(bool), there
    return blank, numbers, there


def _alignments(
    people: npt.NDArray[np.generic],
    machine: npt.NDArray[np.generic],
    read: Flags,
    alignment: Alignment,
) -> tuple[Numbers, Numbers, Flags]:
    """Return how near machine and person are to the others, and where both can be said.

    All of shape (n_units, n_people); the second axis is who is left out.
    """
    n_people = read.shape[1]
    of_machine, of_person = np.zeros((2, *read.shape))
    others = np.zeros(read.shape, dtype=np.int64)
    for other in range(n_people):
        there = read[:, other].astype(np.float64)
        near = there * _likeness(machine, people[:, other], alignment)
        for left_out in range(n_people):
            if left_out == other:
                continue
            of_machine[:, left_out] += near
            of_person[:, left_out] += there * _likeness(
                people[:, left_out], people[:, other], alignment
            )
            others[:, left_out] += read[:, other]
    compared = read & (others > 0)
    count = np.maximum(others, 1)
    of_machine, of_person = of_machine / count, of_person / count
    if alignment == "rmse":
        of_machine, of_person = -np.sqrt(of_machine), -np.sqrt(of_person)
    return of_machine, of_person, compared


def _likeness(
    one: npt.NDArray[np.generic], other: npt.NDArray[np.generic], alignment: Alignment
) -> Numbers:
    """Return how like two coders are on each unit; for rmse, the squared difference."""
    if alignment == "accuracy":
        return np.asarray(one == other, dtype=np.float64)
    if alignment == "rmse":
        return np.asarray((one.astype(np.float64) - other.astype(np.float64)) ** 2)
    if alignment == "codes":
        return np.asarray((one == other).mean(axis=1), dtype=np.float64)
    first, second = one.astype(bool), other.astype(bool)
    either = (first | second).sum(axis=1)
    both = (first & second).sum(axis=1)
    return np.where(either == 0, 1.0, both / np.maximum(either, 1))


def _verdict(
    difference: Numbers,
    compared: Flags,
    epsilon: float,
    q: float,
    documents: npt.NDArray[np.int64] | None,
) -> Verdict:
    tests, p_values = [], np.full(compared.shape[1], np.nan)
    for place, used in enumerate(compared.T):
        values = difference[used, place]
        if documents is None:
            name, p_values[place] = _by_unit(values, epsilon)
        else:
            name, p_values[place] = _by_document(values, documents[used], epsilon)
        tests.append(name)
    adjusted = _adjusted(p_values)
    wins = adjusted <= q
    known = compared.any(axis=0)
    return Verdict(
        tuple(tests), p_values, adjusted, wins, float(wins.sum() / known.sum()) if known.any() else math.nan
    )  # fmt: skip


def _by_unit(values: Numbers, epsilon: float) -> tuple[str, float]:
    """Return the published test of mean or median below epsilon, and its p-value."""
    from scipy import stats

    if len(values) == 0:
        return "", math.nan
    name = "t-test" if len(values) >= _UNITS else "Wilcoxon"
    if name == "Wilcoxon":
        centred = np.round(values - epsilon, 12)
        if not centred.any():
            return name, 1.0
        return name, float(stats.wilcoxon(centred, alternative="less").pvalue)
    return name, _t_probability(
        values.mean(), values.std(ddof=1), epsilon, len(values), len(values)
    )


def _by_document(
    values: Numbers, documents: npt.NDArray[np.int64], epsilon: float
) -> tuple[str, float]:
    """Return the test with documents as what is independent, and its p-value."""
    _, number = np.unique(documents, return_inverse=True)
    groups = int(number.max()) + 1 if len(values) else 0
    if groups < 2:
        return "", math.nan
    mean = values.mean()
    sums = np.bincount(number, values - mean, groups)
    # The deviation that, over the root of the number of units, gives the clustered standard error.
    deviation = math.sqrt(groups / (groups - 1) * float(sums @ sums) / len(values))
    return "t-test, clustered", _t_probability(mean, deviation, epsilon, len(values), groups)


def _t_probability(
    mean: float, deviation: float, epsilon: float, n: int, independent: int
) -> float:
    from scipy import stats

    if deviation < _SAME:
        return 0.0 if mean < epsilon - _SAME else 1.0
    statistic = (mean - epsilon) / (deviation / math.sqrt(n))
    return float(stats.t.cdf(statistic, independent - 1))


def _adjusted(p_values: Numbers) -> Numbers:
    """Return p-values as adjusted by Benjamini and Yekutieli (2001); nan stays nan."""
    adjusted = np.full(p_values.shape, np.nan)
    known = np.flatnonzero(~np.isnan(p_values))
    m = len(known)
    if m == 0:
        return adjusted
    order = known[np.argsort(p_values[known], kind="stable")]
    harmonic = float(np.sum(1.0 / np.arange(1, m + 1)))
    raised = p_values[order] * m * harmonic / np.arange(1, m + 1)
    adjusted[order] = np.minimum(np.minimum.accumulate(raised[::-1])[::-1], 1.0)
    return adjusted


def _interval(
    wins: Flags, compared: Flags, documents: npt.NDArray[np.int64]
) -> tuple[float, float]:
    """Return the 95% interval of rho: of the share of units on which the machine is less near, by document.

    That share is a rare event, the mean over people, of units that each document has (`Shares.ends`).
    """
    n = compared.sum(axis=0)
    known = n > 0
    if int((np.bincount(documents, weights=compared.any(axis=1)) > 0).sum()) < FEWEST:
        return math.nan, math.nan
    # As many units in all as there are, so that several people make no more of them.
    scale = float(compared.any(axis=1).sum()) / known.sum() / n[known]
    lost, all_ = (
        np.bincount(documents, weights=each[:, known] @ scale)[:, None].astype(np.float64)
        for each in ((compared & ~wins).astype(np.float64), compared.astype(np.float64))
    )
    low, high = Shares(lost, all_, np.ones(1, dtype=bool)).ends(_CONFIDENCE)
    return 1.0 - float(high[0]), 1.0 - float(low[0])


def _notes(
    difference: Numbers, compared: Flags, documents: npt.NDArray[np.int64] | None
) -> list[str]:
    """Say where the test stands on less than it asks for."""
    n = compared.sum(axis=0)
    notes = []
    if (n > 0).sum() < _PEOPLE:
        notes.append(
            f"The test asks for {_PEOPLE} people or more, and there are {(n > 0).sum()}: it cannot tell one "
            "person's habits from what people agree on."
        )
    few = int(((n > 0) & (n < _UNITS)).sum())
    if few:
        notes.append(
            f"The test asks for {_UNITS} units or more of each person; {few} read fewer with others, and are "
            "compared by Wilcoxon's signed ranks."
        )
    if (n == 0).any():
        notes.append(f"{(n == 0).sum()} read nothing that another read, and are left out.")
    same = [
        place
        for place, used in enumerate(compared.T)
        if used.any() and np.ptp(difference[used, place]) == 0
    ]
    if same:
        notes.append(
            f"Against {len(same)}, every unit comes out the same: there is no variance, and p is 0 or 1."
        )
    if documents is not None:
        known = documents[n > 0]
        if (known < 2).any():
            notes.append(
                f"{(known < 2).sum()} read one document only with others: no verdict by document, "
                "and no win."
            )
        if (known < _DOCUMENTS).any():
            notes.append(
                f"Fewer than {_DOCUMENTS} documents of some people: by document, the test rejects "
                "more often than it should."
            )
    return notes


def alt_test_table(result: AltTest, coders: Sequence[str]) -> pd.DataFrame:
    """Return the test as a table, one row a person.

    Parameters
    ----------
    result : AltTest
        The test.
    coders : sequence of str, length n_people
        Ids of the people.

    Returns
    -------
    pandas.DataFrame
        The table ALT_TEST.

    Examples
    --------
    >>> from fourp_nlp.agreement import alt_test, alt_test_table
    >>> people = [[1, 1, 1], [0, 0, 0], [1, 0, 1]] * 20
    >>> table = alt_test_table(alt_test(people, [1, 0, 1] * 20), ["ana", "ben", "eva"])
    >>> table["coder"].tolist()
    ['ana', 'ben', 'eva']
    """
    none = np.full(len(coders), np.nan)
    by = result.by_document
    return conform(
        pd.DataFrame(
            {
                "coder": list(coders),
                "n": result.n,
                "documents": result.documents,
                "machine": result.machine,
                "person": result.person,
                "epsilon": result.epsilon,
                "test": result.published.tests,
                "p": result.published.p_values,
                "p_adjusted": result.published.adjusted,
                "wins": result.published.wins,
                "document_p": none if by is None else by.p_values,
                "document_p_adjusted": none if by is None else by.adjusted,
                "document_wins": np.zeros(len(coders), bool) if by is None else by.wins,
            }
        ),
        ALT_TEST,
    )
