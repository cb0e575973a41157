"""Where sentences end: by rule, with doubtful places marked for the senter."""

from __future__ import annotations

import math
import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fourp_nlp.segments.language_rules import SentenceRules

from fourp_nlp.segments.language_rules import ENGLISH
from fourp_nlp.turns import BRACKETED, HASHED, after_notes

__all__ = ["MAX_CHARACTERS", "MAX_WORDS", "Break", "breaks_in", "shortened"]

MAX_CHARACTERS = 600
MAX_WORDS = 80

_NOTES = re.compile(
    rf"(?:(?:\[[^\[\]\n]{{1,80}}\]|{HASHED.pattern}|\(\d[\d:.,]{{2,11}}\))\s*){{0,3}}"
)
_OPENING = re.compile(r"[\"'“‘«(\[¿¡*—–-]*\s?")
_WORD = re.compile(r"[^\W\d_]+")
_ELIDED = re.compile(r"[^\W\d_]+['’]")
_ROMAN = re.compile(r"[IVXLC]+(?![\w'’])")
_INITIALS = re.compile(r"[A-ZÀ-Þ][a-zß-ÿ]?\.-[A-ZÀ-Þ][a-zß-ÿ]?")
_COUNTRIES = frozenset({"É.-U", "E.-U", "R.-U"})  # of the form of initials
_LAST = re.compile(r"\S{1,24}$")

_BEGINNER = re.compile(r"[^\W\d_]+(?=[\s,])")
_IN_ADDRESSES = re.compile(r"[.@/\\_]|^www")
_SMALL_WORD = re.compile(r"(?:[a-zß-ÿ]{2}[)”’»]?|\b\d{4})$")

_RANK = {"strong": 0, "comma": 1, "and": 2, "space": 3}


class Break(NamedTuple):
    """A place where a sentence may end."""

    mark: int
    start: int
    certain: bool


def breaks_in(text: str, start: int, end: int, rules: SentenceRules = ENGLISH) -> Iterator[Break]:
    """Return the places inside a block where one sentence may end and the next begin.

    Parameters
    ----------
    text : str
        Text of the document.
    start, end : int
        Span of the block.
    rules : SentenceRules, default ENGLISH
        The rules of the language.

    Returns
    -------
    iterator of Break
        First code point of the mark, first code point of the next sentence, and whether the rules
        are certain; where they are not, the senter is to be asked.
    """
    stamps = _stamps_in(text, start, end)
    if not stamps:
        return _ends_in(text, start, end, rules)
    breaks = {one.start: one for one in (*_ends_in(text, start, end, rules), *stamps)}
    return (breaks[place] for place in sorted(breaks))


def _ends_in(text: str, start: int, end: int, rules: SentenceRules) -> Iterator[Break]:
    for match in rules.end.finditer(text, start, end):
        if match.end() >= end:
            continue
        if match.group("mark") is None:
            verdict: bool | None = True
        elif text[match.end() - 1].isspace():
            verdict = _verdict(text, start, end, match, rules)
        else:
            verdict = _lacks_a_space(text, start, end, match, rules)
        if verdict is not False:
            yield Break(match.start(), match.end(), certain=verdict is True)


def _lacks_a_space(
    text: str, start: int, end: int, match: re.Match[str], rules: SentenceRules
) -> bool:
    """Tell whether a sentence ends where the next word follows without a space, as in "at nine.The bus".

    Only a word that begins sentences tells it from an address, the name of a file or initials. After "..."
    speech goes on as often as not.
    """
    mark, closing = match.group("mark", "closing")
    if (mark != "." and mark.strip("!?")) or '"' in closing:  # a straight quote may open or close
        return False
    following = _BEGINNER.match(text, match.end(), min(end, match.end() + 20))
    if following is None or following.group() not in rules.beginners:
        return False
    last = _LAST.search(text, max(start, match.start() - 24), match.start())
    before = last.group() if last else ""
    if _IN_ADDRESSES.search(before):
        return False
    if closing or mark != ".":
        return True
    return _SMALL_WORD.search(before) is not None and not _never_ends(before, rules)


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


def _is_title(text: str, start: int, end: int, rules: SentenceRules) -> bool:
    """Tell whether a passage ends in a word such as "Dr", after which no sentence ends."""
    last = _LAST.search(text, max(start, end - 24), end)
    return last is not None and _never_ends(last.group(), rules)


def _never_ends(before: str, rules: SentenceRules) -> bool:
    return before.casefold() in rules.titles | rules.never or before in rules.capital_titles


def _verdict(
    text: str, start: int, end: int, match: re.Match[str], rules: SentenceRules
) -> bool | None:
    """Return whether a sentence ends here, or None if that cannot be told by rule."""
    mark, closing = match.group("mark"), match.group("closing")
    # The words after the mark: a note or an opening quote in front of them tells nothing.
    begin = match.end()
    if text[begin] in "[(#":
        place = _NOTES.match(text, begin, min(end, begin + 260))
        begin = place.end() if place else begin
        if BRACKETED.match(text, match.end(), begin) and not _is_title(
            text, start, match.start(), rules
        ):
            return True
        begin = after_notes(text, begin, min(end, begin + 260))
    opened = _OPENING.match(text, begin, min(end, begin + 8))
    begin = opened.end() if opened else begin
    following = text[begin : begin + 1]
    word = _WORD.match(text, begin, min(end, begin + 20))
    elided = _ELIDED.match(text, begin, min(end, begin + 20))
    begins = (word is not None and word.group() in rules.beginners) or (
        elided is not None and elided.group().replace("’", "'") in rules.beginners
    )
    if mark[-1] in "؟۔।" or (following.islower() and closing):
        return mark[-1] in "؟۔।"
    if mark[-1] in "!?":
        goes_on = following.islower() and _is_quoted(text, start, match.start(), rules)
        return False if goes_on else (True if following.isupper() else None)
    if mark == "…" or len(mark) > 1:
        return False if following.islower() else (True if begins else None)
    last = _LAST.search(text, max(start, match.start() - 24), match.start())
    before = last.group().lstrip("\"'“‘«([—–-") if last else ""
    if rules.elisions:
        before = re.sub(rf"^(?:[{rules.elisions}]|qu)['’]", "", before, flags=re.IGNORECASE)
    ahead = text[begin : min(end, begin + 12)]
    if _is_phrase(text, start, match, before, rules) or _goes_on(before, ahead, rules):
        return False
    return _after_full_stop(before, following, rules, closed=bool(closing), begins=begins)


def _is_phrase(
    text: str, start: int, match: re.Match[str], before: str, rules: SentenceRules
) -> bool:
    """Tell whether a full stop belongs to an abbreviation of several words, such as "p. ex."."""
    stop = match.start()
    if rules.phrases is not None and rules.phrases.search(text[max(start, stop - 24) : stop]):
        return True
    return any(
        before.casefold() == first and text.startswith(second, match.end())
        for first, second in rules.before_words
    )


def _is_quoted(text: str, start: int, end: int, rules: SentenceRules) -> bool:
    """Tell whether a place is inside guillemets that were opened not far before."""
    if not rules.quotes_hold:
        return False
    before = text[max(start, end - MAX_CHARACTERS) : end]
    return before.rfind("«") > before.rfind("»")


def _after_full_stop(
    before: str, following: str, rules: SentenceRules, *, closed: bool, begins: bool
) -> bool | None:
    low = before.casefold()
    if rules.hyphenated_initials and _INITIALS.fullmatch(before) and before not in _COUNTRIES:
        return begins
    if len(before) == 1 and before.isupper() and not closed:
        # "J. Smith" against "Plan B. We left" and "So did I. Anna stayed".
        unclear = before == rules.lone_word or not following.isupper()
        return True if begins else (None if unclear else False)
    if low in rules.abbreviations or "." in before[:-1]:
        return False if following.islower() else (True if begins else None)
    if before.isdigit() and len(before) <= 2:
        return True if begins else None
    return True if following.isupper() and before else None


def _goes_on(before: str, ahead: str, rules: SentenceRules) -> bool:
    """Tell whether a full stop belongs to an abbreviation that is always followed by more."""
    low = before.casefold()
    return _never_ends(before, rules) or (
        low in rules.before_numbers and (ahead[:1].isdigit() or _is_roman(ahead, rules))
    )


def _is_roman(ahead: str, rules: SentenceRules) -> bool:
    """Tell whether a Roman numeral follows; English words such as "I" would be taken for one."""
    return not rules.lone_word and _ROMAN.match(ahead) is not None


def shortened(
    text: str, start: int, end: int, rules: SentenceRules = ENGLISH
) -> Iterator[tuple[int, int]]:
    """Cut what is longer than 600 characters or 80 words at the best places.

    In order: a semicolon or colon, a comma or dash, a conjunction, a space; of equals the one that
    makes the parts most alike. Each cut looks at no more than 600 characters.

    Parameters
    ----------
    text : str
        Text of the document.
    start, end : int
        A sentence.
    rules : SentenceRules, default ENGLISH
        The rules of the language.

    Yields
    ------
    tuple of int
        Start and end of each part; the sentence itself if it is short enough.
    """
    while end - start > MAX_CHARACTERS or len(text[start:end].split()) > MAX_WORDS:
        cut = _cut(text, start, end, rules)
        yield start, cut
        start = cut
    yield start, end


def _cut(text: str, start: int, end: int, rules: SentenceRules) -> int:
    length = end - start
    target = length / max(2, math.ceil(length / (0.8 * MAX_CHARACTERS)))
    last = min(start + MAX_CHARACTERS, end - 1)
    places: list[tuple[int, float, int]] = []
    for words, match in enumerate(rules.breakable.finditer(text, start, last), start=1):
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
