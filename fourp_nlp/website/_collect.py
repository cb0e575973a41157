"""Collecting sites: what is done is passed over, and the rest is handed to crawling processes in batches."""

from __future__ import annotations

import importlib.util
import json
import os
import queue
import subprocess
import sys
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from fourp_nlp import __version__
from fourp_nlp.errors import FourpError, MissingExtraError
from fourp_nlp.tables import conform, empty
from fourp_nlp.website._addresses import networks
from fourp_nlp.website._tables import FETCHED, SITES
from fourp_nlp.website.crawl import CrawlJob, done_file, fetched_file, warc_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["AGENT", "SITES_FILE", "Collected", "collect_sites", "read_done", "read_fetched"]

AGENT = f"fourp_nlp/{__version__} (research; reads robots.txt)"
"""The user agent where the user gives no address to write to."""

SITES_FILE = "sites.csv"
"""The list of sites in a folder of collected ones."""

_BATCH = 24
_AT_ONCE = 8


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
    """

    folder: Path
    done: dict[str, dict[str, Any]] = field(default_factory=dict)
    earlier: set[str] = field(default_factory=set)
    failed: dict[str, str] = field(default_factory=dict)


def collect_sites(
    sites: pd.DataFrame,
    folder: Path,
    *,
    contact: str = "",
    allowed: tuple[str, ...] = (),
    handouts: bool = False,
    patience: float = 30.0,
    max_answer: int = 20 * 1024 * 1024,
    processes: int = 1,
    again: bool = False,
    watch: Callable[[dict[str, Any]], None] | None = None,
) -> Collected:
    """Fetch sites into WARC files, one a site.

    Parameters
    ----------
    sites : pandas.DataFrame
        The table SITES.
    folder : pathlib.Path
        Where they go: ``SITE.warc.gz``, ``SITE.fetched.csv`` and ``SITE.done.json``, whole or not at all, and
        the list of sites.
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
        Crawling processes at the same time; each collects up to eight sites at once.
    again : bool
        Whether sites that are done are collected anew.
    watch : callable, optional
        Is told of every event, a dict with "event" and "site".

    Returns
    -------
    Collected
        What was collected, and what not.

    Raises
    ------
    MissingExtraError
        If the extra ``web`` is not installed.
    FourpError
        If an allowed address is none, or the folder cannot be written.
    """
    if any(importlib.util.find_spec(name) is None for name in ("scrapy", "warcio")):
        raise MissingExtraError(
            "Websites are collected by scrapy and warcio.",
            cure="Install what reads websites: pip install 'fourp_nlp[web]'",
        )
    networks(allowed)
    sites = conform(sites, SITES)
    folder.mkdir(parents=True, exist_ok=True)
    _write_list(sites, folder / SITES_FILE)
    made = Collected(folder)
    rows = [{str(key): value for key, value in row.items()} for row in sites.to_dict("records")]
    for row in rows:
        told = None if again else read_done(folder, str(row["site"]))
        if told is not None:
            made.done[str(row["site"])] = told
            made.earlier.add(str(row["site"]))
    left = [row for row in rows if row["site"] not in made.done]
    _sweep(folder)
    base = {
        "folder": str(folder.resolve()),
        "agent": AGENT.replace("(", f"(+{contact}; ", 1) if contact else AGENT,
        "allowed": list(allowed),
        "handouts": handouts,
        "patience": patience,
        "max_answer": max_answer,
        "at_once": _AT_ONCE,
        "driver": os.getpid(),
    }
    size = min(_BATCH, max(-(-len(left) // max(processes, 1)), 1))
    batches = deque(left[at : at + size] for at in range(0, len(left), size))
    for event in _run(batches, base, processes):
        name = str(event.get("site", ""))
        if event["event"] == "done":
            made.done[name] = {key: value for key, value in event.items() if key != "event"}
        elif event["event"] == "failed":
            made.failed[name] = str(event["reason"])
        if watch:
            watch(event)
    for row in left:
        name = str(row["site"])
        if name not in made.done and name not in made.failed:
            made.failed[name] = (
                "the crawling process ended before it was done; run the same command again"
            )
    return made


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
        told = json.loads(done_file(folder, site).read_text(encoding="utf-8"))
        whole = warc_file(folder, site).stat().st_size == told["warc_bytes"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return dict(told) if whole else None


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


def _write_list(sites: pd.DataFrame, path: Path) -> None:
    content = sites.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")
    partial = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        partial.write_bytes(content)
        partial.replace(path)
    except OSError as error:
        raise FourpError(
            f"It cannot be written: {error.strerror or error}.",
            file=path,
            cure="Check folder and disk.",
        ) from error
    finally:
        partial.unlink(missing_ok=True)


def _sweep(folder: Path) -> None:
    """Remove what a killed process left half written."""
    for pattern in ("*.part", ".*.tmp"):
        for path in folder.glob(pattern):
            path.unlink(missing_ok=True)


def _run(
    batches: deque[list[dict[str, Any]]], base: dict[str, Any], processes: int
) -> Iterator[dict[str, Any]]:
    """Hand batches to processes, and hand on what they tell."""
    events: queue.Queue[dict[str, Any] | None] = queue.Queue()
    running: list[subprocess.Popen[str]] = []
    try:
        while batches or running:
            while batches and len(running) < max(processes, 1):
                running.append(_start(CrawlJob(sites=batches.popleft(), **base), events))
            event = events.get()
            if event is None:
                running = [process for process in running if process.poll() is None]
            else:
                yield event
        while not events.empty():
            last = events.get()
            if last is not None:
                yield last
    finally:
        for process in running:
            process.kill()
            process.wait()


def _start(job: CrawlJob, events: queue.Queue[dict[str, Any] | None]) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "fourp_nlp.website.crawl"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
    )
    out, into = process.stdout, process.stdin
    if out is None or into is None:
        raise FourpError("A crawling process could not be started.")

    def listen() -> None:
        for line in out:
            try:
                events.put(json.loads(line))
            except ValueError:
                continue
        process.wait()
        events.put(None)

    threading.Thread(target=listen, daemon=True).start()
    into.write(job.as_json() + "\n")
    into.flush()
    return process
