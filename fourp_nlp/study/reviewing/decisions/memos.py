"""Memos: what a person notes about one of their codings."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.coding.gold.assisted import ASSISTED, BULK, EARLIER, SPAN
from fourp_nlp.coding.gold.columns import tidy_memo
from fourp_nlp.errors import GoldError, ProjectError
from fourp_nlp.study.reviewing.decisions.review_history import DO
from fourp_nlp.study.reviewing.decisions.written_decisions import text_hashes
from fourp_nlp.study.reviewing.review_session import ChangedElsewhereError, Outcome

if TYPE_CHECKING:
    from fourp_nlp.study.reviewing.review_session import ReviewSession

__all__ = ["MOST_MEMO", "CodingPlace", "memo_of", "write_memo"]

MOST_MEMO = 100_000
"""Characters that a memo may have."""


class CodingPlace(NamedTuple):
    """Where a coding is.

    Attributes
    ----------
    document : int
        Number of the document.
    start, end : int
        First code point of the coded text in the document, and one past its last.
    code : int
        Number of the code.
    """

    document: int
    start: int
    end: int
    code: int


def memo_of(session: ReviewSession, place: CodingPlace) -> str:
    """Return the memo on one of the person's codings; empty if there is none.

    Parameters
    ----------
    session : ReviewSession
        The review.
    place : CodingPlace
        Where.

    Returns
    -------
    str
        The memo.

    Raises
    ------
    GoldError
        If the person has not given the code there.
    ProjectError
        If there is no such document, place or code.
    """
    session.follow_draws()
    session.follow_log()
    _origin(session, place)
    return session.person.memos.get(_key(session, place), "")


def write_memo(session: ReviewSession, place: CodingPlace, memo: str, *, was: str) -> Outcome:
    """Write, change or remove the memo on one of the person's codings.

    Parameters
    ----------
    session : ReviewSession
        The review.
    place : CodingPlace
        Where.
    memo : str
        What it says from now on; empty to remove it.
    was : str
        What it said when the person began to write.

    Returns
    -------
    Outcome
        The segments that the coding touches; none if nothing changed.

    Raises
    ------
    ChangedElsewhereError
        If the memo does not say any more what the person saw.
    GoldError
        If the person has not given the code there, the text is in a draw, or the memo is too long.
    ProjectError
        If there is no such document, place or code.
    """
    session.follow_draws()
    session.follow_log()
    origin = _origin(session, place)
    tidy = tidy_memo(memo)
    if len(tidy) > MOST_MEMO:
        raise GoldError(
            f"The memo has {len(tidy):,} characters, and may have {MOST_MEMO:,}.",
            cure="Shorten it.",
        )
    key = _key(session, place)
    stands = session.person.memos.get(key, "")
    rows = session.touched(*key[:3])
    first, _ = session.rows(place.document)
    numbers = [int(row) - first for row in rows]
    if stands == tidy:
        return Outcome(place.document, [])
    if stands != tidy_memo(was):
        error = ChangedElsewhereError(
            "This memo was changed in another window. Your text was not saved: copy it, close this, and "
            "write the memo again."
        )
        error.segments = numbers
        raise error
    name = session.study.codebook.names[session.codes[place.code]]
    verb = "removed the" if not tidy else "changed the" if stands else "wrote a"
    text = str(session.study.documents["text"].iloc[place.document])[place.start : place.end]
    places = pd.DataFrame(
        {
            "document": [key[0]],
            "start": [place.start],
            "end": [place.end],
            "code": [key[3]],
            "text": text_hashes(pd.Series([text])),
            "value": [1],
            "before": [1],
            "origin": [origin],
            "memo": [tidy],
            "memo_before": [stands],
        }
    )
    entry = session.entries_of(f"{verb} memo on {name}", places)
    session.keep(entry.assign(kind=DO, of_action=0))
    return Outcome(place.document, numbers)


def _key(session: ReviewSession, place: CodingPlace) -> tuple[str, int, int, str]:
    name = session.documents[place.document]
    return name, place.start, place.end, session.codes[place.code]


def _origin(session: ReviewSession, place: CodingPlace) -> str:
    """Return how the code came to be given; refuse if it was not, or may not be shown."""
    session.rows(place.document)
    if not 0 <= place.code < len(session.codes):
        raise ProjectError("There is no such code.")
    key = _key(session, place)
    text = str(session.study.documents["text"].iloc[place.document])
    if not 0 <= place.start < place.end <= len(text):
        raise ProjectError("There is no such place in the document.")
    session.refuse_drawn(session.touched(*key[:3]))
    if session.person.is_earlier(key):
        return EARLIER
    if session.person.is_span(key):
        return SPAN
    row = session.row_of(*key[:3])
    if row >= 0 and session.state.value[row, place.code] == 1:
        if session.state.blind[row, place.code]:
            raise GoldError(
                "This segment has the code by words that you coded earlier.",
                cure="Go to those words, and write the memo there.",
            )
        return BULK if bool(np.asarray(session.state.bulk)[row, place.code]) else ASSISTED
    raise GoldError(
        "You have not given this code here, so there is nothing to write a memo on.",
        cure="Give the code first.",
    )
