"""Draws for several coders: a part that all of them code, and a part of each one's own."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.coding.sampling.draws import Draw, draw_id, random_seed, sheet_files, sheet_table
from fourp_nlp.coding.store import Store
from fourp_nlp.errors import GoldError, ProjectError
from fourp_nlp.study.reading.applicability import applies_to_segments
from fourp_nlp.study.reading.corpus import no_progress
from fourp_nlp.study.sampling._draw_coder import coder_of_draw, readings_of_everybody
from fourp_nlp.study.sampling.context import neighbours, speaker_columns
from fourp_nlp.study.sampling.draw_options import check_options
from fourp_nlp.study.sampling.drawn_sheets import SHARED_BY, sheet_order
from fourp_nlp.study.sampling.draws import one_draw, sampling_frame
from fourp_nlp.study.sampling.sheets import DrawSheet, save_draw, save_draws, sheet_definitions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from fourp_nlp.study.reading.corpus import Watch
    from fourp_nlp.study.sampling.draw_options import DrawOptions
    from fourp_nlp.study.sampling.draws import OneDraw, SamplingFrame
    from fourp_nlp.study.study import Study

__all__ = ["SAME_AS", "CoderSheet", "SharedDraws", "draw_for_coders", "draw_same_as"]

SAME_AS = "same_as"
"""Among the options of a draw: the draw of another coder that has the same segments."""

_PLACE = ["document", "document_sha256", "start", "end"]


class CoderSheet(NamedTuple):
    """The sheet of one coder.

    Attributes
    ----------
    coder : str
        Who codes it.
    draws : list of str
        The draws that its rows are of.
    rows, common : int
        How many rows it has, and how many of them all the coders have.
    files : list of pathlib.Path
        CSV and workbook.
    """

    coder: str
    draws: list[str]
    rows: int
    common: int
    files: list[Path]


class SharedDraws(NamedTuple):
    """Draws for several coders.

    Attributes
    ----------
    sheets : list of CoderSheet
        One a coder.
    seed : int
        Seed of the random numbers.
    notes : list of str
        Sentences for the reader.
    """

    sheets: list[CoderSheet]
    seed: int
    notes: list[str]


def draw_for_coders(
    study: Study,
    options: DrawOptions,
    coders: Sequence[str],
    *,
    overlap: float,
    overwrite: bool = False,
    watch: Watch = no_progress,
) -> SharedDraws:
    """Draw segments for several coders, of which a part is for all of them.

    Parameters
    ----------
    study : Study
        The study.
    options : DrawOptions
        What to draw; `count` segments are on each sheet.
    coders : sequence of str
        Who will code; two or more.
    overlap : float
        Share of each sheet that all the coders have.
    overwrite : bool, default False
        Whether earlier sheets of the same names may be replaced.
    watch : callable, optional
        Is told of progress.

    Returns
    -------
    SharedDraws
        A sheet for each coder. The common part is a draw of its own, kept once for each coder; the other
        parts are drawn independently of each other from what is left, so that two coders may have a segment
        in common by chance, too. Every inclusion probability is that of a simple draw.

    Raises
    ------
    GoldError
        If fewer than two coders are named, or nothing is left to draw for one of them.
    ProjectError
        If an option does not fit the strategy, or a sheet is there already.
    """
    read = readings_of_everybody(study)
    notes: list[str] = []
    names: list[str] = []
    for coder in coders:
        name, spelling = coder_of_draw(study.project, read, coder)
        names.append(name)
        notes += spelling
    names = list(dict.fromkeys(names))
    if len(names) < 2:
        raise GoldError(
            "A common part needs two coders.", cure="Name them, such as: --coders anna,ben"
        )
    if options.repeat or options.show:
        raise ProjectError(
            "A draw for several coders shows no suggestions and repeats nothing.",
            cure="Leave out --repeat and --show.",
        )
    check_options(options, study.codebook)
    seed = random_seed(options.seed)
    common = round(overlap * options.count)
    frames = {name: sampling_frame(study, options, read, name) for name in names}
    shared = None
    if common:
        frame = _for_all(frames, names)
        shared = one_draw(
            study, replace(options, count=common, seed=seed), names[0], frame, watch,
            more_options={SHARED_BY: names},
        )  # fmt: skip
        notes += shared.notes
        common = len(shared.rows)
    kept: list[tuple[dict[str, object], pd.DataFrame]] = []
    sheets: list[DrawSheet] = []
    described: list[CoderSheet] = []
    for number, name in enumerate(names):
        parts = []
        if shared is not None:
            parts.append(shared if number == 0 else _same_for(study, shared, name))
        if options.count > common:
            own = replace(options, count=options.count - common, seed=seed + 1 + number)
            frame = frames[name]
            if shared is not None:
                frame = _without(frame, shared.rows)
            parts.append(one_draw(study, own, name, frame, watch))
            notes += parts[-1].notes
        kept += [(part.facts, part.drawn) for part in parts]
        sheet = _sheet(parts, seed, number)
        files = sheet_files(study.project.reports, f"{parts[-1].facts['draw']}_{name}")
        sheets.append(sheet._replace(files=files))
        described.append(
            CoderSheet(
                name,
                [str(part.facts["draw"]) for part in parts],
                len(sheet.table),
                common,
                files,
            )
        )
    save_draws(
        study.project.root,
        kept,
        sheets,
        study.codebook.code_ids,
        sheet_definitions(study.codebook),
        overwrite=overwrite,
    )
    study.forget("gold", "repeats")
    return SharedDraws(described, seed, list(dict.fromkeys(notes)))


def _for_all(frames: dict[str, SamplingFrame], names: Sequence[str]) -> SamplingFrame:
    """Return the segments that can be drawn for each of the coders."""
    eligible = np.logical_and.reduce([frames[name].eligible for name in names])
    if not eligible.any():
        raise GoldError(
            f"There is no segment left that {' and '.join(names)} could all code.",
            cure="Add --include-coded, or draw for each coder alone.",
        )
    first = frames[names[0]]
    return first._replace(
        eligible=eligible, words=f"{first.words}, and neither has {', '.join(names[1:])}"
    )


def _without(frame: SamplingFrame, rows: NDArray[np.int64]) -> SamplingFrame:
    eligible = frame.eligible.copy()
    eligible[rows] = False
    if not eligible.any():
        raise GoldError(
            "Nothing is left to draw beside the common part.",
            cure="Draw fewer segments, or use --overlap 1.",
        )
    return frame._replace(
        eligible=eligible, words=f"{frame.words}, without the part that all coders have"
    )


def _same_for(study: Study, draw: OneDraw, coder: str) -> OneDraw:
    """Return the same draw for another coder, who has a sheet of their own."""
    options = json.loads(str(draw.facts["options"])) | {SAME_AS: draw.facts["draw"]}
    facts = draw.facts | {
        "coder": coder,
        "options": json.dumps(options, ensure_ascii=False),
    }
    facts.pop("draw")
    name = draw_id(Store(study.project.store), facts, draw.rows)
    facts["draw"] = name
    return draw._replace(
        facts=facts, drawn=draw.drawn.assign(draw=name), sheet=draw.sheet.assign(draw=name)
    )


def _sheet(parts: Sequence[OneDraw], seed: int, coder: int) -> DrawSheet:
    """Return one sheet of several draws for one of the coders."""
    table = pd.concat([part.sheet for part in parts], ignore_index=True)
    applicable = np.vstack([part.applicable for part in parts])
    order = sheet_order(seed, coder, len(table))
    return DrawSheet([], table.iloc[order].reset_index(drop=True), applicable[order])


def draw_same_as(
    study: Study, draw: str, coder: str, *, context: int = 2, overwrite: bool = False
) -> Draw:
    """Write a sheet for a further coder with the segments of an earlier draw.

    Parameters
    ----------
    study : Study
        The study.
    draw : str
        Id of the earlier draw.
    coder : str
        Who will code them, too.
    context : int, default 2
        How many neighbouring segments the sheet shows on each side.
    overwrite : bool, default False
        Whether an earlier sheet of the same name may be replaced.

    Returns
    -------
    Draw
        The draw for the further coder, with the same inclusion probabilities.

    Raises
    ------
    GoldError
        If there is no such draw, the coder has it already, or a drawn segment is no longer there.
    ProjectError
        If the sheet is there already.
    """
    store = Store(study.project.store)
    draws, all_drawn = store.read_draws(), store.read_drawn()
    if draw not in set(draws["draw"]):
        known = ", ".join(draws["draw"].tolist()) or "none"
        raise GoldError(f"There is no draw '{draw}'.", cure=f"Draws are: {known}.")
    (row,) = draws[draws["draw"] == draw].to_dict("records")
    facts = {str(key): value for key, value in row.items()}
    name, notes = coder_of_draw(study.project, readings_of_everybody(study), coder)
    options = json.loads(facts["options"])
    first = options.get(SAME_AS, draw)
    has = draws[
        [
            first in {one, json.loads(each).get(SAME_AS)}
            for one, each in zip(draws["draw"], draws["options"], strict=True)
        ]
    ]
    if name in set(has["coder"]):
        raise GoldError(
            f"{name} has the segments of {draw} already.", cure="Name another coder: --coder NAME"
        )
    drawn = all_drawn[all_drawn["draw"] == draw].sort_values("order").reset_index(drop=True)
    sha256 = study.segments["document"].map(study.corpus.sha256)
    places = pd.MultiIndex.from_frame(study.segments.assign(document_sha256=sha256)[_PLACE])
    rows = places.get_indexer(pd.MultiIndex.from_frame(drawn[_PLACE])).astype(np.int64)
    if (rows < 0).any():
        raise GoldError(
            f"{int((rows < 0).sum())} of {len(rows)} segments of {draw} are no longer there: their documents "
            "or the unit have changed.",
            cure="Draw anew for both coders: fourp next 60 --coders A,B",
        )
    texts = study.segments["text"].iloc[rows].tolist()
    before, after = neighbours(study.segments, rows, context)
    as_one = _same_draw(study, facts, drawn, rows, name, str(first), context)
    files = sheet_files(study.project.reports, as_one[0]["draw"])
    save_draw(
        study.project.root,
        as_one[0],
        as_one[1],
        files,
        sheet_table(as_one[1], before, texts, after, speaker_columns(study.segments, rows)),
        study.codebook.code_ids,
        sheet_definitions(study.codebook),
        overwrite=overwrite,
        applicable=applies_to_segments(study.corpus, study.codebook)[rows],
    )
    study.forget("gold", "repeats")
    return Draw(as_one[0], as_one[1], texts, files, notes)


def _same_draw(
    study: Study,
    facts: dict[str, object],
    drawn: pd.DataFrame,
    rows: NDArray[np.int64],
    coder: str,
    first: str,
    context: int,
) -> tuple[dict[str, object], pd.DataFrame]:
    options = json.loads(str(facts["options"])) | {
        SAME_AS: first,
        "context": context,
        "codes": study.codebook.code_ids,
        "codebook_sha256": study.codebook.fingerprint(),
        "definitions": study.codebook.definitions,
    }
    for key in ("show", "suggested"):  # the second coder sees no suggestions
        options.pop(key, None)
    for_coder = facts | {
        "model": "",
        "coder": coder,
        "options": json.dumps(options, ensure_ascii=False),
    }
    for_coder.pop("draw")
    name = draw_id(Store(study.project.store), for_coder, rows)
    for_coder["draw"] = name
    return for_coder, drawn.assign(draw=name, arm="")
