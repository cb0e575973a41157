"""The application that the commands belong to, and the options that they share."""

from __future__ import annotations

import sys
import warnings
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional, TextIO

import typer
from typer.core import TyperGroup

from fourp_nlp import __version__
from fourp_nlp.string_storage import python_strings

if TYPE_CHECKING:
    from fourp_nlp.files.lock import Holder
    from fourp_nlp.study.machine.suggestion_amount import Amount
    from fourp_nlp.study.project import Project
    from fourp_nlp.study.study import Study

__all__ = [
    "LARGEST_SEED",
    "SKIPPED_SOME",
    "ConfidenceOption",
    "FewerOption",
    "JsonOption",
    "MoreOption",
    "PrecisionOption",
    "ProjectOption",
    "RecallOption",
    "app",
    "hold",
    "requested_amount",
    "the_project",
    "the_project_if_any",
]

LARGEST_SEED = 2**32 - 1
"""As in the settings, where it is `fourp_nlp.study.settings.SEED_MOST`; here without loading that."""

SKIPPED_SOME = 3
"""Exit code of a command that did its work but skipped documents."""

_ORDER = (
    "init",
    "import",
    "codebook",
    "run",
    "status",
    "collect",
    "read",
    "speakers",
    "segment",
    "gold",
    "coder",
    "train",
    "suggest",
    "plan",
    "next",
    "accept",
    "review",
    "log",
    "reconcile",
    "agree",
    "frequencies",
    "report",
    "export",
    "undo",
    "restore",
    "doctor",
    "collect",
    "score",
)


class _InOrder(TyperGroup):
    """Lists the commands in the order of the work."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of the commands, those of `_ORDER` first."""
        names = super().list_commands(ctx)
        return sorted(names, key=lambda name: _ORDER.index(name) if name in _ORDER else len(_ORDER))

    def invoke(self, ctx: Any) -> Any:
        """Run a command, with texts kept the same way whether pyarrow is installed or not."""
        with python_strings():
            return super().invoke(ctx)


app = typer.Typer(
    name="fourp",
    cls=_InOrder,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Begin: [bold]fourp suggest interview.docx[/bold] codes one file with the four Ps; "
    "[bold]fourp init DIR[/bold] lays out a project of your own; [bold]fourp run[/bold] does a project's "
    "every step. Nothing you code leaves this machine.",
)

ProjectOption = Annotated[
    Optional[Path],
    typer.Option(
        "--project",
        "-p",
        metavar="DIR",
        help="The project's folder. Default: the one you are in.",
        show_default=False,
    ),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="One JSON object a line, for programs.", show_default=False)
]
PrecisionOption = Annotated[
    Optional[float],
    typer.Option(
        metavar="SHARE",
        min=0.5,
        max=0.99,
        help="Accept suggestions of a code only if your coded documents show that at least this share of "
        "them is right; people decide on the others. Default: the setting in fourp.toml.",
        show_default=False,
    ),
]
ConfidenceOption = Annotated[
    Optional[float],
    typer.Option(
        metavar="SHARE",
        min=0.5,
        max=0.99,
        help="Probability that all precision guarantees hold together, for all codes. Default: the setting "
        "in fourp.toml, or 0.9.",
        show_default=False,
    ),
]
MoreOption = Annotated[
    bool, typer.Option("--more", help="Suggest more: recall counts for more than precision.")
]
FewerOption = Annotated[
    bool, typer.Option("--fewer", help="Suggest fewer: precision counts for more than recall.")
]
RecallOption = Annotated[
    Optional[float],
    typer.Option(
        metavar="SHARE",
        min=0.05,
        max=0.99,
        help="Suggest so many that this share of all codings is to be found, such as 0.8.",
        show_default=False,
    ),
]


def requested_amount(*, more: bool, fewer: bool, recall: float | None) -> Amount | None:
    """Return how many suggestions a command asks for; None if it leaves that to the settings."""
    if more + fewer + (recall is not None) > 1:
        raise typer.BadParameter("Give one of --more, --fewer and --recall.")
    if recall is not None:
        return recall
    return "more" if more else "fewer" if fewer else None


# What the command that runs holds until it ends: locks.
_held: list[ExitStack] = []


def _version(value: bool) -> None:
    if value:
        typer.echo(f"fourp {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    ctx: typer.Context,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Code text with a codebook: a machine suggests, people decide, and both are measured."""
    del version
    stack = ExitStack()
    _held[:] = [stack]
    ctx.call_on_close(stack.close)
    warnings.showwarning = _tell_warning


def _tell_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Print a warning of ours as a note; those of other packages as Python does."""
    from fourp_nlp.cli.screen.console import visible, warn
    from fourp_nlp.errors import FourpWarning

    if issubclass(category, FourpWarning):
        warn(str(message))
    else:
        text = warnings.formatwarning(message, category, filename, lineno, line)
        (file or sys.stderr).write(visible(text))


def the_project(folder: Path | None, *, changes: bool = False) -> Project:
    """Return the project named, or the one that the user is in.

    With `changes`, this command alone may change the project until it ends. What a killed command left half
    done is undone in either case.
    """
    from fourp_nlp.errors import ProjectError
    from fourp_nlp.study.project import open_project

    project = the_project_if_any(folder, undo=not changes)
    if project is None:
        raise ProjectError(
            "You are not in a project: there is no fourp.toml here or in a folder above.",
            cure="Make one with `fourp init DIR`, or name one with --project DIR.",
        )
    if changes:
        hold(project.root)
    # It may have been edited while this command waited, or what a killed command had done to it undone.
    return open_project(project.root)


def the_study(
    folder: Path | None,
    *,
    changes: bool = False,
    reference_needed: bool = True,
    documents_needed: bool = True,
) -> Study:
    """Return the project named, or the one that the user is in, as a study that reads every file once.

    With `changes`, this command alone may change the project until it ends, and codings of documents
    that have changed are carried along.
    """
    from fourp_nlp.study.study import Study

    project = the_project(folder, changes=changes)
    return Study(
        project,
        reference_needed=reference_needed,
        documents_needed=documents_needed,
        snapshot=True,
        changes=changes,
    )


def hold(root: Path) -> None:
    """Hold a folder until the command ends, so that no other command changes it meanwhile."""
    from fourp_nlp.cli.screen.console import warn
    from fourp_nlp.study.changes import changing

    def waiting(holder: Holder) -> None:
        warn(f"Waiting for {holder}, which is at work in this project. Ctrl+C stops the waiting.")

    for text in _held[-1].enter_context(changing(root, waiting=waiting)):
        warn(text)


def the_project_if_any(folder: Path | None, *, undo: bool = True) -> Project | None:
    """Return the named project, or the one that the user is in, if any; warn of paths outside it."""
    from fourp_nlp.cli.screen.console import warn
    from fourp_nlp.study.changes import undo_interrupted_change
    from fourp_nlp.study.project import find_project, open_project

    project = find_project() if folder is None else open_project(folder)
    if project is None:
        return None
    for text in project.outside():
        warn(text)
    for text in undo_interrupted_change(project.root) if undo else ():
        warn(text)
    return project
