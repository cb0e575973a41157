"""`fourp undo`: take back the last change to people's codings."""

from __future__ import annotations

from typing import Annotated

import typer

from fourp_nlp.cli.app import ProjectOption, app, the_project

__all__ = ["undo"]


@app.command(epilog="Examples: fourp undo --list   |   fourp undo --dry-run   |   fourp undo")
def undo(
    listed: Annotated[
        bool,
        typer.Option("--list", help="List the changes that can be taken back, the last first."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be done, and change nothing.")
    ] = False,
    project: ProjectOption = None,
) -> None:
    """Take back the last change that a command made to people's codings.

    These are moved codings, imported sheets, accepted suggestions, adjudicated codes, decisions, edited
    definitions, added, renamed or merged codes, imports, and what was recorded as read. Do it again to take
    back the change before it.
    """
    import pandas as pd

    from fourp_nlp.cli.screen.console import near, say, show
    from fourp_nlp.study.undo import changes_to_undo, undo_last_change

    opened = the_project(project, changes=not (listed or dry_run))
    if listed:
        entries = changes_to_undo(opened)
        if not entries:
            say("there is no change that can be taken back")
            return
        table = pd.DataFrame(
            {
                "when": [entry.at.replace("T", " ").removesuffix("+00:00") for entry in entries],
                "what": [entry.what for entry in entries],
                "files": [
                    ", ".join(
                        each.path.name
                        for each in entry.files
                        if each.path.parent.name != "texts" and each.path.suffix == ".csv"
                    )
                    for entry in entries
                ],
            }
        )
        show(table, "Changes that can be taken back (UTC)")
        return
    outcome = undo_last_change(opened, dry_run=dry_run)
    say(f"{'would take' if dry_run else 'took'} back: {outcome.what} ({outcome.at})")
    for path in outcome.files:
        say(f"{'removed' if path in outcome.gone else 'as before'}: {near(path)}")
    if outcome.rows:
        say(f"as before: {outcome.rows} rows of decisions and draws in {near(opened.store)}")
