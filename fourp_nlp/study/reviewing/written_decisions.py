"""Decisions of a review written into the gold files."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.coding.alignment.unchanged_text import sha256_of
from fourp_nlp.coding.gold.assisted import DECIDED, FINISHED, read_assisted
from fourp_nlp.coding.store.review_log import ReviewLog
from fourp_nlp.study.changes import change_files
from fourp_nlp.study.reconciling.accepting import files_of_assisted
from fourp_nlp.tables import conform, empty

if TYPE_CHECKING:
    from pathlib import Path

    from fourp_nlp.coding.store import Store
    from fourp_nlp.study.study import Study

__all__ = [
    "TEXT_DIGITS",
    "WrittenDecisions",
    "text_hashes",
    "write_decisions",
    "write_pending_decisions",
]

TEXT_DIGITS = 16
"""Digits of the hash of a segment's text."""

_SPAN = ["document", "start", "end"]
_KEY = [*_SPAN, "code"]


class WrittenDecisions(NamedTuple):
    """Decisions that were written into the gold files.

    Attributes
    ----------
    files : list of pathlib.Path
        Gold files that were written.
    decisions : int
        How many decisions were added, changed or taken back.
    lost : pandas.DataFrame
        Rows of the table REVIEWED that fit no segment or code any more; they stay in the log.
    """

    files: list[Path]
    decisions: int
    lost: pd.DataFrame


def text_hashes(texts: pd.Series) -> list[str]:
    """Return the beginning of the SHA-256 of each text."""
    return [sha256_of(text)[:TEXT_DIGITS] for text in texts.tolist()]


def write_decisions(study: Study, coder: str, log: ReviewLog) -> WrittenDecisions:
    """Write a person's decisions that are not in the gold files yet: all of them, or none.

    Parameters
    ----------
    study : Study
        The study.
    coder : str
        The person.
    log : ReviewLog
        The log of decisions, open.

    Returns
    -------
    WrittenDecisions
        What was written.

    Raises
    ------
    FourpError
        If a file was changed meanwhile or cannot be written; the decisions stay in the log.
    """
    entries = log.read(coder, after=log.written(coder))
    if entries.empty:
        return WrittenDecisions([], 0, entries)
    last = int(entries["number"].iloc[-1])
    final = entries.drop_duplicates(_KEY, keep="last")
    fits = _fits(study, final)
    chosen = final[fits]
    path = study.project.gold_of_assisted(coder)
    before = read_assisted(path, study.codebook.code_ids) if path.exists() else empty(DECIDED)
    touched = pd.MultiIndex.from_frame(before[_KEY]).isin(pd.MultiIndex.from_frame(chosen[_KEY]))
    now = _as_decided(study, chosen[chosen["value"] >= 0])
    frames = [frame for frame in (before[~touched], now) if len(frame)]
    merged = conform(pd.concat(frames, ignore_index=True), DECIDED) if frames else empty(DECIDED)
    contents, expect = files_of_assisted(study, {coder: merged}, now)

    def in_store(store: Store) -> None:
        store.mark_reviewed_written(coder, last)
        store.log("review", {"coder": coder, "decisions": len(chosen), "until": last})

    change_files(
        study.project.root, contents, what="decisions of a review", expect=expect, in_store=in_store
    )
    study.forget("gold")
    return WrittenDecisions([path], len(chosen), final[~fits])


def write_pending_decisions(study: Study) -> list[WrittenDecisions]:
    """Write what people decided in the review page and is not in the gold files yet, of each person.

    Parameters
    ----------
    study : Study
        The study.

    Returns
    -------
    list of WrittenDecisions
        What was written, one for each person.

    Raises
    ------
    FourpError
        If a file was changed meanwhile or cannot be written; the decisions stay in the log.
    """
    if not study.project.store.exists():
        return []
    with ReviewLog(study.project.store) as log:
        return [write_decisions(study, name, log) for name in log.coders_with_pending_entries()]


def _fits(study: Study, entries: pd.DataFrame) -> np.ndarray:
    """Return which entries are about a segment and a code that there are, with the text of then."""
    segments = study.segments
    at = pd.MultiIndex.from_frame(segments[_SPAN]).get_indexer(
        pd.MultiIndex.from_frame(entries[_SPAN])
    )
    there = at >= 0
    hashes = np.array(text_hashes(segments["text"].iloc[at[there]]), dtype=object)
    there[there] = hashes == entries["text"].to_numpy(dtype=object)[there]
    known_code = entries["code"].isin(study.codebook.code_ids).to_numpy(dtype=bool)
    known_document = entries["document"].isin(study.documents["document"]).to_numpy(dtype=bool)
    finished = (entries["origin"] == FINISHED).to_numpy(dtype=bool)
    return np.asarray((there & known_code) | (finished & known_document))


def _as_decided(study: Study, entries: pd.DataFrame) -> pd.DataFrame:
    """Return entries as the table DECIDED."""
    texts = dict(zip(study.documents["document"], study.documents["text"], strict=True))
    places = zip(entries["document"], entries["start"], entries["end"], strict=True)
    return conform(
        pd.DataFrame(
            {
                **{
                    name: entries[name]
                    for name in (*_KEY, "coder", "origin", "probability", "model")
                },
                "quote": [texts[document][start:end] for document, start, end in places],
                "accepted": (entries["value"] == 1) & (entries["origin"] != FINISHED),
                "decided_at": entries["at"].str[:10],
            }
        ),
        DECIDED,
    )
