"""`fourp suggest`: codes for a project's documents, or for any files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Optional

import typer

from fourp_nlp.cli.app import (
    SKIPPED_SOME,
    ConfidenceOption,
    FewerOption,
    JsonOption,
    MoreOption,
    PrecisionOption,
    ProjectOption,
    RecallOption,
    app,
    asked_amount,
    the_project_if_any,
    the_study,
)

if TYPE_CHECKING:
    import pandas as pd

    from fourp_nlp.machine.acceptance import Accepted
    from fourp_nlp.study.machine.suggestion_amount import Amount

    Made = tuple[
        pd.DataFrame, pd.DataFrame, list[str], list[Path], Accepted | None, dict[str, str], str
    ]

Unit = Literal["sentence", "turn", "paragraph"]

_MOVED = (
    "Tables about files that a project reads as documents or gold codes go to its folder of reports: beside "
    "the files they would be read as such."
)
_LISTED = 40  # rows shown on the screen; files hold them all


@app.command(
    epilog="Examples: fourp suggest interview.docx   |   fourp suggest   |   "
    "fourp suggest talk.pdf --json --all-codes   |   fourp suggest --precision 0.9"
)
def suggest(
    files: Annotated[
        Optional[list[Path]],
        typer.Argument(
            metavar="[FILES]...",
            help="Files or folders. Without any: the project's documents.",
            show_default=False,
        ),
    ] = None,
    codebook: Annotated[
        Optional[Path],
        typer.Option(metavar="FILE", help="Another codebook, for FILES.", show_default=False),
    ] = None,
    unit: Annotated[
        Optional[Unit],
        typer.Option(help="Unit of coding, for FILES.", show_default=False),
    ] = None,
    out: Annotated[
        Optional[Path],
        typer.Option(
            metavar="DIR",
            help="Where tables go. Default: beside each file; of a project's documents, in its reports.",
            show_default=False,
        ),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace earlier tables.")] = False,
    all_codes: Annotated[
        bool,
        typer.Option("--all-codes", help="Every code of every segment, not only suggested ones."),
    ] = False,
    more: MoreOption = False,
    fewer: FewerOption = False,
    recall: RecallOption = None,
    precision: PrecisionOption = None,
    confidence: ConfidenceOption = None,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Suggest codes, each with a probability and a reason.

    With FILES, prints a table and writes it as CSV and XLSX beside each file (about a
    project's documents: into its folder of reports). Without, codes all of
    the project's documents and keeps the suggestions in the project. With --precision, says which
    suggestions can stand, and how much is left to people.
    """
    from fourp_nlp.cli.screen.console import json_lines, near, say, show, skipped_documents, warn
    from fourp_nlp.cli.screen.tables import promise_screen
    from fourp_nlp.columns import SUGGESTIONS

    amount = asked_amount(more=more, fewer=fewer, recall=recall)
    if files:
        skipped, suggestions, notes, written, accepted, names, expected = _for_files(
            files,
            project,
            codebook=codebook,
            unit=unit,
            out=out,
            overwrite=overwrite,
            json=json,
            precision=precision,
            confidence=confidence,
            amount=amount,
        )
    else:
        skipped, suggestions, notes, written, accepted, names, expected = _for_project(
            project, precision, confidence, amount
        )
    chosen = suggestions if all_codes else suggestions[suggestions["suggested"]]
    if json:
        columns = [*SUGGESTIONS.names_in("json"), "caution"]
        json_lines(chosen.assign(caution=_cautions(chosen, accepted))[columns])
    else:
        listed = chosen.sort_values(
            ["document", "segment", "probability"], ascending=[True, True, False]
        )
        columns = ["document", "segment", "text", "code", "probability"]
        if accepted is not None:
            columns.append("accepted")
            listed = listed.assign(accepted=listed["accepted"].map({True: "yes", False: "no"}))
        show(listed[columns].head(_LISTED), "Suggestions", digits=2)
        if len(listed) > _LISTED:
            say(f"… and {len(listed) - _LISTED} more in the files.")
        segments = suggestions.drop_duplicates(["document", "segment"])
        count = segments["document"].nunique()
        say(
            f"{len(chosen)} suggestions for {len(segments)} segments of "
            f"{count} document{'' if count == 1 else 's'}."
        )
        say(expected)
        if accepted is not None:
            title = f"Accepted at precision {accepted.precision:g}"
            show(promise_screen(accepted.promises, names), title, digits=2)
        for path in written:
            say(f"wrote {near(path)}")
    for text in notes:
        warn(text)
    if skipped_documents(skipped):
        raise typer.Exit(SKIPPED_SOME)


def _cautions(chosen: pd.DataFrame, accepted: Accepted | None) -> pd.Series | str:
    """Return, for each accepted suggestion, what to know of the promise under which it is."""
    if accepted is None:
        return ""
    told = dict(zip(accepted.promises["code"], accepted.promises["caution"], strict=True))
    return chosen["code"].map(told).where(chosen["accepted"], "")


def _for_project(
    folder: Path | None,
    precision: float | None,
    confidence: float | None,
    amount: Amount | None,
) -> Made:
    from fourp_nlp.cli.screen.console import watching
    from fourp_nlp.machine.suggestions import suggestion_tables
    from fourp_nlp.study.machine.suggestions import suggest_corpus
    from fourp_nlp.study.reporting.tables import write_report_tables
    from fourp_nlp.tables import PROMISES, empty

    study = the_study(folder, changes=True)
    study.project.check_writable()
    codebook = study.codebook
    with watching() as watch:
        study.watch = watch
        made = suggest_corpus(
            study,
            precision=precision,
            confidence=confidence,
            amount=amount,
            watch=watch,
        )
    promises = made.accepted.promises if made.accepted else empty(PROMISES)
    tables = suggestion_tables(made.suggestions) | {"promises": promises}
    written = write_report_tables(study, tables)
    return (
        study.corpus.skipped,
        made.suggestions,
        made.notes,
        written,
        made.accepted,
        codebook.names,
        made.expected,
    )


def _for_files(
    files: list[Path],
    folder: Path | None,
    *,
    codebook: Path | None,
    unit: Unit | None,
    out: Path | None,
    overwrite: bool,
    json: bool,
    precision: float | None,
    confidence: float | None,
    amount: Amount | None,
) -> Made:
    import pandas as pd

    from fourp_nlp.cli.screen.console import watching
    from fourp_nlp.errors import FourpError
    from fourp_nlp.machine.suggestions import suggestion_tables
    from fourp_nlp.spreadsheets import write_csv, write_xlsx
    from fourp_nlp.study.machine.suggestions import suggest_files

    for path in files:
        if not path.exists():
            raise FourpError("There is no such file or folder.", file=path, cure="Check the name.")
    places, moved = ({}, False) if json else _tables_of(files, out)
    if not (json or overwrite):
        for table in (table for pair in places.values() for table in pair if table.exists()):
            raise FourpError(
                "This table is there already; nothing was changed.",
                file=table,
                cure="Add --overwrite to replace it, or --out DIR to write elsewhere.",
            )
    project = the_project_if_any(folder)
    with watching() as watch:
        parts = suggest_files(
            files,
            project,
            codebook=codebook,
            unit=unit,
            precision=precision,
            confidence=confidence,
            amount=amount,
            watch=watch,
        )
    written = []
    notes = list(parts.notes)
    if moved and not json:
        notes.append(_MOVED)
    if not json:
        for path, (_, made) in zip(files, parts.by_file, strict=True):
            if made.empty:
                continue
            as_csv, as_xlsx = places[path]
            promises = parts.accepted.promises if parts.accepted else None
            tables = suggestion_tables(made, promises)
            write_csv(tables["suggestions"], as_csv)
            write_xlsx(tables, as_xlsx)
            written += [as_csv, as_xlsx]
    suggestions = pd.concat([made for _, made in parts.by_file], ignore_index=True)
    return (
        parts.skipped,
        suggestions,
        notes,
        written,
        parts.accepted,
        parts.codebook.names,
        parts.expected,
    )


def _tables_of(files: list[Path], out: Path | None) -> tuple[dict[Path, tuple[Path, Path]], bool]:
    """Return the tables of each file, and whether any goes to a project's reports."""
    from fourp_nlp.errors import FourpError
    from fourp_nlp.study.result_places import check_results_place, results_folder

    places: dict[Path, tuple[Path, Path]] = {}
    of: dict[Path, Path] = {}
    any_moved = False
    for path in files:
        folder, moved = (out, False) if out else results_folder(path)
        any_moved |= moved
        name = path.resolve().name
        places[path] = folder / f"{name}.suggestions.csv", folder / f"{name}.suggestions.xlsx"
        table = places[path][0]
        check_results_place(table)
        other = of.setdefault(table.resolve(), path)
        if other.resolve() != path.resolve():
            raise FourpError(
                f"Its table would have the same name as that of {other}; nothing was changed.",
                file=path,
                cure="Give them one after the other, with another --out DIR for each.",
            )
    return places, any_moved
