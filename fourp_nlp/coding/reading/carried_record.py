"""The record of what was read, after codings were carried along with a changed text."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fourp_nlp.coding.alignment.unchanged_text import matching_pieces, sha256_of, text_pieces
from fourp_nlp.coding.reading.reading_record import SPAN_DIGITS, RecordedText
from fourp_nlp.columns import PART, WHOLE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from fourp_nlp.coding.alignment.unchanged_text import Pieces
    from fourp_nlp.coding.reading.reading_record import ReadRecord

__all__ = ["CarriedSpan", "carried_pieces", "record_with_carried_text", "record_with_spans"]


class CarriedSpan(NamedTuple):
    """A span that was read, before and after its document changed."""

    document: str
    start: int
    end: int
    quote: str
    new_document: str
    new_start: int
    new_end: int
    new_quote: str


def record_with_spans(record: ReadRecord, spans: Sequence[CarriedSpan]) -> ReadRecord:
    """Return the record with spans that were read by themselves at their new places.

    Parameters
    ----------
    record : ReadRecord
        The record.
    spans : sequence of CarriedSpan
        Where each was, and is.

    Returns
    -------
    ReadRecord
        The same if it knows none of them.
    """
    if not spans or record.entries.empty:
        return record
    new = {
        (each.document, each.start, each.end, sha256_of(each.quote)[:SPAN_DIGITS]): each
        for each in spans
    }
    keys = ["document", "start", "end", "text"]
    rows = list(record.entries[keys].itertuples(index=False, name=None))
    is_part = (record.entries["scope"] == PART).tolist()
    carried = [new.get(row) if part else None for row, part in zip(rows, is_part, strict=True)]
    if not any(carried):
        return record
    columns = {
        "document": [c.new_document if c else row[0] for c, row in zip(carried, rows, strict=True)],
        "start": [c.new_start if c else row[1] for c, row in zip(carried, rows, strict=True)],
        "end": [c.new_end if c else row[2] for c, row in zip(carried, rows, strict=True)],
        "text": [
            sha256_of(c.new_quote)[:SPAN_DIGITS] if c else row[3]
            for c, row in zip(carried, rows, strict=True)
        ],
    }
    return replace(record, entries=record.entries.assign(**columns))


def carried_pieces(
    old: Pieces, new: Pieces, place: Callable[[int, int], tuple[int, int] | None]
) -> dict[int, list[int]]:
    """Return the sentences that were changed by a small edit, or moved, and what they are now.

    Parameters
    ----------
    old, new : Pieces
        The sentences of both texts.
    place : callable
        Returns where a span of the old text surely stands in the new one, or None.

    Returns
    -------
    dict of int to list of int
        Numbers of new pieces by the number of the old one; unchanged pieces in the same order are not among
        them.
    """
    same = matching_pieces(old.hashes, new)
    unchanged = set(same[same >= 0].tolist())
    free = set(np.flatnonzero(same < 0).tolist())
    carried: dict[int, list[int]] = {}
    for number, (start, end) in enumerate(zip(old.start.tolist(), old.end.tolist(), strict=True)):
        if number in unchanged or not free:
            continue
        now = place(start, end)
        if now is None:
            continue
        first = int(np.searchsorted(new.start, now[0]))
        last = int(np.searchsorted(new.end, now[1], side="right"))
        pieces = list(range(first, last))
        if (
            pieces
            and set(pieces) <= free
            and (new.start[first], new.end[last - 1]) == (now[0], now[1])
        ):
            carried[number] = pieces
            free -= set(pieces)
    return carried


def record_with_carried_text(
    record: ReadRecord,
    document: str,
    old: str,
    new: str,
    carried: Mapping[int, Sequence[int]],
    *,
    coders: Sequence[str] | None = None,
) -> ReadRecord:
    """Return the record after sentences of a document were changed in ways that need no new reading.

    Parameters
    ----------
    record : ReadRecord
        The record.
    document : str
        The document.
    old, new : str
        Its text before and after.
    carried : mapping of int to sequence of int
        From `carried_pieces`: numbers of sentences of the new text, by that of the old one.
    coders : sequence of str, optional
        Only for these coders.

    Returns
    -------
    ReadRecord
        Whoever read such a sentence as a part of the whole document has read what it is now.
    """
    entries = record.entries
    chosen = (entries["document"] == document) & (entries["scope"] == WHOLE)
    if coders is not None:
        chosen &= entries["coder"].isin(list(coders))
    if not carried or not chosen.any():
        return record
    old_pieces, new_pieces = text_pieces(old), text_pieces(new)
    texts, new_text = dict(record.texts), {}
    for sha in dict.fromkeys(entries.loc[chosen, "text"]):
        recorded = record.texts[sha]
        at = matching_pieces(recorded.pieces, old_pieces)
        read = {number: int(at[number]) for number in carried if at[number] >= 0}
        if sha == sha256_of(new) or not read:
            continue
        key, text = _carried_text(recorded, new, new_pieces, carried, read)
        texts[key], new_text[sha] = text, key
    if not new_text:
        return record
    hashes = [
        new_text.get(sha, sha) if of_document else sha
        for sha, of_document in zip(entries["text"], chosen, strict=True)
    ]
    end = [
        texts[sha].length if of_document else stop
        for sha, of_document, stop in zip(hashes, chosen, entries["end"], strict=True)
    ]
    return replace(record, entries=entries.assign(text=hashes, end=end), texts=texts)


def _carried_text(
    recorded: RecordedText,
    new: str,
    new_pieces: Pieces,
    carried: Mapping[int, Sequence[int]],
    read: Mapping[int, int],
) -> tuple[str, RecordedText]:
    """Return a text that was read with the changed sentences as they are now, and its key."""
    same = matching_pieces(recorded.pieces, new_pieces)
    now = {number for old_number in read for number in carried[old_number]}
    gone = set(read.values())
    pieces: list[str] = []
    starts: list[int] = []
    done, latest = 0, 0

    def up_to(stop: int) -> None:
        for number in range(done, stop):
            if number not in gone:
                pieces.append(recorded.pieces[number])
                starts.append(latest)

    for number, hash_of_piece in enumerate(new_pieces.hashes):
        before = int(same[number])
        if before < 0 and number not in now:
            continue
        if before >= 0:
            up_to(before)
            done = before + 1
        latest = int(new_pieces.start[number])
        pieces.append(hash_of_piece)
        starts.append(latest)
    up_to(len(recorded.pieces))
    if pieces == new_pieces.hashes:
        return sha256_of(new), RecordedText(len(new), pieces, new_pieces.start.tolist())
    # No text has this hash: it is several versions of one, as far as they were read.
    key = sha256_of("carried\n" + " ".join(pieces))
    return key, RecordedText(len(new), pieces, starts)
