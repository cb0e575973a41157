"""Changing definitions and adding codes in the text of a codebook, so that everything else stays."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import yaml

from fourp_nlp.codebook.reader import parse_codebook
from fourp_nlp.codebook.text_edits import code_lists, line_end, line_start
from fourp_nlp.codebook.writer import part_text
from fourp_nlp.errors import CodebookError
from fourp_nlp.files.plain_yaml import read_plain_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from fourp_nlp.codebook.codebook import Codebook

__all__ = ["with_code", "with_ids", "with_parts"]

_ORDER = (
    "id", "name", "parent", "color", "applies_to", "short_definition", "full_definition", "when_to_use",
    "when_not_to_use", "examples",
)  # fmt: skip
"""The keys of a code as they are written when all of them are there."""


def with_parts(text: str, path: Path, code: str, parts: Mapping[str, object]) -> str:
    """Return the text of a codebook with other parts of a code's definition.

    Parameters
    ----------
    text : str
        The codebook's text.
    path : pathlib.Path
        Its file, for messages.
    code : str
        The code's id.
    parts : mapping of str to object
        New values by keys of a code, as YAML has them; empty ones are taken out.

    Returns
    -------
    str
        YAML with all other lines and comments as they were. Comments inside a list that is written anew go.

    Raises
    ------
    CodebookError
        If there is no such code, or the codebook breaks a rule then.
    """
    text = with_ids(text, path, {code})
    for key, value in parts.items():
        # One after the other: each edit moves what stands below.
        text = _with_part(text, _node_of(text, path, code), key, value)
    parse_codebook(text, path)
    return text


def with_code(text: str, path: Path, values: Mapping[str, object], theme: str) -> str:
    """Return the text of a codebook with a further code, the last of its theme.

    Parameters
    ----------
    text : str
        The codebook's text.
    path : pathlib.Path
        Its file, for messages.
    values : mapping of str to object
        The code's keys and values, as YAML has them; empty ones are left out.
    theme : str
        Id of the theme; empty in a codebook of one level.

    Returns
    -------
    str
        YAML with all other lines and comments as they were.

    Raises
    ------
    CodebookError
        If there is no such theme, or the codebook breaks a rule then.
    """
    codebook = parse_codebook(text, path)
    root = read_plain_yaml(text, path, CodebookError).node
    lists = [sequence for sequence in code_lists(root) if sequence.value]
    number = [each.id for each in codebook.themes].index(theme) if theme else 0
    sequence = lists[number]
    filled = {key: values[key] for key in _ORDER if values.get(key)}
    if sequence.flow_style:
        at = sequence.value[-1].end_mark.index
        edited = f"{text[:at]}, {json.dumps(filled, ensure_ascii=False)}{text[at:]}"
    else:
        last = sequence.value[-1]
        at = _content_end(text, last)
        column = last.start_mark.column
        dash = text[line_start(text, last.start_mark.index) : last.start_mark.index]
        lines = part_text(filled, column).rstrip("\n")
        between = dash if dash.strip() == "-" else " " * max(column - 2, 0) + "- "
        edited = _insert(text, at, between + lines.lstrip(" "))
    parse_codebook(edited, path)
    return edited


def with_ids(text: str, path: Path, codes: set[str]) -> str:
    """Return the text of a codebook in which some codes have their ids written down.

    Parameters
    ----------
    text : str
        The codebook's text, in which an id that is left out is made of the name.
    path : pathlib.Path
        Its file, for messages.
    codes : set of str
        Ids of the codes whose names or ids are about to change.
    """
    for code in sorted(codes):
        item = _node_of(text, path, code)
        if not any(key.value == "id" for key, _ in item.value):
            text = _with_part(text, item, "id", code)
    return text


def _node_of(text: str, path: Path, code: str) -> yaml.MappingNode:
    """Return the node of a code."""
    codebook: Codebook = parse_codebook(text, path)
    root = read_plain_yaml(text, path, CodebookError).node
    nodes = [item for sequence in code_lists(root) for item in sequence.value]
    found: yaml.MappingNode = nodes[codebook.code_ids.index(code)]
    return found


def _with_part(text: str, item: yaml.MappingNode, key: str, value: object) -> str:
    """Return a text in which one key of a code has another value, or none."""
    pair = next((pair for pair in item.value if pair[0].value == key), None)
    if item.flow_style:
        return _with_flow_part(text, item, pair, key, value)
    if pair is None:
        return _with_further_part(text, item, key, value) if value else text
    column = item.start_mark.column
    start, node = pair[0].start_mark.index, pair[1]
    end = _content_end(text, node)
    written = part_text({key: value}, column).strip(" ") if value else ""
    if written.count("\n") == 1 and _in_one_line(node):
        # What stands behind it in the line stays: a comment.
        written, end = written.rstrip("\n"), node.end_mark.index
    elif not value and item.value[0] is pair:
        # It stands behind the dash, where the next key goes.
        end = item.value[1][0].start_mark.index
    elif not value:
        start = line_start(text, start)
    return _in_line_ends(text[:start] + written, text) + text[end:]


def _with_further_part(text: str, item: yaml.MappingNode, key: str, value: object) -> str:
    """Return a text in which a code has a further key, where it usually stands."""
    column = item.start_mark.column
    lines = part_text({key: value}, column)
    before = [each for each in item.value if _rank(each[0].value) < _rank(key)]
    if before:
        return _insert(text, _content_end(text, before[-1][1]), lines)
    first = item.start_mark.index
    return _in_line_ends(text[:first] + lines.lstrip(" ") + " " * column, text) + text[first:]


def _content_end(text: str, node: yaml.Node) -> int:
    """Return where the last line ends that holds something of a node: empty lines below it stay."""
    last = len(text[: line_end(text, node)].rstrip())
    return text.find("\n", last) + 1 or len(text)


def _with_flow_part(
    text: str,
    item: yaml.MappingNode,
    pair: tuple[yaml.Node, yaml.Node] | None,
    key: str,
    value: Any,
) -> str:
    """Return the same for a code that stands in braces: what is taken out is left empty."""
    written = json.dumps(value, ensure_ascii=False)
    if pair is not None:
        node = pair[1]
        return text[: node.start_mark.index] + written + text[node.end_mark.index :]
    if not value:
        return text
    at = item.value[-1][1].end_mark.index
    return f"{text[:at]}, {key}: {written}{text[at:]}"


def _rank(key: str) -> int:
    return _ORDER.index(key) if key in _ORDER else len(_ORDER)


def _in_one_line(node: yaml.Node) -> bool:
    return (
        isinstance(node, yaml.ScalarNode)
        and node.style not in {"|", ">"}
        and node.start_mark.line == node.end_mark.line
    )


def _insert(text: str, at: int, lines: str) -> str:
    """Return a text with whole lines put in."""
    head = text[:at]
    if head and not head.endswith("\n"):
        head += "\n"
    return _in_line_ends(head + lines.rstrip("\n") + "\n", text) + text[at:]


def _in_line_ends(edited: str, text: str) -> str:
    """Return an edited text with the line ends of another."""
    if "\r\n" not in text:
        return edited
    return edited.replace("\r\n", "\n").replace("\n", "\r\n")
