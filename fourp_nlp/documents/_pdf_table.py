"""Rows of a PDF whose words stand in columns: a table of speakers, or one line after all."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from fourp_nlp.documents._blocks import Block
from fourp_nlp.documents._pdf_words import unwrapped
from fourp_nlp.documents._speaker_table import SpeakerTables, speaker_columns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fourp_nlp.documents._pdf_lines import Line, Page

__all__ = ["Turn", "rows_of"]

_NEAR = 3.0
_TYPED = (":", ".", ")", ">")


class Turn(NamedTuple):
    """A paragraph of a table of speakers."""

    text: str


def rows_of(pages: list[Page], tables: SpeakerTables) -> list[list[Line | Turn]]:
    """Return the lines of pages, each with all of its columns, and turns where they are a table's rows.

    Parameters
    ----------
    pages : list of Page
        The pages, without what stands at their edges.
    tables : SpeakerTables
        Makes turns of tables of speakers.

    Returns
    -------
    list of list of (Line or Turn)
        Of each page. A row that goes on over the page is a turn of the page on which it begins.
    """
    rows = [_beside(page.lines) for page in pages]
    words = _words_column(rows)
    if words is None:
        return [[_whole(row) for row in own] for own in rows]
    made: list[list[Line | Turn]] = [[] for _ in pages]
    for first, stretch in _stretches(rows, words):
        cells = _cells(stretch, words)
        texts = [[_text(cell) for cell in row] for row in cells]
        columns = speaker_columns(texts)
        names = [row[columns.speaker] for row in texts] if columns is not None else []
        typed = sum(name.endswith(_TYPED) for name in names if name)
        if columns is None or typed > 0.5 * sum(map(bool, names)):
            for page, row in stretch:
                made[page].append(_whole(row))
            continue
        blocks = tables.blocks([[[Block(text)] for text in row] for row in texts])
        made[first] += (Turn(block.text.strip()) for block in blocks if block.text.strip())
    return made


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
    return first._replace(text=text, right=row[-1].right, bold=bold)


def _words_column(rows: list[list[list[Line]]]) -> float | None:
    """Return where the last column begins in which lines follow that stand there alone."""
    beside = Counter(
        round(line.left / _NEAR) for own in rows for row in own if len(row) > 1 for line in row[1:]
    )
    # A name that stands lower than the first of its words is a line of its own.
    alone = Counter(round(row[0].left / _NEAR) for own in rows for row in own if len(row) == 1)
    if not beside:
        return _words_below(rows)
    places = [place for place, times in beside.items() if times + alone[place] >= 3]
    if not places:
        return None
    return _NEAR * max(places, key=lambda place: beside[place] + alone[place])


def _words_below(rows: list[list[list[Line]]]) -> float | None:
    """Return where words begin if each name stands a little lower or higher than they do."""
    lines = [row[0] for own in rows for row in own]
    count = Counter(round(line.left / _NEAR) for line in lines)
    if len(count) < 2:
        return None
    place = _NEAR * max(count, key=lambda one: count[one])
    names = sum(line.left < place - 15 and line.right <= place + 1 for line in lines)
    return place if names >= 3 else None


def _stretches(
    rows: list[list[list[Line]]], words: float
) -> Iterator[tuple[int, list[tuple[int, list[Line]]]]]:
    """Yield stretches of rows that keep to the columns, and each other row on its own."""
    stretch: list[tuple[int, list[Line]]] = []
    for page, own in enumerate(rows):
        for row in own:
            keeps = (
                all(line.right <= words + 1 or abs(line.left - words) <= _NEAR for line in row)
                and row[0].left <= words + _NEAR
            )
            if keeps:
                stretch.append((page, row))
                continue
            if stretch:
                yield stretch[0][0], stretch
                stretch = []
            yield page, [(page, row)]
    if stretch:
        yield stretch[0][0], stretch


def _cells(stretch: list[tuple[int, list[Line]]], words: float) -> list[list[list[Line]]]:
    """Divide a stretch into rows of a table, each of which begins with what stands left of the words."""
    lefts = sorted(
        {round(line.left) for _, row in stretch for line in row if line.left < words - _NEAR}
    )
    columns: list[float] = []
    for left in lefts:
        if not columns or left - columns[-1] > 15:
            columns.append(float(left))
    columns.append(words)
    cells: list[list[list[Line]]] = []
    for _, row in stretch:
        begins = row[0].left < words - _NEAR
        if begins or not cells:
            cells.append([[] for _ in columns])
        for line in row:
            nearest = min(range(len(columns)), key=lambda at: abs(columns[at] - line.left))
            cells[-1][nearest].append(line)
    return cells


def _text(cell: list[Line]) -> str:
    return "".join(unwrapped([line.text for line in cell]))
