"""Scoring many shards: what is finished is passed over, and the rest is handed to an engine."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fourp_nlp.classify import load_model
from fourp_nlp.errors import MissingExtraError
from fourp_nlp.scoring._engine import run
from fourp_nlp.scoring._fingerprint import claim, fingerprint_of
from fourp_nlp.scoring._score import Job, Scored, Unit, finished, score_shard
from fourp_nlp.scoring._shards import find_shards

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import pandas as pd

__all__ = ["SITES_FILE", "ScoredShards", "score_places"]

SITES_FILE = "sites.json"
"""File of a folder of scores with the list of sites: names and groups."""

_SCALE = "Install what scores at scale: pip install 'fourp_nlp[scale]'"


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

    def total(self, what: str) -> int:
        """Return the sum of one of the counts over all shards."""
        return sum(getattr(shard, what) for shard in self.shards)


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
        Folder of the machine coder.
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
        import pyarrow  # noqa: F401, PLC0415 - an extra
    except ImportError as error:
        raise MissingExtraError("Scores are written by pyarrow.", cure=_SCALE) from error
    folder = folder.resolve()
    listed = "" if sites is None else json.dumps(sites.to_dict(orient="list"), ensure_ascii=False)
    shards = find_shards(places, sites=[] if sites is None else sites["site"].tolist())
    web = any(shard.kind == "warc" for shard in shards)
    print_ = fingerprint_of(
        load_model(model),
        unit=unit,
        languages=tuple(sorted(languages)) if web else (),
        sites=hashlib.sha256(listed.encode()).hexdigest() if listed else "",
        web=web,
    )
    claim(folder, print_)
    if listed:
        (folder / SITES_FILE).write_text(listed, encoding="utf-8")
    jobs = [
        Job(
            shard=shard,
            folder=str(folder),
            model=str(model.resolve()),
            encoder=encoder,
            unit=unit,
            fingerprint=print_.as_json(),
            sites=listed,
            languages=tuple(sorted(languages)) if web else (),
        )
        for shard in shards
    ]
    _sweep(folder)
    made = {job.shard.name: done for job in jobs if (done := finished(job)) is not None}
    if watch:
        watch(len(made), len(jobs))
    left = [job for job in jobs if job.shard.name not in made]
    for result in run(score_shard, left, lost=_lost, workers=workers, cluster=cluster):
        made[result.shard] = result
        if watch:
            watch(len(made), len(jobs))
    (folder / "summary.json").write_text(
        json.dumps([made[name].__dict__ for name in sorted(made)], indent=1), encoding="utf-8"
    )
    return ScoredShards(folder, [made[name] for name in sorted(made)])


def _lost(job: Job) -> Scored:
    return Scored(
        job.shard.name,
        problem=f"{job.shard.path}: Every worker that scored it died. Something in it takes more memory than "
        "there is, or brings a parser down; take the file away, or split it.",
    )


def _sweep(folder: Path) -> None:
    """Remove what killed workers left half written."""
    for part in ("segments", "pages"):
        for path in (folder / part).glob(".*.tmp"):
            path.unlink(missing_ok=True)
