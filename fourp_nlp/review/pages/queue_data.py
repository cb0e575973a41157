"""What the queue of a code holds, as the page's script reads it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fourp_nlp.documents import NOTE
from fourp_nlp.review.pages.document_data import code_data
from fourp_nlp.study.reviewing.queue_filters import ATTRIBUTES, attribute_values
from fourp_nlp.study.reviewing.review_state import OPEN

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from fourp_nlp.study.reviewing.code_queue import CodeQueue
    from fourp_nlp.study.reviewing.queue_filters import Candidate, QueueFilters

__all__ = [
    "attribute_rows",
    "candidate_data",
    "code_rows",
    "queue_data",
    "skipped_rows",
    "standing_data",
]

_CONTEXT = 2  # neighbours on each side
_LONGEST = 3000  # characters of a passage; the rest is read in the document
_LONGEST_AROUND = 400  # characters before, and after
_MOST_SKIPPED = 200


def queue_data(queue: CodeQueue) -> dict[str, Any]:
    """Return what the page shows besides candidates: codes, choices of the filters, what can be undone."""
    session = queue.session
    n_open, n_decided = queue.by_code()
    return {
        "coder": session.coder,
        "machine": session.machine,
        "codes": code_data(session.study.codebook),
        "open": n_open.tolist(),
        "decided": n_decided.tolist(),
        "attributes": attribute_values(session.study.documents),
        "people_differ": queue.people_differ,
        **standing_data(queue),
    }


def standing_data(queue: CodeQueue, filters: QueueFilters | None = None) -> dict[str, Any]:
    """Return how far the person is, and what can be undone."""
    session = queue.session
    undo, redo = session.history.next_to_undo(), session.history.next_to_redo()
    return {
        "version": session.version,
        "undo": None if undo is None else session.in_words(undo),
        "redo": None if redo is None else session.in_words(redo),
        **({} if filters is None else {"counts": queue.counts(filters)._asdict()}),
    }


def candidate_data(queue: CodeQueue, candidates: Sequence[Candidate]) -> list[dict[str, Any]]:
    """Return candidates: the passage, what is around it, what the machine says, and what is decided."""
    session = queue.session
    state, suggestions, segments = session.state, session.suggestions, session.study.segments
    rows = np.array([each.row for each in candidates], dtype=np.int64)
    shown = segments.iloc[rows]
    before, after = _around(segments, rows, session.hidden > 0)
    columns = zip(shown["text"].tolist(), shown["speaker"].tolist(), before, after, strict=True)
    result = []
    for each, (text, speaker, earlier, later) in zip(candidates, columns, strict=True):
        place = queue.place(each)
        value, blind = int(state.value[each]), bool(state.blind[each])
        row = int(state.row[each])
        result.append(
            {
                **place._asdict(),
                "number": session.documents.index(place.document),
                "code_number": each.code,
                "text": text[:_LONGEST],
                "cut": len(text) > _LONGEST,
                "before": earlier,
                "after": later,
                "speaker": speaker,
                "seen": queue.seen(each.row),
                "state": _state(value, blind=blind),
                "bulk": bool(state.bulk[each]),
                "suggested": bool(state.suggested[each]),
                "p": None if row < 0 else round(float(state.probability[each]), 4),
                "threshold": None if row < 0 else _threshold(suggestions, row),
                "why": "" if row < 0 else session.reason(row),
                "words": [] if row < 0 else _words(str(suggestions["words"].iloc[row])),
            }
        )
    return result


def _state(value: int, *, blind: bool) -> str:
    if blind:
        return "blind" if value == 1 else "blind-no"
    return {1: "accepted", 0: "rejected", OPEN: "open"}[value]


def _threshold(suggestions: pd.DataFrame, row: int) -> float | None:
    threshold = float(suggestions["threshold"].iloc[row])
    return None if np.isnan(threshold) else round(threshold, 4)


def _words(words: str) -> list[str]:
    return [word for word in words.split("; ") if word]


def _around(
    segments: pd.DataFrame, rows: np.ndarray, hidden: np.ndarray
) -> tuple[list[str], list[str]]:
    """Return the text before and after segments, without that of segments that are drawn."""
    offsets = np.r_[-_CONTEXT:0, 1 : _CONTEXT + 1]
    near = rows[:, None] + offsets
    inside = (near >= 0) & (near < len(segments))
    near = np.where(inside, near, rows[:, None])
    names = segments["document"]
    same = names.iloc[near.ravel()].to_numpy(dtype=object).reshape(near.shape)
    own = names.iloc[rows].to_numpy(dtype=object)
    shown = inside & (same == own[:, None]) & ~hidden[near]
    texts = segments["text"].iloc[near.ravel()].to_numpy(dtype=object).reshape(near.shape)
    parts = np.where(shown, texts, np.where(inside & (same == own[:, None]), "…", ""))
    before = [" ".join(filter(None, each))[-_LONGEST_AROUND:] for each in parts[:, :_CONTEXT]]
    after = [" ".join(filter(None, each))[:_LONGEST_AROUND] for each in parts[:, _CONTEXT:]]
    return before, after


def code_rows(queue: CodeQueue) -> list[dict[str, Any]]:
    """Return a row for each code: number, name, theme, and how many suggestions are open and decided."""
    n_open, n_decided = (each.tolist() for each in queue.by_code())
    return [
        {
            "code": code["code"],
            "name": code["name"],
            "theme": code["theme"],
            "hue": code["hue"],
            "open": n_open[code["code"]],
            "decided": n_decided[code["code"]],
        }
        for code in code_data(queue.session.study.codebook)
    ]


def attribute_rows(documents: pd.DataFrame) -> list[dict[str, str]]:
    """Return what documents.csv says of each document, as far as documents are chosen by it."""
    names = [name for name in ATTRIBUTES if name in documents.columns]
    return [dict(zip(names, each, strict=True)) for each in documents[names].astype(str).to_numpy()]


def skipped_rows(skipped: pd.DataFrame, root: Path) -> dict[str, Any]:
    """Return files that were not read, and remarks about others, as the command line tells them.

    Parameters
    ----------
    skipped : pandas.DataFrame
        The table SKIPPED.
    root : pathlib.Path
        The project's folder, from which files are named.

    Returns
    -------
    dict
        ``count`` of files that were not read; ``files``, the first of them, and ``notes``: each path and
        reason; ``more``, how many are not listed.
    """
    remark = skipped["reason"].str.startswith(NOTE).to_numpy(dtype=bool)
    files, notes = (
        [
            {"path": _from_root(path, root), "reason": reason.removeprefix(NOTE)}
            for path, reason in each[["path", "reason"]].iloc[:_MOST_SKIPPED].to_numpy().tolist()
        ]
        for each in (skipped[~remark], skipped[remark])
    )
    more = max(0, int((~remark).sum()) - _MOST_SKIPPED) + max(0, int(remark.sum()) - _MOST_SKIPPED)
    return {"count": int((~remark).sum()), "files": files, "notes": notes, "more": more}


def _from_root(path: str, root: Path) -> str:
    return Path(path).relative_to(root).as_posix() if Path(path).is_relative_to(root) else path
