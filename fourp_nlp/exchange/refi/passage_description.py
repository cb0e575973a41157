"""Writes notes of a passage as its description too: some programs do not show notes on codings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourp_nlp.exchange.own_notes import note_text

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["write"]


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
    return "\n\n".join(note_text(*note) for note in notes)
