"""`fourp read` and `fourp segment`: what was read, and how it was cut."""

from __future__ import annotations

import typer

from fourp_nlp.cli._app import SKIPPED_SOME, JsonOption, ProjectOption, app, the_project


@app.command(epilog="Example: fourp read --json")
def read(project: ProjectOption = None, json: JsonOption = False) -> None:
    """List the project's documents with their attributes, and the files that were skipped."""
    from fourp_nlp.cli._console import json_lines, say, show, skipped_documents, watching
    from fourp_nlp.pipeline import read_corpus

    with watching() as watch:
        corpus = read_corpus(the_project(project), watch=watch)
    frame = corpus.documents.drop(columns=["text", "path", "labels", "remarks"]).assign(
        words=corpus.documents["text"].str.count(r"\S+"),
        segments=corpus.documents["document"]
        .map(corpus.segments["document"].value_counts())
        .fillna(0)
        .astype("int64"),
    )
    remarks = corpus.documents["remarks"]
    if json:
        json_lines(frame.assign(remarks=remarks.map(lambda one: one.split("\n") if one else [])))
    else:
        show(frame.drop(columns="sha256"), "Documents")
        for path, own in corpus.documents.groupby("path", sort=False)["remarks"]:
            for remark in filter(None, own.iloc[0].split("\n")):
                say(f"{path}: {remark}")
    skipped = skipped_documents(corpus.skipped)
    if not json:
        say(f"{len(frame)} documents read, {skipped} skipped.")
    if skipped:
        raise typer.Exit(SKIPPED_SOME)


@app.command(epilog="Example: fourp segment | head")
def segment(project: ProjectOption = None, json: JsonOption = False) -> None:
    """List the segments of the project's documents, with their places."""
    from fourp_nlp.cli._console import json_lines, show, skipped_documents, watching
    from fourp_nlp.pipeline import read_corpus

    with watching() as watch:
        corpus = read_corpus(the_project(project), watch=watch)
    (json_lines if json else show)(corpus.segments)
    if skipped_documents(corpus.skipped):
        raise typer.Exit(SKIPPED_SOME)
