"""Names of documents in folders: other programs make files of them, and stumble over the slash."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.interchange._exchange import VALUES
from fourp_nlp.interchange._identity import guid_of
from fourp_nlp.tables import conform

if TYPE_CHECKING:
    from fourp_nlp.interchange._exchange import Exchange

__all__ = ["DOCUMENT", "named_here", "named_there"]

DOCUMENT = "fourp_nlp: document"
"""Name of the variable that keeps a document's id where its name could not be the same."""

_SLASHES = str.maketrans({"/": " - ", "\\": " - "})


def named_there(project: Exchange) -> tuple[dict[str, str], pd.DataFrame]:
    """Return names without slashes, and values with the ids of those that had some.

    Parameters
    ----------
    project : Exchange
        The project.

    Returns
    -------
    names : dict of str to str
        By GUID; no two alike.
    values : pandas.DataFrame
        The table VALUES of the project, with the ids.
    """
    values: pd.DataFrame = getattr(project, "values")  # noqa: B009 - Ruff takes .values for the attribute of pandas
    names: dict[str, str] = {}
    taken = set(project.sources["document"])
    rows = []
    for guid, document in zip(project.sources["guid"], project.sources["document"], strict=True):
        name = plain = document.translate(_SLASHES)
        number = 2
        while name != document and name in taken:
            name, number = f"{plain} ({number})", number + 1
        taken.add(name)
        names[guid] = name
        if name != document:
            rows.append((guid, DOCUMENT, "Text", document))
    if not rows:
        return names, values
    added = pd.DataFrame(rows, columns=VALUES.names)
    return names, conform(pd.concat([values, added], ignore_index=True), VALUES)


def named_here(sources: pd.DataFrame, values: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return sources with their own ids again, and values without those of `named_there`.

    Parameters
    ----------
    sources, values : pandas.DataFrame
        The tables SOURCES and VALUES as they were read.

    Returns
    -------
    sources, values : pandas.DataFrame
        The same; an id is believed only if it is that of the source's GUID.
    """
    told = values["variable"] == DOCUMENT
    if not told.any():
        return sources, values
    own = {
        guid: document
        for guid, document in zip(values.loc[told, "about"], values.loc[told, "value"], strict=True)
        if guid_of("source", document) == guid
    }
    named = sources["guid"].map(own)
    sources = sources.assign(document=named.where(named.notna(), sources["document"]))
    return sources, values[~told].reset_index(drop=True)
