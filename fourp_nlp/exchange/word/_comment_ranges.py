"""Finds the passages of a Word document's comments."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fourp_nlp.exchange.word._markup_names import W

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fourp_nlp.exchange.word._plain_document import Pieces

__all__ = ["Range", "ranges_of"]

_BOX = f"{W}txbxContent"
_PARAGRAPH = f"{W}p"
_START, _END, _REFERENCE = (
    f"{W}commentRangeStart",
    f"{W}commentRangeEnd",
    f"{W}commentReference",
)
_ID = f"{W}id"
_GONE = frozenset(f"{W}{name}" for name in ("delText", "del", "moveFrom"))


@dataclass(frozen=True)
class Range:
    """The passage of a comment.

    Attributes
    ----------
    start, end : int
        Its span of the text of the pieces; the same where it stands at a point.
    why : str
        Why it has no passage, empty if it has one: "point" (it marks nothing), "gone" (what it marks was
        deleted).
    guessed : bool
        Whether its end was missing, so that it was taken to reach to the end of its paragraph.
    """

    start: int
    end: int
    why: str = ""
    guessed: bool = False


@dataclass
class _Flow:
    """A stretch of text that is read on its own: the body, a note, a text box."""

    pieces: list[int] = field(default_factory=list)
    paragraphs: list[int] = field(default_factory=list)  # how many pieces there were before each
    gone: int = 0


@dataclass
class _Seen:
    """What marks of one comment were met: each as a flow, and how many pieces and paragraphs came before."""

    start: tuple[_Flow, int, int] | None = None
    end: tuple[_Flow, int, int] | None = None
    reference: tuple[_Flow, int, int] | None = None
    gone_before: int = 0
    gone: int = 0


def ranges_of(pieces: Pieces, root: Any) -> dict[str, Range]:
    """Return the passages of a document's comments.

    They are by the comment's id; a comment that no mark speaks of has none. The text of a box or a
    note that only hangs on a range is not part of it. The elements of `pieces` are changed in no
    way.
    """
    walk = _Walk(pieces)
    walk.through(root)
    for other in _other_roots(pieces, root):
        walk.through(other)
    return {number: _range_of(pieces, seen) for number, seen in walk.seen.items()}


def _other_roots(pieces: Pieces, root: Any) -> Iterator[Any]:
    """Yield the notes that pieces stand in, each once, in the order of the text."""
    met = {root}
    notes = {f"{W}footnote", f"{W}endnote"}
    for element in pieces.elements:
        top = element.getroottree().getroot()
        if top is root:
            continue
        note = next((above for above in element.iterancestors() if above.tag in notes), None)
        if note is not None and note not in met:
            met.add(note)
            yield note


class _Walk:
    """Goes through a tree in its order and notes which pieces lie between the marks of each comment."""

    def __init__(self, pieces: Pieces) -> None:
        self.numbers = {element: number for number, element in enumerate(pieces.elements)}
        self.seen: dict[str, _Seen] = {}
        # Whoever holds the elements keeps their identity.
        self.pieces = pieces

    def through(self, element: Any) -> None:
        self._step(element, _Flow())

    def _step(self, element: Any, flow: _Flow) -> None:
        for child in element:
            tag = child.tag
            number = self.numbers.get(child)
            if number is not None:
                flow.pieces.append(number)
            elif tag == _BOX:
                self._step(child, _Flow())
            elif tag in {_START, _END, _REFERENCE}:
                self._mark(child, tag, flow)
            else:
                if tag == _PARAGRAPH:
                    flow.paragraphs.append(len(flow.pieces))
                elif tag in _GONE:
                    flow.gone += 1
                if len(child):
                    self._step(child, flow)

    def _mark(self, mark: Any, tag: str, flow: _Flow) -> None:
        seen = self.seen.setdefault(str(mark.get(_ID) or ""), _Seen())
        place = (flow, len(flow.pieces), len(flow.paragraphs))
        if tag == _START and seen.start is None:
            seen.start, seen.gone_before = place, flow.gone
        elif tag == _END and seen.end is None:
            seen.end, seen.gone = place, flow.gone
        elif tag == _REFERENCE and seen.reference is None:
            seen.reference = place
            seen.gone = seen.gone if seen.end is not None else flow.gone


def _range_of(pieces: Pieces, seen: _Seen) -> Range:
    guessed = False
    if seen.start is None:
        return _point(pieces, *(seen.reference or seen.end or (_Flow(), 0, 0)))
    flow, first, paragraph = seen.start
    ends = [
        place[1] for place in (seen.end, seen.reference) if place is not None and place[0] is flow
    ]
    if ends:
        last = ends[0]
    else:
        guessed = True
        last = next((at for at in flow.paragraphs if at > first), len(flow.pieces))
    inside = flow.pieces[first:last]
    if not inside:
        point = _point(pieces, flow, first, paragraph)
        return Range(point.start, point.end, "gone" if seen.gone > seen.gone_before else "point")
    start = int(pieces.starts[inside].min())
    return Range(start, int(pieces.ends[inside].max()), guessed=guessed)


def _point(pieces: Pieces, flow: _Flow, at: int, paragraph: int) -> Range:
    """Return a point after so many pieces; at the beginning of a paragraph it is before the next piece."""
    begun = flow.paragraphs[paragraph - 1] if paragraph else 0
    goes_on = at < next(iter(flow.paragraphs[paragraph:]), len(flow.pieces))
    place = 0
    if flow.pieces and (at == 0 or (begun == at and goes_on)):
        place = int(pieces.starts[flow.pieces[at]]) if at < len(flow.pieces) else 0
    elif at:
        place = int(pieces.ends[flow.pieces[at - 1]])
    return Range(place, place, "point")
