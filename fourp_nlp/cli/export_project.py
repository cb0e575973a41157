"""`fourp export`: writes the project for another program, and lists what its format cannot hold."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Optional

import typer

from fourp_nlp.cli.app import SKIPPED_SOME, JsonOption, ProjectOption, app, the_study

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fourp_nlp.exchange import Format, Written

FileArgument = Annotated[
    Path, typer.Argument(metavar="FILE", help="What to write; its ending says the format.")
]
FormatOption = Annotated[
    str,
    typer.Option(
        "--as",
        metavar="FORMAT",
        help="The format, where several have the same ending; docs/interchange/export.md lists them.",
    ),
]
DialectOption = Annotated[
    Optional[str],
    typer.Option(
        metavar="plain|maxqda|atlasti|nvivo",
        help="Of a .qdpx: written as this program's own files are; plain is for QualCoder and all others. "
        "Default: plain.",
        show_default=False,
    ),
]
SelectionsOption = Annotated[
    Optional[bool],
    typer.Option(
        "--shared-selections/--own-selections",
        help="Of a .qdpx: whether codings of the same passage share one selection. Default: those that "
        "were imported with a shared selection do.",
        show_default=False,
    ),
]
CoderOption = Annotated[
    Optional[list[str]],
    typer.Option(
        metavar="NAME", help="Only this person's codings; once for each.", show_default=False
    ),
]
NoSuggestionsOption = Annotated[
    bool, typer.Option("--no-suggestions", help="Without the machine's codings.")
]
AcceptedOption = Annotated[
    bool,
    typer.Option(
        "--accepted-only",
        help="Of the machine's codings, only those accepted at the precision that was asked for.",
    ),
]
RepeatOption = Annotated[
    bool,
    typer.Option(
        "--include-repeat", help="With what people coded a second time, as “NAME, again”."
    ),
]
UnitOption = Annotated[
    Optional[Literal["document", "segment"]],
    typer.Option(
        help="For annotation programs: a task is a document, or a segment. Default: document.",
        show_default=False,
    ),
]
NamesOption = Annotated[
    Optional[Literal["id", "name"]],
    typer.Option(
        help="Of tables and annotation programs: codes by their ids, or by their names. Default: id.",
        show_default=False,
    ),
]
SuggestedOption = Annotated[
    bool,
    typer.Option(
        "--with-suggestions",
        help="Of a sheet to code in: with a column of the machine's suggestions. Default: without.",
    ),
]
DocumentOption = Annotated[
    Optional[list[str]],
    typer.Option(metavar="ID", help="Only this document; once for each.", show_default=False),
]
StrictOption = Annotated[
    bool, typer.Option("--strict", help="Write nothing if the format cannot hold everything.")
]
OverwriteOption = Annotated[
    bool, typer.Option("--overwrite", help="Replace an earlier file of this name.")
]


@app.command(
    epilog="Examples: fourp export study.qdpx   |   fourp export study.qdpx --dialect maxqda --coder anna   "
    "|   fourp export codes.qdc"
)
def export(
    file: FileArgument,
    as_: FormatOption = "",
    dialect: DialectOption = None,
    shared_selections: SelectionsOption = None,
    coder: CoderOption = None,
    no_suggestions: NoSuggestionsOption = False,
    accepted_only: AcceptedOption = False,
    include_repeat: RepeatOption = False,
    unit: UnitOption = None,
    names: NamesOption = None,
    with_suggestions: SuggestedOption = False,
    document: DocumentOption = None,
    strict: StrictOption = False,
    overwrite: OverwriteOption = False,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Write documents, codebook and codings for another program, and list what its format cannot hold.

    Texts that were imported from another program are exported as they came, with their identities there.
    """
    from fourp_nlp.cli.screen.coder_names import the_coders
    from fourp_nlp.cli.screen.console import skipped_documents, warn, watching
    from fourp_nlp.cli.screen.unread_notice import warn_unread
    from fourp_nlp.exchange import format_of
    from fourp_nlp.study.exporting.exported_file import check_export, export_file

    if no_suggestions and accepted_only:
        raise typer.BadParameter("--no-suggestions and --accepted-only exclude each other.")
    form = format_of(file, as_, written=True)
    options = _options(form, {"dialect": dialect, "shared_selections": shared_selections})
    options |= _table_options(form, unit, names, with_suggestions=with_suggestions)
    check_export(file, as_=as_, options=options, overwrite=overwrite)
    study = the_study(project, reference_needed=False, documents_needed=False)
    study.codebook  # noqa: B018 - its faults are told before documents are read
    with watching() as watch:
        study.watch = watch
        corpus = study.corpus
        warn_unread(study)
        exported = export_file(
            study,
            file,
            form,
            options=options,
            suggestions="accepted" if accepted_only else not no_suggestions,
            coders=the_coders(coder or (), study.gold),
            documents=document or [],
            include_repeat=include_repeat,
            strict=strict,
            own_selections="--own-selections",
        )
    if not json:
        for text in exported.remarks:
            warn(text)
    _show(exported.outcome, form, file, json=json)
    if skipped_documents(corpus.skipped):
        raise typer.Exit(SKIPPED_SOME)


def _options(form: Format, given: Mapping[str, object]) -> dict[str, object]:
    """Return the options of REFI-QDA that were given, checked against the format."""
    from fourp_nlp.exchange import DIALECTS

    options = {name: value for name, value in given.items() if value is not None}
    for name in options:
        if name not in form.options:
            raise typer.BadParameter(
                f"--{name.replace('_', '-')} does not go with the format {form.name}."
            )
    if options.get("dialect") not in {None, *DIALECTS}:
        *first, last = DIALECTS
        raise typer.BadParameter(f"--dialect is {', '.join(first)} or {last}.")
    return options


def _table_options(
    form: Format,
    unit: str | None,
    names: str | None,
    *,
    with_suggestions: bool,
) -> dict[str, object]:
    """Return the options of tables and annotation programs, as their writers call them."""
    options: dict[str, object] = {}
    for option, value, keys in (
        ("--unit", unit, ("unit",)),
        ("--names", names, ("labels", "names")),
        ("--with-suggestions", with_suggestions or None, ("suggestions",)),
    ):
        if value is None:
            continue
        key = next((key for key in keys if key in form.options), "")
        if not key:
            raise typer.BadParameter(f"{option} does not go with the format {form.name}.")
        options[key] = {"names": {"name": "label"}.get(str(value), value)}.get(key, value)
    return options


def _show(outcome: Written, form: Format, file: Path, *, json: bool) -> None:
    """Print what is in the file, what was lost, and where it is."""
    from fourp_nlp.cli.screen.console import near, say
    from fourp_nlp.errors import ExchangeError

    _show_contents(outcome, form, json=json)
    if not outcome.wrote:
        raise ExchangeError(
            "The format cannot hold everything; with --strict, nothing was written.",
            file=file,
            cure="Leave --strict out, or choose a format that holds more.",
        )
    if not json:
        for path in outcome.files:
            say(f"wrote {near(path)}")


def _show_contents(outcome: Written, form: Format, *, json: bool) -> None:
    import pandas as pd

    from fourp_nlp.cli.screen.console import json_lines, say, show

    contents, losses, wrote = outcome.contents, outcome.losses, outcome.wrote
    if json:
        rows = [
            contents.assign(kind="written" if wrote else "not written", why="", examples=""),
            losses.assign(kind="lost", coder=""),
        ]
        keys = ["kind", "item", "coder", "count", "why", "examples"]
        json_lines(pd.concat([frame[keys] for frame in rows], ignore_index=True))
        return
    plain = contents["coder"] == ""
    show(contents.loc[plain, ["item", "count"]], f"{form.name}: {form.says}")
    if not plain.all():
        show(contents.loc[~plain, ["coder", "count"]], "Codings")
    if losses.empty:
        say("nothing was lost")
    else:
        show(losses, "Lost, or not as it was")
