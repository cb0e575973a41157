"""`fourp agree`: agreement of every pair of coders, and what they disagree about."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from fourp_nlp.cli._app import JsonOption, ProjectOption, app, the_project


@app.command(
    epilog="Examples: fourp agree --json > agreement.jsonl   |   fourp agree --disagreements"
    "   |   fourp agree --disagreements --between anna machine --to anna.csv"
)
def agree(
    resamples: Annotated[
        int, typer.Option(min=0, help="Bootstrap samples of documents for the 95% intervals.")
    ] = 1000,
    seed: Annotated[int, typer.Option(help="Seed of the bootstrap.")] = 0,
    disagreements: Annotated[
        bool,
        typer.Option(
            "--disagreements",
            help="Write a sheet of what the people (or the one person and the machine) disagree about, "
            "in context, to settle it on.",
        ),
    ] = False,
    between: Annotated[
        Optional[tuple[str, str]],  # noqa: UP045
        typer.Option(
            metavar="CODER CODER",
            help="With --disagreements: these two alone; the machine is called machine.",
            show_default=False,
        ),
    ] = None,
    to: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            metavar="FILE",
            help="With --disagreements: the sheet, .xlsx or .csv. Default: disagreements.xlsx among "
            "the reports.",
            show_default=False,
        ),
    ] = None,
    context: Annotated[
        int,
        typer.Option(min=0, max=20, help="With --disagreements: neighbours shown on each side."),
    ] = 2,
    include_settled: Annotated[
        bool,
        typer.Option(
            "--include-settled", help="With --disagreements: also what was decided before."
        ),
    ] = False,
    overwrite: Annotated[
        bool,
        typer.Option("--overwrite", help="With --disagreements: replace an earlier sheet."),
    ] = False,
    retest: Annotated[
        bool,
        typer.Option(
            "--retest",
            help="Measure instead how each coder who coded again (gold/repeat) agrees with themselves.",
        ),
    ] = False,
    anchoring: Annotated[
        bool,
        typer.Option(
            "--anchoring",
            help="Compare agreement with the machine where its suggestion was shown and where it was not "
            "(`fourp next N --by random --show half`).",
        ),
    ] = False,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Measure agreement, person with person and person with machine: per code, theme and overall."""
    from fourp_nlp.cli._anchoring import tell_anchoring
    from fourp_nlp.cli._console import json_lines, near, say, show
    from fourp_nlp.cli._disagreements import tell_disagreements
    from fourp_nlp.cli._retest import tell_retest
    from fourp_nlp.cli._tables import agreement_screen
    from fourp_nlp.codebook import read_codebook
    from fourp_nlp.errors import StoreError
    from fourp_nlp.pipeline import agree as measure
    from fourp_nlp.pipeline import read_corpus, read_gold_codes, stored_suggestions
    from fourp_nlp.report import write_csv
    from fourp_nlp.tables import SUGGESTIONS, empty

    if not disagreements and (between or to or include_settled or overwrite):
        raise typer.BadParameter(
            "--between, --to, --include-settled and --overwrite go with --disagreements."
        )
    if disagreements and retest:
        raise typer.BadParameter(
            "--disagreements and --retest are two commands: run one, then the other."
        )
    here = the_project(project)
    codebook = read_codebook(here.codebook)
    corpus = read_corpus(here)
    gold = read_gold_codes(here, corpus, codebook)
    if disagreements:
        tell_disagreements(
            here,
            corpus,
            gold,
            codebook,
            between=between or (),
            to=to,
            context=context,
            include_settled=include_settled,
            overwrite=overwrite,
            json=json,
        )
        return
    if anchoring:
        tell_anchoring(here, corpus, gold, codebook, seed=seed, json=json)
        return
    if retest:
        tell_retest(here, corpus, gold, codebook, resamples=resamples, seed=seed, json=json)
        return
    try:
        suggestions = stored_suggestions(here, corpus, codebook)
    except StoreError:
        if len(gold.people) < 2:
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
