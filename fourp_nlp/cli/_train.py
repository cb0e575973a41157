"""`fourp train`: learn from gold codes."""

from __future__ import annotations

import typer

from fourp_nlp.cli._app import SKIPPED_SOME, JsonOption, ProjectOption, app, the_project


@app.command(epilog="Example: fourp train --json")
def train(project: ProjectOption = None, json: JsonOption = False) -> None:
    """Learn the codebook's codes from the project's gold codes, and save the model with its card."""
    import pandas as pd

    from fourp_nlp.cli._console import (
        json_lines,
        near,
        say,
        show,
        skipped_documents,
        warn,
        watching,
    )
    from fourp_nlp.codebook import read_codebook
    from fourp_nlp.pipeline import read_corpus, read_gold_codes, train_project

    here = the_project(project)
    codebook = read_codebook(here.codebook)
    with watching() as watch:
        corpus = read_corpus(here, watch=watch)
        gold = read_gold_codes(here, corpus, codebook)
        model = train_project(here, corpus, gold, codebook, watch=watch)
    figures = pd.DataFrame(
        model.card["out_of_fold"],
        columns=["code", "n", "prevalence", "precision", "recall", "f1", "kappa"],
    )
    counts = pd.DataFrame.from_dict(model.card["positives"], orient="index")
    frame = (
        counts.rename_axis("code")
        .reset_index()
        .merge(figures, on="code", how="left")
        .astype(
            {"prevalence": float, "precision": float, "recall": float, "f1": float, "kappa": float}
        )
    )
    skipped = skipped_documents(corpus.skipped)
    if json:
        json_lines(frame)
    else:
        show(frame, f"{model.id}: out of fold by document, against {gold.reference or 'no gold'}")
        alone = frame.loc[~frame["learned"], "code"]
        if len(alone):
            warn(
                "Too few coded segments or documents to learn "
                f"{', '.join(alone)}: suggested from the definition alone."
            )
        say(f"saved {near(here.model)}")
    if skipped:
        raise typer.Exit(SKIPPED_SOME)
