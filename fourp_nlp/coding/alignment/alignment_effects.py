"""Effects of aligning spans with segments, counted coder by coder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.segments.alignment import Rule, covered_segments, touched_segments
from fourp_nlp.tables import CODED, CODINGS, conform, make_table

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ALIGNMENT_EFFECTS", "alignment_report"]

_EXAMPLES = 3  # spans that gave no segment their code, told for each coder
_SHOWN = 40  # characters of each

ALIGNMENT_EFFECTS = make_table(
    "laid",
    coder=("str", "id of the coder"),
    rule=("str", "majority, any or containment"),
    spans=("int64", "codings of the coder: a span with a code"),
    exact=("int64", "of these: equal to one segment"),
    inside=("int64", "touching one segment only, and not equal to it"),
    several=("int64", "touching two segments or more"),
    outside=("int64", "touching none: between segments, or without a segment"),
    gave_none=("int64", "spans by which no segment carries the code"),
    gave_one=("int64", "spans of which one segment carries the code"),
    gave_several=("int64", "spans of which two segments or more do"),
    most=("int64", "the most segments that one span has its code in"),
    carried=("int64", "pairs of segment and code: the segment carries the code"),
    cut_off=("int64", "pairs touched by a span, that do not carry it"),
    unread=("int64", "of `carried`: not all of the segment was read"),
    examples=("str", "the first spans that gave no segment their code"),
)


def alignment_report(
    segments: pd.DataFrame,
    codings: pd.DataFrame,
    codes: Sequence[str],
    rule: Rule = "majority",
    *,
    coded: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Count the effects of aligning each coder's spans with segments.

    Parameters
    ----------
    segments : pandas.DataFrame
        The table SEGMENTS.
    codings : pandas.DataFrame
        The table CODINGS, of any number of coders.
    codes : sequence of str
        Ids of the codes.
    rule : {"majority", "any", "containment"}
        The rule, as in `codings_to_matrix`.
    coded : pandas.DataFrame, optional
        The table CODED; without it, every segment counts as read, and coders without a coding have
        no row.

    Returns
    -------
    pandas.DataFrame
        The table ALIGNMENT_EFFECTS, one row for each coder. `exact`, `inside`, `several` and `outside` add up
        to `spans`, and so do `gave_none`, `gave_one` and `gave_several`.

    Raises
    ------
    TableError
        If segments overlap, or a coding has a code that is not among `codes`.
    ValueError
        If the rule is unknown.
    """
    chosen = conform(codings, CODINGS)
    touched = touched_segments(segments, chosen, codes, rule=rule)
    names = set(chosen["coder"]) | (set() if coded is None else set(conform(coded, CODED)["coder"]))
    coders = pd.Index(sorted(names), dtype=object)
    of_coding = coders.get_indexer(pd.Index(chosen["coder"], dtype=object)).astype(np.int64)

    size = len(chosen)
    touches = np.bincount(touched.coding, minlength=size)
    gave = np.bincount(touched.coding[touched.carries], minlength=size)
    start, end = (segments[name].to_numpy(dtype=np.int64) for name in ("start", "end"))
    same = (start[touched.segment] == chosen["start"].to_numpy()[touched.coding]) & (
        end[touched.segment] == chosen["end"].to_numpy()[touched.coding]
    )
    exact = np.bincount(touched.coding[same], minlength=size) > 0

    # One number for a coder, a code and a segment, so that a pair counts once for each coder.
    width = max(len(segments), 1)
    pair = (of_coding[touched.coding] * max(len(codes), 1) + touched.code) * width + touched.segment
    pairs, where = np.unique(pair, return_index=True)
    carries = touched.carries[where]
    of_pair = pairs // (width * max(len(codes), 1))
    unread = np.zeros(len(pairs), dtype=bool)
    if coded is not None:
        for number, coder in enumerate(coders):
            read = covered_segments(segments, coded, str(coder))
            of_coder = of_pair == number
            unread[of_coder] = ~read[pairs[of_coder] % width]

    def by_coder(of: np.ndarray, flags: np.ndarray) -> np.ndarray:
        return np.bincount(of[flags], minlength=len(coders))

    most = np.zeros(len(coders), dtype=np.int64)
    np.maximum.at(most, of_coding, gave)
    report = pd.DataFrame(
        {
            "coder": coders.to_numpy(),
            "rule": rule,
            "spans": by_coder(of_coding, np.ones(size, dtype=bool)),
            "exact": by_coder(of_coding, exact),
            "inside": by_coder(of_coding, (touches == 1) & ~exact),
            "several": by_coder(of_coding, touches > 1),
            "outside": by_coder(of_coding, touches == 0),
            "gave_none": by_coder(of_coding, gave == 0),
            "gave_one": by_coder(of_coding, gave == 1),
            "gave_several": by_coder(of_coding, gave > 1),
            "most": most,
            "carried": by_coder(of_pair, carries),
            "cut_off": by_coder(of_pair, ~carries),
            "unread": by_coder(of_pair, carries & unread),
            "examples": "",
        }
    )
    lost = chosen[gave == 0]
    examples = lost.groupby("coder", sort=False).head(_EXAMPLES)
    for coder, rows in examples.groupby("coder"):
        report.loc[report["coder"] == coder, "examples"] = "; ".join(
            _in_words(*row)
            for row in rows[["document", "start", "end", "code", "quote"]].itertuples(index=False)
        )
    return conform(report, ALIGNMENT_EFFECTS)


def _in_words(document: str, start: int, end: int, code: str, quote: str) -> str:
    words = " ".join(quote.split())
    words = words if len(words) <= _SHOWN else words[: _SHOWN - 1].rstrip() + "…"
    return f"{document} {start}-{end} {code}: “{words}”"
