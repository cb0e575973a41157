"""The text of comments: writes and parses codes, a machine's probability and reason, and notes."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fourp_nlp.exchange.word._code_matching import one_line

if TYPE_CHECKING:
    from fourp_nlp.exchange.word._code_matching import CodeFinder

__all__ = ["CommentContent", "code_lines", "note_lines", "note_of", "parse_comment"]

LONGEST_NAME = 80
_PROBABILITY = re.compile(r"probability ([01](?:\.\d+)?)(?:: (.*))?")
_WHY = re.compile("why: (.*)")
_NOTE = re.compile(r"note:\s*", re.IGNORECASE)
_SENTENCE = re.compile(r"[.!?…](?:\s+\S|[\"'”’)]*$)")
_BY_PROGRAM = re.compile("_.*_")  # as Google Docs says that a comment was resolved
_WORDS = 4


@dataclass
class CommentContent:
    """The contents of a comment.

    Attributes
    ----------
    nodes : list of int
        Numbers of the codes that it names.
    new : list of str
        Names of new codes.
    guessed : list of tuple of str and int
        Misspelt names, and the code to which each was matched.
    unknown : list of tuple of str and str
        What looks like a code's name and is none, and why.
    note : str
        The rest of the text.
    probability : float
        A machine's, nan if there is none.
    why : str
        A machine's reason.
    """

    nodes: list[int] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    guessed: list[tuple[str, int]] = field(default_factory=list)
    unknown: list[tuple[str, str]] = field(default_factory=list)
    note: str = ""
    probability: float = math.nan
    why: str = ""


def code_lines(label: str, probability: float, why: str) -> list[str]:
    """Return the lines of a comment that gives a code.

    A machine's probability, or nan, is written with three decimals; its reason may be empty.
    """
    reason = one_line(why)
    if not math.isnan(probability):
        stated = f"probability {probability:.3f}"
        return [label, f"{stated}: {reason}" if reason else stated]
    return [label, f"why: {reason}"] if reason else [label]


def note_lines(name: str, text: str) -> list[str]:
    """Return the lines of a comment that is a note, which begins with "Note:".

    An answer to a comment is a note anyway, but programs that know no answers make comments of them.

    The title may be empty.
    """
    lines = text.split("\n")
    if one_line(name):
        return [f"Note: {one_line(name)}", *lines]
    return [f"Note: {text}"] if len(lines) == 1 and text else ["Note:", *lines]


def note_of(text: str) -> tuple[str, str]:
    """Return title and text of a note; a title is what follows "Note:" on a line of its own."""
    called = _NOTE.match(text)
    if called is None:
        return "", text
    head, line_end, rest = text.partition("\n")
    name = _NOTE.sub("", head, count=1)
    return (name, rest) if line_end else ("", name)


def parse_comment(text: str, finder: CodeFinder, *, new_codes: bool) -> CommentContent:
    """Parse a comment.

    If `new_codes`, a short first line that names no known code is a new code's name; otherwise it
    is listed as unknown, and the comment is a note. A comment that begins with "Note:" and names no
    code is a note.
    """
    if _NOTE.match(text) and finder.find(text.partition("\n")[0], guess=False).node < 0:
        return CommentContent(note=text)
    content = CommentContent()
    other_lines: list[str] = []
    for number, line in enumerate(text.split("\n")):
        name = one_line(line)
        if not name:
            other_lines.append(line)
        elif number and (match := _PROBABILITY.fullmatch(name)):
            content.probability, content.why = float(match[1]), match[2] or ""
        elif number and (match := _WHY.fullmatch(name)):
            content.why = match[1]
        elif not _add_codes(name, finder, content, other_lines, new=new_codes and not number):
            other_lines.append(line)
    if content.nodes or content.new:
        content.nodes = list(dict.fromkeys(content.nodes))
        content.new = list(dict.fromkeys(content.new))
        content.note = "\n".join(other_lines).strip("\n")
        return content
    return CommentContent(unknown=content.unknown, note=text)


def _is_name(text: str) -> bool:
    """Return whether a line may be a code's name: short, and no sentence."""
    sentence = _SENTENCE.search(text) and len(text.split()) >= _WORDS
    if sentence or _NOTE.match(text) or _BY_PROGRAM.fullmatch(text):
        return False
    return len(text) <= LONGEST_NAME


def _add_codes(
    line: str, finder: CodeFinder, content: CommentContent, rest: list[str], *, new: bool
) -> bool:
    """Add the codes that a line names, and the rest of the line to `rest`; return whether it names any."""
    match = finder.find(line, guess=_is_name(line))
    if match.node >= 0:
        _add_code(line, match.node, content, guessed=match.guessed)
        return True
    if not _is_name(line):
        return False
    parts = [part for part in map(one_line, re.split("[,;]", line)) if part]
    taken = _greedy(line, finder) if len(parts) > 1 else []
    strangers = [part for part, node, _ in taken if node < 0]
    if taken and len(strangers) < len(taken):
        for part, node, guessed in taken:
            if node >= 0:
                _add_code(part, node, content, guessed=guessed)
        if new:
            content.new += strangers
        else:
            content.unknown += [(part, "no code has this name") for part in strangers]
            rest += strangers
        return True
    if new and not match.why:
        content.new += [part for part in map(one_line, line.split(";")) if part]
        return True
    content.unknown.append((line, match.why or "no code has this name"))
    return False


def _add_code(written: str, node: int, content: CommentContent, *, guessed: bool) -> None:
    content.nodes.append(node)
    if guessed:
        content.guessed.append((written, node))


def _greedy(line: str, finder: CodeFinder) -> list[tuple[str, int, bool]]:
    """Divide a line at commas and semicolons into codes, the longest first: a name may have commas."""
    cuts = [0, *(match.end() for match in re.finditer("[,;]", line)), len(line) + 1]
    taken: list[tuple[str, int, bool]] = []
    at = 0
    while at < len(cuts) - 1:
        for until in range(len(cuts) - 1, at, -1):
            part = one_line(line[cuts[at] : cuts[until] - 1])
            match = finder.find(part, guess=until == at + 1)
            if match.node >= 0 or until == at + 1:
                break
        if part:
            taken.append((part, match.node, match.guessed))
        at = until
    return taken
