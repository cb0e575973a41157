"""Decisions of a review written into the gold files."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.coding.alignment.unchanged_text import sha256_of
from fourp_nlp.coding.gold.assisted import DECIDED, EARLIER, FINISHED, SPAN, read_assisted
from fourp_nlp.coding.store.review_log import ReviewLog
from fourp_nlp.study.changes import change_files
from fourp_nlp.study.reconciling.accepting import files_of_assisted
from fourp_nlp.study.reviewing.decisions.hand_edits import hand_edits
from fourp_nlp.study.reviewing.decisions.written_memos import files_with_memos
from fourp_nlp.tables import among, conform, empty

if TYPE_CHECKING:
    from pathlib import Path

    from fourp_nlp.coding.store import Store
    from fourp_nlp.study.study import Study

__all__ = [
    "TEXT_DIGITS",
    "WrittenDecisions",
    "fits_text",
    "text_hashes",
    "write_decisions",
    "write_pending_decisions",
]

TEXT_DIGITS = 16
"""Digits of the hash of a segment's text."""

_SPAN = ["document", "start", "end"]
_KEY = [*_SPAN, "code"]
_NO_EDITS = pd.DataFrame(columns=[*_KEY, "page", "file"])


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
    hand_edited : pandas.DataFrame
        Where the gold file was edited by hand after the decision: it stands (see `hand_edits`).
    """

    files: list[Path]
    decisions: int
    lost: pd.DataFrame
    hand_edited: pd.DataFrame


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
        return WrittenDecisions([], 0, entries, _NO_EDITS)
    last = int(entries["number"].iloc[-1])
    is_memo = entries["origin"] == EARLIER
    on_earlier = entries[is_memo].drop_duplicates(_KEY, keep="last")
    memo_files = files_with_memos(study, coder, on_earlier[fits_text(study, on_earlier)])
    contents, expect = memo_files.contents, memo_files.expect
    files = list(contents)
    n_written, lost = memo_files.written, [on_earlier[~among(on_earlier, memo_files.placed, _KEY)]]
    decisions = entries[~is_memo]
    edits = _NO_EDITS
    if len(decisions):
        path = study.project.gold_of_assisted(coder)
        before = read_assisted(path, study.codebook.code_ids) if path.exists() else empty(DECIDED)
        edits = hand_edits(decisions, before)
        merged = _merged(study, before, decisions[~among(decisions, edits, _KEY)])
        assisted, fingerprints = files_of_assisted(study, {coder: merged.decided}, merged.new)
        contents, expect = contents | assisted, expect | fingerprints
        files.append(path)
        n_written += merged.written
        lost.append(merged.lost)

    def in_store(store: Store) -> None:
        store.mark_reviewed_written(coder, last)
        store.log("review", {"coder": coder, "decisions": n_written, "until": last})

    change_files(
        study.project.root, contents, what="decisions of a review", expect=expect, in_store=in_store
    )
    study.forget("gold")
    lost = [frame for frame in lost if len(frame)]
    return WrittenDecisions(files, n_written, pd.concat(lost) if lost else entries.iloc[:0], edits)


class _Merged(NamedTuple):
    """A person's decisions as they are to be in the file."""

    decided: pd.DataFrame
    new: pd.DataFrame
    written: int
    lost: pd.DataFrame


def _merged(study: Study, before: pd.DataFrame, entries: pd.DataFrame) -> _Merged:
    """Return earlier decisions with those of the log."""
    final = entries.drop_duplicates(_KEY, keep="last")
    changed = entries[entries["value"] != entries["before"]].drop_duplicates(_KEY, keep="last")
    fits = _fits(study, final)
    # What changed is a memo alone: when and on what the code was decided stays as it is in the file.
    memo_alone = ~among(final, changed, _KEY)
    has_coding = among(final, before[before["accepted"]], _KEY)
    chosen = final[fits & (~memo_alone | has_coding)]
    deciding = chosen[among(chosen, changed, _KEY)]
    facts = changed.set_index(_KEY)[["origin", "probability", "model", "at"]]
    facts = facts.reindex(pd.MultiIndex.from_frame(deciding[_KEY]))
    deciding = deciding.assign(**{name: facts[name].to_numpy() for name in facts.columns})
    noted = chosen[~among(chosen, changed, _KEY)]
    stays = before[~among(before, deciding, _KEY)]
    if len(noted):
        at = pd.MultiIndex.from_frame(noted[_KEY]).get_indexer(
            pd.MultiIndex.from_frame(stays[_KEY])
        )
        memos = noted["memo"].to_numpy(dtype=object)[at]
        stays = stays.assign(memo=np.where(at >= 0, memos, stays["memo"].to_numpy(dtype=object)))
    now = _as_decided(study, deciding[deciding["value"] >= 0])
    frames = [frame for frame in (stays, now) if len(frame)]
    merged = conform(pd.concat(frames, ignore_index=True), DECIDED) if frames else empty(DECIDED)
    return _Merged(merged, now, len(chosen), final[~final.index.isin(chosen.index)])


def fits_text(study: Study, entries: pd.DataFrame) -> np.ndarray:
    """Return which entries of the log are about a text that still stands where it stood.

    Parameters
    ----------
    study : Study
        The study.
    entries : pandas.DataFrame
        Columns document, start, end and text.

    Returns
    -------
    ndarray of bool
        False where the document is not there any more.
    """
    if entries.empty:
        return np.zeros(0, dtype=bool)
    texts = dict(zip(study.documents["document"], study.documents["text"], strict=True))
    columns = (entries[name].tolist() for name in (*_SPAN, "text"))
    return np.array(
        [
            sha256_of(texts.get(document, "")[start:end])[:TEXT_DIGITS] == text
            for document, start, end, text in zip(*columns, strict=True)
        ],
        dtype=bool,
    )


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
    passage = np.array(entries["origin"] == SPAN, dtype=bool)
    passage[passage] = fits_text(study, entries[passage])
    return np.asarray(((there | passage) & known_code) | (finished & known_document))


def _as_decided(study: Study, entries: pd.DataFrame) -> pd.DataFrame:
    """Return entries as the table DECIDED."""
    texts = dict(zip(study.documents["document"], study.documents["text"], strict=True))
    places = zip(entries["document"], entries["start"], entries["end"], strict=True)
    return conform(
        pd.DataFrame(
            {
                **{
                    name: entries[name]
                    for name in (*_KEY, "coder", "origin", "probability", "model", "memo")
                },
                "quote": [texts[document][start:end] for document, start, end in places],
                "accepted": (entries["value"] == 1) & (entries["origin"] != FINISHED),
                "decided_at": entries["at"].str[:10],
            }
        ),
        DECIDED,
    )
