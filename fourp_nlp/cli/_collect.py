"""`fourp collect`: websites fetched into WARC files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from fourp_nlp.cli._app import SKIPPED_SOME, JsonOption, app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd

    from fourp_nlp.website import Collected

_MEGABYTE = 1024 * 1024


@app.command(
    epilog="Examples: fourp collect sites.csv --to collected --contact me@university.example   |   "
    "fourp collect --to collected --warc crawl-001.warc.gz   Then: fourp score collected --to scored"
)
def collect(
    sites: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Argument(
            metavar="[SITES]",
            help="CSV or YAML with id, name, group and website. Without one: --warc.",
            show_default=False,
        ),
    ] = None,
    to: Annotated[Path, typer.Option(metavar="DIR", help="Where WARC files go.")] = Path(
        "collected"
    ),
    warc: Annotated[
        Optional[list[Path]],  # noqa: UP045
        typer.Option(
            metavar="FILE",
            help="Take in this WARC file from elsewhere, in place of fetching; once for each.",
            show_default=False,
        ),
    ] = None,
    site: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            metavar="ID", help="Only this site of the list; once for each.", show_default=False
        ),
    ] = None,
    contact: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS", help="Where sites can write to you; stands in every request."
        ),
    ] = "",
    handouts: Annotated[
        bool, typer.Option("--handouts", help="PDF, Word, PowerPoint and OpenDocument files too.")
    ] = False,
    max_pages: Annotated[int, typer.Option(min=1, help="Pages of a site.")] = 500,
    max_depth: Annotated[int, typer.Option(min=0, help="Links from a start page.")] = 6,
    max_mb: Annotated[int, typer.Option(min=1, help="Megabytes of a site.")] = 500,
    max_minutes: Annotated[float, typer.Option(min=0.01, help="Minutes for a site.")] = 60,
    delay: Annotated[
        float,
        typer.Option(min=0, help="Seconds between two requests; robots.txt may ask for more."),
    ] = 1.0,
    patience: Annotated[float, typer.Option(min=1, help="Seconds to wait for an answer.")] = 30,
    allow_address: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            metavar="ADDRESS",
            help="A private address or range that may be asked, such as 10.1.0.0/16; once for each.",
            show_default=False,
        ),
    ] = None,
    processes: Annotated[
        int, typer.Option(min=1, help="Crawling processes, of eight sites each.")
    ] = 1,
    again: Annotated[
        bool, typer.Option("--again", help="Collect sites anew that are done.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Fetch the pages of websites into WARC files, one a site, with all that it takes to trace a code back.

    robots.txt is obeyed. A site is done when its file is whole; the same command goes on where it was.
    """
    from fourp_nlp.website import Limits, collect_sites, read_sites, take_warcs

    if (sites is None) == (not warc):
        raise typer.BadParameter("Name a list of sites, or WARC files with --warc.")
    if sites is None:
        _tell_taken(take_warcs(warc or [], to), to, json=json)
        return
    limits = Limits(
        max_pages=max_pages,
        max_depth=max_depth,
        max_bytes=max_mb * _MEGABYTE,
        max_seconds=max(round(max_minutes * 60), 1),
        delay=delay,
    )
    listed = _chosen(read_sites(sites, limits=limits), site or [])
    with _bar(len(listed), quiet=json) as watch:
        made = collect_sites(
            listed,
            to,
            contact=contact,
            allowed=tuple(allow_address or ()),
            handouts=handouts,
            patience=patience,
            processes=processes,
            again=again,
            watch=watch,
        )
    _tell(made, listed, json=json)
    if not made.done:
        raise typer.Exit(1)
    if made.failed or _without_pages(made):
        raise typer.Exit(SKIPPED_SOME)


def _chosen(listed: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    unknown = [name for name in names if name not in set(listed["site"])]
    if unknown:
        raise typer.BadParameter(f"There is no site '{unknown[0]}' in the list.")
    return listed[listed["site"].isin(names)].reset_index(drop=True) if names else listed


def _without_pages(made: Collected) -> list[str]:
    return [name for name, told in made.done.items() if not told["outcomes"].get("fetched")]


def _tell(made: Collected, listed: pd.DataFrame, *, json: bool) -> None:
    import pandas as pd

    from fourp_nlp.cli._console import fail, json_lines, near, say, show, warn
    from fourp_nlp.spreadsheet import write_csv
    from fourp_nlp.website import read_fetched

    fetched = read_fetched(made.folder, sorted(made.done))
    table = write_csv(fetched, made.folder / "fetched.csv")
    counts = pd.crosstab(fetched["site"], fetched["outcome"])
    names = dict(zip(listed["site"], listed["name"], strict=True))
    rows = []
    for name in listed["site"]:
        told = made.done.get(name, {})
        row: dict[str, Any] = {"site": name, "name": names[name]}
        for outcome in ("fetched", "redirected", "refused", "failed", "cut"):
            there = name in counts.index and outcome in counts.columns
            row[outcome] = int(counts.loc[name, outcome]) if there else 0
        row["ended"] = told.get("ended", made.failed.get(name, ""))
        row["before"] = name in made.earlier
        rows.append(row)
    frame = pd.DataFrame(rows)
    if json:
        json_lines(frame)
        return
    show(frame.assign(before=frame["before"].map({True: "yes", False: ""})))
    lost = fetched[~fetched["outcome"].isin(["fetched", "redirected"])]
    if len(lost):
        # What is in brackets or after a colon differs from page to page.
        why = lost["reason"].str.replace(r"[:(].*$", "", regex=True).str.strip()
        grouped = lost.assign(reason=why).groupby(["outcome", "reason"])
        listing = grouped.agg(pages=("url", "size"), example=("url", "first")).reset_index()
        show(listing.sort_values("pages", ascending=False, kind="stable"), "Not fetched")
    say(f"wrote {near(table)}")
    for name, reason in made.failed.items():
        fail(f"{name}: {reason}")
    for name in _without_pages(made):
        reasons = fetched.loc[fetched["site"] == name, "reason"]
        warn(f"{name} gave no page: {reasons.iloc[0] if len(reasons) else 'nothing was tried'}.")
    if made.done:
        say(f"next: fourp score {near(made.folder)} --to scored")


def _tell_taken(taken: list[dict[str, Any]], folder: Path, *, json: bool) -> None:
    import pandas as pd

    from fourp_nlp.cli._console import json_lines, near, say, show, warn

    frame = pd.DataFrame(taken)
    if json:
        json_lines(frame)
        return
    show(frame[["site", "answers", "pages", "whole"]])
    for name in frame.loc[~frame["whole"], "site"]:
        warn(f"{name} is cut off; what is whole of it is read.")
    say(f"next: fourp score {near(folder)} --to scored")


def _bar(count: int, *, quiet: bool) -> Any:  # noqa: ANN401 - a context that gives a function
    import sys
    from contextlib import contextmanager

    @contextmanager
    def shown() -> Iterator[Callable[[dict[str, Any]], None] | None]:
        if quiet or not sys.stderr.isatty():
            yield None
            return
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        columns = (TextColumn("{task.description:<24}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, transient=True) as bars:
            whole = bars.add_task("sites", total=count)
            tasks: dict[str, Any] = {}

            def watch(event: dict[str, Any]) -> None:
                name = str(event["site"])
                if event["event"] == "begin":
                    tasks[name] = bars.add_task(name[:24], total=None)
                elif event["event"] == "page":
                    bars.update(tasks[name], completed=event["pages"])
                else:
                    bars.advance(whole)
                    bars.remove_task(tasks.pop(name))

            yield watch

    return shown()
