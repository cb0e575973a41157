"""Drawing segments for a person to code next."""

from __future__ import annotations

from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.coding.sampling import half_within, pick_segments
from fourp_nlp.coding.sampling.draws import (
    Draw,
    draw_tables,
    drawn_for,
    random_seed,
    sheet_files,
    sheet_table,
)
from fourp_nlp.coding.store import Store
from fourp_nlp.errors import GoldError
from fourp_nlp.machine.encoder import EmbeddingCache, embed, load_encoder
from fourp_nlp.reporting import SUGGESTED
from fourp_nlp.segments.alignment import covered_segments
from fourp_nlp.study.labels import suggestion_matrix
from fourp_nlp.study.machine.training import encoder_name
from fourp_nlp.study.measuring.retest import read_repeats
from fourp_nlp.study.reading.applicability import applies_to_segments, data_segments
from fourp_nlp.study.reading.corpus import Watch, no_progress
from fourp_nlp.study.reading.who_speaks import unset_note
from fourp_nlp.study.sampling._draw_coder import coder_of_draw, readings_of_everybody
from fourp_nlp.study.sampling._machine_scores import machine_scores
from fourp_nlp.study.sampling._sampling_frame import draw_strata, frame_hash, frame_record
from fourp_nlp.study.sampling.context import neighbours, speaker_columns
from fourp_nlp.study.sampling.draw_options import ASKS_MACHINE, DrawOptions, check_options
from fourp_nlp.study.sampling.sheets import save_draw, sheet_definitions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from fourp_nlp.study.project import Project
    from fourp_nlp.study.study import Study

__all__ = [
    "Draw",
    "DrawOptions",
    "OneDraw",
    "SamplingFrame",
    "draw_next",
    "one_draw",
    "sampling_frame",
]

_NOTHING = "no code"  # what the sheet says where the machine suggests none


class SamplingFrame(NamedTuple):
    """The segments from which a draw is taken.

    Attributes
    ----------
    eligible : ndarray of bool, shape (n_segments,)
        Segments that can be drawn.
    coded : ndarray of bool, shape (n_segments,)
        Segments that the coder has coded.
    sha256 : ndarray of str, shape (n_segments,)
        SHA-256 of the document of each segment.
    words : str
        The frame in words.
    """

    eligible: NDArray[np.bool_]
    coded: NDArray[np.bool_]
    sha256: NDArray[np.object_]
    words: str


def draw_next(
    study: Study, options: DrawOptions, *, overwrite: bool = False, watch: Watch = no_progress
) -> Draw:
    """Draw segments for a person to code, keep the draw, and write its sheet.

    Parameters
    ----------
    study : Study
        The study.
    options : DrawOptions
        What to draw, for whom, and what the sheet shows.
    overwrite : bool, default False
        Whether an earlier sheet of the same name may be replaced.
    watch : callable, optional
        Is told of progress.

    Returns
    -------
    Draw
        What was drawn, and the files.

    Raises
    ------
    GoldError
        If no coder is named or known, the code is unknown, or nothing is left to draw.
    ProjectError
        If an option does not fit the strategy, or the sheet is there already.
    """
    read = readings_of_everybody(study)
    coder, notes = coder_of_draw(study.project, read, options.coder)
    check_options(options, study.codebook)
    notes += unset_note(study)
    frame = sampling_frame(study, options, read, coder)
    one = one_draw(study, options, coder, frame, watch)
    files = sheet_files(study.project.reports, one.facts["draw"])
    save_draw(
        study.project.root,
        one.facts,
        one.drawn,
        files,
        one.sheet,
        study.codebook.code_ids,
        sheet_definitions(study.codebook),
        overwrite=overwrite,
        applicable=one.applicable,
    )
    study.forget("gold", "repeats")
    return Draw(one.facts, one.drawn, one.texts, files, [*notes, *one.notes])


class OneDraw(NamedTuple):
    """A draw before it is kept.

    Attributes
    ----------
    facts : dict
        One row of the table of draws.
    drawn : pandas.DataFrame
        Table of drawn segments.
    rows : ndarray of int64, shape (n_drawn,)
        Their numbers among all segments.
    texts : list of str, length n_drawn
        Their texts.
    sheet : pandas.DataFrame
        What a sheet shows of each.
    applicable : ndarray of bool, shape (n_drawn, n_codes)
        Which codes can apply to each.
    notes : list of str
        Sentences for the reader.
    """

    facts: dict[str, object]
    drawn: pd.DataFrame
    rows: NDArray[np.int64]
    texts: list[str]
    sheet: pd.DataFrame
    applicable: NDArray[np.bool_]
    notes: list[str]


def one_draw(
    study: Study,
    options: DrawOptions,
    coder: str,
    frame: SamplingFrame,
    watch: Watch,
    *,
    more_options: Mapping[str, object] = MappingProxyType({}),
) -> OneDraw:
    """Draw segments for a coder from a frame; nothing is kept yet.

    Parameters
    ----------
    study : Study
        The study.
    options : DrawOptions
        What to draw; checked before.
    coder : str
        Who will code them.
    frame : SamplingFrame
        What can be drawn.
    watch : callable
        Is told of progress.
    more_options : mapping, optional
        What the database keeps with the options.

    Returns
    -------
    OneDraw
        The draw.
    """
    project, codebook, segments = study.project, study.codebook, study.segments
    notes: list[str] = []
    seed = random_seed(options.seed)
    scores, asked_model = None, ""
    if options.by in ASKS_MACHINE:
        notes += study.model_notes
        asked_model = study.model.id
        scores = machine_scores(study, options.by, options.code, frame.eligible, watch)
    strata = None if options.stratify is None else draw_strata(study, options.stratify)
    pick = pick_segments(
        options.by,
        options.count,
        frame.eligible,
        np.random.default_rng(seed),
        scores=scores,
        vectors=partial(_vectors, project, segments, watch),
        coded=np.flatnonzero(frame.coded).astype(np.int64),
        strata=strata,
        allocation=options.allocation,
        alike=pd.factorize(segments["text"])[0].astype(np.int64),
    )
    if len(pick.rows) < options.count:
        notes.append(
            f"{options.count} segments were asked for, but only {len(pick.rows)} can be drawn: the others "
            "are coded, are in an earlier draw, or repeat the text of a segment that was drawn."
        )
    arms = _arms(study, pick.rows, seed) if options.show else _Arms(len(pick.rows))
    kept_options = _options_to_keep(study, options, frame, strata, pick.rows) | arms.options
    chosen = segments.iloc[pick.rows].reset_index(drop=True)
    facts, drawn = draw_tables(
        Store(project.store),
        chosen.assign(document_sha256=frame.sha256[pick.rows]),
        pick.rows,
        coder=coder,
        seed=seed,
        frame_size=int(frame.eligible.sum()),
        frame=frame.words,
        options=kept_options | dict(more_options),
        probability=pick.probability,
        stratum=pick.stratum,
        strategy=options.by,
        strategies=pick.strategy,
        arm=arms.arm,
        model=asked_model or arms.machine,
    )
    texts = chosen["text"].tolist()
    before, after = neighbours(segments, pick.rows, options.context)
    sheet = sheet_table(drawn, before, texts, after, speaker_columns(segments, pick.rows))
    if arms.shown_texts is not None:
        sheet = sheet.assign(**{SUGGESTED: arms.shown_texts})
    applicable = applies_to_segments(study.corpus, codebook)[pick.rows]
    return OneDraw(facts, drawn, pick.rows, texts, sheet, applicable, notes)


def sampling_frame(
    study: Study, options: DrawOptions, read: pd.DataFrame, coder: str
) -> SamplingFrame:
    """Return the segments that can be drawn for a coder.

    Parameters
    ----------
    study : Study
        The study.
    options : DrawOptions
        What to draw.
    read : pandas.DataFrame
        The table READ.
    coder : str
        The coder.

    Returns
    -------
    SamplingFrame
        The frame.

    Raises
    ------
    GoldError
        If nothing is left to draw.
    """
    segments, settings = study.segments, study.project.settings
    sha256 = segments["document"].map(study.corpus.sha256).to_numpy(dtype=object)
    coded = covered_segments(segments, read, coder)
    waiting = _in_draws(segments, sha256, Store(study.project.store), coder) & ~coded
    data = data_segments(study.corpus, study.codebook)
    eligible = data.copy()
    left_out = []
    if options.repeat:
        repeats = read_repeats(study.project, study.corpus, study.codebook)
        eligible = data & coded & ~covered_segments(segments, repeats.read, coder)
        left_out.append("has coded and has not coded again")
    elif not options.include_coded:
        eligible &= ~coded
        left_out.append("has not coded")
    if not (options.include_open or options.repeat):
        eligible &= ~waiting
        left_out.append("does not have waiting from an earlier draw")
    if options.by != "random" and study.project.assisted_files:
        # A random sample is read without suggestions, also where suggestions were decided on.
        eligible &= ~covered_segments(segments, readings_of_everybody(study, assisted=True), coder)
        left_out.append("has not read with suggestions")
    if not eligible.any():
        raise GoldError(
            f"There is nothing left to draw for {coder}: of {data.sum()} segments, {(coded & data).sum()} "
            f"are coded and {(waiting & data).sum()} wait in earlier draws."
            + ("" if data.all() else f" {(~data).sum()} others are context alone and not coded."),
            cure="With --repeat, only segments that are coded once can be drawn."
            if options.repeat
            else "Import the sheets that are done, or add --include-open or --include-coded.",
        )
    aside = "" if data.all() else f"; {(~data).sum()} of speakers whose role is not coded left out"
    words = f"segments of the corpus ({settings.unit}s of {len(study.documents)} documents{aside})"
    if left_out:
        words += f" that {coder} {' and '.join(left_out)}"
    return SamplingFrame(eligible, coded, sha256, words)


def _options_to_keep(
    study: Study,
    options: DrawOptions,
    frame: SamplingFrame,
    strata: NDArray[np.object_] | None,
    rows: NDArray[np.int64],
) -> dict[str, object]:
    """Return what the database keeps of a draw: options, frame, codes and definitions."""
    codebook, segments = study.codebook, study.segments
    return {
        "asked": options.count,
        "code": options.code,
        "stratify": options.stratify or "",
        "allocation": options.allocation if options.stratify else "",
        "context": options.context,
        "include_open": options.include_open,
        "include_coded": options.include_coded,
        "repeat": options.repeat,
        "unit": study.project.settings.unit,
        "corpus_segments": len(segments),
        "frame_sha256": frame_hash(segments, frame.sha256, frame.eligible),
        "frame_documents": frame_record(segments, frame.sha256, frame.eligible),
        "codes": codebook.code_ids,
        "codebook_sha256": codebook.fingerprint(),
        "definitions": codebook.definitions,
        "strata": _sizes(strata, frame.eligible, rows),
    }


class _Arms:
    """The arm of each drawn segment and the machine's suggestions for it; empty without arms."""

    def __init__(self, size: int) -> None:
        self.arm = np.full(size, "", dtype=object)
        self.machine = ""
        self.options: dict[str, object] = {}
        self.shown_texts: list[str] | None = None


def _arms(study: Study, rows: NDArray[np.int64], seed: int) -> _Arms:
    """Draw the half whose suggestions the sheet shows, and keep the suggestions of both halves."""
    corpus, codebook = study.corpus, study.codebook
    arms = _Arms(len(rows))
    documents = corpus.segments["document"].to_numpy(dtype=object)[rows]
    shown = half_within(documents, np.random.default_rng([seed, 1]))  # a stream of its own
    suggested = suggestion_matrix(study.suggestions, codebook.code_ids)[rows]
    codes = [
        [code for code, is_suggested in zip(codebook.code_ids, row, strict=True) if is_suggested]
        for row in suggested
    ]
    arms.arm = np.where(shown, "shown", "blind").astype(object)
    arms.machine = study.machine
    # In the order of the sheet: a later model may say something else.
    arms.options = {"show": "half", "suggested": codes}
    arms.shown_texts = [
        "; ".join(codes_of_row) or _NOTHING if is_shown else ""
        for codes_of_row, is_shown in zip(codes, shown, strict=True)
    ]
    return arms


def _vectors(
    project: Project, segments: pd.DataFrame, watch: Watch, rows: NDArray[np.int64]
) -> NDArray[np.float32]:
    return embed(
        segments["text"].iloc[rows].tolist(),
        load_encoder(encoder_name(project)),
        cache=EmbeddingCache(project.cache),
        progress=watch("embedding"),
    )


def _sizes(
    strata: NDArray[np.object_] | None, eligible: NDArray[np.bool_], rows: NDArray[np.int64]
) -> dict[str, list[int]]:
    """Return how many segments each stratum has, and how many were drawn of it."""
    if strata is None:
        return {}
    names, sizes = np.unique(strata[eligible].astype(str), return_counts=True)
    drawn_of_stratum = pd.Series(strata[rows].astype(str)).value_counts()
    return {
        str(name): [int(size), int(drawn_of_stratum.get(name, 0))]
        for name, size in zip(names, sizes, strict=True)
    }


def _in_draws(
    segments: pd.DataFrame, sha256: NDArray[np.object_], store: Store, who: str
) -> NDArray[np.bool_]:
    """Return which segments are in any draw that was made for a coder."""
    keys = ["document", "document_sha256", "start", "end"]
    place_index = pd.MultiIndex.from_frame(segments.assign(document_sha256=sha256)[keys])
    return np.asarray(
        place_index.isin(pd.MultiIndex.from_frame(drawn_for(store, who)[keys])), dtype=bool
    )
