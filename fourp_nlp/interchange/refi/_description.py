"""Notes of a passage once more, as its description: some programs show that, and no note on a coding."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fourp_nlp.interchange.refi import _machine_note

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["read", "write"]

_MACHINE = re.compile(r"(?:(.*)\n\n)?(machine: [^\n]*)\n(.*)", re.DOTALL)


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
    return "\n\n".join("\n".join(filter(None, note)) for note in notes)


def read(description: str) -> tuple[_machine_note.MachineNote | None, str]:
    """Return what a machine said in a description that came back without its notes, and the rest.

    Parameters
    ----------
    description : str
        The description of a passage.

    Returns
    -------
    said : MachineNote or None
        What the machine said, if the last note is of that form.
    rest : str
        What else is described.
    """
    found = _MACHINE.fullmatch(description)
    said = found and _machine_note.read(found[2], found[3])
    return (said, found[1] or "") if found and said else (None, description)
