"""Joining the lines of PDF pages into paragraphs, by their words and positions."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from fourp_nlp.documents.pdf._divided_words import unwrapped
from fourp_nlp.documents.pdf._lines import Line
from fourp_nlp.documents.pdf._tables import Turn
from fourp_nlp.documents.word.bold_labels import Opening, bold_labels
from fourp_nlp.turns import turn_starts

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["paragraphs_of"]

_ENDS = re.compile(r"[.!?…:;][\"'”’)\]]*$")
_SENTENCE = re.compile(r"[.!?…][\"'”’)\]#]*$")
_NAME = re.compile(r"([^:.\n]{1,40}):\s")
_BULLET = re.compile(r"[•‣▪●○■➢✓–—*-]\s|[a-z]\)\s")
_NUMBERED = re.compile(r"\d{1,3}[.)]\s|\(?\d{1,2}:\d{2}|\[\(?\d{1,2}:\d{2}")
_BRACKETED_TIME = re.compile(r"\[\(?\d{1,2}:\d{2}")
_BULLETS = "•‣▪●○■➢✓*-"
_TIME_AT_END = re.compile(r"\d:\d\d(?:[.,]\d{1,3})?[\])>}#]?$")
_NOTE = re.compile(r"(?:\d{1,3}|[*†‡§]{1,3}|\[\d{1,3}\])[\s.)]*\S")
_FULL = 0.75
_ENOUGH = 8
_MOST_COLUMNS = 50
_SHORT = 60
_LONG = 200


class _Column(NamedTuple):
    """Where lines of a stretch without a jump begin and end, and how far apart they are."""

    left: float
    right: float
    pitch: float


def paragraphs_of(
    pages: Sequence[Sequence[Line | Turn]], known: frozenset[str] = frozenset()
) -> tuple[list[str], tuple[str, ...]]:
    """Join the lines of pages into paragraphs.

    A line begins a paragraph if it begins a turn or an item, after a gap, where lines begin further left
    or right than before, or if its first word had had room on the line before. It never does if it runs
    on in lower case.

    The `known` names are certain to be speakers. Returns the paragraphs, and the speakers whom bold
    type marks.
    """
    joined = _Joined(pages, known)
    bold = bold_labels(
        Opening(text, first.bold) for first, text in joined.openings if text and first is not None
    )
    if set(bold) - known:
        joined = _Joined(pages, known | frozenset(bold))
    return joined.paragraphs, bold


class _Joined:
    """Joins lines into paragraphs."""

    def __init__(self, pages: Sequence[Sequence[Line | Turn]], known: frozenset[str]) -> None:
        self.paragraphs: list[str] = []
        self.openings: list[tuple[Line | None, str]] = []
        self._open: list[Line] = []
        self._is_label = False
        self._known = known
        self._notes: list[list[Line]] = []
        flat = [row for page in pages for row in page]
        columns = [column for page in pages for column in _columns(page)]
        starts = _turn_starts(flat, columns, known)
        self._once = _labels_once(flat, starts)
        sizes = Counter(round(row.size, 1) for row in flat if isinstance(row, Line))
        self._turns_at = _usual_left(flat, starts)
        self._size = sizes.most_common(1)[0][0] if sizes else 0.0
        at = 0
        self._goes_on = False
        for page in pages:
            lines_of_page = slice(at, at + len(page))
            at += len(page)
            self._page(page, starts[lines_of_page], columns[lines_of_page])
        self._close()

    def _page(
        self, page: Sequence[Line | Turn], starts: list[bool], columns: list[_Column | None]
    ) -> None:
        notes = self._notes_from(page)
        before: Line | None = None
        full = _full_length(page)
        for at, (row, begins) in enumerate(zip(page, starts, strict=True)):
            if isinstance(row, Turn):
                self._close()
                self._add(row.text)
                self.openings.append((None, row.text))
                before = None
                continue
            if at >= notes:
                self._note(row, page[at - 1] if at > notes else None)
                continue
            following = page[at + 1] if at + 1 < len(page) and at + 1 < notes else None
            if self._open and self._belongs(row, before, columns[at], begins=begins):
                self._open.append(row)
            else:
                self._close(below=not begins and _is_below(row, before, columns[at]))
                self._open = [row]
                self._is_label = begins
            self._goes_on = (len(row.text) == 1 and row.text in _BULLETS) or _is_full(
                row, following, columns[at], full
            )
            before = row

    def _belongs(
        self, row: Line, before: Line | None, column: _Column | None, *, begins: bool
    ) -> bool:
        """Tell whether a line goes on with the paragraph that is open."""
        last = self._open[-1]
        text = row.text
        if self._is_label and len(self._open) == 1 and self._is_alone(last.text):
            return False
        if (
            not begins
            and text[0].islower()
            and last.text[-1].isalnum()
            and row.cells == 1
            and not last.text.isupper()
            and _is_below(row, before, column)
        ):
            return True
        if begins and self._goes_on and _name_before_colon(text) in self._once:
            # A full line that does not end a sentence goes on, be it with a name and a colon.
            begins = _SENTENCE.search(last.text[-8:]) is not None
        if begins and self._turns_at and self._goes_on and abs(row.left - last.left) < 1:
            # Turns begin elsewhere: a name and a colon in the middle of what somebody says.
            begins = (
                abs(row.left - self._turns_at) < 0.8 * (row.size or 10.0) or len(self._open) < 2
            )
        ended = not last.text[-1].isalnum() and _ENDS.search(last.text[-8:]) is not None
        beside = row.cells > 1 and last.cells > 1
        head = last.text.isupper() and len(last.text) <= _SHORT and not text.isupper()
        runs_on = text[0].islower() and not (ended or beside or head)
        if begins or not (self._goes_on or runs_on) or _is_item(text, ended=ended):
            return False
        em = row.size or 10.0
        if before is None or column is None or row.base >= before.base - 1:
            return not (ended and column is not None and row.left > column.left + 0.8 * em)
        gap = before.base - row.base
        if column.pitch and gap > 1.3 * column.pitch + 0.1 * em:
            return runs_on and gap < 2.5 * column.pitch
        other_type = (
            _is_heading_like(last) != _is_heading_like(row)
            or abs(row.size - last.size) > 0.1 * max(row.size, last.size)
            or (len(self._open) > 1 and abs(row.left - last.left) > 0.8 * em)
            # An indented line goes on further left.
            or (
                len(self._open) == 1
                and ended
                and abs(row.left - last.left) < 1
                and row.left > column.left + 0.8 * em
            )
        )
        return runs_on or not other_type

    def _is_alone(self, label: str) -> bool:
        """Tell whether a line that begins a turn holds no words: a name and a time, or a known name."""
        short = len(label) <= _SHORT
        return (short and _TIME_AT_END.search(label) is not None) or label in self._known

    def _close(self, *, below: bool = False) -> None:
        """End the paragraph that is open; a label goes on in the line below if that is right below it."""
        if self._open:
            text = "".join(unwrapped([line.text for line in self._open]))
            alone = below and len(self._open) == 1 and len(text) <= _SHORT and not self._notes
            head = text.isupper() or (self._is_label and _SENTENCE.search(text[-8:]) is None)
            self._add(f"{text}\n" if alone and head else text)
            self.openings.append((self._open[0], text[: 2 * _SHORT]))
            self._open = []
        for note in self._notes:
            self._add("".join(unwrapped([line.text for line in note])))
        self._notes = []
        self._goes_on = False

    def _add(self, text: str) -> None:
        """Add a paragraph, or the line below a label."""
        if self.paragraphs and self.paragraphs[-1].endswith("\n"):
            text = self.paragraphs.pop() + text
        self.paragraphs.append(text)

    def _notes_from(self, page: Sequence[Line | Turn]) -> int:
        """Return from where on a page footnotes stand: its last lines, in smaller type."""
        first = len(page)
        for at in range(len(page) - 1, -1, -1):
            row = page[at]
            if isinstance(row, Turn) or not row.size or row.size > 0.93 * self._size:
                break
            if at < len(page) - 1 and row.base <= page[at + 1].base:  # type: ignore[union-attr]
                break
            if _NOTE.match(row.text):
                first = at
        return first or len(page)

    def _note(self, row: Line, before: Line | Turn | None) -> None:
        if before is None or _NOTE.match(row.text):
            self._notes.append([row])
        else:
            self._notes[-1].append(row)


def _is_below(row: Line, before: Line | None, column: _Column | None) -> bool:
    """Tell whether a line stands right below the one before, without a gap."""
    if before is None or column is None or not column.pitch:
        return False
    return 0 < before.base - row.base <= 1.3 * column.pitch + 0.1 * (row.size or 10.0)


def _turn_starts(
    rows: list[Line | Turn], columns: list[_Column | None], known: frozenset[str]
) -> list[bool]:
    """Tell which lines begin a turn; a gap above a line counts as an empty line."""
    lines: list[str] = []
    places: list[int] = []
    before: Line | Turn | None = None
    for row, column in zip(rows, columns, strict=True):
        text = row.text
        if isinstance(row, Line) and isinstance(before, Line):
            if _is_below(row, before, column):
                alone = len(before.text) <= _SHORT and not before.text[-1].isalpha()
                if text[0].islower() and ":" not in text[:_SHORT] and not alone:
                    # It goes on with the line above, and need not be looked at.
                    lines[-1] = f"{lines[-1]} {text}" if len(lines[-1]) < _LONG else lines[-1]
                    places.append(-1)
                    before = row
                    continue
            elif 0 < row.base < before.base:
                lines.append("")
        places.append(len(lines))
        lines.append(text)
        before = row
    starts = turn_starts(lines, known)
    return [place >= 0 and starts[place] for place in places]


def _labels_once(rows: list[Line | Turn], starts: list[bool]) -> frozenset[str]:
    """Return the names before a colon with which only one line begins as a turn."""
    count = Counter(
        _name_before_colon(row.text) for row, begins in zip(rows, starts, strict=True) if begins
    )
    return frozenset(label for label, times in count.items() if label and times == 1)


def _name_before_colon(text: str) -> str:
    match = _NAME.match(text)
    return match[1] if match is not None else ""


def _usual_left(rows: Sequence[Line | Turn], starts: list[bool]) -> float:
    """Return where on the page nearly all turns begin; 0 if at several places."""
    lefts = Counter(
        round(row.left)
        for row, begins in zip(rows, starts, strict=True)
        if begins and isinstance(row, Line)
    )
    if not lefts:
        return 0.0
    left, times = lefts.most_common(1)[0]
    return float(left) if times >= 0.7 * lefts.total() else 0.0


def _is_item(text: str, *, ended: bool) -> bool:
    """Tell whether a line begins with a bullet, number or time; one that goes on may have a number."""
    if text[0].isalpha() and text[1:2] != ")":
        return False
    return (
        _BULLET.match(text) is not None
        or _BRACKETED_TIME.match(text) is not None
        or (ended and _NUMBERED.match(text) is not None)
    )


def _is_heading_like(line: Line) -> bool:
    return 0 < len(line.text) <= min(line.bold, _SHORT)


def _full_length(page: Sequence[Line | Turn]) -> float:
    lengths = sorted(len(row.text) for row in page if isinstance(row, Line))
    return _FULL * lengths[int(0.9 * (len(lengths) - 1))] if lengths else 0.0


def _is_full(row: Line, following: Line | Turn | None, column: _Column | None, full: float) -> bool:
    """Tell whether a line had no room for the first word of the next one."""
    if column is None or not row.size or row.right <= row.left:
        return len(row.text) >= full
    # Gaps between columns are not the width of letters.
    width = (row.right - row.left) / len(row.text) if row.cells == 1 else 0.5 * row.size
    room = column.right - row.right
    letters = 7
    if isinstance(following, Line):
        letters = following.text.find(" ")
        letters = letters if letters > 0 else len(following.text)
    return room < 1.15 * width * (letters + 1) + 0.5 * width


def _columns(page: Sequence[Line | Turn]) -> list[_Column | None]:
    """Return the column that each line of a page stands in; None where places are not known."""
    runs: list[list[int]] = []
    for at, row in enumerate(page):
        if isinstance(row, Turn) or not row.base:
            continue
        last = page[runs[-1][-1]] if runs else None
        if isinstance(last, Line) and last.base > row.base:
            runs[-1].append(at)
        else:
            runs.append([at])
    columns: list[_Column | None] = [None] * len(page)
    known: list[_Column] = []
    for run in sorted(runs, key=len, reverse=True):
        lines = [page[at] for at in run]
        column = _column([line for line in lines if isinstance(line, Line)], known)
        if len(run) >= _ENOUGH and len(known) < _MOST_COLUMNS:
            known.append(column)
        for at in run:
            columns[at] = column
    return columns


def _column(lines: list[Line], known: list[_Column]) -> _Column:
    rights = sorted(line.right for line in lines)
    left = min(line.left for line in lines)
    steps = Counter(round(2 * (one.base - other.base)) for one, other in pairwise(lines))
    pitch = steps.most_common(1)[0][0] / 2 if steps else 0.0
    right = rights[int(0.9 * (len(rights) - 1))] if len(rights) >= _ENOUGH else rights[-1]
    if len(lines) < _ENOUGH:
        wider = [one for one in known if one.left <= left + 5 and one.right >= rights[-1] - 5]
        if wider:
            closest = min(wider, key=lambda one: one.right - one.left)
            return _Column(left, closest.right, closest.pitch)
    return _Column(left, right, pitch)
