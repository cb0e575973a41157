"""Unique names of codes, documents, coders and columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    import pandas as pd

    from fourp_nlp.exchange.exchange import Losses

__all__ = ["code_labels", "column_heads", "unique_names", "unique_names_with_losses"]

_MANY = 3


def unique_names(names: Iterable[str]) -> list[str]:
    """Return names made unique with a number.

    Parameters
    ----------
    names : iterable of str
        The names.

    Returns
    -------
    list of str
        The same; a second "Water" is "Water (2)".
    """
    listed = list(names)
    used: set[str] = set()
    reserved = set(listed)
    unique = []
    for name in listed:
        new, number = name, 1
        while new in used or (number > 1 and new in reserved):
            number += 1
            new = f"{name} ({number})"
        used.add(new)
        unique.append(new)
    return unique


def code_labels(nodes: pd.DataFrame) -> dict[str, str]:
    """Return a unique label for each code and theme: its id, or else its name.

    Parameters
    ----------
    nodes : pandas.DataFrame
        The table NODES.

    Returns
    -------
    dict of str to str
        Labels by GUID. Of codes with one name, the later ones have their parent's name before it.
    """
    names = dict(zip(nodes["guid"], map(_line, nodes["name"]), strict=True))
    ids = {code for code in nodes["code"] if code}
    wanted_labels: list[str] = []
    seen = set(ids)
    for guid, code, parent in zip(nodes["guid"], nodes["code"], nodes["parent"], strict=True):
        name = names[guid] or guid
        if code:
            wanted_labels.append(code)
            continue
        if name in seen and names.get(parent):
            name = f"{names[parent]} > {name}"
        seen.add(name)
        wanted_labels.append(name)
    # Ids first, so that no name takes theirs.
    order = sorted(range(len(wanted_labels)), key=lambda at: not nodes["code"].iloc[at])
    unique = unique_names([wanted_labels[at] for at in order])
    labels = dict(zip(order, unique, strict=True))
    return {guid: labels[at] for at, guid in enumerate(nodes["guid"])}


def column_heads(labels: Iterable[str], taken: Collection[str]) -> list[str]:
    """Return unique heads of columns.

    Parameters
    ----------
    labels : iterable of str
        Unique labels of the columns' contents.
    taken : collection of str
        Heads of other columns, in lower case. A label that is one of them gets "code " before it.

    Returns
    -------
    list of str
        Heads that differ in more than case, which a spreadsheet ignores.
    """
    heads = [f"code {label}" if label.casefold() in taken else label for label in labels]
    used: set[str] = set()
    unique = []
    for head in heads:
        new, number = head, 1
        while new.casefold() in used:
            number += 1
            new = f"{head} ({number})"
        used.add(new.casefold())
        unique.append(new)
    return unique


def unique_names_with_losses(names: pd.Series, losses: Losses, item: str) -> list[str]:
    """Return names made unique with a number, and add the changed ones to the losses.

    Parameters
    ----------
    names : pandas.Series
        The names.
    losses : Losses
        Gets the names that were changed.
    item : str
        What they are names of, in the plural.

    Returns
    -------
    list of str
        The unique names.
    """
    unique = unique_names(names.tolist())
    changed = [old for old, new in zip(names.tolist(), unique, strict=True) if old != new]
    losses.add(
        f"names of {item}",
        "several have the same name, which alone identifies them in a table: all but the first got a number",
        changed[:_MANY],
        count=len(changed),
    )
    return unique


def _line(text: str) -> str:
    return " ".join(text.split())
