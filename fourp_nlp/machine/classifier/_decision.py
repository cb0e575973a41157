"""From a solved regression to probabilities and thresholds."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import ndtri

from fourp_nlp.machine.classifier._probabilities import Calibration, fit_calibration
from fourp_nlp.machine.classifier._score_blend import (
    average_precision,
    blend_scores,
    choose_blend_weight,
)
from fourp_nlp.machine.classifier.thresholds import expected_counts, thresholds_for

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fourp_nlp.machine.classifier._kernel import Ridge

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

__all__ = [
    "CodedRows",
    "Decision",
    "DefinitionParts",
    "UnreadSegments",
    "draw_rows",
    "fit_decision",
    "part_targets",
]

_PRIOR_WEIGHT = 1.0  # coded segments that the mean over all codes counts for in a code's own
_PRIOR_SHARE = 0.06  # of segments that carry a code, before anything was coded
_ENOUGH = 20  # representative rows from which the others do not count for probabilities
# What was learned is held against the definitions alone from so many positives and documents: with fewer,
# chance decides, and nearly always wrongly.
_COMPARED, _DOCUMENTS = 30, 5
_QUANTILES = 2000  # of scores, where there is no text to take them from


class Decision(NamedTuple):
    """Calibration and thresholds: they turn scores into probabilities and suggestions.

    Attributes
    ----------
    learned : ndarray of bool, shape (n_codes,)
        Whether enough examples were seen to learn a code from them and not only from its definition.
    constant : ndarray, shape (n_codes,)
        The probability of a code that every segment carries; nan for the others.
    calibration : Calibration
        How scores become probabilities.
    counts : ndarray, shape (n_codes, BINS)
        How many segments have which probability.
    thresholds : ndarray, shape (n_codes,)
        Probability from which a code is suggested.
    tuned_share : float
        Weight of what fine-tuned networks say.
    by_definitions : bool
        Whether definitions alone ranked coded segments of unseen documents no worse, and are used.
    """

    learned: Flags
    constant: Floats
    calibration: Calibration
    counts: NDArray[np.float32]
    thresholds: Floats
    tuned_share: float
    by_definitions: bool


class CodedRows(NamedTuple):
    """The coded rows that a regression was solved on: its first rows.

    Attributes
    ----------
    targets : ndarray of float32, shape (n, n_codes)
        0 and 1.
    weights : ndarray of float32, shape (n,)
        How many rows each stands for.
    groups : ndarray of int, shape (n,)
        The document of each.
    typical : ndarray, shape (n,)
        From 0 to 1: how much each shows how common codes are in text as it comes.
    tuned : ndarray of float32, shape (n, n_codes) or (n, 0)
        What fine-tuned networks said that had not seen the row's group.
    read : ndarray of bool, shape (n, n_codes)
        Which codes people looked for in each. Of the others nothing is learned; their targets are 0.
    """

    targets: NDArray[np.float32]
    weights: NDArray[np.float32]
    groups: NDArray[np.int64]
    typical: Floats
    tuned: NDArray[np.float32]
    read: Flags

    def only(self, rows: NDArray[np.int64]) -> CodedRows:
        """Return what is known of some of the rows."""
        return CodedRows(
            self.targets[rows],
            self.weights[rows],
            self.groups[rows],
            self.typical[rows],
            self.tuned[rows],
            self.read[rows],
        )


class DefinitionParts(NamedTuple):
    """The parts of definitions that a regression was solved on: its last rows.

    Attributes
    ----------
    codes : ndarray of int, shape (m,)
        The code of each.
    dual : ndarray of float32, shape (m, n_codes)
        Coefficients of the regression that knows nothing else.
    left_out : ndarray, shape (m, n_codes)
        What that regression says of each part that it has not seen.
    """

    codes: NDArray[np.int64]
    dual: NDArray[np.float32]
    left_out: Floats


class UnreadSegments(NamedTuple):
    """Further segments, which nobody read: how sure the machine is of them counts for thresholds.

    Attributes
    ----------
    likeness : ndarray of float32, shape (n_unread, n + m)
        Their likeness to the rows of the regression.
    tuned : ndarray of float32, shape (n_unread, n_codes) or (n_unread, 0)
        What fine-tuned networks say of them.
    weight : float
        How many segments each stands for.
    """

    likeness: NDArray[np.float32]
    tuned: NDArray[np.float32]
    weight: float


def part_targets(codes: NDArray[np.int64], count: int) -> NDArray[np.float32]:
    """Return 1 for the code of each part and 0 for the others, less the mean, shape (m, count)."""
    targets = np.zeros((len(codes), count), dtype=np.float32)
    targets[np.arange(len(codes)), codes] = 1
    return targets - np.float32(1 / count if count > 1 else 0)


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
    for pool, room in ((with_code, take), (without, most - min(take, len(with_code)))):
        picked = random.permutation(pool)[:room]
        parts.append(picked)
        weights.append(np.full(len(picked), len(pool) / max(len(picked), 1)))
    chosen = np.concatenate(parts)
    order = np.argsort(chosen)
    return chosen[order], np.concatenate(weights)[order].astype(np.float32)


def fit_decision(
    ridge: Ridge,
    rows: CodedRows,
    parts: DefinitionParts,
    likeness: NDArray[np.float32],
    unread: UnreadSegments,
    *,
    min_positives: int,
) -> tuple[Decision, Floats, Floats]:
    """Fit calibration and thresholds to the out-of-fold scores of a regression.

    Parameters
    ----------
    ridge : Ridge
        The regression, solved on the coded rows and the parts of definitions.
    rows : CodedRows
        The coded rows.
    parts : DefinitionParts
        The parts of definitions.
    likeness : ndarray of float32, shape (n, m)
        Of the coded rows to the parts.
    unread : UnreadSegments
        Segments that nobody read.
    min_positives : int
        Fewer positives, or negatives, than this, or fewer than two groups with any, and a code does not
        count as learned.

    Returns
    -------
    decision : Decision
        What makes probabilities and suggestions.
    dual : ndarray, shape (n + m, n_codes)
        The regression's coefficients.
    mean : ndarray, shape (n_codes,)
        What scores start from.
    """
    labels = rows.targets > 0
    size, count = labels.shape
    learned = np.array(
        [
            _can_learn(column[read], rows.groups[read], min_positives)
            for column, read in zip(labels.T, rows.read.T, strict=True)
        ],
        dtype=bool,
    )
    mean = _base_rates(rows)
    use = np.where(rows.read, rows.weights.astype(np.float64)[:, None], 0.0)
    typical = use * rows.typical[:, None]
    enough = (typical > 0).sum(axis=0) >= _ENOUGH
    use = np.where(enough, typical, use)

    dual, scores, left_out = _regressed(ridge, rows, parts, mean)
    by_definitions = False
    if size and len(parts.codes):
        definition_scores = likeness @ parts.dual + mean
        enough_known = (use * labels).sum() >= _COMPARED and (
            len(np.unique(rows.groups[use.any(axis=1)])) >= _DOCUMENTS
        )
        by_definitions = enough_known and _pooled_average_precision(
            definition_scores, labels, use
        ) >= _pooled_average_precision(scores, labels, use)
        if by_definitions:
            scores, left_out = definition_scores, parts.left_out
            dual = np.vstack([np.zeros((size, count)), parts.dual])
    share = 0.0
    if rows.tuned.shape[1] and learned.any():
        share = choose_blend_weight(
            scores[:, learned], rows.tuned[:, learned], labels[:, learned], use[:, learned]
        )
        scores = blend_scores(scores, rows.tuned, share)
    definitions = blend_scores(left_out + mean, np.broadcast_to(mean, left_out.shape), share)
    of_other_codes = parts.codes[:, None] != np.arange(count)
    calibration = fit_calibration(scores, labels, use, definitions, of_other_codes)
    constant = np.full(count, np.nan)
    positives, read_counts = labels.sum(axis=0), rows.read.sum(axis=0)
    everywhere = (positives == read_counts) & (positives >= min_positives)
    # Laplace's rule: a code that every segment carries is likely, never certain.
    constant[everywhere] = ((read_counts + 1) / (read_counts + 2))[everywhere]
    counts = _counts(calibration, scores, use, unread, dual, mean, share)
    thresholds = thresholds_for(counts)
    thresholds[everywhere] = 0.5
    return (
        Decision(
            learned,
            constant,
            calibration,
            counts,
            thresholds,
            share,
            by_definitions,
        ),
        dual,
        mean,
    )


def _base_rates(rows: CodedRows) -> Floats:
    """Return how common each code is, drawn a little towards the mean over codes."""
    weights = rows.read * rows.weights[:, None].astype(np.float64)
    total = float(weights.sum())
    common = float((weights * rows.targets).sum()) / total if total else _PRIOR_SHARE
    right = (weights * rows.targets).sum(axis=0) + _PRIOR_WEIGHT * common
    return np.asarray(right / (weights.sum(axis=0) + _PRIOR_WEIGHT))


def _regressed(
    ridge: Ridge, rows: CodedRows, parts: DefinitionParts, mean: Floats
) -> tuple[Floats, Floats, Floats]:
    """Return coefficients, and what is said of each group of coded rows and of each part unseen.

    A code's regression is the one that never saw the rows in which people did not look for it. Codes that
    people looked for in the same rows share it.
    """
    size, count = rows.targets.shape
    part_rows = size + np.arange(len(parts.codes))
    targets_of_parts = part_targets(parts.codes, count)
    dual = np.zeros((size + len(part_rows), count))
    scores = np.tile(mean, (size, 1))
    left_out = np.zeros((len(part_rows), count))
    kinds, which = (
        np.unique(rows.read, axis=1, return_inverse=True)
        if size
        else (np.zeros((0, 1), dtype=bool), np.zeros(count, dtype=np.int64))
    )
    first = int(rows.groups.max()) + 1 if size else 0
    for number, kind in enumerate(kinds.T):
        columns = np.flatnonzero(which.ravel() == number)
        read_rows = np.flatnonzero(kind)
        solved = ridge if kind.all() else ridge.without(np.flatnonzero(~kind))
        centred = np.vstack(
            [
                rows.targets[np.ix_(read_rows, columns)] - mean[columns].astype(np.float32),
                targets_of_parts[:, columns],
            ]
        )
        groups = np.concatenate([rows.groups[read_rows], first + np.arange(len(part_rows))])
        place = np.ix_(np.concatenate([read_rows, part_rows]), columns)
        dual[place] = solved.dual(centred)
        unseen = solved.left_out(centred, groups)
        scores[np.ix_(read_rows, columns)] = unseen[: len(read_rows)] + mean[columns]
        left_out[:, columns] = unseen[len(read_rows) :]
    return dual, scores, left_out


def _counts(
    calibration: Calibration,
    scores: Floats,
    use: Floats,
    unread: UnreadSegments,
    dual: Floats,
    mean: Floats,
    share: float,
) -> NDArray[np.float32]:
    """Return how many segments have which probability: of those read, unseen, and of those unread."""
    counts = expected_counts(calibration.probabilities(scores), use)
    if len(unread.likeness):
        unread_scores = blend_scores(unread.likeness @ dual + mean, unread.tuned, share)
        counts += np.float32(unread.weight) * expected_counts(
            calibration.probabilities(unread_scores)
        )
    if not counts.any():
        # No text at all: as if scores were spread as normal variables are.
        normal = ndtri((np.arange(_QUANTILES) + 0.5) / _QUANTILES)
        values = calibration.centre[0] + normal[:, None] * calibration.spread[0]
        counts = expected_counts(calibration.probabilities(values))
    return counts


def _pooled_average_precision(scores: Floats, labels: Flags, weights: Floats) -> float:
    """Return the average precision over all pairs of segment and code, in one order.

    Code by code, with a few positives each, what was learned is at a disadvantage that goes away as more
    is coded: the model that left out a document with a positive has one fewer than all others.
    """
    return average_precision(scores.ravel(), labels.ravel(), weights.ravel())


def _can_learn(column: NDArray[np.bool_], group: NDArray[np.int64], least: int) -> bool:
    enough = column.sum() >= least and len(column) - column.sum() >= least
    return bool(enough and len(np.unique(group[column])) >= 2)
