"""Scoring many shards: finished ones are skipped, the others are handed to an engine."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fourp_nlp.batch.engine import run
from fourp_nlp.batch.fingerprint import check_of, claim, fingerprint_of
from fourp_nlp.batch.machine_folder import keep_model
from fourp_nlp.batch.shard_scoring import Job, Scored, Unit, finished, score_shard
from fourp_nlp.batch.shards import find_shards
from fourp_nlp.errors import INSTALL_SCALE, FourpError, MissingExtraError, ModelError
from fourp_nlp.files import sweep_of_many_writers, write_text
from fourp_nlp.machine.classifier import load_model
from fourp_nlp.machine.encoder import fits_encoder, load_encoder, other_runtime

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from fourp_nlp.batch.shards import Shard

__all__ = ["SITES_FILE", "ScoredShards", "failed_pages", "noted_pages", "score_places"]

SITES_FILE = "sites.json"
"""File of a folder of scores with the list of sites: names and groups."""

_MOST_NAMED = 10


@dataclass
class ScoredShards:
    """What came of all shards.

    Attributes
    ----------
    folder : pathlib.Path
        Where the scores are.
    shards : list of Scored
        One a shard, by name.
    """

    folder: Path
    shards: list[Scored] = field(default_factory=list)

    @property
    def failed(self) -> list[Scored]:
        """Shards that could not be scored."""
        return [shard for shard in self.shards if shard.problem]

    @property
    def skipped(self) -> list[Scored]:
        """Shards that had been scored before."""
        return [shard for shard in self.shards if shard.skipped]

    def total(self, what: str) -> int:
        """Return the sum of one of the counts over all shards."""
        return sum(getattr(shard, what) for shard in self.shards)


def failed_pages(scored: ScoredShards) -> list[tuple[str, str]]:
    """Name pages that could not be read or coded.

    Parameters
    ----------
    scored : ScoredShards
        What came of all shards.

    Returns
    -------
    list of (str, str)
        Id of the page, and why.
    """
    return _named(scored, "failed", "reason", [("status", "=", "failed")])


def noted_pages(scored: ScoredShards) -> list[tuple[str, str]]:
    """Name pages that were coded and of which something is to be known.

    Parameters
    ----------
    scored : ScoredShards
        What came of all shards.

    Returns
    -------
    list of (str, str)
        Id of the page, and what is to be known: how little of its visible words was kept, or how much was
        left out in other languages.
    """
    return _named(scored, "noted", "note", [("note", "!=", "")])


def _named(
    scored: ScoredShards, count: str, column: str, filters: list[tuple[str, str, str]]
) -> list[tuple[str, str]]:
    import pyarrow.parquet as pq

    named: list[tuple[str, str]] = []
    for shard in scored.shards:
        if not getattr(shard, count) or len(named) >= _MOST_NAMED:
            continue
        table = pq.read_table(
            scored.folder / "pages" / f"{shard.shard}.parquet",
            columns=["document", column],
            filters=filters,
        )
        named += [(row["document"], row[column]) for row in table.slice(0, _MOST_NAMED).to_pylist()]
    return named[:_MOST_NAMED]


def score_places(
    places: Sequence[Path],
    folder: Path,
    model: Path,
    *,
    encoder: str = "",
    unit: Unit = "sentence",
    sites: pd.DataFrame | None = None,
    languages: tuple[str, ...] = ("en",),
    workers: int = 0,
    cluster: str = "",
    watch: Callable[[int, int], Any] | None = None,
) -> ScoredShards:
    """Score shards into a folder.

    Parameters
    ----------
    places : sequence of path
        What to score: see `find_shards`.
    folder : pathlib.Path
        Where scores go. What is there under the same fingerprint is not scored again.
    model : pathlib.Path
        Folder of the machine coder; a copy is kept with the scores.
    encoder : str
        Name of the encoder; empty for the default.
    unit : str
        The unit of coding.
    sites : pandas.DataFrame, optional
        The table SITES.
    languages : tuple of str
        Languages of web pages that are kept.
    workers : int
        Processes on this machine; 0 for one a processor.
    cluster : str
        Address of a Dask scheduler in place of this machine.
    watch : callable, optional
        Is told how many shards are done, and how many there are.

    Returns
    -------
    ScoredShards
        What came of each.

    Raises
    ------
    FourpError
        If the folder holds scores that were made otherwise, or there is nothing to score.
    MissingExtraError
        If the extra ``scale`` is not installed.
    """
    try:
        import joblib  # noqa: F401 - an extra
        import pyarrow  # noqa: F401 - an extra
    except ImportError as error:
        raise MissingExtraError(
            "Scoring needs joblib, and scores are written by pyarrow.", cure=INSTALL_SCALE
        ) from error
    folder = folder.resolve()
    if any(Path(place).resolve() == folder for place in places):
        raise FourpError(
            "Scores cannot go where the shards are.",
            file=folder,
            cure="Name another folder: --to DIR",
        )
    known = [] if sites is None else sites["site"].tolist()
    shards = find_shards(places, sites=known)
    web = any(shard.kind == "warc" for shard in shards)
    wanted = tuple(sorted(languages)) if web else ()
    machine = load_model(model)
    encoder_id = (load_encoder(encoder) if encoder else load_encoder()).id
    if not fits_encoder(machine.encoder_id, encoder_id):
        raise ModelError(
            f"The model was trained with the encoder {machine.encoder_id}, and {encoder_id} is set.",
            file=model,
            cure=f"Give encoder='{same}'."
            if (same := other_runtime(machine.encoder_id, encoder_id))
            else "Name a model of this encoder with --model DIR, or train one with `fourp train`.",
        )
    fingerprint = fingerprint_of(machine, unit=unit, languages=wanted, web=web)
    claim(folder, fingerprint)
    kept = keep_model(model, folder)
    depends = fingerprint.as_json()
    if sites is not None:
        write_text(folder / SITES_FILE, _as_json(sites), many_writers=True)
    jobs = [
        Job(
            shard=shard,
            folder=str(folder),
            model=str(kept),
            encoder=encoder,
            unit=unit,
            fingerprint=depends,
            sites=_listed(shard, sites),
            languages=wanted,
        )
        for shard in shards
    ]
    _sweep(folder)
    results = {job.shard.name: done for job in jobs if (done := finished(job)) is not None}
    if watch:
        watch(len(results), len(jobs))
    unfinished = [job for job in jobs if job.shard.name not in results]
    check = check_of(json.loads(depends), kept, folder)
    for result in run(
        score_shard, unfinished, lost=_lost, workers=workers, cluster=cluster, check=check
    ):
        results[result.shard] = result
        if watch:
            watch(len(results), len(jobs))
    _sweep(folder)
    in_order = [results[name] for name in sorted(results)]
    summary = json.dumps([shard.__dict__ for shard in in_order], indent=1)
    write_text(folder / "summary.json", summary, many_writers=True)
    return ScoredShards(folder, in_order)


def _as_json(sites: pd.DataFrame) -> str:
    return json.dumps(sites.to_dict(orient="list"), ensure_ascii=False)


def _listed(shard: Shard, sites: pd.DataFrame | None) -> str:
    """Return what the scores of a shard depend on of the list of sites, and no more.

    A site that is added to the list later, or a limit that was changed, makes no other site's scores old.
    """
    if sites is None or shard.kind != "warc":
        return ""
    rows = sites[sites["site"] == shard.site] if shard.site else sites
    return _as_json(rows[["site", "group", "urls"]])


def _lost(job: Job) -> Scored:
    return Scored(
        job.shard.name,
        problem=f"{job.shard.path}: Every worker that scored it died. Something in it takes more memory than "
        "there is, or brings a parser down. Take the file away, or split it to find the page.",
    )


def _sweep(folder: Path) -> None:
    for part in (folder, folder / "segments", folder / "pages"):
        sweep_of_many_writers(part)
