"""`fourp frequencies`: how often each code occurs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Optional, cast, get_args

import typer

from fourp_nlp.cli.app import JsonOption, ProjectOption, app, the_project_if_any, the_study

if TYPE_CHECKING:
    from fourp_nlp.cli.batch.scored import Per
    from fourp_nlp.study.study import Study

_OF_DOCUMENTS = ("case", "document", "group")
ScoredBy = Literal["case", "document", "group", "site"]
Unit = Literal["occurrences", "segments", "documents", "pages"]

ByOption = Annotated[
    str,
    typer.Option(
        metavar="case|document|group|speaker|role|COLUMN",
        help="Count for each of these; COLUMN is any further column of speakers.csv, such as gender. With "
        "--scored: case, document, group or site; a case is a site, a document a page.",
    ),
]
UnitOption = Annotated[
    Unit,
    typer.Option(
        help="What is counted. An occurrence is a run of neighbouring segments. With --scored, a document is "
        "a page."
    ),
]
CoderOption = Annotated[
    Optional[list[str]],
    typer.Option(help="Whose codes. Default: the gold coder and the machine.", show_default=False),
]
PerWordsOption = Annotated[
    bool,
    typer.Option("--per-1000-words", help="Rates for a thousand words that the coder read."),
]
PerPageOption = Annotated[
    bool, typer.Option("--per-page", help="With --scored: counts for a page.")
]
CooccurrenceOption = Annotated[
    bool,
    typer.Option(
        "--cooccurrence", help="Instead: which codes occur in the same segments (Jaccard, phi)."
    ),
]
CorrectedOption = Annotated[
    bool,
    typer.Option(
        "--corrected",
        help="Estimates instead: the machine's counts corrected by what people coded of a random "
        "sample (`fourp next N --by random`), with intervals.",
    ),
]
CompareOption = Annotated[
    Optional[tuple[str, str]],
    typer.Option(
        metavar="GROUP GROUP",
        help="Compare two groups of documents, with intervals and a permutation test by document; "
        "people's codes, or with --corrected the machine's counts corrected by them.",
        show_default=False,
    ),
]
AdjustOption = Annotated[
    Literal["holm", "benjamini_hochberg", "benjamini_yekutieli"],
    typer.Option(help="With --compare: p-values adjusted for the number of codes."),
]
TargetOption = Annotated[
    Optional[Literal["corpus", "documents"]],
    typer.Option(
        help="What intervals are for: these segments, or documents like these. Default: corpus; with "
        "--compare, documents.",
        show_default=False,
    ),
]
ConfidenceOption = Annotated[
    float, typer.Option(min=0.5, max=0.999, help="Of the intervals.", metavar="SHARE")
]
ScoredOption = Annotated[
    Optional[Path],
    typer.Option(
        metavar="DIR",
        help="Count what `fourp score` wrote here, by site, group or page; with --corrected, corrected by "
        "what people coded of a sample of it (`fourp next N --scored DIR`).",
        show_default=False,
    ),
]
CodebookOption = Annotated[
    Optional[Path],
    typer.Option(
        "--codebook",
        metavar="FILE",
        help="With --scored: for the codes' names. Default: the project's.",
        show_default=False,
    ),
]


@app.command(
    epilog="Examples: fourp frequencies --by group --unit segments   |   "
    "fourp frequencies --corrected --by group   |   fourp frequencies --compare ontario provincial"
)
def frequencies(
    by: ByOption = "case",
    unit: UnitOption = "occurrences",
    coder: CoderOption = None,
    per_1000_words: PerWordsOption = False,
    per_page: PerPageOption = False,
    cooccurrence: CooccurrenceOption = False,
    corrected: CorrectedOption = False,
    compare: CompareOption = None,
    adjust: AdjustOption = "holm",
    target: TargetOption = None,
    confidence: ConfidenceOption = 0.95,
    scored: ScoredOption = None,
    codebook_file: CodebookOption = None,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Count codes: indicator by case, document, group, speaker or role, with totals.

    The machine's counts are its suggestions; with --corrected they are corrected for its errors.
    """
    from fourp_nlp.cli.batch.scored import codebook_for, show_scored_counts, show_scored_estimates
    from fourp_nlp.cli.frequencies._estimates import print_comparison, print_estimates
    from fourp_nlp.cli.screen.coder_names import the_coders
    from fourp_nlp.cli.screen.unread_notice import warn_unread, warn_unset

    _refuse_several(per_1000_words, per_page, cooccurrence, corrected or compare is not None)
    if scored is not None:
        not_with_scored = cooccurrence or compare is not None or target == "documents"
        _refuse_with_scored(not_with_scored or (bool(coder) and not corrected))
        names = codebook_for(scored, codebook_file, the_project_if_any(project))
        if corrected:
            show_scored_estimates(
                scored, coder=_only_one(coder), confidence=confidence, codebook=names, json=json
            )
        else:
            per: Per = "per_1000_words" if per_1000_words else "per_page" if per_page else ""
            show_scored_counts(
                scored, by=_by_of_scored(by), unit=unit, per=per, codebook=names, json=json
            )
        return
    if by == "site" or unit == "pages" or per_page or codebook_file is not None:
        raise typer.BadParameter(
            "--by site, --unit pages, --per-page and --codebook go with --scored."
        )
    study = the_study(project)
    warn_unread(study)
    warn_unset(study)
    coders = the_coders(coder or (), study.gold, or_machine=True)
    if compare:
        print_comparison(
            study,
            groups=compare,
            corrected=corrected,
            coder=_only_one(coders),
            target=target or "documents",
            adjust=adjust,
            confidence=confidence,
            json=json,
        )
    elif corrected:
        print_estimates(
            study,
            coder=_only_one(coders),
            by=by,
            target=target or "corpus",
            confidence=confidence,
            json=json,
        )
    else:
        _counts(
            study, by, unit, coders, cooccurrence=cooccurrence, per_words=per_1000_words, json=json
        )


def _by_of_scored(by: str) -> Literal["case", "document", "group", "site"]:
    """Return what scored shards are counted by, or refuse it."""
    known = get_args(ScoredBy)
    if by not in known:
        raise typer.BadParameter(f"With --scored, --by is one of {', '.join(known)}.")
    return cast("ScoredBy", by)


def _refuse_several(*modes: bool) -> None:
    """Refuse two modes of the command at once."""
    if sum(modes) > 1:
        raise typer.BadParameter(
            "--per-1000-words, --per-page, --cooccurrence, and --corrected or --compare are commands of "
            "their own: run one, then the other."
        )


def _refuse_with_scored(refused: bool) -> None:
    """Refuse options that have no effect with --scored."""
    if refused:
        raise typer.BadParameter(
            "--scored goes with --by, --unit, --per-1000-words, --per-page, --codebook and "
            "--corrected (with --coder and --confidence) alone."
        )


def _counts(
    study: Study,
    by: str,
    unit: Literal["occurrences", "segments", "documents"],
    coders: list[str],
    *,
    cooccurrence: bool,
    per_words: bool,
    json: bool,
) -> None:
    """Print and write counts, rates or pairs of codes, coder by coder."""
    from fourp_nlp.cli.frequencies._by_speaker import print_by_speaker
    from fourp_nlp.cli.frequencies._cooccurrence import print_cooccurrence, print_rates
    from fourp_nlp.cli.screen.console import json_lines, near, say, show, warn
    from fourp_nlp.cli.screen.stored_suggestions import with_machine_if_any
    from fourp_nlp.cli.screen.tables import frequency_screen
    from fourp_nlp.study.measuring.cooccurrence import cooccurrence_by_coder, rates_per_words
    from fourp_nlp.study.measuring.measures import frequencies as count
    from fourp_nlp.study.measuring.speaker_parts import speaker_frequencies, speaker_rates
    from fourp_nlp.study.reading.corpus import reading_notes
    from fourp_nlp.study.reporting.tables import write_report_tables

    study = with_machine_if_any(study, needed=not study.gold.coders)
    for text in reading_notes(study):
        warn(text)
    if cooccurrence:
        pairs = cooccurrence_by_coder(study, coders=coders)
        print_cooccurrence(study, pairs, study.codebook, json=json)
        return
    if by not in _OF_DOCUMENTS:
        of_speakers = speaker_rates if per_words else speaker_frequencies
        print_by_speaker(study, of_speakers(study, by=by, unit=unit, coders=coders), by, json=json)
        return
    of_documents = cast("Literal['case', 'document', 'group']", by)
    if per_words:
        rates = rates_per_words(study, unit=unit, by=of_documents, coders=coders)
        print_rates(study, rates, study.codebook, by, json=json)
        return
    table = count(study, unit=unit, by=of_documents, coders=coders)
    if json:
        json_lines(table)
        return
    for title, frame in frequency_screen(table, study.codebook, by):
        show(frame, title)
    (path,) = write_report_tables(study, {f"frequencies_by_{by}": table})
    say(f"wrote {near(path)}")


def _only_one(coders: list[str] | None) -> str:
    """Return the one coder whose codes correct the machine's; empty for the default."""
    if coders and len(coders) > 1:
        raise typer.BadParameter("One coder's codes correct the machine's: give --coder once.")
    return coders[0] if coders else ""
