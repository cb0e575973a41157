"""What a session of differences holds, as the page's script reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from fourp_nlp.coding.store import DECISIONS_COLUMNS
from fourp_nlp.study.reviewing.review_state import OPEN
from fourp_nlp.study.sampling.context import neighbours

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fourp_nlp.study.reviewing.differences.difference_session import (
        DifferenceSession,
        Filters,
        Standing,
    )

__all__ = ["difference_data", "list_data", "next_data", "people_data", "standing_data"]

_CONTEXT = 2  # neighbours on each side, as on the sheet
_EXCERPT = 180  # characters of a passage in the list
_MOST_UNUSED = 200
_SHOWN = ("column", "value", "decided_by", "decided_at", "note", "changed")  # of a decision


def people_data(session: DifferenceSession) -> dict[str, Any]:
    """Return who can be compared."""
    return {
        "coder": session.coder,
        "people": session.people,
        "machine": session.study.machine_if_any,
        "seen_only": session.seen_only,
    }


def standing_data(session: DifferenceSession, standing: Standing) -> dict[str, Any]:
    """Return how far one is: counts, what is left out, and what can be undone."""
    undo, redo = session.history.next_to_undo(), session.history.next_to_redo()
    target = session.study.project.settled
    return {
        "version": session.version,
        "coders": standing.state.coders,
        "counts": {
            "all": len(standing.rows),
            "open": int((standing.n_open > 0).sum()),
            "settled": int((standing.n_open == 0).sum()),
            "changed": int(standing.changed.sum()),
        },
        "left_out": int(standing.state.waiting.sum()),
        "undo": None if undo is None else str(undo["what"].iloc[0]),
        "redo": None if redo is None else str(redo["what"].iloc[0]),
        "settled_file": {
            "name": target.relative_to(session.study.project.root).as_posix(),
            "there": target.exists(),
        },
    }


def list_data(
    session: DifferenceSession, standing: Standing, filters: Filters, first: int, count: int
) -> dict[str, Any]:
    """Return a part of the list of differences, with the choices of the filters."""
    chosen = session.chosen(standing, filters)
    part = chosen[first : first + count]
    segments, state, study = session.study.segments, standing.state, session.study
    rows = standing.rows[part]
    shown = segments.iloc[rows]
    columns = (
        rows.tolist(), shown["document"].tolist(), shown["segment"].tolist(), shown["text"].tolist(),
        shown["speaker"].tolist(), standing.n_open[part].tolist(), standing.changed[part].tolist(),
    )  # fmt: skip
    items = [
        {
            "document": document,
            "segment": segment,
            "speaker": speaker,
            "text": text if len(text) <= _EXCERPT else f"{text[:_EXCERPT]}…",
            "open": n_open,
            "changed": changed,
            "codes": state.disputed(row).tolist(),
        }
        for row, document, segment, text, speaker, n_open, changed in zip(*columns, strict=True)
    ]
    every = segments["document"].iloc[standing.rows]
    documents = study.documents.set_index("document")["group"]
    unused = standing.unused.iloc[:_MOST_UNUSED]
    return {
        **standing_data(session, standing),
        "from": first,
        "matching": len(chosen),
        "items": items,
        "choices": {
            "codes": np.unique(state.columns).tolist(),
            "documents": list(dict.fromkeys(every.tolist())),
            "groups": sorted({group for group in documents[every.unique()].tolist() if group}),
        },
        "unused": {
            "count": len(standing.unused),
            "items": unused[DECISIONS_COLUMNS].to_dict("records"),
        },
    }  # fmt: skip


def difference_data(session: DifferenceSession, standing: Standing, row: int) -> dict[str, Any]:
    """Return one difference: the passage, each coder's codes, and what is decided."""
    study, state = session.study, standing.state
    segments = study.segments
    segment = segments.iloc[row]
    before, after = neighbours(segments, np.array([row]), _CONTEXT)
    disputed = state.disputed(row).tolist()
    decided = standing.of(row)
    scope = set(session.in_scope(standing, row).tolist())
    probabilities = state.table.loc[state.rows == row, "probability"].tolist()
    of_row = state.columns[state.rows == row].tolist()
    return {
        **standing_data(session, standing),
        "document": str(segment["document"]),
        "segment": int(segment["segment"]),
        "speaker": str(segment["speaker"]),
        "before": before[0],
        "text": str(segment["text"]),
        "after": after[0],
        "seen": session.fingerprint(standing, row),
        "open": int(standing.n_open[np.searchsorted(standing.rows, row)]),
        "disputed": disputed,
        "agreed": np.flatnonzero(state.agreed(row)).tolist(),
        "possible": np.flatnonzero(state.can_be_decided(row)).tolist(),
        "by": [_coder_data(standing, row, name, study.machine_if_any) for name in state.coders],
        "probability": {
            str(code): round(value, 3)
            for code, value in zip(of_row, probabilities, strict=True)
            if value == value  # noqa: PLR0124 - not nan
        },
        "decisions": [
            {
                "code": code,
                "value": value != 0,
                "by": by,
                "at": at,
                "note": note,
                "changed": changed,
                "here": code in scope,
            }
            for code, value, by, at, note, changed in zip(
                *(decided[name].tolist() for name in _SHOWN),
                strict=True,
            )
            if value != OPEN
        ],
        "pairs": _pairs(standing, row, disputed),
        "alone": {str(code): int((state.columns == code).sum()) for code in disputed},
    }  # fmt: skip


def _coder_data(standing: Standing, row: int, name: str, machine: str) -> dict[str, Any]:
    state = standing.state
    at = state.everyone.index(name)
    disputed = state.disputed(row)
    return {
        "name": name,
        "machine": name == machine,
        "codes": np.flatnonzero(state.labels[at, row]).tolist(),
        "read": bool(state.looked_for[at, row].any()),
        "views": bool(state.looked_for[at, row, disputed].any()) if len(disputed) else False,
    }


def _pairs(standing: Standing, row: int, disputed: Sequence[int]) -> list[dict[str, int]]:
    """Return pairs of codes that stand for each other here, with how often they do so anywhere."""
    state = standing.state
    at = state.at
    labels, read = state.labels[at, row], state.looked_for[at, row]
    pairs = []
    for place, one in enumerate(disputed):
        for other in disputed[place + 1 :]:
            both = read[:, one] & read[:, other]
            first = (both & labels[:, one] & ~labels[:, other]).any()
            second = (both & labels[:, other] & ~labels[:, one]).any()
            if first and second:
                pairs.append({"one": one, "other": other, "count": state.confused(one, other)})
    return pairs


def next_data(
    session: DifferenceSession,
    standing: Standing,
    filters: Filters,
    row: int | None,
    *,
    back: bool,
) -> dict[str, Any]:
    """Return where the next difference is that the filters let through; after the last comes the first."""
    rows = standing.rows[session.chosen(standing, filters)]
    if row is not None:
        rows = rows[rows != row]
    if not len(rows):
        return {"document": None}
    if row is None:
        target = rows[-1] if back else rows[0]
    elif back:
        earlier = rows[rows < row]
        target = earlier[-1] if len(earlier) else rows[-1]
    else:
        later = rows[rows > row]
        target = later[0] if len(later) else rows[0]
    segment = session.study.segments.iloc[int(target)]
    return {"document": str(segment["document"]), "segment": int(segment["segment"])}
