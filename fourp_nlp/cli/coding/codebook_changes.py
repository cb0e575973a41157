"""`fourp codebook rename`, `merge`, `split` and `retire`: change codes and everything coded with them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from fourp_nlp.cli.app import ProjectOption, the_study
from fourp_nlp.cli.codebook import codebook_app

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from fourp_nlp.study.renaming.planned_change import PlannedChange
    from fourp_nlp.study.study import Study

__all__ = ["DryRunOption", "WriteDecisionsOption", "finish_change", "study_to_change"]

DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Show what would be changed, and change nothing.")
]
WriteDecisionsOption = Annotated[
    bool,
    typer.Option(
        "--write-decisions",
        help="First write decisions of the review page into the gold files that are not in them yet.",
    ),
]


@codebook_app.command(epilog="Example: fourp codebook rename water watering --dry-run")
def rename(
    old: Annotated[str, typer.Argument(metavar="OLD", help="The id of a code.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="Its new id.")],
    dry_run: DryRunOption = False,
    write_decisions: WriteDecisionsOption = False,
    project: ProjectOption = None,
) -> None:
    """Give a code another id: in the codebook, all codings, what was read, draws and decisions.

    The name and the definitions of the code stay as they are. Comments in the codebook stay.
    """
    from fourp_nlp.study.renaming.code_changes import plan_renaming_code

    study = study_to_change(project, dry_run=dry_run, write_decisions=write_decisions)
    finish_change(study, plan_renaming_code(study, old, new), dry_run=dry_run)


@codebook_app.command(epilog="Example: fourp codebook merge water seeds --into gardening")
def merge(
    codes: Annotated[list[str], typer.Argument(metavar="CODE...", help="Ids of codes.")],
    into: Annotated[
        str,
        typer.Option(
            metavar="CODE",
            help="The code that they become. A new id is given to the first of them, with its definition.",
        ),
    ],
    dry_run: DryRunOption = False,
    write_decisions: WriteDecisionsOption = False,
    project: ProjectOption = None,
) -> None:
    """Make one code of several. It counts as looked for where somebody looked for all of them."""
    from fourp_nlp.study.renaming.code_changes import plan_merging

    study = study_to_change(project, dry_run=dry_run, write_decisions=write_decisions)
    finish_change(study, plan_merging(study, codes, into), dry_run=dry_run)


@codebook_app.command(
    epilog="Examples: fourp codebook split quarrels --into family_quarrels --into street_quarrels   |   "
    "fourp codebook split quarrels --take-in reports/split_quarrels.xlsx"
)
def split(
    code: Annotated[str, typer.Argument(metavar="CODE", help="The id of a code.")],
    into: Annotated[
        Optional[list[str]],
        typer.Option(
            metavar="CODE",
            help="A code that it is split into (repeat for each). The codebook must have it.",
            show_default=False,
        ),
    ] = None,
    coder: Annotated[
        str,
        typer.Option(
            metavar="NAME", help="Write only the codings of this coder. Default: of everybody."
        ),
    ] = "",
    to: Annotated[
        Optional[Path],
        typer.Option(
            metavar="FILE",
            help="Where to write the sheet (.xlsx or .csv). Default: reports/split_CODE.xlsx.",
            show_default=False,
        ),
    ] = None,
    take_in: Annotated[
        Optional[list[Path]],
        typer.Option(
            metavar="FILE",
            help="Instead of writing a sheet: import one that was filled in (may be repeated), and split "
            "the code.",
            show_default=False,
        ),
    ] = None,
    keep: Annotated[
        bool,
        typer.Option(
            "--keep", help="Keep the code in the codebook, for example as the others' parent."
        ),
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace an earlier sheet of the same name.")
    ] = False,
    dry_run: DryRunOption = False,
    write_decisions: WriteDecisionsOption = False,
    project: ProjectOption = None,
) -> None:
    """Make several codes of one: write a sheet of its codings, or import what each of them becomes.

    Nothing changes until each coding is decided on. Then the codings get their new codes, and the code
    leaves the codebook.
    """
    if take_in and (into or coder or to or overwrite):
        raise typer.BadParameter("--into, --coder, --to and --overwrite are for writing a sheet.")
    if not take_in and not into:
        raise typer.BadParameter(
            "Name the new codes (--into), or a sheet that is filled in (--take-in)."
        )
    from fourp_nlp.study.renaming.splitting import (
        codings_to_split,
        plan_splitting,
        read_decisions_on_split,
    )

    if not take_in:
        study = the_study(project, reference_needed=False)
    else:
        study = study_to_change(project, dry_run=dry_run, write_decisions=write_decisions)
        new, decisions = read_decisions_on_split(study, code, take_in)
        plan = plan_splitting(study, code, new, decisions, keep=keep)
        finish_change(study, plan, dry_run=dry_run)
        return
    new = list(dict.fromkeys(into or ()))
    codings = codings_to_split(study, code, coder=coder)
    if codings.empty and not coder:
        study = study_to_change(project, dry_run=dry_run, write_decisions=write_decisions)
        finish_change(study, plan_splitting(study, code, new, keep=keep), dry_run=dry_run)
        return
    _write_split_sheet(study, codings, code, new, to, coder=coder, overwrite=overwrite)


def _write_split_sheet(
    study: Study,
    codings: pd.DataFrame,
    code: str,
    into: Sequence[str],
    to: Path | None,
    *,
    coder: str,
    overwrite: bool,
) -> None:
    from fourp_nlp.cli.screen.console import near, say
    from fourp_nlp.study.renaming.splitting import write_split_sheet

    if codings.empty:
        say(f"{coder} has no coding with the code '{code}'")
        return
    name = f"split_{code}_{coder}.xlsx" if coder else f"split_{code}.xlsx"
    path = write_split_sheet(
        study, codings, code, into, to or study.project.reports / name, overwrite=overwrite
    )
    count = len(codings)
    say(f"{count} coding{'' if count == 1 else 's'} with the code '{code}'")
    say(f"wrote {near(path)}")
    say(f"when it is filled in: fourp codebook split {code} --take-in {near(path)}")


@codebook_app.command(epilog="Example: fourp codebook retire quarrels")
def retire(
    code: Annotated[str, typer.Argument(metavar="CODE", help="The id of a code.")],
    dry_run: DryRunOption = False,
    write_decisions: WriteDecisionsOption = False,
    project: ProjectOption = None,
) -> None:
    """Take a code out of use. Its codings are kept in gold/retired, where nothing reads them."""
    from fourp_nlp.study.renaming.code_changes import plan_retiring

    study = study_to_change(project, dry_run=dry_run, write_decisions=write_decisions)
    finish_change(study, plan_retiring(study, code), dry_run=dry_run)


def study_to_change(project: Path | None, *, dry_run: bool, write_decisions: bool) -> Study:
    """Open a study whose codes or coders are to change, with the decisions of the review page written."""
    from fourp_nlp.cli.screen.console import near, say

    study = the_study(project, changes=not dry_run, reference_needed=False)
    if write_decisions and not dry_run:
        from fourp_nlp.study.reviewing.decisions.written_decisions import write_pending_decisions

        for written in write_pending_decisions(study):
            for path in written.files:
                count = written.decisions
                say(f"wrote {near(path)}: {count} decision{'' if count == 1 else 's'}")
    return study


def finish_change(study: Study, plan: PlannedChange, *, dry_run: bool) -> None:
    """Print what is planned, and make the change unless it is only shown."""
    from fourp_nlp.cli.screen.console import near, say
    from fourp_nlp.study.renaming.planned_change import make_change

    paths = list(plan.contents)
    there = {path for path in paths if path.exists()}
    if not dry_run:
        make_change(study, plan)
    say(f"{'would be done' if dry_run else 'done'}: {plan.what}")
    for name, count in plan.rows.items():
        say(f"{count} row{'' if count == 1 else 's'} of {name}")
    if plan.decisions:
        say(f"{plan.decisions} decision{'' if plan.decisions == 1 else 's'}")
    if plan.draws:
        say(f"{plan.draws} draw{'' if plan.draws == 1 else 's'}")
    for path in paths:
        gone = plan.contents[path] is None
        verb = "removed" if gone else "changed" if path in there else "written"
        say(f"{'would be ' if dry_run else ''}{verb}: {near(path)}")
    for text in plan.notes:
        say(text)
    if not dry_run:
        say("to take this back: fourp undo")
