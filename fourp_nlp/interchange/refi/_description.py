"""Notes of a passage once more, as its description: some programs show that, and no note on a coding."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["said", "without", "write"]


def said(name: str, text: str) -> str:
    """Return a note as a description has it.

    Parameters
    ----------
    name, text : str
        The note.

    Returns
    -------
    str
        Its text, with its name on a line above it.
    """
    return "\n".join(filter(None, (name, text)))


def write(notes: Iterable[tuple[str, str]]) -> str:
    """Return the description of a passage.

    Parameters
    ----------
    notes : iterable of (str, str)
        Names and texts of its notes.

    Returns
    -------
    str
        Each with its name on a line above it, and an empty line between two.
    """
    return "\n\n".join(said(*note) for note in notes)


def without(description: str, part: str) -> str | None:
    """Return what a description says beside one of its notes.

    Parameters
    ----------
    description : str
        The description.
    part : str
        The note, as `said` returns it.

    Returns
    -------
    str or None
        What stands above and below it; None if these lines do not stand in it.
    """
    wanted = [line.rstrip() for line in part.strip().split("\n")]
    if wanted == [""]:
        return None
    # White space at the ends of lines does not survive everywhere.
    pattern = r"[^\S\n]*\n".join(re.escape(line) for line in wanted)
    found = re.search(rf"(?:\A|(?<=\n)){pattern}[^\S\n]*(?:\Z|(?=\n))", description)
    if found is None:
        return None
    above, below = description[: found.start()].strip(), description[found.end() :].strip()
    return "\n\n".join(each for each in (above, below) if each)
