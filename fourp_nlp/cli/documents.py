"""`fourp read` and `fourp segment`: documents, speakers and segments on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from fourp_nlp.cli.app import SKIPPED_SOME, JsonOption, ProjectOption, app, the_project
from fourp_nlp.number_format import percentage

if TYPE_CHECKING:
    from fourp_nlp.segments import Speakers
    from fourp_nlp.study.reading.corpus import Corpus

_MOST_SHOWN = 10

TurnsOption = Annotated[
    bool,
    typer.Option(
        "--turns",
        help="List the speakers of each document, how much they say, and labels not recognised as speakers.",
        show_default=False,
    ),
]


@app.command(epilog="Example: fourp read --turns")
def read(
    project: ProjectOption = None, turns: TurnsOption = False, json: JsonOption = False
) -> None:
    """List the project's documents with their attributes, and the files that were skipped."""
    from fourp_nlp.cli.screen.console import skipped_documents, warn, watching
    from fourp_nlp.study.reading.corpus import read_corpus
    from fourp_nlp.study.reading.languages import language_notes

    found = the_project(project)
    with watching() as watch:
        corpus = read_corpus(found, watch=watch)
    if turns:
        _turns(corpus, json=json)
        skipped = skipped_documents(corpus.skipped)
    else:
        skipped = _documents(corpus, json=json)
    for text in language_notes(found, corpus):
        warn(text)
    if skipped:
        raise typer.Exit(SKIPPED_SOME)


def _documents(corpus: Corpus, *, json: bool) -> int:
    from fourp_nlp.cli.screen.console import json_lines, say, show, skipped_documents
    from fourp_nlp.word_count import count_words

    frame = corpus.documents.drop(columns=["text", "path", "labels", "remarks"]).assign(
        words=corpus.documents["text"].map(count_words),
        segments=corpus.documents["document"]
        .map(corpus.segments["document"].value_counts())
        .fillna(0)
        .astype("int64"),
    )
    remarks = corpus.documents["remarks"]
    if json:
        json_lines(frame.assign(remarks=remarks.map(lambda one: one.split("\n") if one else [])))
    else:
        # Where all are in English, a column that says so is of no use.
        hidden = ["sha256"] if set(frame["language"]) - {"en"} else ["sha256", "language"]
        show(frame.drop(columns=hidden), "Documents")
        for path, remarks_of_file in corpus.documents.groupby("path", sort=False)["remarks"]:
            for remark in filter(None, remarks_of_file.iloc[0].split("\n")):
                say(f"{path}: {remark}")
    skipped = skipped_documents(corpus.skipped)
    if not json:
        say(f"{len(frame)} documents read, {skipped} skipped.")
    return skipped


def _turns(corpus: Corpus, *, json: bool) -> None:
    """Print who speaks in each document, as a person checks it or as objects."""
    import pandas as pd

    from fourp_nlp.cli.screen.console import json_lines, say, show
    from fourp_nlp.segments import speakers_in

    columns = (corpus.documents[name].tolist() for name in ("document", "text", "labels"))
    speakers_by_document = {
        name: speakers_in(text, labels) for name, text, labels in zip(*columns, strict=True)
    }
    if json:
        json_lines(
            pd.DataFrame(
                [_as_object(name, speakers) for name, speakers in speakers_by_document.items()]
            )
        )
        return
    summary = [
        {
            "document": name,
            "speakers": len(speakers.turns),
            "turns": sum(speakers.turns.values()),
            "words": sum(speakers.words.values()),
            "without speaker": percentage(speakers.without_speaker) if speakers.words else "–",
            "lines left out": len(speakers.left_out),
            "labels look like": "; ".join(speakers.forms) or "no labels",
        }
        for name, speakers in speakers_by_document.items()
    ]
    show(pd.DataFrame(summary), "Turns")
    spoken = [
        {
            "document": name,
            "speaker": speaker,
            "turns": times,
            "words": speakers.words.get(speaker, 0),
        }
        for name, speakers in speakers_by_document.items()
        for speaker, times in speakers.turns.items()
    ]
    if spoken:
        show(pd.DataFrame(spoken), "Speakers")
    doubtful = [
        {
            "document": name,
            "not taken": doubt.name,
            "times": doubt.times,
            "line": doubt.line,
            "begins": begins,
        }
        for name, speakers in speakers_by_document.items()
        for doubt, begins in speakers.not_taken[:_MOST_SHOWN]
    ]
    if doubtful:
        show(pd.DataFrame(doubtful), "Looks like a label, but was not taken for one")
        more = sum(
            max(0, len(speakers.not_taken) - _MOST_SHOWN)
            for speakers in speakers_by_document.values()
        )
        if more:
            say(f"{more} more of them are in fourp read --turns --json.")


def _as_object(name: str, speakers: Speakers) -> dict[str, Any]:
    return {
        "document": name,
        "forms": speakers.forms,
        "turns": sum(speakers.turns.values()),
        "words": sum(speakers.words.values()),
        "without_speaker": speakers.without_speaker,
        "speakers": [
            {"speaker": speaker, "turns": times, "words": speakers.words.get(speaker, 0)}
            for speaker, times in speakers.turns.items()
        ],
        "lines_left_out": speakers.left_out,
        "not_taken": [
            {"name": one.name, "times": one.times, "line": one.line, "begins": begins}
            for one, begins in speakers.not_taken
        ],
    }


@app.command(epilog="Example: fourp segment | head")
def segment(project: ProjectOption = None, json: JsonOption = False) -> None:
    """List the segments of the project's documents, with their places."""
    from fourp_nlp.cli.screen.console import json_lines, show, skipped_documents, watching
    from fourp_nlp.study.reading.corpus import read_corpus

    with watching() as watch:
        corpus = read_corpus(the_project(project), watch=watch)
    segments = corpus.segments
    if json:
        json_lines(segments)
    else:
        # Without roles, all that these say is nothing.
        unset = (segments["speaker_role"] == "").all() and not segments["context"].any()
        show(segments.drop(columns=["speaker_role", "context"]) if unset else segments)
    if skipped_documents(corpus.skipped):
        raise typer.Exit(SKIPPED_SOME)
