"""Converts the offsets of codings to code points, by what they quote or by where words begin and end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from fourp_nlp.exchange.offset_units import (
    CODE_POINTS,
    UTF_16,
    Counting,
    find_once,
    from_utf_16,
    has_pairs,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    import pandas as pd

    Integers = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]

__all__ = ["TO_THE_END", "OffsetDefaults", "code_point_offsets", "rows_by_number"]

TO_THE_END = -1
"""The end of a coding that covers a whole record."""

# Some versions of Label Studio write a line end in a quote as these two characters.
_WHITE_SPACE = re.compile(r"\\n|\s+")


class OffsetDefaults(NamedTuple):
    """How a program counts offsets.

    Attributes
    ----------
    counting : {"code points", "utf-16"} or None
        The unit that the user names; None: it is inferred.
    usual, usual_quoted : {"code points", "utf-16"}
        The unit where nothing shows it, for codings without and with a quote.
    """

    counting: Counting | None
    usual: Counting
    usual_quoted: Counting


def code_point_offsets(
    marks: pd.DataFrame, texts: Sequence[str], defaults: OffsetDefaults, remarks: list[str]
) -> tuple[Integers, Integers]:
    """Return where codings start and end, in code points of their records' texts.

    Parameters
    ----------
    marks : pandas.DataFrame
        Columns record, start, end, quote (None if there is none), label and line.
    texts : sequence of str
        The records' texts as they came.
    defaults : OffsetDefaults
        How the program counts.
    remarks : list of str
        Gets sentences on how offsets were counted, and which codings were moved to their quotes.

    Returns
    -------
    start, end : array of int, shape (n_marks,)
        The offsets; -1 where the quote is neither there nor exactly once elsewhere.
    """
    return _Offsets(marks, texts, remarks).converted(defaults)


class _Offsets:
    """Offsets of all codings, read in either unit."""

    def __init__(self, marks: pd.DataFrame, texts: Sequence[str], remarks: list[str]) -> None:
        self.marks = marks
        self.remarks = remarks
        self.texts = texts
        self.records = marks["record"].to_numpy()
        self.quotes = marks["quote"].tolist()
        self.start = marks["start"].to_numpy().astype(np.int64)
        self.end = marks["end"].to_numpy().astype(np.int64)
        whole = self.end == TO_THE_END
        self.wide_start, self.wide_end = self.start.copy(), self.end.copy()
        has_pair = np.zeros(len(marks), dtype=bool)
        for record, rows in rows_by_number(self.records):
            text = texts[record]
            to_the_end = rows[whole[rows]]
            self.end[to_the_end] = self.wide_end[to_the_end] = len(text)
            if has_pairs(text):
                self.wide_start[rows] = from_utf_16(text, self.start[rows], up=False)
                self.wide_end[rows] = from_utf_16(text, self.end[rows], up=True)
                self.wide_end[to_the_end] = len(text)
                has_pair[rows] = True
        differs = (self.wide_start != self.start) | (self.wide_end != self.end)
        self.ambiguous = has_pair & ~whole & differs
        self.quoted = marks["quote"].notna().to_numpy() & ~whole

    def converted(self, defaults: OffsetDefaults) -> tuple[Integers, Integers]:
        if defaults.counting is not None:
            in_utf_16 = self.ambiguous & (defaults.counting == UTF_16)
        else:
            in_utf_16 = self._inferred(defaults)
        start = np.where(in_utf_16, self.wide_start, self.start)
        end = np.where(in_utf_16, self.wide_end, self.end)
        if defaults.counting is None:
            self._move_to_quotes(start, end)
        return start, end

    def _inferred(self, defaults: OffsetDefaults) -> Flags:
        """Return which codings are counted in UTF-16: by their quotes, or by the ends of words."""
        in_utf_16 = np.zeros(len(self.marks), dtype=bool)
        rows = np.flatnonzero(self.ambiguous)
        if not len(rows):
            return in_utf_16
        decided: list[int] = []
        undecided: list[int] = []
        word_ends = {False: 0, True: 0}
        for row in rows:
            text = self.texts[self.records[row]]
            spans = {
                False: (self.start[row], self.end[row]),
                True: (self.wide_start[row], self.wide_end[row]),
            }
            if self.quoted[row]:
                quote = str(self.quotes[row])
                fitting = [wide for wide, (a, b) in spans.items() if text[a:b] == quote] or [
                    wide for wide, (a, b) in spans.items() if _same_words(text[a:b], quote)
                ]
                if len(fitting) == 1:
                    in_utf_16[row] = fitting[0]
                    decided.append(int(row))
                elif fitting:
                    undecided.append(int(row))
                continue
            for wide, (a, b) in spans.items():
                if 0 <= a < b <= len(text):
                    word_ends[wide] += _starts_word(text, a) + _ends_word(text, b)
        n_utf_16 = int(in_utf_16[decided].sum())
        n_code_points = len(decided) - n_utf_16
        # The same words are at either place: count these codings as most others in the file.
        in_utf_16[undecided] = (
            n_utf_16 > n_code_points
            if n_utf_16 != n_code_points
            else defaults.usual_quoted == UTF_16
        )
        if decided:
            self.remarks.append(
                f"{len(decided):,} codings follow an emoji or a similar character. By what they quote, "
                f"{n_utf_16:,} are counted in UTF-16 and {n_code_points:,} in code points."
            )
        unquoted = rows[~self.quoted[rows]]
        if len(unquoted):
            unit = defaults.usual if word_ends[True] == word_ends[False] else (
                UTF_16 if word_ends[True] > word_ends[False] else CODE_POINTS
            )  # fmt: skip
            in_utf_16[unquoted] = unit == UTF_16
            self.remarks.append(
                f"{len(unquoted):,} codings follow an emoji or a similar character and do not quote their "
                f"text. They were read as {unit}: {max(word_ends.values()):,} of their "
                f"{2 * len(unquoted):,} ends are then ends of words, against {min(word_ends.values()):,} the "
                "other way. Check one of them; `counting` sets the unit."
            )
        return in_utf_16

    def _move_to_quotes(self, start: Integers, end: Integers) -> None:
        """Move codings that are not where they say to the one place that has what they quote."""
        moved: list[str] = []
        for row in np.flatnonzero(self.quoted):
            text = self.texts[self.records[row]]
            a, b = int(start[row]), int(end[row])
            quote = str(self.quotes[row])
            if 0 <= a < b <= len(text) and _same_words(text[a:b], quote):
                continue
            at = find_once(text, quote)
            if at >= 0:
                start[row], end[row] = at, at + len(quote)
                moved.append(
                    f"line {self.marks['line'].iloc[row]}, {self.marks['label'].iloc[row]}"
                )
            else:
                start[row] = end[row] = -1
        if moved:
            self.remarks.append(
                f"{len(moved):,} codings are not where the file says. Each was moved to the one place that "
                f"has its quoted text: {'; '.join(moved[:3])}."
            )


def rows_by_number(numbers: npt.NDArray[Any]) -> list[tuple[int, Integers]]:
    """Return each number that occurs, with the rows in which it does."""
    order = np.argsort(numbers, kind="stable")
    ordered = numbers[order]
    firsts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(order) else order
    parts = np.split(order, firsts[1:])
    return [(int(numbers[rows[0]]), rows) for rows in parts if len(rows)]


def _same_words(text: str, quote: str) -> bool:
    return text == quote or (
        _WHITE_SPACE.sub("", text) == _WHITE_SPACE.sub("", quote) and bool(text.strip())
    )


def _starts_word(text: str, at: int) -> bool:
    return text[at : at + 1].isalnum() and not (at > 0 and text[at - 1].isalnum())


def _ends_word(text: str, at: int) -> bool:
    return at > 0 and text[at - 1].isalnum() and not text[at : at + 1].isalnum()
