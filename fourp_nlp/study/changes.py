"""Changing files and database of a project together, one command at a time."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from fourp_nlp.coding.store import Store
from fourp_nlp.errors import FourpError, ProjectError
from fourp_nlp.files import journals, private_folder, sweep, undo_unfinished_changes, write_together
from fourp_nlp.files.lock import folder_lock
from fourp_nlp.study.project import Project, open_project
from fourp_nlp.study.settings import Settings
from fourp_nlp.study.undo_journal import UndoJournal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from fourp_nlp.files import Content, Undone
    from fourp_nlp.files.lock import Holder, Lock

__all__ = ["change_files", "changing", "journal_of", "undo_interrupted_change"]

_INNER = ".fourp"
_DATABASE = "fourp.sqlite"
_WAIT = 600.0  # seconds that a command waits for another
_GLANCE = 10.0  # seconds that a command which only reads waits for one that is renaming files


@contextmanager
def changing(
    root: Path,
    *,
    waiting: Callable[[Holder], object] | None = None,
    wait: float | None = None,
) -> Iterator[list[str]]:
    """Hold a project alone, after undoing what a command left half done that was killed in it.

    Parameters
    ----------
    root : pathlib.Path
        The project's folder, or a folder of scores.
    waiting : callable, optional
        Is told which command holds it, if one does.
    wait : float, optional
        Seconds to wait for another command, by default as below.

    Yields
    ------
    list of str
        Sentences on what was undone.

    Raises
    ------
    FourpError
        If another command holds it for more than ten minutes, or as many seconds as the environment variable
        FOURP_WAIT says; if the folder cannot be written; or if a change cannot be undone.
    """
    inner = root / _INNER
    try:
        private_folder(inner)
    except OSError as error:
        raise FourpError(
            f"The folder cannot be written: {error.strerror or error}.",
            file=root,
            cure="Copy the project to a folder that you may write to, or change the permissions.",
        ) from error
    patience = _patience() if wait is None else wait
    with folder_lock(inner, wait=patience, waiting=waiting) as lock:
        yield [] if lock.nested else _cleared(root, lock)


def undo_interrupted_change(root: Path) -> list[str]:
    """Undo what a killed command left half done, for a command that only reads.

    Parameters
    ----------
    root : pathlib.Path
        The project's folder.

    Returns
    -------
    list of str
        Sentences on what was undone, or why it was not.

    Raises
    ------
    FourpError
        If a change cannot be undone.
    """
    inner = root / _INNER
    if not journals(journal_of(root)):
        return []
    if not os.access(inner, os.W_OK):
        return [
            "A command was cut short in this project, and its changes cannot be undone here, because the "
            "folder cannot be written: files may not fit each other. Run any command where you may write."
        ]
    try:
        with folder_lock(inner, wait=_GLANCE) as lock:
            return _cleared(root, lock)
    except FourpError:
        if journals(journal_of(root)):
            raise
        return []  # the other command is through


def change_files(
    root: Path,
    contents: Mapping[Path, Content],
    *,
    what: str,
    keep: Mapping[Path, Path] | None = None,
    expect: Mapping[Path, str | None] | None = None,
    in_store: Callable[[Store], object] | None = None,
    undoable: bool = True,
) -> None:
    """Write files, and what belongs to them in the database: all of it, or nothing.

    The project is held while it is done; a command that read before holds it from before its reading.

    A command that is killed on the way leaves a journal, by which the next one undoes the change.

    Parameters
    ----------
    root : pathlib.Path
        The project's folder, or a folder of scores.
    contents, keep, expect
        As for `fourp_nlp.files.write_together`.
    what : str
        What the change is for, in a few words.
    in_store : callable, optional
        Writes what belongs to it into the database that it is given.
    undoable : bool, default True
        Whether `fourp undo` can take it back, if it changes people's codings.

    Raises
    ------
    FourpError
        If a file was changed since it was read, or something cannot be written. Everything is then as it
        was.
    """
    store = Store(root / _DATABASE)
    with changing(root):
        journal = UndoJournal(root, contents) if undoable else None
        _change(store, contents, what, keep, expect, _journaled(store, what, in_store, journal))
        if journal is not None:
            journal.prune()
        # Not before: an interruption of the backup must not look like one of the change.
        store.back_up()


def _journaled(
    store: Store,
    what: str,
    in_store: Callable[[Store], object] | None,
    journal: UndoJournal | None,
) -> Callable[[str], object] | None:
    """Return what writes into the database, and keeps how the change is taken back."""
    if in_store is None and (journal is None or not journal.of_codings):
        return None

    def commit(change: str) -> None:
        try:
            with store.together(change):
                before = store.people_rows()
                if in_store is not None:
                    in_store(store)
                if journal is not None:
                    journal.write(change, what, before, store.people_rows())
        except Exception:
            if journal is not None:
                journal.forget()
            raise

    return commit


def _change(
    store: Store,
    contents: Mapping[Path, Content],
    what: str,
    keep: Mapping[Path, Path] | None,
    expect: Mapping[Path, str | None] | None,
    in_store: Callable[[str], object] | None,
) -> None:
    def commit(change: str) -> None:
        if in_store is not None:
            in_store(change)

    if not contents:
        commit("")
        return
    write_together(
        contents,
        keep=keep,
        expect=expect,
        journal=journal_of(store.path.parent),
        what=what,
        commit=None if in_store is None else commit,
    )


def journal_of(root: Path) -> Path:
    """Return the folder of the journals of a project's changes."""
    return root / _INNER / "journal"


def _folders_of(root: Path) -> list[Path]:
    """Return the folders that commands write to in a project, and those in them."""
    try:
        project = open_project(root)
    except ProjectError:  # one that is not made yet, or a folder of scores
        project = Project(root, Settings())
    tops = [
        root / _INNER,
        root / "backups",
        project.corpus,
        project.gold,
        project.model.parent,
        project.reports,
        project.exchange,
    ]
    folders = dict.fromkeys([root, project.codebook.parent])
    for top in tops:
        for folder, _, _ in os.walk(top):
            folders[root / folder] = None
    return list(folders)


def _cleared(root: Path, lock: Lock) -> list[str]:
    """Undo interrupted changes and remove leftover files; return notes for the user."""
    notes = _undone(root)
    # What an earlier version set aside is looked for where people's work is.
    where = _folders_of(root) if lock.after_kill else [root / "gold"]
    return notes + [
        f"{path} was only there under a temporary name, as a command that was killed had left it; it has its "
        "name again."
        for path in sweep(where)
    ]


def _undone(root: Path) -> list[str]:
    store = Store(root / _DATABASE)
    return [
        note
        for change in undo_unfinished_changes(journal_of(root), store.has_change)
        for note in _told(change, root)
    ]


def _told(change: Undone, root: Path) -> list[str]:
    if change.finished:
        return [
            f"A command was cut short after its change was made ({change.what}); nothing is lost."
        ]
    names = []
    for path in change.files:
        with suppress(ValueError):
            names.append(str(path.relative_to(root.absolute())))
    listed = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    return [
        f"A command was cut short ({change.what}), and its change was undone: {listed}. Run it again.",
        *change.left,
    ]


def _patience() -> float:
    try:
        seconds = float(os.environ.get("FOURP_WAIT", ""))
    except ValueError:
        return _WAIT
    return seconds if seconds >= 0 else _WAIT
