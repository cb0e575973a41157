"""What it takes to take back a change to people's codings: kept in the project for each change."""

from __future__ import annotations

import base64
import gzip
import json
import os
import zlib
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fourp_nlp.errors import ProjectError
from fourp_nlp.files import fingerprint, private_folder
from fourp_nlp.files.disk_sync import sync_file, sync_folder
from fourp_nlp.study.project import Project, open_project
from fourp_nlp.study.settings import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["FileBefore", "UndoEntry", "UndoJournal", "read_entries", "undo_folder"]

_FORMAT = "fourp undo, 1"
_KEPT = 20  # changes that can be taken back
_LARGEST = 200 * 1024 * 1024  # bytes of earlier content that are kept for one change
_UNFOLDED = 1 << 30
_BOTH = ("what_was_read.json", "index.json")
"""Files that every command adds to: of these, what a change made of them is kept as well."""

Rows = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True)
class FileBefore:
    """A file before a change.

    Attributes
    ----------
    path : pathlib.Path
        The file.
    before : bytes or None
        What it held; None if it was not there.
    after : str or None
        The SHA-256 of what the change made of it; None if it was gone then.
    after_content : bytes or None
        That content, for files that every command adds to.
    """

    path: Path
    before: bytes | None
    after: str | None
    after_content: bytes | None = None


@dataclass(frozen=True)
class UndoEntry:
    """A change to people's codings that can be taken back.

    Attributes
    ----------
    file : pathlib.Path
        Where this is kept.
    change : str
        The change's id, by which the database knows whether it was made.
    what : str
        What it was for.
    at : str
        When it was made.
    files : list of FileBefore
        The files.
    removed, added : dict of str to list of tuple
        Rows of the database, by tables.
    """

    file: Path
    change: str
    what: str
    at: str
    files: list[FileBefore] = field(default_factory=list)
    removed: Rows = field(default_factory=dict)
    added: Rows = field(default_factory=dict)


def undo_folder(root: Path) -> Path:
    """Return the folder in which it is kept how changes of a project are taken back."""
    return root / ".fourp" / "undo"


class UndoJournal:
    """Keeps how one change is taken back.

    Parameters
    ----------
    root : pathlib.Path
        The project's folder.
    paths : iterable of pathlib.Path
        The files that the change is about to write.

    Attributes
    ----------
    of_codings : bool
        Whether codings, the codebook or the table of documents are among them.
    """

    def __init__(self, root: Path, paths: Iterable[Path]) -> None:
        self._root = root
        self._before: dict[Path, bytes | None] = {}
        self.of_codings = False
        self._written: Path | None = None
        if not (root / SETTINGS).is_file():
            return  # a new project, or a folder of scores: there is nothing to go back to
        try:
            project = open_project(root)
        except ProjectError:
            return
        chosen = [path for path in paths if not path.is_relative_to(project.reports)]
        self.of_codings = any(_holds_codings(project, path) for path in chosen)
        size = 0
        for path in chosen:
            with suppress(FileNotFoundError, NotADirectoryError):
                size += path.stat().st_size
        if size <= _LARGEST:
            self._before = {path: _content(path) for path in chosen}

    def write(self, change: str, what: str, before: Rows, after: Rows) -> None:
        """Keep how the change is taken back, after its files have their new content.

        Parameters
        ----------
        change : str
            The change's id.
        what : str
            What it is for.
        before, after : dict of str to list of tuple
            Rows of people's work in the database, by tables.
        """
        removed, added = _difference(before, after), _difference(after, before)
        if not self.of_codings and not (removed.get("decisions") or added.get("decisions")):
            return
        now = datetime.now(UTC)
        content = {
            "format": _FORMAT,
            "change": change,
            "what": what,
            "at": now.isoformat(timespec="seconds"),
            "files": [
                {
                    "path": os.path.relpath(path, self._root),
                    "before": _packed(content),
                    "after": fingerprint(path),
                    "after_content": _packed(_content(path)) if path.name in _BOTH else None,
                }
                for path, content in self._before.items()
            ],
            "removed": removed,
            "added": added,
        }
        folder = private_folder(undo_folder(self._root))
        path = folder / f"{now.strftime('%Y%m%dT%H%M%S%f')}-{change or 'rows'}.json.gz"
        data = gzip.compress(json.dumps(content).encode("utf-8"), mtime=0)
        self._written = path
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(data)
        sync_file(path)
        sync_folder(folder)

    def forget(self) -> None:
        """Remove what was written, because the change was not made."""
        if self._written is not None:
            self._written.unlink(missing_ok=True)

    def prune(self) -> None:
        """Remove what belongs to changes that are too old to be taken back."""
        if self._written is not None:
            for path in _files(self._root)[_KEPT:]:
                with suppress(OSError):
                    path.unlink()


def read_entries(root: Path) -> Iterator[UndoEntry]:
    """Yield the changes that can be taken back, the last one first.

    Parameters
    ----------
    root : pathlib.Path
        The project's folder.

    Yields
    ------
    UndoEntry
        Files that cannot be read are passed over.
    """
    for path in _files(root):
        try:
            data = zlib.decompressobj(31).decompress(path.read_bytes(), _UNFOLDED)
            content = json.loads(data)
            if content["format"] == _FORMAT:
                yield _from_json(root, path, content)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, zlib.error):
            continue


def _from_json(root: Path, path: Path, content: dict[str, Any]) -> UndoEntry:
    return UndoEntry(
        path,
        str(content["change"]),
        str(content["what"]),
        str(content["at"]),
        [
            FileBefore(
                Path(os.path.normpath(root / str(each["path"]))),
                _unpacked(each["before"]),
                each["after"],
                _unpacked(each["after_content"]),
            )
            for each in content["files"]
        ],
        {name: [tuple(row) for row in rows] for name, rows in content["removed"].items()},
        {name: [tuple(row) for row in rows] for name, rows in content["added"].items()},
    )


def _files(root: Path) -> list[Path]:
    return sorted(undo_folder(root).glob("*.json.gz"), reverse=True)


def _holds_codings(project: Project, path: Path) -> bool:
    return path.is_relative_to(project.gold) or path in {project.codebook, project.attributes}


def _difference(one: Mapping[str, Any], other: Mapping[str, Any]) -> Rows:
    """Return the rows of one state that another does not have."""
    differing = {}
    for name, rows in one.items():
        known = set(other.get(name, ()))
        differing[name] = [row for row in rows if row not in known]
    return {name: rows for name, rows in differing.items() if rows}


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return None


def _packed(content: bytes | None) -> str | None:
    return None if content is None else base64.b64encode(content).decode("ascii")


def _unpacked(cell: str | None) -> bytes | None:
    return None if cell is None else base64.b64decode(cell)
