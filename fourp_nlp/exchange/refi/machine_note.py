"""Writes and reads the note on a machine's coding: its probability and reason."""

from __future__ import annotations

import math
from typing import NamedTuple

__all__ = ["MachineNote", "read", "write"]

_NAME = "machine: probability "
_SURE = "Probability: "
_WHY = "Why:"
_MORE = "    "  # begins every further line of a reason: text below does not belong to it
_UNKNOWN = "not told"


class MachineNote(NamedTuple):
    """A machine's probability and reason for a coding.

    Attributes
    ----------
    probability : float
        nan where there is none.
    why : str
        The reason; empty where there is none.
    """

    probability: float
    why: str


def write(note: MachineNote) -> tuple[str, str]:
    """Return a note's name and text.

    Parameters
    ----------
    note : MachineNote
        Probability and reason.

    Returns
    -------
    name, text : str
        The name has a rounded probability; the text has every digit.
    """
    unknown = math.isnan(note.probability)
    number = _UNKNOWN if unknown else repr(float(note.probability))
    short = _UNKNOWN if unknown else f"{note.probability:.2f}"
    why = note.why.replace("\n", f"\n{_MORE}")
    return f"{_NAME}{short}", f"{_SURE}{number}\n{_WHY} {why}"


def read(name: str, text: str) -> tuple[MachineNote, str] | None:
    """Return a machine's probability and reason, and what people wrote above and below.

    Parameters
    ----------
    name, text : str
        The note. If it is the description of a passage, the note's name is in the text, and `name` is empty.

    Returns
    -------
    (MachineNote, str) or None
        None for any other note, or one in which somebody rewrote these lines.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    for at in range(len(lines) - 1):
        probability = _probability(lines[at])
        titled = at > 0 and lines[at - 1].startswith(_NAME)
        if probability is None or not (titled or name.startswith(_NAME)):
            continue
        if not lines[at + 1].startswith(_WHY):
            continue
        end = at + 2
        while end < len(lines) and lines[end].startswith(_MORE):
            end += 1
        reason = [lines[at + 1].removeprefix(_WHY).removeprefix(" ")]
        reason += [line.removeprefix(_MORE) for line in lines[at + 2 : end]]
        above = "\n".join(lines[: at - titled]).strip()
        below = "\n".join(lines[end:]).strip()
        note = MachineNote(probability, "\n".join(reason))
        return note, "\n\n".join(part for part in (above, below) if part)
    return None


def _probability(line: str) -> float | None:
    """Return the probability in a line; None if there is none."""
    if not line.startswith(_SURE):
        return None
    written = line.removeprefix(_SURE).strip()
    try:
        probability = math.nan if written == _UNKNOWN else float(written)
    except ValueError:
        return None
    return probability if math.isnan(probability) or 0 <= probability <= 1 else None
