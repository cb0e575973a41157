"""The journal of a change to several files, by which an interrupted change is undone.

A change is written down, and that is on the disk, before the first file gets its new content; the
journal goes when the last one has it. So whoever finds a journal finds a change that was cut short, and
everything that it takes to undo it. A change that ends in the project's database counts as made once the
database says so.
"""

from __future__ import annotations

import json
import shutil
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from fourp_nlp.errors import FourpError
from fourp_nlp.files._temporary_names import temporary_name
from fourp_nlp.files.disk_sync import fingerprint, sync_folder
from fourp_nlp.files.whole_file import put_in_place

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Change", "Entry", "Undone", "journals", "undo", "undo_unfinished_changes"]


@dataclass(frozen=True)
class Entry:
    """One file of a change.

    Attributes
    ----------
    target : str
        Its path.
    draft : str
        The temporary file with its new content; empty if the file goes.
    earlier : str
        The temporary file with its old content; empty if there was none.
    new, old : str or None
        SHA-256 of the new and the old content; None where there is none.
    """

    target: str
    draft: str
    earlier: str
    new: str | None
    old: str | None


@dataclass(frozen=True)
class Change:
    """A change to several files.

    Attributes
    ----------
    id : str
        Its id, by which a database knows it.
    what : str
        What it is for, in a few words.
    in_database : bool
        Whether it counts once a database holds its id; otherwise, once every file has its new content.
    entries : list of Entry
        Its files, in the order in which they change.
    folders : list of str
        Folders that were made for it, outermost first.
    """

    id: str
    what: str
    in_database: bool = False
    entries: list[Entry] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)

    def write(self, folder: Path) -> Path:
        """Write the journal; it is on the disk when this returns."""
        path = folder / f"{self.id}.json"
        draft = temporary_name(path)
        draft.write_text(json.dumps(asdict(self), indent=1), encoding="ascii")
        put_in_place(draft, path)
        return path


@dataclass(frozen=True)
class Undone:
    """A change that had been cut short, and what became of it.

    Attributes
    ----------
    what : str
        What it was for.
    finished : bool
        Whether it had been made, and was cleared up after; otherwise it was undone.
    files : list of pathlib.Path
        Its files.
    left : list of str
        Sentences about files that somebody else changed since: they were left as they are.
    """

    what: str
    finished: bool
    files: list[Path]
    left: list[str]


def journals(folder: Path) -> list[Path]:
    """Return the journals of changes that are under way or were cut short.

    Parameters
    ----------
    folder : pathlib.Path
        Where journals are kept; it need not be there.

    Returns
    -------
    list of pathlib.Path
        By name.
    """
    try:
        return sorted(path for path in folder.iterdir() if path.suffix == ".json")
    except OSError:
        return []


def undo_unfinished_changes(folder: Path, is_committed: Callable[[str], bool]) -> list[Undone]:
    """Undo the changes that were cut short, and clear up after those that had been made.

    To be called by whoever holds the folder's lock: a journal is then nobody's.

    Parameters
    ----------
    folder : pathlib.Path
        Where journals are kept.
    is_committed : callable
        Returns whether a database holds the change with this id.

    Returns
    -------
    list of Undone
        What was found.

    Raises
    ------
    FourpError
        If a file cannot be put back; the journal stays, and the next call tries again.
    """
    outcomes = []
    for path in journals(folder):
        change = _read(path)
        if change is None:
            # It was on the disk before anything changed, so a damaged one was damaged since.
            kept = path.with_suffix(".damaged")
            path.replace(kept)
            left = [
                f"Its journal is damaged, so it was not undone; files may not fit each other: {kept}."
            ]
            outcomes.append(Undone("its journal is damaged", finished=False, files=[], left=left))
            continue
        finished = is_committed(change.id) if change.in_database else _is_complete(change)
        try:
            left = [] if finished else undo(change)
        except OSError as error:
            raise FourpError(
                f"An earlier command was cut short ({change.what}), and its changes cannot be undone: "
                f"{error.strerror or error}.",
                file=error.filename or path,
                cure="Close the file if it is open in another program, check the folder and the disk, and "
                "run the command again.",
            ) from error
        path.unlink(missing_ok=True)
        sync_folder(folder)
        _forget(change)
        outcomes.append(
            Undone(change.what, finished, [Path(e.target) for e in change.entries], left)
        )
    return outcomes


def _is_complete(change: Change) -> bool:
    return all(fingerprint(entry.target) == entry.new for entry in change.entries)


def undo(change: Change) -> list[str]:
    """Give every file of a change its old content back; what is undone already stays so.

    Parameters
    ----------
    change : Change
        The change.

    Returns
    -------
    list of str
        Sentences about files that somebody else changed in between, which were left as they are.

    Raises
    ------
    OSError
        If a file cannot be put back.
    """
    left = []
    for entry in reversed(change.entries):
        target, earlier = Path(entry.target), Path(entry.earlier)
        now = fingerprint(target)
        if now == entry.old:
            continue
        if now is not None and now != entry.new:
            left.append(_leave(target, earlier if entry.earlier else None))
        elif entry.earlier:
            if earlier.exists():
                _put_back(earlier, target)
        elif not Path(entry.draft).exists():
            target.unlink(missing_ok=True)
        sync_folder(target.parent)
    for entry in change.entries:
        if entry.draft:
            Path(entry.draft).unlink(missing_ok=True)
    for folder in reversed(change.folders):
        with suppress(OSError):  # somebody put something into it
            Path(folder).rmdir()
    return left


def _put_back(earlier: Path, target: Path) -> None:
    earlier.replace(target)
    # Where both are names of one file, the system leaves both.
    earlier.unlink(missing_ok=True)


def _leave(target: Path, earlier: Path | None) -> str:
    """Leave a file that somebody changed, with its old content beside it; return what to say of it."""
    if earlier is None or not earlier.exists():
        return f"{target} was changed by another program since, and stays as it is."
    number, kept = 1, target.with_name(f"{target.name}.before")
    while kept.exists():
        number += 1
        kept = target.with_name(f"{target.name}.before{number}")
    shutil.copyfile(earlier, kept)
    return f"{target} was changed by another program since, and stays as it is; as it was before: {kept}."


def _forget(change: Change) -> None:
    """Take away the old contents of a change that is made or undone."""
    for entry in change.entries:
        for name in (entry.draft, entry.earlier):
            if name:
                with suppress(OSError):
                    Path(name).unlink(missing_ok=True)


def _read(path: Path) -> Change | None:
    try:
        content = json.loads(path.read_text(encoding="ascii"))
        return Change(
            str(content["id"]),
            str(content["what"]),
            bool(content["in_database"]),
            [Entry(**entry) for entry in content["entries"]],
            [str(folder) for folder in content["folders"]],
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
