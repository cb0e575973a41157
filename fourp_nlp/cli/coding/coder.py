"""`fourp coder rename` and `remove`: change a coder's name, or take a coder out."""

from __future__ import annotations

from typing import Annotated

import typer

from fourp_nlp.cli.app import ProjectOption, app
from fourp_nlp.cli.coding.codebook_changes import (
    DryRunOption,
    WriteDecisionsOption,
    finish_change,
    study_to_change,
)

coder_app = typer.Typer(no_args_is_help=True, help="Rename or remove a coder.")
app.add_typer(coder_app, name="coder")


@coder_app.command(epilog="Example: fourp coder rename anna coder1 --dry-run")
def rename(
    old: Annotated[str, typer.Argument(metavar="OLD", help="A coder.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The new name.")],
    dry_run: DryRunOption = False,
    write_decisions: WriteDecisionsOption = False,
    project: ProjectOption = None,
) -> None:
    """Give a coder another name: in gold files and their names, what was read, draws and decisions."""
    from fourp_nlp.study.renaming.coder_changes import plan_renaming_coder

    study = study_to_change(project, dry_run=dry_run, write_decisions=write_decisions)
    finish_change(study, plan_renaming_coder(study, old, new), dry_run=dry_run)


@coder_app.command(epilog="Example: fourp coder remove ben")
def remove(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A coder.")],
    dry_run: DryRunOption = False,
    write_decisions: WriteDecisionsOption = False,
    project: ProjectOption = None,
) -> None:
    """Take what a coder coded out of the project. It is kept in gold/removed, which nothing reads."""
    from fourp_nlp.study.renaming.coder_changes import plan_removing_coder

    study = study_to_change(project, dry_run=dry_run, write_decisions=write_decisions)
    finish_change(study, plan_removing_coder(study, name), dry_run=dry_run)
