"""`fourp run`: every step of a project, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from fourp_nlp.cli.app import (
    SKIPPED_SOME,
    ConfidenceOption,
    FewerOption,
    MoreOption,
    PrecisionOption,
    ProjectOption,
    RecallOption,
    app,
    requested_amount,
    the_study,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from fourp_nlp.study.machine.suggestions import Suggested
    from fourp_nlp.study.reporting.results import Results
    from fourp_nlp.study.study import Study


@app.command(epilog="Example: fourp run --project my-study")
def run(
    retrain: Annotated[
        bool, typer.Option("--retrain", help="Train even if the model is up to date.")
    ] = False,
    precision: PrecisionOption = None,
    confidence: ConfidenceOption = None,
    more: MoreOption = False,
    fewer: FewerOption = False,
    recall: RecallOption = None,
    project: ProjectOption = None,
) -> None:
    """Do everything: read, segment, train, suggest, reconcile, agree, count and report."""
    from fourp_nlp.cli.screen.console import say, skipped_documents, watching
    from fourp_nlp.study.machine.precision_guarantee import precision_target
    from fourp_nlp.study.machine.suggestions import suggest_corpus
    from fourp_nlp.study.reporting.results import run_measures, write_report

    amount = requested_amount(more=more, fewer=fewer, recall=recall)
    study = the_study(project, changes=True)
    study.codebook  # noqa: B018 - report its errors before documents are read
    if study.project.settings.notice:
        say(study.project.settings.notice)
    precision_target(
        study.project, precision, confidence
    )  # refuses a confidence without a precision
    with watching() as watch:
        study.watch = watch
        _read(study)
        _train(study, retrain=retrain)
        suggested = suggest_corpus(
            study, precision=precision, confidence=confidence, amount=amount, watch=watch
        )
    _show_suggestions(study, suggested)
    results = run_measures(study)
    _show_results(study, results)
    files = write_report(study, results=results)
    _show_end(study, suggested, files)
    if skipped_documents(study.corpus.skipped):
        raise typer.Exit(SKIPPED_SOME)


def _read(study: Study) -> None:
    from fourp_nlp.cli.screen.console import say
    from fourp_nlp.cli.screen.unread_notice import warn_unread
    from fourp_nlp.study.reading.corpus import check_before_work

    corpus = study.corpus
    check_before_work(study)
    say(
        f"read: {len(corpus.documents)} documents, {len(corpus.segments)} segments "
        f"({study.project.settings.unit}s)"
    )
    warn_unread(study)


def _train(study: Study, *, retrain: bool) -> None:
    from fourp_nlp.cli.screen.console import near, say, warn
    from fourp_nlp.study.machine.training import is_up_to_date, train_project

    if study.gold.reference_note:
        warn(study.gold.reference_note)
    if not study.gold.reference:
        say("train: nothing is coded yet, so there is nothing to learn from")
        return
    if not retrain and is_up_to_date(study):
        say("train: the model is up to date with gold codes, codebook and documents")
        return
    model = train_project(study, watch=study.watch)
    say(f"train: {model.id}, saved in {near(study.project.model)}")
    if model.quoted:
        say(
            f"train: it quotes {model.quoted:,} coded segments, to give reasons; "
            "`examples = false` under [model] in fourp.toml keeps them out"
        )


def _show_suggestions(study: Study, suggested: Suggested) -> None:
    from fourp_nlp.cli.screen.console import say, show, warn
    from fourp_nlp.cli.screen.tables import guarantee_screen
    from fourp_nlp.study.reading.corpus import reading_notes
    from fourp_nlp.study.reading.who_speaks import unset_note

    suggestions = suggested.suggestions
    coded = suggestions[suggestions["out_of_fold"]]
    n_coded = len(coded) // len(study.codebook.code_ids)
    out_of_fold = (
        f"; for {n_coded:,} coded segments of {coded['document'].nunique()} documents by models that had "
        "not seen the document"
    )
    say(
        f"suggest: {int(suggestions['suggested'].sum())} suggestions by {suggested.model.id}"
        + (out_of_fold if n_coded else "")
    )
    for text in [*suggested.notes, *unset_note(study), *reading_notes(study)]:
        warn(text)
    if suggested.accepted is not None:
        show(
            guarantee_screen(suggested.accepted.promises, study.codebook.names),
            f"Accepted at precision {suggested.accepted.precision:g}",
            digits=2,
        )


def _show_end(study: Study, suggested: Suggested, files: Sequence[Path]) -> None:
    """Name the files in one line, and say what matters: how many suggestions, how sure, what to do next."""
    from fourp_nlp.cli.screen.console import near, say
    from fourp_nlp.study.status import study_status

    page, *tables = files
    say(f"wrote {near(page)}, and {len(tables)} tables beside it; tables.xlsx holds all of them")
    say("")
    count = int(suggested.suggestions["suggested"].sum())
    say(f"{count:,} suggestions for {len(study.segments):,} segments.")
    say(suggested.expected)
    steps = study_status(study).next_steps
    if steps:
        what, command = steps[0]
        say(f"Next: {what[0].lower()}{what[1:]}: {command}")


def _show_results(study: Study, results: Results) -> None:
    from fourp_nlp.cli.screen.console import show
    from fourp_nlp.cli.screen.tables import agreement_screen, frequency_screen
    from fourp_nlp.coding.reconciliation import reconciliation_summary

    codebook, reference = study.codebook, study.gold.reference
    if reference:
        summary = reconciliation_summary(
            results.reconciliation, codebook.code_ids, codebook.code_themes
        )
        show(summary, f"Reconciliation: suggestions against {reference}")
    for title, frame, remarks in agreement_screen(results.agreement, codebook.names):
        show(frame, title, below=remarks)
    for title, frame in frequency_screen(results.frequencies, codebook, "case"):
        show(frame, title)
