"""The contents of a report: tables and facts that were computed elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.tables import (
    AGREEMENT,
    AGREEMENT_FULL,
    CALIBRATION,
    CONFUSIONS,
    DOCUMENTS,
    ESTIMATES,
    FREQUENCIES,
    HISTOGRAM,
    PROMISES,
    RECONCILIATION,
    RELIABILITY,
    SKIPPED,
    SUGGESTIONS,
    Column,
    conform,
    empty,
    make_table,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["QUOTATIONS", "QUOTATION_COUNTS", "READ_IN_PART", "ReportContents"]

QUOTATIONS = make_table(
    "quotations",
    code=("str", "id of the code"),
    text=("str", "the quoted passage"),
    document=("str", "id of the document"),
    case=("str", "id of the case; empty where none was given"),
    coder=("str", "id of the coder"),
    probability=("float64", "the machine's probability, nan for people"),
    words=("str", "words that carried the machine's suggestion; empty for people"),
    speaker=Column("str", "who speaks at its beginning; empty if nobody is marked", ""),
    speaker_role=Column("str", "role of the speaker; empty if none is set", ""),
    decision=Column("str", "who rejected a suggestion, or did not give the code, in words", ""),
)

READ_IN_PART = make_table(
    "read_in_part",
    coder=("str", "id of the coder"),
    case=("str", "what the frequencies call the case"),
    read=("int64", "segments of the case that the coder read"),
    segments=("int64", "segments of the case"),
)

QUOTATION_COUNTS = make_table(
    "quotation_counts",
    code=("str", "id of the code"),
    coder=("str", "id of the coder"),
    count=("int64", "how many codings or suggestions there are, shown or not"),
)

_FRAMES = {
    "documents": DOCUMENTS,
    "skipped": SKIPPED,
    "suggestions": SUGGESTIONS,
    "reconciliation": RECONCILIATION,
    "agreement": AGREEMENT,
    "agreement_full": AGREEMENT_FULL,
    "frequencies": FREQUENCIES,
    "read_in_part": READ_IN_PART,
    "confusions": CONFUSIONS,
    "calibration": CALIBRATION,
    "reliability": RELIABILITY,
    "histogram": HISTOGRAM,
    "quotations": QUOTATIONS,
    "quotation_counts": QUOTATION_COUNTS,
    "promises": PROMISES,
    "estimates": ESTIMATES,
}


@dataclass(frozen=True)
class ReportContents:
    """Everything that a report shows.

    A frame without rows (with or without columns) makes its section say that there is nothing.

    Parameters
    ----------
    title : str
        Title of the report.
    made : str
        Date and time, as the reader sees them.
    notice : str
        A notice to every reader, such as that the corpus is fiction; may be empty.
    facts : sequence of (str, str)
        Labels and values of the first section: documents, segments, coders, model, unit.
    names : mapping of str to str
        Display names of codes and themes, and of cases, groups and coders where they have any;
        an id that is not in it is shown as it is.
    themes : sequence of (str, sequence of str)
        Id of each theme and of its codes, in order; one theme '' for a codebook without themes.
    cases : sequence of (str, str)
        Each case and its group ('' if it has none), in order.
    documents, skipped, suggestions, reconciliation, agreement : pandas.DataFrame
        As `fourp_nlp.tables` describes them. Agreement: percent agreement, prevalence, precision,
        recall and F1 are shares between 0 and 1.
    agreement_full : pandas.DataFrame
        As `fourp_nlp.tables` describes it; where it has rows, the tables of codes are made from it.
    thresholds : sequence of float
        Values that the user named: lines in the charts of intervals.
    frequencies : pandas.DataFrame
        FREQUENCIES counted by case, for one coder or several. A combination of code and case
        without a row counts as not counted and shows a dash; one that was counted and is not
        there needs a row with 0.
    read_in_part : pandas.DataFrame
        As `READ_IN_PART` describes it: a row for each case of which a coder read some segments and not
        others.
    confusions : pandas.DataFrame
        CONFUSIONS, in the order in which they are shown.
    calibration, reliability, histogram : pandas.DataFrame
        As `fourp_nlp.tables` describes them, of the machine coder on the documents that it learned from, out
        of fold.
    diagrams : sequence of str
        Codes that get a reliability diagram of their own, in order.
    promises : pandas.DataFrame
        The table PROMISES; without rows if no precision guarantee was asked for.
    promised : str
        The precision guarantee, in words.
    estimates : pandas.DataFrame
        As `fourp_nlp.tables` describes it, of the corpus first; without rows if there are none.
    estimate_notes : sequence of str
        The sample that they are based on, or why there are none, one sentence each.
    quotations : pandas.DataFrame
        As `QUOTATIONS` describes it, in the order in which they should be read.
    quotation_counts : pandas.DataFrame
        As `QUOTATION_COUNTS` describes it; of a code without a row, its quotations are counted.
    model_card : mapping or sequence of (str, object)
        The machine coder's facts; values may be nested mappings and lists.
    warnings : sequence of str
        Warnings, one sentence each.
    machines : sequence of str
        Ids under which machines appear as coders. The models named in `suggestions` are always
        among them.
    code_noun : str
        The codebook's word for a code, in the singular.
    quotations_shown : int
        The most quotations shown for one code.
    disagreements_shown : int
        The most disagreements shown for one code.
    confusions_shown : int
        The most pairs of confused codes shown for two coders.

    Raises
    ------
    TableError
        If a frame has rows but lacks a column of its table.
    """

    title: str
    made: str
    notice: str = ""
    facts: Sequence[tuple[str, str]] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    themes: Sequence[tuple[str, Sequence[str]]] = ()
    cases: Sequence[tuple[str, str]] = ()
    documents: pd.DataFrame = field(default_factory=pd.DataFrame)
    skipped: pd.DataFrame = field(default_factory=pd.DataFrame)
    suggestions: pd.DataFrame = field(default_factory=pd.DataFrame)
    reconciliation: pd.DataFrame = field(default_factory=pd.DataFrame)
    agreement: pd.DataFrame = field(default_factory=pd.DataFrame)
    agreement_full: pd.DataFrame = field(default_factory=pd.DataFrame)
    thresholds: Sequence[float] = ()
    frequencies: pd.DataFrame = field(default_factory=pd.DataFrame)
    read_in_part: pd.DataFrame = field(default_factory=pd.DataFrame)
    confusions: pd.DataFrame = field(default_factory=pd.DataFrame)
    calibration: pd.DataFrame = field(default_factory=pd.DataFrame)
    reliability: pd.DataFrame = field(default_factory=pd.DataFrame)
    histogram: pd.DataFrame = field(default_factory=pd.DataFrame)
    diagrams: Sequence[str] = ()
    promises: pd.DataFrame = field(default_factory=pd.DataFrame)
    promised: str = ""
    estimates: pd.DataFrame = field(default_factory=pd.DataFrame)
    estimate_notes: Sequence[str] = ()
    quotations: pd.DataFrame = field(default_factory=pd.DataFrame)
    quotation_counts: pd.DataFrame = field(default_factory=pd.DataFrame)
    model_card: Mapping[str, object] | Sequence[tuple[str, object]] = ()
    warnings: Sequence[str] = ()
    machines: Sequence[str] = ()
    code_noun: str = "code"
    quotations_shown: int = 40
    disagreements_shown: int = 3
    confusions_shown: int = 8

    def __post_init__(self) -> None:
        """Bring every frame to its table's columns and types."""
        for name, table in _FRAMES.items():
            frame: pd.DataFrame = getattr(self, name)
            checked = conform(frame, table) if len(frame) else empty(table)
            object.__setattr__(self, name, checked)
        machines = dict.fromkeys([*self.machines, *self.suggestions["model"].unique()])
        object.__setattr__(self, "machines", tuple(machines))

    def name(self, identifier: str) -> str:
        """Return the display name of a code, theme, case, group or coder.

        Parameters
        ----------
        identifier : str
            Its id.

        Returns
        -------
        str
            Its name, or the id where it has none.
        """
        return self.names.get(identifier) or identifier
