"""`fourp status` and `fourp doctor`: where a study stands, and whether everything works."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from fourp_nlp.cli.app import JsonOption, ProjectOption, app, the_project_if_any, the_study

if TYPE_CHECKING:
    from fourp_nlp.study.status import StudyStatus

_SHOWN = 8
"""Codes with too few codings that are listed."""


@app.command(epilog="Example: fourp status")
def status(project: ProjectOption = None, json: JsonOption = False) -> None:
    """Show where a study stands: documents, who read what, codes with few codings, what to do next."""
    from fourp_nlp.cli.screen.console import json_lines, warn, watching
    from fourp_nlp.study.status import study_status

    study = the_study(project, documents_needed=False)
    with watching() as study.watch:
        found = study_status(study)
    if json:
        import pandas as pd

        row = {
            "title": found.title, "documents": found.documents, "skipped": found.skipped,
            "segments": found.segments, "codes": found.codes, "reference": found.reference,
            "undecided": found.undecided, "coders": found.coders.to_dict("records"),
            "few": found.few.to_dict("records"),
            "notes": found.notes,
            "next": [{"what": what, "command": command} for what, command in found.next_steps],
        }  # fmt: skip
        json_lines(pd.DataFrame([row]))
        return
    _show(found)
    for text in found.notes:
        warn(text)


def _show(found: StudyStatus) -> None:
    from fourp_nlp.cli.screen.console import say, show

    skipped = f" ({found.skipped} skipped: fourp read)" if found.skipped else ""
    say(
        f"{found.title}: {found.documents} document{'' if found.documents == 1 else 's'}{skipped}, "
        f"{found.segments:,} segments, {found.codes} codes"
    )
    if len(found.coders):
        frame = found.coders.rename(columns={"segments": "read", "of": "of all"})
        empty = [name for name in ("decided", "waiting") if not frame[name].any()]
        show(frame.drop(columns=empty), "Who read what, in segments")
    else:
        say("Nobody has coded yet.")
    say(found.machine)
    if len(found.few):
        shown = found.few.head(_SHOWN)
        show(shown, "Codes with too few codings to rely on figures for them")
        if len(found.few) > _SHOWN:
            say(f"… and {len(found.few) - _SHOWN} more")
    if found.next_steps:
        say("")
        say("What to do next:")
        width = max(len(what) for what, _ in found.next_steps)
        for what, command in found.next_steps:
            say(f"  {what:<{width}}  {command}")


@app.command(epilog="Example: fourp doctor")
def doctor(project: ProjectOption = None, json: JsonOption = False) -> None:
    """Check the installation and the project: packages, encoder, database, gold files, free space.

    Exit code 1 if something must be mended. Nothing is changed.
    """
    from fourp_nlp.cli.screen.checks import installation_checks, project_checks
    from fourp_nlp.cli.screen.console import json_lines, say, watching

    checks = installation_checks()
    found = the_project_if_any(project)
    if found is not None:
        with watching() as watch:
            checks += project_checks(found, watch)
    if json:
        import pandas as pd

        json_lines(pd.DataFrame([check._asdict() for check in checks]))
    else:
        for check in checks:
            say(f"{check.state:<8} {check.what}: {check.result}")
            if check.cure:
                say(f"{'':<8} {check.cure}")
        if found is None:
            say("You are not in a project: only the installation was checked.")
    if any(check.state == "problem" for check in checks):
        raise typer.Exit(1)
