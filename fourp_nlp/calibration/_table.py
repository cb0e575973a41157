"""All figures of calibration for every code and for all codes pooled, with intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from fourp_nlp.calibration._bins import equal_count_bins, shares_if_calibrated
from fourp_nlp.calibration._cox import cox_line, log_odds, weighted_lines
from fourp_nlp.calibration._errors import (
    brier_score,
    brier_skill,
    calibration_error,
    debiased_calibration_error,
)
from fourp_nlp.calibration._evidence import is_uncertain
from fourp_nlp.tables import CALIBRATION, conform

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["BINS", "calibration_table"]

Numbers = npt.NDArray[np.float64]
Outcomes = npt.NDArray[np.bool_]

BINS = 10
"""Bins of equally many segments behind the expected calibration error."""

_LEVELS = 200  # log odds are put into so many cells before lines are fitted to resamples


def calibration_table(
    probabilities: Numbers,
    outcomes: Outcomes,
    codes: Sequence[str],
    documents: Sequence[str],
    *,
    resamples: int = 500,
    seed: int = 0,
) -> pd.DataFrame:
    """Return how well each code's probabilities are calibrated, and all codes' together.

    Intervals resample whole documents (the cluster bootstrap with percentile intervals, as for
    agreement). They are of Brier score, skill, slope and intercept; the expected calibration error,
    which resampling would only inflate, stands beside what a calibrated machine would show.

    Parameters
    ----------
    probabilities : numpy.ndarray of float64, shape (n_segments, n_codes)
        Probabilities, of models that had not seen the segment.
    outcomes : numpy.ndarray of bool, shape (n_segments, n_codes)
        The gold codes.
    codes : sequence of str
        Ids of the codes.
    documents : sequence of str, length n_segments
        The document of each segment.
    resamples : int, default 500
        Resamples of documents, and draws for the calibrated machine.
    seed : int, default 0
        Seed of both.

    Returns
    -------
    pandas.DataFrame
        Table of calibration: a row a code, then one for all pooled, whose code is empty. The pooled
        skill compares with always saying each code's own prevalence.
    """
    _, group = np.unique(np.asarray(documents, dtype=object).astype(str), return_inverse=True)
    count = int(group.max()) + 1 if len(group) else 0
    times = _times(count, resamples, seed)
    squares = _by_document((probabilities - outcomes) ** 2, group, count)
    positives = _by_document(outcomes.astype(np.float64), group, count)
    segments = np.bincount(group, minlength=count).astype(np.float64)
    drawn = np.maximum(times @ segments, 1)[:, None]
    error = times @ squares / drawn
    prevalence = times @ positives / drawn
    reference = prevalence * (1 - prevalence)
    rows = []
    for column, code in enumerate(codes):
        own = probabilities[:, column], outcomes[:, column]
        rows.append(
            {"level": "code", "code": code}
            | _figures(*own, resamples=resamples, seed=seed)
            | _evidence(outcomes[:, column], group)
            | _intervals(error[:, column], reference[:, column])
            | _line_intervals(*own, group, times)
        )
    repeated = np.repeat(group, len(codes))
    flat = probabilities.ravel(), outcomes.ravel()
    pooled = (
        {"level": "overall", "code": ""}
        | _figures(*flat, resamples=resamples, seed=seed)
        | _evidence(np.asarray(outcomes.any(axis=1)), group)
        | _intervals(error.mean(axis=1), reference.mean(axis=1))
        | _line_intervals(*flat, repeated, times)
    )
    shares = outcomes.mean(axis=0) if len(outcomes) else np.zeros(len(codes))
    own_reference = float((shares * (1 - shares)).mean()) if len(codes) else 0.0
    if own_reference:
        pooled["skill"] = 1 - brier_score(*flat) / own_reference
    return conform(pd.DataFrame([*rows, pooled]), CALIBRATION)


def _figures(
    probabilities: Numbers, outcomes: Outcomes, *, resamples: int, seed: int
) -> dict[str, object]:
    """Return the figures of one code that need no documents."""
    n = len(outcomes)
    line = cox_line(probabilities, outcomes)
    by_chance = np.nan
    if n:
        place = equal_count_bins(probabilities, BINS)
        many = np.bincount(place)
        mean = np.bincount(place, weights=probabilities) / many
        drawn = shares_if_calibrated(probabilities, place, resamples=resamples, seed=seed)
        by_chance = float((np.abs(drawn - mean) * many).sum(axis=1).mean() / n)
    return {
        "n": n,
        "positives": int(outcomes.sum()),
        "prevalence": float(outcomes.mean()) if n else np.nan,
        "mean_probability": float(probabilities.mean()) if n else np.nan,
        "brier": brier_score(probabilities, outcomes),
        "skill": brier_skill(probabilities, outcomes),
        "ece": calibration_error(probabilities, outcomes, bins=BINS),
        "ece_if_calibrated": by_chance,
        "rms_debiased": debiased_calibration_error(probabilities, outcomes, bins=BINS),
        "slope": line.slope,
        "intercept": line.intercept,
        "reason": line.reason,
    }


def _evidence(carries: Outcomes, group: npt.NDArray[np.int64]) -> dict[str, object]:
    documents = len(np.unique(group[carries]))
    return {
        "documents": documents,
        "uncertain": is_uncertain(int(carries.sum()), documents),
    }


def _intervals(error: Numbers, reference: Numbers) -> dict[str, float]:
    skill = np.full(len(error), np.nan)
    np.divide(error, reference, out=skill, where=reference > 0)
    return _ends("brier", error) | _ends("skill", 1 - skill)


def _line_intervals(
    probabilities: Numbers, outcomes: Outcomes, group: npt.NDArray[np.int64], times: Numbers
) -> dict[str, float]:
    """Return intervals of the line, from counts in cells of like log odds."""
    intercepts = slopes = np.zeros(0)
    if len(times) and outcomes.any() and not outcomes.all():
        odds = log_odds(probabilities)
        low, wide = float(odds.min()), float(np.ptp(odds)) or 1.0
        cell = np.minimum(((odds - low) / wide * _LEVELS).astype(np.int64), _LEVELS - 1)
        used, cell = np.unique(cell, return_inverse=True)
        centre = np.bincount(cell, weights=odds) / np.bincount(cell)
        size = times.shape[1] * len(used)
        key = group * len(used) + cell
        trials = np.bincount(key, minlength=size).reshape(-1, len(used))
        hits = np.bincount(key, weights=outcomes, minlength=size).reshape(-1, len(used))
        intercepts, slopes = weighted_lines(centre, times @ trials, times @ hits)
    return _ends("slope", slopes) | _ends("intercept", intercepts)


def _ends(name: str, values: Numbers) -> dict[str, float]:
    """Return the 2.5th and 97.5th percentile, nan where half of the resamples have no value."""
    known = values[~np.isnan(values)]
    low = high = float("nan")
    if len(known) and 2 * len(known) >= len(values):
        low, high = np.percentile(known, (2.5, 97.5)).tolist()
    return {f"{name}_low": low, f"{name}_high": high}


def _times(documents: int, resamples: int, seed: int) -> Numbers:
    """Return how often each resample holds each document; none with fewer than two documents."""
    if documents < 2:
        return np.zeros((0, documents))
    random = np.random.default_rng(seed)
    share = np.full(documents, 1 / documents)
    return random.multinomial(documents, share, size=resamples).astype(np.float64)


def _by_document(values: Numbers, group: npt.NDArray[np.int64], documents: int) -> Numbers:
    made = np.zeros((documents, values.shape[1]))
    np.add.at(made, group, values)
    return made
