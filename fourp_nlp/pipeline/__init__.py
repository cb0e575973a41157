"""The order of the steps, written down once: from a project's files to its results."""

from __future__ import annotations

from fourp_nlp.pipeline._agreement import BETWEEN, RHO_THRESHOLD, agreement_in_full
from fourp_nlp.pipeline._aim import Amount, chosen_aim, expected_of, expected_sentence
from fourp_nlp.pipeline._alt_test import NEVER, AltTested, alt_test_machine
from fourp_nlp.pipeline._anchoring import anchoring_of
from fourp_nlp.pipeline._applies import applies_to_segments
from fourp_nlp.pipeline._cautions import cautions
from fourp_nlp.pipeline._change import change_files, changing, undo_cut_short
from fourp_nlp.pipeline._comparison import GroupsCompared, compare_groups
from fourp_nlp.pipeline._confusions import confusions, sharpening_hint
from fourp_nlp.pipeline._corpus import (
    Corpus,
    Gold,
    LabelsInContext,
    Watch,
    check_before_work,
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
    is_machine,
    write_disagreements,
)
from fourp_nlp.pipeline._draw import Draw, draw_next
from fourp_nlp.pipeline._estimates import (
    FEWEST_CODED,
    Estimates,
    estimate_frequencies,
    estimated_share,
    estimates_table,
)
from fourp_nlp.pipeline._export import codings_on_others_selections, project_exchange
from fourp_nlp.pipeline._export_texts import exchange_segments
from fourp_nlp.pipeline._filled import TakenIn, add_to_gold, coder_of_sheet, keep_taken
from fourp_nlp.pipeline._known import read_foreign
from fourp_nlp.pipeline._laid import LAID_BY_RULE, laid_by_rule
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
from fourp_nlp.pipeline._neighbours import neighbours
from fourp_nlp.pipeline._new_codes import NewCodesSheet, sheet_for_new_codes
from fourp_nlp.pipeline._places import check_results_place, tables_beside
from fourp_nlp.pipeline._promise import wanted
from fourp_nlp.pipeline._reading import (
    MovedCodings,
    ReadAgain,
    move_codings,
    read_again,
    same_definition,
    unread_notes,
)
from fourp_nlp.pipeline._results import Results, report_contents, run_measures, write_report
from fourp_nlp.pipeline._retest import read_repeats, retest
from fourp_nlp.pipeline._rounds import (
    Made,
    Round,
    best_sample,
    known_and_sampled,
    left_out_notes,
    read_whole,
)
from fourp_nlp.pipeline._sample import CodedSample
from fourp_nlp.pipeline._settle import (
    Settled,
    TakenDecisions,
    settle_gold,
    take_in_decisions,
)
from fourp_nlp.pipeline._sheets import draw_id, keep_draw, sheet_definitions
from fourp_nlp.pipeline._take_in import take_in
from fourp_nlp.pipeline._take_over import carry_out, plan_import
from fourp_nlp.pipeline._take_over_codes import codebook_alone
from fourp_nlp.pipeline._take_over_plan import ImportOptions, ImportPlan
from fourp_nlp.pipeline._take_over_target import new_target, read_target
from fourp_nlp.pipeline._together import codes_together, rates_per_words
from fourp_nlp.pipeline._training import encoder_name, is_up_to_date, train_project

__all__ = [
    "BETWEEN",
    "FEWEST_CODED",
    "LAID_BY_RULE",
    "NEVER",
    "RHO_THRESHOLD",
    "AltTested",
    "Amount",
    "CodedSample",
    "Corpus",
    "Disagreements",
    "Draw",
    "Estimates",
    "Gold",
    "GroupsCompared",
    "ImportOptions",
    "ImportPlan",
    "LabelsInContext",
    "Made",
    "MovedCodings",
    "NewCodesSheet",
    "ReadAgain",
    "Results",
    "Round",
    "Settled",
    "Suggested",
    "SuggestedFiles",
    "TakenDecisions",
    "TakenIn",
    "Watch",
    "WrittenMethods",
    "add_to_gold",
    "agree",
    "agreement_in_full",
    "alt_test_machine",
    "anchoring_of",
    "applies_to_segments",
    "best_sample",
    "carry_out",
    "cautions",
    "change_files",
    "changing",
    "check_before_work",
    "check_results_place",
    "choose_model",
    "chosen_aim",
    "codebook_alone",
    "coder_of_sheet",
    "codes_of_coder",
    "codes_together",
    "codings_on_others_selections",
    "compare_groups",
    "confusions",
    "disagreements",
    "draw_id",
    "draw_next",
    "encoder_name",
    "estimate_frequencies",
    "estimated_share",
    "estimates_table",
    "exchange_segments",
    "expected_of",
    "expected_sentence",
    "frequencies",
    "gold_labels",
    "is_machine",
    "is_up_to_date",
    "keep_draw",
    "keep_taken",
    "known_and_sampled",
    "labels_in_context",
    "laid_by_rule",
    "left_out_notes",
    "machine_of",
    "methods_facts",
    "move_codings",
    "neighbours",
    "new_target",
    "plan_coding",
    "plan_import",
    "project_exchange",
    "rates_per_words",
    "read_again",
    "read_corpus",
    "read_foreign",
    "read_gold_codes",
    "read_repeats",
    "read_target",
    "read_whole",
    "reading_notes",
    "reconcile_with_gold",
    "report_contents",
    "retest",
    "run_measures",
    "same_definition",
    "settle_gold",
    "sharpening_hint",
    "sheet_definitions",
    "sheet_for_new_codes",
    "stored_suggestions",
    "suggest_corpus",
    "suggest_files",
    "suggestion_matrix",
    "tables_beside",
    "take_in",
    "take_in_decisions",
    "train_project",
    "undo_cut_short",
    "unread_notes",
    "unwatched",
    "wanted",
    "write_disagreements",
    "write_methods",
    "write_report",
]
