"""Names for people: one for each code, document and coder, no two alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    import pandas as pd

    from fourp_nlp.exchange.exchange import Losses

__all__ = ["code_labels", "column_heads", "one_each", "unlike_names"]

_MANY = 3


def one_each(names: Iterable[str], *, taken: Collection[str] = ()) -> list[str]:
    """Give a number to names that stand more than once.

    Parameters
    ----------
    names : iterable of str
        The names.
    taken : collection of str
        What none may be called.

    Returns
    -------
    list of str
        The same; a second "Water" is "Water (2)".
    """
    listed = list(names)
    used = {*taken}
    reserved = set(listed)
    made = []
    for name in listed:
        new, number = name, 1
        while new in used or (number > 1 and new in reserved):
            number += 1
            new = f"{name} ({number})"
        used.add(new)
        made.append(new)
    return made


def code_labels(nodes: pd.DataFrame) -> dict[str, str]:
    """Return what a table calls each code and theme: its id, or else its name.

    Parameters
    ----------
    nodes : pandas.DataFrame
        The table NODES.

    Returns
    -------
    dict of str to str
        Labels by GUID, no two alike. Of codes of one name, the later ones have the name of what they
        stand below before it.
    """
    names = dict(zip(nodes["guid"], map(_line, nodes["name"]), strict=True))
    ids = {code for code in nodes["code"] if code}
    said: list[str] = []
    seen = set(ids)
    for guid, code, parent in zip(nodes["guid"], nodes["code"], nodes["parent"], strict=True):
        name = names[guid] or guid
        if code:
            said.append(code)
            continue
        if name in seen and names.get(parent):
            name = f"{names[parent]} > {name}"
        seen.add(name)
        said.append(name)
    # Ids first: nothing else may push them from their name.
    order = sorted(range(len(said)), key=lambda at: not nodes["code"].iloc[at])
    unlike = one_each([said[at] for at in order])
    labels = dict(zip(order, unlike, strict=True))
    return {guid: labels[at] for at, guid in enumerate(nodes["guid"])}


def column_heads(labels: Iterable[str], taken: Collection[str]) -> list[str]:
    """Return heads of columns.

    Parameters
    ----------
    labels : iterable of str
        What the columns stand for, no two alike.
    taken : collection of str
        Heads of other columns, in lower case. A label that is one of them gets "code " before it.

    Returns
    -------
    list of str
        A head each, no two alike, whatever their case: a spreadsheet would not tell them apart.
    """
    heads = [f"code {label}" if label.casefold() in taken else label for label in labels]
    used: set[str] = set()
    made = []
    for head in heads:
        new, number = head, 1
        while new.casefold() in used:
            number += 1
            new = f"{head} ({number})"
        used.add(new.casefold())
        made.append(new)
    return made


def unlike_names(names: pd.Series, losses: Losses, item: str) -> list[str]:
    """Give a number to names that stand more than once, and tell of it.

    Parameters
    ----------
    names : pandas.Series
        The names.
    losses : Losses
        Is told which were changed.
    item : str
        What they are names of, in the plural.

    Returns
    -------
    list of str
        Names, no two alike.
    """
    made = one_each(names.tolist())
    changed = [old for old, new in zip(names.tolist(), made, strict=True) if old != new]
    losses.add(
        f"names of {item}",
        "several have the same name, and a table knows them by nothing else: all but the first got a number",
        changed[:_MANY],
        count=len(changed),
    )
    return made


def _line(text: str) -> str:
    return " ".join(text.split())
