"""Line numbers in a column at the margin of PDF pages."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fourp_nlp.documents.pdf._lines import Line, Page

__all__ = ["without_line_numbers"]

_NUMBER = re.compile(r"\d{1,4}")
_NUMBER_FIRST = re.compile(r"(\d{1,4})\s+(?=\S)")
_NUMBER_LAST = re.compile(r"(?<=\S)\s+(\d{1,4})$")


class _Numbered(NamedTuple):
    line: int
    number: int
    kind: str  # alone, first or last on its line
    left: float
    base: float


def without_line_numbers(pages: list[Page]) -> tuple[list[Page], int]:
    """Leave out numbers that count the lines of pages.

    They stand in a column of their own, left or right of the text, at every line, or every second, fifth
    or tenth one, and begin anew on each page or run on.

    Returns the pages without the numbers, and how many were left out.
    """
    several = len(pages) > 1
    by_kind = [_line_numbers(page) for page in pages]
    counting = [
        _counting(numbers, page, several=several)
        for numbers, page in zip(by_kind, pages, strict=True)
    ]
    kinds = Counter(numbers[0].kind for numbers in counting if numbers)
    if not kinds or kinds.total() < 0.4 * len(pages):
        return pages, 0
    kind = kinds.most_common(1)[0][0]
    edges = [one.left for numbers in counting for one in numbers if one.kind == kind]
    low, high = min(edges) - 6, max(edges) + 6
    stripped_pages, count = [], 0
    for page, numbers, numbers_of_page in zip(pages, by_kind, counting, strict=True):
        if not numbers_of_page:
            numbers_of_page = [one for one in numbers.get(kind, ()) if low <= one.left <= high]  # noqa: PLW2901
        if not _ascends(numbers_of_page):
            stripped_pages.append(page)
            continue
        count += len(numbers_of_page)
        stripped_pages.append(page._replace(lines=_stripped(page.lines, numbers_of_page)))
    return stripped_pages, count


def _line_numbers(page: Page) -> dict[str, list[_Numbered]]:
    """Return the numbers of a page that may be those of its lines, by kind, from top to bottom."""
    by_kind: dict[str, list[_Numbered]] = defaultdict(list)
    for at, line in enumerate(page.lines if page.height else ()):
        text = line.text
        if text[0].isdigit():
            if _NUMBER.fullmatch(text):
                by_kind["alone"].append(_Numbered(at, int(text), "alone", line.right, line.base))
            elif first := _NUMBER_FIRST.match(text):
                by_kind["first"].append(_Numbered(at, int(first[1]), "first", line.left, line.base))
        if text[-1].isdigit() and (last := _NUMBER_LAST.search(text, max(0, len(text) - 8))):
            by_kind["last"].append(_Numbered(at, int(last[1]), "last", line.right, line.base))
    return {
        kind: sorted(_one_column(numbers), key=lambda one: -one.base)
        for kind, numbers in by_kind.items()
    }


def _counting(by_kind: dict[str, list[_Numbered]], page: Page, *, several: bool) -> list[_Numbered]:
    """Return the numbers of a page that count its lines; none if there are none."""
    for kind in ("alone", "first", "last"):
        numbers = by_kind.get(kind, [])
        if _is_sequence(numbers, page, several=several):
            return numbers
    return []


def _one_column(numbers: list[_Numbered]) -> list[_Numbered]:
    """Return the most numbers that stand below one another."""
    if not numbers:
        return []
    if numbers[0].kind == "first":
        return numbers
    count = Counter(round(one.left / 3) for one in numbers)
    place = count.most_common(1)[0][0]
    return [one for one in numbers if abs(one.left / 3 - place) <= 1.1]


def _is_sequence(numbers: list[_Numbered], page: Page, *, several: bool) -> bool:
    """Tell whether numbers count the lines of a page: in even steps, beside most lines or every fifth."""
    if len(numbers) < 3 or not _ascends(numbers):
        return False
    step = numbers[1].number - numbers[0].number
    if step > 1:
        gaps = [one.base - other.base for one, other in pairwise(numbers)]
        even = max(gaps) - min(gaps) <= 0.15 * max(gaps)
        return (
            step in {2, 5, 10}
            and even
            and numbers[0].number % step in {0, 1}
            and (_outside(numbers, page))
        )
    if len(numbers) < (5 if several else 10) or not _outside(numbers, page):
        return False
    # Heads and feet stand above and below the lines that are counted.
    top, bottom = numbers[0].base + 2, numbers[-1].base - 2
    counted = {round(one.base) for one in numbers}
    bases = {round(line.base) for line in page.lines} | counted
    beside = {base for base in bases if bottom <= base <= top}
    least, least_of_all = (0.6, 0.5) if several else (0.9, 0.6)
    return len(counted) >= least * len(beside) and len(counted) >= least_of_all * len(bases)


def _ascends(numbers: list[_Numbered]) -> bool:
    """Tell whether numbers go up by one step but for a few, such as those that began anew."""
    if len(numbers) < 2:
        return bool(numbers)
    steps = Counter(other.number - one.number for one, other in pairwise(numbers))
    step, times = steps.most_common(1)[0]
    return step > 0 and times >= 0.8 * (len(numbers) - 1)


def _outside(numbers: list[_Numbered], page: Page) -> bool:
    """Tell whether numbers stand left or right of all text but running heads."""
    if numbers[0].kind != "alone":
        return True
    numbered = {one.line for one in numbers}
    others = [line for at, line in enumerate(page.lines) if at not in numbered]
    if not others:
        return False
    right = max(page.lines[at].right for at in numbered)
    left = min(page.lines[at].left for at in numbered)
    before = sum(right <= line.left + 1 for line in others)
    after = sum(left >= line.right - 1 for line in others)
    return max(before, after) >= 0.9 * len(others)


def _stripped(lines: list[Line], numbers: Iterable[_Numbered]) -> list[Line]:
    by_line = {one.line: one for one in numbers}
    stripped = []
    for at, line in enumerate(lines):
        one = by_line.get(at)
        if one is None:
            stripped.append(line)
            continue
        if one.kind == "alone":
            continue
        match = (_NUMBER_FIRST.match if one.kind == "first" else _NUMBER_LAST.search)(line.text)
        if match is None:
            stripped.append(line)
        elif one.kind == "first":
            bold = max(0, line.bold - match.end())
            stripped.append(
                line._replace(
                    text=line.text[match.end() :], left=line.inner or line.left, bold=bold
                )
            )
        else:
            stripped.append(line._replace(text=line.text[: match.start()]))
    return stripped
