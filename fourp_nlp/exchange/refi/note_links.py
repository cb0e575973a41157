"""Links between notes and what they are about, which some programs write in place of references."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container

    from fourp_nlp.exchange.refi.reading.qde_elements import Found
    from fourp_nlp.exchange.refi.reading.users import Guids

__all__ = ["links_as_references"]


def links_as_references(found: Found, notes: Container[str], guids: Guids) -> None:
    """Make references of links between a note and a source, code, selection or coding.

    Parameters
    ----------
    found : Found
        The project; such links leave `links`, and are in `references`.
    notes : container of str
        Identities of its notes.
    guids : Guids
        Spellings.
    """
    if not found.links:
        return
    ends = {guids.tidy(end) for _, *both in found.links for end in both}
    things: dict[str, object] = {}
    for listed in (found.codes, found.sources, found.selections, found.applied):
        for thing in listed:
            guid = guids.tidy(thing.guid)
            if guid in ends:
                things.setdefault(guid, thing)
    left = []
    for link in found.links:
        one, other = (guids.tidy(end) for end in link[1:])
        if one in notes and other in things:
            found.references.append((things[other], link[1]))
        elif other in notes and one in things:
            found.references.append((things[one], link[2]))
        else:
            left.append(link)
    found.links[:] = left
