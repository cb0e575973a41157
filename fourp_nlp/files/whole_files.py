"""Writing several files, all or none."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from fourp_nlp.errors import FourpError
from fourp_nlp.files._temporary_names import DRAFT, EARLIER, temporary_name
from fourp_nlp.files.disk_sync import fingerprint, sync_file, sync_folder
from fourp_nlp.files.journal import Change, Entry, undo
from fourp_nlp.files.private import private_folder

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Content", "write_together"]

Content = bytes | Callable[[Path], object] | None
"""What a file holds: bytes; or a function that writes to the path it is given; or None if it is to go."""


def write_together(
    contents: Mapping[Path, Content],
    *,
    keep: Mapping[Path, Path] | None = None,
    expect: Mapping[Path, str | None] | None = None,
    journal: Path | None = None,
    what: str = "",
    commit: Callable[[str], object] | None = None,
) -> None:
    """Write several files, or none of them.

    Every file is written under a temporary name first, so that a full disk or a folder that nobody may
    write to is found before anything changes; then all are renamed, in the order given. If a name cannot
    be taken (a file is open in another program), or `commit` fails, everything is put back.

    Parameters
    ----------
    contents : mapping of pathlib.Path to Content
        What each file holds. Folders are made where they are missing.
    keep : mapping of pathlib.Path to pathlib.Path, optional
        By the files that are replaced, the names under which they stay as they were.
    expect : mapping of pathlib.Path to str or None, optional
        What `fingerprint` said of files when they were read; nothing is written if one is another now.
    journal : pathlib.Path, optional
        The folder of journals. With it, a change that is cut short (a kill, a power cut) is undone by the
        next `undo_unfinished_changes`; without it, it stays half made.
    what : str, optional
        What the change is for, in a few words, for whoever finds it cut short.
    commit : callable, optional
        Is told the change's id when all files have their content, and makes the change count: a
        transaction of a database that keeps the id. It may raise, and then nothing is changed.
        Where it is interrupted (Ctrl+C), the journal stays, as the database alone knows whether it counts.

    Raises
    ------
    FourpError
        If a file cannot be written, or was changed since it was read. Everything is then as it was.
    """
    kept = {target: name for target, name in (keep or {}).items() if target.exists()}
    every = [*kept.values(), *contents]
    change = Change(secrets.token_hex(8), what, commit is not None)
    at = _At()
    written: Path | None = None
    committing = False
    try:
        _write_drafts(contents, kept, change.folders, at)
        _hold_to(expect or {})
        for at.path in every:
            goes = at.path in contents and contents[at.path] is None
            change.entries.append(_prepared(at.path, goes=goes))
        if journal is not None:
            at.path = private_folder(journal)
            written = change.write(journal)
        _apply(change, at)
        if commit is not None:
            committing = True
            commit(change.id)
    except BaseException as error:
        if committing and written is not None and not isinstance(error, Exception):
            raise  # Ctrl+C: whoever finds the journal asks the database whether the change counts
        _take_back(change, every, written)
        if not isinstance(error, OSError):
            raise
        raise FourpError(
            f"The file cannot be written, and nothing was changed: {error.strerror or error}.",
            file=at.path,
            cure="Close it if it is open in another program, and check the folder and the disk.",
        ) from error
    if written is not None:
        written.unlink(missing_ok=True)
        sync_folder(written.parent)
    for entry in change.entries:
        if entry.earlier:
            with suppress(OSError):  # the change is made; the next sweep takes it away
                Path(entry.earlier).unlink(missing_ok=True)


class _At:
    """The file that is worked on, for a message."""

    path = Path()


def _write_drafts(
    contents: Mapping[Path, Content], kept: Mapping[Path, Path], folders: list[str], at: _At
) -> None:
    """Write every new content under a temporary name."""
    for at.path in [*kept.values(), *contents]:
        _make_folders(at.path.parent, folders)
    for target, at.path in kept.items():
        draft = temporary_name(at.path, DRAFT)
        shutil.copyfile(target, draft)
        sync_file(draft)
    for at.path, content in contents.items():
        if content is not None:
            _write(content, temporary_name(at.path, DRAFT))


def _write(content: bytes | Callable[[Path], object], draft: Path) -> None:
    if callable(content):
        content(draft)
    else:
        draft.write_bytes(content)
    sync_file(draft)


def _hold_to(expect: Mapping[Path, str | None]) -> None:
    """Refuse to write over what somebody changed since it was read."""
    for path, known in expect.items():
        if fingerprint(path) != known:
            raise FourpError(
                "The file was changed by another program while this command ran; nothing was written.",
                file=path,
                cure="Save and close it there, and run the command again.",
            )


def _prepared(target: Path, *, goes: bool) -> Entry:
    """Set a file's old content aside under a second name; return the entry of the journal."""
    draft, earlier = temporary_name(target, DRAFT), temporary_name(target, EARLIER)
    old = fingerprint(target)
    if old is not None:
        earlier.unlink(missing_ok=True)
        try:
            os.link(target, earlier)
        except OSError:  # a file system without hard links
            shutil.copy2(target, earlier)
            sync_file(earlier)
    return Entry(
        str(target.absolute()),
        "" if goes else str(draft.absolute()),
        "" if old is None else str(earlier.absolute()),
        None if goes else fingerprint(draft),
        old,
    )


def _apply(change: Change, at: _At) -> None:
    """Give every file its new content."""
    for entry in change.entries:
        at.path = Path(entry.target)
        if entry.draft:
            Path(entry.draft).replace(at.path)
        else:
            at.path.unlink(missing_ok=True)
    for folder in {Path(entry.target).parent for entry in change.entries}:
        sync_folder(folder)


def _take_back(change: Change, every: list[Path], written: Path | None) -> None:
    """Undo a change that failed. What cannot be undone now is left to the journal."""
    try:
        undo(change)
    except OSError:
        if written is not None:
            return
        raise
    if written is not None:
        written.unlink(missing_ok=True)
    for path in every:
        for kind in (DRAFT, EARLIER):
            with suppress(OSError):  # there may be no such folder
                temporary_name(path, kind).unlink()
    for folder in reversed(change.folders):
        with suppress(OSError):
            Path(folder).rmdir()


def _make_folders(folder: Path, new_folders: list[str]) -> None:
    """Make a folder and those above it; add those that were not there, outermost first."""
    if not folder.exists():
        _make_folders(folder.parent, new_folders)
        folder.mkdir()
        new_folders.append(str(folder.absolute()))
