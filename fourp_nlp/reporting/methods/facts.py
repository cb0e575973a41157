"""The facts that a methods text is written from, computed elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from fourp_nlp.agreement import Drawing

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from fourp_nlp.agreement import Estimate

__all__ = [
    "AdjudicatedFacts",
    "AlignmentFacts",
    "AssistedFacts",
    "CodebookFacts",
    "Compared",
    "CorpusFacts",
    "CountFacts",
    "DecisionFacts",
    "DrawFacts",
    "GuaranteeFacts",
    "MachineFacts",
    "MethodsFacts",
    "ReaderFacts",
]

Unit = Literal["sentence", "turn", "paragraph"]


class CorpusFacts(NamedTuple):
    """The documents and what they were cut into.

    Attributes
    ----------
    documents, segments, words : int
        How many there are.
    cases, groups : int
        How many were named; 0 if none.
    skipped : int
        Files that could not be read.
    unit : str
        The unit of coding.
    notice : str
        What every reader must know; may be empty.
    context : tuple of (str, int)
        Roles of speakers that are not coded, with the segments of each; empty for speakers without a role.
    """

    documents: int
    segments: int
    words: int
    cases: int
    groups: int
    skipped: int
    unit: Unit
    notice: str
    context: tuple[tuple[str, int], ...] = ()


class CodebookFacts(NamedTuple):
    """The codebook.

    Attributes
    ----------
    title, version, citation : str
        As in its file; version and citation may be empty.
    themes, codes : int
        How many; 0 themes in a codebook of one level.
    sha256 : str
        Hash of its content.
    limited : tuple of str
        Names of codes that can apply to some segments only.
    later : tuple of (str, int)
        Ids of coders, and how many of the codes were added after they had read.
    redefined : tuple of (str, str)
        Names of codes whose definition changed after people had looked for them, and the day.
    """

    title: str
    version: str
    citation: str
    themes: int
    codes: int
    sha256: str
    limited: tuple[str, ...] = ()
    later: tuple[tuple[str, int], ...] = ()
    redefined: tuple[tuple[str, str], ...] = ()


class ReaderFacts(NamedTuple):
    """What one person read.

    Attributes
    ----------
    coder : str
        Their id.
    documents : tuple of str
        Ids of the documents of which they read anything.
    in_part : int
        How many of these they did not read as a whole.
    segments : int
        Segments that they read.
    whole : tuple of str
        Ids of the documents that they coded as a whole, so that no segment was drawn there.
    """

    coder: str
    documents: tuple[str, ...]
    in_part: int
    segments: int
    whole: tuple[str, ...] = ()


class AlignmentFacts(NamedTuple):
    """How people's passages were aligned with segments.

    Attributes
    ----------
    rule : str
        When a segment carries the code of a passage.
    spans : int
        Passages with a code.
    inexact : int
        How many of these are not exactly one segment.
    without_segment : int
        How many gave no segment their code.
    """

    rule: Literal["majority", "any", "containment"]
    spans: int
    inexact: int
    without_segment: int


@dataclass(frozen=True)
class Compared:
    """The agreement of coders on the segments that two or more of them read.

    Attributes
    ----------
    kind : {"people", "machine", "retest"}
        People with each other; a person (first) and the machine; a person's first and second coding.
    coders : tuple of str
        Ids of the coders. For a retest, the person twice.
    by_code : pandas.DataFrame
        As `fourp_nlp.agreement.agreement_of_codes` returns it, for all units, with both, some and codings.
    sets : Estimate
        Alpha of the sets of codes (MASI).
    segments, documents : int
        How many were compared.
    precision_recall : pandas.DataFrame
        With a machine: code, precision, recall and f1, a row a code; else without rows.
    out_of_fold : int
        With a machine: segments of documents that it learned from, and that it was asked about as if it
        had not.
    alone : bool
        Whether that means from the definitions alone, since it had learned from no other document.
    """

    kind: Literal["people", "machine", "retest"]
    coders: tuple[str, ...]
    by_code: pd.DataFrame
    sets: Estimate
    segments: int
    documents: int
    precision_recall: pd.DataFrame
    out_of_fold: int = 0
    alone: bool = False


class DrawFacts(NamedTuple):
    """Segments that were drawn for somebody to code.

    Attributes
    ----------
    draw, coder, strategy, date : str
        Its id, whom it was for, how the segments were picked, and the day (ISO 8601).
    seed, frame : int
        Seed of the random numbers; how many segments could be drawn.
    drawn, coded : int
        How many were drawn; how many of them the coder has coded since.
    random : int
        How many were left to chance.
    low, high : float
        The least and the greatest inclusion probability; nan where nothing was left to chance.
    stratify, allocation : str
        What was drawn within, and how the draw was divided; empty without strata.
    repeat : bool
        Whether they were drawn to be coded a second time.
    """

    draw: str
    coder: str
    strategy: str
    date: str
    seed: int
    frame: int
    drawn: int
    coded: int
    random: int
    low: float
    high: float
    stratify: str
    allocation: str
    repeat: bool


class AssistedFacts(NamedTuple):
    """What one person decided about suggestions while seeing them.

    Attributes
    ----------
    coder : str
        Who decided.
    accepted, rejected, bulk : int
        Suggestions accepted and rejected one by one, and accepted many at once.
    finished : int
        Documents that the person read to the end in this way.
    segments : int
        Segments that the decisions are about.
    """

    coder: str
    accepted: int
    rejected: int
    bulk: int
    finished: int
    segments: int


class DecisionFacts(NamedTuple):
    """Disagreements between coders, and the decisions on them.

    Attributes
    ----------
    coders : tuple of str
        Who was compared.
    compared, disputed : int
        Segments that two or more read, and those about which they disagreed.
    pairs : int
        Pairs of segment and code that they disagreed about.
    by : tuple of (str, int)
        Who decided, and how many pairs.
    standing : int
        Decided pairs in which the code was kept.
    """

    coders: tuple[str, ...]
    compared: int
    disputed: int
    pairs: int
    by: tuple[tuple[str, int], ...]
    standing: int

    @property
    def decided(self) -> int:
        """Pairs that somebody decided."""
        return sum(number for _, number in self.by)


class AdjudicatedFacts(NamedTuple):
    """The gold file of adjudicated codes.

    Attributes
    ----------
    segments, left_out : int
        Segments in it; segments that people read and that are not in it.
    codings : int
        Codes in it, one a segment and code.
    """

    segments: int
    left_out: int
    codings: int


class GuaranteeFacts(NamedTuple):
    """A precision guarantee.

    Attributes
    ----------
    precision, confidence : float
        What was asked for.
    codes, codes_in_all : int
        For how many codes it holds, and how many there are.
    accepted : int
        Suggestions that are accepted.
    """

    precision: float
    confidence: float
    codes: int
    codes_in_all: int
    accepted: int


@dataclass(frozen=True)
class MachineFacts:
    """The machine coder.

    Attributes
    ----------
    id : str
        Its name and version.
    kind : {"own", "shipped", "definitions"}
        Trained on this project's gold codes; the one that comes with the package; or nothing learned.
    encoder : str
        Name of the encoder, and the beginning of its weights' SHA-256.
    learned_from : str
        Whose codes it learned from; empty if that cannot be told, because something has changed since.
    documents, segments, coded_sentences : int
        What it learned from.
    seed : int
        Of its training.
    version : str
        Of the package that trained it; empty if nothing was learned.
    positives : pandas.DataFrame
        A row a code: code, in_documents, documents, coded_sentences, threshold, learned, uncertain.
    calibration : pandas.DataFrame
        Table of calibration, out of fold by document; without rows if there is none.
    fine_tuned : mapping
        How the encoder was fine-tuned (folds, rounds, layers, rate, share); empty if it was not.
    suggestions : int
        Suggestions for the corpus.
    compared, confirmed, standing : int
        Suggestions on segments that the reference coder read; those that this coder coded too; those
        that were kept after people's decisions.
    guarantee : GuaranteeFacts, optional
        The precision guarantee.
    """

    id: str
    kind: Literal["own", "shipped", "definitions"]
    encoder: str
    learned_from: str
    documents: int
    segments: int
    coded_sentences: int
    seed: int
    version: str
    positives: pd.DataFrame
    calibration: pd.DataFrame
    fine_tuned: Mapping[str, Any]
    suggestions: int
    compared: int
    confirmed: int
    standing: int
    guarantee: GuaranteeFacts | None = None


class CountFacts(NamedTuple):
    """Frequencies as they are counted by default.

    Attributes
    ----------
    unit, by : str
        What was counted, and for what.
    coders : tuple of str
        Whose codes.
    """

    unit: str
    by: str
    coders: tuple[str, ...]


class EstimatedCode(NamedTuple):
    """How often a code occurs: value, low and high, shares of segments.

    Attributes
    ----------
    code : str
        Id of the code.
    positives : int
        Segments of the sample with it.
    naive, corrected, gold : tuple of float
        The machine's count, the corrected share, and that of people's codes alone; nan for no
        interval.
    caution : str
        What to know before the corrected share is used; empty otherwise.
    """

    code: str
    positives: int
    naive: tuple[float, float, float]
    corrected: tuple[float, float, float]
    gold: tuple[float, float, float]
    caution: str = ""


@dataclass(frozen=True)
class CorrectedFacts:
    """Frequencies corrected by what somebody coded of a random sample.

    Attributes
    ----------
    coder : str
        Whose codes they rest on.
    segments, coded : int
        All segments, and those that the estimates rest on.
    target : str
        What the intervals are for: corpus or documents.
    confidence : float
        Of the intervals.
    codes : tuple of EstimatedCode
        The estimates.
    refused : tuple of str
        Codes without one.
    known : int
        Of the coded segments, those that were sure to be read and are counted as they are.
    """

    coder: str
    segments: int
    coded: int
    target: str
    confidence: float
    codes: tuple[EstimatedCode, ...]
    refused: tuple[str, ...] = ()
    known: int = 0


@dataclass(frozen=True)
class MethodsFacts:
    """Everything that a methods text may say. It does not mention what is empty.

    Attributes
    ----------
    corpus : CorpusFacts
        The documents.
    codebook : CodebookFacts
        The codebook.
    names : mapping of str to str
        Display names of codes.
    readers : tuple of ReaderFacts
        What each person read.
    separate_files : bool
        Whether no gold file holds codes of two people.
    read, shared : int
        Segments that anybody read, and that two or more people did.
    draws : tuple of DrawFacts
        Draws of which something was coded.
    compared : tuple of Compared
        People with each other, each person and the machine (the reference coder first), and repeats.
    resamples, seed : int
        How often documents were drawn again for the intervals, and the seed.
    interval : str
        How the intervals were made: a method of `fourp_nlp.agreement.Drawing`.
    decisions : tuple of DecisionFacts
        Disagreements between people, and between the reference coder and the machine.
    adjudicated : AdjudicatedFacts, optional
        The adjudicated codes, if they were written.
    reference : str
        The coder whose codes count.
    machine : MachineFacts, optional
        The machine coder, if there are suggestions.
    counts : tuple of CountFacts
        What is counted, for what, and whose codes.
    alignment : AlignmentFacts, optional
        How passages were aligned with segments.
    corrected : CorrectedFacts, optional
        Frequencies corrected for the machine's errors, if they can be estimated.
    uncorrected : str
        Why they cannot, and what to do; empty if they can or there is no machine.
    assisted : tuple of AssistedFacts
        What people decided about suggestions while seeing them.
    versions : mapping of str to str
        Versions of the software.
    date : str
        The day (ISO 8601).
    """

    corpus: CorpusFacts
    codebook: CodebookFacts
    names: Mapping[str, str]
    readers: tuple[ReaderFacts, ...]
    separate_files: bool
    read: int
    shared: int
    draws: tuple[DrawFacts, ...]
    compared: tuple[Compared, ...]
    resamples: int
    seed: int
    decisions: tuple[DecisionFacts, ...]
    adjudicated: AdjudicatedFacts | None
    reference: str
    machine: MachineFacts | None
    counts: tuple[CountFacts, ...]
    versions: Mapping[str, str]
    date: str
    corrected: CorrectedFacts | None = None
    uncorrected: str = ""
    alignment: AlignmentFacts | None = None
    interval: str = Drawing().method
    assisted: tuple[AssistedFacts, ...] = ()
