"""Decisions that differ from a gold file that was edited by hand, as the pages show them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fourp_nlp.study.reviewing.review_state import OPEN

if TYPE_CHECKING:
    from fourp_nlp.study.reviewing.review_session import ReviewSession

__all__ = ["hand_edited_codes", "hand_edited_rows"]

_SAYS = {1: "accepted", 0: "rejected", OPEN: "open"}
_MOST = 20  # that the list of documents names


def hand_edited_rows(session: ReviewSession) -> dict[str, Any]:
    """Return how many decisions differ from the gold file, and what is shown of the first ones."""
    names = session.study.codebook.names
    numbers = {name: number for number, name in enumerate(session.documents)}
    rows = []
    edits = [item for item in session.hand_edited.items() if item[0][0] in numbers]
    for (document, start, end, code), edit in edits[:_MOST]:
        touched = session.touched(document, start, end)
        first, _ = session.rows(numbers[document])
        rows.append(
            {
                "document": document,
                "number": numbers[document],
                "segment": int(touched[0]) - first if len(touched) else 0,
                "code": names.get(code, code),
                "page": _SAYS[edit.page],
                "file": _SAYS[edit.file],
            }
        )
    return {"count": len(edits), "rows": rows, "more": len(edits) - len(rows)}


def hand_edited_codes(
    session: ReviewSession, document: int
) -> dict[tuple[int, int], dict[str, str]]:
    """Return what the person decided before the file was edited, by the row of the segment and the code."""
    name = session.documents[document]
    numbers = {code: number for number, code in enumerate(session.codes)}
    return {
        (session.row_of(name, start, end), numbers[code]): {"decided": _SAYS[edit.page]}
        for (of, start, end, code), edit in session.hand_edited.items()
        if of == name and code in numbers
    }
