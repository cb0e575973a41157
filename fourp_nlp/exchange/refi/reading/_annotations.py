"""Reads notes that contain their own place in a source, as QualCoder's annotations do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourp_nlp.exchange.refi.reading.qde_elements import SelectionElement, SourceElement, TextHolder

if TYPE_CHECKING:
    from fourp_nlp.exchange.refi.reading.qde_elements import QdeContents
    from fourp_nlp.exchange.refi.reading.sources import Sources
    from fourp_nlp.exchange.refi.reading.users import Guids

__all__ = ["annotations_as_references"]


def annotations_as_references(qde: QdeContents, sources: Sources, guids: Guids) -> None:
    """Move empty selections inside a note to the source that refers to the note.

    QualCoder writes an annotation as a note with its place inside, and refers only to the first annotation of
    a document. Any other belongs to the only source that is long enough for its place; where several are, its
    place is kept without a source.

    Afterwards, such selections are in their sources and in `references`.
    """
    used = {id(coding.selection) for coding in qde.codings}
    used |= {id(parent) for parent, _ in qde.references if isinstance(parent, SelectionElement)}
    places_in_note: dict[int, list[SelectionElement]] = {}
    for selection in qde.selections:
        note = selection.holder
        if note is None or note.kind != "Note" or id(selection) in used or selection.description:
            continue
        places_in_note.setdefault(id(note), []).append(selection)
    if not places_in_note:
        return
    references_to: dict[str, list[tuple[object, str]]] = {}
    for reference in qde.references:
        references_to.setdefault(guids.normalise(reference[1]), []).append(reference)
    for note in qde.notes:
        places = places_in_note.get(id(note), [])
        referring = references_to.get(guids.normalise(note.guid), [])
        if not places or len(referring) > 1:
            continue
        holder = _holder(referring[0][0]) if referring else _only(places, qde, sources)
        if referring and holder is None:
            continue
        if referring:
            qde.references.remove(referring[0])
        for place in places:
            place.user, place.made_at = place.user or note.user, place.made_at or note.made_at
            if holder is not None:
                place.source, place.holder = holder.source, holder
            qde.references.append((place, note.guid))


def _holder(parent: object) -> TextHolder | None:
    """Return the text of the source that refers to a note; None if it is something else."""
    if isinstance(parent, SourceElement):
        return parent.holders[0] if parent.holders else None
    return parent if isinstance(parent, TextHolder) and parent.source is not None else None


def _only(places: list[SelectionElement], qde: QdeContents, sources: Sources) -> TextHolder | None:
    """Return the only text that is as long as the places say; None if there are several, or none."""
    if not all(place.end.strip().isdecimal() for place in places):
        return None
    largest_end = max(int(place.end) for place in places)
    holders = [
        holder
        for source in qde.sources
        for holder in source.holders
        if (number := sources.text_of_holder.get(id(holder), -1)) >= 0
        and largest_end <= len(sources.texts[number].text)
    ]
    return holders[0] if len(holders) == 1 else None
