"""Markdown: the words without the markup."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fourp_nlp.documents.result_files import refuse_result_page
from fourp_nlp.documents.text.decoding import read_decoded

if TYPE_CHECKING:
    from pathlib import Path

    from fourp_nlp.documents.reading import Reading

__all__ = ["read"]

# Every pattern excludes its own opening mark from what it runs over, so that a line full of opening
# marks is read in linear time.
_COMMENT = re.compile(r"<!--(?:(?!<!--).){0,100000}?-->", re.DOTALL)
_TAG = re.compile(r"</?[A-Za-z][^<>\n]{0,300}>")
_AUTOLINK = re.compile(r"<((?:https?|mailto):[^<>\s]{1,500})>")
_IMAGE_OR_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\((?:[^()\n]|\([^()\n]{0,200}\)){0,1000}\)")
_REFERENCE = re.compile(r"!?\[([^\[\]\n]+)\]\[[^\[\]\n]{0,200}\]")
_DEFINITION = re.compile(r"^ {0,3}\[[^\[\]\n]{1,200}\]:\s+\S+.*$", re.MULTILINE)
_CODE = re.compile(r"(`{1,3})([^`\n]+)\1")
_EMPHASIS = (
    re.compile(r"(?<![\w*])(\*{1,3})(?=\S)([^*\n]+?)(?<=\S)\1(?![\w*])"),
    re.compile(r"(?<![\w_])(_{1,3})(?=\S)([^_\n]+?)(?<=\S)\1(?![\w_])"),
    re.compile(r"(~~)(?=\S)([^~\n]+)\1"),
)
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!>~|])")
# These are tried on lines whose runs of spaces have been collapsed.
_HEADING = re.compile(r"#{1,6}(?: |$)")
_RULE = re.compile(r"(?:(?:- ?){3,}|(?:\* ?){3,}|(?:_ ?){3,}|=+)$")
_FENCE = re.compile(r"`{3,}|~{3,}")
_QUOTE = re.compile(r"^(?:> ?)+")
_ITEM = re.compile(r"^[*+-] (?:\[[ xX]\] )?")
_TABLE_RULE = re.compile(r"\|? ?:?-{2,}:? ?(?:\| ?:?-{2,}:? ?)*\|?$")


def read(path: Path) -> Reading:
    """Return the text of a Markdown file without its markup.

    Headings lose their marks and stand alone, links and emphasis keep their words, list items begin
    with ``- ``, the cells of a table become paragraphs; front matter, comments, tags and rules go.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    Reading
        The text, not yet normalised, and what is doubtful about its encoding.

    Raises
    ------
    DocumentError
        If the file does not hold text.
    """
    content = read_decoded(path)
    text = content.text.replace("\r\n", "\n").replace("\r", "\n")
    refuse_result_page(path, text)
    text = _COMMENT.sub("", _without_front_matter(text))
    text = _DEFINITION.sub("", text)
    return content.reading("\n".join(_lines(text)))


def _without_front_matter(text: str) -> str:
    if not text.startswith("---\n"):
        return text
    end = text.find("\n---\n", 3)
    return text if end < 0 else text[end + 5 :]


def _lines(text: str) -> list[str]:
    lines: list[str] = []
    fenced = False
    for raw in text.split("\n"):
        line = " ".join(raw.split())
        if _FENCE.match(line):
            fenced = not fenced
            lines.append("")
        elif fenced:
            lines.append(line)
        elif "|" in line and _TABLE_RULE.match(line):
            continue
        elif _RULE.match(line):
            # The underline of a heading, or a rule: either way what follows stands apart.
            lines.append("")
        elif mark := _HEADING.match(line):
            lines.extend(["", _inline(_without_closing(line[mark.end() :])), ""])
        elif line.startswith("|") and line.endswith("|"):
            for cell in line.strip("|").split("|"):
                lines.extend(["", _inline(cell.strip())])
            lines.append("")
        else:
            lines.append(_inline(_ITEM.sub("- ", _QUOTE.sub("", line, count=1), count=1)))
    return lines


def _without_closing(heading: str) -> str:
    """Drop the marks that may close a heading, but not those of "C#"."""
    words, _, last = heading.rpartition(" ")
    return words if last and not last.strip("#") else heading


def _inline(line: str) -> str:
    line = _IMAGE_OR_LINK.sub(r"\1", line)
    # A picture inside a link leaves a link behind.
    line = _IMAGE_OR_LINK.sub(r"\1", line)
    line = _REFERENCE.sub(r"\1", line)
    line = _AUTOLINK.sub(r"\1", line)
    line = _TAG.sub("", line)
    line = _CODE.sub(r"\2", line)
    for _ in range(2):
        for pattern in _EMPHASIS:
            line = pattern.sub(r"\2", line)
    return _ESCAPE.sub(r"\1", line)
