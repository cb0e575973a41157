"""`fourp run`: every step of a project, in order."""

from __future__ import annotations

from typing import Annotated

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
    asked_amount,
    the_study,
)


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
    from fourp_nlp.cli.screen.console import near, say, show, skipped_documents, warn, watching
    from fourp_nlp.cli.screen.tables import agreement_screen, frequency_screen, promise_screen
    from fourp_nlp.cli.screen.unread_notice import warn_unread
    from fourp_nlp.coding.reconciliation import reconciliation_summary
    from fourp_nlp.study.machine.precision_guarantee import wanted
    from fourp_nlp.study.machine.suggestions import suggest_corpus
    from fourp_nlp.study.machine.training import is_up_to_date, train_project
    from fourp_nlp.study.reading.corpus import (
        check_before_work,
        reading_notes,
    )
    from fourp_nlp.study.reporting.results import run_measures, write_report

    amount = asked_amount(more=more, fewer=fewer, recall=recall)
    study = the_study(project, changes=True)
    codebook, settings = study.codebook, study.project.settings
    if settings.notice:
        say(settings.notice)
    wanted(study.project, precision, confidence)
    with watching() as watch:
        study.watch = watch
        corpus = study.corpus
        check_before_work(study)
        say(
            f"read: {len(corpus.documents)} documents, {len(corpus.segments)} segments "
            f"({settings.unit}s)"
        )
        gold = study.gold
        warn_unread(study)
        if not gold.reference:
            say("train: nobody coded yet, so there is nothing to learn from")
        elif not retrain and is_up_to_date(study):
            say("train: the model is up to date with gold codes, codebook and documents")
        else:
            model = train_project(study, watch=watch)
            say(f"train: {model.id}, saved in {near(study.project.model)}")
            if model.quoted:
                say(
                    f"train: it quotes {model.quoted:,} coded segments, to give reasons; "
                    "`examples = false` under [model] in fourp.toml keeps them out"
                )
        made = suggest_corpus(
            study,
            precision=precision,
            confidence=confidence,
            amount=amount,
            watch=watch,
        )
    suggestions = made.suggestions
    coded = suggestions[suggestions["out_of_fold"]]
    judged = len(coded) // len(codebook.code_ids)
    say(
        f"suggest: {int(suggestions['suggested'].sum())} suggestions by {made.model.id}; for "
        f"{judged:,} coded segments of {coded['document'].nunique()} documents by models that had not "
        "seen the document"
    )
    say(made.expected)
    for text in [*made.notes, *reading_notes(study)]:
        warn(text)
    if made.accepted is not None:
        show(
            promise_screen(made.accepted.promises, codebook.names),
            f"Accepted at precision {made.accepted.precision:g}",
            digits=2,
        )
    results = run_measures(study)
    if gold.reference:
        summary = reconciliation_summary(
            results.reconciliation, codebook.code_ids, codebook.code_themes
        )
        show(summary, f"Reconciliation: suggestions against {gold.reference}")
    for title, frame, remarks in agreement_screen(results.agreement, codebook.names):
        show(frame, title, below=remarks)
    for title, frame in frequency_screen(results.frequencies, codebook, "case"):
        show(frame, title)
    for path in write_report(study, results=results):
        say(f"wrote {near(path)}")
    if skipped_documents(corpus.skipped):
        raise typer.Exit(SKIPPED_SOME)
