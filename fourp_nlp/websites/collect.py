"""Collecting the sites of a list; finished sites are skipped."""

from __future__ import annotations

import importlib.util
import json
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from fourp_nlp import __version__
from fourp_nlp.errors import INSTALL_WEB, DocumentError, FourpError, MissingExtraError
from fourp_nlp.files import writing_to
from fourp_nlp.files.stray_files import is_stray
from fourp_nlp.spreadsheets import write_csv
from fourp_nlp.tables import conform, empty
from fourp_nlp.websites._crawler_processes import feed
from fourp_nlp.websites.addresses import networks
from fourp_nlp.websites.crawl import (
    CrawlJob,
    Neighbours,
    Watchdog,
    done_file,
    fetched_file,
    sweep,
    warc_file,
)
from fourp_nlp.websites.scope import Scopes
from fourp_nlp.websites.tables import FETCHED, SITES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

__all__ = [
    "AGENT",
    "FETCHED_FILE",
    "MAX_ANSWER",
    "PATIENCE",
    "SITES_FILE",
    "Collected",
    "collect_sites",
    "collecting",
    "keep_list",
    "read_done",
    "read_fetched",
    "write_fetched",
]

AGENT = f"fourp_nlp/{__version__} (research; reads robots.txt)"
"""The user agent where the user gives no address to write to."""

PATIENCE = 60.0
"""Seconds to wait for an answer, all of it."""

MAX_ANSWER = 20 * 1024 * 1024
"""Bytes of one answer."""

WATCHDOG = Watchdog()
"""What a crawling process may take."""

SITES_FILE = "sites.csv"
"""The list of sites in a folder of collected ones."""

FETCHED_FILE = "fetched.csv"
"""What was fetched of all of them, and what not."""

_LOCK = ".fourp-collect.lock"
_LOCK_PATIENCE = 10.0


@dataclass
class Collected:
    """What was collected.

    Attributes
    ----------
    folder : pathlib.Path
        Where it is.
    done : dict of str to dict
        The record of every site that is done.
    earlier : set of str
        Those that were done before.
    failed : dict of str to str
        Sites that could not be collected, and why.
    tried_again : set of str
        Sites that gave no page before because of something that may pass, and were asked again.
    otherwise : set of str
        Sites that were done before with other start URLs or limits than the list now says.
    """

    folder: Path
    done: dict[str, dict[str, Any]] = field(default_factory=dict)
    earlier: set[str] = field(default_factory=set)
    failed: dict[str, str] = field(default_factory=dict)
    tried_again: set[str] = field(default_factory=set)
    otherwise: set[str] = field(default_factory=set)


def collect_sites(
    sites: pd.DataFrame,
    folder: Path,
    *,
    chosen: Collection[str] = (),
    contact: str = "",
    allowed: tuple[str, ...] = (),
    handouts: bool = False,
    patience: float = PATIENCE,
    max_answer: int = MAX_ANSWER,
    processes: int = 1,
    again: bool = False,
    watchdog: Watchdog = WATCHDOG,
    watch: Callable[[dict[str, Any]], None] | None = None,
) -> Collected:
    """Fetch sites into WARC files, one a site.

    Sites that are done are passed over, save for those that gave no page because of something that may
    pass (no answer, a server out of order).

    Parameters
    ----------
    sites : pandas.DataFrame
        The table SITES.
    folder : pathlib.Path
        Where they go: ``SITE.warc.gz``, ``SITE.fetched.csv`` and ``SITE.done.json``, whole or not at all, and
        the list of sites.
    chosen : collection of str
        Ids of the sites to collect; all if empty. The others still tell whose the pages of a shared host are.
    contact : str
        An address to write to, for the user agent.
    allowed : tuple of str
        Private addresses that may be asked all the same.
    handouts : bool
        Whether PDF and office files are fetched.
    patience : float
        Seconds to wait for an answer.
    max_answer : int
        Bytes of one answer at most.
    processes : int
        Crawling processes at the same time; each collects up to sixteen hosts at once.
    again : bool
        Whether sites that are done are collected anew.
    watchdog : Watchdog
        What a crawling process may take before it is ended.
    watch : callable, optional
        Is told of every event, a dict with "event" ("begin", "page", "done", "failed") and "site".

    Returns
    -------
    Collected
        What was collected, and what not.

    Raises
    ------
    MissingExtraError
        If the extra ``web`` is not installed.
    FourpError
        If an allowed address is none, the folder cannot be written, or somebody else is collecting into it.
    """
    if any(importlib.util.find_spec(name) is None for name in ("scrapy", "warcio")):
        raise MissingExtraError(
            "Websites are collected by scrapy and warcio.",
            cure=INSTALL_WEB,
        )
    networks(allowed)
    sites = conform(sites, SITES)
    strange = sorted(set(chosen) - set(sites["site"]))
    if strange:
        raise DocumentError(
            f"'{strange[0]}' is no site of the list.",
            cure=f"Its sites are: {', '.join(sites['site'][:20])}.",
        )
    collected = Collected(folder)
    rows = [{str(key): value for key, value in row.items()} for row in sites.to_dict("records")]
    job = CrawlJob(
        folder=str(folder.resolve()),
        agent=AGENT.replace("(", f"(+{_header(contact)}; ", 1) if contact else AGENT,
        allowed=list(allowed),
        handouts=handouts,
        patience=patience,
        max_answer=max_answer,
        watchdog=watchdog,
    )
    with collecting(folder) as lock:
        keep_list(sites, folder)
        unfinished = [
            row
            for row in rows
            if (not chosen or row["site"] in chosen)
            and (again or not _earlier(collected, row, job))
        ]
        names = {str(row["site"]) for row in unfinished}
        for event in feed(_groups(rows, names), job, processes, lock=lock):
            name = str(event.get("site", ""))
            if event["event"] == "done":
                collected.done[name] = {
                    key: value for key, value in event.items() if key != "event"
                }
            elif event["event"] == "failed":
                collected.failed[name] = str(event["reason"])
            if watch:
                watch(event)
        write_fetched(folder)
    return collected


def _earlier(collected: Collected, row: dict[str, Any], job: CrawlJob) -> bool:
    """Say whether a site is done, and note what is to be known of it."""
    site = str(row["site"])
    record = read_done(collected.folder, site)
    if record is None:
        return False
    if not record.get("pages") and record.get("outcomes", {}).get("failed"):
        collected.tried_again.add(site)
        return False
    collected.done[site] = record
    collected.earlier.add(site)
    asked = record.get("asked") or {}
    now = {**row, "handouts": job.handouts}
    if any(now.get(key) != value for key, value in asked.items()):
        collected.otherwise.add(site)
    return True


def _groups(rows: list[dict[str, Any]], wanted: set[str]) -> list[Neighbours]:
    """Put sites together that share a host: they are collected one after the other."""
    starts = {str(row["site"]): str(row["urls"]) for row in rows}
    leader = {site: site for site in starts}

    def of(site: str) -> str:
        while leader[site] != site:
            leader[site] = leader[leader[site]]
            site = leader[site]
        return site

    for sharing in Scopes(starts.items()).hosts().values():
        for site in sharing[1:]:
            leader[of(site)] = of(sharing[0])
    together: dict[str, Neighbours] = {}
    for row in rows:
        site = str(row["site"])
        group = together.setdefault(of(site), Neighbours([], []))
        group.all.append((site, starts[site]))
        if site in wanted:
            group.sites.append(row)
    return [group for group in together.values() if group.sites]


def _header(contact: str) -> str:
    """Return what can stand within the brackets of a user agent."""
    plain = contact.encode("ascii", "ignore").decode()
    return " ".join(plain.translate(str.maketrans("();", "   ")).split())


@contextmanager
def collecting(folder: Path) -> Iterator[int]:
    """Keep a folder to oneself, and tidy it up: what another one left half written goes.

    Parameters
    ----------
    folder : pathlib.Path
        Is made if it is not there.

    Yields
    ------
    int
        The open file that keeps it: as long as a process that inherited it lives, nobody else comes in.

    Raises
    ------
    FourpError
        If somebody else is collecting into it, or it cannot be written.
    """
    with writing_to(folder, "The folder"):
        folder.mkdir(parents=True, exist_ok=True)
        stream = (folder / _LOCK).open("ab")
    with stream:
        _lock(stream.fileno(), folder)
        sweep(folder)
        yield stream.fileno()


def _lock(number: int, folder: Path) -> None:
    try:
        import fcntl
    except ImportError:
        return
    until = time.monotonic() + _LOCK_PATIENCE
    while True:
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if time.monotonic() > until:
                raise FourpError(
                    "Another `fourp collect` is at work in this folder.",
                    file=folder,
                    cure="Wait until it is done, or collect into another folder.",
                ) from None
            time.sleep(0.1)
        else:
            return


def read_done(folder: Path, site: str) -> dict[str, Any] | None:
    """Return the record that a site is done, if its WARC file is there and as long as it says.

    Parameters
    ----------
    folder : pathlib.Path
        A folder of collected sites.
    site : str
        Id of the site.

    Returns
    -------
    dict or None
        The record; None if the site is still to be collected.
    """
    try:
        record = json.loads(done_file(folder, site).read_text(encoding="utf-8"))
        warc = folder / str(record["warc"]) if "warc" in record else warc_file(folder, site)
        whole = warc.stat().st_size == record["warc_bytes"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return dict(record) if whole else None


def read_fetched(folder: Path, sites: list[str]) -> pd.DataFrame:
    """Return what was fetched of sites, and what not.

    Parameters
    ----------
    folder : pathlib.Path
        A folder of collected sites.
    sites : list of str
        Their ids.

    Returns
    -------
    pandas.DataFrame
        The table FETCHED.
    """
    parts = []
    for site in sites:
        path = fetched_file(folder, site)
        if path.is_file():
            frame = pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8-sig")
            parts.append(frame.astype({"status": "int64", "bytes": "int64"}))
    return conform(pd.concat(parts, ignore_index=True), FETCHED) if parts else empty(FETCHED)


def write_fetched(folder: Path) -> pd.DataFrame:
    """Write the table of all sites that are done, and return it.

    Parameters
    ----------
    folder : pathlib.Path
        A folder of collected sites.

    Returns
    -------
    pandas.DataFrame
        The table FETCHED.
    """
    ending = ".done.json"
    names = sorted(
        path.name.removesuffix(ending)
        for path in folder.glob(f"*{ending}")
        if not is_stray(path.name)
    )
    fetched = read_fetched(folder, [name for name in names if read_done(folder, name)])
    write_csv(fetched, folder / FETCHED_FILE)
    return fetched


def keep_list(sites: pd.DataFrame, folder: Path) -> None:
    """Write the list of sites; sites of an earlier list that this one has not stay on it.

    Parameters
    ----------
    sites : pandas.DataFrame
        The table SITES.
    folder : pathlib.Path
        A folder of collected sites.
    """
    path = folder / SITES_FILE
    try:
        earlier = pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8-sig")
        kinds = {name: SITES.columns[name].kind for name in SITES.names}
        earlier = conform(earlier.astype(kinds), SITES)
        kept = earlier[~earlier["site"].isin(sites["site"])]
        sites = pd.concat([sites, kept], ignore_index=True) if len(kept) else sites
    except (OSError, ValueError, KeyError, FourpError):
        pass  # there is none, or it is none of ours
    write_csv(sites, path)
