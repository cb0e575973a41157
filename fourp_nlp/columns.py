"""The tables that travel between the steps: their columns, types and meaning, written down once.

They are data alone: what only asks for the columns of a table need not load pandas.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "ADJUDICATED",
    "AGREEMENT",
    "AGREEMENT_FULL",
    "ALT_TEST",
    "ALT_TESTS",
    "ANCHORING",
    "ANSWERED",
    "CALIBRATION",
    "CANNOT_APPLY",
    "CODED",
    "CODINGS",
    "COMPARISONS",
    "CONFUSIONS",
    "CONTEXT_ALONE",
    "COOCCURRENCE",
    "DISAGREEMENTS",
    "DOCUMENTS",
    "DRAWN",
    "DRAWS",
    "ESTIMATES",
    "FREQUENCIES",
    "HISTOGRAM",
    "NEEDS",
    "PART",
    "PROMISES",
    "RATES",
    "READ",
    "RECONCILIATION",
    "RELIABILITY",
    "SEGMENTS",
    "SKIPPED",
    "SPEAKERS",
    "SPEAKER_FREQUENCIES",
    "SPEAKER_RATES",
    "SUGGESTIONS",
    "WHOLE",
    "Column",
    "Kind",
    "Table",
    "Value",
    "make_table",
]

Kind = Literal["str", "int64", "float64", "bool"]
Value = str | int | float | bool

CANNOT_APPLY = "cannot apply here, by the codebook"
"""The reason beside a probability of 0 where a code cannot apply."""

CONTEXT_ALONE = "context alone: this speaker's role is not coded"
"""The reason beside a probability of 0 where nothing is coded, because of who speaks."""


@dataclass(frozen=True)
class Column:
    """One column of a table: its type, its meaning, and what it holds where nothing is known.

    Attributes
    ----------
    kind : {"str", "int64", "float64", "bool"}
        The type.
    meaning : str
        What the column holds.
    default : str, int, float or bool, optional
        What it holds where a frame does not have it. A column without a default is one that every frame must
        have.
    older : str, int, float or bool, optional
        What it holds in the project's database in rows that were written before there was such a column.
        By default `default`; a column without either was there from the beginning.
    inapplicable : str, int, float or bool, optional
        What it holds in suggestions where the codebook says that the code cannot apply. By default `default`;
        a column without either keeps its value there.
    same_as : str, optional
        The column's older name, which stays in the table for a release: a frame that lacks the column gets
        the values of that one.
    files : tuple of str
        For suggestions: in which files a person finds the column, of "suggestions" (those suggested),
        "candidates" (the likeliest others) and "json" (`fourp suggest --json`).
    """

    kind: Kind
    meaning: str
    default: Value | None = None
    older: Value | None = None
    inapplicable: Value | None = None
    same_as: str | None = None
    files: tuple[str, ...] = ("suggestions", "json")

    @property
    def in_older_rows(self) -> Value | None:
        """What older rows of the database hold; None for a column that was there from the beginning."""
        return self.default if self.older is None else self.older

    @property
    def where_inapplicable(self) -> Value | None:
        """What it holds where a code cannot apply; None if that makes no difference."""
        return self.default if self.inapplicable is None else self.inapplicable


@dataclass(frozen=True)
class Table:
    """A table's name and columns, in order."""

    name: str
    columns: Mapping[str, Column]

    @property
    def names(self) -> list[str]:
        """The columns that a frame must have, in order: those without a default or an older name."""
        return [
            name
            for name, column in self.columns.items()
            if column.default is None and column.same_as is None
        ]

    def names_in(self, file: str) -> list[str]:
        """Return the names of the columns that a person finds in a file, in order: see `Column.files`."""
        return [name for name, column in self.columns.items() if file in column.files]


def make_table(table: str, /, **columns: tuple[Kind, str] | Column) -> Table:
    """Return a table of the given name; a pair is the type and the meaning of a column."""
    return Table(
        table,
        MappingProxyType(
            {
                name: column if isinstance(column, Column) else Column(*column)
                for name, column in columns.items()
            }
        ),
    )


_EVERYWHERE = ("suggestions", "candidates", "json")

DOCUMENTS = make_table(
    "documents",
    document=("str", "id of the document: its path inside the corpus folder, with forward slashes"),
    case=("str", "what is compared, e.g. a coalition; empty where none was given"),
    group=("str", "the group that the case belongs to; empty where none was given"),
    date=("str", "date as the researcher wrote it"),
    kind=("str", "kind of document, e.g. transcript, handout, slides, web page"),
    speaker=("str", "main speaker or author"),
    path=("str", "file that the text was read from"),
    sha256=("str", "SHA-256 of the normalised text, in hexadecimal"),
    text=("str", "the normalised text; all offsets count its Unicode code points"),
    labels=Column("str", "names that the file itself marks as speakers, one a line", ""),
    remarks=Column("str", "how the file was read, where that is worth knowing, a line each", ""),
    language=Column(
        "str", "language of the document, ISO 639-1 code; empty is taken for English", ""
    ),
)

SKIPPED = make_table(
    "skipped",
    path=("str", "file that was not read"),
    reason=("str", "why, and what can be done, in one line"),
)

SEGMENTS = make_table(
    "segments",
    document=("str", "id of the document"),
    segment=("int64", "number of the segment in its document, from 0, in reading order"),
    start=("int64", "first code point of the segment in the document's text"),
    end=("int64", "one past its last code point"),
    text=("str", "text[start:end] of the document, exactly"),
    speaker=("str", "speaker label in force, empty if there is none"),
    role=("str", "sentence, heading, bullet, turn or paragraph"),
    speaker_role=Column(
        "str", "role of the speaker, such as interviewer; empty if none is set", ""
    ),
    context=Column(
        "bool",
        "whether the segment is context alone: the role of its speaker is not coded",
        default=False,
    ),
)

SPEAKERS = make_table(
    "speakers",
    document=("str", "id of the document"),
    speaker=("str", "label of the speaker"),
    turns=("int64", "how often the speaker begins to speak"),
    words=("int64", "words of the speaker"),
    sentences=("int64", "sentences of the speaker"),
    questions=("int64", "how many of them are questions"),
    question_share=("float64", "share of questions; nan without sentences"),
    role=("str", "role that is set; empty if none is"),
    set_in=("str", "the file in which it is set"),
    guess=("str", "role that is guessed where none is set; empty if there is no guess"),
    why=("str", "what the guess rests on, or why there is none"),
    coded=("bool", "whether what the speaker says is coded"),
)

CODINGS = make_table(
    "codings",
    document=("str", "id of the document"),
    start=("int64", "first code point of the coded span"),
    end=("int64", "one past its last code point"),
    code=("str", "id of the code"),
    coder=("str", "id of the person or machine who applied it"),
    quote=("str", "the coded text, exactly"),
    memo=Column("str", "what the coder noted about the coding; empty if nothing", ""),
)

WHOLE, PART = "document", "segment"
"""What may stand in the column scope of CODED; empty means the first."""

CODED = make_table(
    "coded",
    coder=("str", "id of the coder"),
    document=("str", "id of a document that the coder coded"),
    start=("int64", "first code point that was read; 0 for a whole document"),
    end=("int64", "one past the last; the length of a whole document"),
    scope=("str", "document, or segment if no more than this span was read"),
    quote=("str", "the span's text, exactly; empty for a whole document"),
    looked_for=Column(
        "str", "ids of the codes that were looked for, with spaces; empty for all", ""
    ),
)

READ = make_table(
    "read",
    **CODED.columns,
    without=(
        "str",
        "ids of codes that were not looked for, such as those that were not there when it was read, "
        "with spaces between them",
    ),
    redefined=Column(
        "str",
        "ids of codes whose definition has changed since it was read, with spaces",
        "",
    ),
)
"""CODED, held to the texts and the codebook as they are now: what counts as read today."""

SUGGESTIONS = make_table(
    "suggestions",
    document=Column("str", "id of the document", files=_EVERYWHERE),
    segment=Column("int64", "number of the segment in its document", files=_EVERYWHERE),
    start=Column("int64", "first code point of the segment", files=_EVERYWHERE),
    end=Column("int64", "one past its last code point", files=_EVERYWHERE),
    text=Column("str", "the segment's text", files=_EVERYWHERE),
    speaker=Column("str", "speaker of the segment, empty if none", older="", files=_EVERYWHERE),
    speaker_role=Column(
        "str", "role of the speaker, empty if none is set", older="", files=_EVERYWHERE
    ),
    code=Column("str", "id of the code", files=_EVERYWHERE),
    theme=Column("str", "id of the code's theme", files=_EVERYWHERE),
    probability=Column(
        "float64",
        "calibrated probability that the code applies",
        inapplicable=0.0,
        files=_EVERYWHERE,
    ),
    rank=Column(
        "int64",
        "place of the code among those of the segment, 1 for the likeliest",
        older=0,
        files=_EVERYWHERE,
    ),
    threshold=Column(
        "float64", "probability from which the code is suggested here", files=_EVERYWHERE
    ),
    suggested=Column(
        "bool",
        "whether the probability reaches the threshold",
        inapplicable=False,
        files=("json",),  # in the file of suggestions all are
    ),
    accepted=Column(
        "bool",
        "whether it is accepted under a precision guarantee; only if suggested",
        older=False,
        inapplicable=False,
    ),
    accepted_from=Column(
        "float64", "probability from which it is; nan where nothing is guaranteed", older=math.nan
    ),
    model=Column("str", "id of the model", files=_EVERYWHERE),
    out_of_fold=Column(
        "bool",
        "whether people coded this segment, so that the probability is of a model that did not learn from "
        "its document",
        files=("suggestions",),
    ),
    out_of_fold_probability=Column(
        "float64",
        "probability by a model that did not learn from the segment's document, whether or not people coded "
        "the segment: what estimates rest on",
        older=0.0,
        inapplicable=0.0,
        files=("suggestions",),
    ),
    out_of_fold_suggested=Column(
        "bool",
        "whether that reaches that model's threshold",
        older=False,
        inapplicable=False,
        files=("suggestions",),
    ),
    why=Column(
        "str",
        "nearest gold example or part of the definition, and what the score is made of; empty where "
        "nothing is suggested",
        inapplicable=CANNOT_APPLY,
    ),
    words=Column(
        "str",
        "the segment's own words that carried the suggestion, strongest first, with '; ' between them",
        older="",
        inapplicable="",
    ),
)

PROMISES = make_table(
    "promises",
    code=("str", "id of the code"),
    theme=("str", "id of the code's theme"),
    accepted_from=("float64", "probability from which suggestions are accepted; nan: none are"),
    accepted=("int64", "suggestions accepted here"),
    lower=("float64", "lower bound of their precision, nan without a guarantee"),
    right=("int64", "older name of true_positives"),
    judged=("int64", "older name of n"),
    documents=Column("int64", "in how many documents these are", "0"),
    found=("float64", "older name of recall"),
    left=("int64", "older name of to_review"),
    below=(
        "float64",
        "codings to be expected below, suggested or not: the sum of probabilities; nan where they are rough",
    ),
    reason=("str", "why nothing is guaranteed; empty where something is"),
    caution=Column("str", "what to know before the figure is used; empty otherwise", ""),
    true_positives=Column(
        "int64",
        "out of fold, segments from that probability on to which people gave the code, too",
        same_as="right",
    ),
    n=Column(
        "int64",
        "out of fold, segments from that probability on that people read for the code",
        same_as="judged",
    ),
    recall=Column(
        "float64",
        "share of people's codings from that probability on, nan without a guarantee",
        same_as="found",
    ),
    to_review=Column(
        "int64", "suggestions here that are not accepted: people decide on them", same_as="left"
    ),
)

RECONCILIATION = make_table(
    "reconciliation",
    document=("str", "id of the document"),
    segment=("int64", "number of the segment in its document"),
    start=("int64", "first code point of the segment"),
    end=("int64", "one past its last code point"),
    text=("str", "the segment's text"),
    code=("str", "id of the code"),
    theme=("str", "id of the code's theme"),
    gold=("bool", "whether the gold coder applied the code"),
    machine=("bool", "whether the machine suggested it"),
    probability=("float64", "the machine's probability, nan where there is none"),
    status=("str", "agreed, machine_only or human_only"),
    settled=("bool", "whether the code applies after adjudication"),
    decided_by=("str", "who decided: a person, or the rule that was applied"),
)

DISAGREEMENTS = make_table(
    "disagreements",
    document=("str", "id of the document"),
    segment=("int64", "number of the segment in its document"),
    start=("int64", "first code point of the segment"),
    end=("int64", "one past its last code point"),
    before=("str", "the text before the segment"),
    text=("str", "the segment's text"),
    after=("str", "the text after it"),
    speaker=("str", "speaker label in force, empty if there is none"),
    code=("str", "id of a code that some coder gave and another, who read the segment, did not"),
    theme=("str", "id of the code's theme"),
    given_by=("str", "who gave it, with '; ' between them"),
    not_given_by=("str", "who read the segment and did not"),
    probability=("float64", "the machine's probability, nan where no machine is compared"),
    settled=("str", "yes or no if a person has decided whether the code applies; otherwise empty"),
    decided_by=("str", "who decided; empty if undecided"),
)

_COUNTS = {
    "both": Column(
        "float64",
        "units to which all coders who read them gave the code; nan where there is no such count",
        "nan",
    ),
    "some": Column(
        "float64", "units to which some, but not all, of the coders who read them gave it", "nan"
    ),
    "codings": Column(
        "str",
        "units to which each coder gave it, of those compared, with '; ' between coders; empty where "
        "there is no such count",
        "",
    ),
}

AGREEMENT = make_table(
    "agreement",
    level=("str", "code, theme or overall"),
    code=("str", "id of the code or theme; empty for overall"),
    coder_a=("str", "first coder; the reference for precision and recall"),
    coder_b=("str", "second coder"),
    coefficient=("str", "name of the coefficient"),
    value=("float64", "its value, nan where undefined"),
    low=("float64", "lower end of the 95% interval, nan where there is none"),
    high=("float64", "upper end of the 95% interval, nan where there is none"),
    n=("int64", "number of units compared"),
    prevalence=("float64", "mean of the two coders' shares of units with the code"),
    reason=("str", "why the value is undefined, or what a mean leaves out; empty otherwise"),
    n_documents=Column("int64", "documents with such units", "0"),
    **_COUNTS,
    no_interval=Column("str", "why there is no interval; empty otherwise", ""),
    caution=Column("str", "why the value or its interval is uninformative; empty otherwise", ""),
)

AGREEMENT_FULL = make_table(
    "agreement_full",
    level=("str", "code, theme or overall"),
    code=("str", "id of the code or theme; empty for overall"),
    coder_a=("str", "the first of two coders, the reference for precision and recall; else empty"),
    coder_b=("str", "the second of two coders; empty where more are compared"),
    coefficient=("str", "name of the coefficient"),
    value=("float64", "its value, nan where undefined"),
    low=("float64", "lower end of the 95% interval, nan where there is none"),
    high=("float64", "upper end of the 95% interval, nan where there is none"),
    n=(
        "int64",
        "units that two coders or more read: segments; overall segments times codes, but segments for "
        "alpha_masi; characters of text for coefficients of spans",
    ),
    prevalence=("float64", "mean of the coders' shares of units with the code"),
    reason=("str", "why the value is undefined, or what a mean leaves out; empty otherwise"),
    coders=("str", "who is compared, with '; ' between them"),
    units=("str", "all, any_code (with any code of any coder), this_code, or spans"),
    by=("str", "document or group where the row is of one of these; empty for all together"),
    part=("str", "id of that document or group"),
    n_documents=("int64", "documents with such units"),
    n_coders=("int64", "coders with any such unit"),
    prevalence_index=("float64", "2 prevalence - 1: -1 is never, 1 is always given"),
    bias_index=("float64", "by how much the coders' shares differ, 0 is not at all"),
    coverage=("float64", "share of the text that a coefficient of spans rests on; nan for others"),
    interval=("str", "how the interval was made: by document, or analytic; empty if there is none"),
    no_interval=("str", "why there is no interval; empty otherwise"),
    against=(
        "str",
        "position of the interval relative to the user's thresholds; empty if there is too little "
        "information",
    ),
    caution=("str", "caution about the value or its interval; empty otherwise"),
    note=("str", "why kappa and AC1 differ, or what a figure was made with; empty otherwise"),
    **_COUNTS,
)

ALT_TEST = make_table(
    "alt_test",
    coder=("str", "id of the person who is left out"),
    n=("int64", "units on which that person was compared with the machine"),
    documents=("int64", "their documents; 0 if unknown"),
    machine=("float64", "share of units on which the machine is at least as close to the others"),
    person=("float64", "share of units on which the person is; a tie counts for both"),
    epsilon=("float64", "how far the first may stay below the second"),
    test=("str", "t-test, or Wilcoxon with fewer than 30 units"),
    p=("float64", "its one-sided p-value as published, for which units are independent"),
    p_adjusted=("float64", "the same, adjusted over people by Benjamini and Yekutieli"),
    wins=("bool", "whether the machine wins against this person as published"),
    document_p=(
        "float64",
        "p-value that takes documents, not units, as independent; nan if documents are unknown",
    ),
    document_p_adjusted=("float64", "the same, adjusted"),
    document_wins=("bool", "whether the machine wins by document"),
)

ALT_TESTS = make_table(
    "alt_tests",
    tested=("str", "id of the machine, or 'never a code': one that gives none"),
    **ALT_TEST.columns,
    person_coded=("int64", "units among `n` to which the person who is left out gave any code"),
    tested_coded=("int64", "units among `n` to which the machine gave any code"),
    winning_rate=("float64", "share of people against whom it wins, as published"),
    document_winning_rate=("float64", "the same by document"),
    advantage=("float64", "mean of `machine` over people"),
    advantage_low=("float64", "lower end of its 95% interval, by document"),
    advantage_high=("float64", "upper end"),
)

CALIBRATION = make_table(
    "calibration",
    level=("str", "code or overall"),
    code=("str", "id of the code; empty for all pooled"),
    n=("int64", "number of probabilities: segments, times codes where pooled"),
    positives=("int64", "how many of them belong to a segment with the code"),
    documents=("int64", "documents with any such segment"),
    uncertain=("bool", "whether fewer than 10 positives, or positives in fewer than 3 documents"),
    prevalence=("float64", "share of positives"),
    mean_probability=("float64", "mean of the probabilities: the prevalence, if they are right"),
    brier=("float64", "Brier score, 0 is best"),
    brier_low=("float64", "lower end of its 95% interval, nan where there is none"),
    brier_high=("float64", "upper end"),
    skill=("float64", "Brier skill score against always predicting the prevalence, 1 is best"),
    skill_low=("float64", "lower end of its 95% interval, nan where there is none"),
    skill_high=("float64", "upper end"),
    ece=("float64", "expected calibration error, ten bins of equally many segments"),
    ece_if_calibrated=("float64", "its mean if every probability were right"),
    rms_debiased=("float64", "root mean squared calibration error, less what chance adds"),
    slope=("float64", "calibration slope, 1 is best, nan where undefined"),
    slope_low=("float64", "lower end of its 95% interval, nan where there is none"),
    slope_high=("float64", "upper end"),
    intercept=("float64", "calibration intercept, 0 is best, nan where undefined"),
    intercept_low=("float64", "lower end of its 95% interval, nan where there is none"),
    intercept_high=("float64", "upper end"),
    reason=("str", "why slope and intercept are undefined; empty otherwise"),
    caution=Column("str", "what to know before the figure is used; empty otherwise", ""),
)

RELIABILITY = make_table(
    "reliability",
    code=("str", "id of the code; empty for all pooled"),
    low=("float64", "lowest probability of the bin"),
    high=("float64", "highest"),
    n=("int64", "probabilities in it"),
    positives=("int64", "how many of them belong to a segment with the code"),
    mean_probability=("float64", "their mean"),
    share=("float64", "share of positives"),
    band_low=("float64", "2.5th percentile of the share if every probability were right"),
    band_high=("float64", "97.5th percentile"),
)

HISTOGRAM = make_table(
    "histogram",
    low=("float64", "lower end of a range of probabilities"),
    high=("float64", "upper end, not included"),
    n=("int64", "probabilities in it, of all codes"),
    positives=("int64", "how many of them belong to a segment with the code"),
)

CONFUSIONS = make_table(
    "confusions",
    coder_a=("str", "first coder, a person"),
    coder_b=("str", "second coder, a person or the machine"),
    code=("str", "id of the code that the first coder gave, and the second did not"),
    taken_for=("str", "id of the code that the second coder gave, and the first did not"),
    segments=("int64", "segments where both is so"),
    coded=("int64", "segments to which the first coder gave the code"),
    expected=("float64", "segments that the base rates of such differences would give"),
    lift=("float64", "segments over expected"),
    example_1=("str", "one of these segments"),
    place_1=("str", "where it stands"),
    example_2=("str", "another, of another document if there is one; empty if there is none"),
    place_2=("str", "where it stands"),
    hint=("str", "what the two definitions say of each other, and what to do"),
)

FREQUENCIES = make_table(
    "frequencies",
    code=("str", "id of the code"),
    theme=("str", "id of the code's theme"),
    case=("str", "id of the case; empty unless counted by case or document"),
    document=("str", "id of the document; empty unless counted by document"),
    group=("str", "id of the group; empty where none was given"),
    unit=("str", "occurrences, segments or documents"),
    coder=("str", "id of the coder"),
    count=("int64", "how many"),
)

RATES = make_table(
    "rates",
    code=("str", "id of the code"),
    theme=("str", "id of the code's theme"),
    case=("str", "id of the case; empty unless counted by case or document"),
    document=("str", "id of the document; empty unless counted by document"),
    group=("str", "id of the group; empty where none was given"),
    unit=("str", "occurrences, segments or documents"),
    coder=("str", "id of the coder"),
    count=("int64", "how many"),
    words=("int64", "words of the segments that were counted in"),
    per=("int64", "for how many words the rate is"),
    rate=("float64", "count for so many words, nan where there is no word"),
    caution=Column("str", "what to know before the figure is used; empty otherwise", ""),
)

_OF_SPEAKERS: dict[str, tuple[Kind, str] | Column] = {
    "code": ("str", "id of the code"),
    "theme": ("str", "id of the code's theme"),
    "by": ("str", "speaker, role, or a column of speakers.csv: what the row is counted by"),
    "part": ("str", "the speaker, the role or the value of that column; empty where none is known"),
    "document": (
        "str",
        "document in which the speaker speaks; empty if the row is not of one speaker in one document",
    ),
    "speaker": ("str", "label of the speaker; empty unless counted by speaker"),
    "speaker_role": ("str", "role of the speaker; empty unless counted by speaker or role"),
    "unit": ("str", "occurrences, segments or documents"),
    "coder": ("str", "id of the coder"),
    "count": ("int64", "how many"),
}

SPEAKER_FREQUENCIES = make_table(
    "speaker_frequencies",
    **_OF_SPEAKERS,
    segments=("int64", "segments in which the coder looked for the code"),
)

SPEAKER_RATES = make_table(
    "speaker_rates",
    **_OF_SPEAKERS,
    words=("int64", "words of the segments that were counted in"),
    per=("int64", "for how many words the rate is"),
    rate=("float64", "count for so many words, nan where there is no word"),
    caution=Column("str", "what to know before the figure is used; empty otherwise", ""),
)

ESTIMATES = make_table(
    "estimates",
    code=("str", "id of the code"),
    theme=("str", "id of the code's theme"),
    level=(
        "str",
        "corpus, group, case, document, speaker, role or a column of speakers.csv (of scored shards: site): "
        "what the estimate is of",
    ),
    place=("str", "id of that group, case, document or speaker; empty for the corpus"),
    method=("str", "naive (the machine's count), corrected, gold or adjusted_count"),
    target=("str", "what the interval is for: corpus (these segments) or documents (like these)"),
    value=("float64", "share of segments with the code, nan where refused"),
    low=("float64", "lower end of its interval, nan where there is none"),
    high=("float64", "upper end"),
    count=("float64", "the share times the segments: how many carry the code"),
    count_low=("float64", "lower end of its interval"),
    count_high=("float64", "upper end"),
    segments=("int64", "all segments there"),
    coded=(
        "int64",
        "segments there that the estimate rests on: drawn at random, or sure to be read",
    ),
    positives=("int64", "those of them to which the coder gave the code"),
    confidence=("float64", "of the interval"),
    coder=("str", "id of the person whose codes are the gold"),
    machine=("str", "id of the model"),
    reason=("str", "why there is no value or no interval; empty otherwise"),
    known=Column(
        "int64", "of the coded, those that were sure to be read and are counted as they are", "0"
    ),
    caution=Column("str", "what to know before the figure is used; empty otherwise", ""),
)

COMPARISONS = make_table(
    "comparisons",
    code=("str", "id of the code"),
    theme=("str", "id of the code's theme"),
    first=("str", "id of the first group"),
    second=("str", "id of the second group"),
    method=("str", "gold (human sample only) or corrected"),
    target=("str", "what the interval is for: corpus (these segments) or documents (like these)"),
    scale=("str", "difference (first less second), ratio (first over second) or cohen_h"),
    share_first=(
        "float64",
        "share of segments with the code in the first group, nan where refused",
    ),
    share_second=("float64", "in the second"),
    value=("float64", "the comparison, nan where refused"),
    low=("float64", "lower end of its interval, nan where there is none"),
    high=("float64", "upper end; infinite for a ratio that is not bounded"),
    coded_first=("int64", "segments of the first group that the coder's codes are counted of"),
    coded_second=("int64", "of the second"),
    documents_first=("int64", "documents of the first group"),
    documents_second=("int64", "of the second"),
    p_value=("float64", "permutation test by document of the difference of rates, two-sided"),
    p_adjusted=("float64", "the same, adjusted for the number of codes"),
    adjustment=("str", "how it is adjusted"),
    smallest=("float64", "the smallest p-value that these documents could have given"),
    assignments=("int64", "assignments of the documents to the groups that were tried"),
    exact=("bool", "whether these were all possible assignments"),
    confidence=("float64", "of the interval"),
    coder=("str", "id of the person"),
    machine=("str", "id of the model; empty if only people's codes are compared"),
    reason=("str", "why there is no value or no interval; empty otherwise"),
    caution=Column("str", "what to know before the figure is used; empty otherwise", ""),
)

NEEDS = make_table(
    "needs",
    code=("str", "id of the code"),
    theme=("str", "id of the code's theme"),
    method=("str", "corrected or gold: how the frequency will be estimated"),
    wanted=("float64", "half the width of the interval that is wanted"),
    segments=("int64", "all segments"),
    coded=("int64", "segments of the sample so far, and those that are known otherwise"),
    now=("float64", "half the width to be expected now, nan if nothing is coded"),
    more=("int64", "segments still to be coded at random"),
    total=("int64", "with those that are coded"),
    then=("float64", "half the width to be expected then; 0 where all are coded"),
    prevalence=("float64", "share of segments that the plan assumes"),
    confidence=("float64", "of the interval"),
    reason=("str", "why there is no plan; empty otherwise"),
    caution=Column("str", "what to know before the figure is used; empty otherwise", ""),
)

COOCCURRENCE = make_table(
    "cooccurrence",
    code=("str", "id of the code"),
    other=("str", "id of another code, later in the codebook"),
    coder=("str", "id of the coder"),
    segments=("int64", "segments that were looked at"),
    with_code=("int64", "segments with the first code"),
    with_other=("int64", "segments with the other"),
    both=("int64", "segments with both"),
    expected=("float64", "segments with both that chance would give, nan without segments"),
    jaccard=("float64", "segments with both over segments with either, nan where none has either"),
    phi=("float64", "correlation of the two, nan where a code is on no segment or on every one"),
)

ANCHORING = make_table(
    "anchoring",
    code=("str", "id of the code; empty for all together"),
    coder=("str", "id of the person"),
    shown=("float64", "share of segments on which person and machine agree, suggestion shown"),
    blind=("float64", "the same without it"),
    difference=("float64", "shown less blind"),
    low=("float64", "lower end of its 95% interval"),
    high=("float64", "upper end"),
    p_value=("float64", "permutation test, arms shuffled within documents, two-sided"),
    kappa_shown=(
        "float64",
        "Cohen's kappa of person and machine, suggestion shown; nan if undefined",
    ),
    kappa_blind=("float64", "the same without it"),
    kappa_p_value=("float64", "permutation test of the difference of kappas; nan if undefined"),
    n_shown=("int64", "segments coded with the suggestion shown"),
    n_blind=("int64", "segments coded without"),
)

DRAWS = make_table(
    "draws",
    draw=("str", "id of the draw"),
    strategy=("str", "random, uncertainty, disagreement, diversity or mixed"),
    coder=("str", "id of the person that the draw was made for"),
    seed=("int64", "seed of the random numbers"),
    frame_size=("int64", "number of segments that could be drawn"),
    frame=("str", "which segments those were, in words"),
    model=("str", "id of the model that was asked; empty if none was"),
    made_at=("str", "date and time, UTC, ISO 8601"),
    options=("str", "everything else that the draw was made with, as JSON"),
)

DRAWN = make_table(
    "drawn",
    draw=("str", "id of the draw"),
    document=("str", "id of the document"),
    document_sha256=("str", "SHA-256 of the document's text when it was drawn"),
    start=("int64", "first code point of the segment"),
    end=("int64", "one past its last code point"),
    order=("int64", "place on the sheet, from 1"),
    inclusion_probability=(
        "float64",
        "chance that this draw had of taking this segment; nan where it was not left to chance",
    ),
    stratum=("str", "what the segment was drawn within; empty without strata"),
    strategy=("str", "what picked the segment: in a mixed draw, one of the others"),
    arm=Column(
        "str",
        "shown or blind where the machine's suggestion is shown for half; else empty",
        older="",
    ),
)

REVIEWED = make_table(
    "reviewed",
    number=("int64", "number of the entry, from 1; later ones are greater"),
    action=("int64", "number of the first entry of its action: what is undone together"),
    kind=("str", "do, undo or redo"),
    of_action=("int64", "the action that was undone or done again; 0 for do"),
    what=("str", "the action in a few words"),
    at=("str", "when, in UTC"),
    coder=("str", "who decided"),
    document=("str", "id of the document"),
    start=(
        "int64",
        "first code point of the segment or passage; 0 for a document that was finished",
    ),
    end=("int64", "one past its last code point"),
    code=("str", "id of the code; empty for a document that was finished"),
    value=("int64", "1 the code applies, 0 it does not, -1 it is open again"),
    before=("int64", "what it was before, in the same way"),
    origin=(
        "str",
        "assisted, bulk or finished; span for a passage that the person chose; earlier for a memo on a code "
        "that was given without suggestions",
    ),
    probability=Column(
        "float64", "what the machine gave then; nan where it had none", older=math.nan
    ),
    model=("str", "id of the machine; empty where it had no suggestion"),
    text=("str", "beginning of the SHA-256 of the text of the segment or passage"),
    memo=Column("str", "the memo on the coding; empty if there is none", older=""),
    memo_before=Column("str", "the memo before; empty if there was none", older=""),
)

ANSWERED = make_table(
    "answered",
    number=("int64", "number of the entry, from 1; later ones are greater"),
    action=("int64", "the same: each answer is an action of its own"),
    kind=("str", "do, undo or redo"),
    of_action=("int64", "the action that was undone or done again; 0 for do"),
    what=("str", "the action in a few words"),
    at=("str", "when, in UTC"),
    coder=("str", "who answered"),
    draw=("str", "id of the draw"),
    order=("int64", "place of the segment in the draw, from 1"),
    document=("str", "id of the document"),
    start=("int64", "first code point of the segment"),
    end=("int64", "one past its last code point"),
    codes=("str", "ids of the codes that apply, with spaces between them; empty if none does"),
    read=("bool", "whether the segment is answered: with codes, or with none"),
    codes_before=("str", "the codes before, in the same way"),
    read_before=("bool", "whether it was answered before"),
    text=("str", "beginning of the SHA-256 of the segment's text"),
)

ADJUDICATED = make_table(
    "adjudicated",
    number=("int64", "number of the entry, from 1; later ones are greater"),
    action=("int64", "number of the first entry of its action: what is undone together"),
    kind=("str", "do, undo or redo"),
    of_action=("int64", "the action that was undone or done again; 0 for do"),
    what=("str", "the action in a few words"),
    at=("str", "when, in UTC"),
    coder=("str", "who did it"),
    document=("str", "id of the document"),
    start=("int64", "first code point of the segment"),
    end=("int64", "one past its last code point"),
    code=("str", "id of the code"),
    value=("int64", "what stands from then on: 1 the code applies, 0 it does not, -1 it is open"),
    decided_by=("str", "who decided that; empty if it is open"),
    decided_at=("str", "when, as the table of decisions has it; empty if it is open"),
    note=("str", "the comment on it"),
    before=("int64", "what stood before, in the same way"),
    before_by=("str", "who had decided that"),
    before_at=("str", "when"),
    before_note=("str", "the comment on that"),
    given_by=("str", "who had given the code then, a line each"),
    not_given_by=("str", "who had looked for the code then and not given it, a line each"),
    text=("str", "beginning of the SHA-256 of the segment's text"),
)
