"""Estimates of code prevalence in scored segments, corrected by a coded random sample."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.batch.results.coded_sample import coders_of, scored_sample
from fourp_nlp.batch.results.counts import words_note
from fourp_nlp.batch.results.segment_rows import column_of, open_rows, page_runs
from fourp_nlp.errors import GoldError
from fourp_nlp.study.measuring.estimate_checks import FEWEST_CODED
from fourp_nlp.study.measuring.estimates import estimated_share, estimates_table
from fourp_nlp.study.sampling.coded_sample import CodedSample
from fourp_nlp.tables import ESTIMATES, empty

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from numpy.typing import NDArray

    from fourp_nlp.batch.results.coded_sample import ScoredSample
    from fourp_nlp.batch.results.segment_rows import ScoredRows
    from fourp_nlp.frequencies import Estimate, Method

    Integers = NDArray[np.int64]

__all__ = ["PER_WORDS", "ScoredEstimates", "estimate_scored", "scored_estimates_for_report"]

PER_WORDS = ("per_1000_words", "per_1000_words_low", "per_1000_words_high")
"""Columns beside those of the table ESTIMATES: segments with the code for a thousand words there."""

_METHODS: tuple[Method, ...] = ("naive", "corrected", "gold")


@dataclass(frozen=True)
class ScoredEstimates:
    """Estimates of scored segments, and what they rest on.

    Attributes
    ----------
    table : pandas.DataFrame
        The table ESTIMATES with the columns words and `PER_WORDS`; the levels are corpus (all that was
        scored), group and site.
    sample : ScoredSample
        What people coded.
    notes : list of str
        Sentences for the reader.
    """

    table: pd.DataFrame
    sample: ScoredSample
    notes: list[str]


def estimate_scored(
    folder: Path,
    *,
    coder: str = "",
    confidence: float = 0.95,
    watch: Callable[[int, int], Any] | None = None,
) -> ScoredEstimates:
    """Estimate the share of scored segments with each code: all of them, by group, and by site.

    Parameters
    ----------
    folder : pathlib.Path
        What `score_places` wrote into.
    coder : str, optional
        Whose codes are the gold; need not be named if there is one coder.
    confidence : float, default 0.95
        Of the intervals.
    watch : callable, optional
        Is told how many codes are done, and how many there are.

    Returns
    -------
    ScoredEstimates
        The machine's count, corrected, and by people's sample alone. A group or site with fewer than
        `FEWEST_CODED` coded segments has the machine's count alone, and the reason.

    Raises
    ------
    GoldError
        If nobody coded, or nothing that was coded is a random sample.

    Notes
    -----
    Done code by code: what is in memory are a few numbers a segment. The words of a group are known, so
    that an estimated number of segments for a thousand words has the same relative error as the share.
    """
    scored = open_rows(folder)
    runs = page_runs(scored)
    sample = scored_sample(scored, runs, coder)
    if sample.reason:
        raise GoldError(f"{sample.reason}.", file=folder, cure=f"{sample.cure}.")
    parts = _parts(runs)
    segments = runs["segments"].to_numpy(dtype=np.int64)
    inclusion, gold = np.ones(scored.size), np.full(scored.size, np.nan)
    inclusion[np.repeat(sample.out_of_reach, segments)] = 0.0
    inclusion[sample.lost] = 0.0
    used = ~np.isnan(sample.inclusion)
    inclusion[sample.rows[used]] = sample.inclusion[used]
    strata = None
    if sample.stratify:
        numbers = pd.factorize(runs[sample.stratify])[0].astype(np.int32)
        strata = np.repeat(numbers, segments)
    rows: list[tuple[str, str, str, str, Estimate]] = []
    for number, (code, theme) in enumerate(zip(scored.codes, scored.themes, strict=True)):
        machine = column_of(scored, f"p_{code}", np.float32)
        suggested = column_of(scored, f"s_{code}", np.bool_)
        gold[sample.rows[used]] = sample.labels[used, number]
        for level, place, pages in parts:
            chosen = _segments_of(pages, runs, segments)
            gold_of_place = gold[chosen]
            part = CodedSample(
                sample.coder,
                gold_of_place[:, None],
                inclusion[chosen],
                _labels(gold_of_place, chosen, sample, number)[:, None],
                None if strata is None else strata[chosen],  # type: ignore[arg-type]
            )
            everywhere = np.ones(len(gold_of_place), dtype=bool)
            for method in _METHODS:
                estimate = estimated_share(
                    part,
                    0,
                    machine[chosen],
                    suggested[chosen],
                    None,
                    everywhere,
                    method,
                    "corpus",
                    confidence,
                    part=level != "corpus",
                )
                rows.append((code, theme, level, place, estimate))
        if watch:
            watch(number + 1, len(scored.codes))
    order = {(level, place): at for at, (level, place, _) in enumerate(parts)}
    rows.sort(key=lambda row: order[row[2], row[3]])  # stable: codes stay in order
    table = estimates_table(rows, sample.coder, scored.machine, confidence)
    table["caution"] = [estimate.caution for *_, estimate in rows]
    words = {(level, place): int(runs["words"].to_numpy()[at].sum()) for level, place, at in parts}
    notes = [*_notes(scored, sample, table), *filter(None, [words_note(scored.folder)])]
    return ScoredEstimates(_per_words(table, words), sample, notes)


def scored_estimates_for_report(folder: Path) -> tuple[pd.DataFrame, list[str]]:
    """Return estimates of scored segments, or the reason why there are none.

    Parameters
    ----------
    folder : pathlib.Path
        What `score_places` wrote into.

    Returns
    -------
    table : pandas.DataFrame
        As in `ScoredEstimates`; without rows where they are refused.
    notes : list of str
        Sentences for the reader; none if nobody coded.
    """
    nothing = _per_words(empty(ESTIMATES), {})
    if not coders_of(folder):
        return nothing, []
    try:
        estimates = estimate_scored(folder)
    except GoldError as refused:
        return nothing, [str(refused)]
    return estimates.table, estimates.notes


def _parts(runs: pd.DataFrame) -> list[tuple[str, str, Integers]]:
    """Return all, the groups and the sites, each with its pages; of one group or site alone, none."""
    whole = np.arange(len(runs), dtype=np.int64)
    parts = [("corpus", "", whole)]
    for level in ("group", "site"):
        numbers, names = pd.factorize(runs[level])
        if len(names) > 1:
            order = np.argsort(numbers, kind="stable").astype(np.int64)
            ends = np.cumsum(np.bincount(numbers))[:-1]
            pages = np.split(order, ends)
            parts += sorted(
                zip([level] * len(names), map(str, names), pages, strict=True), key=_name
            )
    return parts


def _name(part: tuple[str, str, Integers]) -> str:
    return part[1]


def _segments_of(pages: Integers, runs: pd.DataFrame, segments: Integers) -> slice | Integers:
    """Return the numbers of the segments of some pages (sorted); a stretch where they are one."""
    firsts = runs["first"].to_numpy(dtype=np.int64)
    if pages[-1] - pages[0] + 1 == len(pages):
        return slice(int(firsts[pages[0]]), int(firsts[pages[-1]] + segments[pages[-1]]))
    held = segments[pages]
    starts = np.cumsum(held) - held
    return np.asarray(
        np.repeat(firsts[pages] - starts, held) + np.arange(held.sum()), dtype=np.int64
    )


def _labels(
    gold_of_place: NDArray[np.float64], chosen: slice | Integers, sample: ScoredSample, number: int
) -> NDArray[np.float64]:
    """Return what was read of a part, of the sample or not, where all of it was: then that is a count."""
    if isinstance(chosen, slice):
        at = np.flatnonzero((sample.rows >= chosen.start) & (sample.rows < chosen.stop))
        places = sample.rows[at] - chosen.start
    else:
        places = np.searchsorted(chosen, sample.rows)
        is_read = places < len(chosen)
        is_read[is_read] = chosen[places[is_read]] == sample.rows[is_read]
        at = np.flatnonzero(is_read)
        places = places[at]
    if len(at) < len(gold_of_place):
        return gold_of_place
    labels = gold_of_place.copy()
    labels[places] = sample.labels[at, number]
    return labels


def _per_words(table: pd.DataFrame, words: dict[tuple[str, str], int]) -> pd.DataFrame:
    keys = zip(table["level"], table["place"], strict=True)
    held = np.array([words[key] for key in keys], dtype=np.int64)
    with_rates = table.assign(words=held)
    for name, count in zip(PER_WORDS, ("count", "count_low", "count_high"), strict=True):
        some = np.where(held > 0, held, 1)
        with_rates[name] = np.where(held > 0, table[count].to_numpy() * 1000 / some, np.nan)
    return with_rates


def _notes(scored: ScoredRows, sample: ScoredSample, table: pd.DataFrame) -> list[str]:
    """Say what the estimates rest on."""
    if sample.census:
        notes = [f"{sample.coder} read every segment: this is a count, without sampling error."]
    else:
        notes = [
            f"The sample: {sample.drawn:,} of {scored.size:,} scored segments, drawn at random "
            f"({', '.join(sample.draws)}) and coded by {sample.coder} without seeing suggestions"
            + (f"; {sample.apart:,} that were read besides are left out" if sample.apart else "")
            + "."
        ]
    notes.append(
        "These are shares of segments of the scored pages. Near-duplicates of a page count once, and pages "
        "that could not be read are not included."
    )
    sites = table[(table["level"] == "site") & (table["method"] == "corrected")]
    first = sites.groupby("place")[["coded", "segments"]].first()
    # Where every segment is coded, people's count is the result, however few there are.
    thin = int(((first["coded"] < FEWEST_CODED) & (first["coded"] < first["segments"])).sum())
    if thin:
        notes.append(
            f"{thin:,} of {sites['place'].nunique():,} sites have fewer than {FEWEST_CODED} coded segments: "
            "a sample of the whole is too small for each of them, so they have only the machine's count. "
            "For estimates by site, draw more with --stratify site --allocation equal."
        )
    return [*notes, *sample.notes]
