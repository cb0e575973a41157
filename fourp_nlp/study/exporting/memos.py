"""Collects memos on codings for an export: each is a note on its coding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.exchange import MEMO, NOTES, guid_of
from fourp_nlp.tables import conform, empty

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["memo_notes"]


def memo_notes(memos: Sequence[str], marks: pd.DataFrame) -> pd.DataFrame:
    """Return the memos of codings as notes of those who coded.

    Parameters
    ----------
    memos : sequence of str, length n
        The memo of each coding, empty where there is none.
    marks : pandas.DataFrame
        The codings: n rows of the table MARKS.

    Returns
    -------
    pandas.DataFrame
        The table NOTES. Gold files have no date of a memo, so that the notes have none either.
    """
    texts = np.array(list(memos), dtype=object)
    noted = texts != ""
    if not noted.any():
        return empty(NOTES)
    guids = marks.loc[noted, "guid"]
    notes = pd.DataFrame(
        {
            "guid": [guid_of("note", "memo", guid) for guid in guids],
            "about": guids,
            "start": -1,
            "end": -1,
            "user": marks.loc[noted, "user"],
            "name": MEMO,
            "text": texts[noted],
            "made_at": "",
        }
    )
    return conform(notes, NOTES)
