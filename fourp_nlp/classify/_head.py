"""From a solved regression to probabilities and thresholds: everything that a code's decision needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fourp_nlp.classify._calibrate import Calibration, choose_thresholds, fit_calibration
from fourp_nlp.classify._mixed import choose_share, mixed
from fourp_nlp.classify._zero_shot import zero_shot_threshold

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fourp_nlp.classify._kernel import Ridge

    Floats = NDArray[np.float64]

__all__ = ["Head", "Learned", "draw_rows", "fit_head"]


class Head(NamedTuple):
    """What turns scores into probabilities and suggestions.

    Attributes
    ----------
    learned : ndarray of bool, shape (n_codes,)
        Whether a code was learned from examples.
    constant : ndarray, shape (n_codes,)
        The probability of a code that every segment carries; nan for the others.
    calibration : Calibration
        How scores become probabilities.
    thresholds : ndarray, shape (n_codes,)
        Probability from which a code is suggested.
    tuned_share : float
        Weight of what fine-tuned networks say.
    """

    learned: NDArray[np.bool_]
    constant: Floats
    calibration: Calibration
    thresholds: Floats
    tuned_share: float


class Learned(NamedTuple):
    """The rows that a regression was solved on.

    Attributes
    ----------
    targets : ndarray of float32, shape (n, n_codes)
        0 and 1.
    weights : ndarray of float32, shape (n,)
        How many rows each stands for.
    groups : ndarray of int, shape (n,)
        The document of each.
    typical : ndarray of bool, shape (n,)
        Which show how common codes are in text as it comes.
    tuned : ndarray of float32, shape (n, n_codes) or (n, 0)
        What fine-tuned networks said that had not seen the row's group.
    read : ndarray of bool, shape (n, n_codes)
        Which codes people looked for in each. Of the others nothing is learned; their targets are 0.
    """

    targets: NDArray[np.float32]
    weights: NDArray[np.float32]
    groups: NDArray[np.int64]
    typical: NDArray[np.bool_]
    tuned: NDArray[np.float32]
    read: NDArray[np.bool_]


def draw_rows(
    rows: NDArray[np.int64], labels: NDArray[np.bool_], most: int, *, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the rows to learn from, in order, and how many each stands for.

    Parameters
    ----------
    rows : ndarray of int, shape (n,)
        Rows that can be learned from.
    labels : ndarray of bool, shape (n_rows, n_codes)
        Labels of all rows.
    most : int
        How many may be drawn: those with a code first, of the others a random part.
    seed : int
        Seed of the draw.
    """
    if len(rows) <= most:
        return rows, np.ones(len(rows), dtype=np.float32)
    random = np.random.default_rng(seed)
    carries = labels[rows].any(axis=1)
    with_code, without = rows[carries], rows[~carries]
    take = max(most // 2, most - len(without))
    parts, weights = [], []
    for some, room in ((with_code, take), (without, most - min(take, len(with_code)))):
        picked = random.permutation(some)[:room]
        parts.append(picked)
        weights.append(np.full(len(picked), len(some) / max(len(picked), 1)))
    chosen = np.concatenate(parts)
    order = np.argsort(chosen)
    return chosen[order], np.concatenate(weights)[order].astype(np.float32)


def fit_head(
    ridge: Ridge, rows: Learned, *, min_positives: int, seed: int
) -> tuple[Head, Floats, Floats]:
    """Fit everything after the regression, on what it says of each group unseen.

    Parameters
    ----------
    ridge : Ridge
        The regression, solved on these rows.
    rows : Learned
        The rows.
    min_positives : int
        Fewer positives, or negatives, than this, or fewer than two groups with any, and a code is
        not learned.
    seed : int
        Seed of the resampling for thresholds.

    Returns
    -------
    head : Head
        What makes probabilities and suggestions.
    dual : ndarray, shape (n, n_codes)
        The regression's coefficients.
    mean : ndarray, shape (n_codes,)
        What scores start from.
    """
    labels = rows.targets > 0
    count = labels.shape[1]
    learned = np.array(
        [
            _can_learn(column[read], rows.groups[read], min_positives)
            for column, read in zip(labels.T, rows.read.T, strict=True)
        ]
    )
    constant = np.full(count, np.nan)
    positives = labels.sum(axis=0)
    seen = rows.read.sum(axis=0)
    everywhere = (positives == seen) & (positives >= min_positives)
    # Laplace's rule: a code that every segment carries is likely, never certain.
    constant[everywhere] = ((seen + 1) / (seen + 2))[everywhere]
    thresholds = np.full(count, zero_shot_threshold())
    thresholds[everywhere] = 0.5
    zeros = np.zeros(count)
    calibration = Calibration(zeros, zeros.copy(), zeros.copy())
    dual, mean = np.zeros((len(labels), count)), zeros.copy()
    share = 0.0
    if learned.any():
        columns = np.flatnonzero(learned)
        own, asked = rows.targets[:, columns], labels[:, columns]
        known = rows.read[:, columns]
        dual[:, columns], mean[columns], scores = _regressed(ridge, rows, own, known)
        use = np.where(known, rows.weights.astype(np.float64)[:, None], 0.0)
        for i, column in enumerate(columns):
            typical = rows.typical & known[:, i]
            if _can_learn(labels[typical, column], rows.groups[typical], min_positives):
                use[~rows.typical, i] = 0
        if rows.tuned.shape[1]:
            share = choose_share(scores, rows.tuned[:, columns], asked, use)
            scores = mixed(scores, rows.tuned[:, columns], share)
        fitted = fit_calibration(scores, asked, use)
        calibration.centre[columns] = fitted.centre
        calibration.slopes[columns] = fitted.slopes
        calibration.intercepts[columns] = fitted.intercepts
        _, compact = np.unique(rows.groups, return_inverse=True)
        thresholds[columns] = choose_thresholds(
            fitted.probabilities(scores), asked, use, compact, seed=seed
        )
    return Head(learned, constant, calibration, thresholds, share), dual, mean


def _regressed(
    ridge: Ridge, rows: Learned, targets: NDArray[np.float32], read: NDArray[np.bool_]
) -> tuple[Floats, Floats, Floats]:
    """Return coefficients, means, and what is said of each group unseen, of codes that can be learned.

    A code's regression is the one that never saw the rows in which people did not look for it. Codes that
    people looked for in the same rows share it.
    """
    dual, mean = np.zeros(targets.shape), np.zeros(targets.shape[1])
    scores = np.zeros(targets.shape)
    kinds, which = np.unique(read, axis=1, return_inverse=True)
    for number, kind in enumerate(kinds.T):
        own = np.flatnonzero(which.ravel() == number)
        kept = np.flatnonzero(kind)
        solved = ridge if kind.all() else ridge.without(np.flatnonzero(~kind))
        asked = targets[np.ix_(kept, own)]
        average = np.average(asked, axis=0, weights=rows.weights[kept]).astype(np.float32)
        place = np.ix_(kept, own)
        dual[place], mean[own] = solved.dual(asked, average), average
        scores[:, own] = average
        scores[place] = solved.left_out(asked, average, rows.groups[kept])
    return dual, mean, scores


def _can_learn(column: NDArray[np.bool_], group: NDArray[np.int64], least: int) -> bool:
    enough = column.sum() >= least and len(column) - column.sum() >= least
    return bool(enough and len(np.unique(group[column])) >= 2)
