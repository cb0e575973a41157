"""`fourp suggest`: codes for a project's documents, or for any files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple, Optional

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
    requested_amount,
    the_project_if_any,
    the_study,
)

if TYPE_CHECKING:
    import pandas as pd

    from fourp_nlp.machine.acceptance import Accepted
    from fourp_nlp.study.machine.suggestion_amount import Amount

Unit = Literal["sentence", "turn", "paragraph"]

_MOVED = (
    "Tables about files that a project reads as documents or gold codes go to its folder of reports. "
    "Beside the files, they would be read as documents or gold codes too."
)
_LISTED = 40  # rows shown on the screen; files hold them all

FilesArgument = Annotated[
    Optional[list[Path]],
    typer.Argument(
        metavar="[FILES]...",
        help="Files or folders. Without any: the project's documents.",
        show_default=False,
    ),
]
CodebookOption = Annotated[
    Optional[Path],
    typer.Option(metavar="FILE", help="Another codebook, for FILES.", show_default=False),
]
UnitOption = Annotated[
    Optional[Unit], typer.Option(help="Unit of coding, for FILES.", show_default=False)
]
OutOption = Annotated[
    Optional[Path],
    typer.Option(
        metavar="DIR",
        help="Folder for the tables. Default: beside each file; for a project's documents, its reports.",
        show_default=False,
    ),
]
OverwriteOption = Annotated[bool, typer.Option("--overwrite", help="Replace earlier tables.")]
AllCodesOption = Annotated[
    bool,
    typer.Option("--all-codes", help="Every code of every segment, not only suggested ones."),
]


class _Wanted(NamedTuple):
    """How many suggestions, and how precise they must be to be accepted."""

    precision: float | None
    confidence: float | None
    amount: Amount | None


class _Output(NamedTuple):
    """Suggestions to be printed, with the files that were written.

    Attributes
    ----------
    skipped : pandas.DataFrame
        Table of files that were not read.
    suggestions : pandas.DataFrame
        Table of suggestions.
    notes : list of str
        Sentences for the reader.
    written : list of pathlib.Path
        Files that were written.
    accepted : Accepted or None
        Accepted suggestions, if a precision was asked for.
    names : dict of str to str
        Names of the codes.
    expected : str
        A sentence on how many of the suggestions should be right.
    """

    skipped: pd.DataFrame
    suggestions: pd.DataFrame
    notes: list[str]
    written: list[Path]
    accepted: Accepted | None
    names: dict[str, str]
    expected: str


@app.command(
    epilog="Examples: fourp suggest interview.docx   |   fourp suggest   |   "
    "fourp suggest talk.pdf --json --all-codes   |   fourp suggest --precision 0.9"
)
def suggest(
    files: FilesArgument = None,
    codebook: CodebookOption = None,
    unit: UnitOption = None,
    out: OutOption = None,
    overwrite: OverwriteOption = False,
    all_codes: AllCodesOption = False,
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
    project's documents: into its folder of reports). Without FILES, codes all documents of
    the project and keeps the suggestions in the project. With --precision, reports which
    suggestions can be accepted, and how many people must still decide on.
    """
    from fourp_nlp.cli.screen.console import json_lines, skipped_documents, warn
    from fourp_nlp.columns import SUGGESTIONS

    wanted = _Wanted(precision, confidence, requested_amount(more=more, fewer=fewer, recall=recall))
    if files:
        output = _for_files(
            files,
            project,
            wanted,
            codebook=codebook,
            unit=unit,
            out=out,
            overwrite=overwrite,
            json=json,
        )
    else:
        output = _for_project(project, wanted)
    suggestions = output.suggestions
    chosen = suggestions if all_codes else suggestions[suggestions["suggested"]]
    if json:
        columns = [*SUGGESTIONS.names_in("json"), "caution"]
        json_lines(chosen.assign(caution=_cautions(chosen, output.accepted))[columns])
    else:
        _print_suggestions(chosen, output)
    for text in output.notes:
        warn(text)
    if skipped_documents(output.skipped):
        raise typer.Exit(SKIPPED_SOME)


def _print_suggestions(chosen: pd.DataFrame, output: _Output) -> None:
    """Print the first suggestions, their number, and the files that were written."""
    from fourp_nlp.cli.screen.console import near, say, show
    from fourp_nlp.cli.screen.tables import guarantee_screen
    from fourp_nlp.columns import CONTEXT_ALONE

    listed = chosen.sort_values(
        ["document", "segment", "probability"], ascending=[True, True, False]
    )
    columns = ["document", "segment", "text", "code", "probability"]
    accepted = output.accepted
    if accepted is not None:
        columns.append("accepted")
        listed = listed.assign(accepted=listed["accepted"].map({True: "yes", False: "no"}))
    show(listed[columns].head(_LISTED), "Suggestions", digits=2)
    if len(listed) > _LISTED:
        say(f"… and {len(listed) - _LISTED} more in the files.")
    segments = output.suggestions.drop_duplicates(["document", "segment"])
    count = segments["document"].nunique()
    aside = int((segments["why"] == CONTEXT_ALONE).sum())
    others = f"; {aside} others are context alone, by the role of their speaker" if aside else ""
    say(
        f"{len(chosen)} suggestions for {len(segments) - aside} segments of "
        f"{count} document{'' if count == 1 else 's'}{others}."
    )
    say(output.expected)
    if accepted is not None:
        title = f"Accepted at precision {accepted.precision:g}"
        show(guarantee_screen(accepted.promises, output.names), title, digits=2)
    for path in output.written:
        say(f"wrote {near(path)}")


def _cautions(chosen: pd.DataFrame, accepted: Accepted | None) -> pd.Series | str:
    """Return, for each accepted suggestion, the caution of the precision guarantee of its code."""
    if accepted is None:
        return ""
    caution_of_code = dict(
        zip(accepted.promises["code"], accepted.promises["caution"], strict=True)
    )
    return chosen["code"].map(caution_of_code).where(chosen["accepted"], "")


def _for_project(folder: Path | None, wanted: _Wanted) -> _Output:
    """Suggest codes for a project's documents, and write the tables to its reports."""
    from fourp_nlp.cli.screen.console import watching
    from fourp_nlp.machine.suggestions import suggestion_tables
    from fourp_nlp.study.machine.suggestions import suggest_corpus
    from fourp_nlp.study.reading.who_speaks import role_notes, unset_note
    from fourp_nlp.study.reporting.tables import write_report_tables
    from fourp_nlp.tables import PROMISES, empty

    study = the_study(folder, changes=True)
    study.project.check_writable()
    codebook = study.codebook
    with watching() as watch:
        study.watch = watch
        suggested = suggest_corpus(study, **wanted._asdict(), watch=watch)
    table = suggested.suggestions
    promises = suggested.accepted.promises if suggested.accepted else empty(PROMISES)
    tables = suggestion_tables(table) | {"promises": promises}
    written = write_report_tables(study, tables)
    return _Output(
        study.corpus.skipped,
        table,
        [*suggested.notes, *unset_note(study), *role_notes(study)],
        written,
        suggested.accepted,
        codebook.names,
        suggested.expected,
    )


def _for_files(
    files: list[Path],
    folder: Path | None,
    wanted: _Wanted,
    *,
    codebook: Path | None,
    unit: Unit | None,
    out: Path | None,
    overwrite: bool,
    json: bool,
) -> _Output:
    """Suggest codes for files, and write tables beside each unless JSON is printed."""
    import pandas as pd

    from fourp_nlp.cli.screen.console import watching
    from fourp_nlp.documents.result_files import is_table_of_suggestions
    from fourp_nlp.errors import FourpError
    from fourp_nlp.machine.suggestions import suggestion_tables
    from fourp_nlp.spreadsheets import write_csv, write_xlsx
    from fourp_nlp.study.machine.suggestions import suggest_files

    for path in files:
        if not path.exists():
            raise FourpError("There is no such file or folder.", file=path, cure="Check the name.")
    places, moved = ({}, False) if json else _tables_of(files, out)
    if not (json or overwrite):
        for existing in (file for pair in places.values() for file in pair if file.exists()):
            raise FourpError(
                "This table is there already; nothing was changed.",
                file=existing,
                cure="Add --overwrite to replace it, or --out DIR to write elsewhere.",
            )
    project = the_project_if_any(folder)
    with watching() as watch:
        parts = suggest_files(
            files,
            project,
            codebook=codebook,
            unit=unit,
            **wanted._asdict(),
            watch=watch,
        )
    written = []
    notes = list(parts.notes)
    if moved and not json:
        notes.append(_MOVED)
    if not json:
        for path, (_, table) in zip(files, parts.by_file, strict=True):
            if table.empty:
                continue
            as_csv, as_xlsx = places[path]
            promises = parts.accepted.promises if parts.accepted else None
            tables = suggestion_tables(table, promises)
            write_csv(tables["suggestions"], as_csv)
            write_xlsx(tables, as_xlsx)
            written += [as_csv, as_xlsx]
    suggestions = pd.concat([table for _, table in parts.by_file], ignore_index=True)
    skipped = parts.skipped
    # A folder in which suggestions were written before holds their tables, too.
    skipped = skipped[~skipped["path"].map(is_table_of_suggestions).astype(bool)]
    return _Output(
        skipped,
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
