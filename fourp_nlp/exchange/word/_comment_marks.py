"""Inserts the marks of comments into a Word document, splitting runs where a comment begins or ends."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from fourp_nlp.exchange.word._markup_names import W

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from fourp_nlp.exchange.word._plain_document import Pieces

__all__ = ["Anchored", "anchor_comments", "anchorable"]

# What a comment's marks may stand in, between the paragraph and its runs.
_OPEN = frozenset(
    f"{W}{name}"
    for name in (
        "ins",
        "moveTo",
        "hyperlink",
        "smartTag",
        "sdt",
        "sdtContent",
        "fldSimple",
        "customXml",
        "dir",
        "bdo",
    )
)
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_BOX = f"{W}txbxContent"


@dataclass(frozen=True)
class Anchored:
    """Where comments could be put.

    Attributes
    ----------
    put : numpy.ndarray of bool, shape (n_spans,)
        Whether any text of the span can have a comment.
    starts, ends : numpy.ndarray of int64, shape (n_spans,)
        The text that the comment is on; the span itself where nothing stood in its way, and 0, 0 where none
        was put.
    """

    put: NDArray[np.bool_]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]


def anchorable(pieces: Pieces, root: Any) -> NDArray[np.bool_]:
    """Return which pieces of a text can have a comment: not those in footnotes, endnotes and text boxes.

    Shape (n,), for n pieces.
    """
    known: dict[Any, bool] = {}
    allowed = np.zeros(len(pieces.elements), dtype=bool)
    for number, element in enumerate(pieces.elements):
        paragraph = next(element.iterancestors(f"{W}p"), None)
        if paragraph is None:
            continue
        if paragraph not in known:
            above = next(paragraph.iterancestors(_BOX), None)
            known[paragraph] = above is None and _top(paragraph) is root
        allowed[number] = known[paragraph]
    return allowed


def anchor_comments(
    pieces: Pieces,
    allowed: NDArray[np.bool_],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    ids: Sequence[Sequence[int]],
) -> Anchored:
    """Put the marks of comments around spans of a text.

    Parameters
    ----------
    pieces : Pieces
        The text and the elements that it stands in, n pieces; the elements' tree is changed.
    allowed : numpy.ndarray of bool, shape (n,)
        Which pieces can have a comment.
    starts, ends : numpy.ndarray of int64, shape (n_spans,)
        Places in the text, the end not included.
    ids : sequence of sequences of int, length n_spans
        The numbers of the comments on each span: a comment and its answers.

    Returns
    -------
    Anchored
        Where they stand now. A span that begins or ends between pieces, or in one that can have no comment,
        is shortened to what can; one that begins or ends inside a formula or the like has it all.
    """
    which = np.flatnonzero(allowed)
    first = np.searchsorted(pieces.ends[which], starts, side="right")
    last = np.searchsorted(pieces.starts[which], ends, side="left") - 1
    put = (first <= last) & (ends > starts)
    anchored = Anchored(put, np.zeros_like(starts), np.zeros_like(ends))
    runs = _Runs(pieces, which)
    opening: dict[tuple[int, int], list[int]] = {}
    closing: dict[tuple[int, int], list[int]] = {}
    for span in map(int, np.flatnonzero(put)):
        begin, end = which[first[span]], which[last[span]]
        start = max(int(starts[span]), int(pieces.starts[begin]))
        stop = min(int(ends[span]), int(pieces.ends[end]))
        begin, start = runs.widened(int(begin), start, at_end=False)
        end, stop = runs.widened(int(end), stop, at_end=True)
        anchored.starts[span], anchored.ends[span] = start, stop
        opening.setdefault((begin, start - int(pieces.starts[begin])), []).extend(ids[span])
        closing.setdefault((end, stop - int(pieces.starts[end])), []).extend(ids[span])
    runs.split([*opening, *closing])
    for place, numbers in closing.items():
        runs.close(place, numbers)
    for place, numbers in opening.items():
        runs.open(place, numbers)
    return anchored


def _top(element: Any) -> Any:
    return element.getroottree().getroot()


class _Runs:
    """The runs that pieces of a text stand in; a place is the number of a piece and an offset in it."""

    def __init__(self, pieces: Pieces, which: NDArray[np.intp]) -> None:
        self.pieces = pieces
        self.which = which
        self.anchors: dict[int, Any] = {}
        self.starting: dict[tuple[int, int], Any] = {}
        self.ending: dict[tuple[int, int], Any] = {}

    def anchor(self, piece: int) -> Any:
        """Return what a comment's marks stand before and after: the piece's run, or what holds it whole."""
        if piece not in self.anchors:
            path = [self.pieces.elements[piece]]
            while path[-1].getparent().tag != f"{W}p":
                path.append(path[-1].getparent())
            while path[-1].tag in _OPEN:
                path.pop()
            self.anchors[piece] = path[-1]
        return self.anchors[piece]

    def can_split(self, piece: int) -> bool:
        anchor = self.anchor(piece)
        return anchor.tag == f"{W}r" and self.pieces.elements[piece].getparent() is anchor

    def widened(self, piece: int, place: int, *, at_end: bool) -> tuple[int, int]:
        """Move a place out of what cannot be split, to its beginning or end; return the piece and it."""
        if self.can_split(piece):
            return piece, place
        anchor = self.anchor(piece)
        step = 1 if at_end else -1
        at = int(np.searchsorted(self.which, piece)) + step
        while 0 <= at < len(self.which) and self.anchor(int(self.which[at])) is anchor:
            piece, at = int(self.which[at]), at + step
        return piece, int((self.pieces.ends if at_end else self.pieces.starts)[piece])

    def split(self, places: list[tuple[int, int]]) -> None:
        """Split runs so that each place is the beginning or the end of one."""
        cuts: dict[Any, dict[Any, tuple[int, list[int]]]] = {}
        for piece, offset in places:
            anchor = self.anchor(piece)
            element = self.pieces.elements[piece]
            if not self.can_split(piece):
                self.starting[piece, offset] = self.ending[piece, offset] = anchor
                continue
            _, offsets = cuts.setdefault(anchor, {}).setdefault(element, (piece, []))
            offsets.append(offset)
        for run, inside in cuts.items():
            self._split_run(run, inside)

    def _split_run(self, run: Any, inside: dict[Any, tuple[int, list[int]]]) -> None:
        properties = run.find(f"{W}rPr")
        current, filled, must_split = run, False, False

        def next_run() -> Any:
            new_run = run.makeelement(run.tag, dict(run.attrib))
            if properties is not None:
                new_run.append(copy.deepcopy(properties))
            current.addnext(new_run)
            return new_run

        for child in list(run):
            if child is properties:
                continue
            piece, offsets = inside.get(child, (-1, []))
            text = (child.text or "") if piece >= 0 and child.tag.endswith("}t") else " "
            skipped = int(self.pieces.skipped[piece]) if piece >= 0 else 0
            at = [0, *sorted({skipped + offset for offset in offsets} - {0, len(text)}), len(text)]
            begins_here = piece >= 0 and skipped == 0 and 0 in offsets
            for number, (start, end) in enumerate(pairwise(at)):
                if (must_split or begins_here or number) and filled:
                    current, filled = next_run(), False
                must_split = begins_here = False
                part = child
                if len(at) > 2:
                    part = child if not number else copy.copy(child)
                    part.text = text[start:end]
                    part.set(_SPACE, "preserve")
                if current is not run or number:
                    current.append(part)
                filled = True
                if piece >= 0:
                    self.starting[piece, start - skipped] = current
                    self.ending[piece, end - skipped] = current
            must_split = piece >= 0 and len(text) - skipped in offsets

    def open(self, place: tuple[int, int], numbers: list[int]) -> None:
        run = self.starting[place]
        for number in numbers:
            run.addprevious(run.makeelement(f"{W}commentRangeStart", {f"{W}id": str(number)}))

    def close(self, place: tuple[int, int], numbers: list[int]) -> None:
        run = self.ending[place]
        marks = [
            run.makeelement(f"{W}commentRangeEnd", {f"{W}id": str(number)}) for number in numbers
        ]
        for number in numbers:
            reference = run.makeelement(f"{W}r")
            reference.append(run.makeelement(f"{W}commentReference", {f"{W}id": str(number)}))
            marks.append(reference)
        for element in reversed(marks):
            run.addnext(element)
