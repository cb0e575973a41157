"""`fourp init`: create a new project."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from fourp_nlp.cli.app import app


@app.command(epilog="Example: fourp init my-study --codebook my-codebook.yaml")
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The new project's folder.")],
    codebook: Annotated[
        Optional[Path],
        typer.Option(
            metavar="FILE",
            help="Your codebook: YAML, Excel, CSV, Word or QDC. Default: the four Ps.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Lay out a new project: settings, and folders for documents and gold codes."""
    from fourp_nlp.cli.screen.console import near, say, warn
    from fourp_nlp.codebook import YAML_ENDINGS, undefined_codes
    from fourp_nlp.machine.shipped_model import shipped_codebook
    from fourp_nlp.study.codebooks import read_codebook_file
    from fourp_nlp.study.new_project import create_project
    from fourp_nlp.study.result_places import check_results_place
    from fourp_nlp.study.settings import SETTINGS

    if not (folder / SETTINGS).exists():
        check_results_place(folder / SETTINGS)
    chosen = codebook or shipped_codebook()
    content, _, remarks = read_codebook_file(chosen)
    for text in (*remarks, undefined_codes(content)):
        if text:
            warn(text)
    for path in create_project(folder, chosen):
        say(f"made {near(path)}")
    say(f"codebook: {content.title or content.id}, {len(content.all_codes)} codes")
    if chosen.suffix.lower() not in YAML_ENDINGS:
        say(
            f"The project uses corpus/codebook.yaml, made from {chosen.name}, which stays as it is. "
            "Its first lines say how to use the other file instead."
        )
    say(f"Next: put documents into {folder / 'corpus'}, then run: fourp run --project {folder}")
