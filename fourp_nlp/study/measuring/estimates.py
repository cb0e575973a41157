"""Frequencies as estimates: the machine's counts corrected with a random sample that people coded."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from fourp_nlp.coding.gold.coder_names import matching_coder
from fourp_nlp.errors import GoldError
from fourp_nlp.frequencies import Estimate, prevalence
from fourp_nlp.number_format import fixed
from fourp_nlp.study.labels import suggestion_matrix
from fourp_nlp.study.measuring.estimate_checks import (
    cautions_of_estimate,
    codes_of_part,
    possible_shares,
    reason_for_refusal,
)
from fourp_nlp.study.measuring.speaker_parts import OF_DOCUMENTS, speaker_parts
from fourp_nlp.study.reading.applicability import applies_to_segments
from fourp_nlp.study.sampling.coded_sample import CodedSample, coded_sample
from fourp_nlp.tables import ESTIMATES, conform, empty

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fourp_nlp.codebook import Codebook
    from fourp_nlp.frequencies import Method
    from fourp_nlp.study.reading.corpus import Corpus
    from fourp_nlp.study.study import Study

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

__all__ = [
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

_SAME = 1e-9  # shares that are equal but for rounding
_WIDE = 0.5  # a range of shares as wide as this says nothing

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


def sample_of(study: Study, coder: str = "") -> CodedSample:
    """Return a coder's random sample, or raise an error that explains why there is none.

    Parameters
    ----------
    study : Study
        The study.
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
    study = study.coded_blind()
    gold = study.gold
    who = coder or gold.reference
    if not who:
        raise GoldError(
            "Nothing has been coded, so the machine's counts cannot be corrected.",
            cure="Draw segments and code them: fourp next 100 --by random --coder NAME",
        )
    who = matching_coder(who, gold.coders)
    sample = coded_sample(study, who)
    if sample.reason:
        raise GoldError(sample.reason, cure=f"{sample.cure}.")
    return sample


def estimate_frequencies(
    study: Study,
    *,
    coder: str = "",
    by: str = "group",
    target: Literal["corpus", "documents"] = "corpus",
    confidence: float = 0.95,
) -> Estimates:
    """Estimate how often each code occurs, in the whole corpus and in its parts, by several methods.

    Parameters
    ----------
    study : Study
        The study.
    coder : str, optional
        Whose codes are the gold; by default the reference coder.
    by : str
        The parts: "group", "case", "document", "speaker", "role" or a column of speakers.csv. One with
        fewer than `FEWEST_CODED` coded segments is refused, unless all of it was read.
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
    corpus, codebook, suggestions = study.corpus, study.codebook, study.suggestions_if_any
    sample = sample_of(study, coder)
    probability = probability_matrix(suggestions, codebook)
    suggested = suggestion_matrix(suggestions, codebook.code_ids)
    suggested_out_of_fold = suggestion_matrix(suggestions, codebook.code_ids, out_of_fold=True)
    documents = pd.factorize(corpus.segments["document"])[0].astype(np.int64)
    whole = np.ones(len(documents), dtype=bool)
    applicable = applies_to_segments(corpus, codebook)
    parts = domains(corpus, by)
    if by not in OF_DOCUMENTS:
        # Speakers who are context alone are no part.
        some_code = applicable.any(axis=1)
        parts = [(place, mask) for place, mask in parts if (mask & some_code).any()]
    places = [("corpus", "", whole), *((by, *part) for part in parts)]
    rows, cautions, n_known = [], [], []
    for level, place, mask in places:
        for number, (code, theme) in enumerate(
            zip(codebook.code_ids, codebook.code_themes, strict=True)
        ):
            segments_of_part = mask & applicable[:, number]
            for method in _METHODS:
                estimate = estimated_share(
                    sample,
                    number,
                    probability[:, number],
                    (suggested if method == "naive" else suggested_out_of_fold)[:, number],
                    documents,
                    segments_of_part,
                    method,
                    target if method in {"corrected", "gold"} else "corpus",
                    confidence,
                    part=level != "corpus",
                )
                rows.append((code, theme, level, place, estimate))
                cautions.append(
                    cautions_of_estimate(sample, number, segments_of_part, estimate, documents)
                )
                n_known.append(
                    0 if method == "naive" else int(sample.known(number)[segments_of_part].sum())
                )
    return Estimates(
        estimates_table(rows, sample.coder, study.machine, confidence, cautions, n_known),
        sample,
        sample_notes(sample, suggestions),
    )


def estimates_for_report(study: Study) -> tuple[pd.DataFrame, list[str]]:
    """Return estimates of the corpus and its groups, or the reason why there are none.

    Parameters
    ----------
    study : Study
        The study.

    Returns
    -------
    table : pandas.DataFrame
        Table of estimates; without rows where they are refused.
    notes : list of str
        Sentences for the reader; none if nobody coded.
    """
    study = study.coded_blind()
    gold, suggestions = study.gold, study.suggestions_if_any
    if not gold.reference or suggestions.empty:
        return empty(ESTIMATES), []
    try:
        estimates = estimate_frequencies(study)
    except GoldError as refused:
        return empty(ESTIMATES), [str(refused)]
    return estimates.table, estimates.notes


def estimates_table(
    rows: list[tuple[str, str, str, str, Estimate]],
    coder: str,
    machine: str,
    confidence: float,
    cautions: list[str] | None = None,
    known: list[int] | None = None,
) -> pd.DataFrame:
    """Arrange estimates in a table.

    Parameters
    ----------
    rows : list of (code, theme, level, place, Estimate)
        The estimates.
    coder, machine : str
        Whose codes are the gold, and the model.
    confidence : float
        Of the intervals.
    cautions : list of str, optional
        What to know of each; by default nothing.
    known : list of int, optional
        How many of the coded segments are counted as they are; by default none.

    Returns
    -------
    pandas.DataFrame
        The table ESTIMATES.
    """
    if not rows:
        return empty(ESTIMATES)
    table = pd.DataFrame(
        [
            (
                *named,
                estimate.method,
                estimate.target,
                estimate.value,
                estimate.low,
                estimate.high,
                estimate.segments,
                estimate.coded,
                estimate.positives,
                estimate.reason,
            )
            for *named, estimate in rows
        ],
        columns=[
            "code", "theme", "level", "place", "method", "target", "value", "low", "high", "segments",
            "coded", "positives", "reason",
        ],
    )  # fmt: skip
    for name, share in (("count", "value"), ("count_low", "low"), ("count_high", "high")):
        table[name] = table[share] * table["segments"]
    table = table.assign(coder=coder, machine=machine, confidence=float(confidence))
    return conform(table.assign(caution=cautions or "", known=known or 0), ESTIMATES)


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
    """Estimate the share of one code in a part of the segments, or return the reason for refusal.

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
        As in `fourp_nlp.frequencies.prevalence`.
    part : bool
        Whether it is a part: one of which fewer than `FEWEST_CODED` segments were drawn, of those that
        are not known otherwise, is refused.

    Returns
    -------
    Estimate
        The share and its interval, or the reason why there is none. The machine's own count has no interval:
        nothing was sampled for it.

    Notes
    -----
    What is known (read before the draw, or in what was read whole) is counted, the sample speaks for the
    rest, and the share is made of both. What was read besides is no part of the sample, but known as well:
    no share is below what people found of all segments, nor above all but what they rejected, and no
    interval for the corpus holds such a share. An interval that holds every share that is left, and so
    says nothing, is refused.
    """
    gold, inclusion = codes_of_part(sample, number, mask)
    refused = Estimate(
        math.nan,
        math.nan,
        math.nan,
        method,
        target,
        coded=int((~np.isnan(gold[mask])).sum()),
        positives=int(np.nansum(gold[mask])),
        segments=int(mask.sum()),
    )
    naive = method == "naive" and bool(mask.any())
    reason = "" if naive else reason_for_refusal(sample, number, mask, part=part)
    if reason:
        return replace(refused, reason=reason)
    estimate = prevalence(
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
    if method == "naive":
        return replace(estimate, low=math.nan, high=math.nan)
    if not estimate.defined:
        return estimate
    least, most = possible_shares(sample, number, mask)
    low, high = (0.0, 1.0) if target == "documents" else (least, most)
    if estimate.low <= low + _SAME and estimate.high >= high - _SAME and high - low > _WIDE:
        return replace(
            refused,
            reason="the interval contains every possible share "
            f"({fixed(low, 3)} to {fixed(high, 3)}): too little was coded for an estimate",
        )
    value = min(max(estimate.value, least), most)
    return replace(
        estimate,
        value=value + 0.0,
        low=min(max(estimate.low, low), value) + 0.0 if estimate.low == estimate.low else math.nan,
        high=max(min(estimate.high, high), value) + 0.0
        if estimate.high == estimate.high
        else math.nan,
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


def domains(corpus: Corpus, by: str) -> list[tuple[str, Flags]]:
    """Return the parts of a corpus and the segments of each.

    Parameters
    ----------
    corpus : Corpus
        Documents and segments.
    by : str
        What the parts are: "group", "case", "document", or as in `speaker_parts`. A document without a case
        is a case of its own, under its id.

    Returns
    -------
    list of (str, ndarray of bool)
        Those with segments, in the order of the documents; none where there is one alone.
    """
    if by not in OF_DOCUMENTS:
        parts = speaker_parts(corpus, by)
        if len(parts.table) < 2:
            return []
        return [(name, parts.of_segment == at) for at, name in enumerate(parts.table["part"])]
    facts = corpus.documents.set_index("document")
    keys = facts.index.to_series() if by == "document" else facts[by]
    if by == "case":
        keys = keys.where(keys != "", facts.index.to_series())
    place_of_segment = corpus.segments["document"].map(keys).to_numpy(dtype=object)
    places = [str(part) for part in dict.fromkeys(keys) if (place_of_segment == part).any()]
    return [(place, place_of_segment == place) for place in places] if len(places) > 1 else []


def sample_notes(sample: CodedSample, suggestions: pd.DataFrame) -> list[str]:
    """Describe the sample on which estimates are based.

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
    sentences = []
    if sample.census:
        sentences.append(
            f"{sample.coder} read every segment: what {sample.coder} counted is the count, without "
            "sampling error."
        )
    else:
        stands_for_clause = (
            f"; they represent {int(sample.is_data.sum()) - sample.sure:,} segments"
            if sample.sure
            else ""
        )
        known_clause = (
            f", and {sample.sure:,} others that were read before the draw, or in documents read whole, are "
            "counted as they are"
        )
        left_out_clause = (
            f"; {sample.apart:,} that were picked or read in part after the draw are not part of the "
            "sample: they only bound the numbers"
        )
        sentences.append(
            f"The sample: {sample.drawn:,} segments that {sample.coder} coded of those drawn at random "
            f"({', '.join(sample.draws)}){stands_for_clause}"
            + (known_clause if sample.sure else "")
            + (left_out_clause if sample.apart else "")
            + "."
        )
        if sample.whole:
            sentences.append(
                f"{sample.whole:,} segments that could have been drawn are in documents read whole. They "
                "count as known; this is right only if the documents were not chosen by what the draws "
                "took or found."
            )
    learned = int(suggestions.loc[suggestions["out_of_fold"], "document"].nunique())
    if learned:
        sentences.append(
            f"For {learned:,} document{'' if learned == 1 else 's'} that the machine learned from, "
            "out-of-fold probabilities are used: each from a model that had not seen that document."
        )
    return [*sentences, *sample.notes]
