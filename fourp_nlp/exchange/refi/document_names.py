"""Writes names of documents in folders without slashes: other programs make files of them."""

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

__all__ = ["DOCUMENT_VARIABLE", "NamesInFile", "names_in_file", "restore_document_names"]

DOCUMENT_VARIABLE = "fourp_nlp: document"
"""Name of the variable with a document's id where its name is another."""

_SLASHES = str.maketrans({"/": " - ", "\\": " - "})


class NamesInFile(NamedTuple):
    """Names of documents in a file.

    Attributes
    ----------
    names : dict of str to str
        Names by GUID; no two alike.
    values : pandas.DataFrame
        The table VALUES of the project, with the ids of documents whose name is another.
    read_as : dict of str to str
        A document's id when the file is read, by its id here.
    """

    names: dict[str, str]
    values: pd.DataFrame
    read_as: dict[str, str]


def names_in_file(project: Exchange, losses: Losses) -> NamesInFile:
    """Return names without slashes, and values with the ids of documents that had some.

    A source that was imported under another name has that name.

    Parameters
    ----------
    project : Exchange
        The project.
    losses : Losses
        Names that got a number are added here.

    Returns
    -------
    NamesInFile
        The names.
    """
    values: pd.DataFrame = getattr(project, "values")  # noqa: B009 - Ruff takes .values for the attribute of pandas
    names: dict[str, str] = {}
    read_as: dict[str, str] = {}
    sources = project.sources
    labels = sources["name_there"].where(sources["name_there"] != "", sources["document"])
    all_labels = set(labels)
    taken_labels: set[str] = set()
    taken_names: set[str] = set()
    rows, renamed = [], []
    for guid, document, label in zip(sources["guid"], sources["document"], labels, strict=True):
        # Of two documents with one name, the second first gets a number, so that each has its own id.
        label_ = _numbered(label, taken_labels, all_labels) if label in taken_labels else label
        taken_labels.add(label_)
        # Readers remove spaces at the ends.
        without_slashes = label_.translate(_SLASHES).strip()
        unchanged = without_slashes == label_
        name = without_slashes if unchanged else _numbered(without_slashes, taken_names, all_labels)
        taken_names.add(name)
        names[guid] = name
        read_as[document] = name if unchanged else label_
        if not unchanged:
            rows.append((guid, DOCUMENT_VARIABLE, "Text", label_))
        if label_ != label:
            renamed.append(f"{label} -> {name}")
    losses.add(
        "names of documents", "several came under one name: they have a number after it", renamed
    )
    if not rows:
        return NamesInFile(names, values, read_as)
    added = pd.DataFrame(rows, columns=VALUES.names)
    all_values = conform(pd.concat([values, added], ignore_index=True), VALUES)
    return NamesInFile(names, all_values, read_as)


def restore_document_names(
    sources: pd.DataFrame, values: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return sources with their ids restored, and values without those of `names_in_file`.

    Parameters
    ----------
    sources, values : pandas.DataFrame
        The tables SOURCES and VALUES as they were read.

    Returns
    -------
    sources, values : pandas.DataFrame
        The same; an id counts only if the source's GUID is made of it, or if the source still has the name
        that was made of it.
    """
    is_document_id = values["variable"] == DOCUMENT_VARIABLE
    if not is_document_id.any():
        return sources, values
    names = dict(zip(sources["guid"], sources["document"], strict=True))
    document_of_guid = {
        guid: document
        for guid, document in zip(
            values.loc[is_document_id, "about"], values.loc[is_document_id, "value"], strict=True
        )
        if guid_of("source", document) == guid or _is_name_of(names.get(guid, ""), document)
    }
    restored = sources["guid"].map(document_of_guid)
    sources = sources.assign(document=restored.where(restored.notna(), sources["document"]))
    return sources, values[~is_document_id].reset_index(drop=True)


def _numbered(name: str, *taken: Collection[str]) -> str:
    """Return a name, with the first number after it that makes it free."""
    numbered, number = name, 2
    while any(numbered in names for names in taken):
        numbered, number = f"{name} ({number})", number + 1
    return numbered


def _is_name_of(name: str, document: str) -> bool:
    """Return whether `names_in_file` may have made a name of a document's id."""
    without_slashes = document.translate(_SLASHES).strip()
    return (
        without_slashes != document
        and re.fullmatch(rf"{re.escape(without_slashes)}( \(\d+\))?", name) is not None
    )
