"""WARC files from elsewhere, taken into a folder of collected sites as if they had been collected here."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections import Counter
from typing import TYPE_CHECKING, Any

from fourp_nlp.errors import DocumentError
from fourp_nlp.website._records import read_answers, whole
from fourp_nlp.website.crawl import done_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["take_warcs"]

_ENDINGS = (".warc.gz", ".warc")
_SAFE = re.compile(r"[^A-Za-z0-9_-]+")


def take_warcs(warcs: Sequence[Path], folder: Path) -> list[dict[str, Any]]:
    """Take WARC files in: those of Common Crawl, Browsertrix, wget or any other collector.

    Parameters
    ----------
    warcs : sequence of path
        The files, which stay where they are: they are linked, or copied where they cannot be.
    folder : pathlib.Path
        A folder of collected sites.

    Returns
    -------
    list of dict
        For each its name there, how many answers it has and of which status, and whether it is whole; as it
        stands in its record.

    Raises
    ------
    DocumentError
        If a file is no WARC file, or one of that name is there already.
    """
    folder.mkdir(parents=True, exist_ok=True)
    told = []
    for path in warcs:
        ending = next((end for end in _ENDINGS if path.name.lower().endswith(end)), "")
        if not ending or not path.is_file():
            raise DocumentError(
                "This is no WARC file." if path.exists() else "There is no such file.",
                file=path,
                cure="Name files that end in .warc or .warc.gz.",
            )
        name = _SAFE.sub("_", path.name[: -len(ending)]).strip("_") or "warc"
        target = folder / f"{name}{ending}"
        if target.exists() and not target.samefile(path):
            raise DocumentError(
                f"There is a file of this name in {folder} already.",
                file=path,
                cure="Rename one of them, or name another folder.",
            )
        statuses: Counter[int] = Counter(answer.status for answer in read_answers(path))
        record = {
            "site": name,
            "ended": "taken",
            "from": str(path.resolve()),
            "warc_bytes": path.stat().st_size,
            "whole": whole(path),
            "answers": sum(statuses.values()),
            "pages": statuses[200],
        }
        if not target.exists():
            _link(path, target)
        done_file(folder, name).write_text(json.dumps(record, indent=1), encoding="utf-8")
        told.append(record)
    return told


def _link(path: Path, target: Path) -> None:
    try:
        os.link(path.resolve(), target)
    except OSError:
        partial = target.with_name(f".{target.name}.{os.getpid()}.tmp")
        try:
            shutil.copyfile(path, partial)
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
