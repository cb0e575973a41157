"""`fourp import`: imports projects of other programs, into a new project or the one the user is in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Optional

import typer

from fourp_nlp.cli.app import SKIPPED_SOME, JsonOption, ProjectOption, app, the_project

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from fourp_nlp.study.importing.codes.codes import MatchedCodes
    from fourp_nlp.study.importing.plan import ImportOptions, ImportPlan
    from fourp_nlp.study.project import Project

_MOST_ROWS = 20  # rows of a table on the screen; --json has all
_ALWAYS_SHOWN = frozenset({"documents", "codings", "same", "new", "kept", "in_file"})
_STRICT = "Not everything can be imported; with --strict, nothing was written."

FilesArgument = Annotated[
    list[Path],
    typer.Argument(metavar="FILE…", help="What to read; the ending says the format."),
]
NewOption = Annotated[
    Optional[Path], typer.Option(metavar="DIR", help="Make a new project here.", show_default=False)
]
ToOption = Annotated[
    Optional[Path],
    typer.Option(
        metavar="YAML", help="Write the codebook alone, to this file.", show_default=False
    ),
]
FormatOption = Annotated[
    str, typer.Option("--as", metavar="FORMAT", help="The format, where several have that ending.")
]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Say what would be written; write nothing.")
]
ReplaceOption = Annotated[
    bool,
    typer.Option(
        "--replace",
        help="Where the file differs from the project, the file wins: texts, names and descriptions of "
        "codes, values, decisions. Codings that the file no longer has are removed. Earlier files are kept.",
    ),
]
WholeOption = Annotated[
    bool,
    typer.Option(
        "--whole",
        help="The file holds the whole project: codings here of codes and documents that are not in it "
        "count as gone. With --replace they are removed.",
    ),
]
NewCodesOption = Annotated[
    Literal["add", "ignore", "refuse"],
    typer.Option(help="What to do with codes that are not in the codebook."),
]
CoderOption = Annotated[
    Optional[list[str]],
    typer.Option(
        metavar="NAME", help="Only this coder's codings; once for each.", show_default=False
    ),
]
CodedByOption = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="Name of the coder, if the file does not give it: a filled-in sheet, highlighted text.",
    ),
]
RenameOption = Annotated[
    Optional[list[str]],
    typer.Option(
        metavar="OLD=NEW",
        help="A coder's name in the file, and here; once for each.",
        show_default=False,
    ),
]
MachineOption = Annotated[
    Optional[list[str]],
    typer.Option(
        metavar="NAME",
        help="This coder is a machine, whose codings are not gold codes; once for each.",
        show_default=False,
    ),
]
DecidedByOption = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="Name of the person who reviewed this project's machine codings in the other program: codings "
        "that were deleted become decisions against a code, those that were kept decisions for it.",
    ),
]
ReadOption = Annotated[
    Optional[Literal["whole", "passages", "all"]],
    typer.Option(
        help="What was read of documents of which the file does not say it. whole: all of each in which the "
        "coder coded anything; passages: only what is coded; all: every coder read every document of the "
        "file. Default: the whole, unless a table of quotes adds to a document that was read in part.",
        show_default=False,
    ),
]
CountingOption = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="The unit of offsets in a REFI-QDA project, such as utf16-crlf or codepoints, where it cannot "
        "be inferred.",
        show_default=False,
    ),
]
StrictOption = Annotated[
    bool, typer.Option("--strict", help="Write nothing if anything would be lost.")
]


@app.command(
    "import",
    epilog="Examples: fourp import study.qdpx --new my-study   |   fourp import back.qdpx --dry-run   |   "
    "fourp import codes.qdc --to codebook.yaml",
)
def import_files(
    files: FilesArgument,
    new: NewOption = None,
    to: ToOption = None,
    as_: FormatOption = "",
    dry_run: DryRunOption = False,
    replace: ReplaceOption = False,
    whole: WholeOption = False,
    new_codes: NewCodesOption = "add",
    coder: CoderOption = None,
    coded_by: CodedByOption = "",
    rename: RenameOption = None,
    machine: MachineOption = None,
    decided_by: DecidedByOption = "",
    read: ReadOption = None,
    counting: CountingOption = "",
    strict: StrictOption = False,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Import a project of another program: documents, codebook, codings, coders, variables, notes.

    What the project has stays, unless --replace is given. Importing the same file again changes nothing.
    """
    from fourp_nlp.study.importing.plan import ImportOptions
    from fourp_nlp.study.result_places import check_results_place
    from fourp_nlp.study.settings import SETTINGS

    if new is not None and (project is not None or to is not None):
        raise typer.BadParameter("--new, --project and --to exclude each other.")
    if new is not None and not (new / SETTINGS).exists():
        check_results_place(new / SETTINGS)
    if to is not None:
        if len(files) > 1:
            raise typer.BadParameter("--to goes with one file.")
        _import_codebook(
            files[0], as_, to, counting, replace=replace, strict=strict, json=json, dry=dry_run
        )
        return
    options = ImportOptions(
        replace=replace,
        whole=whole,
        new_codes=new_codes,
        coders=tuple(coder or ()),
        rename=_renamed(rename or []),
        machines=frozenset(machine or ()),
        decided_by=decided_by.strip(),
        read=read or "",
    )

    def import_one(path: Path, target: Project | None) -> Project | None:
        return _import_file(
            path, as_, new, target, options, coded_by, counting,
            strict=strict, dry=dry_run, json=json,
        )  # fmt: skip

    _import_all(
        files, the_project(project, changes=True) if new is None else None, import_one, json=json
    )


def _import_all(
    files: list[Path],
    target: Project | None,
    import_one: Callable[[Path, Project | None], Project | None],
    *,
    json: bool,
) -> None:
    """Import files one after the other; of several, those that cannot be read are named and left out."""
    from fourp_nlp.cli.screen.console import fail, say
    from fourp_nlp.errors import FourpError

    failed = 0
    for path in files:
        try:
            target = import_one(path, target)
        except FourpError as error:
            if len(files) == 1:
                raise
            failed += 1
            fail(str(error))
    if failed == len(files):
        raise typer.Exit(1)
    if failed:
        say(f"{len(files) - failed} of {len(files)} files were imported.") if not json else None
        raise typer.Exit(SKIPPED_SOME)


def _renamed(pairs: list[str]) -> dict[str, str]:
    new_names = {}
    for pair in pairs:
        old, equals, new = pair.partition("=")
        if not (old and equals and new.strip()):
            raise typer.BadParameter(f"--rename needs OLD=NEW, and not '{pair}'.")
        new_names[old] = new.strip()
    return new_names


def _import_file(
    path: Path,
    format_name: str,
    new: Path | None,
    current: Project | None,
    options: ImportOptions,
    coded_by: str,
    counting: str,
    *,
    strict: bool,
    dry: bool,
    json: bool,
) -> Project | None:
    """Import one file; return the project into which the next file goes."""
    from fourp_nlp.cli.screen.console import warn, watching
    from fourp_nlp.errors import ExchangeError
    from fourp_nlp.exchange import format_of
    from fourp_nlp.study.importing.import_project import apply_import, plan_import
    from fourp_nlp.study.importing.reader_context import read_foreign
    from fourp_nlp.study.importing.target import new_target, read_target

    if not path.exists():
        raise ExchangeError(
            "There is no such file.", file=path, cure="Look for a typing error in its name."
        )
    form = format_of(path, format_name, written=False)
    if current is None:
        if new is None:  # pragma: no cover - one of the two is always given
            raise AssertionError
        target = new_target(new)
    else:
        with watching() as watch:
            target = read_target(current, watch)
    exchange = read_foreign(path, form, target, coder=coded_by.strip(), counting=counting.strip())
    plan = plan_import(exchange, target, options)
    if strict and len(plan.losses):
        _show_plan(path, plan, json=json)
        raise ExchangeError(
            _STRICT, file=path, cure="Leave --strict out if you do not need the lost parts."
        )
    project = apply_import(plan) if plan.changes and not dry else None
    for text in (*plan.remarks, *plan.notes):
        warn(text)
    _show_plan(path, plan, json=json)
    if not json:
        _show_files(plan, dry=dry)
    if project is not None and len(plan.decisions):
        _count_decisions(project, plan.decisions, quiet=json)
    return project or current


def _count_decisions(project: Project, decisions: pd.DataFrame, *, quiet: bool) -> None:
    """Make codings of decisions about suggestions in text that nobody had coded, and say so."""
    from fourp_nlp.cli.screen.console import say
    from fourp_nlp.study.reconciling.accepting import assisted_codings, keep_assisted
    from fourp_nlp.study.study import Study

    study = Study(project, reference_needed=False)
    # The import itself has asked before it replaced earlier decisions.
    codings = assisted_codings(study, decisions, replace=True, between_coders=True)
    if not codings.contents:
        return
    keep_assisted(study, codings, "imported decisions made codings")
    if not quiet:
        who = ", ".join(sorted(set(codings.decided["coder"])))
        say(
            f"codings of {who} by decision: {codings.accepted} suggestions accepted, {codings.rejected} "
            "rejected. They count; agreement leaves them out."
        )


def _show_plan(path: Path, plan: ImportPlan, *, json: bool) -> None:
    """Print what is imported, and what is lost."""
    import pandas as pd

    from fourp_nlp.cli.screen.console import json_lines, say, show

    documents, codes = (frame["status"].value_counts() for frame in (plan.documents, plan.codes))
    if json:
        rows = [
            plan.documents.assign(kind="document"),
            plan.codes.assign(kind="code"),
            plan.coders.assign(kind="coder"),
            plan.machines.assign(kind="machine"),
            plan.facts.assign(kind="fact"),
            plan.losses.assign(kind="lost"),
            pd.DataFrame({"note": [*plan.remarks, *plan.notes], "kind": "note"}),
            pd.DataFrame({"file": [str(written) for written in plan.contents], "kind": "file"}),
        ]
        for frame in rows:
            if len(frame):
                json_lines(frame[["kind", *(name for name in frame.columns if name != "kind")]])
        return
    say(
        f"{path.name}: {_counted(documents, 'document', 'documents')}; "
        f"{_counted(codes, 'code or theme', 'codes and themes')}"
    )
    for table, title in (
        (plan.coders, "Codings by coder"),
        (plan.machines, "Machines' codings"),
        (plan.facts, "Notes, values, cases and sets"),
    ):
        if len(table):
            show(_without_zeros(table), title)
    if len(plan.decisions):
        stands = plan.decisions["settled"].astype(bool)
        say(f"decisions: {int(stands.sum())} for a code, {int((~stands).sum())} against")
    if plan.all_taken:
        say("nothing was lost")
    elif len(plan.losses):
        show(plan.losses.head(_MOST_ROWS), "Lost, or not as it was")
        if len(plan.losses) > _MOST_ROWS:
            say(f"and {len(plan.losses) - _MOST_ROWS} more rows: --json has all")
    else:
        say("the summary does not add up, which is a fault of this program: please report it")


def _without_zeros(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table for the screen: headings as words, without columns that are zero for all."""
    numbers = table.columns[table.dtypes.map(lambda kind: kind.kind in "iu")]
    empty = [name for name in numbers if name not in _ALWAYS_SHOWN and not table[name].any()]
    return table.drop(columns=empty).rename(columns=lambda name: name.replace("_", " "))


def _counted(counts: pd.Series, one: str, more: str) -> str:
    def of(count: int, status: str) -> str:
        # These are not in the codebook.
        if status in {"folder", "double"}:
            return f"{count} {status}{'s' if count != 1 else ''}"
        return f"{count} {one if count == 1 else more} {status}"

    return ", ".join(of(count, str(status)) for status, count in counts.items()) or f"no {more}"


def _show_files(plan: ImportPlan, *, dry: bool) -> None:
    """Print which files were written, and what to do next."""
    from fourp_nlp.cli.screen.console import near, say

    if not plan.changes:
        why = (
            "all of it is here already"
            if plan.all_taken
            else "what the file holds is here already, or cannot be imported"
        )
        say(f"nothing changes: {why}")
        return
    root = plan.project.root
    written = [str(path.relative_to(root)) for path in plan.contents if path.is_relative_to(root)]
    verb = "would write" if dry else "wrote"
    listed = ", ".join(written[:8]) + (f" and {len(written) - 8} more" if len(written) > 8 else "")
    say(f"{verb} in {near(root)}: {listed or 'the database'}")
    for path, name in plan.before.items():
        say(f"  {path.name} as it was: {near(name)}")
    if dry:
        say("nothing was written: this was a dry run")
    elif plan.is_new:
        say(f"next: fourp run --project {near(root)}")
    else:
        say("next: fourp agree, or fourp run")


def _import_codebook(
    path: Path, format_name: str, to: Path, counting: str, *, replace: bool, strict: bool, json: bool,
    dry: bool,
) -> None:  # fmt: skip
    """Import the codebook of a file, and write it as YAML."""
    from fourp_nlp.cli.screen.console import near, say, warn
    from fourp_nlp.errors import ExchangeError
    from fourp_nlp.exchange import Losses, format_of
    from fourp_nlp.files import replacing
    from fourp_nlp.study.importing.codes.codes import codebook_alone
    from fourp_nlp.study.importing.reader_context import read_foreign

    if to.exists() and not replace:
        raise ExchangeError(
            "There is a file of this name already; nothing was changed.",
            file=to,
            cure="Name another one, or add --replace.",
        )
    form = format_of(path, format_name, written=False, codebook=True)
    # A codebook has no offsets, so that their unit need not be known.
    unit = counting.strip() or ("codepoints" if "counting" in form.needs else "")
    exchange = read_foreign(path, form, None, counting=unit)
    if exchange.nodes.empty:
        raise ExchangeError("There is no code in it.", file=path, cure="Export the codebook again.")
    codes = codebook_alone(exchange, path.stem)
    losses = Losses()
    losses.add_all(exchange.losses)
    losses.add_all(codes.losses.table())
    lost = losses.table()
    for text in (*exchange.remarks, *codes.notes):
        warn(text)
    _show_codebook(path, codes, lost, json=json)
    if strict and len(lost):
        raise ExchangeError(_STRICT, file=path)
    if codes.content is not None and not dry:
        with replacing(to) as partial:
            partial.write_bytes(codes.content)
        if not json:
            say(f"wrote {near(to)}")


def _show_codebook(path: Path, codes: MatchedCodes, lost: pd.DataFrame, *, json: bool) -> None:
    from fourp_nlp.cli.screen.console import json_lines, say, show

    if json:
        json_lines(codes.table)
        return
    book = codes.codebook
    say(f"{path.name}: {len(book.all_codes)} codes, {len(book.themes)} themes")
    show(lost, "Lost, or not as it was") if len(lost) else say("nothing was lost")
