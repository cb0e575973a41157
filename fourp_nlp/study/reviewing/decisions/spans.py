"""Codes for passages of any length, which the person chooses in the text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.coding.gold.assisted import SPAN
from fourp_nlp.errors import GoldError, ProjectError
from fourp_nlp.segments.alignment import touched_segments
from fourp_nlp.study.reviewing.decisions.review_history import DO
from fourp_nlp.study.reviewing.decisions.written_decisions import text_hashes
from fourp_nlp.study.reviewing.review_session import ChangedElsewhereError, Decision, Outcome
from fourp_nlp.study.reviewing.review_state import OPEN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fourp_nlp.study.reviewing.review_session import ReviewSession

__all__ = ["give_code_to_span", "refuse_other_text", "remove_code_from_span"]


def give_code_to_span(
    session: ReviewSession, document: int, start: int, end: int, code: int
) -> Outcome:
    """Give a code to a passage: part of a segment, or text of several.

    Parameters
    ----------
    session : ReviewSession
        The review.
    document : int
        Number of the document.
    start, end : int
        First code point of the passage in the document's text, and one past its last.
    code : int
        Number of the code.

    Returns
    -------
    Outcome
        The segments that the passage touches; none if the person had given the code there already.

    Raises
    ------
    GoldError
        If the passage cannot have the code: it is in a draw, was read for the code without suggestions, or a
        segment that would get the code by it was rejected for it.
    ProjectError
        If there is no such document, place or code.
    """
    session.follow_draws()
    session.follow_log()
    text, rows = _passage(session, document, start, end)
    if not 0 <= code < len(session.codes):
        raise ProjectError("There is no such code.")
    if not text.strip():
        raise GoldError("There are no words in this passage.", cure="Choose words of the text.")
    session.refuse_drawn(rows)
    first, _ = session.rows(document)
    if len(rows) == 1 and _is_segment(session, int(rows[0]), start, end):
        number = int(rows[0]) - first
        value = int(session.state.value[rows[0], code])
        was = None if value == OPEN else value == 1
        if was:
            return Outcome(document, [])
        return session.decide(document, [Decision(number, code, value=True, was=was)])
    name, code_id = session.documents[document], session.codes[code]
    if session.person.is_span((name, start, end, code_id)):
        return Outcome(document, [])
    _refuse_where_fixed(session, rows, code)
    carrying = _carrying(session, name, start, end, code_id)
    rejected = carrying[session.state.value[carrying, code] == 0]
    if len(rejected):
        raise GoldError(
            f"You rejected {_name(session, code)} in segment {int(rejected[0]) - first + 1}, which would "
            "get the code by these words.",
            cure="Make it open there first (o).",
        )
    session.keep(_entry(session, document, start, end, code, value=1))
    return Outcome(document, [int(row) - first for row in rows])


def remove_code_from_span(
    session: ReviewSession, document: int, start: int, end: int, code: int
) -> Outcome:
    """Take a code away from a passage that the person chose; its memo goes with it.

    Parameters
    ----------
    session, document, start, end, code
        As in `give_code_to_span`.

    Returns
    -------
    Outcome
        The segments that the passage touches.

    Raises
    ------
    ChangedElsewhereError
        If the person has not given the code there, or not any more.
    GoldError
        If the code was given earlier without suggestions, or the passage is in a draw.
    ProjectError
        If there is no such document, place or code.
    """
    session.follow_draws()
    session.follow_log()
    _, rows = _passage(session, document, start, end)
    if not 0 <= code < len(session.codes):
        raise ProjectError("There is no such code.")
    session.refuse_drawn(rows)
    first, _ = session.rows(document)
    numbers = [int(row) - first for row in rows]
    place = (session.documents[document], start, end, session.codes[code])
    if not session.person.is_span(place):
        if session.person.is_earlier(place):
            raise GoldError(
                "You coded this earlier, without suggestions, and that counts.",
                cure="Change it in the gold file, or in the program in which it was coded.",
            )
        error = ChangedElsewhereError("This was changed in another window. It is shown anew.")
        error.segments = numbers
        raise error
    session.keep(_entry(session, document, start, end, code, value=OPEN))
    return Outcome(document, numbers)


def refuse_other_text(session: ReviewSession, document: int, sha256: str) -> None:
    """Refuse what is about another text than the document has now.

    Parameters
    ----------
    session : ReviewSession
        The review.
    document : int
        Number of the document.
    sha256 : str
        The SHA-256 of the text that the person sees.

    Raises
    ------
    GoldError
        If the text was changed since.
    """
    session.rows(document)
    if sha256 != session.study.documents["sha256"].iloc[document]:
        raise GoldError(
            "The text of this document was changed while the page was open. Nothing was kept.",
            cure="Load the page again.",
        )


def _passage(
    session: ReviewSession, document: int, start: int, end: int
) -> tuple[str, NDArray[np.int64]]:
    """Return the text of a passage, and the rows of the segments that it touches."""
    session.rows(document)
    text = str(session.study.documents["text"].iloc[document])
    if not 0 <= start < end <= len(text):
        raise ProjectError("There is no such place in the document.")
    return text[start:end], session.touched(session.documents[document], start, end)


def _is_segment(session: ReviewSession, row: int, start: int, end: int) -> bool:
    segments = session.study.segments
    return (int(segments["start"].iloc[row]), int(segments["end"].iloc[row])) == (start, end)


def _name(session: ReviewSession, code: int) -> str:
    return session.study.codebook.names[session.codes[code]]


def _refuse_where_fixed(session: ReviewSession, rows: NDArray[np.int64], code: int) -> None:
    state = session.state
    if state.blind[rows, code].any():
        session.refuse_where_fixed(rows, np.full(len(rows), code))
    if not len(rows):
        raise GoldError("This passage is in no segment, so it cannot have a code.")
    if not state.applies[rows, code].any():
        session.refuse_where_fixed(rows[:1], np.array([code]))


def _carrying(
    session: ReviewSession, document: str, start: int, end: int, code: str
) -> NDArray[np.int64]:
    """Return the rows of the segments that get the code by a passage, by the project's rule."""
    first, after = session.rows(session.documents.index(document))
    passage = pd.DataFrame(
        {
            "document": [document], "start": [start], "end": [end], "code": [code],
            "coder": [session.coder], "quote": [""],
        }
    )  # fmt: skip
    touched = touched_segments(
        session.study.segments.iloc[first:after],
        passage,
        session.codes,
        rule=session.study.project.settings.coders.rule,
    )
    return np.asarray(touched.segment[touched.carries] + first, dtype=np.int64)


def _entry(
    session: ReviewSession, document: int, start: int, end: int, code: int, *, value: int
) -> pd.DataFrame:
    name, code_id = session.documents[document], session.codes[code]
    text = str(session.study.documents["text"].iloc[document])[start:end]
    verb = "gave" if value == 1 else "took away"
    places = pd.DataFrame(
        {
            "document": [name],
            "start": [start],
            "end": [end],
            "code": [code_id],
            "text": text_hashes(pd.Series([text])),
            "value": [value],
            "before": [OPEN if value == 1 else 1],
            "origin": [SPAN],
            "memo_before": [session.person.memos.get((name, start, end, code_id), "")],
        }
    )
    of = "to" if value == 1 else "from"
    what = f"{verb} {_name(session, code)} {of} a passage"
    return session.entries_of(what, places).assign(kind=DO, of_action=0)
