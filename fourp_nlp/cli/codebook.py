"""`fourp codebook check`: validate a codebook and list missing parts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from fourp_nlp.cli.app import JsonOption, ProjectOption, app, the_project_if_any

codebook_app = typer.Typer(no_args_is_help=True, help="Look after a codebook.")
app.add_typer(codebook_app, name="codebook")


@codebook_app.command(epilog="Example: fourp codebook check my-codebook.yaml")
def check(
    file: Annotated[
        Optional[Path],
        typer.Argument(
            metavar="[FILE]", help="Default: the project's codebook.", show_default=False
        ),
    ] = None,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Validate a codebook: list every mistake with its line, and the missing parts of each definition."""
    import pandas as pd

    from fourp_nlp.cli.screen.console import json_lines, say, show, warn
    from fourp_nlp.codebook import read_codebook
    from fourp_nlp.machine.shipped_model import shipped_codebook

    if file is None:
        nearest_project = the_project_if_any(project)
        file = nearest_project.codebook if nearest_project else shipped_codebook()
    content = read_codebook(file)
    frame = pd.DataFrame(
        {
            "theme": content.code_themes,
            "code": content.code_ids,
            "name": [code.name for code in content.all_codes],
            "examples": [len(code.examples) for code in content.all_codes],
            "missing": [", ".join(code.missing_parts()) for code in content.all_codes],
        }
    )
    if json:
        json_lines(frame)
        return
    show(frame.drop(columns="missing"), f"{file}: {content.title or content.id}")
    for code in content.all_codes:
        if code.missing_parts():
            warn(f"'{code.id}' has no {', no '.join(code.missing_parts())}.")
    say(f"The codebook is valid: {len(content.all_codes)} codes in {len(content.themes)} themes.")
