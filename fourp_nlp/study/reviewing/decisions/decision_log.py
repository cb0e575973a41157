"""Everything that was decided in the review page, about suggestions and between coders, as one table."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.coding.store.adjudication_log import AdjudicationLog
from fourp_nlp.tables import REVIEWED

if TYPE_CHECKING:
    from fourp_nlp.coding.store.review_log import ReviewLog

__all__ = ["BETWEEN_CODERS", "decision_log"]

BETWEEN_CODERS = "between coders"
"""The origin of a decision that settles a difference."""


def decision_log(log: ReviewLog, coder: str = "") -> pd.DataFrame:
    """Return all decisions of the review page, oldest first.

    Parameters
    ----------
    log : ReviewLog
        The log, open.
    coder : str, optional
        Only this person's; by default everybody's.

    Returns
    -------
    pandas.DataFrame
        The columns of REVIEWED, and note: the comment on a decision between coders. Their origin is
        "between coders", and their numbers are their own.
    """
    # The log says what was done under which name; whose it is, the name of now says.
    reviewed = log.read(coder, as_recorded=True).assign(note="")
    settled = AdjudicationLog(log).read(as_recorded=True)
    if coder:
        settled = settled[(AdjudicationLog(log).read()["coder"] == coder).to_numpy(dtype=bool)]
    settled = settled.assign(
        origin=BETWEEN_CODERS, probability=math.nan, model="", memo="", memo_before=""
    )
    frames = [frame for frame in (reviewed, settled[[*REVIEWED.names, "note"]]) if len(frame)]
    if not frames:
        return reviewed
    return pd.concat(frames, ignore_index=True).sort_values("at", kind="stable", ignore_index=True)
