"""The last steps: all measures together, and the report made from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.coding.store import Store
from fourp_nlp.machine.suggestions import suggestion_tables
from fourp_nlp.reporting import ReportContents, write_html
from fourp_nlp.spreadsheets import write_csv, write_xlsx
from fourp_nlp.study.machine.out_of_fold import card_table, codes_with_enough
from fourp_nlp.study.machine.precision_guarantee import stored_promise
from fourp_nlp.study.measuring.agreement import agreement_in_full
from fourp_nlp.study.measuring.confusions import confusions
from fourp_nlp.study.measuring.estimates import estimates_for_report
from fourp_nlp.study.measuring.measures import agree, frequencies, machine_of, reconcile_with_gold
from fourp_nlp.study.reading.corpus import reading_notes
from fourp_nlp.study.reading.reading_state import unread_notes
from fourp_nlp.tables import AGREEMENT, AGREEMENT_FULL, CALIBRATION, HISTOGRAM, RELIABILITY, empty
from fourp_nlp.word_count import count_words

if TYPE_CHECKING:
    from pathlib import Path

    from fourp_nlp.study.project import Project
    from fourp_nlp.study.reading.corpus import Gold
    from fourp_nlp.study.study import Study

__all__ = ["Results", "report_contents", "run_measures", "write_report", "write_suggestions"]

_QUOTATIONS = 3  # quotations of one code from one case by one coder; the tables hold them all


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
    project, gold = study.project, study.gold
    agreement, in_full = empty(AGREEMENT), empty(AGREEMENT_FULL)
    if gold.coders:
        agreement = agree(study)
        in_full = agreement_in_full(study, thresholds=project.settings.agreement.thresholds)
    return Results(
        reconcile_with_gold(study),
        agreement,
        in_full,
        frequencies(study),
        confusions(study),
    )


def report_contents(
    study: Study,
    results: Results,
) -> ReportContents:
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
    project, corpus, gold, codebook, suggestions = (
        study.project,
        study.corpus,
        study.gold,
        study.codebook,
        study.suggestions_if_any,
    )
    model = study.model
    facts = Store(project.store).read_facts()
    notes = facts.get("notes")
    documents = corpus.documents
    cases = documents.assign(
        case=documents["case"].where(documents["case"] != "", documents["document"])
    )
    places = list(dict.fromkeys(zip(cases["case"], cases["group"], strict=True)))
    themes: dict[str, list[str]] = {}
    for theme, code in zip(codebook.code_themes, codebook.code_ids, strict=True):
        themes.setdefault(theme, []).append(code)
    machine = machine_of(suggestions)
    calibration = card_table(model.card, "calibration", CALIBRATION)
    promises, promised = stored_promise(project)
    estimates, estimate_notes = estimates_for_report(study)
    return ReportContents(
        title=project.settings.title or project.root.name,
        notice=project.settings.notice,
        made=datetime.now().astimezone().strftime("%Y-%m-%d %H:%M"),
        facts=[
            ("Documents", f"{len(documents)} ({len(places)} cases)"),
            ("Segments", f"{len(corpus.segments)} ({project.settings.unit}s)"),
            ("Words", f"{int(documents['text'].map(count_words).sum())}"),
            ("Coders", ", ".join(gold.coders) or "none"),
            ("Reference coder", gold.reference or "none"),
            ("Machine coder", machine or "none"),
            ("Suggestions", str(int(suggestions["suggested"].sum()))),
            *([("Thresholds", f"for {facts['aim']}")] if facts.get("aim") else []),
            ("Codebook", f"{codebook.title or codebook.id} {codebook.version}".strip()),
            ("Encoder", model.encoder_id),
            ("fourp_nlp", version("fourp_nlp")),
        ],
        names=codebook.names,
        themes=list(themes.items()),
        cases=places,
        documents=documents,
        skipped=corpus.skipped,
        suggestions=suggestions[suggestions["suggested"]],
        reconciliation=results.reconciliation,
        agreement=results.agreement,
        agreement_full=results.agreement_full,
        thresholds=project.settings.agreement.thresholds,
        frequencies=results.frequencies,
        confusions=results.confusions,
        calibration=calibration,
        reliability=card_table(model.card, "reliability", RELIABILITY),
        histogram=card_table(model.card, "histogram", HISTOGRAM),
        diagrams=codes_with_enough(calibration),
        promises=promises,
        promised=promised,
        estimates=estimates,
        estimate_notes=estimate_notes,
        quotations=_quotations(gold, documents, suggestions),
        quotations_shown=120,
        model_card=_card_facts(model.card),
        warnings=[
            *(map(str, notes) if isinstance(notes, list) else ()),
            *reading_notes(study),
            *unread_notes(study),
        ],
    )


def write_report(
    study: Study,
    *,
    results: Results | None = None,
) -> list[Path]:
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
    project, suggestions = study.project, study.suggestions_if_any
    results = results or run_measures(study)
    contents = report_contents(study, results)
    folder = project.reports
    tables = {
        "frequencies": results.frequencies,
        "agreement": results.agreement,
        "agreement_full": results.agreement_full,
        "reconciliation": results.reconciliation,
        "confusions": results.confusions,
        "calibration": contents.calibration,
    }
    promises, _ = stored_promise(project)
    tables |= suggestion_tables(suggestions, promises)
    if "promises" not in tables:
        (folder / "promises.csv").unlink(missing_ok=True)  # of earlier suggestions
    if len(contents.estimates):
        tables["estimates"] = contents.estimates
    else:
        (folder / "estimates.csv").unlink(missing_ok=True)  # of an earlier sample
    written = [write_html(contents, folder / "report.html")]
    for name, table in tables.items():
        written.append(write_csv(table, folder / f"{name}.csv"))
    written.append(write_xlsx(tables, folder / "tables.xlsx"))
    return written


def write_suggestions(
    project: Project, suggestions: pd.DataFrame, promises: pd.DataFrame | None = None
) -> list[Path]:
    """Write the tables of suggestions into the project's folder of reports, as `write_report` does.

    Parameters
    ----------
    project : Project
        The project.
    suggestions : pandas.DataFrame
        A whole table of suggestions.
    promises : pandas.DataFrame, optional
        The table PROMISES. Without it, an earlier one is removed.

    Returns
    -------
    list of pathlib.Path
        The files written.
    """
    tables = suggestion_tables(suggestions, promises)
    if "promises" not in tables:
        (project.reports / "promises.csv").unlink(missing_ok=True)  # of earlier suggestions
    return [write_csv(table, project.reports / f"{name}.csv") for name, table in tables.items()]


def _quotations(gold: Gold, documents: pd.DataFrame, suggestions: pd.DataFrame) -> pd.DataFrame:
    """Return coded passages: the reference coder's in reading order, the machine's surest first."""
    people = gold.codings[gold.codings["coder"] == gold.reference]
    own = people[["code", "quote", "document", "coder"]].rename(columns={"quote": "text"})
    order = {name: number for number, name in enumerate(documents["document"])}
    own = own.assign(probability=float("nan"), words="")
    own = own.sort_values("document", key=lambda names: names.map(order), kind="stable")
    machine = suggestions[suggestions["suggested"]].sort_values("probability", ascending=False)
    made = machine[["code", "text", "document", "model", "probability", "words"]]
    made = made.rename(columns={"model": "coder"})
    both = pd.concat([frame for frame in (own, made) if len(frame)] or [own], ignore_index=True)
    cases = documents.set_index("document")["case"]
    both["case"] = both["document"].map(cases).fillna("")
    place = both["case"].where(both["case"] != "", both["document"])
    few = both.groupby([both["code"], both["coder"], place], sort=False)
    return few.head(_QUOTATIONS).reset_index(drop=True)


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
