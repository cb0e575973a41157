"""`fourp report`: one page with everything, or the methods text for a journal."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from fourp_nlp.cli._app import JsonOption, ProjectOption, app, the_project


@app.command(
    epilog="Examples: fourp report, then open reports/report.html in a browser   |   fourp report --methods"
)
def report(
    methods: Annotated[
        bool,
        typer.Option(
            "--methods",
            help="Write instead the methods section of an article, from the project's facts: Word, "
            "Markdown and LaTeX, with a .bib file.",
        ),
    ] = False,
    to: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            metavar="FOLDER",
            file_okay=False,
            help="With --methods: where. Default: the reports.",
            show_default=False,
        ),
    ] = None,
    overwrite: Annotated[
        bool,
        typer.Option(
            "--overwrite",
            help="With --methods: replace files that were changed since they were written.",
        ),
    ] = False,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Write the report: one HTML page with charts, tables and quotations, and the tables as files."""
    import pandas as pd

    from fourp_nlp.cli._console import json_lines, near, say
    from fourp_nlp.cli._methods import tell_methods
    from fourp_nlp.codebook import read_codebook
    from fourp_nlp.pipeline import (
        read_corpus,
        read_gold_codes,
        stored_suggestions,
        write_report,
    )

    if not methods and (to or overwrite):
        raise typer.BadParameter("--to and --overwrite go with --methods.")
    here = the_project(project)
    codebook = read_codebook(here.codebook)
    corpus = read_corpus(here)
    gold = read_gold_codes(here, corpus, codebook)
    if methods:
        tell_methods(here, corpus, gold, codebook, to=to, overwrite=overwrite, json=json)
        return
    suggestions = stored_suggestions(here, corpus, codebook)
    written = write_report(here, corpus, gold, codebook, suggestions)
    if json:
        json_lines(pd.DataFrame({"file": [str(path) for path in written]}))
        return
    for path in written:
        say(f"wrote {near(path)}")
