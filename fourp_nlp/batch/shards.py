"""Shards: the files or folders that are scored one by one."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from fourp_nlp.batch.fingerprint import RECORD
from fourp_nlp.documents import SUPPORTED
from fourp_nlp.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["CHECK_DISK", "Kind", "Shard", "find_shards"]

CHECK_DISK = "Check the folder and the disk, then run the same command again."
"""What to do where scores cannot be written."""


Kind = Literal["warc", "parquet", "jsonl", "folder"]

_ENDINGS: tuple[tuple[str, Kind], ...] = (
    (".warc.gz", "warc"),
    (".warc", "warc"),
    (".parquet", "parquet"),
    (".jsonl", "jsonl"),
    (".ndjson", "jsonl"),
)
_END = 1 << 20
_SAFE = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True)
class Shard:
    """One unit of work.

    Attributes
    ----------
    name : str
        What its results are called: the same for the same place below what the user named.
    path : str
        The file or folder.
    kind : {"warc", "parquet", "jsonl", "folder"}
        What it is.
    site : str
        Id of the site that all of it belongs to; empty where each document says so itself.
    """

    name: str
    path: str
    kind: Kind
    site: str = ""

    def fingerprint(self) -> str:
        """Return what tells whether the shard was changed: its size and both its ends, hashed.

        Returns
        -------
        str
            In hexadecimal. Of a folder: names, sizes and dates of its files.
        """
        path = Path(self.path)
        digest = hashlib.sha256()
        if path.is_dir():
            for file in sorted(path.rglob("*")):
                if file.is_file():
                    status = file.stat()
                    digest.update(
                        f"{file.relative_to(path)}\0{status.st_size}\0{status.st_mtime_ns}\n".encode()
                    )
            return digest.hexdigest()
        size = path.stat().st_size
        digest.update(str(size).encode())
        with path.open("rb") as stream:
            digest.update(stream.read(_END))
            stream.seek(max(size - _END, 0))
            digest.update(stream.read(_END))
        return digest.hexdigest()


def find_shards(places: Iterable[Path], *, sites: Iterable[str] = ()) -> list[Shard]:
    """Find what is to be scored.

    Parameters
    ----------
    places : iterable of path
        WARC, Parquet and JSONL files; folders of such files (as `fourp collect` writes them); and folders
        of documents, each of which is one shard. A folder of scores is passed over.
    sites : iterable of str
        Ids of sites: a WARC file named after one, ``ID.warc.gz``, holds that site alone.

    Returns
    -------
    list of Shard
        By name.

    Raises
    ------
    DocumentError
        If a place is missing or holds nothing that can be scored, or two would have one name.
    """
    known = set(sites)
    shards: dict[str, Shard] = {}
    for place in places:
        for shard in _below(Path(place), known):
            if shard.name in shards and shards[shard.name] != shard:
                raise DocumentError(
                    f"Its results would be called like those of {shards[shard.name].path}.",
                    file=shard.path,
                    cure="Rename one of them, or name the folder that holds both.",
                )
            shards[shard.name] = shard
    return [shards[name] for name in sorted(shards)]


def _below(place: Path, sites: set[str]) -> list[Shard]:
    if place.is_file():
        kind = _kind(place)
        if kind is None:
            raise DocumentError(
                "Such a file cannot be scored by itself.",
                file=place,
                cure="Name WARC, Parquet or JSONL files, or a folder of documents.",
            )
        return [_shard(place, place.name, kind, sites)]
    if not place.is_dir():
        raise DocumentError(
            "There is no such file or folder.", file=place, cure="Look for a typing error."
        )
    files = sorted(
        path for path in place.rglob("*") if path.is_file() and not path.name.startswith(".")
    )
    scores = {path.parent for path in files if path.name == RECORD}
    files = [path for path in files if scores.isdisjoint(path.parents)]
    shards = [
        _shard(path, path.relative_to(place).as_posix(), kind, sites)
        for path in files
        if (kind := _kind(path)) is not None
    ]
    if shards:
        return shards
    if not any(path.suffix.lower() in SUPPORTED for path in files):
        raise DocumentError(
            "There is nothing in this folder that can be scored.",
            file=place,
            cure="Put WARC, Parquet or JSONL files there, or documents.",
        )
    return [_shard(place, place.resolve().name, "folder", sites)]


def _kind(path: Path) -> Kind | None:
    name = path.name.lower()
    return next((kind for ending, kind in _ENDINGS if name.endswith(ending)), None)


def _shard(path: Path, name: str, kind: Kind, sites: set[str]) -> Shard:
    stem = next(
        (name[: -len(ending)] for ending, _ in _ENDINGS if name.lower().endswith(ending)), name
    )
    plain = _SAFE.sub("_", stem.replace("/", "--")).strip(".") or "shard"
    if plain != stem.replace("/", "--") or len(plain) > 120:
        # What had to be changed could come out the same twice.
        plain = f"{plain[:100]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
    last = stem.rpartition("/")[2]
    return Shard(plain, str(path.resolve()), kind, last if last in sites else "")
