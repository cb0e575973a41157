"""Adding newly coded segments to what a coder coded before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.gold._read import Gold

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = ["differing_spans", "merge_gold"]

_SPAN = ["coder", "document", "start", "end"]


def differing_spans(earlier: Gold, later: Gold) -> pd.DataFrame:
    """Return the spans that were read twice and given other codes the second time.

    Parameters
    ----------
    earlier, later : Gold
        Two codings of segments.

    Returns
    -------
    pandas.DataFrame
        Columns coder, document, start, end, earlier and later; the last two list the codes, and are
        empty where none was given.
    """
    pairs = earlier.coded[_SPAN].merge(later.coded[_SPAN], on=_SPAN)
    for name, gold in (("earlier", earlier), ("later", later)):
        codes = gold.codings.sort_values("code").groupby(_SPAN)["code"].agg(", ".join)
        keys = pd.MultiIndex.from_frame(pairs[_SPAN])
        pairs[name] = codes.reindex(keys).fillna("").astype("str").to_numpy()
    return pairs[pairs["earlier"] != pairs["later"]].reset_index(drop=True)


def merge_gold(earlier: Gold, later: Gold) -> Gold:
    """Add later codings to earlier ones; where both read a span, the later codes take its place.

    Parameters
    ----------
    earlier, later : Gold
        Two codings of segments.

    Returns
    -------
    Gold
        Both together.
    """
    codings, coded = (
        pd.concat([frame for frame in (old[~_again(old, later)], new) if len(frame)] or [new])
        for old, new in ((earlier.codings, later.codings), (earlier.coded, later.coded))
    )
    return Gold(codings.reset_index(drop=True), coded.reset_index(drop=True))


def _again(frame: pd.DataFrame, later: Gold) -> npt.NDArray[np.bool_]:
    return pd.MultiIndex.from_frame(frame[_SPAN]).isin(pd.MultiIndex.from_frame(later.coded[_SPAN]))
