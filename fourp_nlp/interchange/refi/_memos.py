"""Notes of a project, and what each is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fourp_nlp.interchange._identity import guid_of
from fourp_nlp.interchange.refi._dates import utc
from fourp_nlp.interchange.refi._qde import (
    Applied,
    Collection,
    FoundCode,
    FoundSource,
    Holder,
    Selection,
)
from fourp_nlp.interchange.refi._sources import text_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from fourp_nlp.interchange._exchange import Losses
    from fourp_nlp.interchange.refi._package import Package
    from fourp_nlp.interchange.refi._people import Guids
    from fourp_nlp.interchange.refi._qde import Found

__all__ = ["Memo", "laid_notes", "read_memos"]


@dataclass(frozen=True)
class Memo:
    """A note: its identity, author, title, text and date."""

    guid: str
    user: str
    name: str
    text: str
    made_at: str


def read_memos(found: Found, package: Package, guids: Guids, losses: Losses) -> dict[str, Memo]:
    """Read the notes of a project.

    Parameters
    ----------
    found : Found
        The project.
    package : Package
        The container with the texts of notes.
    guids : Guids
        Spellings.
    losses : Losses
        Takes up notes whose text is not there.

    Returns
    -------
    dict of str to Memo
        The notes by identity.
    """
    made: dict[str, Memo] = {}
    taken: set[str] = set()
    described = []
    for number, note in enumerate(found.notes):
        guid = guids.own(note.guid, taken, "note", number)
        came, why = text_of(note, package) if note.content or note.plain else (None, "")
        text = came.text if came else ""
        description = note.description.replace("\r\n", "\n").replace("\r", "\n")
        if why:
            losses.add("texts of notes", why, [note.name])
        elif came is None and not description and note.rich:
            losses.add(
                "texts of notes", "The project has it as formatted text alone.", [note.name]
            )
        if description.strip():
            described.append(note.name)
            text = f"{text}\n\n{description}" if text.strip() else description
        made[guid] = Memo(
            guid, guids.tidy(note.user), note.name, text, utc([note.made_at])[0]
        )
    losses.add(
        "descriptions of notes",
        "A note has one text here; its description stands at the end of it.",
        described,
    )
    return made
