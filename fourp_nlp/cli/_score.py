"""`fourp score`: many documents coded in one go, on this machine or on a cluster."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Optional

import typer

from fourp_nlp.cli._app import SKIPPED_SOME, JsonOption, ProjectOption, app

if TYPE_CHECKING:
    import pandas as pd

    from fourp_nlp.scoring import ScoredShards


@app.command(
    epilog="Examples: fourp score collected --to scored   |   fourp score part-*.parquet --to scored   |   "
    "fourp score collected --cluster tcp://10.0.0.5:8786   Then: fourp frequencies --scored scored"
)
def score(
    places: Annotated[
        list[Path],
        typer.Argument(
            metavar="PLACE…",
            help="What `fourp collect` wrote; WARC, Parquet or JSONL files or folders of them; documents.",
        ),
    ],
    to: Annotated[Path, typer.Option(metavar="DIR", help="Where scores go.")] = Path("scored"),
    sites: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            metavar="FILE",
            help="The list of sites and groups. Default: sites.csv among what is scored.",
            show_default=False,
        ),
    ] = None,
    languages: Annotated[
        str,
        typer.Option(
            metavar="CODES", help="Languages of web pages that are kept, such as en,fr; or all."
        ),
    ] = "en",
    codebook: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            metavar="FILE", help="Another codebook than the project's.", show_default=False
        ),
    ] = None,
    unit: Annotated[
        Optional[Literal["sentence", "turn", "paragraph"]],  # noqa: UP045
        typer.Option(
            help="Unit of coding. Default: the project's, or sentence.", show_default=False
        ),
    ] = None,
    workers: Annotated[
        int, typer.Option(min=0, help="Processes on this machine; 0 for one a processor.")
    ] = 0,
    cluster: Annotated[
        str, typer.Option(metavar="ADDRESS", help="A Dask scheduler, such as tcp://host:8786.")
    ] = "",
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Code every document of websites or other shards; what is scored already is not scored again.

    A shard is scored as a whole or not at all. After an interruption, the same command goes on.
    """
    from fourp_nlp.cli._console import warn, watching
    from fourp_nlp.project import find_project, open_project
    from fourp_nlp.scoring import machine_for, score_places

    here = open_project(project) if project is not None else find_project()
    chosen = unit or (here.settings.unit if here is not None else "sentence")
    machine = machine_for(to, here, codebook=codebook, unit=chosen)
    for note in machine.notes:
        warn(note)
    kept = (
        ()
        if languages.strip() == "all"
        else tuple(filter(None, map(str.strip, languages.split(","))))
    )
    with watching() as watch:
        progress = watch("shards")
        made = score_places(
            places,
            to,
            machine.folder,
            encoder=machine.encoder,
            unit=chosen,
            sites=_sites(sites, places),
            languages=kept,
            workers=workers,
            cluster=cluster,
            watch=progress,
        )
    _tell(made, json=json)
    if made.failed and len(made.failed) == len(made.shards):
        raise typer.Exit(1)
    if made.failed or made.total("failed"):
        raise typer.Exit(SKIPPED_SOME)


def _sites(named: Path | None, places: list[Path]) -> pd.DataFrame | None:
    from fourp_nlp.website import SITES_FILE, read_sites

    lists = (
        [named]
        if named is not None
        else [p / SITES_FILE for p in places if (p / SITES_FILE).is_file()]
    )
    if len(lists) > 1:
        raise typer.BadParameter(
            f"There are {len(lists)} lists of sites here; name one with --sites."
        )
    return read_sites(lists[0]) if lists else None


def _tell(made: ScoredShards, *, json: bool) -> None:
    import pandas as pd

    from fourp_nlp.cli._console import fail, json_lines, near, say

    if json:
        json_lines(pd.DataFrame([shard.__dict__ for shard in made.shards]))
        return
    before = sum(shard.skipped for shard in made.shards)
    say(
        f"shards: {len(made.shards)}"
        + (f", {before} of them scored before" if before else "")
        + (f", {len(made.failed)} failed" if made.failed else "")
    )
    aside = made.total("pages") - made.total("kept") - made.total("failed")
    say(
        f"pages: {made.total('pages'):,}; coded {made.total('kept'):,}, set aside {aside:,} (copies, "
        f"other languages, no text), failed {made.total('failed'):,}"
    )
    say(f"segments: {made.total('segments'):,}; codes suggested: {made.total('suggestions'):,}")
    for shard in made.failed:
        fail(shard.problem)
    say(f"next: fourp frequencies --scored {near(made.folder)}")
