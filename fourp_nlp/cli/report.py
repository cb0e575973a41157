"""`fourp report`: one page with everything, or the methods text for a journal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from fourp_nlp.cli.app import JsonOption, ProjectOption, app, the_project_if_any, the_study

if TYPE_CHECKING:
    from fourp_nlp.study.study import Study


_MethodsOption = Annotated[
    bool,
    typer.Option(
        "--methods",
        help="Write the methods section of an article instead, as Word, Markdown and LaTeX with a .bib "
        "file, from the study as it is now.",
    ),
]
_ToOption = Annotated[
    Optional[Path],
    typer.Option(
        metavar="FOLDER",
        file_okay=False,
        help="With --methods: where. Default: the reports.",
        show_default=False,
    ),
]
_OverwriteOption = Annotated[
    bool,
    typer.Option(
        "--overwrite",
        help="With --methods: replace files that were changed since they were written.",
    ),
]
_ScoredOption = Annotated[
    Optional[Path],
    typer.Option(
        metavar="DIR",
        file_okay=False,
        help="Write a page about what `fourp score` wrote here instead: a heat map of sites and "
        "codes, groups, quotations with links.",
        show_default=False,
    ),
]
_CollectedOption = Annotated[
    Optional[Path],
    typer.Option(
        metavar="DIR",
        file_okay=False,
        help="With --scored: the folder of `fourp collect`, to list what was not fetched, and why.",
        show_default=False,
    ),
]
_CodebookFileOption = Annotated[
    Optional[Path],
    typer.Option(
        "--codebook",
        metavar="FILE",
        help="With --scored: for the codes' names. Default: the project's.",
        show_default=False,
    ),
]
_SitesOption = Annotated[
    int,
    typer.Option("--sites", min=1, max=1000, help="With --scored: sites in the heat map at most."),
]


@app.command(
    epilog="Examples: fourp report, then open reports/report.html in a browser   |   "
    "fourp report --methods   |   fourp report --scored scored --collected collected"
)
def report(
    methods: _MethodsOption = False,
    to: _ToOption = None,
    overwrite: _OverwriteOption = False,
    scored: _ScoredOption = None,
    collected: _CollectedOption = None,
    codebook_file: _CodebookFileOption = None,
    most: _SitesOption = 120,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Write the report: one HTML page with charts, tables and quotations, and the tables as files."""
    from fourp_nlp.cli._methods import report_methods
    from fourp_nlp.cli.batch.scored import codebook_for, report_on_scored
    from fourp_nlp.cli.screen.unread_notice import warn_unread
    from fourp_nlp.study.result_places import check_results_place

    if to is not None:
        check_results_place(to / "methods.md")
    if scored is not None:
        if methods:
            raise typer.BadParameter(
                "--scored and --methods write different reports. Give one of them."
            )
        names = codebook_for(scored, codebook_file, the_project_if_any(project))
        report_on_scored(scored, collected=collected, codebook=names, most=most, json=json)
        return
    if collected is not None or codebook_file is not None:
        raise typer.BadParameter("--collected and --codebook go with --scored.")
    if not methods and (to or overwrite):
        raise typer.BadParameter("--to and --overwrite go with --methods.")
    study = the_study(project, changes=methods)
    study.codebook  # noqa: B018 - report its errors before documents are read
    warn_unread(study)
    if methods:
        report_methods(study, to=to, overwrite=overwrite, json=json)
        return
    _report_on_study(study, json=json)


def _report_on_study(study: Study, *, json: bool) -> None:
    """Write the page and its tables, and print their files."""
    import pandas as pd

    from fourp_nlp.cli.screen.console import json_lines, near, say
    from fourp_nlp.study.reading.corpus import check_before_work
    from fourp_nlp.study.reporting.results import write_report

    study.with_machine()
    check_before_work(study)
    written = write_report(study)
    if json:
        json_lines(pd.DataFrame({"file": [str(path) for path in written]}))
        return
    for path in written:
        say(f"wrote {near(path)}")
