"""The report of a study: all measures, the page and its tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from typing import TYPE_CHECKING

from fourp_nlp.agreement import pair_table
from fourp_nlp.machine.suggestions import suggestion_tables
from fourp_nlp.reporting import ReportContents, write_html
from fourp_nlp.reporting.wide_tables import codes_by_case
from fourp_nlp.study.machine.out_of_fold import card_table, codes_with_enough
from fourp_nlp.study.machine.precision_guarantee import stored_guarantee
from fourp_nlp.study.measuring.agreement import agreement_in_full
from fourp_nlp.study.measuring.confusions import confusions
from fourp_nlp.study.measuring.estimates import estimates_for_report
from fourp_nlp.study.measuring.measures import frequencies, reconcile_with_gold
from fourp_nlp.study.reading.applicability import data_segments
from fourp_nlp.study.reading.corpus import reading_notes
from fourp_nlp.study.reading.unread_notes import unread_notes
from fourp_nlp.study.reading.who_speaks import unset_note
from fourp_nlp.study.reporting._paths import without_folders
from fourp_nlp.study.reporting._quotations import quotation_counts, quotations_of
from fourp_nlp.study.reporting.read_in_part import read_in_part
from fourp_nlp.study.reporting.tables import write_report_tables
from fourp_nlp.tables import AGREEMENT, AGREEMENT_FULL, CALIBRATION, HISTOGRAM, RELIABILITY, empty
from fourp_nlp.word_count import count_words

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from fourp_nlp.codebook import Codebook
    from fourp_nlp.study.study import Study

__all__ = [
    "Results",
    "cases_with_groups",
    "codes_by_theme",
    "report_contents",
    "run_measures",
    "write_report",
]


@dataclass(frozen=True)
class Results:
    """The measures of a project, each a table.

    Attributes
    ----------
    reconciliation, agreement, agreement_full, frequencies, confusions : pandas.DataFrame
        The tables of these names; frequencies are occurrences by case.
    """

    reconciliation: pd.DataFrame
    agreement: pd.DataFrame
    agreement_full: pd.DataFrame
    frequencies: pd.DataFrame
    confusions: pd.DataFrame


def run_measures(study: Study) -> Results:
    """Reconcile, measure agreement, and count.

    Parameters
    ----------
    study : Study
        The study.

    Returns
    -------
    Results
        The tables; the first three are without rows if nobody coded.
    """
    agreement, agreement_full = empty(AGREEMENT), empty(AGREEMENT_FULL)
    if study.gold.coders:
        thresholds = study.project.settings.agreement.thresholds
        agreement_full = agreement_in_full(study, thresholds=thresholds)
        agreement = pair_table(agreement_full)
    return Results(
        reconciliation=reconcile_with_gold(study),
        agreement=agreement,
        agreement_full=agreement_full,
        frequencies=frequencies(study),
        confusions=confusions(study),
    )


def report_contents(study: Study, results: Results) -> ReportContents:
    """Gather what the report shows.

    Parameters
    ----------
    study : Study
        The study.
    results : Results
        From `run_measures`.

    Returns
    -------
    ReportContents
        Everything for `write_html`.
    """
    settings, codebook = study.project.settings, study.codebook
    suggestions = study.suggestions_if_any
    card = study.model.card
    calibration = card_table(card, "calibration", CALIBRATION)
    promises, promised = stored_guarantee(study.project)
    estimates, estimate_notes = estimates_for_report(study)
    root = study.project.root
    skipped = study.corpus.skipped
    skipped = skipped.assign(
        **{
            name: [without_folders(text, root) for text in skipped[name]]
            for name in skipped.columns
        }
    )
    return ReportContents(
        title=settings.title or study.project.root.name,
        notice=settings.notice,
        made=datetime.now().astimezone().strftime("%Y-%m-%d %H:%M"),
        facts=_facts_at_a_glance(study),
        names=codebook.names,
        code_noun=codebook.code_noun,
        themes=codes_by_theme(codebook),
        cases=cases_with_groups(study.documents),
        documents=study.documents,
        skipped=skipped,
        suggestions=suggestions[suggestions["suggested"]],
        reconciliation=results.reconciliation,
        agreement=results.agreement,
        agreement_full=results.agreement_full,
        thresholds=settings.agreement.thresholds,
        frequencies=results.frequencies,
        read_in_part=read_in_part(study, dict.fromkeys(results.frequencies["coder"])),
        confusions=results.confusions,
        calibration=calibration,
        reliability=card_table(card, "reliability", RELIABILITY),
        histogram=card_table(card, "histogram", HISTOGRAM),
        diagrams=codes_with_enough(calibration),
        promises=promises,
        promised=promised,
        estimates=estimates,
        estimate_notes=[without_folders(note, root) for note in estimate_notes],
        quotations=quotations_of(study),
        quotation_counts=quotation_counts(study),
        quotations_shown=120,
        model_card=[(label, without_folders(fact, root)) for label, fact in _card_facts(card)],
        warnings=[without_folders(warning, root) for warning in _warnings(study)],
    )


def write_report(study: Study, *, results: Results | None = None) -> list[Path]:
    """Write the report and its tables into the project's folder of reports.

    Parameters
    ----------
    study : Study
        The study.
    results : Results, optional
        The measures, if they are at hand.

    Returns
    -------
    list of pathlib.Path
        The files written: the page first.
    """
    results = results or run_measures(study)
    contents = report_contents(study, results)
    page = write_html(contents, study.project.reports / "report.html")
    tables = {
        "frequencies": results.frequencies,
        "agreement": results.agreement,
        "agreement_full": results.agreement_full,
        "reconciliation": results.reconciliation,
        "confusions": results.confusions,
        "calibration": contents.calibration,
        **suggestion_tables(study.suggestions_if_any),
        "promises": contents.promises,
        "estimates": contents.estimates,
    }
    by_case = codes_by_case(
        results.frequencies,
        contents.themes,
        contents.names,
        [case for case, _ in contents.cases],
        machines=contents.machines,
        read_in_part=contents.read_in_part,
    )
    return [page, *write_report_tables(study, tables, workbook="tables.xlsx", by_case=by_case)]


def _facts_at_a_glance(study: Study) -> list[tuple[str, str]]:
    documents, gold, codebook = study.documents, study.gold, study.codebook
    aim = study.store.read_facts().get("aim")
    return [
        ("Documents", f"{len(documents)} ({len(cases_with_groups(documents))} cases)"),
        ("Segments", f"{len(study.segments)} ({study.project.settings.unit}s)"),
        *_context_fact(study),
        ("Words", f"{int(documents['text'].map(count_words).sum())}"),
        ("Coders", ", ".join(gold.coders) or "none"),
        ("Reference coder", gold.reference or "none"),
        ("Machine coder", study.machine or "none"),
        ("Suggestions", str(int(study.suggestions_if_any["suggested"].sum()))),
        *([("Thresholds", f"for {aim}")] if aim else []),
        ("Codebook", f"{codebook.title or codebook.id} {codebook.version}".strip()),
        ("Encoder", without_folders(study.model.encoder_id, study.project.root)),
        ("fourp_nlp", version("fourp_nlp")),
    ]


def _context_fact(study: Study) -> list[tuple[str, str]]:
    """Say how many segments are context alone, if any are."""
    data = data_segments(study.corpus, study.codebook)
    if data.all():
        return []
    roles = study.segments.loc[~data, "speaker_role"].replace("", "no role").value_counts()
    of_roles = ", ".join(f"{role} {count:,}" for role, count in roles.items())
    return [("Of these context, not coded", f"{int((~data).sum())} ({of_roles})")]


def codes_by_theme(codebook: Codebook) -> list[tuple[str, list[str]]]:
    """Return each theme with its codes, in the codebook's order.

    Parameters
    ----------
    codebook : Codebook
        The codebook.

    Returns
    -------
    list of (str, list of str)
        Ids.
    """
    themes: dict[str, list[str]] = {}
    for theme, code in zip(codebook.code_themes, codebook.code_ids, strict=True):
        themes.setdefault(theme, []).append(code)
    return list(themes.items())


def cases_with_groups(documents: pd.DataFrame) -> list[tuple[str, str]]:
    """Return each case and the group that any of its documents names; a document without a case is one.

    Parameters
    ----------
    documents : pandas.DataFrame
        Table of documents.

    Returns
    -------
    list of (str, str)
        Ids, in the order of the documents.
    """
    cases = documents["case"].where(documents["case"] != "", documents["document"])
    group_of: dict[str, str] = {}
    for case, group in zip(cases, documents["group"], strict=True):
        group_of[case] = group_of.get(case) or group
    return list(group_of.items())


def _warnings(study: Study) -> list[str]:
    notes = study.store.read_facts().get("notes")
    of_suggestions = map(str, notes) if isinstance(notes, list) else ()
    return [*of_suggestions, *unset_note(study), *reading_notes(study), *unread_notes(study)]


def _card_facts(card: dict[str, object]) -> list[tuple[str, str]]:
    shown = {
        "encoder": "Encoder",
        "unit": "Unit of coding",
        "documents": "Documents learned from",
        "segments_in_documents": "Segments in them",
        "coded_sentences": "Coded sentences outside the documents",
        "segments_without_code": "Of all these, without any code",
        "codebook_sha256": "Codebook, SHA-256",
        "seed": "Seed",
        "trained": "Trained",
    }
    return [(label, str(card[key])) for key, label in shown.items() if key in card]
