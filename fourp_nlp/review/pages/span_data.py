"""Passages and memos of a person, as the page's script reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from fourp_nlp.study.reviewing.decisions.person_codings import Passage
    from fourp_nlp.study.reviewing.review_session import ReviewSession

__all__ = ["ShownPassages", "shown_memo"]

_SHOWN_MEMO = 300  # characters of a memo beside the text; all of it is asked for


def shown_memo(memo: str) -> dict[str, Any]:
    """Return what the page shows of a memo: its beginning, and whether there is more."""
    return {"memo": memo[:_SHOWN_MEMO], "memo_more": len(memo) > _SHOWN_MEMO} if memo else {}


class ShownPassages:
    """The passages of a document that a person may see now.

    Parameters
    ----------
    session : ReviewSession
        The review.
    document : int
        Number of the document.
    """

    def __init__(self, session: ReviewSession, document: int) -> None:
        self._session = session
        self._name = session.documents[document]
        segments = session.study.segments
        self._first, after = session.rows(document)
        part = segments.iloc[self._first : after]
        self._starts = part["start"].to_numpy(dtype=np.int64)
        self._ends = part["end"].to_numpy(dtype=np.int64)
        hidden = session.hidden[self._first : after] > 0
        codes = {code: number for number, code in enumerate(session.codes)}
        self._by_segment: dict[int, list[tuple[Passage, int]]] = {}
        for passage in session.person.passages(self._name):
            begin = int(np.searchsorted(self._ends, passage.start, side="right"))
            until = int(np.searchsorted(self._starts, passage.end, side="left"))
            # What touches a segment of a draw would tell how that was coded.
            if passage.code not in codes or hidden[begin:until].any():
                continue
            for row in range(begin, until):
                self._by_segment.setdefault(row, []).append((passage, codes[passage.code]))

    def of_segment(self, row: int) -> list[dict[str, Any]]:
        """Return the passages that touch a segment, in the order of the text."""
        return [
            {
                "code": code,
                "start": passage.start,
                "end": passage.end,
                "state": "earlier" if passage.earlier else "span",
                **shown_memo(passage.memo),
            }
            for passage, code in self._by_segment.get(row - self._first, ())
        ]

    def give(self, row: int, code: int) -> bool:
        """Whether a segment has a code by earlier passages alone, which are shown where they are."""
        place = self._place(row, code)
        return not self._session.person.is_earlier(place) and any(
            passage.earlier and number == code
            for passage, number in self._by_segment.get(row - self._first, ())
        )

    def memo_at(self, row: int, code: int) -> str:
        """Return the memo on a code of a whole segment; empty if there is none."""
        return self._session.person.memos.get(self._place(row, code), "")

    def _place(self, row: int, code: int) -> tuple[str, int, int, str]:
        at = row - self._first
        return (
            self._name, int(self._starts[at]), int(self._ends[at]), self._session.codes[code],
        )  # fmt: skip
