"""`fourp reconcile`: adjudicate differences between people, and between people and the machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fourp_nlp.study.study import Study

from pathlib import Path
from typing import Annotated, Optional

import typer

from fourp_nlp.cli.app import JsonOption, ProjectOption, app, the_study

DecisionsOption = Annotated[
    Optional[Path],
    typer.Option(
        metavar="FILE",
        help="Import people's decisions first: a sheet of fourp agree --disagreements, or a table of "
        "reconciliation (CSV or XLSX).",
        show_default=False,
    ),
]
DecidedByOption = Annotated[
    str,
    typer.Option(metavar="NAME", help="Name of the person who decided, for rows without a name."),
]
ReplaceOption = Annotated[
    bool, typer.Option("--replace", help="With --decisions: replace earlier decisions.")
]
SettleOption = Annotated[
    bool,
    typer.Option(
        "--settle",
        help="Write the codes that people agree on, or that were adjudicated, as the gold file of the coder "
        "'settled'.",
    ),
]
OverwriteOption = Annotated[
    bool, typer.Option("--overwrite", help="With --settle: replace an earlier such file.")
]


@app.command(
    epilog="Examples: fourp reconcile --decisions reports/disagreements.xlsx   |   "
    "fourp reconcile --settle"
)
def reconcile(
    decisions: DecisionsOption = None,
    decided_by: DecidedByOption = "",
    replace: ReplaceOption = False,
    settle: SettleOption = False,
    overwrite: OverwriteOption = False,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Compare suggestions with gold codes, segment by segment, and adjudicate each difference.

    Without a decision, the gold codes count. Decisions are kept in the project's database with
    the name of the person who made them.
    """
    from fourp_nlp.cli.screen.console import warn
    from fourp_nlp.cli.screen.unread_notice import warn_unread
    from fourp_nlp.errors import NoSuggestionsError

    if (overwrite and not settle) or ((replace or decided_by) and decisions is None):
        raise typer.BadParameter(
            "--overwrite goes with --settle; --replace and --decided-by go with --decisions."
        )
    study = the_study(project, changes=True)
    study.codebook, study.gold  # noqa: B018 - report their faults first
    warn_unread(study)
    if decisions is not None:
        _import_decisions(study, decisions, decided_by, replace=replace, quiet=json)
    if settle:
        _adjudicate(study, overwrite=overwrite, quiet=json)
    try:
        study.with_machine()
    except NoSuggestionsError as error:
        if decisions is None and not settle:
            raise
        warn(f"The machine's suggestions are not compared: {error.problem}")
        return
    _print_reconciliation(study, json=json)


def _import_decisions(
    study: Study, path: Path, decided_by: str, *, replace: bool, quiet: bool
) -> None:
    from fourp_nlp.cli.screen.console import say, warn
    from fourp_nlp.study.reconciling.adjudication import import_decisions

    imported = import_decisions(study, path, decided_by=decided_by, replace=replace)
    for text in imported.spellings:
        warn(text)
    if not quiet:
        say(
            f"decisions: {imported.new} new, {imported.changed} changed, {imported.unchanged} there "
            f"already; {imported.undecided} rows left undecided"
        )
        if imported.accepted or imported.rejected:
            say(
                f"codings by decision: {imported.accepted} suggestions accepted, {imported.rejected} "
                "rejected, in text that nobody had coded. They count; agreement leaves them out."
            )


def _print_reconciliation(study: Study, *, json: bool) -> None:
    from fourp_nlp.cli.screen.console import json_lines, near, say, show
    from fourp_nlp.coding.reconciliation import reconciliation_summary
    from fourp_nlp.study.measuring.measures import reconcile_with_gold
    from fourp_nlp.study.reporting.tables import write_report_tables

    table = reconcile_with_gold(study)
    if json:
        json_lines(table)
        return
    (path,) = write_report_tables(study, {"reconciliation": table})
    codebook = study.codebook
    summary = reconciliation_summary(table, codebook.code_ids, codebook.code_themes)
    show(summary, f"Suggestions against {study.gold.reference or 'no gold codes'}")
    say(f"wrote {near(path)}")


def _adjudicate(study: Study, *, overwrite: bool, quiet: bool) -> None:
    from fourp_nlp.cli.screen.console import near, say, warn
    from fourp_nlp.coding.gold.coder_names import SETTLED
    from fourp_nlp.study.reconciling.adjudication import adjudicate

    result = adjudicate(study, overwrite=overwrite)
    if result.open:
        warn(
            f"{result.open} segment(s) are left out: a disagreement about them is not decided. "
            "`fourp agree --disagreements` lists them."
        )
    if result.unused:
        warn(
            f"{result.unused} decision(s) were not used: their places are not segments that people read (the "
            "documents or the unit may have changed)."
        )
    if quiet:
        return
    say(
        f"settled: {result.segments} segments ({result.shared} read by two or more people, {result.alone} "
        f"by one), {result.codings} codes, {result.decided} of the pairs decided by people"
    )
    say(f"wrote {near(result.file)}")
    say(f"wrote {near(result.decisions)}")
    if study.gold.reference != SETTLED:
        say(f'to learn from it, and to compare with it: gold = "{SETTLED}" under [coders]')
