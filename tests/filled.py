"""Frames that have all columns of a table, of which a test writes only those that it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from fourp_nlp.tables import SUGGESTIONS, conform

if TYPE_CHECKING:
    from fourp_nlp.columns import Table

NOTHING = {"str": "", "int64": 0, "float64": float("nan"), "bool": False}


def filled(table: Table, rows: Any, **columns: Any) -> pd.DataFrame:
    """Return rows with every column of a table.

    Parameters
    ----------
    table : Table
        The table.
    rows : DataFrame, or what makes one
        The rows, with some of its columns.
    **columns : anything
        Further columns, or one value for all rows.

    Returns
    -------
    pandas.DataFrame
        What is not given is empty, zero, not a number or false.
    """
    frame = pd.DataFrame(rows).assign(**columns)
    missing = {
        name: NOTHING[column.kind]
        for name, column in table.columns.items()
        if name not in frame.columns
    }
    return conform(frame.assign(**missing), table)


def suggestions_of(rows: Any, suggested: Any, **columns: Any) -> pd.DataFrame:
    """Return suggestions that say 0.9 where they suggest and 0.1 elsewhere, with a threshold of 0.5.

    Parameters
    ----------
    rows : DataFrame, or what makes one
        Segments and codes, a row each.
    suggested : array of bool
        Which are suggested.
    **columns : anything
        Columns that say something else.

    Returns
    -------
    pandas.DataFrame
        SUGGESTIONS.
    """
    suggested = np.asarray(suggested, dtype=bool)
    probability = np.where(suggested, 0.9, 0.1)
    usual = {
        "probability": probability,
        "rank": 1,
        "threshold": 0.5,
        "suggested": suggested,
        "out_of_fold_probability": columns.get("probability", probability),
        "out_of_fold_suggested": suggested,
    }
    return filled(SUGGESTIONS, rows, **(usual | columns))
