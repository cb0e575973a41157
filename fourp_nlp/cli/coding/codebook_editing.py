"""`fourp codebook edit` and `add`: change the definition of a code, or add a code, in the codebook."""

from __future__ import annotations

from typing import Annotated, Any, Optional

import typer

from fourp_nlp.cli.app import ProjectOption
from fourp_nlp.cli.codebook import codebook_app
from fourp_nlp.cli.coding.codebook_changes import (
    DryRunOption,
    WriteDecisionsOption,
    finish_change,
    study_to_change,
)

NameOption = Annotated[
    Optional[str], typer.Option(metavar="TEXT", help="What the code is called.", show_default=False)
]
ShortOption = Annotated[
    Optional[str], typer.Option(metavar="TEXT", help="One line.", show_default=False)
]
FullOption = Annotated[
    Optional[str],
    typer.Option(metavar="TEXT", help="One or more paragraphs.", show_default=False),
]
WhenOption = Annotated[
    Optional[str],
    typer.Option(
        metavar="TEXT", help="The passages to which the code applies.", show_default=False
    ),
]
WhenNotOption = Annotated[
    Optional[list[str]],
    typer.Option(
        metavar="TEXT",
        help="A case in which it does not apply (repeat for each; all earlier ones are replaced). "
        "\\[use: CODE] behind it names the code that applies there.",
        show_default=False,
    ),
]
ExampleOption = Annotated[
    Optional[list[str]],
    typer.Option(
        metavar="TEXT",
        help="A passage to which the code applies (repeat for each; all earlier ones are replaced).",
        show_default=False,
    ),
]


@codebook_app.command(
    epilog='Examples: fourp codebook edit water --short-definition "Watering and taps." --dry-run   |   '
    'fourp codebook edit water --when-not-to-use "Rain. \\[use: weather]"'
)
def edit(
    code: Annotated[str, typer.Argument(metavar="CODE", help="The id of a code.")],
    name: NameOption = None,
    short_definition: ShortOption = None,
    full_definition: FullOption = None,
    when_to_use: WhenOption = None,
    when_not_to_use: WhenNotOption = None,
    example: ExampleOption = None,
    dry_run: DryRunOption = False,
    write_decisions: WriteDecisionsOption = False,
    project: ProjectOption = None,
) -> None:
    """Change parts of a code's definition in the codebook; an empty text takes a part out.

    Codings stay. Those made by the earlier definition are listed by `fourp codebook second-look`.
    """
    from fourp_nlp.study.renaming.editing_codes import plan_editing

    values = _values(name, short_definition, full_definition, when_to_use, when_not_to_use, example)
    if not values:
        raise typer.BadParameter("Name a part to change, such as --short-definition TEXT.")
    study = study_to_change(project, dry_run=dry_run, write_decisions=write_decisions)
    finish_change(study, plan_editing(study, code, values), dry_run=dry_run)


@codebook_app.command(
    epilog='Example: fourp codebook add "Broken gates" --theme places --short-definition "Gates that do not '
    'close."'
)
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the code is called.")],
    id_: Annotated[
        str,
        typer.Option("--id", metavar="ID", help="Its id. Default: made of the name."),
    ] = "",
    theme: Annotated[
        str,
        typer.Option(metavar="ID", help="Its theme. Needed if the codebook has several."),
    ] = "",
    parent: Annotated[
        str, typer.Option(metavar="CODE", help="The code below which it is placed.")
    ] = "",
    short_definition: ShortOption = None,
    full_definition: FullOption = None,
    when_to_use: WhenOption = None,
    when_not_to_use: WhenNotOption = None,
    example: ExampleOption = None,
    dry_run: DryRunOption = False,
    write_decisions: WriteDecisionsOption = False,
    project: ProjectOption = None,
) -> None:
    """Add a code to the codebook, as the last one of its theme.

    Text that people have read before is unread for it: `fourp next --new-codes` asks for it there.
    """
    from fourp_nlp.study.renaming.editing_codes import plan_adding

    values = _values(name, short_definition, full_definition, when_to_use, when_not_to_use, example)
    study = study_to_change(project, dry_run=dry_run, write_decisions=write_decisions)
    plan = plan_adding(study, {**values, "id": id_, "parent": parent}, theme=theme)
    finish_change(study, plan, dry_run=dry_run)


def _values(
    name: str | None,
    short_definition: str | None,
    full_definition: str | None,
    when_to_use: str | None,
    when_not_to_use: list[str] | None,
    example: list[str] | None,
) -> dict[str, Any]:
    """Return the parts that are given."""
    from fourp_nlp.study.renaming.definition_fields import exclusion_of

    cases = [exclusion_of(text) for text in when_not_to_use or ()]
    parts: dict[str, Any] = {
        "name": name,
        "short_definition": short_definition,
        "full_definition": full_definition,
        "when_to_use": when_to_use,
        "when_not_to_use": cases or None,
        "examples": example or None,
    }
    return {part: value for part, value in parts.items() if value is not None}
