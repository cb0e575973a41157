"""Label candidates: everything on a line that could be a speaker's label."""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from fourp_nlp.turns.passage_edges import BULLET, is_note_of_sound
from fourp_nlp.turns.speaker_names import MOST_CHARACTERS, Kind, key_of, kind_of
from fourp_nlp.turns.time_stamps import BRACKETED, MARK, STAMP_AT_END

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fourp_nlp.turns._lines import Page

__all__ = ["GAP", "IN_BRACKETS", "Form", "Sighting", "sightings_in"]

GAP = "⇥"
"""At the end of a known label: a tab or a wide space stood behind it in the file, and no colon."""


class Form(Enum):
    """A form of labels, in words for people."""

    COLON = "Name: words"
    ITEM = "- Name: words"
    SQUARE = "[Name] words"
    ANGLE = "<Name> words"
    ROUND = "(Name) words"
    CURLY = "{Name} words"
    VOICE = "<v Name>words"
    NAME_TIME = "Name 00:03 on a line of its own, words below"
    STAMP = "Name [00:03] words"
    TIME_NAME = "00:03 Name on a line of its own, words below"
    TIME_ABOVE = "00:03, then Name, each on a line of its own, words below"
    TIME_BELOW = "Name, then 00:03, each on a line of its own, words below"
    ALONE = "Name on a line of its own, words below"
    DASH = "Name – words"
    COURT = "Q. words, A. words"
    CHEVRONS = ">> words"
    COLUMN = "Name, a wide space, words"


IN_BRACKETS = (Form.SQUARE, Form.ANGLE, Form.ROUND, Form.CURLY)
"""The forms of names in brackets."""

_BRACKETS = {"[": Form.SQUARE, "<": Form.ANGLE, "(": Form.ROUND, "{": Form.CURLY}
_CLOSING = {"[": "]", "<": ">", "(": ")", "{": "}"}
_TAGS = frozenset(
    {
        "a", "b", "body", "br", "c", "center", "code", "div", "em", "font", "hr", "html", "i",
        "li", "ol", "p", "pre", "span", "strong", "sub", "sup", "table", "td", "tr", "u", "ul",
    }
)  # fmt: skip
_COURT = re.compile(r"([QA])\.(?:\s+|$)(?:\(by [^()\n]{1,40}\)[:.]?\s*)?", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,4}[.)]?\s+(?=[^\W\d_])")
_CHEVRONS = re.compile(r">{2,3}\s*")
_CHAT = re.compile(r"From\s+(.{1,60}?)(?:\s+to\s+.{1,60})?$", re.IGNORECASE)
_BY = re.compile(r"BY (?=(?:MR|MRS|MS|MX|DR|PROF|THE|JUDGE)\b)")
_DATED = re.compile(
    r"\[?\d{1,4}[./-]\d{1,2}[./-]\d{1,4},? \d{1,2}:\d{2}(?::\d{2})?(?:\s?[AaPp]\.?[Mm]\.?)?\]?"
    r"(?:\s?[-–]\s|\s)"
)
_TIGHT_TIME = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?(?=[^\W\d_])")
_DASH_REACH = 45
_LEAD = " *_-–—|•·>"
_TAIL = " *_-–—|•·,@"
_REACH = 110
_MOST_WORDS = 6


class Sighting(NamedTuple):
    """A passage that could be a label.

    Parameters
    ----------
    line : int
        Number of the line.
    form : Form
        The form that it has.
    name : str
        The name.
    end : int
        Where on the line the words behind it begin.
    kind : Kind
        What the name's spelling says.
    stamped : bool
        Whether a time belongs to it.
    top : int
        The first line of the label, which may have its time above it.
    bottom : int
        Its last line.
    firm : bool
        Whether a colon or a time stands with it, so that no word of a sentence would look like it.
    """

    line: int
    form: Form
    name: str
    end: int
    kind: Kind
    stamped: bool
    top: int
    bottom: int
    firm: bool = True

    @property
    def key(self) -> str:
        """The name in small letters, without what stands in parentheses behind it."""
        return key_of(self.name)


def sightings_in(page: Page, known: frozenset[str]) -> Iterator[Sighting]:
    """Yield what could be a label, in order; a line can be seen in two ways.

    Parameters
    ----------
    page : Page
        The document.
    known : frozenset of str
        Names that are certain.

    Yields
    ------
    Sighting
        With what is needed to decide.
    """
    columns = _columns(known)
    long = _long_ones(known)
    for place, line in enumerate(page.lines):
        if not line or page.is_time[place]:
            continue
        begin = page.begins[place]
        if columns and (match := columns.match(line, begin)):
            yield _sighting(page, place, Form.COLUMN, match.group(1), match.end())
            continue
        if long and (match := long.match(line, begin)):
            yield _sighting(page, place, Form.COLON, match.group(1), match.end())
            continue
        if not known and _is_plain_prose(page, line, begin):
            continue
        if known and (seen := _known(page, place, line, begin, known)) is not None:
            yield seen
            continue
        yield from _on_line(page, place, line, begin)


def _is_plain_prose(page: Page, line: str, begin: int) -> bool:
    """Tell of most long lines at once that nothing on them could be a label."""
    if len(line) - begin <= MOST_CHARACTERS or not line[begin].isalpha():
        return False
    head = line[begin : begin + _REACH]
    return (
        ":" not in head
        and ")" not in head[:6]
        and head[1] != "."
        and not (page.has_wide_colons and "：" in head)
        and not any(dash in head[:_DASH_REACH] for dash in page.dashes)
        and "[" not in head
        and "(" not in head
    )


def _known(page: Page, place: int, line: str, begin: int, known: frozenset[str]) -> Sighting | None:
    """Return a known name before a colon or alone on its line, as it is written."""
    if line[begin:] in known:
        return _sighting(page, place, Form.ALONE, line[begin:], len(line))
    at = _colon(line, begin, has_wide=page.has_wide_colons)
    if at > 0 and (name := line[begin:at].rstrip()) in known:
        return _sighting(page, place, Form.COLON, name, at + 1)
    return None


def _columns(known: frozenset[str]) -> re.Pattern[str] | None:
    names = sorted(
        (name.removesuffix(GAP).rstrip() for name in known if name.endswith(GAP)), key=len
    )
    if not names:
        return None
    return re.compile(rf"({'|'.join(re.escape(name) for name in reversed(names))})(?:\s+|$)")


def _long_ones(known: frozenset[str]) -> re.Pattern[str] | None:
    """Return what finds the known names that no other pattern would: with a colon, or very long."""
    names = sorted(
        (name for name in known if ":" in name or "：" in name or len(name) > MOST_CHARACTERS),
        key=len,
    )
    if not names:
        return None
    return re.compile(
        rf"({'|'.join(re.escape(name) for name in reversed(names))})\s?(?:[:：]|$)\s*"
    )


def _sighting(page: Page, place: int, form: Form, name: str, end: int) -> Sighting:
    stamped = page.is_stamped(place)
    top = place - 1 if place and page.is_time[place - 1] else place
    return Sighting(place, form, name, end, kind_of(name), stamped, top, place)


def _on_line(page: Page, place: int, line: str, begin: int) -> Iterator[Sighting]:
    first = line[begin : begin + 1]
    if first in _CLOSING and (seen := _in_brackets(page, place, line, begin)):
        yield seen
        return
    dated = False
    if (first.isdigit() or first == "[") and (behind := _behind_date(line, begin)) > begin:
        begin, dated = behind, True
        first = line[begin : begin + 1]
    form = Form.COLON
    if not first.isalnum() and (match := _CHEVRONS.match(line, begin)):
        begin = match.end()
        if line.find(":", begin, begin + _REACH) < 0:
            seen = _sighting(page, place, Form.CHEVRONS, "", begin)
            yield seen._replace(kind=Kind.ODD)
            return
    elif (not first.isalpha() or ")" in line[begin : begin + 6]) and (
        match := BULLET.match(line, begin)
    ):
        begin = match.end()
        form = Form.ITEM if match.group()[0] not in "0123456789" else Form.COLON
    elif line[begin + 1 : begin + 2] == "." and (match := _COURT.match(line, begin)):
        yield _sighting(page, place, Form.COURT, match.group(1).upper(), match.end())
        return
    seen = _before_colon(page, place, line, begin, form, dated=dated)
    if seen is not None:
        yield seen
        # "Ana – One thing: we left" has a label before a dash, and none before its colon.
        other = _before_stamp(page, place, line, begin) or _before_dash(page, place, line, begin)
        if other is not None and other.end < seen.end:
            yield other
    elif form is Form.COLON or page.is_stamped(place):
        other = _without_colon(page, place, line, begin)
        if other is not None:
            yield other


def _behind_date(line: str, begin: int) -> int:
    if (match := _DATED.match(line, begin)) or (match := _TIGHT_TIME.match(line, begin)):
        return match.end()
    return begin


def _before_colon(
    page: Page, place: int, line: str, begin: int, form: Form, *, dated: bool
) -> Sighting | None:
    at = _colon(line, begin, has_wide=page.has_wide_colons)
    if at < 0:
        return None
    following = line[at + 1 : at + 2]
    end = at + 1
    head = line[begin:at]
    if head[:1] in "*_" and following and following in "*_":
        end += len(line[end:]) - len(line[end:].lstrip("*_"))
        following = line[end : end + 1]
    if line[at] == ":" and following and not following.isspace() and not following.isalpha():
        return None
    firm = line[at] != ":" or not following or following.isspace()
    stamped = page.is_stamped(place) or dated
    name = head.strip(_LEAD)
    if name and (name[-1].isdigit() or name[-1] in "])>}#") and (tail := STAMP_AT_END.search(name)):
        name = name[: tail.start()].rstrip(_TAIL)
        stamped = True
    if match := _NUMBER.match(name):
        name = name[match.end() :]
    if match := _BY.match(name):
        name = name[match.end() :]
    if stamped and name[:5].casefold() == "from " and (match := _CHAT.match(name)):
        name = match.group(1).strip()
    if not name:
        return None
    behind = end + (following == " ")
    if not stamped and not line[behind : behind + 1].isalpha():
        match = BRACKETED.match(line, behind) or MARK.fullmatch(line, behind)
        stamped = match is not None
    top = place - 1 if place and page.is_time[place - 1] else place
    return Sighting(place, form, name, end, kind_of(name), stamped, top, place, firm)


def _colon(line: str, begin: int, *, has_wide: bool) -> int:
    """Return the place of the first colon that is not inside a time; -1 if none is near."""
    at = begin - 1
    while True:
        at = line.find(":", at + 1, begin + _REACH)
        if at < 0 or not (line[at - 1 : at].isdigit() and line[at + 1 : at + 2].isdigit()):
            break
    wide = line.find("：", begin, begin + _REACH) if has_wide else -1
    return wide if wide >= 0 and (at < 0 or wide < at) else at


def _in_brackets(page: Page, place: int, line: str, begin: int) -> Sighting | None:
    opening = line[begin]
    close = line.find(_CLOSING[opening], begin, begin + MOST_CHARACTERS)
    if close < 0:
        return None
    name = line[begin + 1 : close].strip()
    form = _BRACKETS[opening]
    stamped = page.is_stamped(place)
    if opening == "<":
        if name[:2] in {"v ", "v."}:
            name = name.partition(" ")[2].strip()
            form = Form.VOICE
        elif name.strip("/").split(" ")[0].casefold() in _TAGS:
            return None
    if tail := STAMP_AT_END.search(name):
        name = name[: tail.start()].rstrip(_TAIL)
        stamped = True
    name = name.removesuffix(":")
    if not any(letter.isalpha() for letter in name) or is_note_of_sound(name):
        return None
    end = close + 1
    rest = line[end:].lstrip()
    if match := BRACKETED.match(rest):
        rest = rest[match.end() :].lstrip()
        stamped = True
    firm = rest[:1] in {":", "："}
    if firm:
        rest = rest[1:].lstrip()
    if MARK.fullmatch(rest):
        rest, stamped = "", True
    top = place - 1 if place and page.is_time[place - 1] else place
    kind = kind_of(name)
    if len(name) < 2 or (name.islower() and len(name) < 4):
        kind = Kind.NEVER
    return Sighting(place, form, name, len(line) - len(rest), kind, stamped, top, place, firm)


def _without_colon(page: Page, place: int, line: str, begin: int) -> Sighting | None:
    """Return a name with a time, alone, or before a dash."""
    short = len(line) - begin <= MOST_CHARACTERS + 20
    seen = _alone(page, place, line, begin) if short else None
    return seen or _before_stamp(page, place, line, begin) or _before_dash(page, place, line, begin)


def _before_stamp(page: Page, place: int, line: str, begin: int) -> Sighting | None:
    """Return a name with a time in brackets behind it, and words behind that."""
    at = line.find("[", begin, begin + 60)
    at = at if at > begin else line.find("(", begin, begin + 60)
    if at <= begin or not line[at + 1 : at + 2].isdigit():
        return None
    stamp = BRACKETED.match(line, at)
    name = line[begin:at].strip(_TAIL)
    if stamp is None or not name or stamp.end() == len(line) or len(name.split()) > _MOST_WORDS:
        return None
    return _sighting(page, place, Form.STAMP, name, stamp.end())._replace(stamped=True)


def _alone(page: Page, place: int, line: str, begin: int) -> Sighting | None:
    """Return a name that has the line for itself, but for a time."""
    if line[-1].isdigit() or line[-1] in "])>}#mM" or line.endswith(("seconds", "second")):
        tail = STAMP_AT_END.search(line, begin)
        name = line[begin : tail.start()].strip(_TAIL) if tail else ""
        if name and len(name.split()) <= _MOST_WORDS:
            return _header(place, Form.NAME_TIME, name, line)
    name = line[begin:].strip(_LEAD)
    if not _could_be_alone(name):
        return None
    return _by_its_time(page, place, name, line)


def _by_its_time(page: Page, place: int, name: str, line: str) -> Sighting | None:
    if page.begins[place] and page.is_stamped(place):
        return _header(place, Form.TIME_NAME, name, line)
    if place and page.is_time[place - 1]:
        return _header(place, Form.TIME_ABOVE, name, line)._replace(top=place - 1)
    if place + 1 < len(page.lines) and page.is_time[place + 1]:
        return _header(place, Form.TIME_BELOW, name, line)._replace(bottom=place + 1)
    seen = _header(place, Form.ALONE, name, line)
    if page.follows_empty(place) and page.below(place) >= 0 and seen.kind > Kind.NEVER:
        return seen._replace(stamped=False, firm=False)
    return None


def _could_be_alone(name: str) -> bool:
    if not 1 < len(name) <= MOST_CHARACTERS or not (name[-1].isalnum() or name[-1] in ".)"):
        return False
    words = name.split()
    return len(words) <= _MOST_WORDS and not (name[-1] == "." and len(words[-1]) > 3)


def _header(place: int, form: Form, name: str, line: str) -> Sighting:
    kind = kind_of(name)
    return Sighting(place, form, name, len(line), kind, stamped=True, top=place, bottom=place)


def _before_dash(page: Page, place: int, line: str, begin: int) -> Sighting | None:
    for dash in page.dashes:
        at = line.find(dash, begin, begin + _DASH_REACH)
        if at > 0:
            name = line[begin:at].strip(_LEAD)
            kind = kind_of(name) if name else Kind.NEVER
            if kind > Kind.ODD and len(name.split()) <= 4:
                return Sighting(
                    place,
                    Form.DASH,
                    name,
                    at + len(dash),
                    kind,
                    page.is_stamped(place),
                    place,
                    place,
                )
    return None
