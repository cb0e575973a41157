"""Agreement on spans: what coders marked, where each mark begins and ends, before it is laid on segments."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.agreement import Spans, unitizing_alpha_of_code, unitizing_alphas
from fourp_nlp.study.reading.applicability import data_segments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from fourp_nlp.agreement import Drawing
    from fourp_nlp.study.reading.corpus import Corpus, Gold
    from fourp_nlp.study.study import Study

__all__ = ["Marked", "agreement_on_spans", "marked_spans"]

"""Stands in the column `units` where the unit is the span that a coder marked."""

_UNITED = "marked with any code or none: overlapping spans of different codes are taken as one"


class Marked(NamedTuple):
    """What coders marked, and in which documents.

    Attributes
    ----------
    coders, codes : list of str
        Their ids.
    lengths : numpy.ndarray of int64, shape (n_documents,)
        Characters of each document, without segments that are context alone. Places of spans are counted
        in the same way.
    whole : numpy.ndarray of bool, shape (n_documents, n_coders)
        Who read all of which document.
    of_code : numpy.ndarray of bool, shape (n_documents, n_coders, n_codes)
        Who looked for which code in all of it.
    spans : Spans
        Numbers of document and coder, start, end and number of code; those of one coder and code that
        overlap are one. In the order of coders, documents, codes and starts.
    """

    coders: list[str]
    codes: list[str]
    lengths: NDArray[np.int64]
    whole: NDArray[np.bool_]
    of_code: NDArray[np.bool_]
    spans: Spans


def marked_spans(
    study: Study,
    coders: Sequence[str],
    read: NDArray[np.bool_],
) -> Marked:
    """Return what coders marked, to compare some of them after others.

    `read` says which codes each looked for in which segments of the corpus, shape (n_coders,
    n_segments, n_codes). A document counts for those who read all of it, and for a code if they
    looked for it in all of it.
    """
    corpus, gold, codebook, suggestions = (
        study.corpus,
        study.gold,
        study.codebook,
        study.suggestions_if_any,
    )
    names = list(corpus.documents["document"])
    codes = codebook.code_ids
    data = data_segments(corpus, codebook)
    of_code = np.stack(
        [_wholly_read(corpus, read[:, :, column], data) for column in range(len(codes))], axis=2
    )
    lengths = np.array([len(text) for text in corpus.documents["text"]], dtype=np.int64)
    spans = _marked(gold, suggestions, coders, names)
    spans, lengths = _without_context(spans, lengths, corpus, data)
    column = pd.Index(codes).get_indexer(pd.Index(spans["code"]))
    united = _united(spans.assign(code=column))
    arrays = (
        united[name].to_numpy(np.int64) for name in ("document", "coder", "start", "end", "code")
    )
    return Marked(
        list(coders),
        codes,
        lengths,
        _wholly_read(corpus, np.asarray(read.any(axis=2)), data),
        of_code,
        Spans(*arrays),
    )


def agreement_on_spans(marked: Marked, places: Sequence[int], *, drawing: Drawing) -> pd.DataFrame:
    """Return Krippendorff's alphas for unitizing of some coders' spans.

    Parameters
    ----------
    marked : Marked
        What everybody marked, from `marked_spans`.
    places : sequence of int
        Whom to compare, by their place in it.
    drawing : Drawing
        How documents are drawn for the intervals.

    Returns
    -------
    pandas.DataFrame
        Columns level, code, coefficient, value, low, high, n (characters), n_documents, n_coders,
        prevalence, coverage, reason, no_interval, caution, as in AGREEMENT_FULL. Overall u_alpha,
        u_alpha_binary and cu_alpha; of each code ku_alpha, and u_alpha of its spans against all other
        text.

    Notes
    -----
    Spans of one coder and one code that overlap are united first. Where a coder's spans of different
    codes overlap, the text is not cut into pieces: u_alpha, cu_alpha and ku_alpha are undefined, and
    the reason says so.
    """
    codes, lengths = marked.codes, marked.lengths
    coders = [marked.coders[place] for place in places]
    whole = marked.whole[:, places]
    of_code = marked.of_code[:, places]
    used = np.asarray(whole.sum(axis=1) >= 2)
    # In all codes' text, a code that one of the readers did not know of is as if nobody had used it.
    known = np.asarray((of_code | ~whole[:, :, None]).all(axis=1))
    spans = _of_some(marked, places, whole & used[:, None], known)
    one_by_one = _code_by_code(spans, lengths, codes, of_code & known[:, None], drawing)
    rows = [_of_one_kind(one_by_one, "code", "u_alpha")]
    clash = _overlapping(spans, coders)
    if clash:
        rows.append(_undefined(codes, clash))
        anything = unitizing_alpha_of_code(
            spans._replace(code=np.full(np.shape(spans.code), "any", dtype=object)),
            lengths,
            len(coders),
            codes=["any"],
            read=whole,
            drawing=drawing,
        )
        table = _of_one_kind(anything, "overall", "u_alpha_binary")
        rows.append(table.assign(code="", caution=_UNITED))
    else:
        table = unitizing_alphas(
            spans, lengths, len(coders), codes=codes, read=whole, drawing=drawing
        ).table
        level = np.where(table["coefficient"] == "ku_alpha", "code", "overall")
        rows.append(table.assign(level=level, prevalence=float("nan"), caution=""))
    return pd.concat(rows, ignore_index=True).assign(
        n=int(lengths[used].sum()),
        n_documents=int(used.sum()),
        n_coders=int(whole[used].any(axis=0).sum()),
    )


def _of_some(
    marked: Marked, places: Sequence[int], counted: NDArray[np.bool_], known: NDArray[np.bool_]
) -> Spans:
    """Return the spans of some coders, numbered anew, in documents that count; codes by their ids."""
    document, coder, start, end, code = (np.asarray(each) for each in marked.spans)
    ends = np.searchsorted(coder, [(place, place + 1) for place in places])
    rows = np.concatenate([np.arange(first, last) for first, last in ends])
    who = np.repeat(np.arange(len(places)), ends[:, 1] - ends[:, 0])
    kept = counted[document[rows], who] & known[document[rows], code[rows]]
    rows, who = rows[kept], who[kept]
    ids = np.asarray(marked.codes, dtype=object)[code[rows]]
    return Spans(document[rows], who, start[rows], end[rows], ids)


def _code_by_code(
    spans: Spans,
    lengths: NDArray[np.int64],
    codes: list[str],
    whole: NDArray[np.bool_],
    drawing: Drawing,
) -> pd.DataFrame:
    """Return alpha of each code against all other text, of the documents read for it.

    `whole` is of shape (n_documents, n_coders, n_codes); codes that were read alike go together.
    """
    flat = whole.reshape(-1, len(codes))
    _, first, which = np.unique(flat, axis=1, return_index=True, return_inverse=True)
    tables = []
    for number, column in enumerate(first):
        same_readers = [
            code for code, kind in zip(codes, which.ravel(), strict=True) if kind == number
        ]
        tables.append(
            unitizing_alpha_of_code(
                _of_codes(spans, same_readers) if len(first) > 1 else spans,
                lengths,
                whole.shape[1],
                codes=same_readers,
                read=whole[:, :, column],
                drawing=drawing,
            )
        )
    if len(tables) == 1:
        return tables[0]
    order = {code: number for number, code in enumerate(codes)}
    return pd.concat(tables, ignore_index=True).sort_values(
        "code", key=lambda names: names.map(order), kind="stable", ignore_index=True
    )


def _of_one_kind(table: pd.DataFrame, level: str, coefficient: str) -> pd.DataFrame:
    """Return rows of `unitizing_alpha_of_code`, whose coverage is the prevalence."""
    return table.assign(
        level=level,
        coefficient=coefficient,
        prevalence=table["coverage"],
        coverage=1.0,
        caution="",
    )


def _without_context(
    spans: pd.DataFrame, lengths: NDArray[np.int64], corpus: Corpus, data: NDArray[np.bool_]
) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    """Take the segments that are context alone out of the text, and return spans and lengths without them."""
    if data.all():
        return spans, lengths
    aside = corpus.segments.loc[~data, ["document", "start", "end"]]
    places = pd.Index(corpus.documents["document"])
    of_aside = places.get_indexer(pd.Index(aside["document"]))
    document = spans["document"].to_numpy(dtype=np.int64)
    ends = {name: spans[name].to_numpy(dtype=np.int64, copy=True) for name in ("start", "end")}
    kept = lengths.copy()
    for number in np.unique(of_aside).tolist():
        rows = aside[of_aside == number].sort_values("start")
        first, last = (rows[name].to_numpy(dtype=np.int64) for name in ("start", "end"))
        sizes = np.concatenate([[0], np.cumsum(last - first)])
        kept[number] -= sizes[-1]
        here = document == number
        for values in ends.values():
            at = values[here]
            before = np.searchsorted(first, at, side="right")
            # Of a segment that holds the place, only what stands before it.
            inside = np.where(before > 0, np.maximum(last[before - 1] - at, 0), 0)
            values[here] = at - (sizes[before] - inside)
    spans = spans.assign(**ends)
    return spans[(spans["end"] > spans["start"]).to_numpy(dtype=bool)], kept


def _wholly_read(
    corpus: Corpus, read: NDArray[np.bool_], data: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return which coder read all data of which document, shape (n_documents, n_coders)."""
    places = pd.Index(corpus.documents["document"])
    of_segment = places.get_indexer(pd.Index(corpus.segments["document"]))
    size = np.bincount(of_segment[data], minlength=len(places))
    seen = [np.bincount(of_segment[mask & data], minlength=len(places)) for mask in read]
    return np.asarray((np.column_stack(seen) == size[:, None]) & (size[:, None] > 0), dtype=bool)


def _marked(
    gold: Gold, suggestions: pd.DataFrame, coders: Sequence[str], documents: list[str]
) -> pd.DataFrame:
    """Return every coder's spans: numbers of document and coder, start, end, code."""
    columns = ["document", "start", "end", "code"]
    tables = []
    for number, coder in enumerate(coders):
        if coder in gold.coded:
            codings = gold.codings.loc[gold.codings["coder"] == coder, columns]
        else:
            codings = suggestions.loc[suggestions["suggested"], columns]
        tables.append(codings.assign(coder=number))
    spans = pd.concat(tables, ignore_index=True)
    at = pd.Index(documents).get_indexer(pd.Index(spans["document"]))
    spans = spans.assign(document=at)
    return spans[(at >= 0) & (spans["end"] > spans["start"]).to_numpy(dtype=bool)]


def _reached(spans: pd.DataFrame, keys: list[str]) -> NDArray[np.bool_]:
    """Return which of some sorted spans begin before an earlier one of the same keys has ended."""
    place = spans.groupby(keys, sort=False).ngroup().to_numpy(dtype=np.int64)
    # Shifted so far apart that no span of one place reaches another, ends can be run through once.
    shift = place * (int(spans["end"].max()) + 1 if len(spans) else 1)
    ends = np.maximum.accumulate(spans["end"].to_numpy(dtype=np.int64) + shift)
    starts = spans["start"].to_numpy(dtype=np.int64) + shift
    return np.concatenate([[False], starts[1:] < ends[:-1]])[: len(spans)]


def _united(spans: pd.DataFrame) -> pd.DataFrame:
    """Return the spans with those of one coder and code that overlap made one."""
    keys = ["coder", "document", "code"]
    ordered = spans.sort_values([*keys, "start"], kind="stable").reset_index(drop=True)
    stretch = np.cumsum(~_reached(ordered, keys))
    return ordered.groupby(stretch, sort=False).agg(
        {**dict.fromkeys([*keys, "start"], "first"), "end": "max"}
    )


def _overlapping(spans: Spans, coders: Sequence[str]) -> str:
    """Say whose spans of different codes overlap; empty if nobody's do."""
    document, coder, start, end = (np.asarray(each, dtype=np.int64) for each in spans[:4])
    if not len(start):
        return ""
    order = np.lexsort((start, document, coder))
    # Shifted so far apart that no span of one place reaches another, ends can be run through once.
    shift = (coder * (document.max() + 1) + document)[order] * (end.max() + 1)
    ends = np.maximum.accumulate(end[order] + shift)
    reached = np.concatenate([[False], (start[order] + shift)[1:] < ends[:-1]])
    whose = coder[order][reached]
    if not whose.size:
        return ""
    counts = np.bincount(whose, minlength=len(coders)).tolist()
    who = ", ".join(f"{name} {n}" for name, n in zip(coders, counts, strict=True) if n)
    return (
        f"spans of different codes overlap ({who}), and this coefficient is of text cut into pieces "
        "with one code each: read u_alpha of each code"
    )


def _undefined(codes: list[str], reason: str) -> pd.DataFrame:
    nothing = float("nan")
    rows = [("overall", "", "u_alpha"), ("overall", "", "cu_alpha")]
    rows += [("code", code, "ku_alpha") for code in codes]
    return pd.DataFrame(rows, columns=["level", "code", "coefficient"]).assign(
        value=nothing,
        low=nothing,
        high=nothing,
        coverage=nothing,
        prevalence=nothing,
        reason=reason,
        no_interval="the value is undefined",
        caution="",
    )


def _of_codes(spans: Spans, codes: list[str]) -> Spans:
    chosen = np.isin(np.asarray(spans.code, dtype=object), codes)
    return Spans(*(np.asarray(each)[chosen] for each in spans))
