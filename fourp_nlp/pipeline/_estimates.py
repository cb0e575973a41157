"""Frequencies as estimates: the machine's counts corrected by what people coded of a random sample."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from fourp_nlp.errors import GoldError, TableError
from fourp_nlp.frequency import Estimate, prevalence
from fourp_nlp.gold import known_coder
from fourp_nlp.pipeline._machine import suggestion_matrix
from fourp_nlp.pipeline._measures import machine_of
from fourp_nlp.pipeline._sample import CodedSample, coded_sample
from fourp_nlp.tables import ESTIMATES, conform, empty

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fourp_nlp.codebook import Codebook
    from fourp_nlp.frequency import Method
    from fourp_nlp.pipeline._corpus import Corpus, Gold
    from fourp_nlp.project import Project

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

__all__ = [
    "FEWEST_CODED",
    "Estimates",
    "domains",
    "estimate_frequencies",
    "estimated_share",
    "estimates_for_report",
    "estimates_table",
    "probability_matrix",
    "sample_notes",
    "sample_of",
]

FEWEST_CODED = 30
"""Coded segments of a group, case or document from which it gets estimates of its own."""

_METHODS: tuple[Method, ...] = ("naive", "corrected", "gold", "adjusted_count")


@dataclass(frozen=True)
class Estimates:
    """Estimates, and what they rest on.

    Attributes
    ----------
    table : pandas.DataFrame
        Table of estimates.
    sample : CodedSample
        What people coded.
    notes : list of str
        Sentences for the reader.
    """

    table: pd.DataFrame
    sample: CodedSample
    notes: list[str]


def sample_of(
    project: Project, corpus: Corpus, gold: Gold, codebook: Codebook, coder: str = ""
) -> CodedSample:
    """Return what a coder read of what was drawn at random, or say why there is no such sample.

    Parameters
    ----------
    project : Project
        The project.
    corpus, gold, codebook
        What was read from it.
    coder : str, optional
        Whose codes are the gold; by default the reference coder.

    Returns
    -------
    CodedSample
        The sample.

    Raises
    ------
    GoldError
        If nobody coded, there is no such coder, or nothing that the coder read is a random sample.
    """
    who = coder or gold.reference
    if not who:
        raise GoldError(
            "Nobody has coded anything, so there is nothing to correct the machine's counts by.",
            cure="Draw segments and code them: fourp next 100 --by random --coder NAME",
        )
    who = known_coder(who, gold.coders)
    sample = coded_sample(project, corpus, gold, codebook, who)
    if sample.reason:
        raise GoldError(sample.reason, cure=f"{sample.cure}.")
    return sample


def estimate_frequencies(
    project: Project,
    corpus: Corpus,
    gold: Gold,
    codebook: Codebook,
    suggestions: pd.DataFrame,
    *,
    coder: str = "",
    by: Literal["group", "case", "document"] = "group",
    target: Literal["corpus", "documents"] = "corpus",
    confidence: float = 0.95,
) -> Estimates:
    """Estimate how often each code occurs, in the whole corpus and in its parts, by several methods.

    Parameters
    ----------
    project : Project
        The project.
    corpus, gold, codebook
        What was read from it.
    suggestions : pandas.DataFrame
        Table of suggestions.
    coder : str, optional
        Whose codes are the gold; by default the reference coder.
    by : {"group", "case", "document"}
        The parts. One with fewer than `FEWEST_CODED` coded segments is refused, unless all of it was read.
    target : {"corpus", "documents"}
        What intervals of "corrected" and "gold" are for; those of the other methods are for the corpus.
    confidence : float, default 0.95
        Of the intervals.

    Returns
    -------
    Estimates
        The machine's count, the corrected and the gold-only estimate, and the adjusted count.

    Raises
    ------
    GoldError
        As in `sample_of`.
    """
    sample = sample_of(project, corpus, gold, codebook, coder)
    probability = probability_matrix(suggestions, codebook)
    suggested = suggestion_matrix(suggestions, codebook.code_ids)
    unseen = suggestion_matrix(suggestions, codebook.code_ids, out_of_fold=True)
    documents = pd.factorize(corpus.segments["document"])[0].astype(np.int64)
    whole = np.ones(len(documents), dtype=bool)
    places = [("corpus", "", whole), *((by, *each) for each in domains(corpus, by))]
    rows = []
    for level, place, mask in places:
        for number, (code, theme) in enumerate(
            zip(codebook.code_ids, codebook.code_themes, strict=True)
        ):
            for method in _METHODS:
                made = estimated_share(
                    sample,
                    number,
                    probability[:, number],
                    (suggested if method == "naive" else unseen)[:, number],
                    documents,
                    mask,
                    method,
                    target if method in {"corrected", "gold"} else "corpus",
                    confidence,
                    part=level != "corpus",
                )
                rows.append((code, theme, level, place, made))
    return Estimates(
        estimates_table(rows, sample.coder, machine_of(suggestions), confidence),
        sample,
        sample_notes(sample, suggestions),
    )


def estimates_for_report(
    project: Project, corpus: Corpus, gold: Gold, codebook: Codebook, suggestions: pd.DataFrame
) -> tuple[pd.DataFrame, list[str]]:
    """Return estimates of the corpus and its groups, or the reason why there are none.

    Parameters
    ----------
    project : Project
        The project.
    corpus, gold, codebook
        What was read from it.
    suggestions : pandas.DataFrame
        Table of suggestions.

    Returns
    -------
    table : pandas.DataFrame
        Table of estimates; without rows where they are refused.
    notes : list of str
        Sentences for the reader; none if nobody coded.
    """
    if not gold.reference or suggestions.empty:
        return empty(ESTIMATES), []
    try:
        made = estimate_frequencies(project, corpus, gold, codebook, suggestions)
    except GoldError as refused:
        return empty(ESTIMATES), [str(refused)]
    return made.table, made.notes


def estimates_table(
    rows: list[tuple[str, str, str, str, Estimate]], coder: str, machine: str, confidence: float
) -> pd.DataFrame:
    """Lay estimates out as a table.

    Parameters
    ----------
    rows : list of (code, theme, level, place, Estimate)
        The estimates.
    coder, machine : str
        Whose codes are the gold, and the model.
    confidence : float
        Of the intervals.

    Returns
    -------
    pandas.DataFrame
        The table ESTIMATES.
    """
    if not rows:
        return empty(ESTIMATES)
    made = pd.DataFrame(
        [
            (
                *named,
                each.method,
                each.target,
                each.value,
                each.low,
                each.high,
                each.segments,
                each.coded,
                each.positives,
                each.reason,
            )
            for *named, each in rows
        ],
        columns=[
            "code", "theme", "level", "place", "method", "target", "value", "low", "high", "segments",
            "coded", "positives", "reason",
        ],
    )  # fmt: skip
    for name, share in (("count", "value"), ("count_low", "low"), ("count_high", "high")):
        made[name] = made[share] * made["segments"]
    return conform(
        made.assign(coder=coder, machine=machine, confidence=float(confidence)), ESTIMATES
    )


def estimated_share(
    sample: CodedSample,
    number: int,
    probability: Floats,
    suggested: Flags,
    documents: NDArray[np.int64] | None,
    mask: Flags,
    method: Method,
    target: Literal["corpus", "documents"],
    confidence: float,
    *,
    part: bool,
) -> Estimate:
    """Estimate the share of one code in one part of the segments, or say why it is refused.

    Parameters
    ----------
    sample : CodedSample
        What people coded.
    number : int
        Column of the code in the sample.
    probability, suggested : ndarray, shape (n_segments,)
        What the machine says of the code.
    documents : ndarray of int64, shape (n_segments,), or None
        Document of each segment; needed for the target "documents".
    mask : ndarray of bool, shape (n_segments,)
        The part.
    method, target, confidence
        As in `fourp_nlp.frequency.prevalence`.
    part : bool
        Whether it is a part: one with fewer than `FEWEST_CODED` coded segments is refused.

    Returns
    -------
    Estimate
        The share and its interval, or the reason why there is none.
    """
    gold = sample.gold[:, number]
    inclusion = sample.inclusion
    own = sample.labels[mask, number]
    if not np.isnan(own).any():
        # All of this part was read, however that came about.
        gold, inclusion = sample.labels[:, number], np.ones(len(gold))
    coded = int((~np.isnan(gold[mask])).sum())
    positives = int(np.nansum(gold[mask]))
    missing = int((inclusion[mask] <= 0).sum())
    early = int((sample.before_code(number) & np.isnan(gold))[mask].sum())
    reason = ""
    if method != "naive":
        if early:
            reason = (
                f"{early:,} segments of the sample were read before there was this code; when they have "
                f"been read for it: fourp gold --read-again {sample.coder} --code CODE"
            )
        elif missing:
            reason = (
                f"{missing:,} of these segments could not be drawn and were not read: nothing stands "
                "for them; draw once more"
            )
        elif part and coded < FEWEST_CODED and coded < int(mask.sum()):
            reason = f"{coded} segments of the sample lie here, and fewer than {FEWEST_CODED} say too little"
    if reason:
        nan = float("nan")
        size = int(mask.sum())
        return Estimate(nan, nan, nan, method, target, coded, positives, size, reason)
    return prevalence(
        gold,
        np.where(np.isnan(gold), np.nan, inclusion),
        machine=probability,
        suggested=suggested.astype(np.float64),
        documents=documents,
        strata=sample.strata,
        within=mask,
        method=method,
        target=target,
        confidence=confidence,
    )


def probability_matrix(suggestions: pd.DataFrame, codebook: Codebook) -> Floats:
    """Return the machine's probabilities, out of fold for documents that it learned from, read or not.

    A sample of such documents and the rest of them then have the same machine, without which a sample
    could not correct what the machine says of the rest.

    Parameters
    ----------
    suggestions : pandas.DataFrame
        A whole table of suggestions: every code of every segment.
    codebook : Codebook
        The codes, in the table's order.

    Returns
    -------
    ndarray of float, shape (n_segments, n_codes)
        One row a segment, in order.
    """
    values = suggestions["out_of_fold_probability"].to_numpy(dtype=np.float64)
    return values.reshape(-1, len(codebook.code_ids))


def domains(corpus: Corpus, by: Literal["group", "case", "document"]) -> list[tuple[str, Flags]]:
    """Return the parts of a corpus and the segments of each.

    Parameters
    ----------
    corpus : Corpus
        Documents and segments.
    by : {"group", "case", "document"}
        What the parts are. A document without a case is a case of its own, under its id.

    Returns
    -------
    list of (str, ndarray of bool)
        Those with segments, in the order of the documents; none where there is one alone.
    """
    if by not in {"group", "case", "document"}:
        raise TableError(f"Nothing can be estimated by '{by}'.")
    known = corpus.documents.set_index("document")
    keys = known.index.to_series() if by == "document" else known[by]
    if by == "case":
        keys = keys.where(keys != "", known.index.to_series())
    named = corpus.segments["document"].map(keys).to_numpy(dtype=object)
    places = [str(each) for each in dict.fromkeys(keys) if (named == each).any()]
    return [(place, named == place) for place in places] if len(places) > 1 else []


def sample_notes(sample: CodedSample, suggestions: pd.DataFrame) -> list[str]:
    """Say what estimates rest on.

    Parameters
    ----------
    sample : CodedSample
        What people coded.
    suggestions : pandas.DataFrame
        Table of suggestions.

    Returns
    -------
    list of str
        Sentences.
    """
    told = []
    if sample.census:
        told.append(
            f"{sample.coder} read every segment: what {sample.coder} counted is the count, without "
            "sampling error."
        )
    else:
        told.append(
            f"The sample: {sample.drawn:,} segments that {sample.coder} coded of those drawn at random "
            f"({', '.join(sample.draws)})"
            + (
                f", and {sample.sure:,} that were read before and are sure (probability 1)"
                if sample.sure
                else ""
            )
            + (f"; {sample.apart:,} that were read by choice are left out" if sample.apart else "")
            + "."
        )
    learned = int(suggestions.loc[suggestions["out_of_fold"], "document"].nunique())
    if learned:
        told.append(
            f"Of {learned:,} document{'' if learned == 1 else 's'} that the machine learned from, what it "
            "said out of fold is used: each by a machine that had not seen that document."
        )
    return [*told, *sample.notes]
