"""Paths in what others read: none tells where a project lies on somebody's machine."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["without_folders"]

# From the slash or the drive letter that begins a word to the last part of a path. No address of a page.
_ABSOLUTE = re.compile(r"(?<![\w.:/\\~])(?:[A-Za-z]:)?[/\\](?:[^\s/\\<>\"']+[/\\])+(?=[^\s/\\])")


def without_folders(text: str, root: Path) -> str:
    """Return a text in which paths of a project's files begin at its folder.

    Parameters
    ----------
    text : str
        Any text, or a path.
    root : pathlib.Path
        The project's folder.

    Returns
    -------
    str
        The same; of an absolute path that leads elsewhere, the file's name alone.
    """
    for folder in dict.fromkeys([root.absolute(), root.resolve()]):
        for shown in (f"{folder.as_posix()}/", f"{folder}\\"):
            text = text.replace(shown, "")
    return _ABSOLUTE.sub("…/", text)
