"""The lines of PDF pages, with their positions."""

from __future__ import annotations

import ctypes
import re
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["Line", "Page", "column_starts", "lines_of"]

# PDFium marks a hyphen at the end of a line with one of these.
_MARKS = re.compile("[\ufffe\x02]")
# Bullets and boxes of Symbol and Wingdings, which files often leave as these fonts number them.
_BULLETS = {
    0xF0B7: "•", 0xF0A7: "▪", 0xF0A8: "☐", 0xF0D8: "➢", 0xF0E0: "→", 0xF0FC: "✓", 0xF0FD: "☒", 0xF0FE: "☑",
}  # fmt: skip
_PRIVATE = re.compile("[\uf0a7-\uf0fe]")
_AT_MARKS = re.compile("[^\ufffe\x02]+[\ufffe\x02]?|[\ufffe\x02]")
# A number of an item may touch what follows it.
_WORDS = re.compile(r"(?<!\S)\d{1,3}[.)](?=[^\W\d_])|\S+")
_NUMBER_FIRST = re.compile(r"\d{1,4}\s+(?=\S)")
_WORD = re.compile(r"\S+")
_FONT_NAME = 128
_BOLD_NAME = re.compile(rb"bold|black|heavy|semibold|demi", re.IGNORECASE)
_LONGEST_LABEL = 60
_NEAR = 2.5


class Line(NamedTuple):
    """A line, or the part of one that stands in a column.

    Parameters
    ----------
    text : str
        The line without white space around it.
    left, right : float
        Where it begins and ends, in points from the left edge of the page.
    base : float
        Height of its base line above the lower edge of the page.
    size : float
        Size of its type; 0 if it is not known.
    bold : int
        How many of its first characters are bold, as far as a label may reach.
    inner : float
        Where a line that begins with a number goes on after it; 0 for other lines.
    cells : int
        In how many columns it stands.
    """

    text: str
    left: float = 0.0
    right: float = 0.0
    base: float = 0.0
    size: float = 0.0
    bold: int = 0
    inner: float = 0.0
    cells: int = 1


class Page(NamedTuple):
    """The lines of a page in the order of the file.

    Parameters
    ----------
    lines : list of Line
        The lines.
    height : float
        The height of the page in points; 0 if nothing is known of places.
    columns : sequence of float
        Where columns begin by which lines were divided.
    """

    lines: list[Line]
    height: float = 0.0
    columns: Sequence[float] = ()


class _Characters:
    """Asks PDFium about characters of one page."""

    def __init__(self, words: Any, text: str) -> None:
        from pypdfium2 import raw

        self.handle = words.raw
        self.raw = raw
        self._x, self._y = ctypes.c_double(), ctypes.c_double()
        self._refs = ctypes.byref(self._x), ctypes.byref(self._y)
        self._box = raw.FS_RECTF()
        self._box_ref = ctypes.byref(self._box)
        self._matrix = raw.FS_MATRIX()
        self._name, self._flags = ctypes.create_string_buffer(_FONT_NAME), ctypes.c_int()
        # PDFium's number of a character of the text, which may leave some out.
        self.index: Callable[[int], int] = int
        if int(raw.FPDFText_CountChars(self.handle)) != len(text):
            self.index = partial(raw.FPDFText_GetCharIndexFromTextIndex, self.handle)

    def origin(self, place: int) -> tuple[float, float]:
        self.raw.FPDFText_GetCharOrigin(self.handle, self.index(place), *self._refs)
        return self._x.value, self._y.value

    def edges(self, place: int) -> tuple[float, float]:
        self.raw.FPDFText_GetLooseCharBox(self.handle, self.index(place), self._box_ref)
        return self._box.left, self._box.right

    def size(self, place: int) -> float:
        index = self.index(place)
        size = float(self.raw.FPDFText_GetFontSize(self.handle, index))
        if size <= 2 and self.raw.FPDFText_GetMatrix(self.handle, index, self._matrix):
            # Some programs set type of size 1 and enlarge it.
            size *= abs(self._matrix.d) or abs(self._matrix.b)
        return size

    def is_bold(self, place: int) -> bool:
        index = self.index(place)
        if self.raw.FPDFText_GetFontWeight(self.handle, index) >= 600:
            return True
        self.raw.FPDFText_GetFontInfo(self.handle, index, self._name, _FONT_NAME, self._flags)
        return _BOLD_NAME.search(self._name.value) is not None


def lines_of(page: Any, before: Page | None = None) -> Page:
    """Return the lines of a page.

    The columns of the page `before` may go on.
    """
    words = page.get_textpage()
    try:
        text = str(words.get_text_range())
        if not text.isascii() and _PRIVATE.search(text):
            text = text.translate(_BULLETS)
        asked = _Characters(words, text)
        spans = _spans(text)
        lines_of_page = _lines(asked, text, spans)
        starts = column_starts(lines_of_page)
        used: list[float] = []
        if before is not None:
            starts = _together(starts, before.columns)
        if starts:
            rows = list(zip(spans, lines_of_page, strict=True))
            gaps = [_gaps(asked, text, start, line, starts) for (start, _), line in rows]
            starts = _with_gaps(starts, gaps)
            count = len(lines_of_page)
            lines_of_page = [
                part
                for (_, line), gaps_of_line in zip(rows, gaps, strict=True)
                for part in _parts(line, gaps_of_line, starts)
            ]
            used = starts if len(lines_of_page) > count else []
    finally:
        words.close()
    return Page(lines_of_page, float(page.get_height()), used)


def _spans(text: str) -> list[tuple[int, int]]:
    """Return where the lines of a page's text stand, without white space around them."""
    spans = []
    at = 0
    for line in text.splitlines(keepends=True):
        # A marked hyphen ends a line, too.
        for part in _AT_MARKS.findall(line) if _MARKS.search(line) else (line,):
            tidy = part.strip()
            if tidy:
                start = at + part.index(tidy[0])
                spans.append((start, start + len(tidy)))
            at += len(part)
    return spans


def _lines(asked: _Characters, text: str, spans: list[tuple[int, int]]) -> list[Line]:
    """Return lines with their places: of every line only its first, last and middle character is asked."""
    raw, handle, index = asked.raw, asked.handle, asked.index
    origin, loose_box, font_size = (
        raw.FPDFText_GetCharOrigin,
        raw.FPDFText_GetLooseCharBox,
        raw.FPDFText_GetFontSize,
    )
    x, y, box = ctypes.c_double(), ctypes.c_double(), raw.FS_RECTF()
    x_ref, y_ref, box_ref = ctypes.byref(x), ctypes.byref(y), ctypes.byref(box)
    lines = []
    for start, end in spans:
        words = text[start:end]
        last = end - 1
        origin(handle, index(start), x_ref, y_ref)
        loose_box(handle, index(last), box_ref)
        middle = (start + last) // 2
        size = font_size(handle, index(middle))
        if size <= 2:
            size = asked.size(middle)
        colon = words.find(":", 0, _LONGEST_LABEL)
        bold = 0
        if colon >= 0 or end - start <= _LONGEST_LABEL:
            bold = _bold(asked, words, start, colon)
        left, base, inner = x.value, y.value, 0.0
        if words[0].isdigit() and (number := _NUMBER_FIRST.match(words)):
            inner = asked.origin(start + number.end())[0]
        if words[-1] in "\ufffe\x02":
            words = f"{words[:-1]}-"
        lines.append(Line(words, left, box.right, base, size, bold, inner))
    return lines


def _bold(asked: _Characters, words: str, start: int, colon: int) -> int:
    """Return how many characters at the beginning of a line are bold, which may begin with a label."""
    if not asked.is_bold(start):
        return 0
    if colon > 0:
        rest = _WORD.search(words, colon + 1)
        if rest is not None and not asked.is_bold(start + rest.start()):
            return colon + 1
    return len(words) if asked.is_bold(start + len(words) - 1) else 0


def column_starts(lines: list[Line]) -> list[float]:
    """Return where on a page a second and further column of lines begins, right of the first one.

    Lines that begin there follow others that begin further left and go on beside them, as in a table or
    where paragraphs hang.

    Places are in points, ascending; there are none if all lines begin at one edge.
    """
    lefts = [line.left for line in lines]
    if not lefts:
        return []
    count: dict[int, int] = {}
    for left in lefts:
        count[round(left)] = count.get(round(left), 0) + 1
    edge = min(lefts)
    starts: list[float] = []
    for left, times in sorted(count.items()):
        if times >= 3 and left > edge + 15 and (not starts or left > starts[-1] + 15):
            starts.append(float(left))
    return starts


class _Gap(NamedTuple):
    """White space in a line: where in its text the next word begins, and where on the page it lies."""

    place: int
    right: float
    left: float


def _gaps(asked: _Characters, text: str, start: int, line: Line, starts: list[float]) -> list[_Gap]:
    """Return the gaps of a line that begins left of a column and reaches into it."""
    wanted = [place for place in starts if line.left + 10 < place < line.right - 5]
    if not wanted:
        return []
    narrow = 0.45 * (line.size or 10.0)
    gaps: list[_Gap] = []
    for word in _WORDS.finditer(text, start, start + len(line.text)):
        if word.start() == start:
            continue
        left, _ = asked.origin(word.start())
        right = asked.edges(_last_before(text, word.start()))[1]
        if left - right > narrow or (left != right and not text[word.start() - 1].isspace()):
            gaps.append(_Gap(word.start() - start, right, left))
        if left > wanted[-1] + _NEAR:
            break
    return gaps


def _with_gaps(starts: list[float], gaps: list[list[_Gap]]) -> list[float]:
    """Return the places of columns and those where words of several lines begin after a wide gap."""
    count: dict[int, int] = {}
    for gaps_of_line in gaps:
        for gap in gaps_of_line:
            if gap.left - gap.right > 8:
                count[round(gap.left)] = count.get(round(gap.left), 0) + 1
    return _together(starts, [float(place) for place, times in count.items() if times >= 3])


def _together(starts: list[float], more: Sequence[float]) -> list[float]:
    return sorted(
        {*starts, *(place for place in more if all(abs(place - one) > 3 for one in starts))}
    )


def _parts(line: Line, gaps: list[_Gap], starts: list[float]) -> list[Line]:
    """Divide a line where a word begins at the beginning of a column."""
    cuts = [gap for gap in gaps if any(abs(gap.left - place) <= _NEAR for place in starts)]
    if not cuts:
        return [line]
    firsts = [0, *(cut.place for cut in cuts)]
    lefts = [line.left, *(cut.left for cut in cuts)]
    rights = [*(cut.right for cut in cuts), line.right]
    parts = [
        line._replace(text=line.text[first:last].strip(), left=left, right=right, bold=0)
        for first, last, left, right in zip(
            firsts, [*firsts[1:], len(line.text)], lefts, rights, strict=True
        )
    ]
    return [parts[0]._replace(bold=min(line.bold, len(parts[0].text))), *parts[1:]]


def _last_before(text: str, place: int) -> int:
    place -= 1
    while place > 0 and text[place].isspace():
        place -= 1
    return place
