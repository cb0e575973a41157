"""Coded samples of scored segments: importing sheets, and the probability sample that they make."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from fourp_nlp.batch.results.draws import (
    SHEET_LEFT_OUT,
    SHEET_SHARDS,
    coder_file,
    store_of,
    stratum_names,
)
from fourp_nlp.batch.results.segment_rows import find_places, open_rows
from fourp_nlp.coding.gold.coder_names import matching_coder
from fourp_nlp.coding.gold.reader import Gold, read_gold
from fourp_nlp.coding.sampling import chances_of_equal_strata
from fourp_nlp.coding.sheets.coding_sheet import read_sheet
from fourp_nlp.errors import GoldError
from fourp_nlp.files.stray_files import is_stray
from fourp_nlp.study.sampling.sampling_rounds import RandomDraw, best_sample, notes_on_unused_draws
from fourp_nlp.study.sampling.sheet_checks import coder_of_sheet, merge_into_gold, write_import

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from fourp_nlp.batch.results.segment_rows import ScoredRows
    from fourp_nlp.coding.store import Store
    from fourp_nlp.study.sampling.sheet_checks import SheetImport

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

__all__ = ["ScoredSample", "coders_of", "import_scored_sheet", "scored_sample"]

_SPAN = ["document", "start", "end"]
_DRAW_MORE = "fourp next 300 --scored DIR --coder NAME"


@dataclass(frozen=True)
class ScoredSample:
    """People's codes on a probability sample of scored segments.

    Attributes
    ----------
    coder : str
        Whose codes they are.
    rows : ndarray of int64, shape (n_read,)
        Numbers of the segments that the coder read, sorted.
    labels : ndarray of float, shape (n_read, n_codes)
        1 where the coder gave the code, else 0.
    inclusion : ndarray of float, shape (n_read,)
        The probability that the sample holds the segment; nan for what is not of the sample.
    out_of_reach : ndarray of bool, shape (n_pages,)
        Pages whose segments no draw could take, save those among them that were drawn or read.
    lost : ndarray of int64, shape (n_lost,)
        Numbers of other segments that no draw could take and that were not read.
    stratify : str
        What was drawn within, if all draws were divided alike: "site" or "group"; else empty.
    census : bool
        Whether the coder read every segment.
    draws : list of str
        The draws that make up the sample.
    drawn, apart : int
        Segments of the sample, and those that were read and are not of it.
    reason, cure : str
        Why there is no sample, and what to do about it; empty otherwise.
    notes : list of str
        Sentences for the reader.
    """

    coder: str
    rows: Integers
    labels: Floats
    inclusion: Floats
    out_of_reach: NDArray[np.bool_]
    lost: Integers
    stratify: str = ""
    census: bool = False
    draws: list[str] = field(default_factory=list)
    drawn: int = 0
    apart: int = 0
    reason: str = ""
    cure: str = ""
    notes: list[str] = field(default_factory=list)


def coders_of(folder: Path) -> list[str]:
    """Return who coded scored segments: the names of the gold files, sorted."""
    files = (path for path in (folder / "gold").glob("*.csv") if not is_stray(path.name))
    return sorted(path.stem for path in files)


def import_scored_sheet(
    folder: Path, path: Path, *, coder: str = "", replace: bool = False
) -> SheetImport:
    """Take in a sheet of scored segments that a person filled in.

    Parameters
    ----------
    folder : pathlib.Path
        The folder of scores that it was drawn from.
    path : pathlib.Path
        The sheet, CSV or XLSX.
    coder : str, optional
        Who filled it in; by default the coder that the draw was made for.
    replace : bool, default False
        Whether codes given now replace other codes that an earlier sheet gave the same segments.

    Returns
    -------
    SheetImport
        What was written to ``gold/NAME.csv`` in the folder.

    Raises
    ------
    GoldError
        If the sheet cannot be used, a text was changed, a row is not of its draw, or a segment was
        coded otherwise before. Nothing is written then.
    """
    scored = open_rows(folder)
    store = store_of(folder)
    drawn = store.read_drawn()
    if drawn.empty:
        raise GoldError(
            "Nothing has been drawn from these scores, so no sheet can be of them.",
            file=folder,
            cure="Name the folder that the sheet was drawn from: --scored DIR.",
        )
    documents = _documents(drawn, find_places(scored, drawn[_SPAN]))
    filled = read_sheet(path, documents, scored.codes)
    who, notes = coder_of_sheet(filled, store, coder, path)
    sheet_gold = Gold(*filled.marked_tables(who, scored.codes, path))
    target = coder_file(folder, who)
    added = merge_into_gold(
        sheet_gold, target, filled, documents, scored.codes, path=path, replace=replace
    )
    return write_import(folder, filled, path, who, added, notes)


def _documents(drawn: pd.DataFrame, segments: pd.DataFrame) -> pd.DataFrame:
    """Return pages as far as they were drawn: blanks, with the drawn segments in their places.

    The whole texts are not kept with scores; a span that is not there any more stays blank, so that
    whatever a sheet says of it is found to differ.
    """
    ends = drawn.groupby("document")["end"].max().to_dict()
    texts = {str(name): [" "] * int(end) for name, end in ends.items()}
    columns = (segments[name].tolist() for name in ("document", "start", "end", "text"))
    for document, start, end, text in zip(*columns, strict=True):
        if len(text) == end - start:
            texts[document][start:end] = text
    return pd.DataFrame(
        {"document": list(texts), "text": ["".join(letters) for letters in texts.values()]}
    )


def scored_sample(scored: ScoredRows, runs: pd.DataFrame, coder: str = "") -> ScoredSample:
    """Return what a coder read of scored segments drawn at random, with inclusion probabilities.

    Parameters
    ----------
    scored : ScoredRows
        The segments.
    runs : pandas.DataFrame
        Their pages, from `page_runs`.
    coder : str, optional
        The coder; need not be named if there is one alone.

    Returns
    -------
    ScoredSample
        The sample, or the reason why there is none.

    Raises
    ------
    GoldError
        If nobody coded, or it is not clear who is meant.

    Notes
    -----
    Draws go together as those of a project do (`sampling_rounds.best_sample`). Segments of a shard, a
    site and a group that nobody drew are alike in every draw, so one row stands for all of them.
    """
    who = _coder_of_sample(scored, coder)
    store = store_of(scored.folder)
    draws, drawn = store.read_draws(), store.read_drawn()
    segments = find_places(scored, drawn[_SPAN])
    gold, read = _read(scored, drawn, segments, who)
    none = ScoredSample(
        who,
        read["row"].to_numpy(dtype=np.int64),
        gold,
        np.full(len(read), np.nan),
        np.ones(len(runs), dtype=bool),
        np.zeros(0, dtype=np.int64),
        apart=len(read),
    )
    if len(read) == scored.size:
        return replace(
            none,
            inclusion=np.ones(len(read)),
            out_of_reach=np.zeros(len(runs), dtype=bool),
            census=True,
            drawn=len(read),
            apart=0,
        )
    frame, pages_cell = _frame(runs, segments, read)
    rounds = _rounds(scored, draws, drawn, frame, who, _also(store, who))
    if not rounds:
        return replace(
            none,
            reason=f"{who} read {len(read):,} of {scored.size:,} segments, but none of them was drawn at "
            "random from these scores",
            cure=f"Draw segments and code them: {_DRAW_MORE}",
        )
    best = best_sample(
        rounds,
        frame["read"].to_numpy(dtype=bool),
        stands_for=frame["count"].to_numpy(dtype=np.int64),
    )
    if best is None:
        unread_draws = "; ".join(f"{r.draw}: {r.unread} of {r.count} not coded" for r in rounds)
        return replace(
            none,
            reason=f"No random draw was read to its end by {who} ({unread_draws}), and what is missing "
            "is probably not missing at random",
            cure="Fill in the sheet and take it in: fourp next --scored DIR --take-in FILE",
        )
    cells = int(pages_cell.max()) + 1
    by_row = pd.Series(
        np.where(best.taken | best.sure, best.inclusion, np.nan)[cells:],
        index=frame["row"].to_numpy()[cells:],
    )
    inclusion = np.asarray(by_row.reindex(none.rows), dtype=np.float64)
    alone = frame.iloc[cells:]
    lost = (best.inclusion[cells:] <= 0) & ~alone["read"].to_numpy(dtype=bool)
    used = [rounds[at] for at in best.used]
    divided = {each.stratify for each in used}
    return replace(
        none,
        inclusion=inclusion,
        out_of_reach=best.inclusion[:cells][pages_cell] <= 0,
        lost=alone["row"].to_numpy(dtype=np.int64)[lost],
        stratify=divided.pop() if len(divided) == 1 else "",
        draws=[each.draw for each in used],
        drawn=int((~np.isnan(inclusion)).sum()),
        apart=int(np.isnan(inclusion).sum()),
        notes=notes_on_unused_draws(rounds, best, who),
    )


def _coder_of_sample(scored: ScoredRows, coder: str) -> str:
    """Return whose codes are the gold: the coder who is named, or the only one."""
    coders = coders_of(scored.folder)
    if not coders:
        raise GoldError(
            "No scored segments have been coded, so the machine's counts cannot be corrected.",
            file=scored.folder,
            cure=f"Draw segments and code them: {_DRAW_MORE}",
        )
    if not coder and len(coders) > 1:
        raise GoldError(
            "More than one person has coded: name the one whose codes are the gold codes.",
            file=scored.folder,
            cure=f"Coders are: {', '.join(coders)}.",
        )
    return matching_coder(coder or coders[0], coders)


def _read(
    scored: ScoredRows, drawn: pd.DataFrame, segments: pd.DataFrame, who: str
) -> tuple[Floats, pd.DataFrame]:
    """Return the codes of what a coder read that is still there, and its places, by number."""
    path = coder_file(scored.folder, who)
    gold = read_gold(path, _documents(drawn, segments), scored.codes)
    coded = pd.MultiIndex.from_frame(gold.coded.loc[gold.coded["coder"] == who, _SPAN])
    read = segments[pd.MultiIndex.from_frame(segments[_SPAN]).isin(coded)]
    read = read.sort_values("row").reset_index(drop=True)
    number_by_span = pd.Series(np.arange(len(read)), index=pd.MultiIndex.from_frame(read[_SPAN]))
    codings = gold.codings[gold.codings["coder"] == who]
    row = number_by_span.reindex(pd.MultiIndex.from_frame(codings[_SPAN])).to_numpy(
        dtype=np.float64
    )
    column = pd.Index(scored.codes).get_indexer(pd.Index(codings["code"]))
    is_read = ~np.isnan(row)
    labels = np.zeros((len(read), len(scored.codes)))
    labels[row[is_read].astype(np.int64), column[is_read]] = 1.0
    return labels, read


def _frame(
    runs: pd.DataFrame, segments: pd.DataFrame, read: pd.DataFrame
) -> tuple[pd.DataFrame, Integers]:
    """Return rows that stand for all segments: one a cell, then each that was ever drawn by itself.

    A cell is what no draw can tell apart: a shard, a site, a group. The second array is the cell of
    each page.
    """
    grouped = runs.groupby(["shard", "site", "group"], sort=False)
    cell = np.asarray(grouped.ngroup(), dtype=np.int64)
    cells = grouped.agg(count=("segments", "sum")).reset_index()
    single = segments[[*_SPAN, "row"]].sort_values("row")
    page = np.searchsorted(runs["first"].to_numpy(), single["row"].to_numpy(), side="right") - 1
    for name in ("shard", "site", "group"):
        single[name] = runs[name].to_numpy(dtype=object)[page]
    alone = np.bincount(cell[page], minlength=len(cells))
    cells["count"] -= alone
    rows = pd.concat(
        [cells.assign(document="", start=-1, end=-1, row=-1), single.assign(count=1)],
        ignore_index=True,
    )
    return rows.assign(read=rows["row"].isin(read["row"]) & (rows["row"] >= 0)), cell


def _also(store: Store, who: str) -> set[str]:
    """Return draws that were made for others and that a coder coded all the same."""
    log = store.read_log()
    imports = [json.loads(detail) for detail in log.loc[log["what"] == "take in", "detail"]]
    return {draw for each in imports if each.get("coder") == who for draw in each.get("draws", ())}


def _rounds(
    scored: ScoredRows,
    draws: pd.DataFrame,
    drawn: pd.DataFrame,
    frame: pd.DataFrame,
    who: str,
    also: set[str],
) -> list[RandomDraw]:
    """Return the draws that a coder was to read, oldest first, seen from the rows of `_frame`."""
    today = dict(zip(scored.shards, scored.identities, strict=True))
    shards = frame["shard"].to_numpy(dtype=object)
    numbers = frame["row"].to_numpy(dtype=np.int64)
    firsts = dict(zip(scored.shards, scored.firsts.tolist(), strict=True))
    within = numbers - np.array([firsts[name] for name in shards], dtype=np.int64)
    places = pd.MultiIndex.from_frame(frame[_SPAN])
    read = frame["read"].to_numpy(dtype=bool)
    rounds = []
    for facts in draws.to_dict("records"):
        if facts["coder"] != who and facts["draw"] not in also:
            continue
        options = json.loads(facts["options"])
        rows = drawn[drawn["draw"] == facts["draw"]]
        same = {name for name, held in options[SHEET_SHARDS].items() if today.get(name) == held}
        existed = np.isin(shards.astype(str), sorted(same)) if same else np.zeros(len(frame), bool)
        out = pd.MultiIndex.from_tuples(
            [(name, row) for name, held in options[SHEET_LEFT_OUT].items() for row in held]
            or [("", -1)]
        )
        left = pd.MultiIndex.from_arrays([shards, within]).isin(out) & (numbers >= 0)
        taken = np.asarray(places.isin(pd.MultiIndex.from_frame(rows[_SPAN])), dtype=bool)
        # What stands there now may be something else than what was drawn.
        taken &= existed
        if not taken.any():
            continue
        rounds.append(
            RandomDraw(
                str(facts["draw"]),
                str(options["stratify"]),
                existed,
                existed & ~left,
                taken,
                _chances(frame, rows, options),
                int(taken.sum()),
                int((taken & ~read).sum()),
            )
        )
    return rounds


def _chances(frame: pd.DataFrame, rows: pd.DataFrame, options: dict[str, Any]) -> Floats:
    """Return the chance that a draw has, or would have had, of taking a segment."""
    if options["allocation"] != "equal":
        return np.full(len(frame), float(rows["inclusion_probability"].iloc[0]))
    names = stratum_names(frame, str(options["stratify"]))
    return chances_of_equal_strata(options["strata"], names)
