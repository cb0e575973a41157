"""Adds new codes to a codebook's file, and keeps every comment and line of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from fourp_nlp.codebook import YAML_ENDINGS, parse_codebook, read_codebook
from fourp_nlp.errors import CodebookError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fourp_nlp.codebook import Code, Codebook, Theme

__all__ = ["add_codes_to_yaml"]

_WIDTH = 100


def add_codes_to_yaml(path: Path, extended: Codebook) -> bytes | None:
    """Return a codebook's file with codes and themes added, otherwise unchanged.

    Parameters
    ----------
    path : pathlib.Path
        The file, which can be read.
    extended : Codebook
        The new content: the present content, with new codes at the ends of its lists of codes and new themes
        at the end of its list of themes.

    Returns
    -------
    bytes or None
        The file's content; None if the file's layout does not allow inserting lines, or it is no YAML.
    """
    if path.suffix.lower() not in YAML_ENDINGS:
        return None
    before = path.read_bytes()
    text = before.decode("utf-8-sig").replace("\r\n", "\n")
    now = read_codebook(path)
    for place in ("after the text", "after the comments"):
        extended_text = text
        for at, new in reversed(list(_additions(text, now, extended))):
            line = _line_of(extended_text, at, before_comments=place == "after the text")
            if line is None:
                return None
            lines = extended_text.split("\n")
            extended_text = "\n".join([*lines[:line], *new, *lines[line:]])
        if _parse_or_none(extended_text, path) == extended:
            line_end = "\r\n" if b"\r\n" in before else "\n"
            mark = b"\xef\xbb\xbf" if before.startswith(b"\xef\xbb\xbf") else b""
            return mark + extended_text.replace("\n", line_end).encode()
    return None


def _additions(
    text: str, now: Codebook, extended: Codebook
) -> Iterator[tuple[yaml.Node, list[str]]]:
    """Yield each list that something is added to, from the top of the file, and the lines to add."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    themes = _value(root, "themes")
    for at, theme in enumerate(now.themes):
        new = extended.themes[at].codes[len(theme.codes) :]
        codes = _value(themes.value[at], "codes") if isinstance(themes, yaml.SequenceNode) else None
        if new and codes is not None:
            yield codes, _lines([_filled_item(code) for code in new], codes)
    if themes is not None and (more := extended.themes[len(now.themes) :]):
        yield themes, _lines([_filled_item(theme) for theme in more], themes)
    codes = _value(root, "codes")
    if codes is not None and (new_codes := extended.codes[len(now.codes) :]):
        yield codes, _lines([_filled_item(code) for code in new_codes], codes)


def _value(node: yaml.Node | None, key: str) -> yaml.Node | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for name, value in node.value if name.value == key), None)


def _filled_item(item: Code | Theme) -> object:
    return _filled(item.model_dump())


def _filled(value: object) -> object:
    """Return plain values without empty keys."""
    if isinstance(value, list):
        return [_filled(entry) for entry in value]
    if isinstance(value, dict):
        return {key: _filled(entry) for key, entry in value.items() if entry not in ("", [], None)}
    return value


def _lines(items: list[object], place: yaml.Node) -> list[str]:
    dumped = yaml.safe_dump(items, sort_keys=False, allow_unicode=True, width=_WIDTH)
    indent = " " * place.start_mark.column
    return [f"{indent}{line}" if line else "" for line in dumped.rstrip("\n").split("\n")]


def _line_of(text: str, node: yaml.Node, *, before_comments: bool) -> int | None:
    """Return the line before which to add to a list; None if it is not written line by line."""
    if not isinstance(node, yaml.SequenceNode) or node.flow_style:
        return None
    lines = text.split("\n")
    line = node.end_mark.line + (1 if node.end_mark.column and _unfinished(lines, node) else 0)
    line = min(line, len(lines))
    if before_comments:
        while line and (not lines[line - 1].strip() or lines[line - 1].lstrip().startswith("#")):
            line -= 1
    return line


def _unfinished(lines: list[str], node: yaml.SequenceNode) -> bool:
    """Whether the list ends within a line: the last of a file without an end of line."""
    at = node.end_mark.line
    return at < len(lines) and bool(lines[at][: node.end_mark.column].strip())


def _parse_or_none(text: str, path: Path) -> Codebook | None:
    try:
        return parse_codebook(text, path)
    except CodebookError:
        return None
