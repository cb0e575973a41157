"""What a review session holds, as the page's script reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from fourp_nlp.review.codebook_guard import codebook_mark
from fourp_nlp.review.pages.hand_edit_data import hand_edited_codes
from fourp_nlp.review.pages.span_data import ShownPassages, shown_memo
from fourp_nlp.study.reviewing.review_state import OPEN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fourp_nlp.codebook import Codebook
    from fourp_nlp.study.reviewing.review_session import Outcome, ReviewSession

__all__ = [
    "action_data",
    "code_data",
    "document_data",
    "document_rows",
    "found_segments",
    "segment_data",
]

_CANDIDATES = 5
_HUES = 12
_MOST_HITS = 500


def document_rows(session: ReviewSession) -> list[dict[str, Any]]:
    """Return a row for each document: number, name, group, segments, open, decided and finished."""
    documents = session.study.documents
    rows = []
    for number, (name, group) in enumerate(
        zip(documents["document"], documents["group"], strict=True)
    ):
        first, after = session.rows(number)
        progress = session.progress(number)
        rows.append(
            {
                "number": number,
                "name": name,
                "group": group,
                "segments": after - first,
                **progress._asdict(),
            }
        )
    return rows


def code_data(codebook: Codebook) -> list[dict[str, Any]]:
    """Return the codebook: each code with its theme, its colour and the parts of its definition."""
    themes = list(dict.fromkeys(codebook.code_themes))
    names = {theme.id: theme.name for theme in codebook.themes}
    return [
        {
            "code": number,
            "id": code.id,
            "name": code.name,
            "theme": names.get(theme, theme),
            "hue": themes.index(theme) % _HUES,
            "short": code.short_definition,
            "full": code.full_definition,
            "when": code.when_to_use,
            "not": [exclusion.as_text("use ") for exclusion in code.when_not_to_use],
            "examples": list(code.examples),
        }
        for number, (code, theme) in enumerate(
            zip(codebook.all_codes, codebook.code_themes, strict=True)
        )
    ]


def document_data(session: ReviewSession, document: int) -> dict[str, Any]:
    """Return what the page shows of a document besides its segments."""
    first, after = session.rows(document)
    return {
        "number": document,
        "name": session.documents[document],
        "coder": session.coder,
        "segments": after - first,
        "codes": code_data(session.study.codebook),
        "codebook": codebook_mark(session.study.codebook),
        "machine": session.machine,
        "sha256": session.study.documents["sha256"].iloc[document],
        **_standing(session, document),
    }


def action_data(
    session: ReviewSession, outcome: Outcome, *, most_segments: int = 1000
) -> dict[str, Any]:
    """Return what the page repaints after an action."""
    segments = outcome.segments[:most_segments]
    return {
        "document": outcome.document,
        "segments": segment_data(session, outcome.document, segments),
        **_standing(session, outcome.document),
    }


def _standing(session: ReviewSession, document: int) -> dict[str, Any]:
    undo, redo = session.history.next_to_undo(), session.history.next_to_redo()
    return {
        "version": session.version,
        "progress": session.progress(document)._asdict(),
        "undo": None if undo is None else session.in_words(undo),
        "redo": None if redo is None else session.in_words(redo),
    }


def segment_data(
    session: ReviewSession, document: int, segments: Iterable[int]
) -> list[dict[str, Any]]:
    """Return segments of a document, each with its codes and the likeliest others.

    Of segments that the person is coding in a draw, only the text, and the number of the draw.
    """
    session.follow_draws()
    first, after = session.rows(document)
    numbers = np.array([number for number in segments if 0 <= number < after - first], dtype=int)
    rows = numbers + first
    table, state = session.study.segments, session.state
    suggestions = session.suggestions
    probability = state.probability[rows]
    likeliest = np.argsort(-np.nan_to_num(probability, nan=-1), axis=1, kind="stable")
    shown = {
        name: table[name].iloc[rows].tolist()
        for name in ("start", "text", "speaker", "role", "context")
        if name in table.columns
    }
    passages = ShownPassages(session, document)
    edits = hand_edited_codes(session, document)
    result = []
    for at, row in enumerate(rows.tolist()):
        value, seen = state.value[row], state.suggested[row] & state.applies[row]
        marks = []
        rejected_alone = (value == 0) & ~state.blind[row]
        for code in np.flatnonzero(seen | (value == 1) | rejected_alone).tolist():
            if state.blind[row, code] and (value[code] != 1 or passages.give(row, code)):
                continue
            place = int(state.row[row, code])
            marks.append(
                {
                    "code": code,
                    "state": _state(int(value[code]), blind=bool(state.blind[row, code])),
                    "p": _number(state.probability[row, code]),
                    "why": "" if place < 0 else session.reason(place),
                    "words": _words("" if place < 0 else str(suggestions["words"].iloc[place])),
                    "bulk": bool(state.bulk[row, code]),
                    "suggested": bool(seen[code]),
                    **edits.get((row, code), {}),
                    **(shown_memo(passages.memo_at(row, code)) if value[code] == 1 else {}),
                }
            )
        candidates = [
            {"code": int(code), "p": _number(probability[at, code])}
            for code in likeliest[at, :_CANDIDATES]
            if not np.isnan(probability[at, code]) and state.applies[row, code]
        ]
        result.append(
            {
                "i": int(numbers[at]),
                **{name: values[at] for name, values in shown.items()},
                "marks": marks,
                "candidates": candidates,
                "spans": passages.of_segment(row),
                **({"drawn": int(session.hidden[row])} if session.hidden[row] else {}),
            }
        )
    return result


def _state(value: int, *, blind: bool) -> str:
    if blind:
        return "blind"
    return {1: "accepted", 0: "rejected", OPEN: "suggested"}[value]


def _number(probability: float) -> float | None:
    return None if np.isnan(probability) else round(float(probability), 4)


def _words(words: str) -> list[str]:
    return [word for word in words.split("; ") if word]


def found_segments(session: ReviewSession, document: int, text: str) -> list[int]:
    """Return the segments of a document that hold a text, in whatever case."""
    first, after = session.rows(document)
    texts = session.study.segments["text"].iloc[first:after]
    holds = texts.str.contains(text, case=False, regex=False).to_numpy(dtype=bool)
    hits: list[int] = np.flatnonzero(holds).tolist()
    return hits[:_MOST_HITS]
