"""The header rows of a table, and its columns of running text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "Head",
    "cell",
    "head_of",
    "is_answer",
    "named",
    "question_label",
    "question_number",
    "running_text",
]

_CHECKED = 1_000
"""Rows by which a column is judged."""
_IMPORT_ID = re.compile(r"\{\s?['\"]ImportId['\"]")
_NUMBER = re.compile(r"[\d\s.,:;/+%()TZ-]*\d[\d\s.,:;/+%()TZ-]*")
_WORD = re.compile(r"[^\W\d_]+")
# Letters of scripts without spaces between words, of which two are counted as a word.
_SIGN = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")
_CODE = re.compile(
    r"((?:question|frage) ?\d{1,3}|[^\W\d_]{1,2}\d{1,3}(?:[._-]?\w{1,3})?|\d{1,3}(?=[.:)]))(?=\W|$)",
    re.IGNORECASE,
)
_OPTIONS = re.compile(r"[;,|]")
# What SurveyMonkey writes below a question that has one answer.
_ONE_ANSWER = frozenset({"response", "open-ended response", "open ended response"})
_NO_ANSWER = frozenset(
    {
        *("n/a", "na", "n.a.", "n.a", "#n/a", "nan", "null", "not applicable", "not answered"),
        *("no answer", "no response", "no comment", "keine angabe", "k.a.", "k. a.", "s/o"),
    }
)
_WORDS = 4.0
"""Words of a cell of running text on average."""
_FEW_WORDS = 2.5
"""The same below a head that is a question, if there are enough answers to tell by."""
_OF_CLOSED = 3
"""An option of a closed question is chosen so often on average."""
_ENOUGH = 6
_LONGEST = 48


class Head(NamedTuple):
    """The head of a table, which may be several rows.

    Attributes
    ----------
    names : list of str
        What each column is called.
    questions : list of str
        The question of each column in full, where the head has it in a row of its own; otherwise the name.
    rows : int
        Rows that are the head.
    """

    names: list[str]
    questions: list[str]
    rows: int


def head_of(table: Sequence[Sequence[str]]) -> Head:
    """Find the rows that are the head of a table.

    Qualtrics writes three: short names, questions, and import ids in JSON. SurveyMonkey writes two:
    questions, and what was to be chosen. Other programs write names and labels: then the second row has
    words where all others have numbers.

    The table has at least one row, and so has its head.
    """
    first = [text.strip() for text in table[0]]
    rows = [[text.strip() for text in row] for row in table[1:4]]
    for number, row in enumerate(rows, start=1):
        filled = [text for text in row if text]
        if filled and all(map(_IMPORT_ID.match, filled)):
            questions = _filled(rows[0], first) if number > 1 else first
            return Head(first, questions, number + 1)
    if rows and any(text.casefold() in _ONE_ANSWER for text in rows[0]):
        return _two_rows(first, rows[0])
    if rows and _labels(rows[0], table[2 : 2 + _CHECKED]):
        return Head(first, _filled(rows[0], first), 2)
    return Head(first, first, 1)


def _filled(row: list[str], names: list[str]) -> list[str]:
    padded = row + [""] * (len(names) - len(row))
    return [text or name for text, name in zip(padded, names, strict=False)]


def _two_rows(first: list[str], second: list[str]) -> Head:
    names, question = [], ""
    second = second + [""] * (len(first) - len(second))
    for text, option in zip(first, second, strict=False):
        question = text or question
        plain = not option or option.casefold() in _ONE_ANSWER
        names.append(question if plain else f"{question} – {option}")
    return Head(names, names, 2)


def _labels(row: list[str], body: Sequence[Sequence[str]]) -> bool:
    """Say whether a row has words in each of several columns that hold nothing else but numbers."""
    columns = []
    for place in range(len(row)):
        cells = [text for each in body if (text := cell(each, place))]
        if len(cells) > 1 and all(map(_NUMBER.fullmatch, cells)):
            columns.append(place)
    return len(columns) > 1 and all(_WORD.search(row[place]) for place in columns)


def cell(row: Sequence[str], column: int | None) -> str:
    """Return a cell without its edges.

    It is empty where there is none.
    """
    return "" if column is None or column >= len(row) else row[column].strip()


def named(head: Sequence[str], names: Sequence[str], *, but: int | None = None) -> int | None:
    """Return the first column that has one of some names, or its plural; None if there is none.

    The names are in small letters, the first to be preferred; `but` is a column that is not meant.
    """
    lowered = [name.casefold() for name in head]
    for name in names:
        for wanted in (name, f"{name}s"):
            if wanted in lowered and lowered.index(wanted) != but:
                return lowered.index(wanted)
    return None


def is_answer(text: str) -> bool:
    """Return whether a cell holds an answer, and not "n/a" or a dash.

    "None" and "nothing" are answers.
    """
    return any(map(str.isalnum, text)) and text.casefold() not in _NO_ANSWER


def running_text(head: Head, body: Sequence[Sequence[str]]) -> list[int]:
    """Return the columns that hold running text: answers of several words, few of which are the same."""
    columns = []
    for place, question in enumerate(head.questions):
        cells = [text[:1000] for row in body[:_CHECKED] if is_answer(text := cell(row, place))]
        if not cells:
            continue
        asks = question.endswith("?") or question_number(head.names[place]) != ""
        enough = _FEW_WORDS if asks and len(cells) >= _ENOUGH else _WORDS
        if sum(map(_words, cells)) >= enough * len(cells) and not _is_closed(cells):
            columns.append(place)
    return columns


def _words(text: str) -> float:
    signs = len(_SIGN.findall(text))
    return sum(1 for _ in _WORD.finditer(text)) + signs / 2


def _is_closed(cells: list[str]) -> bool:
    """Say whether answers are choices of a few, which come again and again."""
    whole = [text.casefold() for text in cells]
    if len(cells) < _ENOUGH:
        return len(cells) > 1 and len(set(whole)) == 1
    # Several options may have been chosen at once.
    parts = [part.strip() for text in whole for part in _OPTIONS.split(text)]
    return any(len(set(some)) * _OF_CLOSED <= len(some) for some in (whole, parts))


def question_number(name: str) -> str:
    """Return the number that the name of a column begins with, such as "Q1"; empty if with none."""
    match = _CODE.match(name)
    return match.group(1) if match else ""


def question_label(name: str) -> str:
    """Return a short name of a question, to be part of an id.

    It is the number of the column's name, if that begins with one, otherwise its first words.
    """
    text = " ".join(name.replace("#", " ").replace("/", " ").split())
    if " " not in text:
        return text[:_LONGEST]
    number = question_number(text)
    if number or len(text) <= _LONGEST:
        return number or text
    return f"{text[:_LONGEST].rpartition(' ')[0] or text[:_LONGEST]}…"
