"""`fourp report`: one page with everything."""

from __future__ import annotations

from fourp_nlp.cli._app import JsonOption, ProjectOption, app, the_project


@app.command(epilog="Example: fourp report, then open reports/report.html in a browser")
def report(project: ProjectOption = None, json: JsonOption = False) -> None:
    """Write the report: one HTML page with charts, tables and quotations, and the tables as files."""
    import pandas as pd

    from fourp_nlp.cli._console import json_lines, near, say
    from fourp_nlp.codebook import read_codebook
    from fourp_nlp.pipeline import (
        read_corpus,
        read_gold_codes,
        stored_suggestions,
        write_report,
    )

    here = the_project(project)
    codebook = read_codebook(here.codebook)
    corpus = read_corpus(here)
    gold = read_gold_codes(here, corpus, codebook)
    suggestions = stored_suggestions(here, corpus, codebook)
    written = write_report(here, corpus, gold, codebook, suggestions)
    if json:
        json_lines(pd.DataFrame({"file": [str(path) for path in written]}))
        return
    for path in written:
        say(f"wrote {near(path)}")
