"""Selections of a project and the places in its texts that they stand for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from fourp_nlp.exchange.refi.offsets._conversion import cut_out
from fourp_nlp.exchange.refi.offsets._selection_names import ELLIPSES, squeeze
from fourp_nlp.exchange.refi.offsets._word_edges import blank, points_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from fourp_nlp.exchange.exchange import Losses
    from fourp_nlp.exchange.refi.offsets._conversion import Spans
    from fourp_nlp.exchange.refi.offsets.offset_units import Counting
    from fourp_nlp.exchange.refi.reading.qde_elements import Selection
    from fourp_nlp.exchange.refi.reading.source_texts import Came
    from fourp_nlp.exchange.refi.reading.sources import Sources
    from fourp_nlp.exchange.refi.reading.users import Guids

__all__ = ["Places", "find_places"]

_NUMBER = re.compile(r"\s*[+-]?[0-9]{1,18}\s*", re.ASCII)
# Shorter names occur by chance, and titles are short.
_TELLING = 12
_SEARCHED = 2_000_000_000


_OF_MEDIA = MappingProxyType({
    "PictureSelection": ("codings of parts of pictures", "A part of a picture has no text."),
    "PDFSelection": (
        "codings of areas of PDF pages",
        "Their words are not told, or do not stand once in the text that the project has of the file.",
    ),
    "AudioSelection": ("codings of sound", "A stretch of sound has no text."),
    "VideoSelection": ("codings of film", "A stretch of film has no text."),
})  # fmt: skip
_OF_TEXT = frozenset({"PlainTextSelection", "TranscriptSelection"})
_NO_TEXT = "The project does not have their source's text, so that they have no place."


@dataclass(frozen=True)
class Places:
    """Where selections stand, shape (selections,) each.

    Attributes
    ----------
    source : numpy.ndarray
        Row of the source, -1 where there is none, int64.
    text : numpy.ndarray
        Index of the text, -1 where there is none, int64.
    start, end : numpy.ndarray
        Code points of the text, end exclusive, -1 where there is no place, int64.
    named : numpy.ndarray
        Whether the selection's name is what stands there, bool.
    same : numpy.ndarray
        Whether it is an area of a page that the project has as a stretch of text as well, bool.
    item, why : list of str
        What is told of codings of a selection that has no place, and why it has none; else empty.
    users : list of str
        Identity of who made the selection, in one spelling.
    """

    source: NDArray[np.int64]
    text: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    named: NDArray[np.bool_]
    same: NDArray[np.bool_]
    item: list[str]
    why: list[str]
    users: list[str]


def find_places(
    selections: Sequence[Selection],
    sources: Sources,
    guids: Guids,
    losses: Losses,
    remarks: list[str],
    *,
    origin: str = "",
    counting: Counting | None = None,
    file: object = None,
) -> Places:
    """Find the places of all selections.

    Parameters
    ----------
    selections : sequence of Selection
        Selections of all kinds.
    sources : Sources
        The sources and their texts.
    guids : Guids
        Spellings.
    losses : Losses
        Takes up selections that were moved, cut, or bear a title.
    remarks : list of str
        Takes up how offsets were counted.
    origin : str, optional
        The program that wrote the project, as it says.
    counting : Counting, optional
        How offsets were counted, if the user says so.
    file : object, optional
        The file, for the error.

    Returns
    -------
    Places
        Their places.

    Raises
    ------
    ExchangeError
        If nothing tells how offsets were counted, and it matters.
    """
    count = len(selections)
    made = Places(
        np.full(count, -1, dtype=np.int64),
        np.full(count, -1, dtype=np.int64),
        np.full(count, -1, dtype=np.int64),
        np.full(count, -1, dtype=np.int64),
        np.zeros(count, dtype=bool),
        np.zeros(count, dtype=bool),
        [""] * count,
        [""] * count,
        [guids.tidy(selection.user) for selection in selections],
    )
    for number, selection in enumerate(selections):
        holder = selection.holder
        about = holder if holder is not None else selection.source
        made.source[number] = sources.row_of.get(id(about), -1)
        if selection.kind in _OF_MEDIA:
            made.item[number], made.why[number] = _OF_MEDIA[selection.kind]
            made.text[number] = sources.text_of_row.get(int(made.source[number]), -1)
        elif holder is None or made.source[number] < 0:
            made.item[number] = "codings of parts of notes"
            made.why[number] = "Only sources are coded here."
        else:
            made.text[number] = sources.text_of_holder.get(id(holder), -1)
            if made.text[number] < 0:
                made.item[number] = "codings of sources without a text"
                made.why[number] = sources.why_without.get(id(holder), _NO_TEXT)
            else:
                made.source[number] = sources.owner[made.text[number]]
    rows: NDArray[np.int64] = np.flatnonzero([
        selection.kind in _OF_TEXT and not why
        for selection, why in zip(selections, made.why, strict=True)
    ])  # fmt: skip
    coded = [selections[row] for row in rows.tolist()]
    raw = _Raw(coded)
    start, end = raw.numbers[raw.whole].T
    spans = cut_out(
        sources.texts, sources.titles, made.text[rows][raw.whole], start, end,
        [raw.names[row] for row in raw.whole.tolist()], origin=origin, counting=counting, file=file,
    )  # fmt: skip
    remarks.extend(spans.remarks)
    _place(rows, raw, spans, made, sources, losses)
    _place_areas(selections, made, sources, guids, losses)
    return made


class _Raw:
    """Offsets and names as they are written; `whole` are the rows whose offsets are numbers."""

    def __init__(self, selections: list[Selection]) -> None:
        pairs = [_offsets(selection) for selection in selections]
        self.numeric = np.array([pair is not None for pair in pairs], dtype=bool)
        self.whole = np.flatnonzero(self.numeric)
        self.numbers = np.array([pair or (-1, -1) for pair in pairs], dtype=np.int64).reshape(-1, 2)
        self.names = [selection.name for selection in selections]


def _place(
    rows: NDArray[np.int64],
    read: _Raw,
    spans: Spans,
    made: Places,
    sources: Sources,
    losses: Losses,
) -> None:
    """Take up the places of selections of texts; those whose words stand elsewhere are moved there."""
    texts, titles, of = sources.texts, sources.titles, made.text[rows]
    raw, names, whole = read.numbers, read.names, read.whole
    start = np.full(len(rows), -1, dtype=np.int64)
    end, named = start.copy(), np.zeros(len(rows), dtype=bool)
    start[whole], end[whole], named[whole] = spans.start, spans.end, spans.matched
    late = whole[spans.past_end]
    losses.add(
        "selections that ended past their text",
        "They ended one or two characters past the end of the text; they end with it here.",
        [_told(titles[of[row]], raw[row], names[row]) for row in late[:3]],
        count=len(late),
    )
    doubted = np.flatnonzero(~named & np.array([bool(name.strip()) for name in names], dtype=bool))
    _look_elsewhere(doubted, names, raw, of, texts, titles, start, end, named, losses)
    nowhere = (start < 0) | (end <= start)
    start[nowhere] = end[nowhere] = -1
    made.start[rows], made.end[rows], made.named[rows] = start, end, named
    for row in np.flatnonzero(nowhere):
        made.item[rows[row]] = "codings of selections that have no place"
        made.why[rows[row]] = _why_lost(bool(read.numeric[row]), *map(int, raw[row]))


def _place_areas(
    selections: Sequence[Selection], made: Places, sources: Sources, guids: Guids, losses: Losses
) -> None:
    """Lay areas of pages on the words that they show, where the project tells them."""
    areas = [row for row, selection in enumerate(selections) if selection.kind == "PDFSelection"]
    if not areas:
        return
    twins = {
        (guids.tidy(selection.guid), int(made.source[row]))
        for row, selection in enumerate(selections)
        if selection.kind in _OF_TEXT and made.start[row] >= 0
    }
    finders: dict[int, _Finder] = {}
    found = []
    for row in areas:
        selection, text = selections[row], int(made.text[row])
        if (guids.tidy(selection.guid), int(made.source[row])) in twins:
            made.same[row] = True
            continue
        shown = squeeze(selection.shown.content or "") if selection.shown else ""
        if text < 0 or len(shown) < _TELLING:
            continue
        if text not in finders:
            finders = {text: _Finder(sources.texts[text].text)}
        places = finders[text].find(shown)
        if len(places) == 1:
            made.start[row], made.end[row] = finders[text].place(places[0], len(shown))
            made.item[row] = made.why[row] = ""
            made.named[row] = squeeze(selection.name) == shown
            found.append(f"{sources.titles[text][:30]}: {selection.name[:40]}")
    losses.add(
        "areas of PDF pages",
        "The words that an area shows stand once in the text of the file; the codings stand on them, "
        "without the area.",
        found,
    )


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
            self._places = np.flatnonzero(~blank(points_of(self._text))).astype(np.int64)
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
    named: NDArray[np.bool_],
    losses: Losses,
) -> None:
    """Move selections to where their words stand, if that is one place; tell of the others."""
    finders: dict[int, _Finder] = {}
    moved: list[str] = []
    elsewhere: list[str] = []
    entitled: list[str] = []
    for row in doubted:
        text = int(of[row])
        if text not in finders:
            finders = {text: _Finder(texts[text].text)}
        finder = finders[text]
        name = squeeze(names[row])
        cut = next((ending for ending in ELLIPSES if name.endswith(ending)), "")
        bare = name.removesuffix(cut)
        found = finder.find(bare) if bare else []
        there = start[row] >= 0 and end[row] > start[row]
        example = _told(titles[text], raw[row], names[row])
        place = None
        if len(found) == 1 and len(bare) >= _TELLING:
            place = finder.place(found[0], len(bare))
            length = int(raw[row, 1] - raw[row, 0])
            if cut and there and length >= len(bare):
                place = (
                    place[0],
                    min(place[0] + int(end[row] - start[row]), len(texts[text].text)),
                )
            elif cut or (there and abs(length - len(names[row])) > max(2, length // 10)):
                # The name is shorter than what was selected: a title, that happens to occur.
                place = None
        if place is not None:
            start[row], end[row] = place
            named[row] = True
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
