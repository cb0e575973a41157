"""Adding newly coded segments to earlier codings of a coder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.coding.gold.codes_looked_for import codings_not_looked_for
from fourp_nlp.coding.gold.columns import LOOKED_FOR
from fourp_nlp.coding.gold.reader import Gold
from fourp_nlp.tables import among

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
        empty where none was given. Codes that were not looked for the second time make no difference.
    """
    looked_for_again = ~codings_not_looked_for(earlier.codings, later.coded)
    earlier = Gold(earlier.codings[looked_for_again], earlier.coded)
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
        Both together. Earlier codings stay where the later reading did not look for their code.
    """
    gone = _again(earlier.codings, later) & ~codings_not_looked_for(earlier.codings, later.coded)
    coded = later.coded.assign(looked_for=_joint(earlier.coded, later.coded))
    frames = (
        (earlier.codings[~gone], later.codings),
        (earlier.coded[~_again(earlier.coded, later)], coded),
    )
    codings, coded = (
        pd.concat([frame for frame in (old, new) if len(frame)] or [new]) for old, new in frames
    )
    return Gold(codings.reset_index(drop=True), coded.reset_index(drop=True))


def _joint(earlier: pd.DataFrame, later: pd.DataFrame) -> list[str]:
    """Return the codes looked for that the file records for each later span.

    Of a span that is new it says nothing: the record beside the file keeps which codes there were.
    """
    earlier_cells = earlier.drop_duplicates(_SPAN).set_index(_SPAN)[LOOKED_FOR]
    before = earlier_cells.reindex(pd.MultiIndex.from_frame(later[_SPAN])).fillna("").tolist()
    return [
        " ".join(sorted({*earlier_cell.split(), *later_cell.split()}))
        if earlier_cell and later_cell
        else ""
        for earlier_cell, later_cell in zip(before, later[LOOKED_FOR], strict=True)
    ]


def _again(frame: pd.DataFrame, later: Gold) -> npt.NDArray[np.bool_]:
    return among(frame, later.coded, _SPAN)
