"""The order of the steps, written down once: from a project's files to its results."""

from __future__ import annotations

from fourp_nlp.pipeline._agreement import BETWEEN, RHO_THRESHOLD, agreement_in_full
from fourp_nlp.pipeline._alt_test import NEVER, AltTested, alt_test_machine
from fourp_nlp.pipeline._anchoring import anchoring_of
from fourp_nlp.pipeline._cautions import cautions
from fourp_nlp.pipeline._comparison import GroupsCompared, compare_groups
from fourp_nlp.pipeline._confusions import confusions, sharpening_hint
from fourp_nlp.pipeline._corpus import (
    Corpus,
    Gold,
    LabelsInContext,
    Watch,
    gold_labels,
    labels_in_context,
    read_corpus,
    read_gold_codes,
    reading_notes,
    unwatched,
)
from fourp_nlp.pipeline._disagreements import (
    Disagreements,
    disagreements,
    write_disagreements,
)
from fourp_nlp.pipeline._draw import Draw, draw_next
from fourp_nlp.pipeline._estimates import Estimates, estimate_frequencies
from fourp_nlp.pipeline._machine import (
    Suggested,
    SuggestedFiles,
    choose_model,
    stored_suggestions,
    suggest_corpus,
    suggest_files,
    suggestion_matrix,
)
from fourp_nlp.pipeline._measures import (
    agree,
    codes_of_coder,
    frequencies,
    machine_of,
    reconcile_with_gold,
)
from fourp_nlp.pipeline._methods import WrittenMethods, methods_facts, write_methods
from fourp_nlp.pipeline._need import plan_coding
from fourp_nlp.pipeline._results import Results, report_contents, run_measures, write_report
from fourp_nlp.pipeline._retest import read_repeats, retest
from fourp_nlp.pipeline._settle import (
    Settled,
    TakenDecisions,
    settle_gold,
    take_in_decisions,
)
from fourp_nlp.pipeline._take_in import TakenIn, take_in
from fourp_nlp.pipeline._together import codes_together, rates_per_words
from fourp_nlp.pipeline._training import encoder_name, is_up_to_date, train_project

__all__ = [
    "BETWEEN",
    "NEVER",
    "RHO_THRESHOLD",
    "AltTested",
    "Corpus",
    "Disagreements",
    "Draw",
    "Estimates",
    "Gold",
    "GroupsCompared",
    "LabelsInContext",
    "Results",
    "Settled",
    "Suggested",
    "SuggestedFiles",
    "TakenDecisions",
    "TakenIn",
    "Watch",
    "WrittenMethods",
    "agree",
    "agreement_in_full",
    "alt_test_machine",
    "anchoring_of",
    "cautions",
    "choose_model",
    "codes_of_coder",
    "codes_together",
    "compare_groups",
    "confusions",
    "disagreements",
    "draw_next",
    "encoder_name",
    "estimate_frequencies",
    "frequencies",
    "gold_labels",
    "is_up_to_date",
    "labels_in_context",
    "machine_of",
    "methods_facts",
    "plan_coding",
    "rates_per_words",
    "read_corpus",
    "read_gold_codes",
    "read_repeats",
    "reading_notes",
    "reconcile_with_gold",
    "report_contents",
    "retest",
    "run_measures",
    "settle_gold",
    "sharpening_hint",
    "stored_suggestions",
    "suggest_corpus",
    "suggest_files",
    "suggestion_matrix",
    "take_in",
    "take_in_decisions",
    "train_project",
    "unwatched",
    "write_disagreements",
    "write_methods",
    "write_report",
]
