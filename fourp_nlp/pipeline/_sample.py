"""What a coder read of segments that were drawn at random, and with which probability."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from fourp_nlp.gold import codes_read, codings_to_matrix
from fourp_nlp.pipeline._frame import draw_strata, frame_hash, read_frame
from fourp_nlp.pipeline._rounds import Round, best_sample, left_out_notes
from fourp_nlp.project import SETTLED
from fourp_nlp.sampling import stratum_chances
from fourp_nlp.store import Store

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fourp_nlp.codebook import Codebook
    from fourp_nlp.pipeline._corpus import Corpus, Gold
    from fourp_nlp.project import Project

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

__all__ = ["CodedSample", "coded_sample"]

_KEYS = ["document", "document_sha256", "start", "end"]


@dataclass(frozen=True)
class CodedSample:
    """People's codes on a probability sample of a project's segments.

    Attributes
    ----------
    coder : str
        Whose codes they are.
    gold : ndarray of float, shape (n_segments, n_codes)
        1 or 0 where the sample holds the segment, nan elsewhere: also where it was read without being of
        the sample, or before there was the code.
    inclusion : ndarray of float, shape (n_segments,)
        The probability that the sample holds the segment, 1 where it was sure to be read; 0 where no
        draw could take it and nobody read it.
    labels : ndarray of float, shape (n_segments, n_codes)
        1 or 0 where the coder read the segment for the code, whether or not it is of the sample; nan
        elsewhere.
    strata : ndarray of str, shape (n_segments,), or None
        What was drawn within, if all draws were divided alike.
    census : bool
        Whether the coder read every segment.
    draws : list of str
        The draws that make up the sample.
    drawn, sure, apart : int
        Segments of the sample that were drawn, those that were sure to be read because they were read
        before, and those that were read and are not of the sample.
    reason : str
        Why there is no sample; empty otherwise.
    cure : str
        What to do about it.
    notes : list of str
        Sentences for the reader.
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
    reason: str = ""
    cure: str = ""
    notes: list[str] = field(default_factory=list)

    @property
    def sampled(self) -> Flags:
        """Segments that the sample holds, shape (n_segments,)."""
        return np.asarray((~np.isnan(self.gold)).any(axis=1))

    def before_code(self, number: int) -> Flags:
        """Return the segments of the sample that were read before there was a code, (n_segments,)."""
        return np.asarray(self.sampled & np.isnan(self.gold[:, number]))

    @property
    def missing(self) -> Flags:
        """Segments that no draw could take and that nobody read, shape (n_segments,)."""
        return np.asarray(self.inclusion <= 0)


def coded_sample(
    project: Project, corpus: Corpus, gold: Gold, codebook: Codebook, coder: str
) -> CodedSample:
    """Return what a coder read of the segments drawn at random, with each one's inclusion probability.

    Parameters
    ----------
    project : Project
        The project; its draws are read from its database.
    corpus, gold, codebook
        What was read from it.
    coder : str
        The coder. For `settled`, everybody's draws count.

    Returns
    -------
    CodedSample
        The sample, or the reason why there is none.

    Notes
    -----
    How draws go together is told in `best_sample`.
    """
    segments = corpus.segments
    sha256 = segments["document"].map(corpus.sha256).to_numpy(dtype=object)
    looked_for = codes_read(segments, gold.read, codebook.code_ids, coder)
    read = np.asarray(looked_for.any(axis=1))
    own = gold.codings[gold.codings["coder"] == coder]
    laid = codings_to_matrix(segments, own, codebook.code_ids, rule=gold.rule).matrix
    labels = np.where(looked_for, laid.astype(np.float64), np.nan)
    size = len(segments)
    nobody = np.full(labels.shape, np.nan)
    if read.all():
        return CodedSample(coder, labels, np.ones(size), labels, census=True, sure=size)
    rounds = _rounds(project, corpus, sha256, read, coder)
    none = CodedSample(coder, nobody, np.zeros(size), labels, apart=int(read.sum()))
    ask = f"Draw segments and code them: fourp next 100 --by random --coder {coder}"
    if not rounds:
        return _refused(
            none,
            f"{coder} read {int(read.sum()):,} of {size:,} segments, and none of them was drawn at random: "
            "what somebody chose to code does not stand for the rest.",
            ask,
        )
    best = best_sample(rounds, read)
    if best is None:
        whole = [each for each in rounds if not each.unread]
        if whole:
            why = (
                f"The frame of {', '.join(each.draw for each in whole)} cannot be told again: documents "
                "or what was read have changed since, and an earlier version of fourp_nlp did not write "
                "it down."
            )
            return _refused(none, why, ask)
        told = "; ".join(f"{r.draw}: {r.unread} of {r.count} not coded" for r in rounds)
        return _refused(
            none,
            f"No random draw was read to its end by {coder} ({told}), and what is missing is hardly missing "
            "by chance.",
            "Fill in the sheet and take it in: fourp next --take-in FILE",
        )
    rest = best.sure | best.taken
    used = [rounds[at] for at in best.used]
    notes = left_out_notes(rounds, best, coder)
    swayed = [each.draw for each in used if each.shown]
    if swayed:
        notes.append(
            f"In {', '.join(swayed)}, half of the segments were coded with the machine's suggestion shown: "
            "if it swayed the coder, these numbers are swayed with it. See fourp agree --anchoring."
        )
    divided = {each.stratify for each in used}
    strata = None
    if len(divided) == 1 and (by := divided.pop()):
        strata = draw_strata(project, corpus, by)
    return CodedSample(
        coder,
        np.where(rest[:, None], labels, np.nan),
        best.inclusion,
        labels,
        strata,
        draws=[each.draw for each in used],
        drawn=int((best.taken & ~best.sure).sum()),
        sure=int(best.sure.sum()),
        apart=int((read & ~rest).sum()),
        notes=notes,
    )


def _refused(sample: CodedSample, reason: str, cure: str) -> CodedSample:
    return replace(sample, reason=reason, cure=cure)


def _rounds(
    project: Project,
    corpus: Corpus,
    sha256: NDArray[np.object_],
    read: Flags,
    coder: str,
) -> list[Round]:
    """Return the random draws that a coder was to read, oldest first."""
    store = Store(project.store)
    draws, drawn = store.read_draws(), store.read_drawn()
    log = store.read_log()
    also: set[str] = set()
    for detail in log.loc[log["what"] == "take in", "detail"]:
        told = json.loads(detail)
        if told.get("coder") == coder and not told.get("repeat"):
            also.update(told.get("draws", ()))
    places = corpus.segments.assign(document_sha256=sha256)[_KEYS]
    here = pd.MultiIndex.from_frame(places)
    mine = [
        (facts, options)
        for facts in draws.to_dict("records")
        if not (options := json.loads(facts["options"])).get("repeat")
        and options.get("unit") == project.settings.unit
        and (coder in {facts["coder"], SETTLED} or facts["draw"] in also)
    ]
    rows_of = {str(facts["draw"]): drawn[drawn["draw"] == facts["draw"]] for facts, _ in mine}
    held = {
        name: np.asarray(here.isin(pd.MultiIndex.from_frame(rows[_KEYS])), dtype=bool)
        for name, rows in rows_of.items()
    }
    ever = np.logical_or.reduce([np.zeros(len(read), dtype=bool), *held.values()])
    found: list[Round] = []
    before = np.zeros(len(read), dtype=bool)
    for facts, options in mine:
        name = str(facts["draw"])
        rows = rows_of[name]
        blind = rows[rows["strategy"] == "random"]
        taken = np.asarray(here.isin(pd.MultiIndex.from_frame(blind[_KEYS])), dtype=bool)
        if taken.any():
            existed, inside = _frame(options, corpus, sha256, before, read & ~ever)
            found.append(
                Round(
                    name,
                    str(options.get("stratify", "")),
                    existed,
                    inside,
                    taken,
                    _chances(project, corpus, blind, options),
                    int(taken.sum()),
                    int((taken & ~read).sum()),
                    bool(options.get("show")),
                )
            )
        before = before | held[name]
    return found


def _frame(
    options: dict[str, Any],
    corpus: Corpus,
    sha256: NDArray[np.object_],
    before: Flags,
    other: Flags,
) -> tuple[Flags, Flags] | tuple[None, None]:
    """Return which segments there were and which could be drawn; None where that cannot be known."""
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


def _chances(
    project: Project, corpus: Corpus, blind: pd.DataFrame, options: dict[str, Any]
) -> Floats:
    """Return the chance that a draw has, or would have had, of taking each segment."""
    size = len(corpus.segments)
    if options.get("allocation") != "equal":
        return np.full(size, float(blind["inclusion_probability"].iloc[0]))
    held: dict[str, list[int]] = options["strata"]
    sizes = [size_ for size_, _ in held.values()]
    chances = stratum_chances(sizes, sum(taken for _, taken in held.values()), "equal")
    by_name = dict(zip(held, chances.tolist(), strict=True))
    strata = draw_strata(project, corpus, str(options["stratify"]))
    return np.array([by_name.get(str(name), 0.0) for name in strata], dtype=np.float64)
