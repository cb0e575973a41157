"""`fourp train`: learn from gold codes."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from fourp_nlp.cli.app import SKIPPED_SOME, JsonOption, ProjectOption, app, the_study
from fourp_nlp.number_format import fixed

_SHOWN = [
    "code", "in_documents", "documents", "coded_sentences", "learned", "threshold", "n", "prevalence",
    "precision", "recall", "f1", "kappa", "brier", "skill", "slope",
]  # fmt: skip


@app.command(epilog="Example: fourp train --json")
def train(
    fine_tune: Annotated[
        Optional[bool],
        typer.Option(
            "--fine-tune/--no-fine-tune",
            help="Train the encoder too: better with many coded documents, and slow; continues after an "
            "interruption. Default: the setting in fourp.toml.",
            show_default=False,
        ),
    ] = None,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Learn the codebook's codes from the project's gold codes, and save the model with its card."""
    from fourp_nlp.cli.screen.console import (
        json_lines,
        near,
        say,
        show,
        skipped_documents,
        warn,
        watching,
    )
    from fourp_nlp.cli.screen.tables import confusions_on_screen, trained_screen
    from fourp_nlp.cli.screen.unread_notice import warn_unread
    from fourp_nlp.study.machine.code_warnings import cautions
    from fourp_nlp.study.machine.training import train_project

    study = the_study(project, changes=True)
    codebook = study.codebook
    with watching() as watch:
        study.watch = watch
        warn_unread(study)
        if study.gold.reference_note:
            warn(study.gold.reference_note)
        model = train_project(study, fine_tune=fine_tune, watch=watch)
    frame = trained_screen(model.card)
    skipped = skipped_documents(study.corpus.skipped)
    if json:
        json_lines(frame)
    else:
        title = f"{model.id}: out of fold by document, against {study.gold.reference or 'no gold'}"
        show(frame[_SHOWN], title)
        for confusion, advice in confusions_on_screen(model.card, codebook):
            say(confusion)
            say(f"  {advice}")
        for text in cautions(model):
            warn(text)
        if model.tuned:
            share = model.classifier.tuned_share_
            say(f"fine-tuned networks have a weight of {fixed(share, 1)} in the score")
            if not study.project.settings.model.fine_tune:
                say(
                    "`fourp run` keeps to that only with `fine_tune = true` under [model] in fourp.toml"
                )
        say(f"saved {near(study.project.model)}")
        if model.quoted:
            say(
                f"{near(study.project.model)} quotes {model.quoted:,} coded segments, to give reasons. Treat "
                "it as you treat the documents, or train with `examples = false` under [model] in fourp.toml."
            )
    if skipped:
        raise typer.Exit(SKIPPED_SOME)
