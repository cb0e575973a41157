"""`fourp codebook rename`, `merge` and `retire`: change codes and everything coded with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from fourp_nlp.cli.app import ProjectOption, the_study
from fourp_nlp.cli.codebook import codebook_app

if TYPE_CHECKING:
    from fourp_nlp.study.renaming.planned_change import PlannedChange
    from fourp_nlp.study.study import Study

__all__ = ["DryRunOption", "finish_change"]

DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Show what would be changed, and change nothing.")
]


@codebook_app.command(epilog="Example: fourp codebook rename water watering --dry-run")
def rename(
    old: Annotated[str, typer.Argument(metavar="OLD", help="The id of a code.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="Its new id.")],
    dry_run: DryRunOption = False,
    project: ProjectOption = None,
) -> None:
    """Give a code another id: in the codebook, all codings, what was read, draws and decisions.

    The name and the definitions of the code stay as they are. Comments in the codebook stay.
    """
    from fourp_nlp.study.renaming.code_changes import plan_renaming_code

    study = the_study(project, changes=not dry_run, reference_needed=False)
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
    project: ProjectOption = None,
) -> None:
    """Make one code of several. It counts as looked for where somebody looked for all of them."""
    from fourp_nlp.study.renaming.code_changes import plan_merging

    study = the_study(project, changes=not dry_run, reference_needed=False)
    finish_change(study, plan_merging(study, codes, into), dry_run=dry_run)


@codebook_app.command(epilog="Example: fourp codebook retire quarrels")
def retire(
    code: Annotated[str, typer.Argument(metavar="CODE", help="The id of a code.")],
    dry_run: DryRunOption = False,
    project: ProjectOption = None,
) -> None:
    """Take a code out of use. Its codings are kept in gold/retired, where nothing reads them."""
    from fourp_nlp.study.renaming.code_changes import plan_retiring

    study = the_study(project, changes=not dry_run, reference_needed=False)
    finish_change(study, plan_retiring(study, code), dry_run=dry_run)


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
