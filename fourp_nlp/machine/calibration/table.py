"""All calibration measures of every code and of all codes pooled, with intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from fourp_nlp.machine.calibration._intervals import (
    apart_errors,
    ends,
    left_out_lines,
    left_out_scores,
)
from fourp_nlp.machine.calibration.bins import equal_count_bins, shares_if_calibrated
from fourp_nlp.machine.calibration.calibration_slope import cox_line
from fourp_nlp.machine.calibration.error_measures import (
    brier_score,
    brier_skill,
    calibration_error,
    debiased_calibration_error,
)
from fourp_nlp.machine.calibration.minimum_evidence import FEW_DOCUMENTS, is_uncertain
from fourp_nlp.tables import CALIBRATION, conform

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["BINS", "calibration_table"]

Numbers = npt.NDArray[np.float64]
Outcomes = npt.NDArray[np.bool_]

BINS = 10
"""Bins of equally many segments behind the expected calibration error."""

_LIMITS = {"brier": (0.0, 1.0), "skill": (-np.inf, 1.0)}


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

    Intervals are by document, never narrower than the positive segments allow, and missing where fewer
    than three documents hold the code (see `_intervals`). They are of Brier score, skill, slope and
    intercept; the expected calibration error, which resampling would only inflate, stands beside what a
    calibrated machine would show.

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
        Draws for the calibrated machine.
    seed : int, default 0
        Seed of these draws.

    Returns
    -------
    pandas.DataFrame
        Table of calibration: a row a code, then one for all pooled, whose code is empty. The pooled
        skill compares with always predicting each code's own prevalence. `caution` says what the figures rest
        on where that is little, and why an interval is missing.

    Examples
    --------
    >>> import numpy as np
    >>> probabilities = np.repeat([0.25, 0.75], 4)[:, None]
    >>> outcomes = np.array([True, False, False, False, True, True, True, False])[:, None]
    >>> table = calibration_table(probabilities, outcomes, ["water"], ["a"] * 4 + ["b"] * 4)
    >>> table[["level", "code", "n", "positives", "brier"]].values.tolist()
    [['code', 'water', 8, 4, 0.1875], ['overall', '', 8, 4, 0.1875]]
    >>> table["caution"][0]
    '4 positive segments in 2 documents: too few for intervals'
    """
    _, group = np.unique(np.asarray(documents, dtype=object).astype(str), return_inverse=True)
    count = int(group.max()) + 1 if len(group) else 0
    squares = _by_document((probabilities - outcomes) ** 2, group, count)
    hits = _by_document(outcomes.astype(np.float64), group, count)
    segments = np.bincount(group, minlength=count).astype(np.float64)
    scores, prevalences = left_out_scores(squares, hits, segments)
    references = prevalences * (1 - prevalences)
    shares = outcomes.mean(axis=0) if len(outcomes) else np.zeros(len(codes))
    rows = []
    for column, code in enumerate(codes):
        of_code = probabilities[:, column], outcomes[:, column]
        figures = _figures(*of_code, resamples=resamples, seed=seed)
        evidence = _evidence(outcomes[:, column], group)
        left_out = {"brier": scores[:, column]} | _skills(scores[:, column], references[:, column])
        left_out |= _lines(*of_code, group, count)
        rows.append(
            {"level": "code", "code": code}
            | figures
            | evidence
            | _intervals(*of_code, shares[column], figures, of_code[1], group, left_out)
        )
    flat = probabilities.ravel(), outcomes.ravel()
    figures = _figures(*flat, resamples=resamples, seed=seed)
    mean_reference = float((shares * (1 - shares)).mean()) if len(codes) else 0.0
    if mean_reference:
        figures["skill"] = 1 - brier_score(*flat) / mean_reference
    evidence = _evidence(np.asarray(outcomes.any(axis=1)), group)
    left_out = {"brier": scores.mean(axis=1)}
    left_out |= _skills(scores.mean(axis=1), references.mean(axis=1))
    left_out |= _lines(*flat, np.repeat(group, len(codes)), count)
    prevalence_of_each = np.tile(shares, len(outcomes))
    pooled = (
        {"level": "overall", "code": ""}
        | figures
        | evidence
        | _intervals(*flat, prevalence_of_each, figures, _of_any(outcomes), group, left_out)
    )
    return conform(pd.DataFrame([*rows, pooled]), CALIBRATION)


def _figures(
    probabilities: Numbers, outcomes: Outcomes, *, resamples: int, seed: int
) -> dict[str, Any]:
    """Return the figures of one code that need no documents."""
    n = len(outcomes)
    line = cox_line(probabilities, outcomes)
    by_chance = np.nan
    if n:
        place = equal_count_bins(probabilities, BINS)
        bin_sizes = np.bincount(place)
        mean = np.bincount(place, weights=probabilities) / bin_sizes
        drawn = shares_if_calibrated(probabilities, place, resamples=resamples, seed=seed)
        by_chance = float((np.abs(drawn - mean) * bin_sizes).sum(axis=1).mean() / n)
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


def _evidence(carries: Outcomes, group: npt.NDArray[np.int64]) -> dict[str, Any]:
    documents = len(np.unique(group[carries]))
    return {
        "documents": documents,
        "uncertain": is_uncertain(int(carries.sum()), documents),
    }


def _skills(scores: Numbers, references: Numbers) -> dict[str, Numbers]:
    shares = np.full(len(scores), np.nan)
    np.divide(scores, references, out=shares, where=references > 0)
    return {"skill": 1 - shares}


def _lines(
    probabilities: Numbers, outcomes: Outcomes, group: npt.NDArray[np.int64], count: int
) -> dict[str, Numbers]:
    slopes, intercepts = left_out_lines(probabilities, outcomes, group, count)
    return {"slope": slopes, "intercept": intercepts}


def _intervals(
    probabilities: Numbers,
    outcomes: Outcomes,
    prevalence: Numbers | float,
    figures: dict[str, Any],
    carries: Outcomes,
    group: npt.NDArray[np.int64],
    left_out: dict[str, Numbers],
) -> dict[str, Any]:
    """Return the ends of all intervals of a row, and what to know of them.

    What they rest on is the rarer of segments with the code and without it; `carries` tells of each
    segment whether it has the code, or any.
    """
    is_common = 2 * int(outcomes.sum()) > len(outcomes)
    rarer = ~carries if is_common else carries
    documents = len(np.unique(group[rarer]))
    few = int(len(outcomes) - outcomes.sum() if is_common else outcomes.sum())
    apart = apart_errors(
        probabilities,
        outcomes,
        prevalence,
        skill=figures["skill"],
        slope=figures["slope"],
        intercept=figures["intercept"],
    )
    interval_ends: dict[str, Any] = {}
    for name, values in left_out.items():
        interval_ends[f"{name}_low"], interval_ends[f"{name}_high"] = ends(
            figures[name],
            values,
            apart[name],
            documents=documents,
            positives=few,
            limits=_LIMITS.get(name, (-np.inf, np.inf)),
        )
    without_line = not figures["reason"] and np.isnan(interval_ends["slope_low"])
    kind = "negative" if is_common else "positive"
    evidence = f"{few} {kind} segment{'s' if few != 1 else ''} in {documents} " + (
        "document" if documents == 1 else "documents"
    )
    return interval_ends | {
        "caution": _caution(evidence, few, documents, without_line=bool(without_line))
    }


def _of_any(outcomes: Outcomes) -> Outcomes:
    """Return which segments carry any code; if most probabilities are of codes that apply, all codes."""
    return np.asarray(
        outcomes.all(axis=1) if 2 * outcomes.sum() > outcomes.size else outcomes.any(axis=1)
    )


def _caution(evidence: str, few: int, documents: int, *, without_line: bool) -> str:
    if not few:
        return ""
    if documents < FEW_DOCUMENTS:
        return f"{evidence}: too few for intervals"
    if without_line:
        return f"{evidence}: without one of these documents slope and intercept have no value, so no interval"
    if is_uncertain(few, documents):
        return f"{evidence}: one segment more or less would change these figures"
    return ""


def _by_document(values: Numbers, group: npt.NDArray[np.int64], documents: int) -> Numbers:
    sums = np.zeros((documents, values.shape[1]))
    np.add.at(sums, group, values)
    return sums
