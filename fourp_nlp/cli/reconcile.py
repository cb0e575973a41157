"""`fourp reconcile`: differences settled, between people, and between people and the machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from fourp_nlp.cli.app import JsonOption, ProjectOption, app, the_study
from fourp_nlp.study.study import Study


@app.command(
    epilog="Examples: fourp reconcile --decisions reports/disagreements.xlsx   |   "
    "fourp reconcile --settle"
)
def reconcile(
    decisions: Annotated[
        Optional[Path],
        typer.Option(
            metavar="FILE",
            help="Take people's decisions in first: a sheet of fourp agree --disagreements, or a table of "
            "reconciliation (CSV or XLSX).",
            show_default=False,
        ),
    ] = None,
    decided_by: Annotated[
        str,
        typer.Option(metavar="NAME", help="Who decided the rows that name nobody."),
    ] = "",
    replace: Annotated[
        bool, typer.Option("--replace", help="With --decisions: over what was decided before.")
    ] = False,
    settle: Annotated[
        bool,
        typer.Option(
            "--settle",
            help="Write what people agree on and what was decided as the gold file of the coder "
            "'settled'.",
        ),
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="With --settle: replace an earlier such file.")
    ] = False,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Compare suggestions with gold codes, segment by segment, and settle each difference.

    What nobody decided is settled by a stated rule: the gold codes stand. Decisions are kept in the
    project's database with who made them.
    """
    from fourp_nlp.cli.screen.console import json_lines, near, say, show, warn
    from fourp_nlp.cli.screen.unread_notice import warn_unread
    from fourp_nlp.coding.reconciliation import reconciliation_summary
    from fourp_nlp.errors import NoSuggestionsError
    from fourp_nlp.study.measuring.measures import reconcile_with_gold
    from fourp_nlp.study.reconciling.adjudication import import_decisions
    from fourp_nlp.study.reporting.tables import write_report_tables

    if (overwrite and not settle) or ((replace or decided_by) and decisions is None):
        raise typer.BadParameter(
            "--overwrite goes with --settle; --replace and --decided-by go with --decisions."
        )
    study = the_study(project, changes=True)
    codebook, gold = study.codebook, study.gold
    warn_unread(study)
    if decisions is not None:
        taken = import_decisions(
            study,
            decisions,
            decided_by=decided_by,
            replace=replace,
        )
        for text in taken.spellings:
            warn(text)
        if not json:
            say(
                f"decisions: {taken.new} new, {taken.changed} changed, {taken.unchanged} there already; "
                f"{taken.undecided} rows left undecided"
            )
    if settle:
        _settle(study, overwrite=overwrite, quiet=json)
    try:
        study.with_machine()
    except NoSuggestionsError as error:
        if decisions is None and not settle:
            raise
        warn(f"The machine's suggestions are not compared: {error.problem}")
        return
    result = reconcile_with_gold(study)
    if json:
        json_lines(result)
        return
    (path,) = write_report_tables(study, {"reconciliation": result})
    summary = reconciliation_summary(result, codebook.code_ids, codebook.code_themes)
    show(summary, f"Suggestions against {gold.reference or 'no gold codes'}")
    say(f"wrote {near(path)}")


def _settle(study: Study, *, overwrite: bool, quiet: bool) -> None:
    from fourp_nlp.cli.screen.console import near, say, warn
    from fourp_nlp.coding.gold.coder_names import SETTLED
    from fourp_nlp.study.reconciling.adjudication import adjudicate

    made = adjudicate(study, overwrite=overwrite)
    if made.open:
        warn(
            f"{made.open} segment(s) are left out: a disagreement about them is not decided. "
            "`fourp agree --disagreements` lists them."
        )
    if made.unused:
        warn(
            f"{made.unused} decision(s) are about places that are no segment which people read (the "
            "documents or the unit may have changed), and were not used."
        )
    if quiet:
        return
    say(
        f"settled: {made.segments} segments ({made.shared} that two or more read, {made.alone} that "
        f"one person read alone), {made.codings} codes, {made.decided} of the pairs decided by people"
    )
    say(f"wrote {near(made.file)}")
    say(f"wrote {near(made.decisions)}")
    if study.gold.reference != SETTLED:
        say(f'to learn from it, and to compare with it: gold = "{SETTLED}" under [coders]')
