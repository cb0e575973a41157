"""Changing single codes in the text of a codebook, so that comments and everything else stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from fourp_nlp.codebook.reader import parse_codebook
from fourp_nlp.errors import CodebookError
from fourp_nlp.files.plain_yaml import read_plain_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["code_lists", "edited_codebook", "line_end", "line_start"]

_NAMES_A_CODE = ("parent", "use")


def edited_codebook(
    text: str, path: Path, *, renamed: Mapping[str, str], removed: frozenset[str] = frozenset()
) -> str:
    """Return the text of a codebook with other ids of codes, and without some codes.

    Parameters
    ----------
    text : str
        The codebook's text.
    path : pathlib.Path
        Its file, for messages.
    renamed : mapping of str to str
        New ids by the old ones, also where another code names them (parent, use). Where several codes get one
        id, it is not used in the place of itself: such a case under when_not_to_use goes.
    removed : frozenset of str
        Old ids of codes that are taken out.

    Returns
    -------
    str
        YAML with all other lines and comments as they were.

    Raises
    ------
    CodebookError
        If it is no codebook, lays a code that goes out in a way that cannot be cut, or breaks a rule then.
    """
    root = read_plain_yaml(text, path, CodebookError).node
    edits: list[tuple[int, int, str]] = []
    for sequence in code_lists(root):
        for number, item in enumerate(sequence.value):
            code = _value(item, "id")
            if code is None:
                continue
            if code.value in removed:
                edits.append(_cut(text, path, sequence, number, code.value))
                continue
            cuts = _exclusions_of_itself(text, item, renamed)
            edits += [(start, end, "") for start, end in cuts]
            places = [code] if code.value in renamed else []
            places += [
                each
                for each in _naming(item)
                if each.value in renamed
                and not any(start <= each.start_mark.index < end for start, end in cuts)
            ]
            edits += [
                (each.start_mark.index, each.end_mark.index, renamed[each.value]) for each in places
            ]
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    parse_codebook(text, path)
    return text


def code_lists(node: yaml.Node | None) -> Iterator[yaml.SequenceNode]:
    """Yield the lists of codes of a codebook: its own, and those of its themes."""
    codes = _child(node, "codes")
    if isinstance(codes, yaml.SequenceNode):
        yield codes
    themes = _child(node, "themes")
    if isinstance(themes, yaml.SequenceNode):
        for theme in themes.value:
            yield from code_lists(theme)


def _child(node: yaml.Node | None, key: str) -> yaml.Node | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for name, value in node.value if name.value == key), None)


def _value(node: yaml.Node, key: str) -> yaml.ScalarNode | None:
    child = _child(node, key)
    return child if isinstance(child, yaml.ScalarNode) else None


def _naming(item: yaml.Node) -> Iterator[yaml.ScalarNode]:
    """Yield the places in a code at which it names another one."""
    parent = _value(item, _NAMES_A_CODE[0])
    if parent is not None:
        yield parent
    exclusions = _child(item, "when_not_to_use")
    if isinstance(exclusions, yaml.SequenceNode):
        for exclusion in exclusions.value:
            other = _value(exclusion, _NAMES_A_CODE[1])
            if other is not None:
                yield other


def _exclusions_of_itself(
    text: str, item: yaml.Node, renamed: Mapping[str, str]
) -> list[tuple[int, int]]:
    """Return the exclusions of a code that named a code which is merged with it: whole lines."""
    code, exclusions = _value(item, "id"), _child(item, "when_not_to_use")
    if code is None or not isinstance(exclusions, yaml.SequenceNode) or exclusions.flow_style:
        return []
    now = renamed.get(code.value, code.value)
    gone = [
        exclusion
        for exclusion in exclusions.value
        if (other := _value(exclusion, "use")) is not None
        and other.value in renamed
        and renamed[other.value] == now
    ]
    if gone and len(gone) == len(exclusions.value):
        key = next(name for name, value in item.value if value is exclusions)
        return [(line_start(text, key.start_mark.index), line_end(text, exclusions))]
    return [(line_start(text, each.start_mark.index), line_end(text, each)) for each in gone]


def line_start(text: str, at: int) -> int:
    """Return where the line begins in which a place lies."""
    return text.rfind("\n", 0, at) + 1


def line_end(text: str, node: yaml.Node) -> int:
    """Return where the line ends in which a node ends."""
    last = max(_ends(node))
    return last if text[last - 1] == "\n" else text.find("\n", last) + 1 or len(text)


def _cut(
    text: str, path: Path, sequence: yaml.SequenceNode, number: int, code: str
) -> tuple[int, int, str]:
    """Return the part of the text that is a code: whole lines, without comments above the next one."""
    item = sequence.value[number]
    start = line_start(text, item.start_mark.index)
    if sequence.flow_style or text[start : item.start_mark.index].strip() != "-":
        raise CodebookError(
            f"The code '{code}' stands in one line with others, and cannot be taken out by itself.",
            file=path,
            place=f"line {item.start_mark.line + 1}",
            cure="Put each code of the list on lines of its own, beginning with a dash.",
        )
    return start, line_end(text, item), ""


def _ends(node: yaml.Node) -> Iterator[int]:
    """Yield where the values in a node end."""
    if not isinstance(node, yaml.CollectionNode) or node.flow_style:
        yield node.end_mark.index
        return
    for child in node.value:
        for each in child if isinstance(child, tuple) else (child,):
            yield from _ends(each)
