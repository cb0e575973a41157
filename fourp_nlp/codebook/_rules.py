"""Rules that hold between the parts of a codebook, and the line of its file where one is broken."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fourp_nlp.codebook.codebook import Code, Codebook

__all__ = ["broken_rules", "line_of"]


def line_of(node: yaml.Node | None, location: tuple[Any, ...]) -> int:
    """Return the line of the YAML node that a validation error's location leads to."""
    line = 1
    for key in location:
        if isinstance(node, yaml.MappingNode):
            pairs = [pair for pair in node.value if pair[0].value == str(key)]
            if not pairs:
                break
            line = pairs[0][0].start_mark.line + 1
            node = pairs[0][1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(key, int):
            if key >= len(node.value):
                break
            node = node.value[key]
            line = node.start_mark.line + 1
        else:
            break
    return line


def broken_rules(codebook: Codebook, node: yaml.Node | None) -> Iterator[tuple[int, str]]:
    places: list[tuple[tuple[Any, ...], Code]] = [
        (("themes", i, "codes", j), code)
        for i, theme in enumerate(codebook.themes)
        for j, code in enumerate(theme.codes)
    ] + [(("codes", j), code) for j, code in enumerate(codebook.codes)]
    if not places:
        yield 1, "The codebook has no codes; add 'themes' with 'codes', or 'codes'."
    if codebook.themes and codebook.codes:
        line = line_of(node, ("codes",))
        yield line, "A codebook has either 'themes' or 'codes' at its top; move these into a theme."
    themes = [(("themes", i), theme.id) for i, theme in enumerate(codebook.themes)]
    yield from _repeated("id", [*themes, *((p, code.id) for p, code in places)], node)
    yield from _repeated("name", ((p, code.name.casefold()) for p, code in places), node)
    ids = {code.id for _, code in places}
    for place, code in places:
        for number, exclusion in enumerate(code.when_not_to_use):
            if exclusion.use is None:
                continue
            line = line_of(node, (*place, "when_not_to_use", number, "use"))
            if exclusion.use == code.id:
                yield line, f"'use' of '{code.id}' names the code itself; name the other code."
            elif exclusion.use not in ids:
                close = difflib.get_close_matches(exclusion.use, sorted(ids - {code.id}), n=1)
                hint = f"did you mean '{close[0]}'?" if close else "name one of its codes."
                yield line, f"'{exclusion.use}' is not a code of this codebook; {hint}"
    yield from _misplaced(codebook, places, node)


def _misplaced(
    codebook: Codebook, places: list[tuple[tuple[Any, ...], Code]], node: yaml.Node | None
) -> Iterator[tuple[int, str]]:
    """Tell each `parent` that is no code above of the same theme."""
    homes = dict(zip(codebook.code_ids, codebook.code_themes, strict=True))
    theme_codes = codebook.themes_that_are_codes()
    parents = {code.id: code.parent for _, code in places}
    later_codes: set[str] = set()
    for (place, code), theme in zip(reversed(places), reversed(codebook.code_themes), strict=True):
        # From the end: what was seen stands below.
        if code.parent:
            says = f"'parent' of '{code.id}'"
            line = line_of(node, (*place, "parent"))
            if code.parent not in homes:
                above = _possible_parents(codebook, code.id)
                close = difflib.get_close_matches(code.parent, above, n=1)
                hint = f"did you mean '{close[0]}'?" if close else "name a code above it, or none."
                yield line, f"{says} names '{code.parent}', which is not a code here; {hint}"
            elif homes[code.parent] != theme:
                yield (
                    line,
                    f"{says} names '{code.parent}', which is a code of another theme; move one of the "
                    "two, or name a code of this theme.",
                )
            elif _goes_round(code.id, parents):
                yield line, f"'{code.id}' would be below itself; name another parent, or none."
            elif code.parent in later_codes:
                yield line, f"{says} names '{code.parent}', which comes later; move that one above."
            elif theme_codes.get(theme) == code.parent:
                yield (
                    line,
                    f"{says} names the code that is its theme; leave 'parent' out, as it is below the "
                    "theme already.",
                )
        later_codes.add(code.id)


def _possible_parents(codebook: Codebook, code: str) -> list[str]:
    """Return the codes that may be the parent of a code: those above it in its theme."""
    homes = dict(zip(codebook.code_ids, codebook.code_themes, strict=True))
    theme_code = codebook.themes_that_are_codes().get(homes[code])
    before = codebook.code_ids[: codebook.code_ids.index(code)]
    return [id_ for id_ in before if homes[id_] == homes[code] and id_ != theme_code]


def _goes_round(code: str, parents: dict[str, str]) -> bool:
    """Return whether a code is its own ancestor."""
    at, passed = parents.get(code, ""), set[str]()
    while at and at not in passed:
        if at == code:
            return True
        passed.add(at)
        at = parents.get(at, "")
    return False


def _repeated(
    key: str, values: Iterable[tuple[tuple[Any, ...], str]], node: yaml.Node | None
) -> Iterator[tuple[int, str]]:
    first: dict[str, int] = {}
    for place, value in values:
        line = line_of(node, (*place, key))
        if value in first:
            yield line, f"The {key} '{value}' is already at line {first[value]}; change one."
        else:
            first[value] = line
