"""Names before a colon that are labels."""

from __future__ import annotations

from collections import Counter
from itertools import compress, pairwise
from typing import TYPE_CHECKING

from fourp_nlp.turns._label_evidence import (
    Names,
    changes,
    has_speech,
    is_form_sheet,
    share_of_places,
)
from fourp_nlp.turns.label_candidates import IN_BRACKETS
from fourp_nlp.turns.speaker_names import Kind, is_odd_name, parts_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fourp_nlp.turns._lines import Page
    from fourp_nlp.turns.label_candidates import Sighting

__all__ = ["before_colons"]

_NEAR = 4
_MANY, _RARE, _LONG_GAP = 5, 0.05, 0.2
_SHORT = 8


def before_colons(page: Page, seen: Sequence[Sighting], certain: frozenset[str]) -> list[Sighting]:
    names = Names.of(page, (one for one in seen if one.kind > Kind.NEVER))
    usual = [one for one in seen if one.kind > Kind.ODD]
    usual_names = {one.key for one in usual}
    sheet = is_form_sheet(page, [one for one in seen if not one.stamped])
    firm = [one for one in usual if _is_firm(page, one, names, certain)]
    speakers = {one.key for one in firm}
    repeats = any(names.times[name] > 1 for name in usual_names)
    dialogue = len(usual_names) > 1 and 2 * len(usual) >= page.filled and not sheet
    dialogue = dialogue and (repeats or (len(usual_names) == 2 and names.share_spoken == 1))
    dialogue = dialogue or (
        len(speakers) > 1
        and len(firm) > 2
        and (share_of_places(page, len(firm)) >= 0.4 or _takes_turns(page, firm))
    )
    dialogue = dialogue and not sheet and not _are_common_words(page, usual)
    all_of_them = [one for one in seen if one.kind > Kind.NEVER]
    share = share_of_places(page, len(all_of_them))
    odd_dialogue = (dialogue and share >= 0.6) or (
        not sheet and _is_odd_dialogue(page, all_of_them, names, share)
    )
    if odd_dialogue and share >= 0.95 and not sheet:
        names = names.all_spoken()
    tight = sum(not one.firm for one in all_of_them)
    taken = []
    for one in seen:
        key = one.key
        if key in certain:
            taken.append(one)
        elif one.kind is Kind.NEVER or (
            not one.firm and (tight < 2 or (names.times[key] < 2 and one.kind < Kind.CAPITALS))
        ):
            continue
        elif one.kind >= Kind.CAPITALS:
            beside = bool(speakers - {key}) and not page.has_small(parts_of(one.name))
            if dialogue or beside or _is_plain_label(page, one, names):
                taken.append(one)
        elif _has_chevrons(page, one):
            taken.append(one)
        elif one.kind is Kind.ODD:
            if odd_dialogue and _is_odd_label(page, one, names, share):
                taken.append(one)
        elif _is_name_label(
            page, one, names, dialogue=dialogue, sheet=sheet, has_others=bool(speakers - {key})
        ):
            taken.append(one)
    labels = _regular(page, _with_neighbours(seen, taken, names))
    if _is_a_chapter(page, labels):
        return [one for one in labels if one.key in certain]
    return labels


def _is_odd_dialogue(page: Page, seen: Sequence[Sighting], names: Names, share: float) -> bool:
    """Tell whether names of any spelling speak in turn nearly wherever a turn may begin."""
    if share < 0.6 or changes(seen) < 0.3:
        return False
    if share >= 0.95 and names.recurring and 1 < len(names.times) <= 0.7 * len(seen):
        # Speech without full stops, which nevertheless is more than values.
        words = [len(page.lines[one.line][one.end :].split()) for one in seen]
        if sum(words) >= 2.5 * len(words):
            return True
    return names.recurring > 1 and names.share_spoken >= 0.5


def _with_neighbours(
    seen: Sequence[Sighting], taken: list[Sighting], names: Names
) -> list[Sighting]:
    """Take a recurring name, too, that mostly speaks right before or after labels already taken."""
    lines = {one.line for one in taken}
    beside: Counter[str] = Counter()
    for before, one, after in zip([None, *seen], seen, [*seen[1:], None], strict=False):
        if one.line in lines or one.kind < Kind.NAME:
            continue
        near = (
            other
            for other in (before, after)
            if other is not None and other.line in lines and abs(other.line - one.line) <= _NEAR
        )
        beside[one.key] += any(near)
    more = {
        key
        for key, times in beside.items()
        if names.times[key] > 1 and 2 * times >= names.times[key] and names.speaks_by(key)
    }
    if not more:
        return taken
    return [one for one in seen if one.line in lines or one.key in more]


def _is_firm(page: Page, one: Sighting, names: Names, certain: frozenset[str]) -> bool:
    key = one.key
    if key in certain or (one.kind >= Kind.CAPITALS and _is_plain_label(page, one, names)):
        return True
    return names.times[key] > 1 and names.speaks_by(key)


def _is_plain_label(page: Page, one: Sighting, names: Names) -> bool:
    """Tell whether a role, a title, initials or capitals are a label without a dialogue around them.

    "Speaker: Jane Roe" on a poster and "HOUSING: far too little" in a handout are none.
    """
    speaks = one.stamped or names.speaks(one)
    if one.kind is Kind.CAPITALS:
        fits = page.filled <= _SHORT or names.times[one.key] > 1
        return fits and speaks and not page.has_small(parts_of(one.name))
    named = len(one.name) < 4 or any(letter.isdigit() or letter in "(." for letter in one.name)
    return speaks or named or names.times[one.key] > 1


def _has_chevrons(page: Page, one: Sighting) -> bool:
    """Tell whether the signs of television captions stand before a name."""
    return page.lines[one.line].startswith(">>", page.begins[one.line])


def _are_common_words(page: Page, usual: Sequence[Sighting]) -> bool:
    """Tell whether all labels are words of the text, too, such as Pros and Cons, and no persons."""
    first = {one.key: one for one in usual}
    return not any(
        one.stamped
        or one.kind in {Kind.PERSON, Kind.PLAIN}
        or not page.has_small(parts_of(one.name))
        for one in list(first.values())[:20]
    )


def _takes_turns(page: Page, firm: Sequence[Sighting]) -> bool:
    """Tell whether two or more speak in turn, one of them by a name that is no common word."""
    return (
        len(firm) > 5
        and changes(firm) >= 0.8
        and not all(page.has_small(parts_of(one.name)) for one in firm[:20])
    )


def _is_name_label(
    page: Page, one: Sighting, names: Names, *, dialogue: bool, sheet: bool, has_others: bool
) -> bool:
    words = parts_of(one.name)
    if names.times[one.key] > 1:
        # Whoever speaks twice and alone, in one line of many, is a heading that recurs.
        alone = len(words) == 1 and len(names.times) == 1
        alone = alone and share_of_places(page, names.times.total()) < 0.5
        fits = names.speaks(one) and not sheet and not alone
        return dialogue or (fits and not page.has_small(words))
    if dialogue:
        person = one.kind is Kind.PERSON
        return page.is_regular(one.line) and (person or not page.has_small(words))
    # Once in a long text without other labels, it is the beginning of a sentence.
    fits = page.filled <= _SHORT or has_others
    return fits and len(words) > 1 and has_speech(page, one) and not page.has_small(words)


def _is_odd_label(page: Page, one: Sighting, names: Names, share: float) -> bool:
    if names.times[one.key] > 1:
        return names.speaks(one)
    if share < 0.8 or not has_speech(page, one):
        return False
    small = sum(times for name, times in names.times.items() if name in names.small)
    is_small = 2 * small >= names.times.total() and len(one.name.split()) <= 3
    return (
        is_odd_name(one.name)
        or one.form in IN_BRACKETS
        or (is_small and one.name.islower() and not page.has_small(one.name.split()[:1]))
    )


def _regular(page: Page, taken: Sequence[Sighting]) -> list[Sighting]:
    """Leave out what stands where no other label does: in a wrapped line, or without the time.

    A line that breaks off without a mark looks like a wrapped one. Behind it the whole name of somebody
    who speaks elsewhere is a label all the same; "Ana: come here" may be part of what is said.
    """
    if len(taken) < 5:
        return list(taken)
    regular = [page.is_regular(one.line) for one in taken]
    stamped = [one.stamped for one in taken]
    by_place = sum(regular) >= 0.9 * len(taken)
    by_time = sum(stamped) >= 0.9 * len(taken)
    times = Counter(one.key for one in compress(taken, regular))
    return [
        one
        for one, fits, timed in zip(taken, regular, stamped, strict=True)
        if (fits or not by_place or (times[one.key] > 2 and _is_whole_name(one)))
        and (timed or not by_time)
    ]


def _is_a_chapter(page: Page, taken: Sequence[Sighting]) -> bool:
    """Tell whether labels are headings of one part of a long text, such as the types in a manual.

    They are many names, few for its length, none a role or with a time, and most of the text has none.
    """
    if len({one.key for one in taken}) < _MANY or share_of_places(page, len(taken)) >= _RARE:
        return False
    if any(one.stamped or one.kind in {Kind.PERSON, Kind.PLAIN} for one in taken):
        return False
    lines = [one.line for one in taken]
    longest = max(after - before for before, after in pairwise([*lines, len(page.lines)]))
    return longest > _LONG_GAP * len(page.lines)


def _is_whole_name(one: Sighting) -> bool:
    return one.kind >= Kind.CAPITALS or " " in one.name
