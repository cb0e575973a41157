"""What a person read by giving codes to passages of their own choice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.coding.gold.assisted import SPAN, read_assisted
from fourp_nlp.columns import PART
from fourp_nlp.segments.alignment import touched_segments
from fourp_nlp.tables import READ, among, conform, empty

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from fourp_nlp.codebook import Codebook
    from fourp_nlp.segments.alignment import Rule

__all__ = ["readings_of_spans"]

_SPAN = ["document", "start", "end"]
_KEY = [*_SPAN, "code"]


def readings_of_spans(
    paths: Iterable[Path],
    segments: pd.DataFrame,
    codings: pd.DataFrame,
    read: pd.DataFrame,
    codebook: Codebook,
    rule: Rule,
) -> pd.DataFrame:
    """Return the segments that were read for a code because a passage that the person chose gives it to them.

    A passage that is part of a segment says nothing of the rest of it, except where the rule gives the whole
    segment the code: there the person looked for the code, and found it.

    Parameters
    ----------
    paths : iterable of pathlib.Path
        The files of assisted codings.
    segments : pandas.DataFrame
        The table SEGMENTS.
    codings, read : pandas.DataFrame
        The tables CODINGS and READ of these files.
    codebook : Codebook
        The codebook.
    rule : {"majority", "any", "containment"}
        How spans are aligned with segments.

    Returns
    -------
    pandas.DataFrame
        The table READ: one row a person, segment and code.
    """
    elsewhere = codings[~among(codings, segments, _SPAN)]
    if elsewhere.empty:
        return empty(READ)
    codes = codebook.code_ids
    decided = pd.concat([read_assisted(path, codes) for path in paths], ignore_index=True)
    chosen = decided[(decided["origin"] == SPAN) & decided["accepted"]]
    passages = elsewhere[among(elsewhere, chosen, _KEY)].reset_index(drop=True)
    if passages.empty:
        return empty(READ)
    touched = touched_segments(segments, passages, codes, rule=rule)
    given = passages.iloc[touched.coding[touched.carries]]
    of_segment = segments.iloc[touched.segment[touched.carries]]
    place = ["coder", *_SPAN]
    redefined = read.drop_duplicates(place).set_index(place)["redefined"]
    others = {code: " ".join(other for other in codes if other != code) for code in codes}
    rows = pd.DataFrame(
        {
            "coder": given["coder"].to_numpy(dtype=object),
            **{name: of_segment[name].to_numpy() for name in _SPAN},
            "scope": PART,
            "quote": of_segment["text"].to_numpy(dtype=object),
            "looked_for": given["code"].to_numpy(dtype=object),
            "without": [others[code] for code in given["code"]],
            "redefined": redefined.reindex(pd.MultiIndex.from_frame(given[place]))
            .fillna("")
            .to_numpy(dtype=object),
        }
    )
    return conform(rows.drop_duplicates(["coder", *_SPAN, "looked_for"]), READ)
