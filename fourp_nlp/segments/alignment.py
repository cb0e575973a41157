"""Aligning coded spans with segments: which segments get the code of a span."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

import numpy as np
import pandas as pd

from fourp_nlp.columns import WHOLE
from fourp_nlp.errors import TableError
from fourp_nlp.tables import CODED, CODINGS, READ, conform

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Integers = npt.NDArray[np.int64]

__all__ = [
    "RULES",
    "AlignedCodings",
    "Rule",
    "Touched",
    "coded_documents",
    "codes_read",
    "codes_redefined",
    "codings_to_matrix",
    "covered_segments",
    "touched_segments",
]

Rule = Literal["majority", "any", "containment"]
RULES: tuple[Rule, ...] = get_args(Rule)


class AlignedCodings(NamedTuple):
    """Codings aligned with segments.

    Parameters
    ----------
    matrix : numpy.ndarray of bool, shape (n_segments, n_codes)
        Whether each segment carries each code.
    missed : pandas.DataFrame
        The table CODINGS: those that gave no segment their code.
    """

    matrix: npt.NDArray[np.bool_]
    missed: pd.DataFrame


def codings_to_matrix(
    segments: pd.DataFrame,
    codings: pd.DataFrame,
    codes: Sequence[str],
    *,
    coder: str | None = None,
    rule: Rule = "majority",
) -> AlignedCodings:
    """Return which segments get which codes.

    Parameters
    ----------
    segments : pandas.DataFrame
        The table SEGMENTS, in any order; those of one document must not overlap.
    codings : pandas.DataFrame
        The table CODINGS.
    codes : sequence of str, length n_codes
        Ids of the codes, in the order of the matrix' columns.
    coder : str, optional
        Whose codings to lay. By default everybody's: a segment carries a code if it does by the
        codings of at least one coder.
    rule : {"majority", "any", "containment"}
        A segment carries a code if the coder's spans with that code, taken together,

        - "majority": cover at least half of its characters, or one of them touches no other
          segment, as a coded phrase inside a long sentence does;
        - "any": cover one of its characters;
        - "containment": cover all of its characters.

    Returns
    -------
    AlignedCodings
        The matrix, its rows in the order of `segments`, and the codings that gave no segment
        their code: in a gap between segments, in a document without segments, or too short.

    Raises
    ------
    TableError
        If segments overlap, or a coding has a code that is not among `codes`.
    ValueError
        If the rule is unknown.
    """
    chosen = conform(codings, CODINGS)
    if coder is not None:
        chosen = chosen[chosen["coder"] == coder].reset_index(drop=True)
    touched = touched_segments(segments, chosen, codes, rule=rule)
    matrix = np.zeros((len(segments), len(codes)), dtype=bool)
    matrix[touched.segment[touched.carries], touched.code[touched.carries]] = True
    gave = np.zeros(len(chosen), dtype=bool)
    gave[touched.coding[touched.carries]] = True
    return AlignedCodings(matrix, chosen[~gave].reset_index(drop=True))


class Touched(NamedTuple):
    """Every pair of a coding and a segment that it touches with at least one character.

    Parameters
    ----------
    coding, segment, code : numpy.ndarray of int64, shape (n_pairs,)
        Rows of the codings and of the segments, and the coding's column of the codes.
    carries : numpy.ndarray of bool, shape (n_pairs,)
        Whether the segment carries the code by the coder's spans.
    """

    coding: Integers
    segment: Integers
    code: Integers
    carries: npt.NDArray[np.bool_]


def touched_segments(
    segments: pd.DataFrame,
    codings: pd.DataFrame,
    codes: Sequence[str],
    *,
    rule: Rule = "majority",
) -> Touched:
    """Return which segments each coding touches, and whether they get its code by the rule.

    Parameters
    ----------
    segments, codings, codes, rule
        As in `codings_to_matrix`.

    Returns
    -------
    Touched
        All pairs, coding by coding.

    Raises
    ------
    TableError
        If segments overlap, or a coding has a code that is not among `codes`.
    ValueError
        If the rule is unknown.
    """
    if rule not in RULES:
        raise ValueError(f"The rule is {rule!r}; it must be one of {', '.join(RULES)}.")
    column = pd.Index(list(codes)).get_indexer(pd.Index(codings["code"])).astype(np.int64)
    if (column < 0).any():
        strange = ", ".join(sorted(set(codings["code"][column < 0])))
        raise TableError(
            f"There are codings with a code that is not in the codebook: {strange}.",
            cure="Add it to the codebook, or correct the gold file.",
        )
    nothing: Integers = np.zeros(0, dtype=np.int64)
    none = Touched(nothing, nothing, nothing, nothing.astype(bool))
    if len(segments) == 0 or len(codings) == 0:
        return none
    order, first, last, begin, until, usable = _on_one_line(segments, codings)
    if not usable.any():
        return none
    who = pd.factorize(codings["coder"])[0].astype(np.int64)
    # One key for a coder and a code, as one coder's spans must not complete another's.
    key = (who * len(codes) + column)[usable]
    begin, until = begin[usable], until[usable]
    pair = _pairs(first, last, begin, until, key, rule)
    stretch, place = _expand(*_span_of(first, last, begin, until))
    carries = np.isin(key[stretch] * len(first) + place, pair)
    coding = np.flatnonzero(usable)[stretch]
    return Touched(coding, order[place], column[coding], carries)


def _on_one_line(
    segments: pd.DataFrame, codings: pd.DataFrame
) -> tuple[Integers, Integers, Integers, Integers, Integers, npt.NDArray[np.bool_]]:
    """Put all documents end to end, so that all segments are in one sorted array.

    Returns
    -------
    order : rows of the segments in the order of the line
    first, last : starts and ends of the segments, sorted
    begin, until : starts and ends of the codings
    usable : codings that have a length and whose document has segments
    """
    number, names = pd.factorize(segments["document"])
    start, end = (segments[name].to_numpy(dtype=np.int64) for name in ("start", "end"))
    document = pd.Index(names).get_indexer(pd.Index(codings["document"]))
    begin, until = (codings[name].to_numpy(dtype=np.int64) for name in ("start", "end"))
    usable = np.asarray((document >= 0) & (until > begin) & (begin >= 0))
    longest = np.zeros(len(names), dtype=np.int64)
    np.maximum.at(longest, number, end)
    np.maximum.at(longest, document[usable], until[usable])
    base = np.concatenate([[0], np.cumsum(longest + 1)])
    start, end = start + base[number], end + base[number]
    order = np.lexsort((end, start)).astype(np.int64)
    first, last = start[order], end[order]
    if (first[1:] < last[:-1]).any():
        at = order[int((first[1:] < last[:-1]).argmax()) + 1]
        raise TableError(
            f"Segment {segments['segment'].iloc[at]} of '{segments['document'].iloc[at]}' overlaps "
            "the one before it.",
            cure="Align codings with one segmentation at a time.",
        )
    return order, first, last, begin + base[document], until + base[document], usable


def _span_of(
    first: Integers, last: Integers, begin: Integers, until: Integers
) -> tuple[Integers, Integers]:
    """Return for each stretch the first segment that it touches, and one past the last."""
    at = np.searchsorted(last, begin, side="right")
    after = np.searchsorted(first, until, side="left")
    return at.astype(np.int64), np.maximum(at, after).astype(np.int64)


def _expand(at: Integers, after: Integers) -> tuple[Integers, Integers]:
    """Return every pair of a stretch and a segment that it touches, in order."""
    count = after - at
    stretch = np.repeat(np.arange(len(at)), count)
    skipped = np.repeat(np.cumsum(count) - count, count)
    return stretch, np.arange(len(stretch)) - skipped + np.repeat(at, count)


def _pairs(
    first: Integers, last: Integers, begin: Integers, until: Integers, key: Integers, rule: Rule
) -> Integers:
    """Return the pairs of key and segment that belong together, as key x n_segments + segment."""
    n_segments = len(first)
    # Merging what overlaps or adjoins, so that no character counts twice: on a line on which each
    # key has a stretch of its own, a span begins something new if it lies beyond all before it.
    size = int(max(last.max(), until.max())) + 1
    order = np.lexsort((begin, key))
    run_begin, run_until = begin[order] + key[order] * size, until[order] + key[order] * size
    reached = np.maximum.accumulate(run_until)
    new = np.concatenate([[True], run_begin[1:] > reached[:-1]])
    run_starts = np.flatnonzero(new)
    merged_key = key[order][run_starts]
    merged_begin = run_begin[run_starts] - merged_key * size
    ends = np.concatenate([run_starts[1:] - 1, [len(run_begin) - 1]])
    merged_until = reached[ends] - merged_key * size

    stretch, segment = _expand(*_span_of(first, last, merged_begin, merged_until))
    covered = np.minimum(last[segment], merged_until[stretch])
    covered = covered - np.maximum(first[segment], merged_begin[stretch])
    # Two merged stretches may touch one segment; sorted as they are, they stand side by side.
    pair = merged_key[stretch] * n_segments + segment
    unique_pairs, where = np.unique(pair, return_index=True)
    total = np.add.reduceat(covered, where) if len(where) else covered
    length = (last - first)[unique_pairs % n_segments]
    if rule == "any":
        enough = total > 0
    elif rule == "containment":
        enough = (total >= length) & (length > 0)
    else:
        enough = (2 * total >= length) & (length > 0)
    chosen: Integers = unique_pairs[enough]
    if rule != "majority":
        return chosen
    at, after = _span_of(first, last, begin, until)
    alone = after - at == 1
    return np.union1d(chosen, key[alone] * n_segments + at[alone])


def coded_documents(coded: pd.DataFrame) -> dict[str, frozenset[str]]:
    """Return the documents that each coder coded.

    Parameters
    ----------
    coded : pandas.DataFrame
        The table CODED, as `read_gold` returns it beside the codings. From codings alone, which
        have the same columns, documents without any code would be missing.

    Returns
    -------
    dict of str to frozenset of str
        Ids of documents for each coder, wholly coded or in part; coders in order of their ids.
    """
    pairs = conform(coded, CODED)
    return {
        str(coder): frozenset(rows["document"]) for coder, rows in pairs.groupby("coder", sort=True)
    }


def covered_segments(
    segments: pd.DataFrame, coded: pd.DataFrame, coder: str | None = None
) -> npt.NDArray[np.bool_]:
    """Return the segments that were read: in documents read as a whole, or completely inside read spans.

    Parameters
    ----------
    segments : pandas.DataFrame
        The table SEGMENTS.
    coded : pandas.DataFrame
        The table CODED.
    coder : str, optional
        Who must have read the segment. By default anybody.

    Returns
    -------
    numpy.ndarray of bool, shape (n_segments,)
        Whether the segment was read; combine those of two coders with ``&`` for the units that
        both coded.
    """
    pairs = conform(coded, CODED)
    if coder is not None:
        pairs = pairs[pairs["coder"] == coder]
    whole = pairs["scope"] == WHOLE
    read = np.asarray(segments["document"].isin(set(pairs.loc[whole, "document"])), dtype=bool)
    # What was read by itself is laid like a code that must cover all of a segment.
    spans = pairs[~whole].assign(code="read")
    aligned = codings_to_matrix(segments, spans, ["read"], rule="containment")
    return read | aligned.matrix[:, 0]


def codes_read(
    segments: pd.DataFrame, read: pd.DataFrame, codes: Sequence[str], coder: str
) -> npt.NDArray[np.bool_]:
    """Return which segments a coder read, and for which codes.

    Parameters
    ----------
    segments : pandas.DataFrame
        The table SEGMENTS.
    read : pandas.DataFrame
        The table READ.
    codes : sequence of str, length n_codes
        Ids of the codes that there are.
    coder : str
        The coder.

    Returns
    -------
    numpy.ndarray of bool, shape (n_segments, n_codes)
        False where the coder did not read the segment, or there was no such code when they did.
    """
    rows = conform(read if "without" in read.columns else read.assign(without=""), READ)
    rows = rows[rows["coder"] == coder]
    kinds = rows["without"].drop_duplicates().tolist()
    looked_for = np.zeros((len(segments), len(codes)), dtype=bool)
    had = np.array([[code not in kind.split() for kind in kinds] for code in codes], dtype=bool)
    had = had.reshape(len(codes), len(kinds))
    # Most codes were there for the same readings: those are laid once.
    patterns, of_code = np.unique(had, axis=0, return_inverse=True)
    for number, pattern in enumerate(patterns):
        chosen = [kind for kind, included in zip(kinds, pattern, strict=True) if included]
        covered = covered_segments(segments, rows[rows["without"].isin(chosen)])
        looked_for[:, of_code.ravel() == number] = covered[:, None]
    return looked_for


def codes_redefined(
    segments: pd.DataFrame, read: pd.DataFrame, codes: Sequence[str], coder: str
) -> npt.NDArray[np.bool_]:
    """Return in which segments a coder looked for codes by another definition than the present one.

    Parameters
    ----------
    segments : pandas.DataFrame
        The table SEGMENTS.
    read : pandas.DataFrame
        The table READ.
    codes : sequence of str, length n_codes
        Ids of the codes that there are.
    coder : str
        The coder.

    Returns
    -------
    numpy.ndarray of bool, shape (n_segments, n_codes)
        False also where the coder has looked for the code since its definition changed.
    """
    if "redefined" not in read.columns or not (read["redefined"] != "").any():
        return np.zeros((len(segments), len(codes)), dtype=bool)
    fresh = read.assign(without=read["without"] + " " + read["redefined"])
    return codes_read(segments, read, codes, coder) & ~codes_read(segments, fresh, codes, coder)
