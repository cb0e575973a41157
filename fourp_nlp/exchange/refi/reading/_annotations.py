"""Notes that tell themselves at which place of a source they are, as QualCoder's annotations do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourp_nlp.exchange.refi.reading.qde_elements import FoundSource, Holder, Selection

if TYPE_CHECKING:
    from fourp_nlp.exchange.refi.reading.qde_elements import Found
    from fourp_nlp.exchange.refi.reading.sources import Sources
    from fourp_nlp.exchange.refi.reading.users import Guids

__all__ = ["annotations_as_references"]


def annotations_as_references(found: Found, sources: Sources, guids: Guids) -> None:
    """Put selections that stand inside a note, with nothing in them, into the source that refers to the note.

    QualCoder writes an annotation as a note with its place inside, and refers to the first annotation of a
    document alone. Any other is put into the only source that has a text as long as its place says; where
    several have, its place is told without a source.

    Parameters
    ----------
    found : Found
        The project; such selections stand in their sources afterwards, and `references` has them.
    sources : Sources
        The sources and their texts.
    guids : Guids
        Spellings.
    """
    used = {id(one.selection) for one in found.applied}
    used |= {id(about) for about, _ in found.references if isinstance(about, Selection)}
    inside: dict[int, list[Selection]] = {}
    for selection in found.selections:
        note = selection.holder
        if note is None or note.kind != "Note" or id(selection) in used or selection.description:
            continue
        inside.setdefault(id(note), []).append(selection)
    if not inside:
        return
    refers: dict[str, list[tuple[object, str]]] = {}
    for reference in found.references:
        refers.setdefault(guids.tidy(reference[1]), []).append(reference)
    for note in found.notes:
        places = inside.get(id(note), [])
        said = refers.get(guids.tidy(note.guid), [])
        if not places or len(said) > 1:
            continue
        holder = _holder(said[0][0]) if said else _only(places, found, sources)
        if said and holder is None:
            continue
        if said:
            found.references.remove(said[0])
        for place in places:
            place.user, place.made_at = place.user or note.user, place.made_at or note.made_at
            if holder is not None:
                place.source, place.holder = holder.source, holder
            found.references.append((place, note.guid))


def _holder(about: object) -> Holder | None:
    """Return the text of the source that refers to a note; None if it is something else."""
    if isinstance(about, FoundSource):
        return about.holders[0] if about.holders else None
    return about if isinstance(about, Holder) and about.source is not None else None


def _only(places: list[Selection], found: Found, sources: Sources) -> Holder | None:
    """Return the only text that is as long as the places say; None if there are several, or none."""
    if not all(place.end.strip().isdecimal() for place in places):
        return None
    most = max(int(place.end) for place in places)
    fits = [
        holder
        for source in found.sources
        for holder in source.holders
        if (number := sources.text_of_holder.get(id(holder), -1)) >= 0
        and most <= len(sources.texts[number].text)
    ]
    return fits[0] if len(fits) == 1 else None
