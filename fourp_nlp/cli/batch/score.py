"""`fourp score`: many pages coded in batch, on this machine or on a cluster."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Optional

import typer

from fourp_nlp.cli.app import SKIPPED_SOME, JsonOption, ProjectOption, app, the_project_if_any

if TYPE_CHECKING:
    import pandas as pd

    from fourp_nlp.batch import ScoredShards

Unit = Literal["sentence", "turn", "paragraph"]

_LISTED = 30  # shards shown on the screen; summary.json holds them all
_SITES = 120  # in the report's heat map
_NAMED = 10  # shards that failed, likewise
_COLUMNS = ["shard", "pages", "kept", "failed", "empty", "segments", "suggestions"]


_PlacesArgument = Annotated[
    list[Path],
    typer.Argument(
        metavar="PLACES...",
        help="WARC, Parquet and JSONL files; folders of them, as `fourp collect` writes; folders of "
        "documents.",
        show_default=False,
    ),
]
_ToOption = Annotated[
    Path,
    typer.Option(
        "--to",
        metavar="DIR",
        help="Where scores go. What is finished there is not done again.",
        show_default=False,
    ),
]
_ModelOption = Annotated[
    Optional[Path],
    typer.Option(
        metavar="DIR",
        help="Folder of a model. Default: the project's, or the one that comes with fourp_nlp.",
        show_default=False,
    ),
]
_CodebookOption = Annotated[
    Optional[Path],
    typer.Option(metavar="FILE", help="Another codebook.", show_default=False),
]
_SitesOption = Annotated[
    Optional[Path],
    typer.Option(
        metavar="FILE",
        help="List of sites and groups. Default: sites.csv beside collected sites.",
        show_default=False,
    ),
]
_LanguagesOption = Annotated[
    str,
    typer.Option(
        metavar="CODES", help="Languages of web pages that are coded: en,fr and so on, or all."
    ),
]
_UnitOption = Annotated[
    Optional[Unit],
    typer.Option(help="Unit of coding. Default: the project's, or sentence.", show_default=False),
]
_WorkersOption = Annotated[
    int,
    typer.Option(
        min=0, help="Processes on this machine; 0 for one a processor.", show_default=True
    ),
]
_ClusterOption = Annotated[
    str,
    typer.Option(
        metavar="ADDRESS",
        help="Address of a Dask scheduler (tcp://host:8786), to use its workers instead.",
        show_default=False,
    ),
]
_NoReportOption = Annotated[
    bool,
    typer.Option("--no-report", help="Without DIR/report.html; `fourp report --scored` writes it."),
]


@app.command(
    epilog="Examples: fourp score websites --to scored   |   "
    "fourp score part-*.jsonl --to scored --workers 8   |   "
    "fourp score websites --to scored --cluster tcp://head:8786"
)
def score(
    places: _PlacesArgument,
    to: _ToOption,
    model: _ModelOption = None,
    codebook: _CodebookOption = None,
    sites: _SitesOption = None,
    languages: _LanguagesOption = "en",
    unit: _UnitOption = None,
    workers: _WorkersOption = 0,
    cluster: _ClusterOption = "",
    no_report: _NoReportOption = False,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Code many pages in batch: probabilities and suggestions for every segment, in Parquet.

    Each file is scored as a whole or not at all; after an interruption, run the same command again.
    `fourp frequencies --scored DIR` counts what was suggested.
    """
    import pandas as pd

    from fourp_nlp.batch import keep_codebook, machine_for, score_places, sites_of, words_in
    from fourp_nlp.cli.batch.scored import codebook_for, report_on_scored
    from fourp_nlp.cli.screen.console import json_lines, near, warn, watching
    from fourp_nlp.errors import FourpError
    from fourp_nlp.study.result_places import check_results_place
    from fourp_nlp.websites import read_sites

    check_results_place(to / "frequencies_by_document.csv")
    if model is not None and codebook is not None:
        raise FourpError(
            "A model has its own codebook.", cure="Give --model or --codebook, not both."
        )
    project_or_none = the_project_if_any(project)
    unit = unit or (project_or_none.settings.unit if project_or_none else "sentence")
    wanted = _languages(languages)
    listed = read_sites(sites) if sites else sites_of(places)
    with (
        machine_for(project_or_none, to, codebook=codebook, model=model, unit=unit) as machine,
        watching() as watch,
    ):
        scored = score_places(
            places,
            to,
            machine.folder,
            encoder=machine.encoder,
            unit=unit,
            sites=listed,
            languages=wanted,
            workers=workers,
            cluster=cluster,
            watch=watch("scoring"),
        )
    frame = pd.DataFrame([shard.__dict__ for shard in scored.shards])
    if json:
        json_lines(frame)
    else:
        _show_scored(scored, frame, near(to))
    for text in [*machine.notes, *filter(None, [words_in(to)])]:
        warn(text)
    status = _report_failures(scored)
    names = codebook_for(to, codebook, project_or_none)
    if names is not None:
        keep_codebook(to, names)
    if scored.total("kept") and not no_report and not json:
        collected = next((place for place in places if any(place.glob("*.done.json"))), None)
        report_on_scored(to, collected=collected, codebook=names, most=_SITES, json=False)
    raise typer.Exit(status)


def _languages(written: str) -> tuple[str, ...]:
    from fourp_nlp.errors import FourpError

    names = [name.strip().lower() for name in written.split(",") if name.strip()]
    if names == ["all"]:
        return ()
    wrong = [name for name in names if not re.fullmatch(r"[a-z]{2}", name)]
    if wrong or not names:
        raise FourpError(
            f"'{wrong[0] if wrong else written}' is no language.",
            cure="Write codes of two letters with commas between (en,fr), or all.",
        )
    return tuple(sorted(set(names)))


def _show_scored(scored: ScoredShards, frame: pd.DataFrame, to: str) -> None:
    from fourp_nlp.cli.screen.console import say, show

    show(frame[_COLUMNS].head(_LISTED), "Scored")
    if len(frame) > _LISTED:
        say(f"… and {len(frame) - _LISTED} more in {to}/summary.json.")
    before = len(scored.skipped)
    say(
        f"{_many(len(frame), 'shard')}"
        + (f", {before} of them finished before" if before else "")
        + (f", {len(scored.failed)} not scored" if scored.failed else "")
        + "."
    )
    parts = [f"{scored.total('kept'):,} coded"]
    for name, meaning in (
        ("empty", "without text"),
        ("folded", "nearly the same as others"),
        ("other_language", "in other languages"),
        ("not_found", "that say that there is no such page"),
        ("unwanted", "of a kind that was not wanted"),
        ("failed", "failed"),
    ):
        if scored.total(name):
            parts.append(f"{scored.total(name):,} {meaning}")
    say(f"{_many(scored.total('pages'), 'page')}: {', '.join(parts)}.")
    say(
        f"{_many(scored.total('segments'), 'segment')}, {_many(scored.total('words'), 'word')}, "
        f"{_many(scored.total('suggestions'), 'suggestion')}."
    )
    say(f"wrote {to}; count with: fourp frequencies --scored {to}")


def _report_failures(scored: ScoredShards) -> int:
    """Name what failed; return the exit code."""
    from fourp_nlp.batch import failed_pages, noted_pages
    from fourp_nlp.cli.screen.console import fail, warn

    for shard in scored.failed[:_NAMED]:
        fail(shard.problem)
    if len(scored.failed) > _NAMED:
        fail(f"{len(scored.failed) - _NAMED} more shards were not scored: see summary.json.")
    failed = scored.total("failed")
    if failed:
        named = failed_pages(scored)
        for page, reason in named:
            warn(f"{page}: {reason}")
        if failed > len(named):
            warn(f"{failed - len(named)} more pages failed: pages/*.parquet, status 'failed'.")
    noted = scored.total("noted")
    if noted:
        named = noted_pages(scored)
        for page, note in named:
            warn(f"{page}: {note}")
        if noted > len(named):
            warn(f"{noted - len(named)} more pages have notes: pages/*.parquet, column 'note'.")
    if not scored.total("kept"):
        fail("Nothing was scored: no page with text was read.")
        return 1
    return SKIPPED_SOME if failed or scored.failed else 0


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
