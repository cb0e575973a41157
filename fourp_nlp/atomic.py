"""Writing a file, or several, whole or not at all."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from fourp_nlp.errors import FourpError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["replacing", "write_together"]


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Hand out a temporary name beside a file; on success it takes the file's place.

    An error inside the block leaves an earlier file as it was and no temporary file behind.

    Parameters
    ----------
    path : str or os.PathLike
        The file to be written; its folder is made where it is missing.

    Yields
    ------
    pathlib.Path
        The name to write to.

    Raises
    ------
    FourpError
        If the folder or the file cannot be written.
    """
    target = Path(path)
    # Not tempfile: its files are readable by their owner alone, and would stay so after the rename.
    partial = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield partial
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise FourpError(
            f"The file cannot be written: {error.strerror or error}.",
            file=target,
            cure="Close it if it is open in another program, and check the folder and the disk.",
        ) from error


def write_together(
    contents: Mapping[Path, bytes | None], *, keep: Mapping[Path, Path] | None = None
) -> None:
    """Write several files, or none of them.

    Every file is written under a temporary name first, so that a full disk or a folder that nobody may
    write to is found before anything changes; then all are renamed. If a name cannot be taken (a file is
    open in another program), what was renamed before is put back.

    Parameters
    ----------
    contents : mapping of pathlib.Path to bytes or None
        What each file holds, or None if it is to go. Folders are made where they are missing.
    keep : mapping of pathlib.Path to pathlib.Path, optional
        By the files that are replaced, the names under which they stay as they were.

    Raises
    ------
    FourpError
        If a file cannot be written. Everything is then as it was.
    """
    kept = {target: name for target, name in (keep or {}).items() if target.exists()}
    drafts = {path: _beside(path, "new") for path in [*contents, *kept.values()]}
    folders: list[Path] = []
    undo: list[tuple[Path, Path | None]] = []
    target = Path()
    try:
        for target, draft in drafts.items():
            content = contents.get(target)
            if content is not None:
                _make_folders(target.parent, folders)
                draft.write_bytes(content)
        for target, name in kept.items():
            _make_folders(name.parent, folders)
            drafts[name].write_bytes(target.read_bytes())
        for target, draft in drafts.items():
            _exchange(target, draft, undo)
    except BaseException as error:
        _put_back(undo, drafts.values(), folders)
        if not isinstance(error, OSError):
            raise
        raise FourpError(
            f"The file cannot be written, and nothing was changed: {error.strerror or error}.",
            file=target,
            cure="Close it if it is open in another program, and check the folder and the disk.",
        ) from error
    for _, old in undo:
        if old is not None:
            old.unlink(missing_ok=True)


def _exchange(target: Path, draft: Path, undo: list[tuple[Path, Path | None]]) -> None:
    """Set a file aside, and give its name to the draft if there is one."""
    if target.exists():
        target.replace(_beside(target, "old"))
        undo.append((target, _beside(target, "old")))
    if draft.exists():
        draft.replace(target)
        undo.append((target, None))


def _put_back(
    undo: list[tuple[Path, Path | None]], drafts: Iterable[Path], folders: list[Path]
) -> None:
    for path, old in reversed(undo):
        if old is None:
            path.unlink(missing_ok=True)
        else:
            old.replace(path)
    for draft in drafts:
        with suppress(OSError):  # there may be no such folder
            draft.unlink()
    for folder in reversed(folders):
        with suppress(OSError):  # somebody else put something into it
            folder.rmdir()


def _beside(path: Path, what: str) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}.{what}")


def _make_folders(folder: Path, made: list[Path]) -> None:
    """Make a folder and those above it; add those that were not there, outermost first."""
    if not folder.exists():
        _make_folders(folder.parent, made)
        folder.mkdir()
        made.append(folder)
