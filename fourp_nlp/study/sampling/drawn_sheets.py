"""Draws of a coder, by the sheets that they were written on: which rows each has, in which order."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.coding.gold.coder_names import name_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["SHARED_BY", "DrawnSheet", "sheet_order", "sheets_of_coder"]

SHARED_BY = "shared_by"
"""Among the options of a draw: the coders who all have its segments."""


class DrawnSheet(NamedTuple):
    """A sheet of one coder, as it was drawn.

    Attributes
    ----------
    number : int
        Place of its last draw among all draws, from 1.
    facts : pandas.DataFrame
        Its draws: rows of the table of draws.
    options : list of dict
        What each of them was made with.
    rows : pandas.DataFrame
        Rows of the table of drawn segments, in the order of the sheet.
    """

    number: int
    facts: pd.DataFrame
    options: list[dict[str, Any]]
    rows: pd.DataFrame


def sheet_order(seed: int, coder: int, size: int) -> NDArray[np.int64]:
    """Return the order of the rows on a sheet of several draws: nobody sees which rows others have, too.

    Parameters
    ----------
    seed : int
        Seed of the draws.
    coder : int
        Which of the coders it is, from 0.
    size : int
        How many rows the sheet has.

    Returns
    -------
    ndarray of int64, shape (size,)
        A permutation.
    """
    return np.random.default_rng([seed, 2, coder]).permutation(size).astype(np.int64)


def sheets_of_coder(draws: pd.DataFrame, drawn: pd.DataFrame, coder: str) -> list[DrawnSheet]:
    """Return the sheets that were drawn for a coder, oldest first.

    Parameters
    ----------
    draws, drawn : pandas.DataFrame
        Tables of draws, and of drawn segments.
    coder : str
        The coder, in any spelling.

    Returns
    -------
    list of DrawnSheet
        A part that several coders have and the coder's own part are one sheet.
    """
    key = name_key(coder)
    own = np.flatnonzero([name_key(name) == key for name in draws["coder"]])
    options = [json.loads(draws["options"].iloc[at]) for at in own]
    sheets, place = [], 0
    while place < len(own):
        seed = int(draws["seed"].iloc[own[place]])
        shared_by = options[place].get(SHARED_BY, [])
        number = _which(shared_by, key)
        parts = [place]
        if shared_by and place + 1 < len(own) and SHARED_BY not in options[place + 1]:
            # The own part has a seed that says which of the coders it is for.
            offset = int(draws["seed"].iloc[own[place + 1]]) - seed - 1
            if 0 <= offset < len(shared_by):
                number = offset
                parts.append(place + 1)
        facts = draws.iloc[own[parts]].reset_index(drop=True)
        rows = pd.concat(
            [drawn[drawn["draw"] == draw].sort_values("order") for draw in facts["draw"]],
            ignore_index=True,
        )
        if number is not None:
            rows = rows.iloc[sheet_order(seed, number, len(rows))].reset_index(drop=True)
        last = int(own[parts[-1]]) + 1
        sheets.append(DrawnSheet(last, facts, [options[part] for part in parts], rows))
        place += len(parts)
    return sheets


def _which(shared_by: Sequence[str], key: str) -> int | None:
    """Return which of the coders of a shared draw somebody is, None if none of them."""
    keys = [name_key(str(name)) for name in shared_by]
    return keys.index(key) if key in keys else None
