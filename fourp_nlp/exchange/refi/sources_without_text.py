"""Sources without a text: other programs fail on one that has no file, or an empty one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.exchange.exchange import VALUES
from fourp_nlp.tables import conform

if TYPE_CHECKING:
    from fourp_nlp.exchange.exchange import Exchange, Losses

__all__ = ["EMPTY", "TEXTLESS", "textless_here", "textless_there"]

EMPTY = "\n"
"""The text that it gets there."""

TEXTLESS = "fourp_nlp: no text"
"""Name of the variable that tells a source without a text from an empty one."""


def textless_there(project: Exchange) -> pd.DataFrame:
    """Return values that tell which sources have no text.

    Parameters
    ----------
    project : Exchange
        The project.

    Returns
    -------
    pandas.DataFrame
        The table VALUES of the project, with those.
    """
    values: pd.DataFrame = getattr(project, "values")  # noqa: B009 - Ruff takes .values for the attribute of pandas
    missing = project.sources.loc[~project.sources["has_text"], "guid"].tolist()
    if not missing:
        return values
    rows = [(guid, TEXTLESS, "Boolean", "true") for guid in missing]
    added = pd.DataFrame(rows, columns=VALUES.names)
    return conform(pd.concat([values, added], ignore_index=True), VALUES)


def textless_here(
    sources: pd.DataFrame, values: pd.DataFrame, losses: Losses
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return sources that say themselves whether they have a text, and values without those that told.

    Parameters
    ----------
    sources, values : pandas.DataFrame
        The tables SOURCES and VALUES as they were read.
    losses : Losses
        Is told of those without.

    Returns
    -------
    sources, values : pandas.DataFrame
        The same; a source that got a text since has it.
    """
    told = values["variable"] == TEXTLESS
    if not told.any():
        return sources, values
    without = sources["guid"].isin(values.loc[told, "about"]) & (sources["text"].str.strip() == "")
    losses.add(
        "texts of sources",
        "There was none where the project was written. The source keeps its name, variables and sets.",
        sources.loc[without, "document"].tolist(),
    )
    sources = sources.assign(
        has_text=sources["has_text"] & ~without, text=sources["text"].where(~without, "")
    )
    return sources, values[~told].reset_index(drop=True)
