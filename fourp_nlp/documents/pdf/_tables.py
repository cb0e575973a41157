"""Rows of PDF pages with words in columns: tables of speakers, or ordinary lines."""

from __future__ import annotations

from bisect import bisect
from collections import Counter
from itertools import compress, pairwise
from typing import TYPE_CHECKING, NamedTuple

from fourp_nlp.documents.pdf._divided_words import unwrapped
from fourp_nlp.documents.tables.speaker_table import SpeakerTables, speaker_columns
from fourp_nlp.documents.text.blocks import Block

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fourp_nlp.documents.pdf._lines import Line, Page

__all__ = ["Turn", "rows_of"]

_NEAR = 3.0
_SAMPLE = 40
_TYPED = (":", ".", ")", ">")


class Turn(NamedTuple):
    """A paragraph of a table of speakers."""

    text: str


def rows_of(pages: list[Page], tables: SpeakerTables) -> list[list[Line | Turn]]:
    """Return the lines of pages, each with all of its columns, and turns where they are a table's rows.

    A row that goes on over the page is a turn of the page on which it begins.
    """
    rows = [_beside(page.lines) for page in pages]
    columns = _columns_of(rows)
    if not columns:
        return [[_whole(row) for row in rows_of_page] for rows_of_page in rows]
    pitch = _pitch(rows)
    lines_by_page: list[list[Line | Turn]] = [[] for _ in pages]
    for first, stretch in _stretches(rows, columns):
        cells = _cells(stretch, columns, pitch)
        texts = [[_text(cell) for cell in row] for row in cells]
        speaker_places = speaker_columns(texts)
        names = [row[speaker_places.speaker] for row in texts] if speaker_places is not None else []
        typed = sum(name.endswith(_TYPED) for name in names if name)
        if speaker_places is None or typed > 0.5 * sum(map(bool, names)):
            for page, row in stretch:
                lines_by_page[page].append(_whole(row))
            continue
        blocks = tables.blocks([[[Block(text)] for text in row] for row in texts])
        lines_by_page[first] += (Turn(block.text.strip()) for block in blocks if block.text.strip())
    return lines_by_page


def _beside(lines: list[Line]) -> list[list[Line]]:
    """Group lines that follow one another at the same height."""
    rows: list[list[Line]] = []
    for line in lines:
        if (
            rows
            and abs(rows[-1][-1].base - line.base) < 1.0
            and line.left >= rows[-1][-1].right - 1
            and line.base
        ):
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows


def _whole(row: list[Line]) -> Line:
    first = row[0]
    if len(row) == 1:
        return first
    text = " ".join(line.text for line in row)
    bold = first.bold
    if bold == len(first.text) and all(line.bold == len(line.text) for line in row[1:]):
        bold = len(text)
    return first._replace(text=text, right=row[-1].right, bold=bold, cells=len(row))


def _columns_of(rows: list[list[list[Line]]]) -> list[float]:
    """Return where the columns of a table may begin, ascending; none if nothing stands side by side."""
    count = Counter(
        round(line.left / _NEAR)
        for rows_of_page in rows
        for row in rows_of_page
        for line in row
        if line.base
    )
    beside = sum(len(row) > 1 for rows_of_page in rows for row in rows_of_page)
    if not beside and not _are_names_below(rows, count):
        return []
    columns: list[float] = []
    for place, times in sorted(count.items()):
        left = _NEAR * place
        if times >= 3 or count.get(place - 1, 0) + times >= 3:
            if not columns or left - columns[-1] > 15:
                columns.append(left)
            elif times > count[round(columns[-1] / _NEAR)]:
                columns[-1] = left
    return columns if len(columns) > 1 else []


def _are_names_below(rows: list[list[list[Line]]], count: Counter[int]) -> bool:
    """Tell whether lines stand left of most others, each a little lower or higher than they do."""
    if len(count) < 2:
        return False
    place = _NEAR * count.most_common(1)[0][0]
    left_of = sum(
        row[0].left < place - 15 and row[0].right <= place + 1
        for rows_of_page in rows
        for row in rows_of_page
    )
    return left_of >= 3


def _pitch(rows: list[list[list[Line]]]) -> float:
    steps = Counter(
        round(2 * (one[0].base - other[0].base))
        for rows_of_page in rows[:_SAMPLE]
        for one, other in pairwise(rows_of_page)
        if one[0].base > other[0].base
    )
    return steps.most_common(1)[0][0] / 2 if steps else 0.0


def _column(line: Line, columns: list[float]) -> int:
    """Return the number of the column that a line stands in; -1 if it keeps to none."""
    at = bisect(columns, line.left + _NEAR) - 1
    if at < 0 or line.left - columns[at] > _NEAR + 1:
        return -1
    return at if at + 1 == len(columns) or line.right <= columns[at + 1] + 1 else -1


def _stretches(
    rows: list[list[list[Line]]], columns: list[float]
) -> Iterator[tuple[int, list[tuple[int, list[Line]]]]]:
    """Yield stretches of rows that keep to the columns, and each other row on its own."""
    stretch: list[tuple[int, list[Line]]] = []
    for page, rows_of_page in enumerate(rows):
        for row in rows_of_page:
            if all(_column(line, columns) >= 0 for line in row):
                stretch.append((page, row))
                continue
            if stretch:
                yield stretch[0][0], stretch
                stretch = []
            yield page, [(page, row)]
    if stretch:
        yield stretch[0][0], stretch


def _cells(
    stretch: list[tuple[int, list[Line]]], columns: list[float], pitch: float
) -> list[list[list[Line]]]:
    """Divide a stretch into rows of a table: each begins in the first column, or side by side below a gap.

    Where rows stand apart, a line in the first column right below another one goes on with its cell.
    """
    leftmost = min(_column(row[0], columns) for _, row in stretch)
    gaps: list[float] = []
    begins: list[bool] = []
    before = float("inf")
    for _, row in stretch:
        gaps.append(before - row[0].base)
        begins.append(_column(row[0], columns) == leftmost)
        before = row[0].base
    apart = [gap > 1.25 * pitch or gap < 0 for gap in gaps]
    stand_apart = sum(compress(apart, begins)) > 0.5 * sum(begins)
    cells: list[list[list[Line]]] = []
    for (_, row), is_first, is_apart in zip(stretch, begins, apart, strict=True):
        begun = is_first and (is_apart or not stand_apart)
        if not cells or begun or (is_apart and len(row) > 1):
            cells.append([[] for _ in columns])
        for line in row:
            cells[-1][_column(line, columns)].append(line)
    return cells


def _text(cell: list[Line]) -> str:
    return "".join(unwrapped([line.text for line in cell]))
