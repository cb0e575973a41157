"""Deciding which label candidates are labels, form by form over the whole document."""

from __future__ import annotations

from collections import Counter
from itertools import compress
from typing import TYPE_CHECKING

from fourp_nlp.turns._colon_labels import before_colons
from fourp_nlp.turns._label_evidence import Names, changes, share_of_places
from fourp_nlp.turns.label_candidates import IN_BRACKETS, Form
from fourp_nlp.turns.passage_edges import is_only_marks
from fourp_nlp.turns.speaker_names import Kind, is_odd_name, parts_of
from fourp_nlp.turns.time_stamps import is_round, seconds_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fourp_nlp.turns._lines import Page
    from fourp_nlp.turns.label_candidates import Sighting

__all__ = ["decide"]

_FEW_MINUTES = 300
_NEARLY_ALL = 0.8
_MINOR = 0.15
"""A form that has this share of the labels of another one is none of the document's."""
_HEADERS = (Form.NAME_TIME, Form.STAMP, Form.TIME_NAME, Form.TIME_ABOVE, Form.TIME_BELOW)

_ABOVE_WORDS = (Form.NAME_TIME, Form.TIME_NAME, Form.TIME_ABOVE, Form.TIME_BELOW, Form.ALONE)


def decide(page: Page, sightings: Sequence[Sighting], certain: frozenset[str]) -> list[Sighting]:
    """Return the sightings that are labels.

    `certain` are names that are labels wherever they are seen, in small letters (`str.casefold`).
    """
    by_form: dict[Form, list[Sighting]] = {}
    for one in sightings:
        # "[Anna]: words" is as good as "Anna: words".
        form = Form.COLON if one.firm and one.form in IN_BRACKETS else one.form
        by_form.setdefault(form, []).append(one)
    taken: dict[Form, list[Sighting]] = {
        form: by_form[form] for form in (Form.VOICE, Form.COLUMN) if form in by_form
    }
    for form in _HEADERS:
        taken[form] = _headers(page, by_form.get(form, []), certain)
    for form in IN_BRACKETS:
        taken[form] = _brackets(page, by_form.get(form, []), certain)
    taken[Form.COURT] = _court(by_form.get(Form.COURT, []))
    names = frozenset(one.key for some in taken.values() for one in some)
    taken[Form.COLON] = before_colons(page, by_form.get(Form.COLON, []), certain | names)
    names |= {one.key for one in taken[Form.COLON]}
    for form in (Form.ITEM, Form.DASH, Form.ALONE):
        rivals = sum(len(some) for some in taken.values())
        taken[form] = _loose(page, by_form.get(form, []), certain, names, rivals=rivals)
    chevrons = by_form.get(Form.CHEVRONS, [])
    taken[Form.CHEVRONS] = chevrons if len(chevrons) > 1 else []
    by_line: dict[int, Sighting] = {}
    # Of two forms on a line the rarer one gives way.
    forms = _without_minor(taken, certain).values()
    for some in sorted(forms, key=len):
        by_line.update((one.line, one) for one in some)
    return _without_words_below([by_line[line] for line in sorted(by_line)], page, certain)


def _without_words_below(
    labels: Sequence[Sighting], page: Page, certain: frozenset[str]
) -> list[Sighting]:
    """Leave out the first line below a label on a line of its own: words, whatever they look like."""
    above = [one.form in _ABOVE_WORDS for one in labels]
    before_nothing = [
        one.form is Form.COLON and _is_nothing(page.lines[one.line][one.end :]) for one in labels
    ]
    if sum(above) + sum(before_nothing) >= _NEARLY_ALL * len(labels):
        above = [one or other for one, other in zip(above, before_nothing, strict=True)]
    words = {page.below(one.bottom) for one in compress(labels, above)}
    return [
        one
        for one, is_head in zip(labels, above, strict=True)
        if one.line not in words or is_head or one.key in certain
    ]


def _is_nothing(rest: str) -> bool:
    """Tell whether the rest of a line is empty, or a time."""
    return not rest or rest.isspace() or (len(rest) < 20 and is_only_marks(rest.strip()))


def _headers(page: Page, seen: Sequence[Sighting], certain: frozenset[str]) -> list[Sighting]:
    """Return labels with a time that take a line of their own, the words below them."""
    fit = [one for one in seen if _heads_words(page, one)]
    if not fit:
        return []
    names = Names.of(page, fit)
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
    names = Names.of(page, (one for one in seen if one.kind > Kind.NEVER))
    share = share_of_places(page, len(seen))
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
    page: Page,
    seen: Sequence[Sighting],
    certain: frozenset[str],
    others: frozenset[str],
    *,
    rivals: int,
) -> list[Sighting]:
    """Return labels of the forms that ordinary lists and headings have, too.

    ``others`` are the names that labels of other forms have, and ``rivals`` is how many labels these are.
    """
    if not seen:
        return []
    sure = [one for one in seen if one.key in certain]
    if seen[0].form is Form.ITEM:
        sure = [one for one in seen if one.key in certain | others]
    names = Names.of(page, (one for one in seen if one.kind > Kind.NEVER))
    again = [
        one
        for one in seen
        if one.kind > Kind.NEVER
        and names.times[one.key] > 1
        and names.speaks(one)
        and (one.kind >= Kind.CAPITALS or not page.has_small(parts_of(one.name)))
    ]
    distinct = {one.key for one in again}
    share = share_of_places(page, len(again))
    plain = (
        len(seen) > 2 and len(names.times) > 1 and all(one.kind >= Kind.CAPITALS for one in seen)
    )
    if plain and again and names.share_spoken >= 0.5 and seen[0].form is Form.ITEM:
        return list(seen)
    if len(distinct) < 2 or share < 0.5 or changes(again) < 0.5 or len(again) < 4:
        return sure
    if seen[0].form is Form.ALONE and rivals > _MINOR * len(again):
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
        if free or len(some) > _MINOR * most:
            kept[form] = some
        else:
            kept[form] = [one for one in some if one.key in certain or one.stamped]
    return kept
