"""`fourp agree`: agreement of every pair of coders."""

from __future__ import annotations

from typing import Annotated

import typer

from fourp_nlp.cli._app import JsonOption, ProjectOption, app, the_project


@app.command(epilog="Example: fourp agree --json > agreement.jsonl")
def agree(
    resamples: Annotated[
        int, typer.Option(min=0, help="Bootstrap samples of documents for the 95% intervals.")
    ] = 1000,
    seed: Annotated[int, typer.Option(help="Seed of the bootstrap.")] = 0,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Measure agreement, person with person and person with machine: per code, theme and overall."""
    from fourp_nlp.cli._console import json_lines, near, say, show
    from fourp_nlp.cli._tables import agreement_screen
    from fourp_nlp.codebook import read_codebook
    from fourp_nlp.errors import StoreError
    from fourp_nlp.pipeline import agree as measure
    from fourp_nlp.pipeline import read_corpus, read_gold_codes, stored_suggestions
    from fourp_nlp.report import write_csv
    from fourp_nlp.tables import SUGGESTIONS, empty

    here = the_project(project)
    codebook = read_codebook(here.codebook)
    corpus = read_corpus(here)
    gold = read_gold_codes(here, corpus, codebook)
    try:
        suggestions = stored_suggestions(here, corpus, codebook)
    except StoreError:
        if len(gold.coders) < 2:
            raise
        suggestions = empty(SUGGESTIONS)
    table = measure(corpus, gold, codebook, suggestions, resamples=resamples, seed=seed)
    if json:
        json_lines(table)
        return
    for title, frame in agreement_screen(table, codebook.names):
        show(frame, title)
    here.reports.mkdir(parents=True, exist_ok=True)
    path = here.reports / "agreement.csv"
    write_csv(table, path)
    say(f"wrote {near(path)}")
