"""What counts as read now: gold files compared with the record of what was read."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.coding.alignment.unchanged_text import sha256_of, text_pieces, unchanged_stretches
from fourp_nlp.coding.gold.codes_looked_for import not_looked_for
from fourp_nlp.coding.gold.columns import LOOKED_FOR
from fourp_nlp.coding.reading.reading_record import ENTRIES, PAIR, PLACE, SPAN_DIGITS, joined
from fourp_nlp.columns import PART, WHOLE
from fourp_nlp.tables import CODED, READ, among, conform, make_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fourp_nlp.coding.alignment.unchanged_text import Pieces
    from fourp_nlp.coding.reading.reading_record import CodeList, ReadRecord, RecordedText

__all__ = ["CHANGED", "Readings", "readings"]

_NOTHING: Mapping[str, str] = MappingProxyType({})

CHANGED = make_table(
    "changed",
    coder=("str", "id of the coder"),
    document=("str", "id of a document of which the coder read another text"),
    how=(
        "str",
        "grew: it begins with what was read; changed: it does not; late: others read another "
        "text, and these codes are new here",
    ),
)


class Readings(NamedTuple):
    """What counts as read with the present texts and codes.

    Attributes
    ----------
    read : pandas.DataFrame
        The table READ: what counts as read.
    changed : pandas.DataFrame
        The table CHANGED: documents whose text is not the one that a coder read.
    record : ReadRecord
        The record with what it did not know before.
    is_new : bool
        Whether there was anything that it did not know.
    redefined : dict of str to str
        Codes whose definition has changed since somebody looked for them, with the date on which fourp first
        knew of the present one.
    """

    read: pd.DataFrame
    changed: pd.DataFrame
    record: ReadRecord
    is_new: bool
    redefined: dict[str, str]


def readings(
    coded: pd.DataFrame,
    record: ReadRecord,
    documents: pd.DataFrame,
    codes: Sequence[str],
    *,
    since: str,
    definitions: Mapping[str, str] = _NOTHING,
    drawn: pd.DataFrame | None = None,
) -> Readings:
    """Compare gold files with the texts and the codebook that their coders read.

    Parameters
    ----------
    coded : pandas.DataFrame
        The table CODED, from `read_gold` with ``all_parts``.
    record : ReadRecord
        What is known of earlier readings.
    documents : pandas.DataFrame
        The documents, with the columns document and text and, if it is there, sha256.
    codes : sequence of str
        Ids of the codes that there are now.
    since : str
        Today's date.
    definitions : mapping of str to str, optional
        The hash of each code's definition now.
    drawn : pandas.DataFrame, optional
        Columns coder, document, start, end and looked_for: segments that were drawn, and the codes that there
        were when their sheet was written. What the record does not know of them was read for these codes; a
        row of a coder without a document says it of all else that the coder read.

    Returns
    -------
    Readings
        What counts as read, and the record with what it did not know.

    Notes
    -----
    Of a document that was read as a whole and has changed, those sentences count as read that stand in
    the earlier text, in the same order (`unchanged_stretches`). What the record does not know counts as
    read as it stands, for all codes, unless it was drawn when there were other codes. A document that was
    renamed is known by its text.
    """
    rows = conform(coded, CODED)
    texts = dict(zip(documents["document"], documents["text"], strict=True))
    if "sha256" in documents.columns:
        hashes = dict(zip(documents["document"], documents["sha256"], strict=True))
    else:
        hashes = {name: sha256_of(texts[name]) for name in set(rows["document"])}
    known_record = _renamed(record.spelt_as(rows["coder"].unique()), rows, hashes).each_once()
    if len(rows):
        known_record = known_record.knowing(definitions, since=since)
    whole = rows[rows["scope"] == WHOLE]
    parts = rows[rows["scope"] != WHOLE].reset_index(drop=True)
    new = whole[~among(whole, known_record.entries[known_record.entries["scope"] == WHOLE], PAIR)]
    new_parts = parts[_known_spans(parts, known_record).to_numpy() < 0]
    # The record keeps which codes there were; which of them a file says were looked for, the file keeps.
    unknown = joined([_as_asked(new, drawn), _as_asked(new_parts, drawn)], CODED)
    updated = known_record.with_reading(unknown, texts, codes, since=since, definitions=definitions)

    entries = known_record.entries[known_record.entries["scope"] == WHOLE]
    lists = updated.lists
    lacking = _without(lists, codes)
    stale = _redefined(lists, definitions)
    before = entries[among(entries, whole, PAIR)]
    before = before.assign(
        without=before["codes"].map(dict(enumerate(_without(known_record.lists, codes)))),
        redefined=before["codes"].map(dict(enumerate(_redefined(known_record.lists, definitions)))),
    )
    reading_parts, changed = _of_whole(before, known_record.texts, texts, hashes)
    reading_parts = [_as_files_say(each, whole, PAIR, codes) for each in reading_parts]
    other = not_looked_for(unknown[LOOKED_FOR], codes)
    whole_now = unknown[unknown["scope"] == WHOLE]
    new = new.assign(without=whole_now[LOOKED_FOR].map(other).to_numpy(dtype=object))
    reading_parts.append(_as_files_say(new, whole, PAIR, codes))
    at = _known_spans(parts, updated).to_numpy()
    spans = parts.assign(
        without=np.array([*lacking, ""], dtype=object)[at],
        redefined=np.array([*stale, ""], dtype=object)[at],
    )
    reading_parts.append(_as_files_say(spans, parts, PLACE, codes))
    late = new[new["document"].isin(_other_texts(entries, hashes))]
    late = late[[*PAIR]].assign(how="late")
    read = _without_needless(joined(reading_parts, READ))
    redefined_codes = dict.fromkeys(" ".join(read["redefined"].unique()).split())
    return Readings(
        read,
        joined([changed, late], CHANGED),
        updated,
        bool(len(unknown)) or known_record is not record,
        {code: updated.defined_since(code) for code in redefined_codes},
    )


def _as_asked(parts: pd.DataFrame, drawn: pd.DataFrame | None) -> pd.DataFrame:
    """Return spans with the codes that their sheets asked for; empty for all codes."""
    parts = parts.assign(looked_for="")
    if drawn is None or drawn.empty or parts.empty:
        return parts
    codes_of_span = drawn.drop_duplicates(PLACE).set_index(PLACE)[LOOKED_FOR]
    cells = codes_of_span.reindex(pd.MultiIndex.from_frame(parts[PLACE])).reset_index(drop=True)
    rest = drawn[drawn["document"] == ""].drop_duplicates("coder").set_index("coder")[LOOKED_FOR]
    by_coder = parts["coder"].map(rest).reset_index(drop=True)
    return parts.assign(looked_for=cells.fillna(by_coder).fillna("").to_numpy(dtype=object))


def _as_files_say(
    read: pd.DataFrame, rows: pd.DataFrame, key: list[str], codes: Sequence[str]
) -> pd.DataFrame:
    """Return readings without the codes that were not looked for according to the gold files."""
    rows_with_list = rows[rows[LOOKED_FOR] != ""].drop_duplicates(key)
    if rows_with_list.empty or read.empty:
        return read
    others = not_looked_for(rows_with_list[LOOKED_FOR], codes)
    cells = rows_with_list.set_index(key)[LOOKED_FOR].map(others)
    more = cells.reindex(pd.MultiIndex.from_frame(read[key])).fillna("").tolist()
    without = [
        " ".join(code for code in codes if code in {*cell.split(), *other.split()})
        if other
        else cell
        for cell, other in zip(read["without"].tolist(), more, strict=True)
    ]
    cell_of = rows_with_list.set_index(key)[LOOKED_FOR].reindex(pd.MultiIndex.from_frame(read[key]))
    return read.assign(without=without, looked_for=cell_of.fillna("").to_numpy(dtype=object))


def _renamed(record: ReadRecord, rows: pd.DataFrame, hashes: Mapping[str, str]) -> ReadRecord:
    """Return the record with the new names of renamed documents, recognised by their texts."""
    old = record.entries
    gone = old[~old["document"].isin(set(hashes))]
    gone = gone[gone["scope"] == WHOLE]
    if gone.empty:
        return record
    whole = rows[rows["scope"] == WHOLE]
    fresh = whole.loc[~among(whole, old, PAIR), PAIR]
    fresh = fresh.assign(text=fresh["document"].map(hashes))
    renamed = gone.merge(fresh, on=["coder", "text"], suffixes=("_before", ""))
    if renamed.empty:
        return record
    return replace(record, entries=joined([old, renamed.drop(columns="document_before")], ENTRIES))


def _known_spans(parts: pd.DataFrame, record: ReadRecord) -> pd.Series:
    """Return the list of codes that each span was read for, -1 where the record does not know it."""
    entries = record.entries[record.entries["scope"] != WHOLE]
    if parts.empty or entries.empty:
        return pd.Series(-1, index=parts.index, dtype="int64")
    text = [sha256_of(quote)[:SPAN_DIGITS] for quote in parts["quote"]]
    spans = parts[PLACE].assign(text=text)
    numbers = np.full(len(parts), -1)
    # At its place, or, where text was put in before it, anywhere in the document.
    for key in ([*PLACE, "text"], [*PAIR, "text"]):
        last = entries.drop_duplicates(key, keep="last")
        at = pd.MultiIndex.from_frame(last[key]).get_indexer(pd.MultiIndex.from_frame(spans[key]))
        numbers_by_key = np.where(at >= 0, last["codes"].to_numpy()[at], -1)
        numbers = np.where(numbers >= 0, numbers, numbers_by_key)
    return pd.Series(numbers, index=parts.index, dtype="int64")


def _without(lists: Sequence[CodeList], codes: Sequence[str]) -> list[str]:
    """Return for each list of codes those that are missing in it."""
    return [" ".join(code for code in codes if code not in dict(each)) for each in lists]


def _redefined(lists: Sequence[CodeList], definitions: Mapping[str, str]) -> list[str]:
    """Return for each list the codes whose definition is another one now."""
    return [
        " ".join(
            code
            for code, digest in each
            if digest and code in definitions and definitions[code] != digest
        )
        for each in lists
    ]


def _of_whole(
    entries: pd.DataFrame,
    earlier_texts: Mapping[str, RecordedText],
    texts: Mapping[str, str],
    hashes: Mapping[str, str],
) -> tuple[list[pd.DataFrame], pd.DataFrame]:
    """Return the parts of whole-document readings that are still valid, and the changed documents."""
    entries = entries.assign(quote="", now=entries["document"].map(hashes))
    same = (entries["text"] == entries["now"]).to_numpy(dtype=bool)
    reading_parts = [entries[same]]
    differing = entries[~same]
    cut: dict[str, Pieces] = {}
    how: list[tuple[str, str, str]] = []
    for (document, sha), same_readings in differing.groupby(["document", "text"], sort=True):
        text, before = texts[str(document)], earlier_texts[str(sha)]
        pieces = cut.setdefault(str(document), text_pieces(text))
        stretches = unchanged_stretches(before.pieces, pieces)
        if not len(pieces.hashes) or (
            len(stretches) == 1 and stretches[0].tolist() == [pieces.start[0], pieces.end[-1]]
        ):
            # White space alone was changed, or something was cut off at an end.
            reading_parts.append(same_readings.assign(start=0, end=len(text)))
            continue
        grew = before.length < len(text) and sha256_of(text[: before.length]) == sha
        coders = dict.fromkeys(same_readings["coder"])
        how += [(coder, str(document), "grew" if grew else "changed") for coder in coders]
        parts = pd.DataFrame(stretches, columns=["start", "end"])
        parts["quote"] = [text[a:b] for a, b in stretches]
        reading_parts.append(
            same_readings.drop(columns=["start", "end", "quote"])
            .assign(scope=PART)
            .merge(parts, how="cross")
        )
    changed = pd.DataFrame(how, columns=CHANGED.names)
    # Somebody who has read the present text since has missed nothing.
    changed = changed[~among(changed, entries[same], PAIR)].drop_duplicates(PAIR)
    return reading_parts, changed


def _other_texts(entries: pd.DataFrame, hashes: Mapping[str, str]) -> set[str]:
    """Return the documents of which somebody read another text than the present one."""
    now = entries["document"].map(hashes)
    return set(entries.loc[now.notna() & (now != entries["text"]), "document"])


def _without_needless(read: pd.DataFrame) -> pd.DataFrame:
    """Return what was read without spans of documents that were wholly read, for all codes."""
    full = read[(read["scope"] == WHOLE) & (read["without"] == "")]
    # By the present definitions first, if somebody read it more than once.
    full = full.sort_values("redefined", key=lambda cells: cells != "", kind="stable")
    full = full.drop_duplicates(PAIR).sort_index()
    rest = read[~among(read, full[full["redefined"] == ""], PAIR)].drop(full.index, errors="ignore")
    stale = full[full["redefined"] != ""]
    if len(stale):
        # What was read since by other definitions must not be lost behind the whole.
        same = rest["redefined"].isin(stale["redefined"]) & among(rest, stale, PAIR)
        rest = rest[~same]
    rest = rest.drop_duplicates([*PLACE, "scope", "without", "redefined"])
    first = (rest["scope"] == WHOLE).to_numpy(dtype=bool)
    return joined([full, rest[first], rest[~first]], READ)
