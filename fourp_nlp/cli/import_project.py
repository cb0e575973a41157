"""`fourp import`: projects of other programs, into a new project or the one that the user is in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Optional

import typer

from fourp_nlp.cli.app import SKIPPED_SOME, JsonOption, ProjectOption, app, the_project

if TYPE_CHECKING:
    import pandas as pd

    from fourp_nlp.study.importing.plan import ImportOptions, ImportPlan
    from fourp_nlp.study.project import Project

_SHOWN = 20  # rows of a table on the screen; --json has all
_ALWAYS = frozenset({"documents", "codings", "same", "new", "kept", "in_file"})


@app.command(
    "import",
    epilog="Examples: fourp import study.qdpx --new my-study   |   fourp import back.qdpx --dry-run   |   "
    "fourp import codes.qdc --to codebook.yaml",
)
def import_files(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE…", help="What to read; the ending says the format."),
    ],
    new: Annotated[
        Optional[Path],
        typer.Option(metavar="DIR", help="Make a new project here.", show_default=False),
    ] = None,
    to: Annotated[
        Optional[Path],
        typer.Option(
            metavar="YAML", help="Write the codebook alone, to this file.", show_default=False
        ),
    ] = None,
    as_: Annotated[
        str,
        typer.Option("--as", metavar="FORMAT", help="The format, where several have that ending."),
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be written; write nothing.")
    ] = False,
    replace: Annotated[
        bool,
        typer.Option(
            "--replace",
            help="Let what is otherwise in the file take the place of ours: texts, names and "
            "descriptions of codes, values, decisions; and remove codings here that are gone there. Earlier "
            "files are kept.",
        ),
    ] = False,
    whole: Annotated[
        bool,
        typer.Option(
            "--whole",
            help="The file holds the whole project: codings here of codes and documents that are not in it "
            "count as gone. With --replace they are removed.",
        ),
    ] = False,
    new_codes: Annotated[
        Literal["add", "ignore", "refuse"],
        typer.Option(help="What to do with codes that are not in the codebook."),
    ] = "add",
    coder: Annotated[
        Optional[list[str]],
        typer.Option(
            metavar="NAME", help="Only this coder's codings; once for each.", show_default=False
        ),
    ] = None,
    coded_by: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="Who coded, where the file does not say: a sheet that was filled in, highlighted text.",
        ),
    ] = "",
    rename: Annotated[
        Optional[list[str]],
        typer.Option(
            metavar="OLD=NEW",
            help="A coder's name there, and here; once for each.",
            show_default=False,
        ),
    ] = None,
    machine: Annotated[
        Optional[list[str]],
        typer.Option(
            metavar="NAME",
            help="This coder is a machine, whose codings are nobody's gold codes; once for each.",
            show_default=False,
        ),
    ] = None,
    decided_by: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="Who went through our machine's codings there: those that are gone become decisions "
            "against, those that stayed decisions for them.",
        ),
    ] = "",
    read: Annotated[
        Optional[Literal["all"]],
        typer.Option(
            help="Every coder read every document of the file, also where nothing was coded.",
            show_default=False,
        ),
    ] = None,
    counting: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="How a REFI-QDA project counts the places of codings, such as utf16-crlf or codepoints, "
            "where that cannot be found out.",
            show_default=False,
        ),
    ] = "",
    strict: Annotated[
        bool, typer.Option("--strict", help="Write nothing if anything would be lost.")
    ] = False,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Take a project of another program over: documents, codebook, codings, coders, variables, notes.

    What is here stays, unless --replace is given. A file that was imported before changes nothing.
    """
    from fourp_nlp.cli.screen.console import fail, say
    from fourp_nlp.errors import FourpError
    from fourp_nlp.study.importing.plan import ImportOptions
    from fourp_nlp.study.project import SETTINGS
    from fourp_nlp.study.result_places import check_results_place

    if new is not None and (project is not None or to is not None):
        raise typer.BadParameter("--new, --project and --to exclude each other.")
    if new is not None and not (new / SETTINGS).exists():
        check_results_place(new / SETTINGS)
    if to is not None:
        if len(files) > 1:
            raise typer.BadParameter("--to goes with one file.")
        _codebook_alone(
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
        all_read=read == "all",
    )
    here = the_project(project, changes=True) if new is None else None
    failed = 0
    for path in files:
        try:
            here = _one(
                path,
                as_,
                new,
                here,
                options,
                coded_by,
                counting,
                strict=strict,
                dry=dry_run,
                json=json,
            )
        except FourpError as error:
            if len(files) == 1:
                raise
            failed += 1
            fail(str(error))
    if failed == len(files):
        raise typer.Exit(1)
    if failed:
        say(f"{len(files) - failed} of {len(files)} files were taken over.") if not json else None
        raise typer.Exit(SKIPPED_SOME)


def _renamed(pairs: list[str]) -> dict[str, str]:
    made = {}
    for pair in pairs:
        old, equals, new = pair.partition("=")
        if not (old and equals and new.strip()):
            raise typer.BadParameter(f"--rename needs OLD=NEW, and not '{pair}'.")
        made[old] = new.strip()
    return made


def _one(
    path: Path,
    format_name: str,
    new: Path | None,
    here: Project | None,
    options: ImportOptions,
    coded_by: str,
    counting: str,
    *,
    strict: bool,
    dry: bool,
    json: bool,
) -> Project | None:
    """Take one file over; return the project that the next goes into."""
    from fourp_nlp.cli.screen.console import warn, watching
    from fourp_nlp.errors import ExchangeError
    from fourp_nlp.exchange import format_of
    from fourp_nlp.study.importing.import_project import carry_out, plan_import
    from fourp_nlp.study.importing.reader_context import read_foreign
    from fourp_nlp.study.importing.target import new_target, read_target

    if not path.exists():
        raise ExchangeError(
            "There is no such file.", file=path, cure="Look for a typing error in its name."
        )
    form = format_of(path, format_name, written=False)
    if here is None:
        if new is None:  # pragma: no cover - one of the two is always given
            raise AssertionError
        target = new_target(new)
    else:
        with watching() as watch:
            target = read_target(here, watch)
    exchange = read_foreign(path, form, target, coder=coded_by.strip(), counting=counting.strip())
    plan = plan_import(exchange, target, options)
    if strict and len(plan.losses):
        _tell(path, plan, json=json)
        raise ExchangeError(
            "Not everything can be taken over, and with --strict nothing was written.",
            file=path,
            cure="Leave --strict out if what is lost is no loss to you.",
        )
    done = carry_out(plan) if plan.changes and not dry else None
    for text in (*plan.remarks, *plan.notes):
        warn(text)
    _tell(path, plan, json=json)
    if not json:
        _tell_files(plan, dry=dry)
    return done or here


def _tell(path: Path, plan: ImportPlan, *, json: bool) -> None:
    """Print what came, and what was lost."""
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
            pd.DataFrame({"file": [str(each) for each in plan.contents], "kind": "file"}),
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
        settled = plan.decisions["settled"].astype(bool)
        say(f"decisions: {int(settled.sum())} for a code, {int((~settled).sum())} against")
    if plan.all_taken:
        say("nothing was lost")
    elif len(plan.losses):
        show(plan.losses.head(_SHOWN), "Lost, or not as it was")
        if len(plan.losses) > _SHOWN:
            say(f"and {len(plan.losses) - _SHOWN} more rows: --json has all")
    else:
        say("the summary does not add up, which is a fault of this program: please report it")


def _without_zeros(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table for the screen: headings as words, without columns that are zero for all."""
    numbers = table.columns[table.dtypes.map(lambda kind: kind.kind in "iu")]
    empty = [name for name in numbers if name not in _ALWAYS and not table[name].any()]
    return table.drop(columns=empty).rename(columns=lambda name: name.replace("_", " "))


def _counted(counts: pd.Series, one: str, more: str) -> str:
    def of(count: int, status: str) -> str:
        # These are not in the codebook.
        if status in {"folder", "double"}:
            return f"{count} {status}{'s' if count != 1 else ''}"
        return f"{count} {one if count == 1 else more} {status}"

    return ", ".join(of(count, str(status)) for status, count in counts.items()) or f"no {more}"


def _tell_files(plan: ImportPlan, *, dry: bool) -> None:
    from fourp_nlp.cli.screen.console import near, say

    if not plan.changes:
        held = "all of it is here already"
        said = held if plan.all_taken else "what it holds is here already, or is not taken over"
        say(f"nothing changes: {said}")
        return
    root = plan.project.root
    written = [str(path.relative_to(root)) for path in plan.contents if path.is_relative_to(root)]
    said = "would write" if dry else "wrote"
    listed = ", ".join(written[:8]) + (f" and {len(written) - 8} more" if len(written) > 8 else "")
    say(f"{said} in {near(root)}: {listed or 'the database'}")
    for path, name in plan.before.items():
        say(f"  {path.name} as it was: {near(name)}")
    if dry:
        say("nothing was written: this was a dry run")
    elif plan.is_new:
        say(f"next: fourp run --project {near(root)}")
    else:
        say("next: fourp agree, or fourp run")


def _codebook_alone(
    path: Path, format_name: str, to: Path, counting: str, *, replace: bool, strict: bool, json: bool,
    dry: bool,
) -> None:  # fmt: skip
    from fourp_nlp.cli.screen.console import json_lines, near, say, show, warn
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
    # A codebook has no places: how they are counted is no question then.
    way = counting.strip() or ("codepoints" if "counting" in form.needs else "")
    exchange = read_foreign(path, form, None, counting=way)
    if exchange.nodes.empty:
        raise ExchangeError("There is no code in it.", file=path, cure="Export the codebook again.")
    made = codebook_alone(exchange, path.stem)
    losses = Losses()
    losses.add_all(exchange.losses)
    losses.add_all(made.losses.table())
    lost = losses.table()
    for text in (*exchange.remarks, *made.notes):
        warn(text)
    if json:
        json_lines(made.table)
    else:
        say(
            f"{path.name}: {len(made.codebook.all_codes)} codes, {len(made.codebook.themes)} themes"
        )
        show(lost, "Lost, or not as it was") if len(lost) else say("nothing was lost")
    if strict and len(lost):
        raise ExchangeError(
            "Not everything can be taken over, and with --strict nothing was written.", file=path
        )
    if made.content is not None and not dry:
        with replacing(to) as partial:
            partial.write_bytes(made.content)
        if not json:
            say(f"wrote {near(to)}")
