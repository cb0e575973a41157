"""Names of documents in folders: other programs make files of them, and stumble over the slash."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from fourp_nlp.exchange.exchange import VALUES
from fourp_nlp.exchange.identity import guid_of
from fourp_nlp.tables import conform

if TYPE_CHECKING:
    from collections.abc import Collection

    from fourp_nlp.exchange.exchange import Exchange, Losses

__all__ = ["DOCUMENT", "Named", "named_here", "named_there"]

DOCUMENT = "fourp_nlp: document"
"""Name of the variable that keeps a document's id where its name could not be the same."""

_SLASHES = str.maketrans({"/": " - ", "\\": " - "})


class Named(NamedTuple):
    """What documents are called in a file.

    Attributes
    ----------
    names : dict of str to str
        Names by GUID; no two alike.
    values : pandas.DataFrame
        The table VALUES of the project, with the ids of documents whose name cannot be the same.
    read_as : dict of str to str
        By its id, what a document is called when the file is read.
    """

    names: dict[str, str]
    values: pd.DataFrame
    read_as: dict[str, str]


def named_there(project: Exchange, losses: Losses) -> Named:
    """Return names without slashes, and values with the ids of those that had some.

    A source that came under a name of its own has that one.

    Parameters
    ----------
    project : Exchange
        The project.
    losses : Losses
        Is told of names that had to be told apart.

    Returns
    -------
    Named
        The names.
    """
    values: pd.DataFrame = getattr(project, "values")  # noqa: B009 - Ruff takes .values for the attribute of pandas
    names: dict[str, str] = {}
    read_as: dict[str, str] = {}
    sources = project.sources
    labels = sources["name_there"].where(sources["name_there"] != "", sources["document"])
    wanted = set(labels)
    labels_taken: set[str] = set()
    taken: set[str] = set()
    rows, twice = [], []
    for guid, document, label in zip(sources["guid"], sources["document"], labels, strict=True):
        # Two of one name are told apart first: its id has to lead back to each.
        own = _numbered(label, labels_taken, wanted) if label in labels_taken else label
        labels_taken.add(own)
        # Readers take spaces at the ends away.
        plain = own.translate(_SLASHES).strip()
        same = plain == own
        name = plain if same else _numbered(plain, taken, wanted)
        taken.add(name)
        names[guid] = name
        read_as[document] = name if same else own
        if not same:
            rows.append((guid, DOCUMENT, "Text", own))
        if own != label:
            twice.append(f"{label} -> {name}")
    losses.add(
        "names of documents", "several came under one name: they have a number after it", twice
    )
    if not rows:
        return Named(names, values, read_as)
    added = pd.DataFrame(rows, columns=VALUES.names)
    both = conform(pd.concat([values, added], ignore_index=True), VALUES)
    return Named(names, both, read_as)


def named_here(sources: pd.DataFrame, values: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return sources with their own ids again, and values without those of `named_there`.

    Parameters
    ----------
    sources, values : pandas.DataFrame
        The tables SOURCES and VALUES as they were read.

    Returns
    -------
    sources, values : pandas.DataFrame
        The same; an id is believed only if it is that of the source's GUID, or if the source still has the
        name that was made of it.
    """
    told = values["variable"] == DOCUMENT
    if not told.any():
        return sources, values
    names = dict(zip(sources["guid"], sources["document"], strict=True))
    own = {
        guid: document
        for guid, document in zip(values.loc[told, "about"], values.loc[told, "value"], strict=True)
        if guid_of("source", document) == guid or _made_of(names.get(guid, ""), document)
    }
    named = sources["guid"].map(own)
    sources = sources.assign(document=named.where(named.notna(), sources["document"]))
    return sources, values[~told].reset_index(drop=True)


def _numbered(name: str, *taken: Collection[str]) -> str:
    """Return the name, with the first number behind it that makes it one that is not taken."""
    made, number = name, 2
    while any(made in each for each in taken):
        made, number = f"{name} ({number})", number + 1
    return made


def _made_of(name: str, document: str) -> bool:
    """Return whether `named_there` may have made a name of a document's id."""
    plain = document.translate(_SLASHES).strip()
    return plain != document and re.fullmatch(rf"{re.escape(plain)}( \(\d+\))?", name) is not None
