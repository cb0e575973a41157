"""`fourp collect`: websites into WARC files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from fourp_nlp.cli.app import SKIPPED_SOME, JsonOption, app
from fourp_nlp.number_format import fixed

if TYPE_CHECKING:
    import pandas as pd

    from fourp_nlp.errors import DocumentError
    from fourp_nlp.websites import Collected, ImportedWarc

INTERRUPTED = 130


_ToOption = Annotated[
    Path, typer.Option("--to", metavar="DIR", help="Where WARC files go.", show_default=False)
]
_WordsArgument = Annotated[
    Optional[list[Path]],
    typer.Argument(
        metavar="[SITES.csv]",
        help="The list: id, name, group, website, and limits of a site's own; CSV or YAML. After "
        "--warc FILE, further WARC files may follow.",
        show_default=False,
    ),
]
_ContactOption = Annotated[
    str,
    typer.Option(
        metavar="ADDRESS",
        help="An address of yours, which the sites' owners see: e-mail or web page.",
        show_default=False,
    ),
]
_HandoutsOption = Annotated[
    bool, typer.Option("--handouts", help="PDF, Word, PowerPoint and OpenDocument files too.")
]
_MaxMinutesOption = Annotated[float, typer.Option(min=0.02, help="Minutes for a site at most.")]
_DelayOption = Annotated[
    float, typer.Option(min=0.0, help="Seconds between two requests to a site at least.")
]
_AllowAddressOption = Annotated[
    Optional[list[str]],
    typer.Option(
        metavar="ADDRESS",
        help="A private address or range that may be asked all the same, such as 127.0.0.1.",
        show_default=False,
    ),
]
_ProcessesOption = Annotated[
    int, typer.Option(min=1, help="Crawling processes, with sixteen sites at once each.")
]
_AgainOption = Annotated[bool, typer.Option("--again", help="Collect anew what is done already.")]
_SiteOption = Annotated[
    Optional[list[str]],
    typer.Option(metavar="ID", help="Only this site of the list.", show_default=False),
]
_WarcOption = Annotated[
    Optional[list[Path]],
    typer.Option(
        metavar="FILE",
        help="Instead of crawling: import a WARC or WACZ file from elsewhere.",
        show_default=False,
    ),
]


@app.command(
    epilog="Examples: fourp collect coalitions.csv --to websites --contact me@university.example   |   "
    "fourp collect coalitions.csv --to websites --warc crawl-*.warc.gz"
)
def collect(
    to: _ToOption,
    words: _WordsArgument = None,
    contact: _ContactOption = "",
    handouts: _HandoutsOption = False,
    max_pages: Annotated[int, typer.Option(min=1, help="Pages of a site at most.")] = 500,
    max_depth: Annotated[int, typer.Option(min=0, help="Links from a start page at most.")] = 6,
    max_mb: Annotated[float, typer.Option(min=0.001, help="Megabytes of a site at most.")] = 500.0,
    max_minutes: _MaxMinutesOption = 60.0,
    delay: _DelayOption = 1.0,
    patience: Annotated[float, typer.Option(min=1.0, help="Seconds to wait for an answer.")] = 60.0,
    allow_address: _AllowAddressOption = None,
    processes: _ProcessesOption = 1,
    again: _AgainOption = False,
    site: _SiteOption = None,
    warc: _WarcOption = None,
    json: JsonOption = False,
) -> None:
    """Fetch the pages of websites, politely and with their provenance, or import what others fetched.

    A site is done as a whole or not at all: after an interruption, the same command goes on.
    """
    from fourp_nlp.study.result_places import check_results_place
    from fourp_nlp.websites import Limits, collect_sites, read_sites

    check_results_place(to / "sites.csv")
    listed, files = _lists_and_warc_files(words or [], warc or [])
    if listed is None and not files:
        raise typer.BadParameter("Name a list of sites, or WARC files with --warc.")
    limits = Limits(
        max_pages=max_pages,
        max_depth=max_depth,
        max_bytes=max(int(max_mb * 2**20), 1),
        max_seconds=max(int(max_minutes * 60), 1),
        delay=delay,
    )
    table = None if listed is None else read_sites(listed, limits=limits)
    if files or table is None:
        _import_warc_files(files, to, table, json=json)
        return
    wanted = table[table["site"].isin(site)] if site else table
    try:
        with _bars(wanted) as watch:
            collected = collect_sites(
                table,
                to,
                chosen=tuple(site or ()),
                contact=contact,
                allowed=tuple(allow_address or ()),
                handouts=handouts,
                patience=patience,
                processes=processes,
                again=again,
                watch=watch,
            )
    except KeyboardInterrupt:
        from fourp_nlp.cli.screen.console import warn

        warn(
            "Interrupted. Sites that were done are kept; the same command goes on with the others."
        )
        raise typer.Exit(INTERRUPTED) from None
    _show_collected(collected, wanted, contact=contact, json=json)


def _lists_and_warc_files(words: list[Path], warc: list[Path]) -> tuple[Path | None, list[Path]]:
    """Return the list of sites, and WARC files: `--warc a.warc b.warc` leaves b to the arguments."""
    files = [path for path in words if path.name.lower().endswith((".warc", ".warc.gz", ".wacz"))]
    lists = [path for path in words if path not in files]
    if len(lists) > 1:
        raise typer.BadParameter(f"One list of sites at a time: {lists[0]} or {lists[1]}.")
    if files and not warc:
        raise typer.BadParameter("Import WARC files with --warc.")
    return (lists[0] if lists else None), [*warc, *files]


@contextmanager
def _bars(sites: pd.DataFrame) -> Iterator[Callable[[dict[str, Any]], None] | None]:
    """Draw a bar for every site that is being collected and one for all, on a terminal."""
    import sys

    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from fourp_nlp.cli.screen.console import visible

    columns = (
        TextColumn("{task.description:<24}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        whole = bars.add_task("sites", total=len(sites))
        most = dict(zip(sites["site"], sites["max_pages"], strict=True))
        tasks: dict[str, Any] = {}

        def watch(event: dict[str, Any]) -> None:
            name = str(event["site"])
            if event["event"] == "begin":
                tasks[name] = bars.add_task(visible(name)[:24], total=int(most[name]))
            elif event["event"] == "page" and name in tasks:
                bars.update(tasks[name], completed=event["pages"])
            elif event["event"] in {"done", "failed"}:
                if name in tasks:
                    bars.remove_task(tasks.pop(name))
                bars.advance(whole)

        yield watch


def _show_collected(collected: Collected, sites: pd.DataFrame, *, contact: str, json: bool) -> None:
    """Print what was collected and what not, and end with the exit code that says so."""
    from fourp_nlp.cli.screen.console import json_lines, near, say, show, warn
    from fourp_nlp.websites import read_fetched, summary_of_sites, why_not

    names = [str(name) for name in sites["site"]]
    rows = read_fetched(collected.folder, [name for name in names if name in collected.done])
    summary = summary_of_sites(collected, sites, rows)
    with_pages = int((summary["pages"] > 0).sum())
    if json:
        json_lines(summary)
    else:
        megabytes = summary["bytes"].sum() / 2**20
        earlier = len(collected.earlier.intersection(names))
        before = f" ({earlier} of them earlier)" if earlier else ""
        silent = len(collected.done) - with_pages
        without = f", {silent} of them without any page" if silent else ""
        say(
            f"collected: {len(collected.done)} of {len(names)} sites{before}{without}; "
            f"{int(summary['pages'].sum())} pages, {fixed(megabytes, 1)} MB"
        )
        reasons = why_not(rows)
        if len(reasons):
            show(reasons, "Not fetched, and why")
        empty = summary.loc[summary["pages"] == 0, ["site", "name", "reason"]]
        if len(empty):
            show(empty, "Sites without any page")
        alone = summary.loc[summary["note"] != "", ["site", "name", "note"]]
        if len(alone):
            show(alone, "Sites of one page")
        ended = summary.loc[summary["ended"].str.startswith("max_"), ["site", "pages", "ended"]]
        if len(ended):
            show(ended, "Sites that reached a limit")
        say(f"wrote {near(collected.folder / 'fetched.csv')}")
        if collected.otherwise:
            warn(
                f"{_some(collected.otherwise)} collected earlier with other start pages or limits than now: "
                "--again collects anew."
            )
        if collected.tried_again:
            warn(f"{_some(collected.tried_again)} without a page earlier, and tried again.")
        if not contact:
            warn("The sites' owners cannot see who you are: give your address with --contact.")
    if not with_pages:
        raise typer.Exit(1)
    if with_pages < len(names):
        raise typer.Exit(SKIPPED_SOME)


def _some(sites: set[str]) -> str:
    first = ", ".join(sorted(sites)[:5])
    more = f" and {len(sites) - 5} more" if len(sites) > 5 else ""
    return f"{first}{more} {'was' if len(sites) == 1 else 'were'}"


def _import_warc_files(
    files: list[Path], to: Path, sites: pd.DataFrame | None, *, json: bool
) -> None:
    import pandas as pd

    from fourp_nlp.cli.screen.console import fail, json_lines, near, say, show, warn
    from fourp_nlp.websites import import_warc_files, keep_list

    failed: list[DocumentError] = []
    taken: list[ImportedWarc] = import_warc_files(files, to, failed=failed.append)
    if failed and not taken and len(failed) == 1:
        raise failed[0]
    for error in failed:
        fail(str(error))
    if not taken:
        raise typer.Exit(1)
    if sites is not None:
        keep_list(sites, to)
    table = pd.DataFrame([vars(one) for one in taken])
    if json:
        json_lines(table)
    else:
        show(table[["name", "records", "pages", "whole", "source"]], "Taken in")
        say(f"in {near(to)}")
        for one in taken:
            if not one.whole:
                warn(f"{one.source} is cut off; what is whole of it is read.")
    if not table["pages"].sum():
        raise typer.Exit(1)
    if failed or not table["whole"].all() or not (table["pages"] > 0).all():
        raise typer.Exit(SKIPPED_SOME)
