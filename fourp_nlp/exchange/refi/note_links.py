"""Reads links between notes and what they are about, which some programs write instead of references."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container

    from fourp_nlp.exchange.refi.reading.qde_elements import QdeContents
    from fourp_nlp.exchange.refi.reading.users import Guids

__all__ = ["links_as_references"]


def links_as_references(qde: QdeContents, notes: Container[str], guids: Guids) -> None:
    """Turn links between a note and a source, code, selection or coding into references.

    Parameters
    ----------
    qde : QdeContents
        The project; such links move from `links` to `references`.
    notes : container of str
        GUIDs of its notes.
    guids : Guids
        Normalises GUIDs.
    """
    if not qde.links:
        return
    linked = {guids.normalise(end) for _, *ends_of_link in qde.links for end in ends_of_link}
    elements: dict[str, object] = {}
    for listed in (qde.codes, qde.sources, qde.selections, qde.codings):
        for element in listed:
            guid = guids.normalise(element.guid)
            if guid in linked:
                elements.setdefault(guid, element)
    other_links = []
    for link in qde.links:
        origin, target = (guids.normalise(end) for end in link[1:])
        if origin in notes and target in elements:
            qde.references.append((elements[target], link[1]))
        elif target in notes and origin in elements:
            qde.references.append((elements[origin], link[2]))
        else:
            other_links.append(link)
    qde.links[:] = other_links
