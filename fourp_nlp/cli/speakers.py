"""`fourp speakers`: who speaks in the documents, and which role each speaker has."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated

import typer

from fourp_nlp.cli.app import SKIPPED_SOME, JsonOption, ProjectOption, app, the_study
from fourp_nlp.number_format import percentage

if TYPE_CHECKING:
    import pandas as pd

    from fourp_nlp.study.confirmed_roles import RolesToConfirm
    from fourp_nlp.study.study import Study

ConfirmOption = Annotated[
    bool,
    typer.Option(
        "--confirm",
        help="Write the guessed roles into fourp.toml, under [speakers]; all else there stays as it is.",
        show_default=False,
    ),
]
DryRunOption = Annotated[
    bool,
    typer.Option(
        "--dry-run", help="With --confirm: print the lines, and write nothing.", show_default=False
    ),
]


@app.command(epilog="Examples: fourp speakers   |   fourp speakers --confirm --dry-run")
def speakers(
    confirm: ConfirmOption = False,
    dry_run: DryRunOption = False,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """List who speaks in each document, with the role that is set or guessed.

    A guess rests on the label and on the share of questions, and changes nothing that is counted. Roles are
    set under [speakers] in fourp.toml, or in corpus/speakers.csv. Once interviewers are set, what they say is
    context, not data.
    """
    from fourp_nlp.cli.screen.console import json_lines, skipped_documents, watching

    if dry_run and not confirm:
        raise typer.BadParameter("--dry-run goes with --confirm.")
    if confirm and json:
        raise typer.BadParameter("--json and --confirm do not go together.")
    study = the_study(project, changes=confirm and not dry_run, reference_needed=False)
    with watching() as study.watch:
        overview = study.speakers()
    if json:
        json_lines(overview)
    elif confirm:
        _confirm(study, dry_run=dry_run)
    else:
        _show(study, overview)
    if skipped_documents(study.corpus.skipped):
        raise typer.Exit(SKIPPED_SOME)


def _show(study: Study, overview: pd.DataFrame) -> None:
    """Print who speaks, what is coded, and what to do about guesses."""
    from fourp_nlp.cli.screen.console import say, show, warn
    from fourp_nlp.study.reading.speaker_roles import speaker_roles
    from fourp_nlp.study.reading.who_speaks import role_notes

    if overview.empty:
        say("No document marks who speaks. `fourp read --turns` shows how the documents were read.")
        return
    shown = overview[["document", "speaker", "turns", "words"]].assign(
        questions=[
            "–" if math.isnan(share) else percentage(share) for share in overview["question_share"]
        ],
        role=[
            role or (f"{guess}?" if guess else "–")
            for role, guess in zip(overview["role"], overview["guess"], strict=True)
        ],
        why=[
            f"set in {place}" if place else why
            for place, why in zip(overview["set_in"], overview["why"], strict=True)
        ],
        coded=overview["coded"].map({True: "yes", False: "no"}),
    )
    show(shown, "Speakers")
    for text in role_notes(study):
        warn(text)
    roles = speaker_roles(study.project, study.corpus.speakers)
    silent = set(study.documents["document"]) - set(overview["document"])
    if silent:
        say(
            f"{len(silent)} document{'' if len(silent) == 1 else 's'} without speakers: coded whole."
        )
    context = int((~overview["coded"]).sum())
    say(
        f"Coded: {roles.coded_in_words}."
        + (f" {context} of {len(overview)} rows above are context, not data." if context else "")
    )
    if (overview["guess"] != "").any():
        say(
            "A question mark is a guess, and changes nothing. To set these roles: fourp speakers --confirm "
            "(--dry-run prints the lines for fourp.toml)."
        )


def _confirm(study: Study, *, dry_run: bool) -> None:
    """Write guessed roles, or print the lines that would be written."""
    from fourp_nlp.cli.screen.console import near, say, warn
    from fourp_nlp.study.confirmed_roles import confirm_roles
    from fourp_nlp.study.settings import SETTINGS

    confirmed: RolesToConfirm = confirm_roles(study, dry_run=dry_run)
    if not confirmed.count:
        say("Nothing to confirm: no role is guessed that is not set.")
        return
    for line in confirmed.lines:
        say(line)
    path = near(study.project.root / SETTINGS)
    if confirmed.written:
        say(f"wrote {path}")
        say(
            "What interviewers say is context now, not data: not suggested, drawn or counted. Correct these "
            "lines if a guess is wrong, and run `fourp run` again."
        )
    elif dry_run:
        say(f"Nothing was written: with --confirm alone, these lines go into {path}.")
    else:
        warn(
            f"{path} has a group [speakers] that cannot be added to without changing other lines. Nothing "
            "was written: add the lines above by hand."
        )
        raise typer.Exit(1)
