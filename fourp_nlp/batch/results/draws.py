"""Drawing a random sample of scored segments for a person to code, without loading them all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.batch.results.segment_rows import (
    find_places,
    named,
    open_rows,
    page_runs,
    pages_of_documents,
    read_rows,
    torn,
)
from fourp_nlp.coding.gold.coder_names import SETTLED
from fourp_nlp.coding.sampling import random_sample, stratum_chances, stratum_counts
from fourp_nlp.coding.sampling.draws import (
    Draw,
    check_draw,
    draw_tables,
    drawn_for,
    random_seed,
    sheet_files,
    sheet_table,
)
from fourp_nlp.coding.sheets.coding_sheet import mark_columns
from fourp_nlp.coding.store import Store
from fourp_nlp.errors import GoldError, ProjectError
from fourp_nlp.study.sampling.context import neighbours
from fourp_nlp.study.sampling.sheets import save_draw, sheet_definitions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from fourp_nlp.batch.results.segment_rows import ScoredRows
    from fourp_nlp.codebook import Codebook
    from fourp_nlp.coding.sampling import Allocation

    Integers = NDArray[np.int64]

__all__ = [
    "ADDRESS",
    "SHEET_LEFT_OUT",
    "SHEET_SHARDS",
    "coder_file",
    "draw_scored",
    "store_of",
    "stratum_names",
]

ADDRESS = "page address"
"""Head of the column with a page's URL; no code has an id with a space."""

SHEET_SHARDS, SHEET_LEFT_OUT = "shards", "left_out"
"""In a draw's options: the shards that there were, and numbers in them of what could not be drawn."""

_NO_GROUP = "(no group)"
_NAME = re.compile(r"[^\W_](?:[\w .-]{0,58}[\w])?")


def store_of(folder: Path) -> Store:
    """Return the database of a folder of scores, in which its draws are kept."""
    return Store(folder / "fourp.sqlite")


def coder_file(folder: Path, coder: str) -> Path:
    """Return the gold file of a coder of scored segments.

    Parameters
    ----------
    folder : pathlib.Path
        The folder of scores.
    coder : str
        Id of the coder.

    Returns
    -------
    pathlib.Path
        The file, whether or not it is there.

    Raises
    ------
    GoldError
        If no file can have that name.
    """
    if coder == SETTLED or not _NAME.fullmatch(coder):
        raise GoldError(
            f"'{coder}' cannot be the name of a coder: a gold file is named after it.",
            cure="Use letters, digits and spaces.",
        )
    return folder / "gold" / f"{coder}.csv"


def stratum_names(runs: pd.DataFrame, by: str) -> NDArray[np.object_]:
    """Return what the segments of each page are drawn within.

    Parameters
    ----------
    runs : pandas.DataFrame
        From `page_runs`.
    by : {"site", "group"}
        What divides the draw.

    Returns
    -------
    ndarray of str, shape (n_pages,)
        Ids of sites or groups.
    """
    names = runs[by].to_numpy(dtype=object)
    return names if by == "site" else np.where(names == "", _NO_GROUP, names).astype(object)


def draw_scored(
    folder: Path,
    *,
    count: int,
    coder: str,
    codebook: Codebook | None = None,
    seed: int | None = None,
    stratify: Literal["site", "group"] | None = None,
    allocation: Allocation = "proportional",
    context: int = 2,
    overwrite: bool = False,
) -> Draw:
    """Draw scored segments at random for a person to code, keep the draw, and write its sheet.

    What the coder has coded, or has waiting from an earlier draw, is not drawn again.

    Parameters
    ----------
    folder : pathlib.Path
        What `score_places` wrote into.
    count : int
        How many segments.
    coder : str
        Who will code them.
    codebook : Codebook, optional
        For names and definitions beside the sheet.
    seed : int, optional
        Seed of the random numbers; by default a fresh one, which is kept.
    stratify : {"site", "group"}, optional
        Draw within sites or groups.
    allocation : {"proportional", "equal"}
        How a stratified draw is divided.
    context : int, default 2
        How many neighbours the sheet shows on each side.
    overwrite : bool, default False
        Whether an earlier sheet of the same name may be replaced.

    Returns
    -------
    Draw
        What was drawn, and the files.

    Raises
    ------
    FourpError
        If there are no scores, it is not said who codes, or nothing is left to draw.

    Notes
    -----
    Memory does not grow with the number of segments, only with that of pages: rows are counted from what
    the files say of themselves, numbers are drawn, and the row groups that hold them are read.
    """
    coder = coder.strip()
    check_draw(count, coder)
    coder_file(folder, coder)
    scored = open_rows(folder)
    pages = page_runs(scored)
    store = store_of(folder)
    excluded, lost = _drawn_before(scored, store, coder)
    if len(excluded) >= scored.size:
        raise GoldError(
            f"There is nothing left to draw for {coder}: all {scored.size:,} segments were drawn before.",
            cure="Import the sheets that are filled in.",
        )
    seed = random_seed(seed)
    random = np.random.default_rng(seed)
    sample = _draw_sample(scored, pages, excluded, count, random, stratify, allocation)
    segments, before, after, urls = _drawn_segments(scored, pages, sample.rows, context)
    facts, drawn = draw_tables(
        store,
        segments,
        sample.rows,
        coder=coder,
        seed=seed,
        frame_size=scored.size - len(excluded),
        frame=f"scored segments ({scored.unit or 'segment'}s of {len(pages):,} pages) that {coder} was not "
        "handed before",
        options={
            "asked": count,
            "stratify": stratify or "",
            "allocation": allocation if stratify else "",
            "context": context,
            "unit": scored.unit,
            "corpus_segments": scored.size,
            SHEET_SHARDS: dict(zip(scored.shards, scored.identities, strict=True)),
            SHEET_LEFT_OUT: _by_shard(scored, excluded),
            "codes": scored.codes,
            "strata": sample.strata,
        },
        probability=sample.probability,
        stratum=sample.stratum,
    )
    texts = segments["text"].tolist()
    files = sheet_files(folder, facts["draw"])
    save_draw(
        folder,
        facts,
        drawn,
        files,
        sheet_table(drawn, before, texts, after).assign(**{ADDRESS: urls}),
        scored.codes,
        _definitions(scored, codebook),
        overwrite=overwrite,
    )
    return Draw(facts, drawn, texts, files, _notes(count, len(drawn), lost))


class _Sample(NamedTuple):
    """Segments that were drawn.

    Attributes
    ----------
    rows : ndarray of int64, shape (n_drawn,)
        Their numbers, in random order.
    probability : ndarray of float, shape (n_drawn,)
        Their inclusion probabilities.
    stratum : ndarray of str, shape (n_drawn,)
        Their strata; empty without strata.
    strata : dict of str to list of int
        For each stratum, how many segments it has and how many were drawn.
    """

    rows: Integers
    probability: NDArray[np.float64]
    stratum: NDArray[np.object_]
    strata: dict[str, list[int]]


def _notes(asked: int, drawn: int, lost: int) -> list[str]:
    notes = []
    if drawn < asked:
        notes.append(f"{asked} segments were asked for, but only {drawn} can be drawn.")
    if lost:
        notes.append(
            f"{lost} segments of earlier draws are not among the scores any more: shards were changed or "
            "removed since."
        )
    return notes


def _drawn_segments(
    scored: ScoredRows, pages: pd.DataFrame, rows: Integers, context: int
) -> tuple[pd.DataFrame, list[str], list[str], Sequence[str]]:
    """Return the drawn segments, the words before and after each, and the URLs of their pages."""
    segments, before, after = _with_context(scored, rows, context)
    page = np.searchsorted(pages["first"].to_numpy(), rows, side="right") - 1
    if (
        pages["document"].to_numpy(dtype=object)[page] != segments["document"].to_numpy(object)
    ).any():
        raise torn(scored.folder)
    documents = named(segments["shard"].tolist(), segments["document"].tolist())
    page_facts = pages_of_documents(scored, documents).reindex(documents)
    segments = segments.assign(
        document=documents, document_sha256=page_facts["sha256"].fillna("").to_numpy()
    )
    return segments, before, after, page_facts["url"].fillna("").tolist()


def _drawn_before(scored: ScoredRows, store: Store, coder: str) -> tuple[Integers, int]:
    """Return the numbers of what was drawn for a coder before, sorted, and how much of it is gone."""
    places = drawn_for(store, coder)[["document", "start", "end"]].drop_duplicates()
    still_there = find_places(scored, places)
    return np.sort(still_there["row"].to_numpy(dtype=np.int64)), len(places) - len(still_there)


def _by_shard(scored: ScoredRows, rows: Integers) -> dict[str, list[int]]:
    of_shard = scored.shard_of(rows)
    return {
        scored.shards[at]: (rows[of_shard == at] - scored.firsts[at]).tolist()
        for at in np.unique(of_shard).tolist()
    }


def _draw_sample(
    scored: ScoredRows,
    pages: pd.DataFrame,
    excluded: Integers,
    count: int,
    random: np.random.Generator,
    stratify: str | None,
    allocation: Allocation,
) -> _Sample:
    """Draw from all segments but those that are excluded, within sites or groups if that is asked for."""
    if stratify is None:
        sample = random_sample(scored.size - len(excluded), count, random)
        rows = _skip(sample.rows, excluded)
        return _Sample(rows, sample.probability, np.full(len(rows), "", dtype=object), {})
    names = stratum_names(pages, stratify)
    if stratify == "group" and (names == _NO_GROUP).all():
        raise ProjectError(
            "No page has a group, so a draw cannot be divided by groups.",
            file=scored.folder,
            cure="Score with a list of sites that has a column group, or use --stratify site.",
        )
    # Pages are put stratum by stratum, so that a stratum is a stretch of places.
    order = np.argsort(names.astype(str), kind="stable")
    firsts = pages["first"].to_numpy(dtype=np.int64)[order]
    lengths = pages["segments"].to_numpy(dtype=np.int64)[order]
    places = np.cumsum(lengths) - lengths
    strata, number = np.unique(names[order].astype(str), return_inverse=True)
    totals = np.bincount(number, weights=lengths).astype(np.int64)
    starts = np.cumsum(totals) - totals
    # Where what is excluded lies among those places.
    by_first = np.argsort(firsts)
    page = by_first[np.searchsorted(firsts[by_first], excluded, side="right") - 1]
    excluded_places = np.sort(places[page] + excluded - firsts[page])
    excluded_stratum = np.searchsorted(starts, excluded_places, side="right") - 1
    sizes = totals - np.bincount(excluded_stratum, minlength=len(totals))
    eligible = np.flatnonzero(sizes)
    count = min(count, int(sizes.sum()))
    counts = stratum_counts(sizes[eligible], count, random, allocation=allocation)
    chances = stratum_chances(sizes[eligible], count, allocation)
    place_parts, probability_parts, stratum_parts = [], [], []
    for at, n, chance in zip(eligible.tolist(), counts.tolist(), chances.tolist(), strict=True):
        if not n:
            continue
        within = random_sample(int(sizes[at]), n, random).rows
        skipped = excluded_places[excluded_stratum == at] - starts[at]
        place_parts.append(_skip(within, skipped) + starts[at])
        probability_parts.append(np.full(n, chance))
        stratum_parts.append(np.full(n, strata[at], dtype=object))
    place = np.concatenate(place_parts)
    page = np.searchsorted(places, place, side="right") - 1
    shuffled = random.permutation(len(place))
    return _Sample(
        (firsts[page] + place - places[page])[shuffled],
        np.concatenate(probability_parts)[shuffled],
        np.concatenate(stratum_parts)[shuffled],
        {
            str(strata[at]): [int(sizes[at]), int(n)]
            for at, n in zip(eligible.tolist(), counts.tolist(), strict=True)
        },
    )


def _skip(numbers: Integers, excluded: Integers) -> Integers:
    """Return, for each k, the number of the k-th segment that is not excluded (sorted, without repeats)."""
    before = excluded - np.arange(len(excluded))
    return np.asarray(numbers + np.searchsorted(before, numbers, side="right"), dtype=np.int64)


def _with_context(
    scored: ScoredRows, rows: Integers, context: int
) -> tuple[pd.DataFrame, list[str], list[str]]:
    around = np.unique((rows[:, None] + np.arange(-context, context + 1)).ravel())
    around = around[(around >= 0) & (around < scored.size)]
    segments = read_rows(scored, around, ["document", "start", "end", "text"])
    segments["document"] = segments["document"].astype(object)
    by_page = segments.assign(
        document=named(segments["shard"].tolist(), segments["document"].tolist())
    )
    at = np.searchsorted(around, rows)
    before, after = neighbours(by_page, at.astype(np.int64), context)
    return segments.iloc[at].reset_index(drop=True), before, after


def _definitions(scored: ScoredRows, codebook: Codebook | None) -> pd.DataFrame:
    """Return the definitions of the codes that were scored, or their ids alone."""
    columns = mark_columns(scored.codes)[:-1]
    if codebook is None or not set(scored.codes) <= set(codebook.code_ids):
        return pd.DataFrame({"column": columns})
    definitions = sheet_definitions(codebook)
    at = [codebook.code_ids.index(code) for code in scored.codes]
    return definitions.iloc[at].assign(column=columns).reset_index(drop=True)
