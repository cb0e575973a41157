"""Which sightings are labels: decided by what recurs in the whole document, form by form."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from fourp_nlp.turns._edges import is_only_marks
from fourp_nlp.turns._names import Kind, is_odd_name, parts_of
from fourp_nlp.turns._page import is_speech
from fourp_nlp.turns._sightings import Form
from fourp_nlp.turns._stamps import is_round, seconds_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fourp_nlp.turns._page import Page
    from fourp_nlp.turns._sightings import Sighting

__all__ = ["decide"]

_FEW_MINUTES = 300
_NEAR = 4
_SHORT = 8
_HEADERS = (Form.NAME_TIME, Form.STAMP, Form.TIME_NAME, Form.TIME_ABOVE, Form.TIME_BELOW)
_BRACKETED = (Form.SQUARE, Form.ANGLE, Form.ROUND, Form.CURLY)


def decide(page: Page, sightings: Sequence[Sighting], certain: frozenset[str]) -> list[Sighting]:
    """Return the sightings that are labels.

    Parameters
    ----------
    page : Page
        The document.
    sightings : sequence of Sighting
        What could be labels, in order.
    certain : frozenset of str
        Names that are labels wherever they are seen, in small letters (`str.casefold`).

    Returns
    -------
    list of Sighting
        The labels, in order.
    """
    by_form: dict[Form, list[Sighting]] = {}
    for one in sightings:
        # "[Anna]: words" is as good as "Anna: words".
        form = Form.COLON if one.firm and one.form in _BRACKETED else one.form
        by_form.setdefault(form, []).append(one)
    taken: dict[Form, list[Sighting]] = {
        form: by_form[form] for form in (Form.VOICE, Form.COLUMN) if form in by_form
    }
    for form in _HEADERS:
        taken[form] = _headers(page, by_form.get(form, []), certain)
    for form in _BRACKETED:
        taken[form] = _brackets(page, by_form.get(form, []), certain)
    taken[Form.COURT] = _court(by_form.get(Form.COURT, []))
    names = frozenset(one.key for some in taken.values() for one in some)
    taken[Form.COLON] = _colons(page, by_form.get(Form.COLON, []), certain | names)
    names |= {one.key for one in taken[Form.COLON]}
    for form in (Form.ITEM, Form.DASH, Form.ALONE):
        taken[form] = _loose(page, by_form.get(form, []), certain, names)
    chevrons = by_form.get(Form.CHEVRONS, [])
    taken[Form.CHEVRONS] = chevrons if len(chevrons) > 1 else []
    by_line: dict[int, Sighting] = {}
    # Of two forms on a line the rarer one gives way.
    forms = _without_minor(taken, certain).values()
    for some in sorted(forms, key=len):
        by_line.update((one.line, one) for one in some)
    return [by_line[line] for line in sorted(by_line)]


class _Names(NamedTuple):
    """How often each name was seen, and in how many of these cases speech follows it."""

    times: Counter[str]
    spoken: Counter[str]
    small: frozenset[str]

    @classmethod
    def of(cls, page: Page, sightings: Iterable[Sighting]) -> _Names:
        count: Counter[str] = Counter()
        spoken: Counter[str] = Counter()
        small: set[str] = set()
        for one in sightings:
            key = one.key
            count[key] += 1
            spoken[key] += _has_speech(page, one)
            if one.name.islower():
                small.add(key)
        return cls(count, spoken, frozenset(small))

    def speaks(self, one: Sighting) -> bool:
        return self.speaks_by(one.key)

    def speaks_by(self, key: str) -> bool:
        return 2 * self.spoken[key] >= self.times[key]

    def all_spoken(self) -> _Names:
        """Return the same where everything is known to be speech."""
        return self._replace(spoken=self.times)

    @property
    def recurring(self) -> int:
        return sum(times > 1 for times in self.times.values())

    @property
    def share_spoken(self) -> float:
        return self.spoken.total() / max(1, self.times.total())


def _has_speech(page: Page, one: Sighting) -> bool:
    words = page.lines[one.line][one.end :].strip()
    if words and not is_only_marks(words):
        return is_speech(words)
    below = page.below(one.bottom)
    if below < 0:
        return True
    return not page.is_item(below) and is_speech(page.lines[below])


def _changes(sightings: Sequence[Sighting]) -> float:
    """Return in how many cases the next label is another name's."""
    names = [one.key for one in sightings]
    pairs = list(pairwise(names))
    return sum(one != other for one, other in pairs) / max(1, len(pairs))


def _is_form_sheet(page: Page, sightings: Sequence[Sighting]) -> bool:
    """Tell whether labels are the fields of a form: always in one order, with short values."""
    names = _Names.of(page, sightings)
    if len(names.times) < 3 or names.share_spoken >= 0.5:
        return False
    after: dict[str, Counter[str]] = {}
    keys = [one.key for one in sightings]
    for one, other in pairwise(keys):
        after.setdefault(one, Counter())[other] += 1
    usual = sum(followers.most_common(1)[0][1] for followers in after.values())
    return usual >= 0.8 * (len(keys) - 1)


def _share_of_places(page: Page, number: int) -> float:
    """Return how many of the places where a turn may begin these are."""
    return number / max(1, page.places)


def _colons(page: Page, seen: Sequence[Sighting], certain: frozenset[str]) -> list[Sighting]:
    names = _Names.of(page, (one for one in seen if one.kind > Kind.NEVER))
    usual = [one for one in seen if one.kind > Kind.ODD]
    usual_names = {one.key for one in usual}
    sheet = _is_form_sheet(page, [one for one in seen if not one.stamped])
    firm = [one for one in usual if _is_firm(page, one, names, certain)]
    speakers = {one.key for one in firm}
    repeats = any(names.times[name] > 1 for name in usual_names)
    dialogue = len(usual_names) > 1 and 2 * len(usual) >= page.filled and not sheet
    dialogue = dialogue and (repeats or (len(usual_names) == 2 and names.share_spoken == 1))
    dialogue = dialogue or (
        len(speakers) > 1
        and len(firm) > 2
        and (_share_of_places(page, len(firm)) >= 0.4 or _takes_turns(page, firm))
    )
    dialogue = dialogue and not sheet and not _are_common_words(page, usual)
    all_of_them = [one for one in seen if one.kind > Kind.NEVER]
    share = _share_of_places(page, len(all_of_them))
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
    return _regular(page, _with_neighbours(seen, taken, names))


def _is_odd_dialogue(page: Page, seen: Sequence[Sighting], names: _Names, share: float) -> bool:
    """Tell whether names of any spelling speak in turn nearly wherever a turn may begin."""
    if share < 0.6 or _changes(seen) < 0.3:
        return False
    if share >= 0.95 and names.recurring and 1 < len(names.times) <= 0.7 * len(seen):
        # Speech without full stops, which nevertheless is more than values.
        words = [len(page.lines[one.line][one.end :].split()) for one in seen]
        return sum(words) >= 2.5 * len(words)
    return names.recurring > 1 and names.share_spoken >= 0.5


def _with_neighbours(
    seen: Sequence[Sighting], taken: list[Sighting], names: _Names
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


def _is_firm(page: Page, one: Sighting, names: _Names, certain: frozenset[str]) -> bool:
    key = one.key
    if key in certain or (one.kind >= Kind.CAPITALS and _is_plain_label(page, one, names)):
        return True
    return names.times[key] > 1 and names.speaks_by(key)


def _is_plain_label(page: Page, one: Sighting, names: _Names) -> bool:
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
        and _changes(firm) >= 0.8
        and not all(page.has_small(parts_of(one.name)) for one in firm[:20])
    )


def _is_name_label(
    page: Page, one: Sighting, names: _Names, *, dialogue: bool, sheet: bool, has_others: bool
) -> bool:
    words = parts_of(one.name)
    if names.times[one.key] > 1:
        # Whoever speaks twice and alone, in one line of many, is a heading that recurs.
        alone = len(words) == 1 and len(names.times) == 1
        alone = alone and _share_of_places(page, names.times.total()) < 0.5
        fits = names.speaks(one) and not sheet and not alone
        return dialogue or (fits and not page.has_small(words))
    if dialogue:
        person = one.kind is Kind.PERSON
        return page.is_regular(one.line) and (person or not page.has_small(words))
    # Once in a long text without other labels, it is the beginning of a sentence.
    fits = page.filled <= _SHORT or has_others
    return fits and len(words) > 1 and _has_speech(page, one) and not page.has_small(words)


def _is_odd_label(page: Page, one: Sighting, names: _Names, share: float) -> bool:
    if names.times[one.key] > 1:
        return names.speaks(one)
    if share < 0.8 or not _has_speech(page, one):
        return False
    small = sum(times for name, times in names.times.items() if name in names.small)
    is_small = 2 * small >= names.times.total() and len(one.name.split()) <= 3
    return (
        is_odd_name(one.name)
        or one.form in _BRACKETED
        or (is_small and one.name.islower() and not page.has_small(one.name.split()[:1]))
    )


def _regular(page: Page, taken: Sequence[Sighting]) -> list[Sighting]:
    """Leave out what stands where no other label does: in a wrapped line, or without the time."""
    if len(taken) < 5:
        return list(taken)
    regular = [page.is_regular(one.line) for one in taken]
    stamped = [one.stamped for one in taken]
    by_place = sum(regular) >= 0.9 * len(taken)
    by_time = sum(stamped) >= 0.9 * len(taken)
    return [
        one
        for one, fits, timed in zip(taken, regular, stamped, strict=True)
        if (fits or not by_place) and (timed or not by_time)
    ]


def _headers(page: Page, seen: Sequence[Sighting], certain: frozenset[str]) -> list[Sighting]:
    """Return labels with a time that take a line of their own, the words below them."""
    fit = [one for one in seen if _heads_words(page, one)]
    if not fit:
        return []
    names = _Names.of(page, fit)
    again = [one for one in fit if names.times[one.key] > 1]
    firm = [
        one
        for one in fit
        if one.kind >= Kind.CAPITALS or one.key in certain or names.times[one.key] > 1
    ]
    is_form = _is_header_form(page, seen, fit, firm, again)
    if not is_form:
        return [one for one in fit if one.key in certain]
    if fit[0].form is Form.NAME_TIME:
        return [one for one in fit if one.kind > Kind.NEVER or one.key in certain]
    lines = {one.line for one in firm}
    return [one for one in fit if one.line in lines or one.kind > Kind.ODD or is_odd_name(one.name)]


def _is_header_form(
    page: Page,
    seen: Sequence[Sighting],
    fit: Sequence[Sighting],
    firm: Sequence[Sighting],
    again: Sequence[Sighting],
) -> bool:
    if fit[0].form is Form.NAME_TIME:
        times = [page.lines[one.line][len(one.name) :] for one in fit]
        if again:
            return not all(is_round(time) for time in times) or len(again) >= 0.5 * len(fit)
        usual = all(one.kind > Kind.ODD for one in fit)
        return usual and seconds_of(times[0]) < _FEW_MINUTES
    several = len({one.key for one in again}) > 0
    if fit[0].form is Form.TIME_NAME:
        return bool(firm) and len(fit) >= 0.6 * len(seen) and (several or len(fit) == len(firm))
    return several and len(again) >= 0.5 * len(seen)


def _heads_words(page: Page, one: Sighting) -> bool:
    """Tell whether words stand below a label, and no further time or label of its kind."""
    below = page.below(one.bottom)
    if one.form is Form.STAMP:
        return one.kind is not Kind.NEVER
    if one.kind is Kind.NEVER or below < 0 or page.is_time[below]:
        return False
    if one.form is Form.TIME_NAME:
        return not page.is_stamped(below)
    return True


def _brackets(page: Page, seen: Sequence[Sighting], certain: frozenset[str]) -> list[Sighting]:
    names = _Names.of(page, (one for one in seen if one.kind > Kind.NEVER))
    share = _share_of_places(page, len(seen))
    is_form = names.recurring > 0 and len(seen) > 2 and (share >= 0.5 or names.recurring > 1)
    taken = []
    for one in seen:
        key = one.key
        words = parts_of(one.name)
        if one.kind is Kind.NEVER and key not in certain:
            continue
        if (
            key in certain
            or (one.kind is Kind.PLAIN and _is_role_or_firm(one))
            or (
                is_form
                and (names.times[key] > 1 or (one.kind > Kind.ODD and not page.has_small(words)))
            )
        ):
            taken.append(one)
    return taken


def _is_role_or_firm(one: Sighting) -> bool:
    return one.firm or one.stamped or "speaker" in one.key


def _court(seen: Sequence[Sighting]) -> list[Sighting]:
    """Return questions and answers: both are there, and no list goes on from A to B."""
    count = Counter(one.name for one in seen)
    return list(seen) if count["Q"] and count["A"] and len(seen) > 2 else []


def _loose(
    page: Page, seen: Sequence[Sighting], certain: frozenset[str], others: frozenset[str]
) -> list[Sighting]:
    """Return labels of the forms that ordinary lists and headings have, too."""
    if not seen:
        return []
    sure = [one for one in seen if one.key in certain]
    if seen[0].form is Form.ITEM:
        sure = [one for one in seen if one.key in certain | others]
    names = _Names.of(page, (one for one in seen if one.kind > Kind.NEVER))
    again = [
        one
        for one in seen
        if one.kind > Kind.NEVER
        and names.times[one.key] > 1
        and names.speaks(one)
        and (one.kind >= Kind.CAPITALS or not page.has_small(parts_of(one.name)))
    ]
    distinct = {one.key for one in again}
    share = _share_of_places(page, len(again))
    plain = (
        len(seen) > 2 and len(names.times) > 1 and all(one.kind >= Kind.CAPITALS for one in seen)
    )
    if plain and again and names.share_spoken >= 0.5 and seen[0].form is Form.ITEM:
        return list(seen)
    if len(distinct) < 2 or share < 0.5 or _changes(again) < 0.5 or len(again) < 4:
        return sure
    if seen[0].form is Form.ALONE and others:
        return sure
    once = (
        one
        for one in seen
        if names.times[one.key] == 1
        and one.kind > Kind.ODD
        and names.speaks(one)
        and not page.has_small(parts_of(one.name))
    )
    return sorted({*sure, *again, *once}, key=lambda one: one.line)


def _without_minor(
    taken: dict[Form, list[Sighting]], certain: frozenset[str]
) -> dict[Form, list[Sighting]]:
    """Leave out forms that are rare beside the one that the document is written in."""
    court = bool(taken[Form.COURT])
    most = max((len(some) for form, some in taken.items()), default=0)
    if most < 5:
        return taken
    kept: dict[Form, list[Sighting]] = {}
    for form, some in taken.items():
        free = form in {Form.VOICE, Form.COLUMN, Form.CHEVRONS, Form.COURT} or (
            court and form is Form.COLON
        )
        if free or len(some) > 0.15 * most:
            kept[form] = some
        else:
            kept[form] = [one for one in some if one.key in certain or one.stamped]
    return kept
