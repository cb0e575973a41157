"""Recognising a document's turns: where each begins and who speaks."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from fourp_nlp.turns._label_decision import decide
from fourp_nlp.turns._lines import Page
from fourp_nlp.turns._program_notices import boilerplate_in, header_fields, listed_speakers
from fourp_nlp.turns.label_candidates import GAP, Form, sightings_in
from fourp_nlp.turns.passage_edges import BULLET, after_marks, after_notes
from fourp_nlp.turns.speaker_names import Kind, key_of
from fourp_nlp.turns.time_stamps import MARK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fourp_nlp.turns.label_candidates import Sighting

__all__ = ["NotTaken", "Opening", "Turns", "recognise", "turn_starts"]


class Opening(NamedTuple):
    """Where the words of a line begin, and what stands in front of them.

    Parameters
    ----------
    start : int
        Where on the line its words begin; its length if there are none.
    speaker : str or None
        Who begins to speak here, empty if that is somebody without a name; None if the speaker does
        not change.
    is_bullet : bool
        Whether the line is an item of a list.
    peeled : bool
        Whether a label, a time or the mark of a list stands in front of the words.
    is_boilerplate : bool
        Whether a program or a transcriber wrote the line, so that it is nobody's words.
    """

    start: int
    speaker: str | None
    is_bullet: bool
    peeled: bool
    is_boilerplate: bool = False


_WORDS = Opening(0, None, is_bullet=False, peeled=False)
_BOILERPLATE = Opening(0, None, is_bullet=False, peeled=True, is_boilerplate=True)


class NotTaken(NamedTuple):
    """What looks like a label and was not taken for one.

    Parameters
    ----------
    name : str
        What looks like a name.
    times : int
        How often.
    line : int
        The first line where it stands, counted from 1.
    """

    name: str
    times: int
    line: int


@dataclass(frozen=True)
class Turns:
    """The turns of a document.

    Attributes
    ----------
    openings : list of Opening
        One for each line.
    starts : list of bool
        For each line, whether a turn begins with it, be it with its time.
    forms : list of Form
        The forms of labels that the document has, the most frequent first.
    not_taken : list of NotTaken
        What looks like labels and was not taken, the most frequent first.
    """

    openings: list[Opening]
    starts: list[bool]
    forms: list[Form]
    not_taken: list[NotTaken]


def recognise(lines: Sequence[str], known: frozenset[str] = frozenset()) -> Turns:
    """Recognise the turns of a document.

    Parameters
    ----------
    lines : sequence of str
        The lines of the document, in order, without white space at their ends; empty ones count.
    known : frozenset of str, default empty
        Names that are certain to be speakers, whatever their spelling.

    Returns
    -------
    Turns
        An opening for each line, and how the document was understood.
    """
    page = Page(lines)
    seen = list(sightings_in(page, known))
    labels: list[Sighting] = []
    head: frozenset[int] = frozenset()
    boilerplate: frozenset[int] = frozenset()
    if seen:
        certain = frozenset(key_of(name.removesuffix(GAP).rstrip()) for name in known)
        listed = frozenset(key_of(name) for name in listed_speakers(page.lines))
        labels = decide(page, seen, certain | listed)
        head = header_fields(page, labels)
        labels = [one for one in labels if one.line not in head]
    if seen or any(page.is_time) or page.is_timed:
        boilerplate = boilerplate_in(page, labels)
        labels = [one for one in labels if one.line not in boilerplate]
        boilerplate |= head
    by_line = {one.line: one for one in labels}
    spelling = _spellings(labels)
    timed = _has_times_behind(page, labels)
    openings = []
    for place, line in enumerate(page.lines):
        label = by_line.get(place)
        if place in boilerplate:
            openings.append(_BOILERPLATE._replace(start=len(line)))
        elif label is not None:
            openings.append(_labelled(page, label, spelling, timed=timed))
        else:
            openings.append(_unlabelled(page, place))
    starts = [False] * len(page.lines)
    for one in labels:
        starts[one.top] = True
    counted = Counter(one.form for one in labels)
    forms = [form for form, _ in counted.most_common()]
    not_taken = _not_taken(seen, by_line, boilerplate)
    return Turns(openings, starts, forms, not_taken)


def turn_starts(lines: Sequence[str], known: frozenset[str] = frozenset()) -> list[bool]:
    """Return which lines begin a turn.

    Parameters
    ----------
    lines : sequence of str
        The lines of one document, in order; empty lines among them are evidence, too.
    known : frozenset of str, default empty
        Names that are certain to be speakers, whatever their spelling.

    Returns
    -------
    list of bool
        For each line, whether it begins with a speaker's label, alone or with a time or words, or is
        the time above one.
    """
    return recognise([" ".join(line.split()) for line in lines], known).starts


def _spellings(labels: Sequence[Sighting]) -> dict[str, str]:
    """Return for each name in small letters how the document writes it most often.

    "Mr. Roy (Ottawa)" is Mr. Roy, if he is written without his town, too, and there is no other.
    """
    written = Counter(one.name for one in labels)
    chosen: dict[str, str] = {}
    variants: dict[str, set[str]] = {}
    for name, _ in written.most_common():
        chosen.setdefault(name.casefold(), name)
        variants.setdefault(key_of(name), set()).add(name.casefold())
    for key, names in variants.items():
        if key in chosen and len(names) == 2:
            chosen.update(dict.fromkeys(names, chosen[key]))
    return chosen


def _has_times_behind(page: Page, labels: Sequence[Sighting]) -> bool:
    """Tell whether times without brackets stand behind the colon, as a rule and not by chance."""
    colons = [one for one in labels if one.form is Form.COLON]
    times = sum(
        MARK.match(page.lines[one.line], _behind_space(page.lines[one.line], one.end)) is not None
        for one in colons
    )
    return times > 1 and 2 * times >= len(colons)


def _behind_space(line: str, place: int) -> int:
    while place < len(line) and line[place] == " ":
        place += 1
    return place


def _labelled(page: Page, label: Sighting, spelling: dict[str, str], *, timed: bool) -> Opening:
    line = page.lines[label.line]
    place = _behind_space(line, label.end)
    if timed and (time_stamp := MARK.match(line, place)):
        place = time_stamp.end()
    place = after_notes(line, place, len(line))
    bullet = BULLET.match(line, place)
    if bullet is not None:
        place = after_notes(line, bullet.end(), len(line))
    name = spelling.get(label.name.casefold(), label.name)
    is_item = bullet is not None or label.form is Form.ITEM
    return Opening(place, name, is_bullet=is_item, peeled=True)


def _unlabelled(page: Page, place: int) -> Opening:
    line = page.lines[place]
    begin = page.begins[place]
    if not begin and line[:1].isalpha() and ")" not in line[:6]:
        return _WORDS
    bullet = None
    if ")" in line[begin : begin + 6] or not line[begin : begin + 1].isalpha():
        bullet = BULLET.match(line, begin)
    is_bullet = bullet is not None
    if bullet is not None:
        begin = after_marks(line, bullet.end(), len(line), timed=page.is_timed)
    return Opening(begin, None, is_bullet, is_bullet or (begin > 0 and page.is_stamped(place)))


def _not_taken(
    seen: Sequence[Sighting], by_line: dict[int, Sighting], boilerplate: frozenset[int]
) -> list[NotTaken]:
    first: dict[str, int] = {}
    count: Counter[str] = Counter()
    items = {one.name for one in seen if one.form is Form.ITEM}
    for one in seen:
        if one.line in by_line or one.line in boilerplate or one.form is Form.ALONE:
            continue
        if one.kind is Kind.NEVER or (one.kind is Kind.ODD and not one.firm):
            continue
        count[one.name] += 1
        first.setdefault(one.name, one.line + 1)
    return [
        NotTaken(name, times, first[name])
        for name, times in count.most_common()
        if times > 1 or name not in items
    ]
