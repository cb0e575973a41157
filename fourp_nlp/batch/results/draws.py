"""Drawing scored segments at random for a person to code, without loading them."""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

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
from fourp_nlp.coding.sheets.coding_sheet import PLACE_COLUMNS, mark_columns
from fourp_nlp.coding.store import Store
from fourp_nlp.errors import GoldError, ProjectError
from fourp_nlp.study.sampling.context import neighbours
from fourp_nlp.study.sampling.sheets import draw_id, keep_draw, sheet_definitions
from fourp_nlp.tables import DRAWN, conform

if TYPE_CHECKING:
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
    "ScoredDraw",
    "coder_file",
    "draw_scored",
    "store_of",
    "stratum_names",
]

ADDRESS = "page address"
"""Head of the column with a page's URL; no code has an id with a space."""

SHEET_SHARDS, SHEET_LEFT_OUT = "shards", "left_out"
"""In a draw's options: the shards that there were, and numbers in them of what could not be drawn."""

_NOBODY = "(no group)"
_NAME = re.compile(r"[^\W_](?:[\w .-]{0,58}[\w])?")


@dataclass(frozen=True)
class ScoredDraw:
    """A draw of scored segments and the files that it was written to.

    Attributes
    ----------
    facts : dict
        One row of the table of draws.
    drawn : pandas.DataFrame
        Table of drawn segments.
    texts : list of str
        The segments' texts.
    files : list of pathlib.Path
        The sheet, as CSV and as a workbook.
    notes : list of str
        Sentences for the reader.
    """

    facts: dict[str, object]
    drawn: pd.DataFrame
    texts: list[str]
    files: list[Path]
    notes: list[str]


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
    return names if by == "site" else np.where(names == "", _NOBODY, names).astype(object)


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
) -> ScoredDraw:
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
    ScoredDraw
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
    who = coder.strip()
    if not who:
        raise GoldError("It is not said who will code these segments.", cure="Add --coder NAME.")
    coder_file(folder, who)
    if count < 1:
        raise ProjectError(f"{count} segments cannot be drawn.", cure="Ask for one or more.")
    scored = open_rows(folder)
    runs = page_runs(scored)
    store = store_of(folder)
    gone, lost = _left_out(scored, store, who)
    if len(gone) >= scored.size:
        raise GoldError(
            f"There is nothing left to draw for {who}: all {scored.size:,} segments were drawn before.",
            cure="Take in the sheets that are done.",
        )
    seed = secrets.randbits(32) if seed is None else seed
    random = np.random.default_rng(seed)
    rows, probability, stratum, sizes = _picked(
        scored, runs, gone, count, random, stratify, allocation
    )
    notes = []
    if len(rows) < count:
        notes.append(f"{count} segments were asked for, and {len(rows)} could be had.")
    if lost:
        notes.append(
            f"{lost} segments of earlier draws are not among the scores any more: shards were changed or "
            "taken away since."
        )
    frame, before, after = _with_context(scored, rows, context)
    page = np.searchsorted(runs["first"].to_numpy(), rows, side="right") - 1
    if (runs["document"].to_numpy(dtype=object)[page] != frame["document"].to_numpy(object)).any():
        raise torn(folder)
    documents = named(frame["shard"].tolist(), frame["document"].tolist())
    pages = pages_of_documents(scored, documents).reindex(documents)
    facts: dict[str, object] = {
        "strategy": "random",
        "coder": who,
        "seed": seed,
        "frame_size": scored.size - len(gone),
        "frame": f"scored segments ({scored.unit or 'segment'}s of {len(runs):,} pages) that {who} was not "
        "handed before",
        "model": "",
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "options": json.dumps(
            {
                "asked": count,
                "stratify": stratify or "",
                "allocation": allocation if stratify else "",
                "context": context,
                "unit": scored.unit,
                "corpus_segments": scored.size,
                SHEET_SHARDS: dict(zip(scored.shards, scored.identities, strict=True)),
                SHEET_LEFT_OUT: _by_shard(scored, gone),
                "codes": scored.codes,
                "strata": sizes,
            },
            ensure_ascii=False,
        ),
    }
    draw = draw_id(store, facts, rows)
    facts["draw"] = draw
    drawn = conform(
        frame.assign(
            draw=draw,
            document=documents,
            document_sha256=pages["sha256"].fillna("").to_numpy(),
            order=np.arange(1, len(rows) + 1),
            inclusion_probability=probability,
            stratum=stratum,
            strategy="random",
            arm="",
        ),
        DRAWN,
    )
    files = [folder / f"next_{draw}{suffix}" for suffix in (".csv", ".xlsx")]
    texts = frame["text"].tolist()
    sheet = drawn.assign(before=before, text=texts, after=after)[PLACE_COLUMNS]
    sheet[ADDRESS] = pages["url"].fillna("").to_numpy()
    keep_draw(
        folder,
        facts,
        drawn,
        files,
        sheet,
        scored.codes,
        _definitions(scored, codebook),
        overwrite=overwrite,
    )
    return ScoredDraw(facts, drawn, texts, files, notes)


def _left_out(scored: ScoredRows, store: Store, who: str) -> tuple[Integers, int]:
    """Return the numbers of what was drawn for a coder before, sorted, and how much of it is gone."""
    draws, drawn = store.read_draws(), store.read_drawn()
    own = drawn[drawn["draw"].isin(draws.loc[draws["coder"] == who, "draw"])]
    places = own[["document", "start", "end"]].drop_duplicates()
    found = find_places(scored, places)
    return np.sort(found["row"].to_numpy(dtype=np.int64)), len(places) - len(found)


def _by_shard(scored: ScoredRows, rows: Integers) -> dict[str, list[int]]:
    of_shard = scored.shard_of(rows)
    return {
        scored.shards[at]: (rows[of_shard == at] - scored.firsts[at]).tolist()
        for at in np.unique(of_shard).tolist()
    }


def _picked(
    scored: ScoredRows,
    runs: pd.DataFrame,
    gone: Integers,
    count: int,
    random: np.random.Generator,
    stratify: str | None,
    allocation: Allocation,
) -> tuple[Integers, NDArray[np.float64], NDArray[np.object_], dict[str, list[int]]]:
    """Return numbers of segments in random order, their probabilities and strata, and strata's sizes."""
    if stratify is None:
        left = scored.size - len(gone)
        sample = random_sample(left, count, random)
        rows = _past(sample.rows, gone)
        return rows, sample.probability, np.full(len(rows), "", dtype=object), {}
    names = stratum_names(runs, stratify)
    if stratify == "group" and (names == _NOBODY).all():
        raise ProjectError(
            "No page has a group, so a draw cannot be divided by groups.",
            file=scored.folder,
            cure="Score with a list of sites that has a column group, or use --stratify site.",
        )
    # Pages are put stratum by stratum, so that a stratum is a stretch of places.
    order = np.argsort(names.astype(str), kind="stable")
    firsts = runs["first"].to_numpy(dtype=np.int64)[order]
    lengths = runs["segments"].to_numpy(dtype=np.int64)[order]
    places = np.cumsum(lengths) - lengths
    kinds, number = np.unique(names[order].astype(str), return_inverse=True)
    whole = np.bincount(number, weights=lengths).astype(np.int64)
    starts = np.cumsum(whole) - whole
    # Where what cannot be drawn lies among those places.
    by_first = np.argsort(firsts)
    run = by_first[np.searchsorted(firsts[by_first], gone, side="right") - 1]
    lost = np.sort(places[run] + gone - firsts[run])
    of_lost = np.searchsorted(starts, lost, side="right") - 1
    sizes = whole - np.bincount(of_lost, minlength=len(whole))
    open_ = np.flatnonzero(sizes)
    count = min(count, int(sizes.sum()))
    taken = stratum_counts(sizes[open_], count, random, allocation=allocation)
    chances = stratum_chances(sizes[open_], count, allocation)
    picked, chance, stratum = [], [], []
    for at, wanted, own in zip(open_.tolist(), taken.tolist(), chances.tolist(), strict=True):
        if not wanted:
            continue
        among = random_sample(int(sizes[at]), wanted, random).rows
        picked.append(_past(among, lost[of_lost == at] - starts[at]) + starts[at])
        chance.append(np.full(wanted, own))
        stratum.append(np.full(wanted, kinds[at], dtype=object))
    place = np.concatenate(picked)
    run = np.searchsorted(places, place, side="right") - 1
    shuffled = random.permutation(len(place))
    rows = (firsts[run] + place - places[run])[shuffled]
    told = {
        str(kinds[at]): [int(sizes[at]), int(n)]
        for at, n in zip(open_.tolist(), taken.tolist(), strict=True)
    }
    return rows, np.concatenate(chance)[shuffled], np.concatenate(stratum)[shuffled], told


def _past(numbers: Integers, gone: Integers) -> Integers:
    """Return the numbers of the k-th among those that are not gone (sorted, without repeats)."""
    before = gone - np.arange(len(gone))
    return np.asarray(numbers + np.searchsorted(before, numbers, side="right"), dtype=np.int64)


def _with_context(
    scored: ScoredRows, rows: Integers, context: int
) -> tuple[pd.DataFrame, list[str], list[str]]:
    around = np.unique((rows[:, None] + np.arange(-context, context + 1)).ravel())
    around = around[(around >= 0) & (around < scored.size)]
    frame = read_rows(scored, around, ["document", "start", "end", "text"])
    frame["document"] = frame["document"].astype(object)
    apart = frame.assign(document=named(frame["shard"].tolist(), frame["document"].tolist()))
    at = np.searchsorted(around, rows)
    before, after = neighbours(apart, at.astype(np.int64), context)
    return frame.iloc[at].reset_index(drop=True), before, after


def _definitions(scored: ScoredRows, codebook: Codebook | None) -> pd.DataFrame:
    """Return the definitions of the codes that were scored, or their ids alone."""
    heads = mark_columns(scored.codes)[:-1]
    if codebook is None or not set(scored.codes) <= set(codebook.code_ids):
        return pd.DataFrame({"column": heads})
    made = sheet_definitions(codebook)
    at = [codebook.code_ids.index(code) for code in scored.codes]
    return made.iloc[at].assign(column=heads).reset_index(drop=True)
