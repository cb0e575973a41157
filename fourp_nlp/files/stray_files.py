"""Files that other programs leave beside documents: resource forks, locks, thumbnails, copies."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["copies_of", "is_stray"]

_STRAYS = {"thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r"}
# What services that keep folders in step write when two changed one file at once.
_CONFLICT = re.compile(
    r"conflicted copy|conflict(?:ed)? version|in conflict|\.sync-conflict-|\bkonflikt|copie en conflit"
    r"|copia en conflicto",
    re.IGNORECASE,
)
# What file managers and browsers add to a name that is taken.
_COPY = re.compile(
    r"(?P<own>.+?)(?: ?\(\d{1,2}\)| ?[-–] ?copy(?: ?\(\d+\))?| ?[-–] ?kopie(?: ?\(\d+\))?| copy(?: \d+)?"
    r"| kopie(?: \d+)?)",
    re.IGNORECASE,
)


def is_stray(name: str) -> bool:
    """Return whether a file is no person's: hidden, a lock, macOS's second half of a file, thumbnails.

    Parameters
    ----------
    name : str
        Its name, without folders.

    Returns
    -------
    bool
        Whether it is to be passed over.
    """
    return name.startswith((".", "~$")) or name.casefold() in _STRAYS


def copies_of(paths: Iterable[Path]) -> dict[Path, Path | None]:
    """Return the files that are copies of another by their names.

    Parameters
    ----------
    paths : iterable of pathlib.Path
        Files of one kind.

    Returns
    -------
    dict of pathlib.Path to pathlib.Path or None
        By each copy, the file of which it is one. A name that file managers give counts only if that file
        is there; one that says of a conflict always, and has None if the other is not there.
    """
    files = list(paths)
    known = {(path.parent, path.stem.casefold()): path for path in files}
    copies: dict[Path, Path | None] = {}
    for path in files:
        stem = path.stem
        copied = _COPY.fullmatch(stem)
        if copied and (original := known.get((path.parent, copied["own"].strip().casefold()))):
            copies[path] = original
        elif _CONFLICT.search(stem):
            others = [
                other
                for (folder, name), other in known.items()
                if folder == path.parent and other != path and stem.casefold().startswith(name)
            ]
            copies[path] = max(others, key=lambda other: len(other.stem), default=None)
    return copies
