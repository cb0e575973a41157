"""`fourp restore`: list and restore backups of the project's database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from fourp_nlp.cli.app import JsonOption, ProjectOption, app


@app.command(epilog="Examples: fourp restore   |   fourp restore --latest")
def restore(
    backup: Annotated[
        Optional[str],
        typer.Argument(
            metavar="[NAME]",
            help="Put this backup back, by its name in the list.",
            show_default=False,
        ),
    ] = None,
    latest: Annotated[
        bool, typer.Option("--latest", help="Put back the newest backup that is whole.")
    ] = False,
    folder: Annotated[
        Optional[Path],
        typer.Option(
            "--scored",
            metavar="DIR",
            help="The database of a folder of scores, instead of the project's.",
            show_default=False,
        ),
    ] = None,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """List the backups of the project's database, or put one back.

    A backup is made after each change of decisions and draws; the last ten are kept. The database that was
    there is kept too, and decisions and draws that can still be read of it are added to the backup.
    """
    from fourp_nlp.errors import StoreError
    from fourp_nlp.study.project import find_project, open_project

    if backup and latest:
        raise typer.BadParameter("Name a backup, or say --latest.")
    if folder is None:
        nearest_project = find_project() if project is None else open_project(project)
        if nearest_project is None:
            raise StoreError("You are not in a project.", cure="Name one with --project DIR.")
        folder = nearest_project.root
    if backup or latest:
        _put_back(folder, backup, json=json)
    else:
        _list(folder / "fourp.sqlite", json=json)


def _list(path: Path, *, json: bool) -> None:
    """Print the backups, and whether the database is damaged."""
    import pandas as pd

    from fourp_nlp.cli.screen.console import json_lines, near, say, show
    from fourp_nlp.coding.store import backups, is_whole

    backups_of_database = backups(path)
    frame = pd.DataFrame(
        {
            "name": [backup.file.name for backup in backups_of_database],
            "made": [backup.made for backup in backups_of_database],
            "decisions": [backup.decisions for backup in backups_of_database],
            "draws": [backup.draws for backup in backups_of_database],
            "state": [backup.wrong or "whole" for backup in backups_of_database],
        }
    )
    if json:
        json_lines(frame)
        return
    wrong = is_whole(path)
    state = f"damaged ({wrong.splitlines()[-1]})" if wrong else "whole"
    say(f"{near(path)}: {state if path.exists() else 'not there'}")
    if backups_of_database:
        show(frame, "Backups, newest first")
        say("to put one back: fourp restore --latest, or fourp restore NAME")
    else:
        say("There is no backup: the first is made after the first decision or draw.")
        if wrong:
            say(
                "`fourp restore --latest` creates a new database from what can still be read of it."
            )


def _put_back(root: Path, name: str | None, *, json: bool) -> None:
    """Put a backup in the place of the database, and print what was done."""
    import pandas as pd

    from fourp_nlp.cli.screen.console import json_lines, near, say, warn
    from fourp_nlp.coding.store import restore as put_back
    from fourp_nlp.files import private_folder
    from fourp_nlp.files.lock import folder_lock
    from fourp_nlp.study.changes import undo_interrupted_change

    path = root / "fourp.sqlite"
    # Not by `the_project`: what a killed command left is undone after, by a database that is whole.
    with folder_lock(private_folder(root / ".fourp"), wait=60):
        restored = put_back(path, _chosen(path, name))
    for text in undo_interrupted_change(root):
        warn(text)
    if json:
        backup, kept_aside = restored.backup, restored.aside
        row = {
            "backup": backup.name if backup else "",
            "kept": str(kept_aside or ""),
            **restored.added,
        }
        json_lines(pd.DataFrame([row]))
        return
    say(
        f"put back: {restored.backup.name}"
        if restored.backup
        else "there was no backup to put back"
    )
    if restored.aside is not None:
        listed = ", ".join(f"{count} row(s) of {table}" for table, count in restored.added.items())
        say(f"added from the former database: {listed or 'nothing; the backup is complete'}")
        say(f"the former database is kept as {near(restored.aside)}")
    say("next: fourp suggest, to make the suggestions again")


def _chosen(path: Path, name: str | None) -> Path | None:
    """Return the chosen backup; None if there is no backup and the database is created again."""
    from fourp_nlp.coding.store import backups
    from fourp_nlp.errors import StoreError

    backups_of_database = backups(path)
    if name is None:
        if not backups_of_database and not path.exists():
            raise StoreError("There is neither a database nor a backup of it.", file=path)
        return next((backup.file for backup in backups_of_database if not backup.wrong), None)
    for backup in backups_of_database:
        if backup.file.name == name:
            return backup.file
    raise StoreError(f"There is no backup '{name}'.", file=path, cure="List them: fourp restore")
