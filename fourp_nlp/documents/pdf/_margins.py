"""Page numbers, running heads and footers of PDF pages, which are not text."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from fourp_nlp.documents.pdf._line_numbers import without_line_numbers

if TYPE_CHECKING:
    from fourp_nlp.documents.pdf._lines import Page

__all__ = ["Margins", "without_margins"]

_WORD_FOR_PAGE = (
    r"(?:page|pages|pg\.?|p\.|seite|s\.|página|pag\.|pág\.|pagina|strona|str\.|sivu|sida|side)"
)
_PAGE_NUMBER = re.compile(
    rf"[\s\-–—|·\[(]*(?P<said>{_WORD_FOR_PAGE}\s*)?(?P<number>\d{{1,4}}|[ivxl]{{1,7}})"
    rf"(?P<all>\s*(?:of|/|von|de|di|sur|van|z)\s*\d{{1,4}})?[\s\-–—|·\])]*(?P<after>{_WORD_FOR_PAGE})?",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+")
# A speaker's label, alone, with a time, or before words.
_LABEL = re.compile(r"[^\n:]{1,40}:(?:\s|$)|[^\n]{1,60}?\s[\[(<#]?\d{1,2}:\d{2}(?::\d{2})?\S{0,5}$")
_ROMAN_NUMBER = re.compile(r"\b[ivxl]{1,7}\b")
_DEEPEST = 3
_NEAR_LINES = 10
_SAMPLE = 40
_SAME_PLACE = 4.0
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50}


class Margins(NamedTuple):
    """How much was left out at the edges of pages.

    Parameters
    ----------
    numbers : int
        Numbers of lines.
    pages : int
        Numbers of pages that stood alone.
    heads : Counter of str
        Running heads and footers, by what they say for the first time.
    """

    numbers: int
    pages: int
    heads: Counter[str]

    def remarks(self) -> list[str]:
        """Return what was left out, a line each."""
        remarks = []
        if self.heads:
            shown = ", ".join(f"“{text[:60]}”" for text, _ in self.heads.most_common(3))
            more = ", …" if len(self.heads) > 3 else ""
            count = self.heads.total()
            remarks.append(f"{count} running heads and footers left out ({shown}{more}).")
        if self.pages:
            remarks.append(f"{self.pages} page number(s) left out.")
        if self.numbers:
            remarks.append(f"{self.numbers} line numbers left out.")
        return remarks


class _Row(NamedTuple):
    """The parts of a page that stand beside each other: numbers of lines in the page, and what they say."""

    lines: tuple[int, ...]
    text: str
    base: float
    size: float


def without_margins(pages: list[Page]) -> tuple[list[Page], Margins]:
    """Leave out line numbers, page numbers, running heads and footers.

    A line of a page's edge is left out where it comes again on most pages, be it with other numbers, on
    left or right pages only, or apart from the text as the running heads of the other pages are. What
    comes again inside the text is kept. In a document of one page nothing comes again.
    """
    pages, numbers = without_line_numbers(pages)
    pitch = _pitch(pages[:_SAMPLE])
    gone: list[set[int]] = [set() for _ in pages]
    heads: Counter[str] = Counter()
    shown: dict[str, str] = {}
    page_numbers = 0
    body = _Body(pages)
    for at_top in (True, False):
        edges = [_edge(page, pitch, at_top=at_top) for page in pages]
        for page, row, is_number in _repeated(edges, len(pages), body):
            if gone[page].issuperset(row.lines):
                continue
            gone[page].update(row.lines)
            if is_number:
                page_numbers += 1
            else:
                heads[shown.setdefault(_key(row.text), row.text)] += 1
    left = [
        page._replace(lines=[line for at, line in enumerate(page.lines) if at not in out])
        if out
        else page
        for page, out in zip(pages, gone, strict=True)
    ]
    return left, Margins(numbers, page_numbers, heads)


def _rows(page: Page, *, at_top: bool = True, most: int = 0) -> list[_Row]:
    """Return the rows of a page, at most so many lines of them, from one of its edges on."""
    if not page.height:
        return []
    by_base: dict[float, list[int]] = {}
    sign = -1 if at_top else 1
    order = sorted(range(len(page.lines)), key=lambda at: sign * page.lines[at].base)
    order = order[:most] if most else order
    before = float("inf")
    for at in order:
        base = page.lines[at].base
        if abs(before - base) > 2.5:
            before = base
            by_base[before] = []
        by_base[before].append(at)
    rows = []
    for base, members in by_base.items():
        members.sort(key=lambda at: page.lines[at].left)
        text = " ".join(page.lines[at].text for at in members)
        rows.append(_Row(tuple(members), text, base, page.lines[members[0]].size))
    return rows


def _pitch(pages: list[Page]) -> float:
    """Return the distance between two lines that is the most frequent one."""
    steps = Counter(
        round(2 * (one.base - other.base)) for page in pages for one, other in pairwise(_rows(page))
    )
    return steps.most_common(1)[0][0] / 2 if steps else 0.0


class _EdgeRow(NamedTuple):
    """A row near a page's edge: how far from it, and whether a gap divides it from the text."""

    row: _Row
    depth: int
    place: float
    in_zone: bool


class _Body:
    """The size of most type, and how often each line comes in the whole document."""

    def __init__(self, pages: list[Page]) -> None:
        self._pages = pages
        sizes = Counter(round(line.size, 1) for page in pages for line in page.lines if line.size)
        self._size = sizes.most_common(1)[0][0] if sizes else 0.0

    @cached_property
    def _lines(self) -> Counter[str]:
        return Counter(_body_key(line.text) for page in self._pages for line in page.lines)

    def has(self, cluster: list[tuple[int, _EdgeRow]]) -> bool:
        """Tell whether rows are larger than text, as headings are, or come inside of it too."""
        if self._size and cluster[0][1].row.size > 1.15 * self._size:
            return True
        inside = sum(self._lines[key] for key in {_body_key(one.row.text) for _, one in cluster})
        return inside - len(cluster) >= max(2, 0.3 * len(cluster))


def _edge(page: Page, pitch: float, *, at_top: bool) -> list[_EdgeRow]:
    ordered = _rows(page, at_top=at_top, most=_NEAR_LINES)
    near = ordered[:_DEEPEST]
    gaps = [
        abs(one.base - other.base) > 1.35 * pitch + 1
        for one, other in pairwise(ordered[: _DEEPEST + 1])
    ]
    zone = gaps.index(True) + 1 if True in gaps else 0
    return [
        _EdgeRow(row, depth, page.height - row.base if at_top else row.base, depth < zone)
        for depth, row in enumerate(near)
        if len(ordered) > 1
    ]


def _body_key(text: str) -> str:
    return _DIGITS.sub("#", text).casefold()


def _key(text: str) -> str:
    """Return a text with all numbers alike, Roman ones too."""
    return " ".join(_ROMAN_NUMBER.sub("#", _DIGITS.sub("#", text.casefold())).split())


def _roman(word: str) -> int:
    if len(word) > 7 or not all(letter in _ROMAN for letter in word):
        return 0
    values = [_ROMAN[letter] for letter in word]
    return sum(-value if value < max(values[at:]) else value for at, value in enumerate(values))


def _repeated(
    edges: list[list[_EdgeRow]], n_pages: int, body: _Body
) -> list[tuple[int, _Row, bool]]:
    """Return which rows go: the page, the row, and whether it is a page's number and nothing else."""
    if n_pages == 1:
        return [
            (0, one.row, True) for one in edges[0] if one.depth == 0 and _is_number_of_one_page(one)
        ]
    groups: dict[str, list[tuple[int, _EdgeRow]]] = defaultdict(list)
    zones: dict[int, list[tuple[int, _EdgeRow]]] = defaultdict(list)
    for page, rows_of_page in enumerate(edges):
        for one in rows_of_page:
            groups[_key(one.row.text)].append((page, one))
            if one.in_zone:
                zones[round(one.row.size)].append((page, one))
    gone: set[tuple[int, tuple[int, ...]]] = set()
    again: set[tuple[int, tuple[int, ...]]] = set()
    for members in groups.values():
        for cluster in _at_one_place(members, _SAME_PLACE):
            keys = {(page, one.row.lines) for page, one in cluster}
            if _is_head(cluster, n_pages, body):
                gone |= keys
            elif len(cluster) > 1:
                again |= keys
    # Titles of chapters and dates, which change, stand where the running heads of other pages do.
    for members in zones.values():
        for cluster in _at_one_place(members, 1.5):
            keys = {(page, one.row.lines) for page, one in cluster}
            known = sum(key in gone or key in again for key in keys)
            if (
                not body.has(cluster)
                and len(keys) >= max(2, 0.6 * n_pages)
                and known >= 0.6 * len(keys)
            ):
                gone |= keys
    return [
        (page, one.row, _PAGE_NUMBER.fullmatch(one.row.text) is not None)
        for page, rows_of_page in enumerate(edges)
        # What stands inside of a line that stays is no running head.
        for one in rows_of_page[
            : _outermost([(page, one.row.lines) in gone for one in rows_of_page])
        ]
    ]


def _outermost(known: list[bool]) -> int:
    return next((at for at, is_known in enumerate(known) if not is_known), len(known))


def _at_one_place(
    members: list[tuple[int, _EdgeRow]], near: float
) -> list[list[tuple[int, _EdgeRow]]]:
    """Divide rows by how far they are from the edge of their page."""
    clusters: list[list[tuple[int, _EdgeRow]]] = []
    for member in sorted(members, key=lambda one: one[1].place):
        if clusters and member[1].place - clusters[-1][-1][1].place <= near:
            clusters[-1].append(member)
        else:
            clusters.append([member])
    return clusters


def _is_head(cluster: list[tuple[int, _EdgeRow]], n_pages: int, body: _Body) -> bool:
    """Tell whether rows of the same words at the same place of several pages are running heads."""
    times = len({page for page, _ in cluster})
    first = cluster[0][1].row
    if times < 2:
        return False
    counts = _counts_pages(cluster)
    if counts and _PAGE_NUMBER.fullmatch(first.text) is not None:
        return True
    if body.has(cluster):
        return False
    zone = sum(one.in_zone for _, one in cluster) >= 0.8 * len(cluster)
    same = len({one.row.text for _, one in cluster}) == 1
    if _LABEL.match(first.text):
        return zone and same and times >= 3 and times >= 0.6 * n_pages
    if zone:
        return times >= 0.5 * n_pages or (times >= 3 and times >= 0.35 * n_pages)
    # Without a gap to the text it may as well be its first line.
    return times >= 4 and times >= 0.6 * n_pages and (same or counts)


def _counts_pages(cluster: list[tuple[int, _EdgeRow]]) -> bool:
    """Tell whether the number in rows goes up by one a page."""
    offsets: Counter[int] = Counter()
    for page, one in cluster:
        numbers = {int(digits) for digits in _DIGITS.findall(one.row.text[:200]) if len(digits) < 5}
        if not numbers:
            numbers = {_roman(word) for word in one.row.text.casefold().split()} - {0}
        offsets.update(number - page for number in numbers)
    if not offsets:
        return False
    _, times = offsets.most_common(1)[0]
    return times >= 2 and times >= 0.7 * len(cluster)


def _is_number_of_one_page(one: _EdgeRow) -> bool:
    match = _PAGE_NUMBER.fullmatch(one.row.text)
    if match is None:
        return False
    return bool(match["said"] or match["after"] or match["all"]) or (
        one.in_zone and match["number"].isdigit()
    )
