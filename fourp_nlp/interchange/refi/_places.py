"""Selections of a project and the places in its texts that they stand for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fourp_nlp.interchange.refi._countings import cut_out, squeeze

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from fourp_nlp.interchange._exchange import Losses
    from fourp_nlp.interchange.refi._qde import Selection
    from fourp_nlp.interchange.refi._texts import Came

__all__ = ["Placed", "place_selections", "shown_elsewhere"]

_NUMBER = re.compile(r"\s*[+-]?[0-9]{1,18}\s*", re.ASCII)
_ELLIPSES = ("…", "...")
# Shorter names occur by chance, and titles are short.
_TELLING = 12
_SEARCHED = 2_000_000_000


@dataclass(frozen=True)
class Placed:
    """Where selections stand.

    Attributes
    ----------
    start, end : numpy.ndarray
        Code points of the text, end exclusive, shape (selections,), int64; -1 where there is no place.
    lost : list of str
        Why a selection has no place; empty where it has one.
    remarks : list of str
        How offsets were counted.
    """

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    lost: list[str]
    remarks: list[str]


def place_selections(
    selections: Sequence[Selection],
    of: NDArray[np.int64],
    texts: Sequence[Came],
    titles: Sequence[str],
    losses: Losses,
) -> Placed:
    """Find the places of selections of texts.

    Parameters
    ----------
    selections : sequence of Selection
        Selections by offsets or by points of synchronisation.
    of : numpy.ndarray
        Index of the text of each, shape (selections,), int64.
    texts : sequence of Came
        The texts.
    titles : sequence of str
        Their names.
    losses : Losses
        Takes up selections that were moved, cut, or bear a title.

    Returns
    -------
    Placed
        Their places.
    """
    pairs = [_offsets(selection) for selection in selections]
    numeric = np.array([pair is not None for pair in pairs], dtype=bool)
    raw = np.array([pair or (-1, -1) for pair in pairs], dtype=np.int64).reshape(-1, 2)
    names = [selection.name for selection in selections]
    start = np.full(len(pairs), -1, dtype=np.int64)
    end = start.copy()
    rows = np.flatnonzero(numeric)
    spans = cut_out(
        texts, titles, of[rows], raw[rows, 0], raw[rows, 1], [names[row] for row in rows]
    )
    start[rows], end[rows] = spans.start, spans.end
    late = rows[spans.past_end]
    losses.add(
        "selections that ended past their text",
        "They ended one or two characters past the end of the text; they end with it here.",
        [_told(titles[of[row]], raw[row], names[row]) for row in late[:3]],
        count=len(late),
    )
    wrong = (start < 0) | (end <= start)
    doubted = np.flatnonzero(wrong & np.array([bool(name.strip()) for name in names], dtype=bool))
    doubted = np.union1d(doubted, rows[spans.named & ~spans.matched]).astype(np.int64)
    _look_elsewhere(doubted, names, raw, of, texts, titles, start, end, losses)
    lost = [""] * len(pairs)
    for row in np.flatnonzero((start < 0) | (end <= start)):
        lost[row] = _why_lost(bool(numeric[row]), *map(int, raw[row]))
        start[row] = end[row] = -1
    return Placed(start, end, lost, spans.remarks)


def shown_elsewhere(words: Sequence[str], came: Came) -> list[tuple[int, int] | None]:
    """Find stretches of a text by their words, white space aside.

    Parameters
    ----------
    words : sequence of str
        Words of stretches, whole.
    came : Came
        The text.

    Returns
    -------
    list of (int, int) or None
        First code point and end of each; None where it occurs not at all, more than once, or is too
        short to tell.
    """
    finder = _Finder(came.text)
    made: list[tuple[int, int] | None] = []
    for stretch in words:
        bare = squeeze(stretch)
        found = finder.find(bare) if len(bare) >= _TELLING else []
        made.append(finder.place(found[0], len(bare)) if len(found) == 1 else None)
    return made


class _Finder:
    """A text without its white space, with the way back to its places."""

    def __init__(self, text: str) -> None:
        self._bare = squeeze(text)
        self._places: NDArray[np.int64] | None = None
        self._text = text
        self.left = _SEARCHED

    def find(self, bare: str) -> list[int]:
        """Return up to two occurrences."""
        self.left -= 2 * len(self._bare)
        if self.left < 0:
            return []
        first = self._bare.find(bare)
        if first < 0:
            return []
        second = self._bare.find(bare, first + 1)
        return [first] if second < 0 else [first, second]

    def place(self, begin: int, length: int) -> tuple[int, int]:
        if self._places is None:
            solid = [not character.isspace() for character in self._text]
            self._places = np.flatnonzero(np.array(solid, dtype=bool)).astype(np.int64)
        return int(self._places[begin]), int(self._places[begin + length - 1]) + 1


def _look_elsewhere(
    doubted: NDArray[np.int64],
    names: Sequence[str],
    raw: NDArray[np.int64],
    of: NDArray[np.int64],
    texts: Sequence[Came],
    titles: Sequence[str],
    start: NDArray[np.int64],
    end: NDArray[np.int64],
    losses: Losses,
) -> None:
    """Move selections to where their words stand, if that is one place; tell of the others."""
    finders: dict[int, _Finder] = {}
    moved, elsewhere, entitled = [], [], []
    for row in doubted:
        text = int(of[row])
        if text not in finders:
            finders = {text: _Finder(texts[text].text)}
        finder = finders[text]
        name = squeeze(names[row])
        cut = next((ending for ending in _ELLIPSES if name.endswith(ending)), "")
        bare = name.removesuffix(cut)
        found = finder.find(bare) if bare else []
        there = start[row] >= 0 and end[row] > start[row]
        example = _told(titles[text], raw[row], names[row])
        place = None
        if len(found) == 1 and len(bare) >= _TELLING:
            place = finder.place(found[0], len(bare))
            length = int(raw[row, 1] - raw[row, 0])
            if cut and there and length >= len(bare):
                place = (place[0], min(place[0] + int(end[row] - start[row]), len(texts[text].text)))
            elif cut or (there and abs(length - len(names[row])) > max(2, length // 10)):
                # The name is shorter than what was selected: a title, that happens to occur.
                place = None
        if place is not None:
            start[row], end[row] = place
            moved.append(example)
        elif there:
            (elsewhere if found else entitled).append(example)
    losses.add(
        "selections that were moved",
        "Other words stand at their offsets; their own occur once in the text, and they stand there now.",
        moved,
    )
    losses.add(
        "selections whose name is not what stands at their offsets",
        "The name occurs elsewhere in the text, or more than once; they were taken at their offsets. "
        "Look at them.",
        elsewhere,
    )
    losses.add(
        "titles of selections",
        "The name does not occur in the text and has no place here; they were taken at their offsets, "
        "which their names cannot confirm.",
        entitled,
    )


def _offsets(selection: Selection) -> tuple[int, int] | None:
    start, end = selection.start, selection.end
    if selection.kind == "TranscriptSelection":
        points = selection.holder.points if selection.holder else {}
        start, end = (points.get(point.strip().lower(), "") for point in (start, end))
    if _NUMBER.fullmatch(start) and _NUMBER.fullmatch(end):
        return int(start), int(end)
    return None


def _why_lost(numeric: bool, start: int, end: int) -> str:  # noqa: FBT001
    if not numeric:
        return "Their beginning or end is missing or no whole number."
    if start < 0 or end < 0:
        return "Their beginning or end is negative."
    if end < start:
        return "They end before they begin."
    if end == start:
        return "They are empty: they end where they begin."
    return "Their beginning or end lies past the end of the text, or within a character."


def _told(title: str, raw: NDArray[np.int64], name: str) -> str:
    return f"{title[:30]} {raw[0]}-{raw[1]}: {name[:40]}"
