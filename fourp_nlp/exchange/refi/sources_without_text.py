"""Marks sources without a text: other programs fail on a source without a file, or with an empty one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.exchange.exchange import VALUES
from fourp_nlp.tables import conform

if TYPE_CHECKING:
    from fourp_nlp.exchange.exchange import Exchange, Losses

__all__ = ["EMPTY", "NO_TEXT", "restore_missing_texts", "values_for_missing_texts"]

EMPTY = "\n"
"""The text of such a source in the file."""

NO_TEXT = "fourp_nlp: no text"
"""Name of the variable that marks a source without a text."""


def values_for_missing_texts(project: Exchange) -> pd.DataFrame:
    """Return values of variables, with those that mark sources without a text.

    Parameters
    ----------
    project : Exchange
        The project.

    Returns
    -------
    pandas.DataFrame
        The table VALUES.
    """
    values: pd.DataFrame = getattr(project, "values")  # noqa: B009 - Ruff takes .values for the attribute of pandas
    guids_without_text = project.sources.loc[~project.sources["has_text"], "guid"].tolist()
    if not guids_without_text:
        return values
    rows = [(guid, NO_TEXT, "Boolean", "true") for guid in guids_without_text]
    added = pd.DataFrame(rows, columns=VALUES.names)
    return conform(pd.concat([values, added], ignore_index=True), VALUES)


def restore_missing_texts(
    sources: pd.DataFrame, values: pd.DataFrame, losses: Losses
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return sources and values, with `has_text` restored from the values that mark it.

    Parameters
    ----------
    sources, values : pandas.DataFrame
        The tables SOURCES and VALUES as they were read.
    losses : Losses
        Sources without a text are added here.

    Returns
    -------
    sources, values : pandas.DataFrame
        The same; a source that has a text by now keeps it.
    """
    is_mark = values["variable"] == NO_TEXT
    if not is_mark.any():
        return sources, values
    without = sources["guid"].isin(values.loc[is_mark, "about"]) & (
        sources["text"].str.strip() == ""
    )
    losses.add(
        "texts of sources",
        "There was none where the project was written. The source keeps its name, variables and sets.",
        sources.loc[without, "document"].tolist(),
    )
    sources = sources.assign(
        has_text=sources["has_text"] & ~without, text=sources["text"].where(~without, "")
    )
    return sources, values[~is_mark].reset_index(drop=True)
