"""Shaffer's rho: how often coders who agree too little reach an observed kappa by chance.

References
----------
Eagan, B., Rogers, B., Serlin, R., Ruis, A. R., Arastoopour Irgens, G. and Shaffer, D. W. (2017).
    Can we rely on IRR? Testing the assumptions of inter-rater reliability. In Making a difference:
    CSCL 2017 conference proceedings 2, 529-532.
Shaffer, D. W. (2017). Quantitative ethnography. Cathcart Press.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fourp_nlp.agreement.formulas.label_matrix import NO_PAIR_OF_TWO

__all__ = ["Rho", "shaffer_rho", "shaffer_rho_of"]

Numbers = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

# So many rounds of drawing pools; with bounds that some pools can meet, a few do.
_ROUNDS = 200


@dataclass(frozen=True)
class Rho:
    """Shaffer's rho and what it was made from.

    Parameters
    ----------
    value : float
        The share of simulated test sets whose kappa is at least as high as the observed one; nan
        where undefined.
    standard_error : float
        Of the simulation: sqrt(rho (1 - rho) / replicates). It is 0 where no simulated kappa was as
        high; then rho is below 3 / replicates with 95% confidence.
    kappa : float
        The observed kappa.
    replicates : int
        Simulated test sets whose kappa is defined.
    undefined : int
        Further ones, left out, in which neither coder gave the code (or both always did).
    reason : str
        Why rho is undefined; empty where it is defined.
    """

    value: float
    standard_error: float
    kappa: float
    replicates: int
    undefined: int
    reason: str


def shaffer_rho(
    kappa: float,
    *,
    base_rate: float,
    n_units: int,
    base_rate_inflation: float = 0.0,
    threshold: float = 0.65,
    kappa_min: float = 0.40,
    precision: tuple[float, float] = (0.6, 1.0),
    pool: int = 10_000,
    replicates: int = 800,
    seed: int = 0,
) -> Rho:
    """Return Shaffer's rho of an observed kappa of two coders and one code.

    Parameters
    ----------
    kappa : float
        Cohen's kappa of the test set: the units that both coded.
    base_rate : float
        The first coder's share of units with the code, in all the data.
    n_units : int
        How many units the test set has.
    base_rate_inflation : float
        The share of the test set that was drawn from units with the first coder's code, to have
        enough of them; 0 for a test set drawn at random.
    threshold : float
        The kappa that all the data would have to reach.
    kappa_min : float
        The lowest kappa of simulated data.
    precision : (float, float)
        The range of the second coder's precision against the first, in simulated data.
    pool : int
        How many units simulated data have.
    replicates : int
        How many data sets are simulated.
    seed : int
        Start of the random numbers.

    Returns
    -------
    Rho
        From 0 to 1. Below .05 it is usually taken to say that, had the two coded everything, their
        kappa would be above the threshold.

    Raises
    ------
    ValueError
        If a number is out of its range, or no data with these properties exist.

    Notes
    -----
    Eagan et al. (2017). Each replicate simulates all the data, once coded by both: a kappa is drawn
    evenly from kappa_min to the threshold and a precision evenly from its range (where no recall
    fits, from the part of the range where one does); with the base rate b they fix the recall

        R = kappa P / (2 P - 2 b - kappa + 2 b kappa)

    and so the two-by-two table, rounded to whole units. A table whose kappa is moved out of the
    range by rounding is drawn anew. Then a test set is drawn without replacement, in the way in
    which the observed one was. rho is the share of such test sets with a kappa of at least the
    observed one.

    What it assumes: units are exchangeable, and not clustered in documents; the base rate is known;
    kappas below the threshold are all as likely. The last makes it an average. It is no bound on
    how often coders whose true kappa is just below the threshold pass: they do more often than 5%
    of the time (measured in docs/agreement.md); kappa_min close to the threshold makes it one.

    The method is that of the R package rhoR, with differences: its function rho has a default
    threshold of .90; it returns 1 wherever the observed kappa is below the mean of simulated ones;
    it takes simulated tables as they are rounded, with one unit at least that only the second
    coder coded; and it counts undefined test sets as below the observed kappa.

    Examples
    --------
    >>> from fourp_nlp.agreement import shaffer_rho
    >>> shaffer_rho(0.9, base_rate=0.2, n_units=80, replicates=400).value < 0.05
    True
    """
    _check(kappa, base_rate, n_units, base_rate_inflation, threshold, kappa_min, precision, pool)
    if replicates < 1:
        raise ValueError("There must be at least one replicate.")
    generator = np.random.default_rng(seed)
    tables = _pools(generator, base_rate, (kappa_min, threshold), precision, pool, replicates)
    simulated = _kappas(_test_sets(generator, tables, n_units, base_rate_inflation))
    defined = simulated[~np.isnan(simulated)]
    undefined = replicates - len(defined)
    if len(defined) * 2 < replicates:
        reason = (
            f"{n_units} units at a base rate of {base_rate:g} are too few: in {undefined} of "
            f"{replicates} simulated test sets no coder gave the code"
        )
        return Rho(float("nan"), float("nan"), kappa, len(defined), undefined, reason)
    # Kappas that should be equal can differ by a rounding error.
    value = float(np.mean(defined >= kappa - 1e-12))
    error = float(np.sqrt(value * (1 - value) / len(defined)))
    return Rho(value, error, kappa, len(defined), undefined, "")


def shaffer_rho_of(
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    *,
    base_rate: float | None = None,
    base_rate_inflation: float = 0.0,
    threshold: float = 0.65,
    kappa_min: float = 0.40,
    precision: tuple[float, float] = (0.6, 1.0),
    pool: int = 10_000,
    replicates: int = 800,
    seed: int = 0,
) -> Rho:
    """Return Shaffer's rho of two coders' labels of one code.

    Parameters
    ----------
    first, second : array_like, shape (n_units,)
        1 where the code was given, 0 where it was not, nan where the unit was not coded. Units
        that one of the two did not code are left out.
    base_rate : float, optional
        By default the first coder's share of units with the code. Give it where the test set was
        drawn with an inflated base rate.
    base_rate_inflation, threshold, kappa_min, precision, pool, replicates, seed
        As `shaffer_rho`.

    Returns
    -------
    Rho
        Undefined where kappa is, or where the first coder gave the code never or always.

    Raises
    ------
    ValueError
        As `shaffer_rho`, and if the arrays differ in length or hold anything but 0, 1 and nan.

    Examples
    --------
    >>> from fourp_nlp.agreement import shaffer_rho_of
    >>> first, second = [1, 1, 0, 0] * 20, [1, 1, 0, 0] * 19 + [1, 0, 0, 0]
    >>> shaffer_rho_of(first, second, replicates=400).value < 0.05
    True
    """
    a, b = (np.asarray(each, dtype=np.float64) for each in (first, second))
    if a.ndim != 1 or a.shape != b.shape:
        raise ValueError("The two coders must be two arrays of the same length.")
    coded = ~(np.isnan(a) | np.isnan(b))
    a, b = a[coded], b[coded]
    if not (np.isin(a, (0.0, 1.0)).all() and np.isin(b, (0.0, 1.0)).all()):
        raise ValueError("The arrays may hold only 0, 1 and, where a unit was not coded, nan.")
    both, n_a, n_b = int(a @ b), int(a.sum()), int(b.sum())
    table = np.array([[both, n_a - both, n_b - both, len(a) - n_a - n_b + both]])
    kappa = float(_kappas(table)[0])
    rate = n_a / max(len(a), 1) if base_rate is None else base_rate
    reason = ""
    if len(a) == 0:
        reason = NO_PAIR_OF_TWO
    elif np.isnan(kappa):
        reason = "kappa is undefined: neither coder ever gave the code, or both always did"
    elif base_rate is None and rate in {0.0, 1.0}:
        reason = "the first coder gave the code to no unit or to all: there is no base rate"
    if reason:
        return Rho(float("nan"), float("nan"), kappa, 0, 0, reason)
    return shaffer_rho(
        kappa,
        base_rate=rate,
        n_units=len(a),
        base_rate_inflation=base_rate_inflation,
        threshold=threshold,
        kappa_min=kappa_min,
        precision=precision,
        pool=pool,
        replicates=replicates,
        seed=seed,
    )


def _check(
    kappa: float,
    base_rate: float,
    n_units: int,
    inflation: float,
    threshold: float,
    kappa_min: float,
    precision: tuple[float, float],
    pool: int,
) -> None:
    if not -1 <= kappa <= 1:
        raise ValueError(f"The observed kappa is {kappa}; it must be from -1 to 1.")
    if not 0 < base_rate < 1:
        raise ValueError(f"The base rate is {base_rate}; it must be between 0 and 1.")
    if not 0 <= kappa_min < threshold < 1:
        raise ValueError("The lowest kappa must be 0 or more, and below the threshold, below 1.")
    if not 0 < precision[0] <= precision[1] <= 1:
        raise ValueError("The range of precision must lie within 0 and 1, the lower end first.")
    if not 0 <= inflation <= 1:
        raise ValueError("The share drawn from units with the code must be from 0 to 1.")
    if not 0 < n_units <= pool:
        raise ValueError("The test set must have one unit or more, and no more than the pool.")
    if round(inflation * n_units) > round(base_rate * pool):
        raise ValueError("The pool has fewer units with the code than the test set asks for.")


def _pools(
    generator: np.random.Generator,
    base_rate: float,
    kappas: tuple[float, float],
    precision: tuple[float, float],
    pool: int,
    wanted: int,
) -> Whole:
    """Return tables of simulated data: both, first only, second only, neither; shape (wanted, 4)."""
    ones = max(round(base_rate * pool), 1)
    b = ones / pool
    kept: list[Whole] = []
    for _ in range(_ROUNDS):
        kappa = generator.uniform(*kappas, size=wanted)
        least = (2 * b + kappa - 2 * b * kappa) / (2 - kappa)
        drawn = generator.uniform(*precision, size=wanted)
        fitting = generator.uniform(np.clip(least, *precision), precision[1])
        p = np.where(drawn > least, drawn, fitting)
        possible = p >= least
        kappa, p = kappa[possible], p[possible]
        recall = np.minimum(kappa * p / (2 * p - 2 * b - kappa + 2 * b * kappa), 1.0)
        both = np.maximum(np.round(ones * recall), 1)
        only_second = np.minimum(np.round(both * (1 - p) / p), pool - ones)
        table = np.column_stack([both, ones - both, only_second, pool - ones - only_second])
        pool_kappas = _kappas(table)
        inside = (pool_kappas >= kappas[0]) & (pool_kappas <= kappas[1])
        kept.append(table[inside].astype(np.int64))
        if sum(len(each) for each in kept) >= wanted:
            return np.concatenate(kept)[:wanted]
    raise ValueError(
        f"No data of {pool} units with a base rate of {base_rate:g}, a kappa from {kappas[0]:g} to "
        f"{kappas[1]:g} and a precision from {precision[0]:g} to {precision[1]:g} were found. Widen "
        "a range, or make the pool larger."
    )


def _test_sets(
    generator: np.random.Generator, tables: Whole, n_units: int, inflation: float
) -> Whole:
    """Return the table of a test set drawn from each pool without replacement."""
    both, first, second, neither = tables.T
    sure = round(inflation * n_units)
    sure_both = generator.hypergeometric(both, first, sure)
    both, first = both - sure_both, first - (sure - sure_both)
    left = np.full(len(tables), n_units - sure)
    got_both = generator.hypergeometric(both, first + second + neither, left)
    left -= got_both
    got_first = generator.hypergeometric(first, second + neither, left)
    left -= got_first
    got_second = generator.hypergeometric(second, neither, left)
    return np.column_stack(
        [sure_both + got_both, sure - sure_both + got_first, got_second, left - got_second]
    )


def _kappas(tables: npt.NDArray[np.generic]) -> Numbers:
    """Return Cohen's kappa of tables of shape (n, 4)."""
    both, first, second, neither = tables.astype(np.float64).T
    a, b = both + first, both + second
    n = a + second + neither
    apart = a * (n - b) + b * (n - a)
    ratio = np.full(len(tables), np.nan)
    np.divide((first + second) * n, apart, out=ratio, where=apart > 0)
    return 1.0 - ratio
