"""Finds the places of a project's selections in its texts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from fourp_nlp.exchange.refi.offsets._conversion import convert_offsets
from fourp_nlp.exchange.refi.offsets._selection_names import ELLIPSES, without_spaces
from fourp_nlp.exchange.refi.offsets._word_edges import code_points, is_blank

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from fourp_nlp.exchange.exchange import Losses
    from fourp_nlp.exchange.refi.offsets._conversion import TextSpans
    from fourp_nlp.exchange.refi.offsets.offset_units import OffsetUnit
    from fourp_nlp.exchange.refi.reading.qde_elements import SelectionElement
    from fourp_nlp.exchange.refi.reading.source_texts import SourceText
    from fourp_nlp.exchange.refi.reading.sources import Sources
    from fourp_nlp.exchange.refi.reading.users import Guids

__all__ = ["SelectionPlaces", "find_places"]

_NUMBER = re.compile(r"\s*[+-]?[0-9]{1,18}\s*", re.ASCII)
# Shorter words occur by chance, and titles are short.
_SHORTEST = 12
_SEARCHED = 2_000_000_000  # characters of one text that are searched in all

_OF_MEDIA = MappingProxyType({
    "PictureSelection": ("codings of parts of pictures", "A part of a picture has no text."),
    "PDFSelection": (
        "codings of areas of PDF pages",
        "The project does not say their words, or the text of the file does not have them exactly once.",
    ),
    "AudioSelection": ("codings of sound", "A stretch of sound has no text."),
    "VideoSelection": ("codings of film", "A stretch of film has no text."),
})  # fmt: skip
_OF_TEXT = frozenset({"PlainTextSelection", "TranscriptSelection"})
_NO_TEXT = "The project does not have their source's text."


@dataclass(frozen=True)
class SelectionPlaces:
    """Where selections are, shape (selections,) each.

    Attributes
    ----------
    source : numpy.ndarray
        Row of the source, -1 where there is none, int64.
    text : numpy.ndarray
        Index of the text, -1 where there is none, int64.
    start, end : numpy.ndarray
        Code points of the text, end exclusive, -1 where there is no place, int64.
    name_matches : numpy.ndarray
        Whether the selection's name is what the text has there, bool.
    duplicate : numpy.ndarray
        Whether it is an area of a page that the project also has as a stretch of text, bool.
    loss_item, loss_reason : list of str
        Of a selection without a place: what its codings are called in the table of losses, and why they are
        lost; else empty.
    users : list of str
        GUID of who made the selection, normalised.
    """

    source: NDArray[np.int64]
    text: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    name_matches: NDArray[np.bool_]
    duplicate: NDArray[np.bool_]
    loss_item: list[str]
    loss_reason: list[str]
    users: list[str]

    @classmethod
    def unknown(cls, users: list[str]) -> SelectionPlaces:
        """Return selections of these users that are nowhere yet."""
        count = len(users)
        nowhere = np.full(count, -1, dtype=np.int64)
        no = np.zeros(count, dtype=bool)
        return cls(
            nowhere, nowhere.copy(), nowhere.copy(), nowhere.copy(), no, no.copy(), [""] * count,
            [""] * count, users,
        )  # fmt: skip

    def lose(self, row: int, item: str, reason: str) -> None:
        """Note why a selection has no place."""
        self.loss_item[row], self.loss_reason[row] = item, reason


def find_places(
    selections: Sequence[SelectionElement],
    sources: Sources,
    guids: Guids,
    losses: Losses,
    remarks: list[str],
    *,
    origin: str = "",
    counting: OffsetUnit | None = None,
    file: object = None,
) -> SelectionPlaces:
    """Find the places of all selections.

    Parameters
    ----------
    selections : sequence of SelectionElement
        Selections of all kinds.
    sources : Sources
        The sources and their texts.
    guids : Guids
        Normalises GUIDs.
    losses : Losses
        Selections that were moved or cut, or have a title as their name, are added here.
    remarks : list of str
        How offsets were counted is added here.
    origin : str, optional
        The attribute `origin` of the project.
    counting : OffsetUnit, optional
        The unit of offsets, if the user gives it.
    file : object, optional
        The file, for the error.

    Returns
    -------
    SelectionPlaces
        Their places.

    Raises
    ------
    ExchangeError
        If the unit of offsets is not certain, and it matters.
    """
    places = SelectionPlaces.unknown([guids.normalise(selection.user) for selection in selections])
    _find_texts(selections, sources, places)
    rows: NDArray[np.int64] = np.flatnonzero([
        selection.kind in _OF_TEXT and not reason
        for selection, reason in zip(selections, places.loss_reason, strict=True)
    ])  # fmt: skip
    written = _WrittenOffsets([selections[row] for row in rows.tolist()])
    start, end = written.offsets[written.numeric].T
    spans = convert_offsets(
        sources.texts, sources.titles, places.text[rows][written.numeric], start, end,
        [written.names[row] for row in written.numeric.tolist()], origin=origin, counting=counting,
        file=file,
    )  # fmt: skip
    remarks.extend(spans.remarks)
    _place_selections(rows, written, spans, places, sources, losses)
    _place_areas(selections, places, sources, guids, losses)
    return places


def _find_texts(
    selections: Sequence[SelectionElement], sources: Sources, places: SelectionPlaces
) -> None:
    """Find the source and the text of each selection."""
    for row, selection in enumerate(selections):
        holder = selection.holder
        parent = holder if holder is not None else selection.source
        places.source[row] = sources.row_of.get(id(parent), -1)
        if selection.kind in _OF_MEDIA:
            places.lose(row, *_OF_MEDIA[selection.kind])
            places.text[row] = sources.text_of_row.get(int(places.source[row]), -1)
        elif holder is None or places.source[row] < 0:
            places.lose(row, "codings of parts of notes", "Only sources are coded here.")
        else:
            places.text[row] = sources.text_of_holder.get(id(holder), -1)
            if places.text[row] < 0:
                reason = sources.missing_text_reason.get(id(holder), _NO_TEXT)
                places.lose(row, "codings of sources without a text", reason)
            else:
                places.source[row] = sources.row_of_text[places.text[row]]


class _WrittenOffsets:
    """Offsets and names as they are written; `numeric` are the rows whose offsets are numbers."""

    def __init__(self, selections: list[SelectionElement]) -> None:
        pairs = [_offsets(selection) for selection in selections]
        self.is_numeric = np.array([pair is not None for pair in pairs], dtype=bool)
        self.numeric = np.flatnonzero(self.is_numeric)
        self.offsets = np.array([pair or (-1, -1) for pair in pairs], dtype=np.int64).reshape(-1, 2)
        self.names = [selection.name for selection in selections]


def _place_selections(
    rows: NDArray[np.int64],
    written: _WrittenOffsets,
    spans: TextSpans,
    places: SelectionPlaces,
    sources: Sources,
    losses: Losses,
) -> None:
    """Note the places of selections of texts; a selection whose words are elsewhere is moved there."""
    placed = _SelectionsOfTexts(
        written, sources.texts, sources.titles, places.text[rows],
        np.full(len(rows), -1, dtype=np.int64), np.full(len(rows), -1, dtype=np.int64),
        np.zeros(len(rows), dtype=bool),
    )  # fmt: skip
    placed.start[written.numeric], placed.end[written.numeric] = spans.start, spans.end
    placed.name_matches[written.numeric] = spans.name_matches
    past_end = written.numeric[spans.past_end]
    losses.add(
        "selections that ended past their text",
        "They ended one or two characters past the end of the text; they end with it here.",
        [placed.example(row) for row in past_end[:3]],
        count=len(past_end),
    )
    _move_to_words(placed, losses)
    without_place = (placed.start < 0) | (placed.end <= placed.start)
    placed.start[without_place] = placed.end[without_place] = -1
    places.start[rows], places.end[rows] = placed.start, placed.end
    places.name_matches[rows] = placed.name_matches
    for row in np.flatnonzero(without_place):
        places.lose(
            rows[row],
            "codings of selections that have no place",
            _why_no_place(*map(int, written.offsets[row]), numeric=bool(written.is_numeric[row])),
        )


def _place_areas(
    selections: Sequence[SelectionElement],
    places: SelectionPlaces,
    sources: Sources,
    guids: Guids,
    losses: Losses,
) -> None:
    """Place areas of pages at the words that they show, where the project says which these are."""
    areas = [row for row, selection in enumerate(selections) if selection.kind == "PDFSelection"]
    if not areas:
        return
    as_text = {
        (guids.normalise(selection.guid), int(places.source[row]))
        for row, selection in enumerate(selections)
        if selection.kind in _OF_TEXT and places.start[row] >= 0
    }
    finders: dict[int, _WordFinder] = {}
    examples = []
    for row in areas:
        selection, text = selections[row], int(places.text[row])
        if (guids.normalise(selection.guid), int(places.source[row])) in as_text:
            places.duplicate[row] = True
            continue
        shown = without_spaces(selection.shown_text.content or "") if selection.shown_text else ""
        if text < 0 or len(shown) < _SHORTEST:
            continue
        if text not in finders:
            finders[text] = _WordFinder(sources.texts[text].text)
        occurrences = finders[text].find(shown)
        if len(occurrences) == 1:
            places.start[row], places.end[row] = finders[text].place(occurrences[0], len(shown))
            places.lose(row, "", "")
            places.name_matches[row] = without_spaces(selection.name) == shown
            examples.append(f"{sources.titles[text][:30]}: {selection.name[:40]}")
    losses.add(
        "areas of PDF pages",
        "The words that an area shows occur once in the text of the file; the codings are on these words, "
        "without the area.",
        examples,
    )


class _WordFinder:
    """Finds words in a text, whatever white space is between them."""

    def __init__(self, text: str) -> None:
        self._squeezed = without_spaces(text)
        self._places: NDArray[np.int64] | None = None
        self._text = text
        self._searches_left = _SEARCHED

    def find(self, squeezed: str) -> list[int]:
        """Return up to two occurrences of words without white space."""
        self._searches_left -= 2 * len(self._squeezed)
        if self._searches_left < 0:
            return []
        first = self._squeezed.find(squeezed)
        if first < 0:
            return []
        second = self._squeezed.find(squeezed, first + 1)
        return [first] if second < 0 else [first, second]

    def place(self, occurrence: int, length: int) -> tuple[int, int]:
        """Return the start and end, in the text, of an occurrence of so many characters."""
        if self._places is None:
            self._places = np.flatnonzero(~is_blank(code_points(self._text))).astype(np.int64)
        return int(self._places[occurrence]), int(self._places[occurrence + length - 1]) + 1


@dataclass
class _SelectionsOfTexts:
    """Selections of texts with their places, shape (selections,) each."""

    written: _WrittenOffsets
    texts: Sequence[SourceText]
    titles: Sequence[str]
    text_index: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    name_matches: NDArray[np.bool_]

    def example(self, row: int) -> str:
        """Return a selection as the table of losses shows it."""
        start, end = self.written.offsets[row]
        title = self.titles[self.text_index[row]]
        return f"{title[:30]} {start}-{end}: {self.written.names[row][:40]}"


def _move_to_words(found: _SelectionsOfTexts, losses: Losses) -> None:
    """Move selections to where their words are, if that is one place; list the others as losses."""
    finders: dict[int, _WordFinder] = {}
    moved: list[str] = []
    elsewhere: list[str] = []
    titles: list[str] = []
    has_name = np.array([bool(name.strip()) for name in found.written.names], dtype=bool)
    for row in np.flatnonzero(~found.name_matches & has_name).tolist():
        text = int(found.text_index[row])
        if text not in finders:
            finders[text] = _WordFinder(found.texts[text].text)
        name = without_spaces(found.written.names[row])
        ellipsis = next((sign for sign in ELLIPSES if name.endswith(sign)), "")
        words = name.removesuffix(ellipsis)
        occurrences = finders[text].find(words) if words else []
        placed = bool(found.start[row] >= 0 and found.end[row] > found.start[row])
        place = None
        if len(occurrences) == 1 and len(words) >= _SHORTEST:
            place = _place_of_words(
                found, row, finders[text].place(occurrences[0], len(words)), len(words),
                cut=bool(ellipsis), placed=placed,
            )  # fmt: skip
        if place is not None:
            found.start[row], found.end[row] = place
            found.name_matches[row] = True
            moved.append(found.example(row))
        elif placed:
            (elsewhere if occurrences else titles).append(found.example(row))
    losses.add(
        "selections that were moved",
        "The text has other words at their offsets. Their own words occur once in it: they are there now.",
        moved,
    )
    losses.add(
        "selections whose name is not the text at their offsets",
        "The name occurs elsewhere in the text, or more than once. They are at their offsets; look at them.",
        elsewhere,
    )
    losses.add(
        "titles of selections",
        "The name does not occur in the text and has no place here. They are at their offsets, which their "
        "names cannot confirm.",
        titles,
    )


def _place_of_words(
    found: _SelectionsOfTexts, row: int, place: tuple[int, int], n_letters: int, *, cut: bool,
    placed: bool,
) -> tuple[int, int] | None:  # fmt: skip
    """Return where a selection moves to whose name occurs at one place; None if it stays."""
    length = int(found.written.offsets[row, 1] - found.written.offsets[row, 0])
    if cut and placed and length >= n_letters:
        end = place[0] + int(found.end[row] - found.start[row])
        return place[0], min(end, len(found.texts[int(found.text_index[row])].text))
    name_length = len(found.written.names[row])
    if cut or (placed and abs(length - name_length) > max(2, length // 10)):
        # The name is shorter than the selection: a title that happens to occur.
        return None
    return place


def _offsets(selection: SelectionElement) -> tuple[int, int] | None:
    start, end = selection.start, selection.end
    if selection.kind == "TranscriptSelection":
        points = selection.holder.sync_points if selection.holder else {}
        start, end = (points.get(point.strip().lower(), "") for point in (start, end))
    if _NUMBER.fullmatch(start) and _NUMBER.fullmatch(end):
        return int(start), int(end)
    return None


def _why_no_place(start: int, end: int, *, numeric: bool) -> str:
    if not numeric:
        return "Their beginning or end is missing or no whole number."
    if start < 0 or end < 0:
        return "Their beginning or end is negative."
    if end < start:
        return "They end before they begin."
    if end == start:
        return "They are empty: they end where they begin."
    return "Their beginning or end is past the end of the text, or inside a character."
