"""`fourp frequencies`: how often each code occurs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Optional

import typer

from fourp_nlp.cli.app import JsonOption, ProjectOption, app, the_project_if_any, the_study

if TYPE_CHECKING:
    from fourp_nlp.cli.batch.scored import Per


@app.command(
    epilog="Examples: fourp frequencies --by group --unit segments   |   "
    "fourp frequencies --corrected --by group   |   fourp frequencies --compare ontario provincial"
)
def frequencies(  # noqa: PLR0911 - one command, several tables
    by: Annotated[
        Literal["case", "document", "group", "site"],
        typer.Option(
            help="What is counted for. With --scored, a case is a site, a document a page."
        ),
    ] = "case",
    unit: Annotated[
        Literal["occurrences", "segments", "documents", "pages"],
        typer.Option(
            help="An occurrence is a run of neighbouring segments. With --scored, a document is a page."
        ),
    ] = "occurrences",
    coder: Annotated[
        Optional[list[str]],
        typer.Option(
            help="Whose codes. Default: the gold coder and the machine.", show_default=False
        ),
    ] = None,
    per_1000_words: Annotated[
        bool,
        typer.Option("--per-1000-words", help="Rates for a thousand words that the coder read."),
    ] = False,
    per_page: Annotated[
        bool, typer.Option("--per-page", help="With --scored: counts for a page.")
    ] = False,
    cooccurrence: Annotated[
        bool,
        typer.Option(
            "--cooccurrence", help="Which codes stand in the same segments instead: Jaccard, phi."
        ),
    ] = False,
    corrected: Annotated[
        bool,
        typer.Option(
            "--corrected",
            help="Estimates instead: the machine's counts corrected by what people coded of a random "
            "sample (`fourp next N --by random`), with intervals.",
        ),
    ] = False,
    compare: Annotated[
        Optional[tuple[str, str]],
        typer.Option(
            metavar="GROUP GROUP",
            help="Compare two groups of documents, with intervals and a permutation test by document; "
            "people's codes, or with --corrected the machine's counts corrected by them.",
            show_default=False,
        ),
    ] = None,
    adjust: Annotated[
        Literal["holm", "benjamini_hochberg", "benjamini_yekutieli"],
        typer.Option(help="With --compare: p-values adjusted for the number of codes."),
    ] = "holm",
    target: Annotated[
        Optional[Literal["corpus", "documents"]],
        typer.Option(
            help="What intervals are for: these segments, or documents like these. Default: corpus; with "
            "--compare, documents.",
            show_default=False,
        ),
    ] = None,
    confidence: Annotated[
        float, typer.Option(min=0.5, max=0.999, help="Of the intervals.", metavar="SHARE")
    ] = 0.95,
    scored: Annotated[
        Optional[Path],
        typer.Option(
            metavar="DIR",
            help="Of what `fourp score` wrote here, by site, group or page; with --corrected, corrected by "
            "what people coded of a sample of it (`fourp next N --scored DIR`).",
            show_default=False,
        ),
    ] = None,
    codebook_file: Annotated[
        Optional[Path],
        typer.Option(
            "--codebook",
            metavar="FILE",
            help="With --scored: for the codes' names. Default: the project's.",
            show_default=False,
        ),
    ] = None,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Count codes: indicator by case, document or group, with totals.

    The machine's counts are what it suggested; with --corrected they are corrected for its errors.
    """
    from fourp_nlp.cli.batch.scored import codebook_for, tell_scored, tell_scored_estimates
    from fourp_nlp.cli.frequencies._cooccurrence import print_cooccurrence, print_rates
    from fourp_nlp.cli.frequencies._estimates import print_comparison, print_estimates
    from fourp_nlp.cli.screen.coder_names import the_coders
    from fourp_nlp.cli.screen.console import json_lines, near, say, show, warn
    from fourp_nlp.cli.screen.stored_suggestions import with_machine_if_any
    from fourp_nlp.cli.screen.tables import frequency_screen
    from fourp_nlp.cli.screen.unread_notice import warn_unread
    from fourp_nlp.study.measuring.cooccurrence import cooccurrence_by_coder, rates_per_words
    from fourp_nlp.study.measuring.measures import frequencies as count
    from fourp_nlp.study.reading.corpus import reading_notes
    from fourp_nlp.study.reporting.tables import write_report_tables

    if sum((per_1000_words, per_page, cooccurrence, corrected or compare is not None)) > 1:
        raise typer.BadParameter(
            "--per-1000-words, --per-page, --cooccurrence, and --corrected or --compare are commands of "
            "their own: run one, then the other."
        )
    if scored is not None:
        if (
            cooccurrence
            or compare is not None
            or target == "documents"
            or (coder and not corrected)
        ):
            raise typer.BadParameter(
                "--scored goes with --by, --unit, --per-1000-words, --per-page, --codebook and "
                "--corrected (with --coder and --confidence) alone."
            )
        names = codebook_for(scored, codebook_file, the_project_if_any(project))
        if corrected:
            who = _only_one(coder)
            tell_scored_estimates(
                scored, coder=who, confidence=confidence, codebook=names, json=json
            )
            return
        per: Per = "per_1000_words" if per_1000_words else "per_page" if per_page else ""
        tell_scored(scored, by=by, unit=unit, per=per, codebook=names, json=json)
        return
    if by == "site" or unit == "pages" or per_page or codebook_file is not None:
        raise typer.BadParameter(
            "--by site, --unit pages, --per-page and --codebook go with --scored."
        )
    study = the_study(project)
    codebook, gold = study.codebook, study.gold
    warn_unread(study)
    coder = the_coders(coder or (), gold, or_machine=True)
    if compare:
        print_comparison(
            study,
            groups=compare,
            corrected=corrected,
            coder=_only_one(coder),
            target=target or "documents",
            adjust=adjust,
            confidence=confidence,
            json=json,
        )
        return
    if corrected:
        print_estimates(
            study,
            coder=_only_one(coder),
            by=by,
            target=target or "corpus",
            confidence=confidence,
            json=json,
        )
        return
    study = with_machine_if_any(study, needed=not gold.coders)
    for text in reading_notes(study):
        warn(text)
    if cooccurrence:
        print_cooccurrence(
            study, cooccurrence_by_coder(study, coders=coder or ()), codebook, json=json
        )
        return
    if per_1000_words:
        per_words = rates_per_words(study, unit=unit, by=by, coders=coder or ())
        print_rates(study, per_words, codebook, by, json=json)
        return
    table = count(
        study,
        unit=unit,
        by=by,
        coders=coder or (),
    )
    if json:
        json_lines(table)
        return
    for title, frame in frequency_screen(table, codebook, by):
        show(frame, title)
    (path,) = write_report_tables(study, {f"frequencies_by_{by}": table})
    say(f"wrote {near(path)}")


def _only_one(coders: list[str] | None) -> str:
    """Return whose codes are the gold."""
    if coders and len(coders) > 1:
        raise typer.BadParameter("One coder's codes correct the machine's: give --coder once.")
    return coders[0] if coders else ""
