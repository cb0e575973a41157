"""Where sentences end: by rule, with doubtful places marked for the senter."""

from __future__ import annotations

import math
import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

from fourp_nlp.turns import BRACKETED, HASHED

__all__ = ["MAX_CHARACTERS", "MAX_WORDS", "Break", "breaks_in", "shortened"]

MAX_CHARACTERS = 600
MAX_WORDS = 80

_MARKS = ".!?…؟۔।"
# Looking behind keeps a long run of marks from being tried again at each of them.
_END = re.compile(
    rf"(?<![{_MARKS}])(?P<mark>[{_MARKS}]++(?:[ ]\.){{0,3}}+)(?P<closing>[\"'”’»)\]]*+)\s++"
    r"|(?<![。！？])[。！？]++[」』”’)]*+(?=\S)"
)
_NOTES = re.compile(
    rf"(?:(?:\[[^\[\]\n]{{1,80}}\]|{HASHED.pattern}|\(\d[\d:.,]{{2,11}}\))\s*){{0,3}}"
)
_OPENING = re.compile(r"[\"'“‘«(\[¿¡*—–-]*\s?")
_WORD = re.compile(r"[^\W\d_]+")
_LAST = re.compile(r"\S{1,24}$")

_TITLES = frozenset(
    {
        "adm", "capt", "col", "const", "cpl", "cst", "det", "dr", "fr", "gen", "gov", "hon",
        "insp", "lt", "maj", "messrs", "mlle", "mme", "mr", "mrs", "ms", "mx", "prof", "rep",
        "rev", "sen", "sgt", "supt",
    }
)  # fmt: skip
_NEVER = frozenset({"approx", "ca", "cf", "e.g", "eg", "esp", "i.e", "ie", "incl", "viz", "vs"})
_BEFORE_NUMBERS = frozenset(
    {"art", "ch", "fig", "no", "nos", "p", "para", "pp", "s", "sec", "vol"}
)  # fmt: skip
_ABBREVIATIONS = frozenset(
    {
        "al", "alta", "apr", "assn", "assoc", "aug", "ave", "bldg", "blvd", "bros", "co", "corp",
        "dec", "dept", "ed", "eds", "est", "etc", "ext", "feb", "ft", "hr", "hrs", "inc", "jan",
        "jr", "jul", "jun", "lb", "lbs", "ltd", "mar", "max", "min", "misc", "mt", "mtg", "nov",
        "oct", "ont", "ph.d", "que", "rd", "sask", "sec", "sept", "sr", "st", "ste", "tel",
        "univ", "wk", "yr", "yrs",
    }
)  # fmt: skip
# With one of these in capitals a new sentence begins, even after an abbreviation.
_BEGINNERS = frozenset(
    {
        "A", "After", "All", "Also", "An", "And", "Are", "As", "At", "Because", "Before", "But",
        "By", "Did", "Do", "Does", "Each", "For", "From", "He", "Her", "Here", "His", "How",
        "However", "I", "If", "In", "Is", "It", "Its", "Many", "Most", "My", "No", "Not", "Now",
        "On", "Once", "One", "Or", "Our", "She", "Since", "So", "Some", "That", "The", "Their",
        "Then", "There", "These", "They", "This", "Those", "To", "Today", "Was", "We", "Well",
        "Were", "What", "When", "Where", "Which", "While", "Who", "Why", "With", "Yes", "You",
        "Your",
    }
)  # fmt: skip
_BREAKABLE = re.compile(
    r"(?P<strong>[;:]\s)|(?P<comma>,\s|\s[–—-]\s)"
    r"|(?P<and>\s(?=(?:and|but|so|because|or|then|which|when|while|et|mais)\s))|(?P<space>\s)"
)
_RANK = {"strong": 0, "comma": 1, "and": 2, "space": 3}


class Break(NamedTuple):
    """A place where a sentence may end."""

    mark: int
    start: int
    certain: bool


def breaks_in(text: str, start: int, end: int) -> Iterator[Break]:
    """Return the places inside a block where one sentence may end and the next begin.

    Parameters
    ----------
    text : str
        Text of the document.
    start, end : int
        Span of the block.

    Returns
    -------
    iterator of Break
        First code point of the mark, first code point of the next sentence, and whether the rules
        are certain; where they are not, the senter is to be asked.
    """
    stamps = _stamps_in(text, start, end)
    if not stamps:
        return _ends_in(text, start, end)
    breaks = {one.start: one for one in (*_ends_in(text, start, end), *stamps)}
    return (breaks[place] for place in sorted(breaks))


def _ends_in(text: str, start: int, end: int) -> Iterator[Break]:
    for match in _END.finditer(text, start, end):
        if match.end() >= end:
            continue
        verdict = True if match.group("mark") is None else _verdict(text, start, end, match)
        if verdict is not False:
            yield Break(match.start(), match.end(), certain=verdict is True)


def _stamps_in(text: str, start: int, end: int) -> list[Break]:
    """Return the stamps of f4 and its like inside a block, which stand at the end of a sentence."""
    if text.find("#", start, end) < 0:
        return []
    stamps = HASHED.finditer(text, start, end)
    return [
        Break(stamp.start(), stamp.start(), certain=True)
        for stamp in stamps
        if stamp.start() > start
    ]


def _is_title(text: str, start: int, end: int) -> bool:
    """Tell whether a passage ends in a word such as "Dr", after which no sentence ends."""
    last = _LAST.search(text, max(start, end - 24), end)
    return last is not None and last.group().casefold() in _TITLES | _NEVER


def _verdict(text: str, start: int, end: int, match: re.Match[str]) -> bool | None:
    """Return whether a sentence ends here, or None if that cannot be told by rule."""
    mark, closing = match.group("mark"), match.group("closing")
    # The words after the mark: a note or an opening quote in front of them tells nothing.
    begin = match.end()
    if text[begin] in "[(#":
        place = _NOTES.match(text, begin, min(end, begin + 260))
        begin = place.end() if place else begin
        if BRACKETED.match(text, match.end(), begin) and not _is_title(text, start, match.start()):
            return True
    opened = _OPENING.match(text, begin, min(end, begin + 8))
    begin = opened.end() if opened else begin
    following = text[begin : begin + 1]
    word = _WORD.match(text, begin, min(end, begin + 20))
    begins = word is not None and word.group() in _BEGINNERS
    if mark[-1] in "؟۔।":
        return True
    if following.islower() and closing:
        return False
    if mark[-1] in "!?":
        return None if following.islower() or not following.isupper() else True
    if mark == "…" or len(mark) > 1:
        return False if following.islower() else (True if begins else None)
    last = _LAST.search(text, max(start, match.start() - 24), match.start())
    before = last.group().lstrip("\"'“‘«([—–-") if last else ""
    return _after_full_stop(before, following, closed=bool(closing), begins=begins)


def _after_full_stop(before: str, following: str, *, closed: bool, begins: bool) -> bool | None:
    low = before.casefold()
    if low in _TITLES or low in _NEVER:
        return False
    if low in _BEFORE_NUMBERS and following.isdigit():
        return False
    if len(before) == 1 and before.isupper() and not closed:
        # "J. Smith" against "Plan B. We left" and "So did I. Anna stayed".
        return True if begins else (None if before == "I" or not following.isupper() else False)
    if low in _ABBREVIATIONS or "." in before[:-1]:
        return False if following.islower() else (True if begins else None)
    if before.isdigit() and len(before) <= 2:
        return True if begins else None
    return True if following.isupper() and before else None


def shortened(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut what is longer than 600 characters or 80 words at the best places.

    In order: a semicolon or colon, a comma or dash, a conjunction, a space; of equals the one that
    makes the parts most alike. Each cut looks at no more than 600 characters.

    Parameters
    ----------
    text : str
        Text of the document.
    start, end : int
        A sentence.

    Yields
    ------
    tuple of int
        Start and end of each part; the sentence itself if it is short enough.
    """
    while end - start > MAX_CHARACTERS or len(text[start:end].split()) > MAX_WORDS:
        cut = _cut(text, start, end)
        yield start, cut
        start = cut
    yield start, end


def _cut(text: str, start: int, end: int) -> int:
    length = end - start
    target = length / max(2, math.ceil(length / (0.8 * MAX_CHARACTERS)))
    last = min(start + MAX_CHARACTERS, end - 1)
    places: list[tuple[int, float, int]] = []
    for words, match in enumerate(_BREAKABLE.finditer(text, start, last), start=1):
        if words > MAX_WORDS:
            break
        kind = match.lastgroup or "space"
        if match.end() - start >= 0.5 * target or words > 0.75 * MAX_WORDS:
            places.append((_RANK[kind], abs(match.end() - start - target), match.end()))
    if places:
        return min(places)[2]
    # One word without end: cut it, but not between a letter and its accents or inside an emoji.
    for cut in range(last, max(start + 1, last - 16), -1):
        if not _is_joined(text[cut - 1], text[cut]):
            return cut
    return last


def _is_joined(before: str, after: str) -> bool:
    return (
        unicodedata.combining(after) > 0
        or "\u200d" in (before, after)
        or "\ufe00" <= after <= "\ufe0f"
        or "\U0001f3fb" <= after <= "\U0001f3ff"
    )
