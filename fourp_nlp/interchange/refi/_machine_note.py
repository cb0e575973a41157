"""The note on a machine's coding: how sure it was and why, readable, and read back."""

from __future__ import annotations

import math
from typing import NamedTuple

__all__ = ["MachineNote", "read", "write"]

_NAME = "machine: probability "
_SURE = "Probability: "
_WHY = "Why: "
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
    return f"{_NAME}{short}", f"{_SURE}{number}\n{_WHY}{said.why}"


def read(name: str, text: str) -> MachineNote | None:
    """Return what a machine said, if a note is of this form and says so.

    Parameters
    ----------
    name, text : str
        The note.

    Returns
    -------
    MachineNote or None
        None for any other note, or one that somebody rewrote.
    """
    first, _, rest = text.replace("\r\n", "\n").partition("\n")
    if not name.startswith(_NAME) or not first.startswith(_SURE) or not rest.startswith(_WHY):
        return None
    told = first.removeprefix(_SURE).strip()
    try:
        probability = math.nan if told == _UNKNOWN else float(told)
    except ValueError:
        return None
    if not (math.isnan(probability) or 0 <= probability <= 1):
        return None
    return MachineNote(probability, rest.removeprefix(_WHY))
