"""A coder's codes of a random sample of segments, with their inclusion probabilities."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from fourp_nlp.coding.gold.coder_names import SETTLED
from fourp_nlp.coding.sampling import chances_of_equal_strata
from fourp_nlp.coding.store import Store
from fourp_nlp.segments.alignment import codes_read
from fourp_nlp.study.reading.applicability import data_segments
from fourp_nlp.study.sampling._sampling_frame import draw_strata, frame_hash, read_frame
from fourp_nlp.study.sampling.sampling_rounds import (
    CombinedSample,
    RandomDraw,
    notes_on_unused_draws,
    read_whole,
    sample_outside_known,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fourp_nlp.study.reading.corpus import Corpus
    from fourp_nlp.study.study import Study

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

__all__ = ["CodedSample", "coded_sample"]

_KEYS = ["document", "document_sha256", "start", "end"]


@dataclass(frozen=True)
class CodedSample:
    """A coder's codes on a probability sample of segments, and on segments that are known otherwise.

    Attributes
    ----------
    coder : str
        Whose codes they are.
    gold : ndarray of float, shape (n_segments, n_codes)
        1 or 0 where the segment is of the sample, or known otherwise: read before the draw, or in a document,
        case or group that was read whole; nan elsewhere: also where it was picked on purpose after the
        draw, or read before there was the code.
    inclusion : ndarray of float, shape (n_segments,) or (n_segments, n_codes)
        1 where the segment is known; elsewhere the probability that the sample holds it, given how many
        of the drawn segments are not known otherwise; 0 where no draw could take it and nobody read it.
        A column a code where codes were not all looked for in the same segments.
    labels : ndarray of float, shape (n_segments, n_codes)
        1 or 0 where the coder read the segment for the code, however that came about; nan elsewhere.
    strata : ndarray of str, shape (n_segments,), or None
        What was drawn within, if all draws were divided alike.
    census : bool
        Whether the coder read every segment.
    draws : list of str
        The draws that make up the sample.
    drawn, sure, apart : int
        Segments of the sample that were drawn and are not known otherwise, those that are known (read before
        the draw, or in what was read whole), and those that were read and are neither.
    whole : int
        Of the known ones, those that were read whole after a draw, or might have been.
    reason : str
        Why there is no sample; empty otherwise.
    cure : str
        What to do about it.
    notes : list of str
        Sentences for the reader.
    cautions : list of str
        What to know of every estimate that is made of it.
    taken : ndarray of bool, shape (n_segments,) or (n_segments, n_codes), or None
        What the draws took, whether or not it is known otherwise.
    design : ndarray of float, of the same shape, or None
        The probability that the draws had of taking each segment, 1 for what was sure before them.
    early : ndarray of bool, shape (n_segments, n_codes), or None
        Segments of the sample that were read before there was the code; by default those without a label.
    data : ndarray of bool, shape (n_segments,), or None
        Segments that are data, by default all. The sample represents these; the others are nan in `gold` and
        `labels`.
    """

    coder: str
    gold: Floats
    inclusion: Floats
    labels: Floats
    strata: NDArray[np.object_] | None = None
    census: bool = False
    draws: list[str] = field(default_factory=list)
    drawn: int = 0
    sure: int = 0
    apart: int = 0
    whole: int = 0
    reason: str = ""
    cure: str = ""
    notes: list[str] = field(default_factory=list)
    cautions: list[str] = field(default_factory=list)
    taken: Flags | None = None
    design: Floats | None = None
    early: Flags | None = None
    data: Flags | None = None

    @property
    def is_data(self) -> Flags:
        """Segments that are data, shape (n_segments,)."""
        return np.ones(len(self.gold), dtype=bool) if self.data is None else self.data

    @property
    def sampled(self) -> Flags:
        """Segments that are in the sample or known otherwise, shape (n_segments,)."""
        return np.asarray((~np.isnan(self.gold)).any(axis=1))

    def chance(self, number: int) -> Floats:
        """Return the inclusion probabilities for one code, shape (n_segments,)."""
        return self.inclusion if self.inclusion.ndim == 1 else self.inclusion[:, number]

    def known(self, number: int) -> Flags:
        """Return the segments that are known with certainty for one code, shape (n_segments,)."""
        return np.asarray((self.chance(number) >= 1) & ~np.isnan(self.gold[:, number]))

    def before_code(self, number: int) -> Flags:
        """Return the segments of the sample that were read before a code was added, shape (n_segments,)."""
        if self.early is not None:
            return np.asarray(self.early[:, number])
        return np.asarray(self.sampled & np.isnan(self.gold[:, number]))

    @property
    def missing(self) -> Flags:
        """Segments that no draw could take and that nobody read, for any code, shape (n_segments,)."""
        out = self.inclusion <= 0
        return np.asarray((out if out.ndim == 1 else out.all(axis=1)) & self.is_data)

    def draw_only(self, number: int) -> tuple[Floats, Floats]:
        """Return labels and probabilities of one code from the draws alone, the same for all documents.

        Parameters
        ----------
        number : int
            Column of the code.

        Returns
        -------
        gold, inclusion : ndarray of float, shape (n_segments,)
            1, 0 or nan, and the probability by the design: also within documents that were read whole after
            the draw.
        """
        if self.taken is None or self.design is None:
            return self.gold[:, number], self.chance(number)
        taken = self.taken if self.taken.ndim == 1 else self.taken[:, number]
        design = self.design if self.design.ndim == 1 else self.design[:, number]
        in_sample = taken | (design >= 1)
        return np.where(in_sample, self.labels[:, number], np.nan), design


def coded_sample(study: Study, coder: str) -> CodedSample:
    """Return a coder's codes of randomly drawn segments, and of segments known otherwise.

    Parameters
    ----------
    study : Study
        The study.
    coder : str
        The coder. For `settled`, everybody's draws count.

    Returns
    -------
    CodedSample
        The sample, or the reason why there is none.

    Notes
    -----
    `best_sample` describes how draws are combined, `read_whole` which units count as read completely, and
    `sample_outside_known` what the sample represents then. All of it is computed code by code: a code that
    was added later has the sample and the completely read documents in which it was looked for.

    Segments that are context alone are no part of what is estimated, whether or not a draw took any when
    they were still data. What the draws took of the data is the sample in a domain: given how many there are,
    each choice of so many of the domain's segments is as likely, and the realised share is the inclusion
    probability (Särndal, Swensson & Wretman 1992, section 10.3).
    """
    study = study.coded_blind()
    corpus, gold, codebook = study.corpus, study.gold, study.codebook
    segments = corpus.segments
    sha256 = segments["document"].map(corpus.sha256).to_numpy(dtype=object)
    data = data_segments(corpus, codebook)
    read_at_all = codes_read(segments, gold.read, codebook.code_ids, coder)
    looked_for = read_at_all & data[:, None]
    read = np.asarray(looked_for.any(axis=1))
    labels = np.where(looked_for, study.labels(coder).labels.astype(np.float64), np.nan)
    size, n_data = len(segments), int(data.sum())
    nobody = np.full(labels.shape, np.nan)
    if read[data].all():
        return CodedSample(
            coder, labels, np.ones(size), labels, census=True, sure=n_data, data=data
        )
    rounds, ever_drawn, chance = _rounds(
        study, sha256, np.asarray(read_at_all.any(axis=1)), data, coder
    )
    none = CodedSample(coder, nobody, np.zeros(size), labels, apart=int(read.sum()), data=data)
    ask = f"Draw segments and code them: fourp next 100 --by random --coder {coder}"
    if not rounds:
        return _refused(
            none,
            f"{coder} read {int(read.sum()):,} of {n_data:,} segments, and none of them was drawn at random: "
            "segments that were chosen on purpose do not represent the rest.",
            ask,
        )
    units = [np.where(data, unit, -1) for unit in _units(corpus)]
    whole = read_whole(units, read, ever_drawn, chance)
    best = sample_outside_known(rounds, read, whole, data)
    if best is None:
        return _no_sample(none, rounds, ask)
    used = [rounds[at] for at in best.used]
    notes = notes_on_unused_draws(rounds, best, coder)
    cautions = []
    with_suggestions = [round_.draw for round_ in used if round_.shown]
    if with_suggestions:
        notes.append(
            f"In {', '.join(with_suggestions)}, half of the segments were coded with the machine's "
            "suggestion shown: if it influenced the coder, it influenced these numbers too. See fourp "
            "agree --anchoring."
        )
        cautions.append(
            f"half of {', '.join(with_suggestions)} was coded with the machine's suggestion shown"
        )
    divisions = {round_.stratify for round_ in used}
    strata = None
    if len(divisions) == 1 and (by := divisions.pop()):
        strata = draw_strata(study, by)
    rest = best.sure | best.taken
    sample = CodedSample(
        coder,
        np.where(rest[:, None], labels, np.nan),
        best.inclusion,
        labels,
        strata,
        draws=[round_.draw for round_ in used],
        drawn=int((best.taken & ~best.sure).sum()),
        sure=int(best.sure.sum()),
        apart=int((read & ~rest).sum()),
        whole=int((whole & ~_outside_of_all(used)).sum()),
        data=data,
        notes=notes,
        cautions=cautions,
        taken=_taken(rounds, best),
        design=_design(rounds, best, whole),
    )
    return _by_code(sample, rounds, units, ever_drawn, chance, looked_for, read)


def _no_sample(sample: CodedSample, rounds: list[RandomDraw], ask: str) -> CodedSample:
    """Return why random draws make no sample: a frame is unknown, or no draw was coded completely."""
    complete_rounds = [round_ for round_ in rounds if not round_.unread]
    if complete_rounds:
        draws = ", ".join(round_.draw for round_ in complete_rounds)
        reason = (
            f"The frame of {draws} cannot be reconstructed: documents or readings have changed since, and an "
            "earlier version of fourp_nlp did not record it."
        )
        return _refused(sample, reason, ask)
    uncoded = "; ".join(
        f"{round_.draw}: {round_.unread} of {round_.count} not coded" for round_ in rounds
    )
    return _refused(
        sample,
        f"No random draw was read to its end by {sample.coder} ({uncoded}), and what is missing is hardly "
        "missing by chance.",
        "Fill in the sheet and import it: fourp next --take-in FILE",
    )


def _by_code(
    sample: CodedSample,
    rounds: list[RandomDraw],
    units: list[NDArray[np.int64]],
    ever_drawn: Flags,
    chance: Floats,
    looked_for: Flags,
    read: Flags,
) -> CodedSample:
    """Return the sample with one of its own for each code that was not looked for in all that was read."""
    if (looked_for == read[:, None]).all() or sample.taken is None or sample.design is None:
        return sample
    patterns, of_code = np.unique(looked_for, axis=1, return_inverse=True)
    of_code = of_code.reshape(-1)
    shape = looked_for.shape
    gold, early = sample.gold.copy(), np.zeros(shape, dtype=bool)
    columns = shape[1]
    inclusions = np.repeat(sample.inclusion[:, None], columns, axis=1)
    taken_by_code = np.repeat(sample.taken[:, None], columns, axis=1)
    designs = np.repeat(sample.design[:, None], columns, axis=1)
    for at, pattern in enumerate(patterns.T):
        if (pattern == read).all():
            continue
        codes = np.flatnonzero(of_code == at)
        rounds_of_code = [
            replace(round_, unread=int((round_.taken & ~pattern).sum())) for round_ in rounds
        ]
        whole = read_whole(units, pattern, ever_drawn, chance)
        best = sample_outside_known(rounds_of_code, pattern, whole, sample.is_data)
        if best is None:
            # The sample of the other codes, of which this one lacks segments that a coder can read again.
            inclusion = np.where(whole, 1.0, sample.inclusion)
            rest = (sample.sampled & pattern) | whole
            early[:, codes] = (sample.sampled & ~pattern)[:, None]
            taken, design = sample.taken, sample.design
        else:
            inclusion, rest = best.inclusion, best.sure | best.taken
            taken, design = _taken(rounds_of_code, best), _design(rounds_of_code, best, whole)
        inclusions[:, codes], taken_by_code[:, codes] = inclusion[:, None], taken[:, None]
        designs[:, codes] = design[:, None]
        gold[:, codes] = np.where(rest[:, None], sample.labels[:, codes], np.nan)
    return replace(
        sample, gold=gold, early=early, inclusion=inclusions, taken=taken_by_code, design=designs
    )


def _units(corpus: Corpus) -> list[NDArray[np.int64]]:
    """Return the units that can be read completely: document, case and group of each segment; -1 for none."""
    facts = corpus.documents.set_index("document")
    names = corpus.segments["document"]
    units = [pd.factorize(names)[0].astype(np.int64)]
    for by in ("case", "group"):
        of = names.map(facts[by])
        units.append(pd.factorize(of.where(of != "", None))[0].astype(np.int64))
    return units


def _outside_of_all(used: list[RandomDraw]) -> Flags:
    """Return the segments that none of the draws could take."""
    inside = [round_.inside for round_ in used if round_.inside is not None]
    return np.asarray(~np.logical_or.reduce(inside))


def _taken(rounds: list[RandomDraw], best: CombinedSample) -> Flags:
    """Return the segments drawn for a sample, including those in units that were read completely."""
    return np.asarray(np.logical_or.reduce([rounds[at].taken for at in best.used]))


def _design(rounds: list[RandomDraw], best: CombinedSample, whole: Flags) -> Floats:
    """Return the probability that a sample's draws had of taking each segment; 1 for what no draw could."""
    alive = np.ones(len(whole))
    gone = np.zeros(len(whole), dtype=bool)
    for at, round_ in enumerate(rounds):
        if at in best.used and round_.existed is not None and round_.inside is not None:
            alive *= 1 - np.where(round_.existed & (round_.inside | gone), round_.chance, 0.0)
        gone |= round_.taken
    inside = np.where(alive < 1, 1 - alive, 1.0)
    return np.asarray(np.where(whole, inside, best.inclusion), dtype=np.float64)


def _refused(sample: CodedSample, reason: str, cure: str) -> CodedSample:
    return replace(sample, reason=reason, cure=cure)


def _rounds(
    study: Study,
    sha256: NDArray[np.object_],
    read: Flags,
    data: Flags,
    coder: str,
) -> tuple[list[RandomDraw], Flags, Floats]:
    """Return the random draws that a coder was to read, oldest first; what any draw gave, and how likely.

    `read` says what the coder read at all. Draws are cut down to what is data now.
    """
    project, corpus = study.project, study.corpus
    store = Store(project.store)
    draws, drawn = store.read_draws(), store.read_drawn()
    log = store.read_log()
    imported_draws: set[str] = set()
    for detail in log.loc[log["what"] == "take in", "detail"]:
        import_record = json.loads(detail)
        if import_record.get("coder") == coder and not import_record.get("repeat"):
            imported_draws.update(import_record.get("draws", ()))
    places = corpus.segments.assign(document_sha256=sha256)[_KEYS]
    place_index = pd.MultiIndex.from_frame(places)
    draws_of_coder = [
        (facts, options)
        for facts in draws.to_dict("records")
        if not (options := json.loads(facts["options"])).get("repeat")
        and options.get("unit") == project.settings.unit
        and (coder in {facts["coder"], SETTLED} or facts["draw"] in imported_draws)
        # What several coders have in common was drawn once.
        and not (coder == SETTLED and "same_as" in options)
    ]
    rows_of = {
        str(facts["draw"]): drawn[drawn["draw"] == facts["draw"]] for facts, _ in draws_of_coder
    }
    drawn_places = {
        name: np.asarray(place_index.isin(pd.MultiIndex.from_frame(rows[_KEYS])), dtype=bool)
        for name, rows in rows_of.items()
    }
    ever = np.logical_or.reduce([np.zeros(len(read), dtype=bool), *drawn_places.values()])
    rounds: list[RandomDraw] = []
    alive = np.ones(len(read))
    before = np.zeros(len(read), dtype=bool)
    for facts, options in draws_of_coder:
        name = str(facts["draw"])
        rows = rows_of[name]
        blind = rows[rows["strategy"] == "random"]
        picked = rows[rows["strategy"] != "random"]
        alive[place_index.isin(pd.MultiIndex.from_frame(picked[_KEYS]))] = 0.0
        taken = np.asarray(place_index.isin(pd.MultiIndex.from_frame(blind[_KEYS])), dtype=bool)
        if taken.any():
            existed, inside = _frame(options, corpus, sha256, before, read & ~ever)
            if existed is not None and inside is not None:
                existed, inside = existed & data, inside & data
            taken &= data
            chances = _chances(study, blind, options)
            alive *= 1 - (chances if inside is None else np.where(inside, chances, 0.0))
            rounds.append(
                RandomDraw(
                    name,
                    str(options.get("stratify", "")),
                    existed,
                    inside,
                    taken,
                    chances,
                    int(taken.sum()),
                    int((taken & ~read).sum()),
                    bool(options.get("show")),
                )
            )
        before = before | drawn_places[name]
    return rounds, ever, 1 - alive


def _frame(
    options: dict[str, Any],
    corpus: Corpus,
    sha256: NDArray[np.object_],
    before: Flags,
    other: Flags,
) -> tuple[Flags, Flags] | tuple[None, None]:
    """Return the segments that existed and those that could be drawn; None if that is unknown."""
    segments = corpus.segments
    record = options.get("frame_documents")
    if record is not None:
        existed, inside = read_frame(record, segments, sha256)
        same = len(record) == segments["document"].nunique() and existed.all()
        if same and frame_hash(segments, sha256, inside) != options.get("frame_sha256"):
            return None, None  # segments are cut otherwise than they were
        return existed, inside
    # Of an earlier version: what it must have been if nothing changed since, or nothing.
    for out in (before | other, before, other, np.zeros(len(segments), dtype=bool)):
        if frame_hash(segments, sha256, ~out) == options.get("frame_sha256"):
            return np.ones(len(segments), dtype=bool), ~out
    return None, None


def _chances(study: Study, blind: pd.DataFrame, options: dict[str, Any]) -> Floats:
    """Return the chance that a draw has, or would have had, of taking each segment."""
    if options.get("allocation") != "equal":
        probability = float(blind["inclusion_probability"].iloc[0])
        return np.full(len(study.corpus.segments), probability)
    names = draw_strata(study, str(options["stratify"]))
    return chances_of_equal_strata(options["strata"], names)
