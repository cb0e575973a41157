"""`fourp reconcile`: the machine's suggestions against the gold codes, settled."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from fourp_nlp.cli._app import JsonOption, ProjectOption, app, the_project


@app.command(epilog="Example: fourp reconcile --decisions settled.csv")
def reconcile(
    decisions: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            metavar="FILE",
            help="A CSV of decisions to take in first: document,start,end,code,settled,decided_by.",
            show_default=False,
        ),
    ] = None,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Compare suggestions with gold codes, segment by segment, and settle each difference.

    What nobody decided is settled by a stated rule: the gold codes stand. Decisions are kept in the
    project's database with who made them.
    """
    from fourp_nlp.cli._console import json_lines, near, say, show
    from fourp_nlp.codebook import read_codebook
    from fourp_nlp.gold import read_decisions
    from fourp_nlp.pipeline import (
        read_corpus,
        read_gold_codes,
        reconcile_with_gold,
        stored_suggestions,
    )
    from fourp_nlp.reconcile import reconciliation_summary
    from fourp_nlp.report import write_csv
    from fourp_nlp.store import Store

    here = the_project(project)
    codebook = read_codebook(here.codebook)
    corpus = read_corpus(here)
    gold = read_gold_codes(here, corpus, codebook)
    if decisions is not None:
        taken = read_decisions(decisions, corpus.documents, codebook.code_ids)
        Store(here.store).write_decisions(taken)
    result = reconcile_with_gold(
        here, corpus, gold, codebook, stored_suggestions(here, corpus, codebook)
    )
    if json:
        json_lines(result)
        return
    here.reports.mkdir(parents=True, exist_ok=True)
    path = here.reports / "reconciliation.csv"
    write_csv(result, path)
    summary = reconciliation_summary(result, codebook.code_ids, codebook.code_themes)
    show(summary, f"Suggestions against {gold.reference or 'no gold codes'}")
    say(f"wrote {near(path)}")
