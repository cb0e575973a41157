"""Drawing segments for a person to code next."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.coding.alignment.alignment import covered_segments
from fourp_nlp.coding.gold.coder_names import SETTLED, one_spelling, spelling_notes
from fourp_nlp.coding.gold.columns import READ
from fourp_nlp.coding.gold.reader import read_gold
from fourp_nlp.coding.sampling import disagreement, half_within, nearness, pick_segments
from fourp_nlp.coding.sheets.coding_sheet import PLACE_COLUMNS
from fourp_nlp.coding.store import Store
from fourp_nlp.errors import GoldError, ProjectError
from fourp_nlp.machine.classifier import document_blocks, model_features
from fourp_nlp.machine.encoder import EmbeddingCache, embed, embed_layers, load_encoder
from fourp_nlp.machine.training import zero_shot_model
from fourp_nlp.reporting import SUGGESTED
from fourp_nlp.study.labels import suggestion_matrix
from fourp_nlp.study.machine.suggestions import stored_suggestions
from fourp_nlp.study.machine.training import encoder_name
from fourp_nlp.study.measuring.measures import machine_of
from fourp_nlp.study.measuring.retest import read_repeats
from fourp_nlp.study.reading.applicability import applies_to_segments
from fourp_nlp.study.reading.corpus import Watch, no_progress
from fourp_nlp.study.reading.reading_state import asked_of_draws, hold_to_record
from fourp_nlp.study.sampling._sampling_frame import draw_strata, frame_hash, frame_record
from fourp_nlp.study.sampling.context import neighbours
from fourp_nlp.study.sampling.sheets import draw_id, keep_draw, sheet_definitions
from fourp_nlp.tables import DRAWN, conform, empty

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Literal

    from numpy.typing import NDArray

    from fourp_nlp.codebook import Codebook
    from fourp_nlp.coding.sampling import Allocation, Strategy
    from fourp_nlp.machine.classifier import TrainedModel
    from fourp_nlp.study.project import Project
    from fourp_nlp.study.study import Study


__all__ = ["Draw", "draw_next", "what_was_read", "who_codes"]

_NOTHING = "no code"  # what the sheet says where the machine suggests none
_BLOCK = 8192  # segments looked at at once, rounded up to whole documents
_ASKS_MACHINE = ("uncertainty", "disagreement", "mixed")


@dataclass(frozen=True)
class Draw:
    """A draw as it was stored and written.

    Attributes
    ----------
    facts : dict
        One row of the table of draws.
    drawn : pandas.DataFrame
        Table of drawn segments.
    texts : list of str
        The words of each.
    files : list of pathlib.Path
        The sheet as CSV and as XLSX.
    notes : list of str
        Sentences for the reader.
    """

    facts: dict[str, object]
    drawn: pd.DataFrame
    texts: list[str]
    files: list[Path]
    notes: list[str] = field(default_factory=list)


def draw_next(
    study: Study,
    *,
    count: int,
    by: Strategy = "random",
    coder: str = "",
    seed: int | None = None,
    code: str = "",
    stratify: Literal["document", "group"] | None = None,
    allocation: Allocation = "proportional",
    context: int = 2,
    include_open: bool = False,
    include_coded: bool = False,
    repeat: bool = False,
    show: Literal["half"] | None = None,
    overwrite: bool = False,
    watch: Watch = no_progress,
) -> Draw:
    """Draw segments for a person to code, keep the draw, and write its sheet.

    Parameters
    ----------
    study : Study
        The study.
    count : int
        How many segments.
    by : {"random", "uncertainty", "disagreement", "diversity", "mixed"}
        How they are picked. Only what is drawn at random has an inclusion probability.
    coder : str, optional
        Who will code them; by default the reference coder, or the only coder there is.
    seed : int, optional
        Seed of the random numbers; by default a fresh one, which is kept.
    code : str, optional
        For uncertainty, disagreement and mixed: look at this code alone.
    stratify : {"document", "group"}, optional
        For random: draw within documents or groups.
    allocation : {"proportional", "equal"}
        How a stratified draw is divided.
    context : int, default 2
        How many neighbours the sheet shows on each side.
    include_open : bool, default False
        Whether segments of the coder's earlier draws can be drawn that were not coded yet.
    include_coded : bool, default False
        Whether segments can be drawn that the coder has coded.
    repeat : bool, default False
        Whether to draw, at random, from what the coder has coded and not coded again: for a retest.
    show : {"half"}, optional
        For random: show the machine's suggestion on the sheet for half of the segments, drawn at random
        within documents, to see whether it sways the coder.
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
        If it is not said who codes, the code is unknown, or nothing is left to draw.
    ProjectError
        If an option does not fit the strategy, or the sheet is there already.
    """
    project, corpus, codebook = study.project, study.corpus, study.codebook
    read = what_was_read(study)
    who, spelling = who_codes(project, read, coder)
    _check_options(by, code, stratify, codebook, count, repeat=repeat, show=show)
    segments = corpus.segments
    sha256 = segments["document"].map(corpus.sha256).to_numpy(dtype=object)
    store = Store(project.store)
    coded = covered_segments(segments, read, who)
    waiting = _in_draws(segments, sha256, store, who) & ~coded
    eligible = np.ones(len(segments), dtype=bool)
    left_out = []
    if repeat:
        again = read_repeats(project, corpus, codebook).read
        eligible = coded & ~covered_segments(segments, again, who)
        left_out.append("has coded and has not coded again")
    elif not include_coded:
        eligible &= ~coded
        left_out.append("has not coded")
    if not (include_open or repeat):
        eligible &= ~waiting
        left_out.append("does not have waiting from an earlier draw")
    if not eligible.any():
        raise GoldError(
            f"There is nothing left to draw for {who}: of {len(segments)} segments, {coded.sum()} are "
            f"coded and {waiting.sum()} wait in earlier draws.",
            cure="Only what is coded, and not coded again, can be drawn with --repeat."
            if repeat
            else "Take in the sheets that are done, or add --include-open or --include-coded.",
        )
    seed = secrets.randbits(32) if seed is None else seed
    notes = spelling
    model, scores = None, None
    if by in _ASKS_MACHINE:
        model, told = study.model, study.model_notes
        notes += told
        alone = zero_shot_model(
            codebook,
            load_encoder(encoder_name(project)),
            unit=project.settings.unit,
            cache=EmbeddingCache(project.cache),
        )
        views = _views(study, (model, alone), eligible, watch)
        scores = _scores(by, views, (model, alone), code)
    strata = None if stratify is None else draw_strata(study, stratify)
    pick = pick_segments(
        by,
        count,
        eligible,
        np.random.default_rng(seed),
        scores=scores,
        vectors=partial(_vectors, project, segments, watch),
        coded=np.flatnonzero(coded).astype(np.int64),
        strata=strata,
        allocation=allocation,
        alike=pd.factorize(segments["text"])[0].astype(np.int64),
    )
    if len(pick.rows) < count:
        notes.append(
            f"{count} segments were asked for, and {len(pick.rows)} could be had: the others are coded, "
            "wait from an earlier draw, or repeat the words of one that was taken."
        )
    options: dict[str, object] = {
        "asked": count,
        "code": code,
        "stratify": stratify or "",
        "allocation": allocation if stratify else "",
        "context": context,
        "include_open": include_open,
        "include_coded": include_coded,
        "repeat": repeat,
        "unit": project.settings.unit,
        "corpus_segments": len(segments),
        "frame_sha256": frame_hash(segments, sha256, eligible),
        "frame_documents": frame_record(segments, sha256, eligible),
        "codes": codebook.code_ids,
        "codebook_sha256": codebook.fingerprint(),
        "definitions": codebook.definitions,
        "strata": _sizes(strata, eligible, pick.rows),
    }
    arms = _arms(study, pick.rows, seed) if show else _Arms(len(pick.rows))
    where = (
        f"segments of the corpus ({project.settings.unit}s of {len(corpus.documents)} documents)"
    )
    facts: dict[str, object] = {
        "strategy": by,
        "coder": who,
        "seed": seed,
        "frame_size": int(eligible.sum()),
        "frame": where + (f" that {who} {' and '.join(left_out)}" if left_out else ""),
        "model": arms.machine if model is None else model.id,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "options": json.dumps(options | arms.options, ensure_ascii=False),
    }
    draw = draw_id(store, facts, pick.rows)
    facts["draw"] = draw
    chosen = segments.iloc[pick.rows].reset_index(drop=True)
    drawn = conform(
        chosen.assign(
            draw=draw,
            document_sha256=sha256[pick.rows],
            order=np.arange(1, len(chosen) + 1),
            inclusion_probability=pick.probability,
            stratum=pick.stratum,
            strategy=pick.strategy,
            arm=arms.arm,
        ),
        DRAWN,
    )
    files = [project.reports / f"next_{draw}{suffix}" for suffix in (".csv", ".xlsx")]
    sheet = _sheet(segments, drawn, pick.rows, context, arms)
    keep_draw(
        project.root,
        facts,
        drawn,
        files,
        sheet,
        codebook.code_ids,
        sheet_definitions(codebook),
        overwrite=overwrite,
        applicable=applies_to_segments(corpus, codebook)[pick.rows],
    )
    study.forget("gold", "repeats")
    return Draw(facts, drawn, chosen["text"].tolist(), files, notes)


class _Arms:
    """The arm of each drawn segment, and what the machine suggests for it; nothing without arms."""

    def __init__(self, size: int) -> None:
        self.arm = np.full(size, "", dtype=object)
        self.machine = ""
        self.options: dict[str, object] = {}
        self.said: list[str] | None = None


def _arms(study: Study, rows: NDArray[np.int64], seed: int) -> _Arms:
    """Draw the half that is shown what the machine suggests, and keep that for both halves."""
    project, corpus, codebook = study.project, study.corpus, study.codebook
    arms = _Arms(len(rows))
    suggestions = stored_suggestions(project, corpus, codebook)
    documents = corpus.segments["document"].to_numpy(dtype=object)[rows]
    shown = half_within(documents, np.random.default_rng([seed, 1]))  # a stream of its own
    suggested = suggestion_matrix(suggestions, codebook.code_ids)[rows]
    codes = [
        [code for code, is_suggested in zip(codebook.code_ids, row, strict=True) if is_suggested]
        for row in suggested
    ]
    arms.arm = np.where(shown, "shown", "blind").astype(object)
    arms.machine = machine_of(suggestions)
    # In the order of the sheet: a later model may say something else.
    arms.options = {"show": "half", "suggested": codes}
    arms.said = [
        "; ".join(codes_of_row) or _NOTHING if is_shown else ""
        for codes_of_row, is_shown in zip(codes, shown, strict=True)
    ]
    return arms


def _sheet(
    segments: pd.DataFrame,
    drawn: pd.DataFrame,
    rows: NDArray[np.int64],
    context: int,
    arms: _Arms,
) -> pd.DataFrame:
    before, after = neighbours(segments, rows, context)
    text = segments["text"].iloc[rows].to_numpy()
    sheet = drawn.assign(before=before, text=text, after=after)[PLACE_COLUMNS]
    return sheet if arms.said is None else sheet.assign(**{SUGGESTED: arms.said})


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


def what_was_read(study: Study) -> pd.DataFrame:
    """Return the table READ. Unlike measuring, drawing needs nobody to be the reference."""
    project, corpus, codebook = study.project, study.corpus, study.codebook
    if not project.gold_files:
        return empty(READ)
    codes = codebook.code_ids
    files = read_gold(project.gold_files, corpus.documents, codes, all_parts=True)
    drawn_segments = partial(asked_of_draws, project)
    return hold_to_record(project.gold, files, corpus.documents, codebook, drawn_segments).read


def who_codes(project: Project, read: pd.DataFrame, coder: str) -> tuple[str, list[str]]:
    """Return who is to code, as the name is spelt in the gold files, and where it was spelt otherwise."""
    people = [str(name) for name in read["coder"].unique() if name != SETTLED]
    only = people[0] if len(people) == 1 else ""
    named = project.settings.coders.gold
    who = coder.strip() or ("" if named == SETTLED else named) or only
    if not who:
        raise GoldError("It is not said who will code these segments.", cure="Add --coder NAME.")
    spelling = one_spelling([who], people)
    project.gold_of_draws(spelling[who])  # refuses what cannot be the name of a file
    return spelling[who], spelling_notes(spelling, {})


def _check_options(
    by: Strategy,
    code: str,
    stratify: str | None,
    codebook: Codebook,
    count: int,
    *,
    repeat: bool,
    show: str | None,
) -> None:
    if show and (by != "random" or repeat):
        raise ProjectError(
            "Suggestions are shown for half of a random draw, and of no other.",
            cure="Leave out --show, or draw with --by random and without --repeat.",
        )
    if count < 1:
        raise ProjectError(f"{count} segments cannot be drawn.", cure="Ask for one or more.")
    if repeat and by != "random":
        raise ProjectError(
            f"A draw by {by} cannot say how steady a coder is.",
            cure="Draw with --by random to have segments coded again.",
        )
    if stratify and by != "random":
        raise ProjectError(
            f"A draw by {by} has no strata.", cure="Leave out --stratify, or draw with --by random."
        )
    if code and by not in _ASKS_MACHINE:
        raise ProjectError(
            f"A draw by {by} looks at no code.",
            cure="Leave out --code, or draw with --by uncertainty.",
        )
    if code and code not in codebook.code_ids:
        raise GoldError(
            f"There is no code '{code}'.", cure=f"The codebook has: {', '.join(codebook.code_ids)}."
        )


def _in_draws(
    segments: pd.DataFrame, sha256: NDArray[np.object_], store: Store, who: str
) -> NDArray[np.bool_]:
    """Return which segments are in any draw that was made for a coder."""
    draws, drawn = store.read_draws(), store.read_drawn()
    drawn_for_coder = drawn[drawn["draw"].isin(draws.loc[draws["coder"] == who, "draw"])]
    keys = ["document", "document_sha256", "start", "end"]
    place_index = pd.MultiIndex.from_frame(segments.assign(document_sha256=sha256)[keys])
    return np.asarray(place_index.isin(pd.MultiIndex.from_frame(drawn_for_coder[keys])), dtype=bool)


def _views(
    study: Study,
    models: tuple[TrainedModel, TrainedModel],
    eligible: NDArray[np.bool_],
    watch: Watch,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return what the model and what the definitions say, for documents with a wanted segment.

    The model is asked as it is, not out of fold: nobody is measured here, and it is its present
    doubts that a person can settle.
    """
    project, corpus = study.project, study.corpus
    segments = corpus.segments
    model, definitions = models
    learned = np.zeros((len(segments), len(model.codes)), dtype=np.float32)
    alone = np.zeros_like(learned)
    blocks = document_blocks(segments["document"].tolist(), _BLOCK, wanted=eligible)
    encoder, cache = load_encoder(encoder_name(project)), EmbeddingCache(project.cache)
    tell = watch("looking")
    for number, (first, last) in enumerate(blocks):
        tell(number, len(blocks))
        part = segments.iloc[first:last]
        texts = part["text"].tolist()
        vectors = embed_layers(texts, encoder, cache=cache)
        features = model_features(texts, vectors, part["document"].tolist(), model, encoder)
        learned[first:last] = model.classifier.predict_proba(features)
        alone[first:last] = definitions.classifier.predict_proba(features)
    tell(len(blocks), len(blocks))
    return learned, alone


def _scores(
    by: Strategy,
    views: tuple[NDArray[np.float32], NDArray[np.float32]],
    models: tuple[TrainedModel, TrainedModel],
    code: str,
) -> NDArray[np.float64]:
    model, definitions = models
    columns = np.array([model.codes.index(code)]) if code else np.arange(len(model.codes))
    thresholds = model.classifier.thresholds_
    if by != "disagreement":
        return nearness(views[0][:, columns], thresholds[columns])
    columns = columns[model.classifier.learned_[columns]]
    if not len(columns):
        raise ProjectError(
            "The machine has one view only: "
            + (f"'{code}' was" if code else "no code was")
            + (" not" if code else "")
            + " learned from coded text yet, so that nothing parts from the definitions.",
            cure="Code segments drawn with --by mixed first, and run `fourp train`.",
        )
    learned, alone = (view[:, columns] for view in views)
    return disagreement(
        learned, alone, thresholds[columns], definitions.classifier.thresholds_[columns]
    )
