"""`fourp codebook`: validate a codebook and list missing parts, or write it in another format."""

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
            metavar="[FILE]",
            help="YAML, Excel, CSV, Word or QDC. Default: the project's codebook.",
            show_default=False,
        ),
    ] = None,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Validate a codebook: list every mistake with its place, and the missing parts of each definition."""
    import pandas as pd

    from fourp_nlp.cli.screen.console import json_lines, say, show, warn
    from fourp_nlp.study.codebooks import read_codebook_file

    file = _codebook_file(file, project)
    content, losses, remarks = read_codebook_file(file)
    frame = pd.DataFrame(
        {
            "theme": content.code_themes,
            "code": content.code_ids,
            "name": [code.name for code in content.all_codes],
            "examples": [len(code.examples) for code in content.all_codes],
            "missing": [", ".join(code.missing_parts()) for code in content.all_codes],
        }
    )
    for text in (*remarks, *losses):
        warn(text)
    if json:
        json_lines(frame)
        return
    show(frame.drop(columns="missing"), f"{file}: {content.title or content.id}")
    for code in content.all_codes:
        if code.missing_parts():
            warn(f"'{code.id}' has no {', no '.join(code.missing_parts())}.")
    say(f"The codebook is valid: {len(content.all_codes)} codes in {len(content.themes)} themes.")


@codebook_app.command(
    epilog="Examples: fourp codebook export codebook.xlsx   |   "
    "fourp codebook export codebook.yaml --codebook codes.docx"
)
def export(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="What to write; the ending says the format: .yaml, .xlsx, .csv, .docx or .qdc.",
        ),
    ],
    codebook: Annotated[
        Optional[Path],
        typer.Option(metavar="FILE", help="Default: the project's codebook.", show_default=False),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace an earlier file.")
    ] = False,
    project: ProjectOption = None,
) -> None:
    """Write a codebook in another format, and list what that format cannot hold."""
    from fourp_nlp.cli.screen.console import near, say, warn
    from fourp_nlp.codebook import YAML_ENDINGS
    from fourp_nlp.errors import CodebookError
    from fourp_nlp.study.codebooks import read_codebook_file, write_codebook_file
    from fourp_nlp.study.result_places import check_results_place

    source = _codebook_file(codebook, project)
    if file.exists() and source.exists() and file.samefile(source):
        raise CodebookError(
            "This is the codebook that is to be written; nothing was changed.",
            file=file,
            cure="Name another file.",
        )
    if file.suffix.lower() not in YAML_ENDINGS:
        check_results_place(file)
    content, losses, remarks = read_codebook_file(source)
    for text in (*remarks, *losses):
        warn(f"{source.name}: {text}")
    for text in write_codebook_file(content, file, overwrite=overwrite):
        warn(text)
    say(f"wrote {near(file)}: {len(content.all_codes)} codes in {len(content.themes)} themes")


def _codebook_file(named: Path | None, project: Path | None) -> Path:
    """Return the codebook named, or the project's, or the one that comes with the package."""
    from fourp_nlp.machine.shipped_model import shipped_codebook

    if named is not None:
        return named
    nearest_project = the_project_if_any(project)
    return nearest_project.codebook if nearest_project else shipped_codebook()
