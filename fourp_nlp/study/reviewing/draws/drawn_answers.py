"""What a person answered about the segments of a draw, from the log of answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fourp_nlp.study.reviewing.decisions.review_history import ReviewHistory

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from fourp_nlp.coding.store.carried_names import NameChange

__all__ = ["DrawnAnswers"]


class DrawnAnswers:
    """Answers to the segments of a draw, as arrays in the order of its sheet.

    Parameters
    ----------
    rows : pandas.DataFrame
        The drawn segments, with the columns draw and order.
    codes : sequence of str
        Ids of the codes that there are.
    renamed : sequence of NameChange
        When codes were renamed, merged or retired, and what they became; oldest first.

    Attributes
    ----------
    marks : ndarray of bool, shape (n_rows, n_codes)
        The codes that were given.
    read : ndarray of bool, shape (n_rows,)
        Whether the segment is answered: with codes, or with none.
    number : ndarray of int64, shape (n_rows,)
        The last entry of the log about each segment, 0 without one.
    text : ndarray of str, shape (n_rows,)
        Beginning of the SHA-256 of the text that was answered.
    lost : list of str, length n_rows
        Codes of an answer that are not in the codebook any more; then the segment is not answered.
    history : ReviewHistory
        What can be undone and done again.
    """

    def __init__(
        self,
        rows: pd.DataFrame,
        codes: Sequence[str],
        renamed: Sequence[NameChange],
    ) -> None:
        self._row = {
            (str(draw), int(order)): row
            for row, (draw, order) in enumerate(zip(rows["draw"], rows["order"], strict=True))
        }
        self._column = {code: column for column, code in enumerate(codes)}
        self._renamed = renamed
        self.marks = np.zeros((len(rows), len(codes)), dtype=bool)
        self.read = np.zeros(len(rows), dtype=bool)
        self.number = np.zeros(len(rows), dtype=np.int64)
        self.text = np.full(len(rows), "", dtype=object)
        self.lost = [""] * len(rows)
        self.history = ReviewHistory()

    @property
    def version(self) -> int:
        """The last entry of the log that is in it."""
        return self.history.last

    def row_of(self, entry: pd.Series) -> int:
        """Return the row of the sheet that an entry is about."""
        return self._row[str(entry["draw"]), int(entry["order"])]

    def add(self, entries: pd.DataFrame) -> None:
        """Add entries of the log.

        Parameters
        ----------
        entries : pandas.DataFrame
            Rows of the table ANSWERED, oldest first, that follow on those that it has.
        """
        if entries.empty:
            return
        if self._renamed:
            times = entries["at"].str[:19]
            entries = entries.assign(
                **{
                    name: [
                        self._now(codes, at) for codes, at in zip(entries[name], times, strict=True)
                    ]
                    for name in ("codes", "codes_before")
                }
            )
        self.history.add(entries)
        final = entries.drop_duplicates(["draw", "order"], keep="last")
        for draw, order, codes, read, number, text in final[
            ["draw", "order", "codes", "read", "number", "text"]
        ].itertuples(index=False):
            row = self._row.get((str(draw), int(order)))
            if row is None:
                continue
            given = codes.split()
            lost = [code for code in given if code not in self._column]
            self.marks[row] = False
            self.marks[row, [self._column[code] for code in given if code not in lost]] = True
            self.lost[row] = " ".join(lost)
            self.read[row] = bool(read) and not lost
            self.number[row], self.text[row] = number, text

    def _now(self, codes: str, at: str) -> str:
        """Return what codes that were given at a time are called now."""
        named = codes.split()
        for change in self._renamed:
            if change.after <= at <= change.until:
                named = [change.into.get(code, code) for code in named]
        return " ".join(dict.fromkeys(code for code in named if code))
