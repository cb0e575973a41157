"""What a comment says: a code, a machine's probability and reason, or a note."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fourp_nlp.exchange.word._code_matching import one_line

if TYPE_CHECKING:
    from fourp_nlp.exchange.word._code_matching import CodeFinder

__all__ = ["Said", "code_lines", "note_lines", "note_of", "what_is_said"]

LONGEST_NAME = 80
_PROBABILITY = re.compile(r"probability ([01](?:\.\d+)?)(?:: (.*))?")
_WHY = re.compile("why: (.*)")
_NOTE = re.compile(r"note:\s*", re.IGNORECASE)
_SENTENCE = re.compile(r"[.!?…](?:\s+\S|[\"'”’)]*$)")
_BY_PROGRAM = re.compile("_.*_")  # as Google Docs says that a comment was resolved
_WORDS = 4


@dataclass
class Said:
    """What was understood of a comment.

    Attributes
    ----------
    nodes : list of int
        Numbers of the codes that it names.
    new : list of str
        Names that it gives to codes which are not there yet.
    guessed : list of tuple of str and int
        What was taken for which code in spite of a typing error.
    unknown : list of tuple of str and str
        What reads like a code's name and is none, and why.
    note : str
        All else that it says.
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

    Parameters
    ----------
    label : str
        The code's name.
    probability : float
        A machine's probability, or nan; it is written with three decimals.
    why : str
        A machine's reason, or an empty text.

    Returns
    -------
    list of str
        One or two lines.
    """
    reason = one_line(why)
    if not math.isnan(probability):
        told = f"probability {probability:.3f}"
        return [label, f"{told}: {reason}" if reason else told]
    return [label, f"why: {reason}"] if reason else [label]


def note_lines(name: str, text: str) -> list[str]:
    """Return the lines of a comment that is a note, which begins with "Note:".

    An answer to a comment is a note anyway, but programs that know no answers make comments of them.

    Parameters
    ----------
    name, text : str
        The note's title, which may be empty, and what it says.

    Returns
    -------
    list of str
        The lines.
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


def what_is_said(text: str, finder: CodeFinder, *, new_codes: bool) -> Said:
    """Understand a comment.

    Parameters
    ----------
    text : str
        The comment.
    finder : CodeFinder
        The codes that are known.
    new_codes : bool
        Whether a short first line that names no known code is a new code's name; otherwise it is told as
        unknown, and the comment is a note.

    Returns
    -------
    Said
        What was understood. A comment that begins with "Note:" and names no code is a note.
    """
    if _NOTE.match(text) and finder.find(text.partition("\n")[0], guess=False).node < 0:
        return Said(note=text)
    said = Said()
    left: list[str] = []
    for number, line in enumerate(text.split("\n")):
        name = one_line(line)
        if not name:
            left.append(line)
        elif number and (told := _PROBABILITY.fullmatch(name)):
            said.probability, said.why = float(told[1]), told[2] or ""
        elif number and (told := _WHY.fullmatch(name)):
            said.why = told[1]
        elif not _take_codes(name, finder, said, left, new=new_codes and not number):
            left.append(line)
    if said.nodes or said.new:
        said.nodes = list(dict.fromkeys(said.nodes))
        said.new = list(dict.fromkeys(said.new))
        said.note = "\n".join(left).strip("\n")
        return said
    return Said(unknown=said.unknown, note=text)


def _is_name(text: str) -> bool:
    """Say whether a line may be a code's name: short, and no sentence."""
    sentence = _SENTENCE.search(text) and len(text.split()) >= _WORDS
    if sentence or _NOTE.match(text) or _BY_PROGRAM.fullmatch(text):
        return False
    return len(text) <= LONGEST_NAME


def _take_codes(line: str, finder: CodeFinder, said: Said, left: list[str], *, new: bool) -> bool:
    """Take the codes that a line names; say whether it named any, and add what else it says to `left`."""
    found = finder.find(line, guess=_is_name(line))
    if found.node >= 0:
        _take(line, found.node, said, guessed=found.guessed)
        return True
    if not _is_name(line):
        return False
    parts = [part for part in map(one_line, re.split("[,;]", line)) if part]
    taken = _greedy(line, finder) if len(parts) > 1 else []
    strangers = [part for part, node, _ in taken if node < 0]
    if taken and len(strangers) < len(taken):
        for part, node, guessed in taken:
            if node >= 0:
                _take(part, node, said, guessed=guessed)
        if new:
            said.new += strangers
        else:
            said.unknown += [(part, "no code has this name") for part in strangers]
            left += strangers
        return True
    if new and not found.why:
        said.new += [part for part in map(one_line, line.split(";")) if part]
        return True
    said.unknown.append((line, found.why or "no code has this name"))
    return False


def _take(written: str, node: int, said: Said, *, guessed: bool) -> None:
    said.nodes.append(node)
    if guessed:
        said.guessed.append((written, node))


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
