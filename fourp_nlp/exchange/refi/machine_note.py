"""The note on a machine's coding: how sure it was and why, readable, and read back."""

from __future__ import annotations

import math
from typing import NamedTuple

__all__ = ["MachineNote", "read", "write"]

_NAME = "machine: probability "
_SURE = "Probability: "
_WHY = "Why:"
_MORE = (
    "    "  # begins every further line of a reason, so that nothing written below is taken for it
)
_UNKNOWN = "not told"


class MachineNote(NamedTuple):
    """What a machine said of one coding.

    Attributes
    ----------
    probability : float
        How sure it was; nan where it did not say.
    why : str
        Its reason; empty where it gave none.
    """

    probability: float
    why: str


def write(said: MachineNote) -> tuple[str, str]:
    """Return a note's name and text.

    Parameters
    ----------
    said : MachineNote
        What the machine said.

    Returns
    -------
    name, text : str
        The name is for the eye; the text holds every digit.
    """
    unknown = math.isnan(said.probability)
    number = _UNKNOWN if unknown else repr(float(said.probability))
    short = _UNKNOWN if unknown else f"{said.probability:.2f}"
    why = said.why.replace("\n", f"\n{_MORE}")
    return f"{_NAME}{short}", f"{_SURE}{number}\n{_WHY} {why}"


def read(name: str, text: str) -> tuple[MachineNote, str] | None:
    """Return what a machine said, and what people wrote above and below.

    Parameters
    ----------
    name, text : str
        The note. Where it is the description of a passage, the note's name stands in it and `name` is empty.

    Returns
    -------
    (MachineNote, str) or None
        None for any other note, or one in which somebody rewrote what the machine said.
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
        said = MachineNote(probability, "\n".join(reason))
        return said, "\n\n".join(part for part in (above, below) if part)
    return None


def _probability(line: str) -> float | None:
    """Return the probability that a line tells; None if it tells none."""
    if not line.startswith(_SURE):
        return None
    told = line.removeprefix(_SURE).strip()
    try:
        probability = math.nan if told == _UNKNOWN else float(told)
    except ValueError:
        return None
    return probability if math.isnan(probability) or 0 <= probability <= 1 else None
