"""Decisions of the review page whose row of the gold file was edited by hand before they were written."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.coding.gold.assisted import EARLIER, FINISHED
from fourp_nlp.study.reviewing.review_state import OPEN

__all__ = ["HandEdit", "hand_edits"]

_KEY = ["document", "start", "end", "code"]


class HandEdit(NamedTuple):
    """What the page and the gold file say of a code: 1 accepted, 0 rejected, -1 nothing."""

    page: int
    file: int


def hand_edits(pending: pd.DataFrame, decided: pd.DataFrame) -> pd.DataFrame:
    """Return where the gold file says neither what a person decided on, nor what the person found there.

    Parameters
    ----------
    pending : pandas.DataFrame
        What the person did in the page and is not in the gold file yet: rows of the table REVIEWED, in order.
    decided : pandas.DataFrame
        The person's gold file as it is now: the table DECIDED.

    Returns
    -------
    pandas.DataFrame
        One row for each code of a segment or passage: ``document``, ``start``, ``end``, ``code``; ``page``
        and ``file``, what each of them says: 1 accepted, 0 rejected, -1 nothing. If the person decided anew
        after seeing what the file says, that counts, and there is no row.
    """
    entries = pending[~pending["origin"].isin([FINISHED, EARLIER])]
    values = entries.groupby(_KEY, sort=False)["value"]
    # A decision that does not begin where the one before it ended was made on what the file said then.
    begins = entries["before"] != values.shift(fill_value=OPEN)
    begins |= ~entries.duplicated(_KEY)
    last = entries[~entries.duplicated(_KEY, keep="last")].set_index(_KEY)
    based = entries[begins].drop_duplicates(_KEY, keep="last").set_index(_KEY)["before"]
    in_file = pd.Series(
        decided["accepted"].to_numpy(dtype=np.int8),
        index=pd.MultiIndex.from_frame(decided[_KEY]),
    )
    in_file = in_file[~in_file.index.duplicated(keep="last")]
    says = in_file.reindex(last.index).fillna(OPEN).astype(np.int8)
    differs = (says != last["value"]) & (says != based.reindex(last.index))
    return pd.DataFrame(
        {"page": last["value"][differs].astype(np.int8), "file": says[differs]}
    ).reset_index()
